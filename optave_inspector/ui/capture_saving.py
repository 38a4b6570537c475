"""Saving a copy of a capture, from the window of a session or of a stored capture."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from ..capture.library import SUFFIX
from .actions import make_action
from .dialogs.work_dialog import WorkDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from .bridge import SessionBridge

SAVE_FILTER = f"Captures (*{SUFFIX})"


class CaptureSaving(QObject):
    """The action that saves all entries of a session or of a stored capture under another name, while it goes on."""

    def __init__(self, bridge: SessionBridge, window: QWidget, name: str = "saveCaptureAction") -> None:
        super().__init__(window)
        self._bridge = bridge
        self._window = window
        self.saved = 0
        """How many entries the newest copy holds."""
        tip = "Save all entries so far, with notes, as a capture of their own"
        self.action = make_action(self, name, "&Save capture as…", self.ask, shortcut="Ctrl+Shift+S", tip=tip)

    def ask(self) -> None:
        """Ask for a name, and save."""
        dialog = QFileDialog(self._window, "Save capture as", "", SAVE_FILTER)
        dialog.setObjectName("saveCaptureDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.lstrip("."))
        dialog.selectFile(str(Path.home() / self._bridge.session.store.path.name))
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, target: Path) -> None:
        """Save a copy to ``target``; how it went stands in the message bar."""
        store, tell = self._bridge.session.store, self._bridge.warned.emit
        dialog = WorkDialog("saveCaptureWork", "Saving the capture", f"Saving a copy as {target}.", self._window)
        dialog.start(
            lambda progress, stop: store.save_as(target, progress, stop),
            lambda count: self._on_saved(count, target),
            lambda sentence: tell("error", f"The capture was not saved. {sentence}"),
        )

    def _on_saved(self, count: int, target: Path) -> None:
        self.saved = count
        words = f"{count:,} {'entry was' if count == 1 else 'entries were'} saved as {target}."
        self._bridge.warned.emit("ok", words)
