"""The strip with line numbers at the left of a plain text editor."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QWidget

from .. import theme

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QMouseEvent, QPaintEvent, QTextBlock
    from PySide6.QtWidgets import QPlainTextEdit

_GAP = 8
_BORDER = 1


class LineNumbers(QWidget):
    """Paints the numbers of the lines on show, the current one stronger and a broken one in the colour of errors.

    ``editor`` makes room for it by its viewport margins and calls ``place`` when it was resized. A click moves the
    cursor to its line. A wrapped line has one number.
    """

    def __init__(self, editor: QPlainTextEdit) -> None:
        super().__init__(editor)
        self._editor = editor
        self._problem_line = 0
        self.setObjectName("lineNumbers")
        self.setAccessibleName("Line numbers")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        editor.updateRequest.connect(self._on_update)

    def width_for(self, lines: int) -> int:
        """Width in pixels that the numbers up to ``lines`` need."""
        digits = max(2, len(str(lines)))
        return self._editor.fontMetrics().horizontalAdvance("9") * digits + 2 * _GAP

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

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers of the lines on show."""
        colors = theme.current()
        painter = QPainter(self)
        painter.setFont(self._editor.font())
        painter.fillRect(event.rect(), colors.color("alternate"))
        painter.setPen(colors.color("border"))
        painter.drawLine(self.width() - 1, event.rect().top(), self.width() - 1, event.rect().bottom())
        current = self._editor.textCursor().blockNumber()
        height = self._editor.fontMetrics().height()
        for block, top in self._blocks(event.rect().bottom()):
            number = block.blockNumber() + 1
            if number == self._problem_line:
                painter.setPen(colors.color("error"))
            else:
                painter.setPen(colors.color("text" if block.blockNumber() == current else "muted"))
            painter.drawText(0, top, self.width() - _GAP, height, Qt.AlignmentFlag.AlignRight, str(number))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the cursor to the clicked line."""
        for block, top in self._blocks(self.height()):
            if top <= event.position().y() < top + self._editor.blockBoundingRect(block).height():
                cursor = self._editor.textCursor()
                cursor.setPosition(block.position())
                self._editor.setTextCursor(cursor)
                self._editor.setFocus(Qt.FocusReason.MouseFocusReason)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends here: the editor below would paste at a middle click."""
        event.accept()

    def _blocks(self, bottom: int) -> Iterator[tuple[QTextBlock, int]]:
        editor = self._editor
        block = editor.firstVisibleBlock()
        top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
        while block.isValid() and top <= bottom:
            if block.isVisible():
                yield block, round(top)
            top += editor.blockBoundingRect(block).height()
            block = block.next()

    def _on_update(self, rect: QRect, dy: int) -> None:
        if dy:
            self.scroll(0, dy)
        else:
            self.update(0, rect.y(), self.width(), rect.height())
