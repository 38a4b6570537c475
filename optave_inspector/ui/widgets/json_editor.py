"""A text editor for JSON that never changes what is typed."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QTextCharFormat, QTextCursor, QTextFormat, QTextOption
from PySide6.QtWidgets import (
    QAbstractScrollArea,
    QApplication,
    QPlainTextDocumentLayout,
    QPlainTextEdit,
    QTextEdit,
    QWidget,
)

from .. import theme
from .find_bar import FindBar, GoToLineBar
from .json_brackets import matching_brackets
from .json_editor_actions import EditorActions
from .json_editor_text import exact_text, from_units, insert_exactly, keepable, many_to_units, to_units
from .json_folding import Folds, folds_of, next_shown
from .json_highlighter import JsonHighlighter
from .json_pairs import Pairs
from .line_numbers import LineNumbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QEvent, QMimeData
    from PySide6.QtGui import (
        QContextMenuEvent,
        QFocusEvent,
        QKeyEvent,
        QMouseEvent,
        QPaintEvent,
        QResizeEvent,
        QSyntaxHighlighter,
        QTextBlock,
        QTextDocument,
    )

    from .find_bar import EditorBar

_INDENT = "  "
_MOST_FOUND = 500
_FEW_MARKS = 20
_DESCRIPTION = (
    "JSON text. Tab indents; Escape and then Tab leaves the editor, and so does Ctrl+Tab. Line ends are line feeds."
)


@dataclass(frozen=True, slots=True)
class Mark:
    """A part of the text to underline: code points from ``start`` to ``end``, ``kind`` ``error`` or ``warning``."""

    start: int
    end: int
    kind: str


class JsonEditor(QPlainTextEdit):
    """Monospace editor with line numbers, colours, folding, finding and replacing, bracket matching and indentation.

    Shows any document given to ``setDocument``, whose undo steps and folds are its own. ``text`` gives exactly what it
    holds (``toPlainText`` would change characters). Texts set from outside go through the undo stack, so that nothing
    typed is lost. Comfortable with documents of some 128 KB.
    """

    edited = Signal()
    """The text changed, by whatever way."""
    differenceTold = Signal(str)
    """A text taken over from outside could not be kept as it was: a sentence about what is different."""

    def __init__(
        self,
        object_name: str,
        parent: QWidget | None = None,
        highlighter: type[QSyntaxHighlighter] = JsonHighlighter,
        *,
        is_json: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleDescription(_DESCRIPTION)
        self._marks: list[QTextEdit.ExtraSelection] = []
        self._mark_places: tuple[Mark, ...] = ()
        self._revision = -1
        self._text = ""
        self._told = ""
        self._is_json = is_json
        self._highlighter = highlighter
        self._folded_at: list[tuple[QRectF, QTextBlock]] = []
        self._bar: EditorBar | None = None
        self.pairs = Pairs(self)
        self.setFont(theme.mono_font())
        self._numbers = LineNumbers(self, self.folds if is_json else None)
        self._numbers.setObjectName(f"{object_name}LineNumbers")
        self.find_bar = FindBar(self)
        self.line_bar = GoToLineBar(self)
        self.actions_of = EditorActions(self, folding=is_json)
        self._dress_document()
        self.find_bar.foundChanged.connect(self._select_extras)
        # Soon, not at once: the signal comes while Qt is still about its own scrolling.
        self._scrolled = QTimer(self)
        self._scrolled.setSingleShot(True)
        self._scrolled.setInterval(0)
        self._scrolled.timeout.connect(self._on_scrolled)
        self.verticalScrollBar().valueChanged.connect(lambda _value: self._scrolled.start())
        self.blockCountChanged.connect(self._make_room)
        self.cursorPositionChanged.connect(self._on_cursor)
        self.textChanged.connect(self._on_changed)
        theme.theme_switch().changed.connect(self._on_theme)
        self._make_room()
        self._select_extras()

    # -- the text

    def setDocument(self, document: QTextDocument) -> None:
        """Show another document, with its own undo steps and folds; tells where the text is another one.

        The document that the editor came with is gone then, as Qt has it; others live as long as their owners let them.
        """
        if document is self.document():
            return
        if not isinstance(document.documentLayout(), QPlainTextDocumentLayout):
            document.setDocumentLayout(QPlainTextDocumentLayout(document))
        self.setExtraSelections([])
        self._marks, self._mark_places, self._revision = [], (), -1
        self.pairs.forget()
        super().setDocument(document)
        self._dress_document()
        self.find_bar.forget()
        self._numbers.set_problem_line(0)
        self._make_room()
        self._select_extras()
        self._on_changed()

    def folds(self) -> Folds:
        """What is folded in the document on show."""
        return folds_of(self.document())

    def text(self) -> str:
        """The text, character for character, with line feeds between lines."""
        revision = self.document().revision()
        if revision != self._revision:
            self._revision, self._text = revision, exact_text(self.document())
        return self._text

    def set_text(self, text: str) -> None:
        """Put ``text`` in place of all; one undo brings the former text back."""
        kept, difference = keepable(text)
        self.set_marks(())  # before the change is told: who hears of it may set others
        if kept != self.text():
            cursor = QTextCursor(self.document())
            cursor.select(QTextCursor.SelectionType.Document)
            insert_exactly(cursor, kept)
        self._move_to(0)
        if difference:
            self.differenceTold.emit(difference)

    def apply_edit(self, start: int, end: int, insert: str, *, join: bool = False) -> None:
        """Put ``insert`` in place of some code points, as a step to undo or as part of the last one.

        The cursor, marks and folds elsewhere stay where they are.
        """
        units = many_to_units(self.text(), (start, end))
        cursor = QTextCursor(self.document())
        if join:
            cursor.joinPreviousEditBlock()
        else:
            cursor.beginEditBlock()
        cursor.setPosition(units[start])
        cursor.setPosition(units[end], QTextCursor.MoveMode.KeepAnchor)
        insert_exactly(cursor, keepable(insert)[0])
        cursor.endEditBlock()

    def go_to(self, offset: int) -> None:
        """Put the cursor before the code point at ``offset`` and show it in the middle."""
        self._move_to(to_units(self.text(), offset))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_to_line(self, line: int, column: int = 1) -> None:
        """Put the cursor into a line, both from 1; a column beyond its end means its end."""
        block = self.document().findBlockByNumber(min(max(line, 1), self.blockCount()) - 1)
        text = block.text()
        self._move_to(block.position() + to_units(text, min(max(column, 1) - 1, len(text))))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def select_units(self, start: int, end: int) -> None:
        """Select by UTF-16 code units, and show it; folds that hide it open."""
        self.folds().reveal(start)
        self.folds().reveal(end)
        self.setTextCursor(self._cursor_over(start, end))
        self.ensureCursorVisible()

    def cursor_offset(self) -> int:
        """Code points before the cursor."""
        return from_units(self.text(), self.textCursor().position())

    def set_marks(self, marks: Sequence[Mark], problem_line: int = 0) -> None:
        """Underline parts of the text as it is now; they move with it while it is edited."""
        self._numbers.set_problem_line(problem_line)
        if not marks and not self._marks:
            return
        text = self.text()
        self._mark_places = tuple(marks)
        self._marks = self._mark_selections(text, marks)
        self._select_extras()

    def marks(self) -> tuple[Mark, ...]:
        """What was last underlined."""
        return self._mark_places if self._marks else ()

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab and Enter indent; Escape lets the next Tab leave."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
        if self.actions_of.pressed(event):
            return
        if self.isReadOnly():
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Escape and not modifiers:
            self.setTabChangesFocus(True)
        elif key in (Qt.Key.Key_Tab, Qt.Key.Key_Backtab) and control:
            self._leave(forward=key == Qt.Key.Key_Tab)
        elif key == Qt.Key.Key_Tab and not modifiers:
            self._indent()
        elif key == Qt.Key.Key_Backtab:
            self._dedent()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not modifiers:
            self._new_line()
        elif key == Qt.Key.Key_Backspace and not modifiers and self.pairs.erase():
            return
        else:
            if event.text():
                self.setTabChangesFocus(False)
            if event.text() in ("}", "]") and not self.textCursor().hasSelection():
                self._dedent_closing()
            if not (self._is_json and event.text() and self.pairs.typed(event.text())):
                super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """The editor's own keys come before the window's while it has the keyboard."""
        if event.type() == event.Type.ShortcutOverride and self.actions_of.is_own(event):
            event.accept()
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the words of a fold opens it."""
        self.pairs.forget()
        for place, block in self._folded_at:
            if place.contains(event.position()) and event.button() == Qt.MouseButton.LeftButton:
                self.folds().unfold(block)
                return
        super().mousePressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab indents in the text alone; in a bar it goes on."""
        if self._bar is not None and self._bar.isAncestorOf(QApplication.focusWidget()):
            return QAbstractScrollArea.focusNextPrevChild(self, forward)
        return super().focusNextPrevChild(forward)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """What closed by itself is text from now on."""
        self.pairs.forget()
        super().focusOutEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tab indents again."""
        self.setTabChangesFocus(False)
        super().focusInEvent(event)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste text as it is; what cannot be kept is told."""
        if source.hasText():
            kept, difference = keepable(source.text())
            cursor = self.textCursor()
            insert_exactly(cursor, kept)
            self.setTextCursor(cursor)
            self.ensureCursorVisible()
            if difference:
                self.differenceTold.emit(difference)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """The standard menu, with a switch for wrapping lines."""
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addSeparator()
        menu.addActions(self.actions_of.all())
        menu.addSeparator()
        wrap = menu.addAction("Wrap long lines")
        wrap.setObjectName(f"{self.objectName()}WrapAction")
        wrap.setCheckable(True)
        wrap.setChecked(self.lineWrapMode() != QPlainTextEdit.LineWrapMode.NoWrap)
        wrap.toggled.connect(self.set_wrapping)
        menu.popup(event.globalPos())

    def set_wrapping(self, on: bool) -> None:
        """Wrap long lines at the editor's width, or let it scroll sideways."""
        mode = QPlainTextEdit.LineWrapMode
        self.setLineWrapMode(mode.WidgetWidth if on else mode.NoWrap)

    def bar_changed(self, bar: EditorBar | None = None) -> None:
        """Make room for a bar that is on show from now on, or for none."""
        if self._bar is not None and self._bar is not bar:
            self._bar.hide()
        self._bar = bar
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line numbers and a bar beside the text."""
        super().resizeEvent(event)
        self._place_parts()
        self._scrolled.start()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The text, and behind each folded line how much it hides."""
        super().paintEvent(event)
        self._folded_at = []
        if not self._is_json or not self.folds().any:
            return
        folds, colors = self.folds(), theme.current()
        painter: QPainter | None = None
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > event.rect().bottom():
                break
            if block.isVisible() and folds.is_folded(block):
                painter = painter or QPainter(self.viewport())
                words = f" ⋯ {folds.hidden_lines(block):,} lines "
                line = block.layout().lineAt(block.layout().lineCount() - 1)
                place = QRectF(
                    box.left() + line.x() + line.naturalTextWidth() + 6, box.top() + line.y() + 1,
                    self.fontMetrics().horizontalAdvance(words), line.height() - 2,
                )  # fmt: skip
                self._folded_at.append((place, block))
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(colors.color("neutral_back"))
                painter.drawRoundedRect(place, 4, 4)
                painter.setPen(colors.color("muted"))
                painter.drawText(place, Qt.AlignmentFlag.AlignCenter, words)
            block = next_shown(block)
        if painter is not None:
            painter.end()

    # -- inside

    def _on_changed(self) -> None:
        """Qt also tells of a change when only fonts or colours are other than before."""
        text = self.text()
        if text != self._told:
            self._told = text
            self.edited.emit()

    def _leave(self, *, forward: bool) -> None:
        self.setTabChangesFocus(True)
        self.focusNextPrevChild(forward)
        self.setTabChangesFocus(False)

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._each_line(lambda line: line.insertText(_INDENT))
        else:
            cursor.insertText(" " * (len(_INDENT) - cursor.positionInBlock() % len(_INDENT)))

    def _dedent(self) -> None:
        self._each_line(_remove_indent)

    def _each_line(self, change) -> None:
        cursor = self.textCursor()
        first = self.document().findBlock(cursor.selectionStart()).blockNumber()
        last_block = self.document().findBlock(cursor.selectionEnd())
        last = last_block.blockNumber()
        if last > first and cursor.selectionEnd() == last_block.position():
            last -= 1
        cursor.beginEditBlock()
        for number in range(first, last + 1):
            change(QTextCursor(self.document().findBlockByNumber(number)))
        cursor.endEditBlock()

    def _new_line(self) -> None:
        cursor = self.textCursor()
        cursor.beginEditBlock()
        cursor.removeSelectedText()
        line = cursor.block().text()
        # Qt counts code units; only what is left of the cursor and its length matter, so cut by those.
        before = line[: from_units(line, cursor.positionInBlock())]
        after = line[len(before) :].lstrip()
        indent = before[: len(before) - len(before.lstrip(" \t"))]
        opens = before.rstrip().endswith(("{", "["))
        cursor.insertText("\n" + indent + (_INDENT if opens else ""))
        if opens and after.startswith(("}", "]")):
            place = cursor.position()
            cursor.insertText("\n" + indent)
            cursor.setPosition(place)
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _dedent_closing(self) -> None:
        """A closing bracket typed on a blank line goes one step to the left."""
        cursor = self.textCursor()
        before = cursor.block().text()
        if before and not before.strip(" ") and cursor.atBlockEnd():
            _remove_indent(QTextCursor(cursor.block()))

    def _move_to(self, position: int) -> None:
        cursor = self.textCursor()
        cursor.setPosition(min(position, max(self.document().characterCount() - 1, 0)))
        self.setTextCursor(cursor)

    def _dress_document(self) -> None:
        document = self.document()
        document.setDefaultFont(self.font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(_INDENT))
        if document.findChild(self._highlighter) is None:
            self._highlighter(document)
        if self._is_json:
            self.folds().changed.connect(self._on_folds, Qt.ConnectionType.UniqueConnection)

    def _make_room(self) -> None:
        above = self._bar.sizeHint().height() if self._bar is not None else 0
        self.setViewportMargins(self._numbers.width_for(self.blockCount()) - 2, above, 0, 0)
        self._place_parts()

    def _place_parts(self) -> None:
        self._numbers.place()
        if self._bar is not None:
            self._bar.setGeometry(1, 1, self.width() - 2, self._bar.sizeHint().height())
            self._bar.raise_()

    def _on_folds(self) -> None:
        """Keep the cursor where one sees it."""
        cursor = self.textCursor()
        if not cursor.block().isVisible():
            block = self.folds().visible_before(cursor.block())
            cursor.setPosition(block.position() + block.length() - 1)
            self.setTextCursor(cursor)
        self.viewport().update()
        self._numbers.update()

    def _on_cursor(self) -> None:
        if self._is_json and not self.textCursor().block().isVisible():
            self.folds().reveal(self.textCursor().position())
        self._select_extras()

    def _on_scrolled(self) -> None:
        if self.find_bar.places or self._marks:
            self._select_extras()

    def _in_sight(self) -> tuple[int, int]:
        """The part of the document on show, and a screen more on both sides, in code units."""
        viewport = self.viewport().rect()
        first = self.firstVisibleBlock()
        last = self.cursorForPosition(viewport.bottomRight()).block()
        more = max(last.blockNumber() - first.blockNumber(), 1)
        before = self.document().findBlockByNumber(max(first.blockNumber() - more, 0))
        behind = self.document().findBlockByNumber(min(last.blockNumber() + more, self.blockCount() - 1))
        return before.position(), behind.position() + behind.length()

    def _marks_in_sight(self) -> list[QTextEdit.ExtraSelection]:
        """Qt takes its time for each selection at each key: give it those alone that can be seen."""
        if len(self._marks) < _FEW_MARKS:
            return self._marks
        first, last = self._in_sight()
        return [
            one for one in self._marks if one.cursor.selectionEnd() >= first and one.cursor.selectionStart() <= last
        ]

    def _select_extras(self) -> None:
        """Show the current line, the marks and the brackets at the cursor."""
        if self.isReadOnly():
            self.setExtraSelections([*self._found_selections(), *self._marks_in_sight()])
            return
        colors = theme.current()
        line = QTextEdit.ExtraSelection()
        line.format.setBackground(colors.color("alternate"))
        line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        line.cursor = self.textCursor()
        line.cursor.clearSelection()
        self.setExtraSelections([line, *self._found_selections(), *self._marks_in_sight(), *self._bracket_selections()])
        self._numbers.show_current(line.cursor.blockNumber())

    def _found_selections(self) -> list[QTextEdit.ExtraSelection]:
        """What was found and is in sight, and what the search is limited to."""
        colors, selections = theme.current(), []
        scope = self.find_bar.scope()
        if scope is not None:
            selection = QTextEdit.ExtraSelection()
            selection.format.setBackground(colors.color("neutral_back"))
            selection.cursor = scope
            selections.append(selection)
        places = self.find_bar.places
        if places:
            first, last = self._in_sight()
            start = bisect_left(places, first, key=lambda place: place.end)
            for place in places[start : start + _MOST_FOUND]:
                if place.start > last:
                    break
                selection = QTextEdit.ExtraSelection()
                selection.format.setBackground(colors.color("warning_back"))
                selection.format.setForeground(colors.color("warning"))
                selection.cursor = self._cursor_over(place.start, place.end)
                selections.append(selection)
        return selections

    def _bracket_selections(self) -> list[QTextEdit.ExtraSelection]:
        found = matching_brackets(self.document(), self.textCursor().position())
        if found is None:
            return []
        colors = theme.current()
        selections = []
        for place in found:
            if place is not None:
                selection = QTextEdit.ExtraSelection()
                selection.format.setBackground(colors.color("error_back" if found[1] is None else "selection"))
                selection.format.setForeground(colors.color("error" if found[1] is None else "selection_text"))
                selection.cursor = self._cursor_over(place, place + 1)
                selections.append(selection)
        return selections

    def _mark_selections(self, text: str, marks: Sequence[Mark]) -> list[QTextEdit.ExtraSelection]:
        places = []
        for mark in marks:
            start, end = mark.start, max(mark.end, mark.start + 1)
            if start >= len(text) or text[start] == "\n":
                start, end = max(start - 1, 0), start
            places.append((start, end))
        units = many_to_units(text, (place for pair in places for place in pair))
        selections = []
        for mark, (start, end) in zip(marks, places, strict=True):
            selection = QTextEdit.ExtraSelection()
            selection.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
            selection.format.setUnderlineColor(theme.current().color(mark.kind))
            selection.cursor = self._cursor_over(units[start], units[end])
            selections.append(selection)
        return selections

    def _cursor_over(self, start: int, end: int) -> QTextCursor:
        last = max(self.document().characterCount() - 1, 0)
        cursor = QTextCursor(self.document())
        cursor.setPosition(min(start, last))
        cursor.setPosition(min(end, last), QTextCursor.MoveMode.KeepAnchor)
        return cursor

    def _on_theme(self) -> None:
        colors = theme.current()
        for mark, selection in zip(self._mark_places, self._marks, strict=True):
            selection.format.setUnderlineColor(colors.color(mark.kind))
        self._select_extras()


def _remove_indent(line: QTextCursor) -> None:
    text = line.block().text()
    width = min(len(_INDENT), len(text) - len(text.lstrip(" ")))
    line.movePosition(QTextCursor.MoveOperation.Right, QTextCursor.MoveMode.KeepAnchor, width)
    line.removeSelectedText()
