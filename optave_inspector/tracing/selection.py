"""Which exchanges belong to a choice of entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .exchange import Exchange


def exchanges_with(exchanges: Iterable[Exchange], numbers: Sequence[int]) -> list[Exchange]:
    """The exchanges of which at least one entry, request or answer, is among ``numbers``."""
    wanted = set(numbers)
    return [
        exchange
        for exchange in exchanges
        if exchange.request_entry in wanted
        or not wanted.isdisjoint(exchange.answers)
        or not wanted.isdisjoint(exchange.duplicates)
    ]
