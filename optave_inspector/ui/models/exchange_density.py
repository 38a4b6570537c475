"""How many exchanges began when, and what went wrong when, over a whole session: for a strip of some hundred pixels."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from ...tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...tracing.exchange import Exchange

BINS = 1024
_FIRST_STEP_NS = 1_000_000
_SENT, _ENDED = 1, 2
_MISSING = frozenset({ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF})


class Density:
    """Counts in bins of equal length, whose length doubles when time goes on beyond the last one: each exchange costs
    the same, after a minute and after a day."""

    def __init__(self) -> None:
        self.step_ns = _FIRST_STEP_NS
        self.origin_ns = 0
        self.sent = array("I", bytes(4 * BINS))
        """Requests, by the bin of their sending."""
        self.errors = array("I", bytes(4 * BINS))
        """Exchanges that ended with an error, by the bin of their end."""
        self.missing = array("I", bytes(4 * BINS))
        """Exchanges whose answer did not come, by the bin of their end."""
        self.version = 0
        self._counted = bytearray(1)

    def update(self, exchanges: Iterable[Exchange]) -> None:
        """Count exchanges that are new or have changed, each once, and its bad end once."""
        for exchange in exchanges:
            number = exchange.number
            if number >= len(self._counted):
                self._counted.extend(bytes(number + 1 - len(self._counted)))
            before = self._counted[number]
            if not before:
                self._count(self.sent, exchange.sent_ns)
                self._counted[number] = _SENT
            if before != _ENDED and exchange.ended_ns >= 0:
                self._counted[number] = _ENDED
                if exchange.status is ExchangeStatus.ERROR:
                    self._count(self.errors, exchange.ended_ns)
                elif exchange.status in _MISSING:
                    self._count(self.missing, exchange.ended_ns)

    def _count(self, bins: array[int], at_ns: int) -> None:
        if not self.version:
            self.origin_ns = at_ns
        self.version += 1
        while at_ns >= self.origin_ns + self.step_ns * BINS:
            self._double(later=True)
        while at_ns < self.origin_ns:
            self._double(later=False)
        bins[(at_ns - self.origin_ns) // self.step_ns] += 1

    def _double(self, *, later: bool) -> None:
        """Join neighbours, which leaves half of the bins for what is later, or earlier."""
        for bins in (self.sent, self.errors, self.missing):
            joined = array("I", map(sum, zip(bins[::2], bins[1::2], strict=True)))
            free = array("I", bytes(4 * (BINS // 2)))
            bins[:] = joined + free if later else free + joined
        if not later:
            self.origin_ns -= self.step_ns * BINS
        self.step_ns *= 2
