"""Which part of time the waterfall shows, and what happened to the connection meanwhile."""

from __future__ import annotations

import bisect
import contextlib
import operator
from dataclasses import replace
from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .waterfall_geometry import SHORTEST_NS, ConnectionMark, Extent, Tick, TimeAxis, marks_of, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ...tracing.connection_lives import ConnectionLife

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
        self._lives: list[ConnectionLife] = []
        self._held: tuple[TimeAxis, int] | None = None
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
        return self._clock() if self._held is None else self._held[1]

    @contextlib.contextmanager
    def still(self) -> Iterator[None]:
        """Let the present stand while something is painted: all rows of one picture share it, and it costs nothing."""
        axis, now_ns = self.axis(), self.now_ns()
        self._held = axis, now_ns
        try:
            yield
        finally:
            self._held = None

    def axis(self) -> TimeAxis:
        """The part on show, now."""
        if self._held is not None:
            return self._held[0]
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

    def set_range(self, start_ns: int, end_ns: int) -> None:
        """Show the time from one moment to another."""
        axis = self.axis()
        self._set_free(TimeAxis(start_ns, max(end_ns, start_ns + SHORTEST_NS), axis.origin_ns))

    def whole(self) -> TimeAxis:
        """The axis that shows everything so far, whatever is on show."""
        return whole(self._extent, self._marks, self.now_ns())

    def set_lives(self, lives: Iterable[ConnectionLife]) -> None:
        """Take over from when to when connections lived."""
        taken = [replace(life) for life in lives]
        if taken != self._lives:
            self._lives = taken
            marks = (mark for life in taken for mark in marks_of(life))
            self._marks = sorted(marks, key=operator.attrgetter("at_ns"))
            self.changed.emit()

    def lives(self, start_ns: int, end_ns: int) -> list[ConnectionLife]:
        """Connections that lived between two times, all or a part of them; those that live on included."""
        return [
            life for life in self._lives if life.began_ns <= end_ns and (life.ended_ns < 0 or life.ended_ns >= start_ns)
        ]

    def marks(self, start_ns: int, end_ns: int) -> list[ConnectionMark]:
        """Openings and endings between two times."""
        key = operator.attrgetter("at_ns")
        first = bisect.bisect_left(self._marks, start_ns, key=key)
        return self._marks[first : bisect.bisect_right(self._marks, end_ns, key=key)]

    def _set_free(self, axis: TimeAxis) -> None:
        self._mode = ScaleMode.FREE
        self._free = axis
        self.changed.emit()
