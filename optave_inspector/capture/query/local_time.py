"""The local time of day of an entry, in Python and in SQL."""

from __future__ import annotations

import time
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

NS_PER_S = 1_000_000_000
DAY_NS = 86_400 * NS_PER_S

_DAY_S = 86_400
_LATEST_S = 2**62 // NS_PER_S
_REACH_DAYS = 370
"""How far around a capture's beginning the changes of the clock are known to the SQL."""


class Period(NamedTuple):
    """A stretch of time in which local time keeps its distance to UTC; ``end_ns`` is the first moment after it."""

    start_ns: int
    end_ns: int
    offset_ns: int


class LocalTime:
    """The periods around a moment. SQLite's own conversion to local time would take a second for a million entries."""

    def __init__(self, around_ns: int) -> None:
        self._around_s = max(0, min(around_ns // NS_PER_S, _LATEST_S))

    @cached_property
    def periods(self) -> list[Period]:
        """In order, without gaps; found when first asked for."""
        return list(_periods(self._around_s))


def time_of_day_ns(unix_ns: int) -> int:
    """Nanoseconds since local midnight, by the clock: 12:40 is the same number on every day of the year."""
    return (unix_ns + offset_s(unix_ns // NS_PER_S) * NS_PER_S) % DAY_NS


def offset_s(unix_s: int) -> int:
    """Seconds that the local clock is ahead of UTC at a moment; 0 where the system cannot say."""
    try:
        return time.localtime(unix_s).tm_gmtoff
    except (OverflowError, OSError, ValueError):
        return 0


def _periods(around_s: int) -> Iterator[Period]:
    start = before = around_s - _REACH_DAYS * _DAY_S
    offset = offset_s(start)
    for moment in range(start + _DAY_S, around_s + _REACH_DAYS * _DAY_S, _DAY_S):
        following = offset_s(moment)
        if following != offset:
            change = _change(before, moment, offset)
            yield Period(start * NS_PER_S, change * NS_PER_S, offset * NS_PER_S)
            start, offset = change, following
        before = moment
    yield Period(start * NS_PER_S, (before + 1) * NS_PER_S, offset * NS_PER_S)


def _change(before: int, after: int, offset: int) -> int:
    """The first second in which the offset is another one than at ``before``."""
    while after - before > 1:
        middle = (before + after) // 2
        if offset_s(middle) == offset:
            before = middle
        else:
            after = middle
    return after
