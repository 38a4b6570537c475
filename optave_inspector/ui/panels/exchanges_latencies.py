"""The line below the exchanges: how long each action takes."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolTip

from ...tracing.statistics import Statistics
from ..models.formats import duration_text

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ...tracing.statistics import Summary

_GAP = "      "
_MANY = 5_000
_PAUSE_MS = 1000
_COLUMNS = ("action", "sent", "completed", "errors", "timed out", "cut off", "p50", "p95", "p99", "max")


class LatencyLine(QLabel):
    """The median and the 95th percentile of each action's total time, in one muted line.

    Shows as many actions as there is room for, and how many more there are; its tooltip has them all in a table.
    """

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("exchangesLatencies")
        self.setProperty("role", "muted")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._parts: list[str] = []
        self._statistics = Statistics()
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_PAUSE_MS)
        self._later.timeout.connect(self._show)

    def show_statistics(self, statistics: Statistics) -> None:
        """Show what the exchanges add up to; of very many at most once a second, as each time takes milliseconds."""
        self._statistics = statistics
        if statistics.overall.sent <= _MANY:
            self._show()
        elif not self._later.isActive():
            self._later.start()

    def _show(self) -> None:
        statistics = self._statistics
        self._parts = [
            f"{action or 'no action'}  p50 {duration_text(summary.total.p50)}  p95 {duration_text(summary.total.p95)}"
            for action, summary in statistics.by_action.items()
            if len(summary.total)
        ]
        self.setVisible(bool(self._parts))
        self.setAccessibleName("Latencies by action")
        self.setAccessibleDescription(_GAP.join(self._parts))
        self._fit()

    def table(self) -> str:
        """The tooltip: a table with all counts and percentiles, as HTML."""
        return _table([*self._statistics.by_action.items(), ("all", self._statistics.overall)])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show what fits now."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics, room = self.fontMetrics(), self.contentsRect().width()
        for count in range(len(self._parts), 0, -1):
            left = len(self._parts) - count
            text = _GAP.join([*self._parts[:count], *([f"+{left} more"] if left else [])])
            if metrics.horizontalAdvance(text) <= room or count == 1:
                self.setText(text)
                return
        self.setText("")

    def event(self, event: QEvent) -> bool:
        """Show the table where the plain tooltip would be."""
        if event.type() == QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), self.table(), self)
            return True
        return super().event(event)


def _table(rows: list[tuple[str, Summary]]) -> str:
    head = "".join(f"<th align='right'>&nbsp;{name}</th>" for name in _COLUMNS)
    body = "".join(f"<tr>{_cells(action, summary)}</tr>" for action, summary in rows)
    return f"<table cellspacing='4'><tr>{head}</tr>{body}</table>"


def _cells(action: str, summary: Summary) -> str:
    counts = (summary.sent, summary.answered, summary.errors, summary.timeouts, summary.cut_off)
    total = summary.total
    times = (total.p50, total.p95, total.p99, total.max)
    texts = [
        escape(action or "no action"),
        *(f"{count:,}" for count in counts),
        *(duration_text(time) if time >= 0 else "–" for time in times),
    ]
    return "".join(f"<td align='right'>&nbsp;{text}</td>" for text in texts)
