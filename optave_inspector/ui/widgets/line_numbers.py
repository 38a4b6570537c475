"""The strip with line numbers, and where lines can be folded, at the left of a plain text editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from .. import theme
from .json_folding import next_shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QTextBlock
    from PySide6.QtWidgets import QPlainTextEdit

    from .json_folding import Folds

_GAP = 8
_FOLD = 13
_GLYPH = 1.4
_BORDER = 1


class LineNumbers(QWidget):
    """Paints the numbers of the lines on show, the current one stronger and a broken one in the colour of errors.

    ``editor`` makes room for it by its viewport margins and calls ``place`` when it was resized. A click moves the
    cursor to its line. A wrapped line has one number. With ``folds`` a click beside the number of a line in which
    something opens folds it.
    """

    def __init__(self, editor: QPlainTextEdit, folds: Callable[[], Folds] | None = None) -> None:
        super().__init__(editor)
        self._editor = editor
        self._folds = folds
        self._problem_line = 0
        self._current = 0
        self.setObjectName("lineNumbers")
        self.setAccessibleName("Line numbers")
        if folds is not None:
            self.setToolTip("Click a number to go to its line, ▾ to fold what opens there, ▸ to unfold it.")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        editor.updateRequest.connect(self._on_update)

    def width_for(self, lines: int) -> int:
        """Width in pixels that the numbers up to ``lines`` need."""
        digits = max(2, len(str(lines)))
        return self._editor.fontMetrics().horizontalAdvance("9") * digits + 2 * _GAP + self._fold_width

    def sizeHint(self) -> QSize:
        """As wide as the largest number asks for."""
        return QSize(self.width_for(self._editor.blockCount()), 0)

    def place(self) -> None:
        """Stand between the editor's border and its viewport."""
        viewport = self._editor.viewport().geometry()
        self.setGeometry(QRect(_BORDER, viewport.top(), viewport.left() - _BORDER, viewport.height()))

    def set_problem_line(self, line: int) -> None:
        """Mark a line, from 1; 0 marks none."""
        if line != self._problem_line:
            self._problem_line = line
            self.update()

    def show_current(self, block_number: int) -> None:
        """Paint anew where the current line is another one."""
        if block_number != self._current:
            self._current = block_number
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines on show."""
        colors = theme.current()
        painter = QPainter(self)
        painter.setFont(self._editor.font())
        painter.fillRect(event.rect(), colors.color("alternate"))
        painter.setPen(colors.color("border"))
        painter.drawLine(self.width() - 1, event.rect().top(), self.width() - 1, event.rect().bottom())
        current, muted = self._editor.textCursor().blockNumber(), colors.color("muted")
        height = self._editor.fontMetrics().height()
        right = self.width() - (self._fold_width + _GAP // 2 if self._fold_width else _GAP)
        larger = self._editor.font()
        larger.setPointSizeF(larger.pointSizeF() * _GLYPH)
        folds = self._folds() if self._folds is not None else None
        glyphs: list[tuple[int, str]] = []
        for block, top in self._blocks(event.rect().bottom()):
            if top + height < event.rect().top():
                continue
            number = block.blockNumber() + 1
            if number == self._problem_line:
                painter.setPen(colors.color("error"))
            else:
                painter.setPen(colors.color("text") if number == current + 1 else muted)
            painter.drawText(0, top, right, height, Qt.AlignmentFlag.AlignRight, str(number))
            if folds is not None and folds.can_fold(block):
                glyphs.append((top, "▸" if folds.is_folded(block) else "▾"))
        painter.setFont(larger)
        for top, glyph in glyphs:
            painter.setPen(colors.color("accent" if glyph == "▸" else "muted"))
            center = Qt.AlignmentFlag.AlignHCenter
            painter.drawText(self.width() - _FOLD - 3, top - 2, _FOLD, height + 4, center, glyph)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor to the clicked line, or fold or unfold it."""
        for block, top in self._blocks(self.height()):
            if top <= event.position().y() < top + self._editor.blockBoundingRect(block).height():
                beside = event.position().x() >= self.width() - _FOLD - 3
                if self._folds is not None and beside and self._folds().toggle(block):
                    return
                cursor = self._editor.textCursor()
                cursor.setPosition(block.position())
                self._editor.setTextCursor(cursor)
                self._editor.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends here: the editor below would paste at a middle click."""
        event.accept()

    @property
    def _fold_width(self) -> int:
        return _FOLD if self._folds is not None else 0

    def _blocks(self, bottom: int) -> Iterator[tuple[QTextBlock, int]]:
        editor = self._editor
        block = editor.firstVisibleBlock()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        while block.isValid() and top <= bottom:
            height = editor.blockBoundingRect(block).height()
            if block.isVisible():
                yield block, round(top)
            top += height
            block = next_shown(block)

    def _on_update(self, rect: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, rect.y(), self.width(), rect.height())
