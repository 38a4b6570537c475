"""The question before entries go that no file holds."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialogButtonBox, QWidget

from .question import ConfirmDialog


class UnsavedDialog(ConfirmDialog):
    """Asks whether to quit although the disk took not all entries; connect to ``accepted`` and ``saveAsked``."""

    saveAsked = Signal()

    def __init__(self, unsaved: int, problem: str, parent: QWidget | None) -> None:
        lost = f"{unsaved:,} {'entry of this session is' if unsaved == 1 else 'entries of this session are'}"
        super().__init__(
            "unsavedDialog",
            "Entries in memory only",
            f"{lost} in memory only and go when the app ends. {problem}\n\n"
            "The last try to write them is made on the way out. To be safe, save a copy on another disk first.",
            "Quit all the same",
            parent,
        )
        save = self._buttons.addButton("Save a copy…", QDialogButtonBox.ButtonRole.ActionRole)
        save.setObjectName("unsavedDialogSaveButton")
        save.setAccessibleName("Save a copy")
        save.setToolTip("Save all entries as a capture of their own, on another disk")
        save.clicked.connect(self.saveAsked)
        save.clicked.connect(self.reject)
