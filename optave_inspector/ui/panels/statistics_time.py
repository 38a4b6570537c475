"""Of which part of the time the statistics are."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox

if TYPE_CHECKING:
    from ...tracing.exchange import Exchange
    from ..delegates.waterfall_scale import WaterfallScale

_S = 1_000_000_000


class Part(Enum):
    """What the user can choose."""

    ALL = "All"
    MINUTE = "Last 60 s"
    FIVE_MINUTES = "Last 5 min"
    TRACES = "As in Traces"


_TIPS = {
    Part.ALL: "All requests of this session",
    Part.MINUTE: "Requests of the last 60 seconds before the newest one",
    Part.FIVE_MINUTES: "Requests of the last 5 minutes before the newest one",
    Part.TRACES: "Requests of the time that the Traces panel shows",
}
_LAST_NS = {Part.MINUTE: 60 * _S, Part.FIVE_MINUTES: 300 * _S}


class TimeChoice(QComboBox):
    """Chooses a part of the time. ``changed``: another one was chosen, or the chosen one has moved."""

    changed = Signal()

    def __init__(self, scale: WaterfallScale) -> None:
        super().__init__()
        self._scale = scale
        self.setObjectName("statisticsTimeCombo")
        self.setAccessibleName("Time that the statistics are of")
        for part in Part:
            self.addItem(part.value, part)
        self.currentIndexChanged.connect(self._on_chosen)
        scale.changed.connect(self._on_scale)
        self._on_chosen()

    @property
    def part(self) -> Part:
        """What is chosen."""
        return self.currentData()

    def choose(self, name: str) -> None:
        """Choose by the name of a part, as it was kept; an unknown one changes nothing."""
        if name in Part.__members__:
            self.setCurrentIndex(list(Part).index(Part[name]))

    def limits(self, newest: Exchange | None) -> tuple[int | None, int | None]:
        """From when to when, in the time of the exchanges; None for no limit."""
        if self.part is Part.TRACES:
            axis = self._scale.axis()
            return axis.start_ns, axis.end_ns
        last_ns = _LAST_NS.get(self.part)
        # Before the newest request and not before the present: where nothing is sent, nothing moves.
        return (None if last_ns is None or newest is None else newest.sent_ns - last_ns), None

    def words(self) -> str:
        """What is chosen, for a heading."""
        return _TIPS[self.part]

    def _on_chosen(self) -> None:
        self.setToolTip(_TIPS[self.part])
        self.setAccessibleDescription(_TIPS[self.part])
        self.changed.emit()

    def _on_scale(self) -> None:
        if self.part is Part.TRACES:
            self.changed.emit()
