"""A stored capture in the shape of a session, so that what shows sessions shows captures: nothing is connected."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from .capture.entry import EntryFlag, EntryKind
from .capture.iteration import selection, stored
from .capture.progress import never, unheard
from .protocol.codec import peek
from .protocol.sdk_build import REQUEST_TIMEOUT_S
from .protocol.states import ConnectionState
from .session_signals import SessionSignals
from .tracing.correlator import Correlator

if TYPE_CHECKING:
    from .capture.progress import Progress, Stop
    from .capture.store import CaptureStore
    from .protocol.contract import Contract
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

    exchanges: list[Exchange] = field(default_factory=list)
    moments: list[tuple[int, int]] = field(default_factory=list)
    """``monotonic_ns`` and code of each opening (code 0) and ending."""
    sent: int = 0
    received: int = 0
    attempts: int = 0


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
        self.sent = self.received = self.attempt = self.waiting = 0
        self.exchanges: list[Exchange] = []

    def rebuild(self, progress: Progress = unheard, stop: Stop = never) -> Rebuilt:
        """Join requests and answers once more, as the session did. Takes seconds for a million entries.

        What still waits where the capture ends counts as cut off: nothing more can come. Raises Stopped and StoreError.
        """
        correlator, rebuilt, last_ns = Correlator(_TIMEOUT_NS), Rebuilt(), 0
        for entry, payload in stored(self.store, selection(self.store, None), progress, stop):
            last_ns = entry.monotonic_ns
            rebuilt.attempts = max(rebuilt.attempts, entry.attempt)
            if entry.kind in (EntryKind.TEXT, EntryKind.BINARY):
                seen = peek(payload, is_text=entry.kind == EntryKind.TEXT)
                if entry.direction:
                    rebuilt.sent += 1
                    correlator.sent(entry, seen)
                else:
                    rebuilt.received += 1
                    correlator.received(entry, seen)
            elif entry.kind == EntryKind.ENDING:
                correlator.cut_off(entry.attempt, last_ns)
                rebuilt.moments.append((last_ns, entry.code))
            elif entry.kind == EntryKind.HANDSHAKE and not entry.flags & _PROBLEM:
                correlator.timeout_ns = _request_timeout_ns(payload)
                rebuilt.moments.append((last_ns, 0))
        for attempt in range(rebuilt.attempts + 1):
            correlator.cut_off(attempt, last_ns)
        rebuilt.exchanges = correlator.exchanges
        return rebuilt

    def show(self, rebuilt: Rebuilt, most: int | None = None) -> bool:
        """Take over what was rebuilt, or ``most`` further exchanges of it, and tell; whether that was all."""
        self.sent, self.received, self.attempt = rebuilt.sent, rebuilt.received, rebuilt.attempts
        shown = len(self.exchanges)
        some = rebuilt.exchanges[shown : None if most is None else shown + most]
        self.exchanges.extend(some)
        if some:
            self.exchanges_changed.emit([exchange.number for exchange in some])
        return len(self.exchanges) == len(rebuilt.exchanges)
