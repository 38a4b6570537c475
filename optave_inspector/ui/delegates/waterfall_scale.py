"""Which part of time the waterfall shows, and what happened to the connection meanwhile."""

from __future__ import annotations

import bisect
import operator
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .waterfall_geometry import ConnectionMark, Extent, Tick, TimeAxis, whole

if TYPE_CHECKING:
    from collections.abc import Callable

FOLLOW_NS = 60 * 1_000_000_000
"""How much time is on show while following."""


class ScaleMode(Enum):
    """What decides about the part on show."""

    FIT = "fit"
    """The whole session, as it grows."""
    FOLLOW = "follow"
    """The last minute before now, or before the last event when nothing waits."""
    FREE = "free"
    """Where the user zoomed and moved to."""


class WaterfallScale(QObject):
    """The time axis that the header and all bars share. Emits ``changed`` when the user asks for another part."""

    changed = Signal()

    def __init__(self, extent: Extent, clock: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._extent = extent
        self._clock = clock
        self._mode = ScaleMode.FIT
        self._free = TimeAxis(0, 1)
        self._marks: list[ConnectionMark] = []
        self._ticks: tuple[TimeAxis, float, list[Tick]] = (self._free, -1.0, [])

    @property
    def mode(self) -> ScaleMode:
        """What decides about the part on show."""
        return self._mode

    def set_mode(self, mode: ScaleMode) -> None:
        """Fit or follow; FREE stays at what is on show."""
        self._free = self.axis()
        self._mode = mode
        self.changed.emit()

    def now_ns(self) -> int:
        """The present, to which open exchanges reach."""
        return self._clock()

    def axis(self) -> TimeAxis:
        """The part on show, now."""
        if self._mode is ScaleMode.FREE:
            return self._free
        fitting = whole(self._extent, self._marks, self.now_ns())
        if self._mode is ScaleMode.FIT:
            return fitting
        last = max([self._extent.last_ns, *(mark.at_ns for mark in self._marks[-1:])])
        end = self.now_ns() if self._extent.waiting else last
        return TimeAxis(end - FOLLOW_NS, end + FOLLOW_NS // 40, fitting.origin_ns)

    def ticks(self, width: float) -> list[Tick]:
        """Round times to write at the axis; kept until the axis or the width changes."""
        axis = self.axis()
        if self._ticks[:2] != (axis, width):
            self._ticks = (axis, width, axis.ticks(width))
        return self._ticks[2]

    def zoom(self, factor: float, at_ns: int | None = None) -> None:
        """Show ``factor`` times the time, around a moment; around the middle when none is given."""
        axis = self.axis()
        middle = (axis.start_ns + axis.end_ns) // 2
        self._set_free(axis.zoomed(factor, middle if at_ns is None else at_ns))

    def move(self, part: float) -> None:
        """Go to later times by a part of what is on show, to earlier ones for a negative part."""
        axis = self.axis()
        self._set_free(axis.moved(round(axis.span_ns * part)))

    def add_mark(self, mark: ConnectionMark) -> None:
        """Note an opening or an ending; a mark that is there already changes nothing."""
        place = bisect.bisect_left(self._marks, mark.at_ns, key=operator.attrgetter("at_ns"))
        if self._marks[place : place + 1] != [mark]:
            self._marks.insert(place, mark)
            self.changed.emit()

    def marks(self, start_ns: int, end_ns: int) -> list[ConnectionMark]:
        """Openings and endings between two times."""
        key = operator.attrgetter("at_ns")
        first = bisect.bisect_left(self._marks, start_ns, key=key)
        return self._marks[first : bisect.bisect_right(self._marks, end_ns, key=key)]

    def _set_free(self, axis: TimeAxis) -> None:
        self._mode = ScaleMode.FREE
        self._free = axis
        self.changed.emit()
