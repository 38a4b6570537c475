"""The tenant's clock set against ours, by the times that its answers carry.

None of this is measured: all times of exchanges are by our own clock. What is told here is how far the tenant's clock
may be from it, and between which two moments of our clock the tenant wrote an answer.

An answer was written after its request had left and before it arrived. So with ``T1`` and ``T4`` for these two moments
by our clock, and ``T3`` for the time in the answer, the tenant's clock is ahead by at least ``T3 - T4`` and at most
``T3 - T1``, as in NTP. Each answer gives such bounds, and all together the narrowest that they agree on. Where an
answer disagrees with those before it, one of the clocks was set or drifts, and a new estimate begins.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..protocol.message_times import read_times

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..capture.entry import Entry
    from ..protocol.message_times import MessageTimes, Moment
    from .exchange import Exchange

_MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Offset:
    """How far the tenant's clock is ahead of ours: somewhere between two bounds, behind where they are negative."""

    low_ns: int
    high_ns: int
    answers: int
    """How many answers agree on it."""
    first_ns: int
    """``monotonic_ns`` at which the first of them arrived."""
    last_ns: int

    @property
    def offset_ns(self) -> int:
        """The middle of the bounds, which is right where both ways take equally long."""
        return (self.low_ns + self.high_ns) // 2

    @property
    def uncertainty_ns(self) -> int:
        """The offset is right within this, up and down."""
        return -(-(self.high_ns - self.low_ns) // 2)

    def __str__(self) -> str:
        way = "ahead of" if self.offset_ns >= 0 else "behind"
        about, within = abs(self.offset_ns) / 1e6, self.uncertainty_ns / 1e6
        answers = "1 answer" if self.answers == 1 else f"{self.answers:,} answers"
        if self.low_ns <= 0 <= self.high_ns:
            return f"The tenant's clock agrees with this one, within ±{within:,.0f} ms (estimated from {answers})."
        return f"The tenant's clock is about {about:,.0f} ms {way} this one, ±{within:,.0f} ms (from {answers})."


@dataclass(frozen=True, slots=True)
class Written:
    """When the tenant wrote an answer, by our clock: estimated, never measured."""

    entry: int
    claimed: Moment
    """What the answer says, by the tenant's clock."""
    earliest_ns: int
    """After the request, in nanoseconds; not before it left."""
    latest_ns: int
    """Not after the answer arrived."""


class ClockOffset:
    """Estimates the offset answer by answer, in the order of their arrival."""

    def __init__(self) -> None:
        self.estimates: deque[Offset] = deque(maxlen=_MOST_KEPT)
        """The newest of those that were made, each for the time until a clock was set; the current one last."""
        self.steps = 0
        """How often an answer disagreed with those before it."""
        self.without_time = 0
        """Answers that carry no time that can be read."""
        self.echoes = 0
        """Answers that carry a time of their request, which tells nothing of the tenant's clock."""

    @property
    def current(self) -> Offset | None:
        """The estimate by the newest answers; None before the first one."""
        return self.estimates[-1] if self.estimates else None

    def add(self, request: Entry, request_times: MessageTimes, answer: Entry, answer_times: MessageTimes) -> None:
        """Take in an answer and the request that it belongs to."""
        claimed = own_time(request_times, answer_times)
        if claimed is None:
            if answer_times.issued_at is None and answer_times.timestamp is None:
                self.without_time += 1
            else:
                self.echoes += 1
            return
        sent_ns = request.wall_ns
        # By the monotonic clock, so that it does not matter whether our own clock was set in between.
        arrived_ns = sent_ns + max(0, answer.monotonic_ns - request.monotonic_ns)
        self.add_bounds(
            claimed.unix_ns - arrived_ns, claimed.unix_ns + claimed.resolution_ns - sent_ns, answer.monotonic_ns
        )

    def add_bounds(self, low_ns: int, high_ns: int, at_ns: int) -> None:
        """Take in what one answer says: the tenant's clock was ahead by so much at least and at most."""
        before = self.current
        if before is not None:
            low, high = max(low_ns, before.low_ns), min(high_ns, before.high_ns)
            if low <= high:
                self.estimates[-1] = replace(
                    before, low_ns=low, high_ns=high, answers=before.answers + 1, last_ns=max(before.last_ns, at_ns)
                )
                return
            self.steps += 1
        self.estimates.append(Offset(low_ns, high_ns, 1, at_ns, at_ns))

    def written(self, request: Entry, answer: Entry, claimed: Moment) -> Written | None:
        """When an answer was written, by our clock; None without an estimate of its time."""
        offset = self.at(answer.monotonic_ns)
        if offset is None:
            return None
        latency_ns = max(0, answer.monotonic_ns - request.monotonic_ns)
        earliest = claimed.unix_ns - offset.high_ns - request.wall_ns
        latest = claimed.unix_ns + claimed.resolution_ns - offset.low_ns - request.wall_ns
        clipped = (min(max(0, time_ns), latency_ns) for time_ns in (earliest, latest))
        return Written(answer.number, claimed, *clipped)

    def at(self, monotonic_ns: int) -> Offset | None:
        """The estimate for a moment: the newest that began by then, else the oldest."""
        for offset in reversed(self.estimates):
            if offset.first_ns <= monotonic_ns:
                return offset
        return self.estimates[0] if self.estimates else None


def own_time(request: MessageTimes, answer: MessageTimes) -> Moment | None:
    """The time in an answer that is the tenant's own: when it was issued, else its timestamp, unless merely echoed."""
    known = {moment.text for moment in (request.issued_at, request.timestamp) if moment is not None}
    return next(
        (moment for moment in (answer.issued_at, answer.timestamp) if moment is not None and moment.text not in known),
        None,
    )


def estimate(
    exchanges: Iterable[Exchange],
    read: Callable[[list[int]], list[tuple[Entry, bytes]]],
    stop: Callable[[], bool] = lambda: False,
) -> ClockOffset:
    """The offset by all answers of these exchanges, but those that were only guessed to belong to them.

    ``read`` gives entries with their payloads, by ascending numbers. Reads each message: ask for what is on show, or
    from a thread. ``stop`` is asked before each exchange; what was found by then is returned.
    """
    found = ClockOffset()
    for exchange in exchanges:
        if stop():
            break
        if not exchange.answers or exchange.guessed:
            continue
        (request, payload), *answers = read(sorted({exchange.request_entry, *exchange.answers}))
        times = read_times(payload)
        for answer, answered in answers:
            found.add(request, times, answer, read_times(answered))
    return found
