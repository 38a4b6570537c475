"""Making sound captures of damaged ones, from the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from .actions import make_action
from .dialogs.notice import NoticeDialog
from .dialogs.question import OfferDialog
from .dialogs.work_dialog import WorkDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ..capture.recovery import Recovery
    from ..own_captures import OwnCaptures

RECOVER_FILTER = "Captures (*.optave-capture);;All files (*)"


class CaptureRecovering(QObject):
    """Offers, for a damaged capture, to put what can be read into a new one, which is handed to ``show``."""

    def __init__(
        self, captures: OwnCaptures, show: Callable[[Path], None], tell: Callable[[str, str], None], window: QWidget
    ) -> None:
        super().__init__(window)
        self._captures = captures
        self._show = show
        self._tell = tell
        self._window = window
        tip = "Put what can still be read of a damaged capture into a new one; the damaged file stays as it is"
        self.action = make_action(self, "recoverCaptureAction", "Reco&ver a damaged capture…", self.ask, tip=tip)

    def ask(self) -> None:
        """Ask for files, and recover them."""
        dialog = QFileDialog(self._window.window(), "Recover a damaged capture", "", RECOVER_FILTER)
        dialog.setObjectName("recoverCaptureDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setDirectory(self._captures.chosen_folder() or str(Path.home()))
        dialog.filesSelected.connect(lambda names: [self.recover(Path(name)) for name in names])
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def offer(self, source: Path, problem: str) -> None:
        """Say why a capture cannot be opened, and offer to recover what can be read."""
        dialog = OfferDialog(
            "damagedCaptureDialog",
            f"{source.name} is damaged",
            f"{problem}\n\nWhat can still be read can be put into a new capture. {source.name} stays as it is.",
            "Recover what can be read",
            self._window.window(),
        )
        dialog.accepted.connect(lambda: self.recover(source))
        dialog.open()

    def recover(self, source: Path) -> None:
        """Recover one file; the message bar tells how much came of it, or a dialog why nothing did."""
        window = self._window.window()
        dialog = WorkDialog("recoverCaptureWork", "Recovering", f"Reading what is left of {source}.", window)
        dialog.start(
            lambda progress, stop: self._captures.recover_file(source, progress, stop),
            self._on_recovered,
            lambda sentence: NoticeDialog(
                "cannotRecoverDialog", f"{source.name} cannot be recovered", sentence, window
            ).open(),
        )

    def _on_recovered(self, done: Recovery) -> None:
        self._tell("warning" if done.is_less else "ok", done.in_words())
        self._show(done.path)
