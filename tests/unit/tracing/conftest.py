"""A conversation to hand to a correlator, one message at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import Entry, EntryKind
from optave_inspector.protocol.codec import Peek, Shape
from optave_inspector.tracing.correlator import Correlator

if TYPE_CHECKING:
    from optave_inspector.tracing.exchange import Exchange

MS = 1_000_000
TIMEOUT_MS = 30_000


class Conversation:
    """Numbers entries, keeps a clock in milliseconds, and remembers what changed last."""

    def __init__(self) -> None:
        self.correlator = Correlator(TIMEOUT_MS * MS)
        self.now_ms = 0
        self.attempt = 1
        self.number = 0
        self.changed: set[int] = set()
        self.last: Entry

    def send(
        self, correlation_id: str = "", action: str = "adjust", shape: Shape = Shape.REQUEST, **peek: str
    ) -> Exchange:
        """A request; its exchange."""
        self.last = entry = self.entry(1, correlation_id)
        self.changed = self.correlator.sent(entry, Peek(shape, action=action, correlation_id=correlation_id, **peek))
        return self.correlator.exchanges[-1]

    def fail_to_send(
        self, correlation_id: str = "", action: str = "adjust", shape: Shape = Shape.REQUEST, **peek: str
    ) -> Entry:
        """A request that could not be sent; the entry that says so."""
        entry = self.entry(2, correlation_id, EntryKind.NOT_SENT)
        entry.state = "CLOSED"
        peek = {"action": action, "correlation_id": correlation_id, **peek}
        self.changed = self.correlator.not_sent(entry, Peek(shape, **peek))
        return entry

    def cancel(self, number: int, correlation_id: str = "") -> Entry:
        """The user cancels an exchange; the entry that says so."""
        entry = self.entry(2, correlation_id, EntryKind.CANCELLED)
        entry.exchange = number
        self.changed = self.correlator.cancelled(entry)
        return entry

    def receive(
        self, correlation_id: str = "", state: str = "completed", shape: Shape = Shape.RESPONSE, **peek: str
    ) -> Entry:
        """An incoming message; its entry, marked."""
        entry = self.entry(0, correlation_id)
        self.changed = self.correlator.received(entry, Peek(shape, state=state, correlation_id=correlation_id, **peek))
        return entry

    def wait(self, ms: int) -> None:
        """Let time go by; nothing is told to the correlator."""
        self.now_ms += ms

    def expire(self) -> set[int]:
        """Tell the correlator what time it is."""
        self.changed = self.correlator.expire(self.now_ms * MS)
        return self.changed

    def end_connection(self) -> set[int]:
        """The connection ends; a new attempt begins."""
        self.changed = self.correlator.cut_off(self.attempt, self.now_ms * MS)
        self.attempt += 1
        return self.changed

    def entry(self, direction: int, correlation_id: str = "", kind: int = EntryKind.TEXT) -> Entry:
        """The next entry, 1 for an outgoing one."""
        self.number += 1
        time_ns = self.now_ms * MS
        return Entry(
            self.number, self.attempt, direction, int(kind), time_ns, time_ns, 1, 1, correlation_id=correlation_id
        )


@pytest.fixture
def talk() -> Conversation:
    """An empty conversation with a time limit of 30 s."""
    return Conversation()
