"""One draft sent many times through a session: at a rate, or so many at once, with the statistics of the run."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psygnal import Signal

from .compose.rows import MOST_ROWS
from .errors import InspectorError
from .protocol.codec import peek
from .tracing.statistics import Statistics

if TYPE_CHECKING:
    from collections.abc import Callable

    from .compose.outgoing import Outgoing
    from .session import Session

MOST_MESSAGES = MOST_ROWS
MOST_IN_FLIGHT = 1_000
MOST_PER_SECOND = 1_000.0


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast messages follow each other."""

    in_flight: int = 1
    """So many wait for their answers at most."""
    per_second: float = 0.0
    """So many leave in a second at most; 0 for as fast as answers come."""


class ManyRun:
    """One run. Start it by :meth:`run`, from the session's loop, once."""

    progressed = Signal()
    """More was sent, answered, or ended."""

    def __init__(self, session: Session, count: int, make: Callable[[int], Outgoing], pace: Pace) -> None:
        """``make`` gives the message of an index from 0; what it raises as InspectorError ends the run."""
        if not 1 <= count <= MOST_MESSAGES:
            raise InspectorError(f"Between 1 and {MOST_MESSAGES:,} messages can be sent in one run, not {count:,}.")
        self.count = count
        self.sent = 0
        self.statistics = Statistics()
        self.problem = ""
        """Why the run ended before all was sent, as a sentence."""
        self.over = False
        self.began_ns = self.ended_ns = 0
        self._session = session
        self._make = make
        self._pace = pace
        self._stopped = False
        self._moved = asyncio.Event()
        self._ids: set[str] = set()
        self._after = 0
        self._tracked = 0
        self._open: set[int] = set()
        self._seen: set[int] = set()

    @property
    def waiting(self) -> int:
        """Messages that were sent and whose exchange has not ended."""
        return self._tracked - len(self._seen) + len(self._open)

    @property
    def seconds(self) -> float:
        """How long the run took, or takes so far."""
        return ((self.ended_ns or time.monotonic_ns()) - self.began_ns) / 1e9 if self.began_ns else 0.0

    def stop(self) -> None:
        """Send nothing more, and wait for nothing."""
        self._stopped = True
        self._moved.set()

    async def run(self) -> None:
        """Send all, then wait until each has ended: answered, timed out, or cut off. Never raises InspectorError."""
        session = self._session
        self._after = len(session.exchanges)
        self.began_ns = time.monotonic_ns()
        signals = (session.exchanges_changed, session.state_changed)
        session.exchanges_changed.connect(self._on_exchanges)
        session.state_changed.connect(self._on_state)
        try:
            try:
                await self._send_all()
            except InspectorError as error:
                self.problem = f"Message {self.sent + 1:,} was not sent: {error}"
                self.progressed.emit()
            while self.waiting and not self._stopped:
                await self._wait(None)
        finally:
            for signal, slot in zip(signals, (self._on_exchanges, self._on_state), strict=True):
                signal.disconnect(slot)
            self.ended_ns = time.monotonic_ns()
            self.over = True
            self.progressed.emit()

    async def _send_all(self) -> None:
        session, pace = self._session, self._pace
        limit = min(pace.in_flight or MOST_IN_FLIGHT, MOST_IN_FLIGHT)
        loop = asyncio.get_running_loop()
        began = loop.time()
        for index in range(self.count):
            while not self._stopped and self.waiting >= limit and session.state.can_send:
                await self._wait(None)
            if pace.per_second:
                due = began + index / min(pace.per_second, MOST_PER_SECOND)
                while not self._stopped and session.state.can_send and loop.time() < due:
                    await self._wait(due - loop.time())
            if self._stopped:
                self.problem = f"Stopped after {self.sent:,} of {self.count:,} messages."
                return
            if not session.state.can_send:
                raise InspectorError(f"the connection is {session.state.name}.")
            outgoing = self._make(index)
            correlation_id = peek(outgoing.message.encode(errors="replace"), is_text=True).correlation_id
            if correlation_id:
                self._ids.add(correlation_id)
                self._tracked += 1
            try:
                await session.send_text(outgoing.message, outgoing.made_parts)
            except InspectorError:
                self._tracked -= bool(correlation_id)
                raise
            self.sent += 1
            self.progressed.emit()
            if index % 64 == 63:
                await asyncio.sleep(0)  # let others have a turn where everything is sent at once

    async def _wait(self, limit_s: float | None) -> None:
        self._moved.clear()
        try:
            async with asyncio.timeout(limit_s):
                await self._moved.wait()
        except TimeoutError:
            return

    def _on_exchanges(self, numbers: list[int]) -> None:
        exchanges = self._session.exchanges
        own = [
            exchanges[number - 1]
            for number in numbers
            if number > self._after and exchanges[number - 1].correlation_id in self._ids
        ]
        self.statistics.update(own)
        for one in own:
            self._seen.add(one.number)
            if one.status.ended:
                self._open.discard(one.number)
            else:
                self._open.add(one.number)
        if own:
            self._moved.set()
            self.progressed.emit()

    def _on_state(self, _state: object) -> None:
        self._moved.set()
