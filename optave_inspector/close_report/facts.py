"""What a capture holds of one connection attempt, gathered for a report: plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..capture.entry import EntryKind
from ..client.events import FailureDetail

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..capture.entry import Entry
    from ..client.events import Ending, FailureKind, TokenUse

IN, OUT = 0, 1
MESSAGES = (int(EntryKind.TEXT), int(EntryKind.BINARY))
FRAMES = (*MESSAGES, int(EntryKind.CONTINUATION), int(EntryKind.PING), int(EntryKind.PONG), int(EntryKind.RAW))
"""What shows that a connection is used; close frames are its end."""

Mark = tuple[int, int, int]
"""Direction, kind, and the flags TOOL_MADE and PROBLEM of an entry."""


@dataclass(frozen=True, slots=True)
class Tally:
    """How many entries of one mark an attempt has, and the first and the last of them."""

    count: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The handshake as the capture keeps it: without secrets."""

    entry: Entry
    url: str = ""
    status: int | None = None
    reason_phrase: str = ""
    request: Mapping[str, str] = field(default_factory=dict)
    """Headers by their names in small letters."""
    response: Mapping[str, str] = field(default_factory=dict)
    body: str = ""
    selected: str | None = None
    tls: str = ""
    peer: str = ""
    warnings: tuple[str, ...] = ()
    token: TokenUse | None = None
    """None where no token was sent, and in captures of earlier releases."""
    ping_interval_s: float | None = None

    @property
    def accepted(self) -> bool:
        """Whether the server switched protocols."""
        return self.status == 101


@dataclass(frozen=True, slots=True)
class Attempt:
    """One connection attempt of a session, from its first entry to its ending."""

    number: int
    began: Entry
    tallies: Mapping[Mark, Tally]
    upgrade: Upgrade | None = None
    ending: Ending | None = None
    """How the connection ended; None while it is open, and where it never opened."""
    ending_entry: Entry | None = None
    failure: str = ""
    """Why it did not open, in words."""
    failure_entry: Entry | None = None
    failure_hint: str = ""
    """What to do about it; empty in captures of earlier releases, where the words hold it."""
    failure_kind: FailureKind | None = None
    """None in captures of earlier releases."""
    failure_detail: FailureDetail = FailureDetail.UNKNOWN
    next_step: str = ""
    """What the inspector did after the end by itself: its note on the retry."""
    last: Mapping[tuple[int, int], Entry] = field(default_factory=dict)
    """The last entry of each direction and kind."""
    first_closes: Mapping[int, Entry] = field(default_factory=dict)
    """The first close frame of each direction."""
    offender: Entry | None = None
    """What came and broke the protocol, where this side failed the connection for it."""
    sent_units: int | None = None
    """UTF-16 code units of the last message that was sent, where it is text."""

    @property
    def opened(self) -> bool:
        """Whether a connection was open."""
        return self.ending is not None or (self.upgrade is not None and self.upgrade.accepted and not self.failure)

    @property
    def over(self) -> bool:
        """Whether it has ended or failed."""
        return self.ending is not None or bool(self.failure)

    def count(self, direction: int, kinds: tuple[int, ...]) -> int:
        """How many entries of these kinds went in one direction."""
        return sum(tally.count for mark, tally in self.tallies.items() if mark[0] == direction and mark[1] in kinds)

    def newest(self, direction: int | None, kinds: tuple[int, ...]) -> Entry | None:
        """The last entry of these kinds in one direction, or in either."""
        found = [
            entry
            for (entry_direction, kind), entry in self.last.items()
            if kind in kinds and direction in (None, entry_direction)
        ]
        return max(found, key=lambda entry: entry.number, default=None)
