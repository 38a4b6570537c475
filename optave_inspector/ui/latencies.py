"""How long the answered requests of a session took, kept sorted as they come."""

from __future__ import annotations

from bisect import insort
from typing import TYPE_CHECKING

from ..tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..session import Session

_ANSWERED = (ExchangeStatus.COMPLETED, ExchangeStatus.ERROR)


class Latencies:
    """Times from request to final answer, also when the answer was an error. Feed it with the changed exchanges."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._sorted_ns: list[int] = []
        self._counted: set[int] = set()

    def update(self, changed: Iterable[int]) -> None:
        """Take in those of the ``changed`` exchanges that have been answered, each once."""
        for number in changed:
            if number in self._counted:
                continue
            exchange = self._session.exchanges[number - 1]
            if exchange.status in _ANSWERED and exchange.total_ns >= 0:
                self._counted.add(number)
                insort(self._sorted_ns, exchange.total_ns)

    def __len__(self) -> int:
        return len(self._sorted_ns)

    def percentile_ns(self, percent: int) -> int | None:
        """The shortest time that ``percent`` of 100 answers did not exceed (nearest rank); None without answers."""
        count = len(self._sorted_ns)
        return self._sorted_ns[max((count * percent + 99) // 100 - 1, 0)] if count else None
