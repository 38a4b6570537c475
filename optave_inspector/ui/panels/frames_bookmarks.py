"""Marking entries of the log: bookmarks and the notes on them, kept in the capture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence

from ...errors import InspectorError
from ..dialogs.question import TextQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ..bridge import SessionBridge


class NoteQuestion(TextQuestion):
    """Asks for a note; unlike other questions it takes an empty answer, which takes the note away."""

    def _check(self) -> None:
        self.accept_button.setEnabled(True)


class FramesBookmarks(QObject):
    """The actions that mark the selected entry, wherever it was selected."""

    changed = Signal()
    """The capture's bookmarks or notes are not what they were."""

    def __init__(self, bridge: SessionBridge, owner: QWidget) -> None:
        super().__init__(owner)
        self._bridge = bridge
        self._owner = owner
        self.toggle_action = self._action("framesBookmarkAction", "&Bookmark", "Ctrl+B", self.toggle)
        self.toggle_action.setCheckable(True)
        self.note_action = self._action("framesNoteAction", "N&ote…", "Ctrl+Shift+B", self.ask_note)
        bridge.entrySelected.connect(self._refresh)
        bridge.bookmarksChanged.connect(self.changed)
        self.changed.connect(self._refresh)
        self._refresh()

    def toggle(self) -> None:
        """Mark the selected entry, or take its mark away together with its note; the note is then told once more."""
        number = self._bridge.selected_entry
        if not number:
            return
        note = self._bridge.session.store.bookmarks.get(number)
        if note is None:
            self._mark(number, "")
            return
        try:
            self._bridge.session.store.remove_bookmark(number)
        except InspectorError as error:
            self._bridge.tell_error(f"The bookmark stays. {error}")
            self._refresh()
        else:
            if note:
                self._bridge.warned.emit("ok", f"Entry {number:,} is no longer bookmarked. Its note was: {note}")

    def ask_note(self) -> None:
        """Open the dialog for the note on the selected entry."""
        number = self._bridge.selected_entry
        if not number:
            return
        dialog = NoteQuestion(
            "noteDialog",
            f"Note on entry {number:,}",
            "The entry is bookmarked, and the note stands before its summary in the log. Both are kept in the capture.",
            "Keep note",
            self._owner.window(),
            text=self._bridge.session.store.bookmarks.get(number, ""),
            field_name="Note",
        )
        dialog.answered.connect(lambda note: self._mark(number, note))
        dialog.open()

    def _mark(self, number: int, note: str) -> None:
        try:
            self._bridge.session.store.set_bookmark(number, note)
        except InspectorError as error:
            self._bridge.tell_error(f"The entry was not marked. {error}")
            self._refresh()

    def _refresh(self) -> None:
        number = self._bridge.selected_entry
        marked = number in self._bridge.session.store.bookmarks
        for action in (self.toggle_action, self.note_action):
            action.setEnabled(number > 0)
        self.toggle_action.setChecked(marked)
        self.toggle_action.setText("Remove &bookmark and note" if marked else "&Bookmark")

    def _action(self, object_name: str, text: str, shortcut: str, slot: Callable[[], None]) -> QAction:
        action = QAction(text, self._owner)
        action.setObjectName(object_name)
        action.setShortcut(QKeySequence(shortcut))
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(slot)
        self._owner.addAction(action)
        return action
