"""Files that are to be opened: named on the command line, or by the desktop while the app runs, as macOS does."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtGui import QFileOpenEvent
    from PySide6.QtWidgets import QApplication


class FileOpening(QObject):
    """Keeps what is to be opened until :meth:`give_to` says who opens it."""

    def __init__(self, app: QApplication, files: Sequence[Path] = ()) -> None:
        super().__init__(app)
        self._pending = list(files)
        self._open: Callable[[list[Path]], None] | None = None
        app.installEventFilter(self)

    def give_to(self, open_: Callable[[list[Path]], None] | None) -> None:
        """Have ``open_`` called with the files that wait, and with those to come; None ends that."""
        self._open = open_
        self._hand_over()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() is not QEvent.Type.FileOpen:
            return False
        asked: QFileOpenEvent = event
        if asked.file():
            self._pending.append(Path(asked.file()))
            self._hand_over()
        return True

    def _hand_over(self) -> None:
        if self._open is not None and self._pending:
            files, self._pending = self._pending, []
            self._open(files)
