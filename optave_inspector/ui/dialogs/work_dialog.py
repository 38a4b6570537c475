"""A dialog for long work: how far it is, and a way to stop it. The window behind it can be used meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from ...capture.progress import Stopped
from ...errors import InspectorError
from ..models.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.progress import Progress, Stop

_PARTS = 1000


class WorkDialog(QDialog):
    """Runs work in a thread. Call ``start``; it deletes itself when the work has ended.

    Stopping it asks the work to stop; what the work had begun is the work's own to take back.
    """

    def __init__(self, object_name: str, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setModal(False)
        self._work = Background(object_name, self)
        words = QLabel(sentence)
        words.setObjectName(f"{object_name}Words")
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self._bar = QProgressBar()
        self._bar.setObjectName(f"{object_name}Progress")
        self._bar.setAccessibleName(f"{title}: progress")
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._far = QLabel("beginning")
        self._far.setObjectName(f"{object_name}Far")
        self._far.setProperty("role", "muted")
        buttons = QDialogButtonBox()
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName(f"{object_name}CancelButton")
        cancel.setAccessibleName("Stop; nothing is written")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(words)
        layout.addWidget(self._bar)
        layout.addWidget(self._far)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(420)
        self.finished.connect(self._on_finished)

    def start(
        self, work: Callable[[Progress, Stop], Any], done: Callable[[Any], None], failed: Callable[[str], None]
    ) -> None:
        """Run ``work``; then ``done`` gets its result, or ``failed`` a sentence. Neither is called after a stop."""

        def told(error: Exception) -> None:
            self.accept()
            if isinstance(error, Stopped):
                return
            failed(str(error) if isinstance(error, InspectorError) else f"{type(error).__name__}: {error}")

        def ended(result: Any) -> None:
            self.accept()
            done(result)

        self._work.start(
            lambda job: work(lambda part, total: job.report((part, total)), job.stopped), ended, told, self._on_progress
        )
        self.show()

    def _on_progress(self, part: tuple[int, int]) -> None:
        done, total = part
        self._bar.setRange(0, _PARTS)
        self._bar.setValue(done * _PARTS // max(total, 1))
        self._far.setText(f"{done * 100 // max(total, 1)} %")

    def _on_finished(self) -> None:
        self._work.cancel()
        self.deleteLater()
