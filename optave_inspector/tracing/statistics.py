"""What the exchanges of a session add up to, per action and over all."""

from __future__ import annotations

import math
from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from .exchange import Exchange, ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_NS, _LEAST_NS = 2**63 - 1, -(2**63)
"""What a capture of other origin claims beyond is taken for this."""
_MANY = 10_000
"""From here on a sort in plain Python takes milliseconds."""


class Durations:
    """Some durations in nanoseconds and their percentiles, exact, by nearest rank."""

    def __init__(self) -> None:
        self._values = array("q")
        self._gone = array("q")
        """Those of the values that count no more. To take each out at once would move all that are behind it."""
        self._sorted = True

    def __len__(self) -> int:
        return len(self._values) - len(self._gone)

    def add(self, duration_ns: int) -> None:
        """Count one more."""
        self._values.append(_bounded(duration_ns))
        self._sorted = False

    def remove(self, duration_ns: int) -> None:
        """Count one less; it must have been added."""
        self._gone.append(_bounded(duration_ns))
        self._sorted = False

    def percentile(self, percent: float) -> int:
        """The smallest duration that ``percent`` of all do not exceed; -1 while there is none."""
        if not len(self):
            return -1
        self._sort()
        rank = math.ceil(percent / 100 * len(self._values))
        return self._values[min(max(rank, 1), len(self._values)) - 1]

    def _sort(self) -> None:
        if self._sorted:
            return
        if len(self._values) < _MANY:
            self._values = array("q", _without(sorted(self._values), sorted(self._gone)))
        else:
            self._sort_many()
        self._gone = array("q")
        self._sorted = True

    def _sort_many(self) -> None:
        import numpy as np  # late: it takes a tenth of a second and 20 MB, which few need

        np.frombuffer(self._values, np.int64).sort()
        if not self._gone:
            return
        values, gone = np.frombuffer(self._values, np.int64), np.sort(np.frombuffer(self._gone, np.int64))
        # Of equal ones the first goes first, the next one beside it.
        twins = np.arange(len(gone)) - np.searchsorted(gone, gone)
        left = np.delete(values, np.searchsorted(values, gone) + twins)
        self._values = array("q")
        self._values.frombytes(left.tobytes())

    @property
    def p50(self) -> int:
        """The median; -1 while there is none, as for the others."""
        return self.percentile(50)

    @property
    def p90(self) -> int:
        """What 90 of 100 do not exceed."""
        return self.percentile(90)

    @property
    def p95(self) -> int:
        """What 95 of 100 do not exceed."""
        return self.percentile(95)

    @property
    def p99(self) -> int:
        """What 99 of 100 do not exceed."""
        return self.percentile(99)

    @property
    def max(self) -> int:
        """The longest."""
        return self.percentile(100)


@dataclass(slots=True)
class Summary:
    """Exchanges in numbers. ``count`` is the sum of all statuses, open ones included."""

    count: int = 0
    by_status: dict[ExchangeStatus, int] = field(default_factory=lambda: dict.fromkeys(ExchangeStatus, 0))
    errors_by_code: dict[str, int] = field(default_factory=dict)
    """Exchanges that ended with an error, by error code; "" where the error had none."""
    first: Durations = field(default_factory=Durations)
    """From requests to their first answers, late ones included."""
    total: Durations = field(default_factory=Durations)
    """From requests to their ends, of those that ended with an answer."""

    @property
    def sent(self) -> int:
        """Exchanges whose request was on the wire."""
        return self.count - self.by_status[ExchangeStatus.NOT_SENT]

    @property
    def answered(self) -> int:
        """Exchanges that were completed."""
        return self.by_status[ExchangeStatus.COMPLETED]

    @property
    def errors(self) -> int:
        """Exchanges that ended with an error."""
        return self.by_status[ExchangeStatus.ERROR]

    @property
    def timeouts(self) -> int:
        """Exchanges that timed out."""
        return self.by_status[ExchangeStatus.TIMED_OUT]

    @property
    def cut_off(self) -> int:
        """Exchanges whose connection ended while they waited."""
        return self.by_status[ExchangeStatus.CUT_OFF]

    @property
    def cancelled(self) -> int:
        """Exchanges that the user cancelled."""
        return self.by_status[ExchangeStatus.CANCELLED]

    @property
    def not_sent(self) -> int:
        """Exchanges whose request never was on the wire."""
        return self.by_status[ExchangeStatus.NOT_SENT]

    @property
    def open(self) -> int:
        """Exchanges that have not ended."""
        return self.by_status[ExchangeStatus.WAITING] + self.by_status[ExchangeStatus.STREAMING]


