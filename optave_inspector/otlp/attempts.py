"""What the entries of a connection attempt tell about it: address, handshake, ending, how much came and went."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

import msgspec

from ..capture.entry import Entry, EntryFlag, EntryKind
from ..capture.progress import Stopped, never
from .attributes import MOST_EVENTS, EventName
from .ids import made_span_id, made_trace_id

if TYPE_CHECKING:
    from ..capture.progress import Stop
    from ..capture.redaction import Redactor
    from ..capture.store import CaptureStore

_Facts = TypeVar("_Facts", bound=msgspec.Struct)
_AT_ONCE = 500
_TEXT, _BINARY, _CLOSE = int(EntryKind.TEXT), int(EntryKind.BINARY), int(EntryKind.CLOSE)
_HANDSHAKE, _ENDING, _STATE = int(EntryKind.HANDSHAKE), int(EntryKind.ENDING), int(EntryKind.STATE)
_ORPHAN, _PROBLEM = int(EntryFlag.ORPHAN), int(EntryFlag.PROBLEM)
_WITH_PAYLOAD = frozenset({_HANDSHAKE, _ENDING})


class Phases(msgspec.Struct, frozen=True):
    """How long each phase of connecting took, in ms."""

    token: float | None = None
    dns: float | None = None
    tcp: float | None = None
    tls: float | None = None
    upgrade: float | None = None


class HandshakeFacts(msgspec.Struct, frozen=True, rename="camel"):
    """The part of a handshake's payload that a span tells."""

    url: str = ""
    selected_subprotocol: str | None = None
    peer_address: str = ""
    tls: str = ""
    timings_ms: Phases = Phases()


class EndingFacts(msgspec.Struct, frozen=True, rename="camel"):
    """The part of an ending's payload that a span tells."""

    received: object = None
    first_close_frame: str = ""
    clean: bool = False


@dataclass(slots=True)
class Attempt:
    """One connection attempt, as far as its entries were read."""

    first: Entry
    last: Entry
    handshake: Entry | None = None
    about: HandshakeFacts = HandshakeFacts()  # noqa: RUF009 - frozen
    ending: Entry | None = None
    ended: EndingFacts = EndingFacts()  # noqa: RUF009 - frozen
    failed: bool = False
    """A note of the inspector says that it did not open."""
    sent: int = 0
    received: int = 0
    sent_bytes: int = 0
    received_bytes: int = 0
    orphans: int = 0
    events: list[tuple[EventName, Entry]] = field(default_factory=list)
    events_left_out: int = 0
    trace_id: int = field(init=False)
    span_id: int = field(init=False)

    def __post_init__(self) -> None:
        self.trace_id = made_trace_id("connection", self.first)
        self.span_id = made_span_id("connection", self.first)

    @property
    def number(self) -> int:
        """From 1 within the session; 0 for entries that belong to none."""
        return self.first.attempt

    @property
    def is_connection(self) -> bool:
        """Before the first attempt there are entries of what could not be sent; they make no connection."""
        return self.number > 0

    @property
    def opened(self) -> bool:
        """The tenant switched protocols."""
        return self.handshake is not None and not self.handshake.flags & _PROBLEM and not self.failed

    @property
    def is_over(self) -> bool:
        """Nothing more is expected of it."""
        return self.ending is not None or self.failed

    def add(self, entry: Entry, payload: bytes) -> None:
        """Take in the next entry; ``payload`` matters for handshakes and endings only."""
        self.last = entry
        if entry.kind in (_TEXT, _BINARY):
            self._count(entry)
        elif entry.kind == _CLOSE:
            self._happened(EventName.CLOSE, entry)
        elif entry.kind == _HANDSHAKE:
            self.handshake, self.about = entry, _read(payload, HandshakeFacts)
            self._happened(EventName.HANDSHAKE, entry)
        elif entry.kind == _ENDING:
            self.ending, self.ended = entry, _read(payload, EndingFacts)
        elif entry.kind == _STATE and entry.flags & _PROBLEM and self.ending is None:
            self.failed = True

    def _count(self, entry: Entry) -> None:
        if entry.direction:
            self.sent += 1
            self.sent_bytes += entry.size
            return
        self.received += 1
        self.received_bytes += entry.size
        if entry.flags & _ORPHAN:
            self.orphans += 1
            self._happened(EventName.ORPHAN, entry)

    def _happened(self, name: EventName, entry: Entry) -> None:
        if len(self.events) < MOST_EVENTS:
            self.events.append((name, entry))
        else:
            self.events_left_out += 1
            self.events[-1] = (name, entry)


class Attempts:
    """The attempts of a capture, read entry by entry; hold on to it to go on where it stopped.

    ``redactor`` sees each handshake before anything else of its attempt, and so knows the tokens that it carried.
    """

    def __init__(self, redactor: Redactor) -> None:
        self.by_number: dict[int, Attempt] = {}
        self.read_to = 0
        """The number of the last entry that was read."""
        self._redactor = redactor

    def read(self, store: CaptureStore, stop: Stop = never) -> None:
        """Read what the store has beyond :attr:`read_to`. Raises StoreError and Stopped."""
        while entries := store.page(self.read_to + 1, _AT_ONCE):
            if stop():
                raise Stopped
            for entry in entries:
                payload = b""
                if entry.kind in _WITH_PAYLOAD:
                    payload = self._redactor.redact(entry, store.payload(entry.number)).payload
                attempt = self.by_number.get(entry.attempt)
                if attempt is None:
                    attempt = self.by_number[entry.attempt] = Attempt(entry, entry)
                attempt.add(entry, payload)
            self.read_to = entries[-1].number


def _read(payload: bytes, kind: type[_Facts]) -> _Facts:
    try:
        return msgspec.json.decode(payload, type=kind)
    except (msgspec.MsgspecError, RecursionError):
        return kind()
