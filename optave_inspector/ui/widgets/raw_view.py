"""A message exactly as it came: no colours, no folding, no other line breaks than its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, Qt, QTimer, Signal
from PySide6.QtGui import QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import (
    QCheckBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QTextEdit,
    QVBoxLayout,
    QWidget,
)

from ..models.formats import size_text
from ..models.raw_text import STAND_IN, RawText
from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from collections.abc import Callable

HEAD = 1_000_000
"""Characters that are shown at first."""
MOST = 32_000_000
"""Characters that can be shown at all; a text widget needs some ten times as much memory."""
_PER_STEP = 400_000
_WRAP = QPlainTextEdit.LineWrapMode.WidgetWidth
_NO_WRAP = QPlainTextEdit.LineWrapMode.NoWrap


class RawTextEdit(QPlainTextEdit):
    """Shows a :class:`..models.raw_text.RawText`; copying gives the text itself, with neither cuts nor stand-ins."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName("Message as it came")
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setFont(mono_font())
        self._raw = RawText("")
        self._next_line = 0
        self._filling = QTimer(self)
        self._filling.setInterval(0)
        self._filling.timeout.connect(self._fill)

    def show_raw(self, raw: RawText) -> None:
        """Show a text: as much as one step takes at once, the rest little by little."""
        self._filling.stop()
        self.setExtraSelections([])
        self._raw = raw
        self._next_line = 0
        self.clear()
        self._fill()

    @property
    def whole(self) -> bool:
        """Whether all of the text is in the widget."""
        return self._next_line >= len(self._raw.lines)

    def mark(self, offset: int) -> None:
        """Go to a character and mark it as the place of an error."""
        line, units = self._raw.place(min(offset, len(self._raw.text)))
        block = self.document().findBlockByNumber(line)
        if not block.isValid():
            return
        cursor = QTextCursor(block)
        cursor.setPosition(block.position() + min(units, block.length() - 1))
        self.setTextCursor(cursor)
        if not cursor.atBlockEnd():
            cursor.movePosition(QTextCursor.MoveOperation.NextCharacter, QTextCursor.MoveMode.KeepAnchor)
        elif not cursor.atBlockStart():
            cursor.movePosition(QTextCursor.MoveOperation.PreviousCharacter, QTextCursor.MoveMode.KeepAnchor)
        form = QTextCharFormat()
        form.setBackground(current().color("error_back"))
        form.setForeground(current().color("error"))
        form.setFontUnderline(True)
        selection = QTextEdit.ExtraSelection()
        selection.cursor = cursor
        selection.format = form
        self.setExtraSelections([selection])

    def selected_text(self) -> str:
        """The selected part of the text itself."""
        cursor = self.textCursor()
        return self._raw.text[self._offset(cursor.selectionStart()) : self._offset(cursor.selectionEnd())]

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self.selected_text())
        return data

    def _offset(self, position: int) -> int:
        block = self.document().findBlock(position)
        return self._raw.offset(block.blockNumber(), position - block.position())

    def _fill(self) -> None:
        lines = self._raw.lines
        first, size = self._next_line, 0
        while self._next_line < len(lines) and size < _PER_STEP:
            size += len(lines[self._next_line]) + 1
            self._next_line += 1
        text = "\n".join(lines[first : self._next_line])
        if first == 0:
            self.setPlainText(text)
        else:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.insertText("\n" + text)
        if self.whole:
            self._filling.stop()
        elif not self._filling.isActive():
            self._filling.start()


class RawView(QWidget):
    """The text with a switch for wrapping and, for a long one, buttons for the rest of it and for saving it."""

    saveAsked = Signal()
    """Save the whole payload to a file."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self._text: str | None = None
        self._note = ""
        self.edit = RawTextEdit(f"{object_name}Edit")
        self.wrap = QCheckBox("Wrap lines")
        self.wrap.setObjectName(f"{object_name}WrapCheck")
        self.wrap.setAccessibleName("Wrap long lines")
        self.wrap.setChecked(True)
        self.wrap.toggled.connect(lambda on: self.edit.setLineWrapMode(_WRAP if on else _NO_WRAP))
        self.note = QLabel()
        self.note.setObjectName(f"{object_name}Note")
        self.note.setProperty("role", "muted")
        self.note.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setWordWrap(True)
        self.show_all_button = _button(f"{object_name}ShowAllButton", "Show all", self.show_all)
        self.save_button = _button(f"{object_name}SaveButton", "Save…", self.saveAsked.emit)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self.wrap)
        line.addWidget(self.note, 1)
        line.addWidget(self.show_all_button)
        line.addWidget(self.save_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 6, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(line)
        layout.addWidget(self.edit, 1)
        theme_switch().changed.connect(self._restyle)

    @property
    def shown_characters(self) -> int:
        """How much of the text is on show."""
        return len(self.edit._raw.text)

    def show_text(self, text: str, note: str = "") -> None:
        """Show a text, of a long one its head; ``note`` is said above it."""
        self._text = text
        self._note = note
        self._show(text if len(text) <= HEAD else text[:HEAD])

    def show_all(self) -> None:
        """Show the rest of a long text as well."""
        if self._text is not None and self.shown_characters < len(self._text) <= MOST:
            self._show(self._text)

    def say(self, note: str) -> None:
        """No text: say why."""
        self._text = None
        self._note = note
        self._show("")

    def clear(self) -> None:
        """Show nothing and let go of the text."""
        self.say("")

    def mark(self, offset: int) -> None:
        """Go to a character, where it is on show, and mark it as the place of an error."""
        if offset <= self.shown_characters:
            self.edit.mark(offset)

    def _show(self, text: str) -> None:
        raw = RawText(text)
        self.edit.show_raw(raw)
        whole = self._text or ""
        hidden = len(whole) - len(text)
        parts = [self._note] if self._note else []
        if hidden:
            parts.append(f"The first {len(text):,} of {len(whole):,} characters.")
        if raw.unshown:
            parts.append(f"{STAND_IN} stands for {raw.unshown:,} control characters.")
        self.note.setText(" ".join(parts))
        self.show_all_button.setVisible(bool(hidden))
        self.show_all_button.setEnabled(len(whole) <= MOST)
        self.show_all_button.setToolTip(
            "" if len(whole) <= MOST else f"More than {size_text(MOST)} of text is too much for this view: save it."
        )
        self.save_button.setVisible(self._text is not None)

    def _restyle(self) -> None:
        self.edit.setFont(mono_font())


def _button(object_name: str, text: str, slot: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(text)
    button.clicked.connect(slot)
    return button
