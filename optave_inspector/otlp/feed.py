"""From a running session to a sender: spans of exchanges and connections as they end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import TYPE_CHECKING

import msgspec

from ..capture.redaction import Redactor
from .attempts import Attempts
from .batches import exchange_spans
from .spans import SpanMaker, entries_of

if TYPE_CHECKING:
    from ..session import Session
    from ..tasks import Tasks
    from ..tracing.exchange import Exchange
    from .attempts import Attempt
    from .sender import SpanSender

_PAUSE_S = 0.25
_SETTLING_S = 0.5
_MOST_AT_ONCE = 2000


class SessionFeed:
    """Feeds a sender with what ends in a session from now on, until :meth:`finish`.

    Belongs to the event loop's thread; entries are read, and spans made, in other threads. The session notices nothing
    of it, however slow the collector is.
    """

    def __init__(self, session: Session, sender: SpanSender, tasks: Tasks) -> None:
        self._session = session
        self._sender = sender
        self._since_ns = time.monotonic_ns()
        redactor = Redactor()
        self._attempts = Attempts(redactor)
        self._maker = SpanMaker(redactor)
        self._waiting: dict[int, None] = {}
        """Numbers of exchanges that may have ended, in the order in which they were told."""
        self._taken = bytearray()
        """By number of the exchange: 1 once its span was made."""
        self._told_attempts: set[int] = set()
        self._wake = asyncio.Event()
        self._finishing = asyncio.Event()
        self._heard = (
            (session.exchanges_changed, self._on_exchanges),
            (session.entries_added, self._on_entries),
        )
        for signal, slot in self._heard:
            signal.connect(slot)
        self._task = tasks.start(self._run(), "send traces")

    async def finish(self) -> None:
        """Hand over what has ended so far, and hear no more. The session's store must still be open."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SETTLING_S):
                await self._session.settled()
        for signal, slot in self._heard:
            signal.disconnect(slot, missing_ok=True)
        self._finishing.set()
        self._wake.set()
        # What it fails with is reported by whoever keeps the tasks.
        with contextlib.suppress(Exception):
            await self._task

    def _on_exchanges(self, numbers: list[int]) -> None:
        self._waiting.update(dict.fromkeys(numbers))
        self._wake.set()

    def _on_entries(self, _count: int) -> None:
        self._wake.set()

    async def _run(self) -> None:
        while not self._finishing.is_set():
            await self._wake.wait()
            self._wake.clear()
            while await self._round():
                pass
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._finishing.wait(), _PAUSE_S)
        while await self._round():
            pass

    async def _round(self) -> bool:
        """Make the spans of what can be read; whether there is more."""
        some = self._take()
        await asyncio.to_thread(self._make, some)
        return len(some) == _MOST_AT_ONCE

    def _take(self) -> list[Exchange]:
        """Exchanges that have ended since the beginning, copied, as the session goes on changing them."""
        stored = self._session.store.count
        taken: list[Exchange] = []
        for number in list(self._waiting):
            if len(taken) == _MOST_AT_ONCE:
                break
            exchange = self._session.exchanges[number - 1]
            if exchange.status.ended and max(entries_of(exchange)) > stored:
                continue  # it ended before the entries of its end can be read
            del self._waiting[number]
            if exchange.status.ended and exchange.ended_ns >= self._since_ns and not self._is_taken(number):
                self._taken[number] = 1
                taken.append(_copy(exchange))
        return taken

    def _is_taken(self, number: int) -> bool:
        if number >= len(self._taken):
            self._taken.extend(bytes(2 * number + 64 - len(self._taken)))
        return bool(self._taken[number])

    def _make(self, exchanges: list[Exchange]) -> None:
        self._attempts.read(self._session.store)
        over = [each for number, each in self._attempts.by_number.items() if self._is_news(number, each)]
        some = exchanges[: max(0, self._sender.room - len(over))]
        self._sender.drop(len(exchanges) - len(some))
        self._sender.offer(map(self._maker.connection, over))
        self._sender.offer(exchange_spans(self._session.store, self._maker, self._attempts.by_number, some))

    def _is_news(self, number: int, attempt: Attempt) -> bool:
        if not attempt.is_connection or not attempt.is_over or number in self._told_attempts:
            return False
        self._told_attempts.add(number)
        return (attempt.ending or attempt.last).monotonic_ns >= self._since_ns


def _copy(exchange: Exchange) -> Exchange:
    """An exchange that the session does not change."""
    return msgspec.structs.replace(
        exchange, answers=[*exchange.answers], update_ns=[*exchange.update_ns], duplicates=[*exchange.duplicates]
    )
