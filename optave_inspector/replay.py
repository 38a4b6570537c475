"""A stored capture in the shape of a session, so that what shows sessions shows captures: nothing is connected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from .capture.entry import EntryFlag, EntryKind
from .capture.iteration import selection, stored
from .capture.progress import never, unheard
from .protocol.sdk_build import REQUEST_TIMEOUT_S
from .protocol.states import ConnectionState
from .recorder import seen_in
from .session_signals import SessionSignals
from .tracing.chosen import Chosen
from .tracing.connection_lives import ConnectionLives
from .tracing.correlator import Correlator

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .capture.entry import Entry
    from .capture.progress import Progress, Stop
    from .capture.store import CaptureStore
    from .protocol.contract import Contract
    from .tracing.counts import Counts
    from .tracing.exchange import Exchange

_TIMEOUT_NS = REQUEST_TIMEOUT_S * 10**9
"""For captures that do not tell how long answers were waited for."""
_LONGEST_MS = 1e12
"""Beyond any use; what claims more was not written by a session."""
_PROBLEM = int(EntryFlag.PROBLEM)


class _Waiting(msgspec.Struct):
    """The part of a handshake's payload that says how long answers were waited for."""

    request_timeout_ms: float | None = msgspec.field(default=None, name="requestTimeoutMs")


def _request_timeout_ns(payload: bytes) -> int:
    try:
        told_ms = msgspec.json.decode(payload, type=_Waiting).request_timeout_ms
    except (msgspec.MsgspecError, RecursionError):
        return _TIMEOUT_NS
    return _TIMEOUT_NS if told_ms is None or not 0 <= told_ms <= _LONGEST_MS else round(told_ms * 1e6)


@dataclass(slots=True)
class Rebuilt:
    """What the entries of a capture amount to."""

    correlator: Correlator = field(default_factory=lambda: Correlator(_TIMEOUT_NS))
    lives: ConnectionLives = field(default_factory=ConnectionLives)
    sent: int = 0
    received: int = 0
    attempts: int = 0

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """All exchanges, in the order of their requests."""
        return self.correlator.exchanges


class CaptureReplay(SessionSignals):
    """What :class:`~.session.Session` shows of itself, for a capture that is read only.

    Exchanges are missing until :meth:`rebuild` has run, in a thread, and its result was handed to :meth:`show`.
    """

    def __init__(self, store: CaptureStore, contract: Contract) -> None:
        self.store = store
        self.contract = contract
        self.state = ConnectionState.CLOSED
        self.config = self.handshake = self.ending = self.failure = self.token_use = None
        self.opened_ns = 0
        self.lives = ConnectionLives()
        self.sent = self.received = self.attempt = self.waiting = 0
        self._correlator = Correlator(_TIMEOUT_NS)
        self._shown = Chosen(self._correlator.exchanges, range(1, 1))

    @property
    def exchanges(self) -> Sequence[Exchange]:
        """The exchanges that were shown so far."""
        return self._shown

    @property
    def counts(self) -> Counts:
        """Every message in the place where it belongs; zeros until the exchanges were rebuilt."""
        return self._correlator.counts

    def reason(self, entry: Entry) -> str:
        """Why an incoming entry is marked as it is, as a sentence; as far as the exchanges were rebuilt."""
        return self._correlator.reason(entry)

    def rebuild(self, progress: Progress = unheard, stop: Stop = never) -> Rebuilt:
        """Join requests and answers once more, as the session did. Takes seconds for a million entries.

        What still waits where the capture ends counts as cut off: nothing more can come. Raises Stopped and StoreError.
        """
        rebuilt, last_ns = Rebuilt(), 0
        correlator = rebuilt.correlator
        for entry, payload in stored(self.store, selection(self.store, None), progress, stop):
            last_ns = entry.monotonic_ns
            rebuilt.lives.note(entry)
            rebuilt.attempts = max(rebuilt.attempts, entry.attempt)
            seen = seen_in(entry, payload)
            correlator.hand_in(entry, seen)
            if seen is not None:
                rebuilt.sent += entry.direction == 1
                rebuilt.received += entry.direction == 0
            elif entry.kind == EntryKind.ENDING:
                correlator.cut_off(entry.attempt, last_ns)
            elif entry.kind == EntryKind.HANDSHAKE and not entry.flags & _PROBLEM:
                correlator.timeout_ns = _request_timeout_ns(payload)
        rebuilt.lives.finish()
        for attempt in range(rebuilt.attempts + 1):
            correlator.cut_off(attempt, last_ns)
        return rebuilt

    def show(self, rebuilt: Rebuilt, most: int | None = None) -> bool:
        """Take over what was rebuilt, or ``most`` further exchanges of it, and tell; whether that was all."""
        self.sent, self.received, self.attempt = rebuilt.sent, rebuilt.received, rebuilt.attempts
        self.lives = rebuilt.lives
        self._correlator = rebuilt.correlator
        before, count = len(self._shown), len(rebuilt.exchanges)
        shown = count if most is None else min(count, before + most)
        self._shown.exchanges, self._shown.numbers = rebuilt.exchanges, range(1, shown + 1)
        if shown > before:
            self.exchanges_changed.emit(list(range(before + 1, shown + 1)))
        return shown == count
