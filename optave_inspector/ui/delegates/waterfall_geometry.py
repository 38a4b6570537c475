"""Where things stand on the waterfall's time axis: plain arithmetic, no painting.

Times are nanoseconds of the monotonic clock, places are pixels from the left.
"""

from __future__ import annotations

import bisect
import itertools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...tracing.connection_lives import ConnectionLife
    from ...tracing.exchange import Exchange

_MS = 1_000_000
_S = 1_000_000_000
SHORTEST_NS = 100_000
"""Nobody zooms in further than a tenth of a millisecond."""
_STEPS_NS = (
    *(part * _MS // 100 for part in (1, 2, 5, 10, 20, 50)),
    *(part * _MS for part in (1, 2, 5, 10, 20, 50, 100, 200, 500)),
    *(part * _S for part in (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400)),
)
STALL_NS = 1_000_000_000
"""From here on a silence within a stream is a stall: updates usually come some times a second."""
_STALL_PX = 8.0
CAP_PX = 4.0
"""Width of the part that shows an end, where the time since the first answer is too short to be seen."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A place on the axis with what to write at it."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """The part of time that is on show. ``origin_ns`` is what the labels count from."""

    start_ns: int
    end_ns: int
    origin_ns: int = 0

    @property
    def span_ns(self) -> int:
        """How much time is on show; at least one nanosecond."""
        return max(self.end_ns - self.start_ns, 1)

    def x(self, at_ns: int, width: float) -> float:
        """The place of a time on ``width`` pixels; outside 0 to ``width`` for times that are not on show."""
        return (at_ns - self.start_ns) / self.span_ns * width

    def at(self, x: float, width: float) -> int:
        """The time at a place."""
        return self.start_ns + round(x / max(width, 1.0) * self.span_ns)

    def zoomed(self, factor: float, at_ns: int) -> TimeAxis:
        """``factor`` times the time on show, with ``at_ns`` staying where it is."""
        span = max(round(self.span_ns * factor), SHORTEST_NS)
        before = round((at_ns - self.start_ns) / self.span_ns * span)
        return TimeAxis(at_ns - before, at_ns - before + span, self.origin_ns)

    def moved(self, by_ns: int) -> TimeAxis:
        """The same amount of time, later by ``by_ns``."""
        return TimeAxis(self.start_ns + by_ns, self.end_ns + by_ns, self.origin_ns)

    def ticks(self, width: float, min_gap_px: float = 64.0) -> list[Tick]:
        """Round times with at least ``min_gap_px`` between them; none where there is no room for one."""
        if width < min_gap_px:
            return []
        least = self.span_ns * min_gap_px / width
        step = next((step for step in _STEPS_NS if step >= least), 0)
        if not step:
            day = _STEPS_NS[-1]
            step = day * math.ceil(least / day)
        first = -((self.origin_ns - self.start_ns) // step) * step  # first multiple at or after the start
        return [
            Tick(self.x(self.origin_ns + offset, width), time_label(offset, step))
            for offset in range(first, self.end_ns - self.origin_ns + 1, step)
        ]


def time_label(offset_ns: int, step_ns: int) -> str:
    """A time since the origin, as exact as ``step_ns`` asks for: ``250 ms``, ``2.5 s``, ``1:30``, ``2:00:00``."""
    sign, offset = ("−", -offset_ns) if offset_ns < 0 else ("", offset_ns)
    if step_ns >= _S and offset < 60 * _S:
        return f"{sign}{offset // _S} s"
    if offset < _S:
        digits = 0 if step_ns >= _MS else 2
        return f"{sign}{offset / _MS:.{digits}f} ms" if offset else "0 s"
    digits = max(0, 9 - len(str(step_ns)) + 1) if step_ns < _S else 0
    if offset < 60 * _S:
        return f"{sign}{offset / _S:.{digits}f} s"
    minutes, seconds_ns = divmod(offset, 60 * _S)
    seconds = f"{seconds_ns / _S:0{3 + digits if digits else 2}.{digits}f}"
    hours, minutes = divmod(minutes, 60)
    return f"{sign}{hours}:{minutes:02d}:{seconds}" if hours else f"{sign}{minutes}:{seconds}"


@dataclass(frozen=True, slots=True)
class Bar:
    """What an exchange looks like: a pale part until the first answer, then one in the colour of its status."""

    wait: tuple[float, float]
    answer: tuple[float, float] | None
    """From the first answer (or, without one, from the request) to the end; None while nothing came."""
    ticks: tuple[float, ...]
    """The updates, without the first and the last answer."""
    late: tuple[float, float] | None
    """From the end by time-out or cut-off to the last answer that came after it."""
    stall: tuple[float, float] | None = None
    """The longest silence within the answer, where it is worth to be seen."""


def bar(exchange: Exchange, axis: TimeAxis, width: float, now_ns: int, stall: tuple[int, int] = (-1, -1)) -> Bar | None:
    """The bar of an exchange on ``width`` pixels; None where it is not on show. Open ones reach to ``now_ns``.

    ``stall`` is from when to when it was silent for longest.
    """
    ended = exchange.ended_ns >= 0
    end_ns = exchange.ended_ns if ended else max(now_ns, exchange.sent_ns)
    updates = exchange.update_ns
    last_ns = max(end_ns, updates[-1]) if updates else end_ns
    start_x, last_x = axis.x(exchange.sent_ns, width), axis.x(last_ns, width)
    if last_x + CAP_PX < 0 or start_x > width:
        return None
    end_x = axis.x(end_ns, width)
    in_time = bisect.bisect_right(updates, end_ns)
    if in_time:
        first_x = axis.x(updates[0], width)
        answer = (first_x, max(end_x, first_x + CAP_PX))
        wait = (start_x, first_x)
    elif ended:
        answer = (start_x, max(end_x, start_x + CAP_PX))
        wait = (start_x, start_x)
    else:
        answer, wait = None, (start_x, max(end_x, start_x + 1.0))
    ticks = _spread(updates, in_time, axis, width)
    return Bar(wait, answer, ticks, _late(updates, in_time, end_x, last_x), _stall(stall, end_ns, axis, width))


def _stall(stall: tuple[int, int], end_ns: int, axis: TimeAxis, width: float) -> tuple[float, float] | None:
    """A silence that was long in itself, and has room to be seen as one; what came late is no part of the answer."""
    start_ns, stop_ns = stall[0], min(stall[1], end_ns)
    if stop_ns - start_ns < STALL_NS:
        return None
    start_x, stop_x = axis.x(start_ns, width), axis.x(stop_ns, width)
    return (start_x + 1.5, stop_x - 1.5) if stop_x - start_x >= _STALL_PX else None


def _spread(updates: list[int], count: int, axis: TimeAxis, width: float) -> tuple[float, ...]:
    """Places of the updates between first and last that are on show, at least three pixels apart."""
    low = max(1, bisect.bisect_left(updates, axis.start_ns))
    high = min(count - 1, bisect.bisect_right(updates, axis.end_ns))
    if high <= low:
        return ()
    stride = max(1, math.ceil((high - low) / max(width / 3.0, 1.0)))
    places: list[float] = []
    for at_ns in itertools.islice(updates, low, high, stride):
        x = axis.x(at_ns, width)
        if not places or x - places[-1] >= 3.0:
            places.append(x)
    return tuple(places)


def _late(updates: list[int], in_time: int, end_x: float, last_x: float) -> tuple[float, float] | None:
    return (end_x, last_x) if len(updates) > in_time else None


@dataclass(frozen=True, slots=True)
class ConnectionMark:
    """A moment in the life of a connection: it opened (``code`` 0), ended with a close code, or failed to open."""

    at_ns: int
    code: int = 0
    attempt: int = 0
    failed: bool = False
    """It never was open; ``code`` is the HTTP status that refused it, 0 for none."""
    lost: bool = False
    """It ended, no one knows how: the capture ends."""

    @property
    def opened(self) -> bool:
        """A connection opened here."""
        return not (self.code or self.failed or self.lost)

    @property
    def abnormal(self) -> bool:
        """An ending that nobody wished for: neither normal closure nor going away."""
        return self.failed or self.code not in (0, 1000, 1001)


def marks_of(life: ConnectionLife) -> list[ConnectionMark]:
    """The moments of a connection's life that are worth a line."""
    marks = []
    if life.opened_ns >= 0:
        marks.append(ConnectionMark(life.opened_ns, attempt=life.attempt))
    if life.ended_ns >= 0:
        lost = not life.code and not life.failed
        marks.append(ConnectionMark(life.ended_ns, life.code, life.attempt, life.failed, lost))
    return marks


def whole(exchanges: Extent, marks: Iterable[ConnectionMark], now_ns: int) -> TimeAxis:
    """The axis that shows a whole session, with a little room at its end."""
    times = [mark.at_ns for mark in marks]
    if exchanges.first_ns >= 0:
        times += [exchanges.first_ns, exchanges.last_ns]
        if exchanges.waiting:
            times.append(now_ns)
    if not times:
        return TimeAxis(0, _S)
    start = min(times)
    span = max(max(times) - start, _MS)
    return TimeAxis(start, start + span + span // 20, start)


@dataclass(slots=True)
class Extent:
    """From when to when exchanges reach. ``waiting`` says that some go on."""

    first_ns: int = -1
    last_ns: int = -1
    waiting: bool = False

    def include(self, exchange: Exchange) -> None:
        """Reach to the end of one more exchange, as far as it is known."""
        if self.first_ns < 0 or exchange.sent_ns < self.first_ns:
            self.first_ns = exchange.sent_ns
        last = exchange.update_ns[-1] if exchange.update_ns else exchange.sent_ns
        self.last_ns = max(self.last_ns, last, exchange.ended_ns)
