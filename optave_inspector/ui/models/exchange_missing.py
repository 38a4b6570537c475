"""Answers that are missing: counted exchange by exchange, and anew where time alone makes them so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .exchange_words import LONG_NS, is_missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ...tracing.exchange import Exchange


class MissingAnswers:
    """Hand in what changed, and ask :meth:`overdue` now and then."""

    def __init__(self, exchanges: Sequence[Exchange]) -> None:
        self._exchanges = exchanges
        self._ended = bytearray()
        """By number: 1 for what ended without an answer, of which there may be hundreds of thousands."""
        self._ended_count = 0
        self._open: dict[int, None] = {}
        """Numbers in the order of their requests."""
        self._overdue: set[int] = set()

    def __len__(self) -> int:
        return self._ended_count + len(self._overdue)

    @property
    def waits(self) -> bool:
        """Whether time alone may make one more."""
        return bool(self._open)

    def update(self, numbers: Iterable[int], now_ns: int) -> None:
        """Exchanges are new or have changed, by their numbers in ascending order."""
        for number in numbers:
            exchange = self._exchanges[number - 1]
            if not exchange.status.ended:
                self._open[number] = None
            else:
                self._open.pop(number, None)
            self._overdue.discard(number)
            if is_missing(exchange, now_ns):
                if exchange.status.ended:
                    self._note_ended(number)
                else:
                    self._overdue.add(number)

    def _note_ended(self, number: int) -> None:
        if number >= len(self._ended):
            self._ended.extend(bytes(max(number + 1 - len(self._ended), 1024)))
        self._ended_count += not self._ended[number]
        self._ended[number] = 1

    def overdue(self, now_ns: int) -> list[int]:
        """Numbers of those that became missing since the last time, as they wait for so long now."""
        new = []
        for number in self._open:
            exchange = self._exchanges[number - 1]
            if exchange.sent_ns > now_ns - LONG_NS:
                break
            if number not in self._overdue and is_missing(exchange, now_ns):
                self._overdue.add(number)
                new.append(number)
        return sorted(new)