class Statistics:
    """Kept up to date exchange by exchange: hand in what the correlator says has changed, as often as you like.

    Also for exchanges at once: ``Statistics(exchanges)``.
    """

    def __init__(self, exchanges: Iterable[Exchange] = ()) -> None:
        self.overall = Summary()
        self.by_action: dict[str, Summary] = {}
        """By the action as it was sent, in the order of first use."""
        self._counted = bytearray()
        """By number: what was counted of it, see :func:`_seen`; 0 for nothing."""
        self.update(exchanges)

    def update(self, exchanges: Iterable[Exchange]) -> None:
        """Count exchanges that are new or have changed."""
        for exchange in exchanges:
            summary = self.by_action.get(exchange.action)
            if summary is None:
                summary = self.by_action[exchange.action] = Summary()
            number = exchange.number
            if number >= len(self._counted):
                self._counted.extend(bytes(max(number + 1 - len(self._counted), 1024)))
            before, now = self._counted[number], _seen(exchange)
            if before == now:
                continue
            self._counted[number] = now
            new_first = now & _HAS_FIRST > before & _HAS_FIRST
            status = ExchangeStatus((before & ~_HAS_FIRST) - 1) if before else None
            for counted in (summary, self.overall):
                _count(counted, exchange, status, new_first=new_first)

    def forget(self, exchanges: Iterable[Exchange]) -> None:
        """Take exchanges out again, as they were when they were counted last; others are passed over."""
        for exchange in exchanges:
            number = exchange.number
            before = self._counted[number] if number < len(self._counted) else 0
            if not before:
                continue
            self._counted[number] = 0
            status, has_first = ExchangeStatus((before & ~_HAS_FIRST) - 1), before >= _HAS_FIRST
            summary = self.by_action[exchange.action]
            for counted in (summary, self.overall):
                _uncount(counted, exchange, status, has_first=has_first)
            if not summary.count:
                del self.by_action[exchange.action]


def _bounded(duration_ns: int) -> int:
    return min(max(duration_ns, _LEAST_NS), _MOST_NS)


def _without(values: list[int], gone: list[int]) -> Iterator[int]:
    """Both in order, and each of ``gone`` among the values."""
    place = 0
    for value in values:
        if place < len(gone) and gone[place] == value:
            place += 1
        else:
            yield value


_HAS_FIRST = 128


def _seen(exchange: Exchange) -> int:
    """Its status, from 1 on, and whether it has an answer, in one byte."""
    return exchange.status + 1 + (_HAS_FIRST if exchange.update_ns else 0)


def _count(summary: Summary, exchange: Exchange, before: ExchangeStatus | None, *, new_first: bool) -> None:
    if new_first:
        summary.first.add(exchange.first_ns)
    if before is exchange.status:
        return
    if before is None:
        summary.count += 1
    else:
        summary.by_status[before] -= 1
    summary.by_status[exchange.status] += 1
    if exchange.status.answered:
        summary.total.add(exchange.total_ns)
    if exchange.status is ExchangeStatus.ERROR:
        code = exchange.error_code
        summary.errors_by_code[code] = summary.errors_by_code.get(code, 0) + 1


def _uncount(summary: Summary, exchange: Exchange, status: ExchangeStatus, *, has_first: bool) -> None:
    summary.count -= 1
    summary.by_status[status] -= 1
    if has_first:
        summary.first.remove(exchange.first_ns)
    if status.answered:
        summary.total.remove(exchange.total_ns)
    if status is ExchangeStatus.ERROR:
        code = exchange.error_code
        summary.errors_by_code[code] -= 1
        if not summary.errors_by_code[code]:
            del summary.errors_by_code[code]
