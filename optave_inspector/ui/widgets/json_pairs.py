"""Closing brackets and quotes that come with the opening ones that are typed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from PySide6.QtGui import QTextCursor

if TYPE_CHECKING:
    from PySide6.QtWidgets import QPlainTextEdit

_CLOSING: Final = {"{": "}", "[": "]", '"': '"'}
_BEFORE_WHICH: Final = ("\u2029", "", " ", "\t", ",", "}", "]", ":")
_STRINGS = re.compile(r'"(?:[^"\\]|\\.)*("|\\?$)')
_AFTER_WHICH: Final = {"{": ("", ":", ",", "["), "[": ("", ":", ",", "["), '"': ("", ":", ",", "[", "{")}
_MOST = 50
_BLANK_LINES = 50


class Pairs:
    """Puts the closing bracket or quote behind what is typed, where a value or key may begin and nothing follows.

    It vanishes by one Backspace together with the opening one, or by one undo alone, and gives way to the same
    character typed. What is pasted or put in from elsewhere is left alone.
    """

    def __init__(self, editor: QPlainTextEdit) -> None:
        self._editor = editor
        self._closers: list[QTextCursor] = []

    def forget(self) -> None:
        """From now on what was closed by itself is a text like any other."""
        self._closers.clear()

    def adopt(self, cursor: QTextCursor) -> None:
        """Take the character behind the cursor for one that closed by itself."""
        self._closers = [*self._closers[1 - _MOST :], QTextCursor(cursor)]

    def typed(self, char: str) -> bool:
        """Whether the character was dealt with: it was there already, or came with its partner."""
        cursor = self._editor.textCursor()
        if cursor.hasSelection():
            return False
        after = self._char(cursor.position())
        if char in ("}", "]", '"') and after == char and self._own(cursor.position()) and not self._escaped(cursor):
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
            self._editor.setTextCursor(cursor)
            return True
        closing = _CLOSING.get(char)
        if (
            closing is None
            or after not in _BEFORE_WHICH
            or _before(cursor) not in _AFTER_WHICH[char]
            or in_string(cursor)
        ):
            return False
        cursor.insertText(char)
        # A step of its own: undoing takes the closing character away, and leaves what was typed.
        cursor.beginEditBlock()
        cursor.insertText(closing)
        cursor.endEditBlock()
        cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter)
        self.adopt(cursor)
        self._editor.setTextCursor(cursor)
        self._editor.ensureCursorVisible()
        return True

    def erase(self) -> bool:
        """Take an empty pair away at Backspace; False where there is none of ours."""
        cursor = self._editor.textCursor()
        place = cursor.position()
        if cursor.hasSelection() or not self._own(place):
            return False
        if _CLOSING.get(self._char(place - 1)) != self._char(place):
            return False
        cursor.beginEditBlock()
        cursor.deletePreviousChar()
        cursor.deleteChar()
        cursor.endEditBlock()
        return True

    def _own(self, place: int) -> bool:
        return any(closer.position() == place for closer in self._closers)

    def _escaped(self, cursor: QTextCursor) -> bool:
        place = cursor.position()
        while self._char(place - 1) == "\\":
            place -= 1
        return (cursor.position() - place) % 2 == 1

    def _char(self, place: int) -> str:
        document = self._editor.document()
        return document.characterAt(place) if 0 <= place < document.characterCount() - 1 else ""


def _before(cursor: QTextCursor) -> str:
    """The character before the cursor that is no white space; empty at the beginning of the text."""
    block = cursor.block()
    text = block.text()
    if not text.isascii() and max(text) > "\uffff":
        text = "".join(char if char <= "\uffff" else "xx" for char in text)
    text = text[: cursor.positionInBlock()].rstrip()
    for _ in range(_BLANK_LINES):
        block = block.previous()
        if text or not block.isValid():
            break
        text = block.text().rstrip()
    return text[-1:]


def in_string(cursor: QTextCursor) -> bool:
    """Whether the cursor stands in a JSON string of its line."""
    before = cursor.block().text()
    if not before.isascii() and max(before) > "\uffff":
        before = "".join(char if char <= "\uffff" else "  " for char in before)
    before = before[: cursor.positionInBlock()]
    last = None
    for last in _STRINGS.finditer(before):  # noqa: B007 - the last one counts
        pass
    return last is not None and last[1] != '"'
