"""The text of a stream's update, with what it added lit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from .. import theme

if TYPE_CHECKING:
    from collections.abc import Sequence


class StreamText(QPlainTextEdit):
    """Read-only. Of a text that grows only what is new is written, so that playing and selecting do not disturb."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName("Text of the answer so far")
        self.setToolTip("What the update added is underlined. Space plays, Left and Right step.")
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)
        self._text = ""
        self._lit: Sequence[tuple[int, int]] = ()
        theme.theme_switch().changed.connect(self._light)

    def show_text(self, text: str, lit: Sequence[tuple[int, int]]) -> None:
        """Show a text; ``lit``: from and up to which characters it is new."""
        cursor = QTextCursor(self.document())
        if text.startswith(self._text):
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText(text[len(self._text) :])
        elif self._text.startswith(text):
            cursor.setPosition(_utf16(text))
            cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        else:
            self.setPlainText(text)
        self._text, self._lit = text, lit
        self._light()
        if lit:
            self._bring_into_view(lit[-1][1])

    def lit_texts(self) -> list[str]:
        """What is lit at present."""
        return [selection.cursor.selectedText() for selection in self.extraSelections()]

    def _light(self) -> None:
        colors = theme.current()
        look = QTextCharFormat()
        look.setBackground(colors.color("ok_back"))
        # Not by colour alone.
        look.setFontUnderline(True)
        look.setUnderlineColor(colors.color("ok"))
        selections = []
        for begin, end in self._lit:
            selection = QTextEdit.ExtraSelection()
            selection.cursor = QTextCursor(self.document())
            selection.cursor.setPosition(_utf16(self._text[:begin]))
            selection.cursor.setPosition(_utf16(self._text[:end]), QTextCursor.MoveMode.KeepAnchor)
            selection.format = look
            selections.append(selection)
        self.setExtraSelections(selections)

    def _bring_into_view(self, end: int) -> None:
        """Scroll to where the new part ends, unless the user has marked something to copy."""
        if self.textCursor().hasSelection():
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(_utf16(self._text[:end]))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()


def _utf16(text: str) -> int:
    """How long a text is for Qt."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
