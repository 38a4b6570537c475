"""Making captures of what other programs wrote, from the window."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from .actions import make_action
from .dialogs.notice import NoticeDialog
from .dialogs.work_dialog import WorkDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtWidgets import QWidget

    from ..own_captures import OwnCaptures

IMPORT_FILTER = "HAR and JSON Lines (*.har *.jsonl *.ndjson *.json);;All files (*)"


class CaptureImporting(QObject):
    """The action that makes captures of HAR and JSON Lines files, and hands each to ``show``."""

    def __init__(self, captures: OwnCaptures, show: Callable[[Path], None], window: QWidget) -> None:
        super().__init__(window)
        self._captures = captures
        self._show = show
        self._window = window
        tip = "Make a capture of a browser's HAR file or of JSON Lines, and look at it; the file stays as it is"
        self.action = make_action(self, "importCaptureAction", "&Import HAR or JSON Lines…", self.ask, tip=tip)

    def ask(self) -> None:
        """Ask for files, and import them."""
        dialog = QFileDialog(self._window.window(), "Import HAR or JSON Lines", "", IMPORT_FILTER)
        dialog.setObjectName("importCaptureDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setDirectory(str(Path.home()))
        dialog.filesSelected.connect(lambda names: [self.import_(Path(name)) for name in names])
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def import_(self, source: Path) -> None:
        """Import one file; a dialog says why when it cannot be, and nothing of it remains."""
        window = self._window.window()
        dialog = WorkDialog("importCaptureWork", "Importing", f"Making a capture of {source}.", window)
        dialog.start(
            lambda progress, stop: self._captures.import_file(source, progress, stop),
            self._show,
            lambda sentence: NoticeDialog(
                "cannotImportDialog", f"{source.name} cannot be imported", sentence, window
            ).open(),
        )
