"""Some of a session's exchanges, without holding them: each is read when it is looked at."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import TYPE_CHECKING, overload

from .exchange import Exchange
from .exchange_list import ExchangeList

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .exchange import ExchangeStatus


class Chosen(Sequence[Exchange]):
    """The exchanges of these numbers, in their order: many thousands of them in a few bytes each."""

    def __init__(self, exchanges: Sequence[Exchange], numbers: Iterable[int]) -> None:
        self.exchanges = exchanges
        """Those that they are chosen from; number ``n`` stands at index ``n - 1``."""
        self.numbers: range | array[int] = numbers if isinstance(numbers, range) else array("I", numbers)

    def __len__(self) -> int:
        return len(self.numbers)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> Chosen: ...
    def __getitem__(self, index: int | slice) -> Exchange | Chosen:
        found = self.numbers[index]
        return self.exchanges[found - 1] if isinstance(found, int) else Chosen(self.exchanges, found)


def all_of(exchanges: Sequence[Exchange]) -> Chosen:
    """Those that there are now; what comes later is not among them."""
    return Chosen(exchanges, range(1, len(exchanges) + 1))


def numbers_with(exchanges: Sequence[Exchange], status: ExchangeStatus) -> Iterable[int]:
    """The numbers of those that ended so, ascending; quick where few did, however many there are.

    ``exchanges`` are those of a session or capture from the first on.
    """
    if isinstance(exchanges, Chosen) and isinstance(exchanges.numbers, range) and exchanges.numbers[:1] == range(1, 2):
        found = numbers_with(exchanges.exchanges, status)
        return (number for number in found if number <= len(exchanges))
    if isinstance(exchanges, ExchangeList):
        return exchanges.numbers_with(status)
    return [exchange.number for exchange in exchanges if exchange.status is status]
