"""Which profile, and what can be done with profiles; what to do when two programs edit the same one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..dialogs.question import ConfirmDialog, TextQuestion
from ..widgets.form import words
from .profile_combo import ProfileCombo

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..current_profile import CurrentProfile

_FIRST_STEPS = "Fill in what Optave gave you, or try things out by the menu: Local tenant, Connect to it."


class ProfileRow(QWidget):
    """The list of profiles with New, Rename, Copy and Delete; the note on a conflict appears beneath it."""

    def __init__(self, bridge: SessionBridge, current: CurrentProfile) -> None:
        super().__init__()
        self._bridge = bridge
        self._current = current
        self._combo = ProfileCombo(current, "connectionProfileCombo")
        buttons = QHBoxLayout()
        buttons.setSpacing(2)
        for name, tip, slot in (
            ("New", "Make a profile with the documented defaults", self.ask_new),
            ("Rename", "Give this profile another name", self.ask_rename),
            ("Copy", "Copy this profile, without its secret", self.ask_copy),
            ("Delete", "Delete this profile and its secret", self.ask_delete),
        ):
            button = QToolButton()
            button.setText(name)
            button.setObjectName(f"connection{name}ProfileButton")
            button.setAccessibleName(f"{name} profile")
            button.setToolTip(tip)
            button.setProperty("kind", "quiet")
            button.setProperty("tight", True)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
            button.clicked.connect(slot)
            buttons.addWidget(button, 1)
        self._first_steps = words("connectionFirstSteps")
        self._conflict = self._build_conflict()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(self._combo)
        layout.addLayout(buttons)
        layout.addWidget(self._first_steps)
        layout.addWidget(self._conflict)
        current.saveStateChanged.connect(self._show_save_state)
        self._show_save_state()

    def ask_new(self) -> None:
        """Ask for a name and make a profile."""
        self._ask("newProfileDialog", "New profile", "Name of the new profile", "Make", "", self._current.new)

    def ask_rename(self) -> None:
        """Ask for another name of the current profile."""
        name = self._current.profile.name
        sentence = f"New name for “{name}”"
        self._ask("renameProfileDialog", "Rename profile", sentence, "Rename", name, self._current.rename)

    def ask_copy(self) -> None:
        """Ask for the name of a copy and make it."""
        name = self._current.profile.name
        sentence = f"Name of the copy of “{name}”. Its secret is not copied."
        self._ask("copyProfileDialog", "Copy profile", sentence, "Copy", f"{name} copy", self._current.copy)

    def ask_delete(self) -> None:
        """Ask whether to delete the current profile."""
        name = self._current.profile.name
        dialog = ConfirmDialog(
            "deleteProfileDialog",
            "Delete profile",
            f"Delete “{name}” and its stored secret? This cannot be undone.",
            "Delete",
            self.window(),
        )
        dialog.accepted.connect(lambda: self._bridge.start(self._current.delete(), "delete profile"))
        dialog.open()

    def _ask(self, object_name: str, title: str, sentence: str, accept: str, text: str, work) -> None:
        dialog = TextQuestion(object_name, title, sentence, accept, self.window(), text=text, field_name="Profile name")
        dialog.answered.connect(lambda name: self._bridge.start(work(name), title.lower()))
        dialog.open()

    def _build_conflict(self) -> QFrame:
        frame = QFrame()
        frame.setObjectName("connectionConflict")
        frame.setProperty("bar", "warning")
        self._conflict_words = words("connectionConflictWords", "")
        self._reload = QPushButton("Load again")
        self._reload.setObjectName("connectionReloadButton")
        self._reload.setAccessibleName("Load the profile again; what was typed here is lost")
        self._reload.setToolTip("The file replaces what is shown here")
        self._reload.clicked.connect(lambda: self._bridge.start(self._current.reload(), "load profile"))
        self._overwrite = QPushButton("Overwrite")
        self._overwrite.setObjectName("connectionOverwriteButton")
        self._overwrite.setAccessibleName("Overwrite the file with what is shown here")
        self._overwrite.setToolTip("What is shown here replaces the file")
        self._overwrite.clicked.connect(lambda: self._bridge.start(self._current.overwrite(), "save profile"))
        buttons = QHBoxLayout()
        buttons.addWidget(self._reload)
        buttons.addWidget(self._overwrite)
        buttons.addStretch(1)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(8, 6, 8, 6)
        layout.addWidget(self._conflict_words)
        layout.addLayout(buttons)
        return frame

    def _show_save_state(self) -> None:
        state = self._current.save_state
        self._first_steps.setText(_FIRST_STEPS if self._current.is_untouched else "")
        self._conflict.setVisible(bool(state.trouble))
        self._conflict_words.setText(f"⚠ {state.trouble}" if state.trouble else "")
        self._reload.setVisible(state.conflict)
        self._overwrite.setVisible(state.conflict)
