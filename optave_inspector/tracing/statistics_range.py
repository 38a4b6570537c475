"""What the exchanges of a part of the time add up to, while the part moves and exchanges come and change."""

from __future__ import annotations

import bisect
import operator
from typing import TYPE_CHECKING

from .statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .exchange import Exchange

_SENT = operator.attrgetter("sent_ns")


class StatisticsRange:
    """The statistics of those exchanges whose requests were sent in a part of the time; of all at first.

    Work is done by :meth:`work`, in pieces as large as the caller has time for: what left the part is taken out and
    what entered it is counted, nothing is counted anew.
    """

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self.statistics = Statistics()
        self._exchanges = exchanges
        self._start_ns: int | None = None
        self._end_ns: int | None = None
        # Counted are the exchanges of these places, from the first up to but without the last.
        self._first = self._last = 0
        self._changed: set[int] = set()

    @property
    def counted(self) -> range:
        """The places of the exchanges that the statistics are of, in the order of their requests."""
        return range(self._first, self._last)

    @property
    def span_ns(self) -> int:
        """From the first to the last of their requests; 0 without any."""
        counted = self.counted
        return self._exchanges[counted[-1]].sent_ns - self._exchanges[counted[0]].sent_ns if counted else 0

    def move(self, start_ns: int | None, end_ns: int | None) -> None:
        """Go to another part of the time, both ends included; None for no limit. :meth:`work` does the counting."""
        self._start_ns, self._end_ns = start_ns, end_ns

    def changed(self, numbers: Iterable[int]) -> None:
        """Note exchanges that are new or have changed. :meth:`work` does the counting."""
        # Those that are not counted yet will be as they are then.
        self._changed.update(number for number in numbers if self._first < number <= self._last)

    def work(self, most: int) -> bool:
        """Count or take out at most ``most`` exchanges; whether the statistics are up to date now."""
        first, last = self._wanted()
        if first >= self._last or last <= self._first:
            self.statistics, self._first, self._last = Statistics(), first, first
        most -= self._recount(most)
        while most > 0 and (self._first, self._last) != (first, last):
            most -= self._step(first, last, most)
        return not self._changed and (self._first, self._last) == (first, last)

    def _wanted(self) -> tuple[int, int]:
        first, last = 0, len(self._exchanges)
        if self._start_ns is not None:
            first = bisect.bisect_left(self._exchanges, self._start_ns, key=_SENT)
        if self._end_ns is not None:
            last = max(first, bisect.bisect_right(self._exchanges, self._end_ns, key=_SENT))
        return first, last

    def _recount(self, most: int) -> int:
        done = 0
        while self._changed and done < most:
            number = self._changed.pop()
            if self._first < number <= self._last:
                self.statistics.update((self._exchanges[number - 1],))
                done += 1
        return done

    def _step(self, first: int, last: int, most: int) -> int:
        """Move one of the two ends towards where it should be."""
        statistics, exchanges = self.statistics, self._exchanges
        if self._first < first:
            upto = min(first, self._first + most)
            statistics.forget(exchanges[self._first : upto])
            done, self._first = upto - self._first, upto
        elif self._last > last:
            downto = max(last, self._last - most)
            statistics.forget(exchanges[downto : self._last])
            done, self._last = self._last - downto, downto
        elif self._last < last:
            upto = min(last, self._last + most)
            statistics.update(exchanges[self._last : upto])
            done, self._last = upto - self._last, upto
        else:
            downto = max(first, self._first - most)
            statistics.update(exchanges[downto : self._first])
            done, self._first = self._first - downto, downto
        return done
