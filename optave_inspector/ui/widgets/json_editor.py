"""A text editor for JSON that never changes what is typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextFormat, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from .. import theme
from .json_brackets import matching_brackets
from .json_editor_text import exact_text, from_units, insert_exactly, keepable, to_units
from .json_highlighter import JsonHighlighter
from .line_numbers import LineNumbers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QMimeData
    from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QResizeEvent, QSyntaxHighlighter

_INDENT = "  "
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
    """Monospace editor with line numbers, colours, bracket matching and automatic indentation.

    ``text`` gives exactly what it holds (``toPlainText`` would change characters). Texts set from outside go through
    the undo stack, so that nothing typed is lost. Comfortable with documents of some 128 KB.
    """

    edited = Signal()
    """The text changed, by whatever way."""
    differenceTold = Signal(str)
    """A text taken over from outside could not be kept as it was: a sentence about what is different."""

    def __init__(
        self, object_name: str, parent: QWidget | None = None, highlighter: type[QSyntaxHighlighter] = JsonHighlighter
    ) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleDescription(_DESCRIPTION)
        self._marks: list[QTextEdit.ExtraSelection] = []
        self._mark_places: tuple[Mark, ...] = ()
        self._revision = -1
        self._text = ""
        self._told = ""
        self.setFont(theme.mono_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(_INDENT))
        self._numbers = LineNumbers(self)
        self._numbers.setObjectName(f"{object_name}LineNumbers")
        self._highlighter = highlighter(self.document())
        self.blockCountChanged.connect(self._make_room)
        self.cursorPositionChanged.connect(self._select_extras)
        self.textChanged.connect(self._on_changed)
        theme.theme_switch().changed.connect(self._on_theme)
        self._make_room()
        self._select_extras()

    # -- the text

    def text(self) -> str:
        """The text, character for character, with line feeds between lines."""
        revision = self.document().revision()
        if revision != self._revision:
            self._revision, self._text = revision, exact_text(self.document())
        return self._text

    def set_text(self, text: str) -> None:
        """Put ``text`` in place of all; one undo brings the former text back."""
        kept, difference = keepable(text)
        if kept != self.text():
            cursor = QTextCursor(self.document())
            cursor.select(QTextCursor.SelectionType.Document)
            insert_exactly(cursor, kept)
        self.set_marks(())
        self._move_to(0)
        if difference:
            self.differenceTold.emit(difference)

    def go_to(self, offset: int) -> None:
        """Put the cursor before the code point at ``offset`` and show it in the middle."""
        self._move_to(to_units(self.text(), offset))
        self.centerCursor()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

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
        self._marks = [self._mark_selection(text, mark) for mark in marks]
        self._select_extras()

    def marks(self) -> tuple[Mark, ...]:
        """What was last underlined."""
        return self._mark_places if self._marks else ()

    # -- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tab and Enter indent; Escape lets the next Tab leave."""
        key, modifiers = event.key(), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        control = bool(modifiers & Qt.KeyboardModifier.ControlModifier)
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
        else:
            if event.text():
                self.setTabChangesFocus(False)
            if event.text() in ("}", "]") and not self.textCursor().hasSelection():
                self._dedent_closing()
            super().keyPressEvent(event)

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line numbers beside the text."""
        super().resizeEvent(event)
        self._numbers.place()

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

    def _make_room(self) -> None:
        self.setViewportMargins(self._numbers.width_for(self.blockCount()) - 2, 0, 0, 0)
        self._numbers.place()

    def _select_extras(self) -> None:
        """Show the current line, the marks and the brackets at the cursor."""
        if self.isReadOnly():
            self.setExtraSelections(self._marks)
            return
        colors = theme.current()
        line = QTextEdit.ExtraSelection()
        line.format.setBackground(colors.color("alternate"))
        line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
        line.cursor = self.textCursor()
        line.cursor.clearSelection()
        self.setExtraSelections([line, *self._marks, *self._bracket_selections()])
        self._numbers.update()

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

    def _mark_selection(self, text: str, mark: Mark) -> QTextEdit.ExtraSelection:
        start, end = mark.start, max(mark.end, mark.start + 1)
        if start >= len(text) or text[start] == "\n":
            start, end = max(start - 1, 0), start
        selection = QTextEdit.ExtraSelection()
        selection.format.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        selection.format.setUnderlineColor(theme.current().color(mark.kind))
        selection.cursor = self._cursor_over(to_units(text, start), to_units(text, end))
        return selection

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
