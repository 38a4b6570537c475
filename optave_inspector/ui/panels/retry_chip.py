"""The retry that is due, in the top bar: counted down, with "now" and "cancel" beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QToolButton, QWidget

if TYPE_CHECKING:
    from ..retry_countdown import RetryCountdown


class RetryChip(QWidget):
    """Hidden while no retry is due."""

    appeared = Signal()
    """It came or went, or needs other room."""

    def __init__(self, retry: RetryCountdown) -> None:
        super().__init__()
        self._retry = retry
        self._words = QLabel()
        self._words.setObjectName("topBarRetry")
        self._words.setProperty("chip", "warning")
        self._words.setToolTip("The inspector connects again by itself, with a fresh token, as the profile asks")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._words)
        for text, name, tip, slot in (
            ("Now", "topBarRetryNowButton", "Connect again now, without waiting", retry.now),
            ("Cancel", "topBarRetryCancelButton", "Do not connect again by itself", retry.cancel),
        ):
            button = QToolButton()
            button.setObjectName(name)
            button.setText(text)
            button.setAccessibleName(tip)
            button.setToolTip(tip)
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            layout.addWidget(button)
        self.hide()
        retry.changed.connect(self._show)

    def _show(self) -> None:
        words = self._retry.words()
        width = self.sizeHint().width()
        self._words.setText(f"↻ {words}" if words else "")
        if self.isHidden() is bool(words) or self.sizeHint().width() != width:
            self.setVisible(bool(words))
            self.appeared.emit()
