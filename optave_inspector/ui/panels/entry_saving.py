"""Saving the payload of an entry to a file of the user's choice."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QWidget

from ..models.background import Background

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..models.entry_content import EntryContent


class EntrySaving:
    """Asks for a file and writes the whole payload into it, in a thread; the message bar tells how it went."""

    def __init__(self, bridge: SessionBridge, owner: QWidget) -> None:
        self._tell = bridge.warned.emit
        self._owner = owner
        self._work = Background("save payload", owner)

    def ask(self, content: EntryContent) -> None:
        """Ask where to."""
        ending = "bin" if content.text is None else "json" if content.has_tree else "txt"
        dialog = QFileDialog(self._owner, "Save payload")
        dialog.setObjectName("entrySaveDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectFile(f"entry-{content.entry.number}.{ending}")
        dialog.fileSelected.connect(lambda path: self.save(content, Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, content: EntryContent, path: Path) -> None:
        """Write the payload to ``path``."""

        def failed(error: Exception) -> None:
            reason = getattr(error, "strerror", None) or error
            self._tell("error", f"The payload could not be saved as {path}: {reason}.")

        self._work.start(
            lambda _job: path.write_bytes(content.payload),
            lambda size: self._tell("ok", f"Saved {size:,} bytes as {path}."),
            failed,
        )
