"""How many requests and answers there were over time."""

from __future__ import annotations

from array import array
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .exchange import Exchange, ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

_FINEST_NS = 10**9


@dataclass(frozen=True, slots=True)
class Bucket:
    """A stretch of time and what fell into it."""

    start_ns: int
    """``monotonic_ns`` at which it begins; it ends where the next one begins."""
    requests: int
    answers: int
    """Updates and final answers, late ones included; without duplicates."""


class Rate:
    """Requests and answers per second, kept up to date exchange by exchange as :class:`~.statistics.Statistics` is.

    Also for exchanges at once: ``Rate(exchanges)``. Requests that never were sent are not counted.
    """

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self._requests: Counter[int] = Counter()
        self._answers: Counter[int] = Counter()
        self._counted = array("I")
        """By number: how many of its answers were counted, and one more for the request."""
        self.update(exchanges)

    def update(self, exchanges: Iterable[Exchange]) -> None:
        """Count exchanges that are new or have changed."""
        for exchange in exchanges:
            if exchange.status is ExchangeStatus.NOT_SENT:
                continue
            number = exchange.number
            if number >= len(self._counted):
                self._counted.extend([0] * max(number + 1 - len(self._counted), 1024))
            counted = self._counted[number]
            if not counted:
                self._requests[exchange.sent_ns // _FINEST_NS] += 1
                counted = 1
            for arrived_ns in exchange.update_ns[counted - 1 :]:
                self._answers[arrived_ns // _FINEST_NS] += 1
            self._counted[number] = 1 + len(exchange.update_ns)

    def buckets(self, most: int = 500, *, least_ns: int = _FINEST_NS) -> list[Bucket]:
        """All time from the first to the last of them in at most so many buckets of equal width, empty ones included.

        The width is a whole number of seconds, at least ``least_ns``.
        """
        seconds = self._requests.keys() | self._answers.keys()
        if not seconds:
            return []
        first, last = min(seconds), max(seconds)
        width = max(-(-(last - first + 1) // max(1, most)), -(-least_ns // _FINEST_NS), 1)
        requests, answers = (_gathered(counts, first, width) for counts in (self._requests, self._answers))
        return [
            Bucket((first + index * width) * _FINEST_NS, requests[index], answers[index])
            for index in range((last - first) // width + 1)
        ]


def _gathered(counts: Counter[int], first: int, width: int) -> Counter[int]:
    gathered: Counter[int] = Counter()
    for second, count in counts.items():
        gathered[(second - first) // width] += count
    return gathered
