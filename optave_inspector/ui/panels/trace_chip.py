"""The mark in the top bar that traces leave this machine, and how many of them did not arrive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QToolButton

from ..dialogs.trace_sending import state_text
from ..widgets.look import set_look

if TYPE_CHECKING:
    from ..trace_sending import TraceSending

_LOOK_MS = 1000


class TraceChip(QToolButton):
    """Hidden while nothing is sent. Pressing it asks for the settings."""

    appeared = Signal()
    """It came or went, or needs other room."""

    def __init__(self, traces: TraceSending) -> None:
        super().__init__()
        self._traces = traces
        self.setObjectName("topBarTracesButton")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._again = QTimer(self)
        self._again.setInterval(_LOOK_MS)
        self._again.timeout.connect(self._show)
        self.hide()
        traces.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        live, width = self._traces.live, self.sizeHint().width()
        delivery = live.delivery
        lost = delivery.not_delivered
        self.setText(f"⚠ traces · {lost:,} not delivered" if lost else "⇡ traces")
        set_look(self, "chip", "warning" if lost or delivery.problem else "neutral")
        words = state_text(live.place, delivery)
        self.setToolTip("\n".join(part for part in (words, delivery.problem, "Press to see or change it.") if part))
        self.setAccessibleName("Sending of traces to a collector")
        self.setAccessibleDescription(words)
        if live.is_on != self._again.isActive():
            self._again.start() if live.is_on else self._again.stop()
        if self.isHidden() is live.is_on or self.sizeHint().width() != width:
            self.setVisible(live.is_on)
            self.appeared.emit()
