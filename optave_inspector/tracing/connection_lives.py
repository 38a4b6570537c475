"""From when to when the connections of a session lived: live, and again from a capture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..capture.entry import Entry, EntryFlag, EntryKind

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROBLEM = int(EntryFlag.PROBLEM)
_MESSAGES = (EntryKind.TEXT, EntryKind.BINARY)


@dataclass(slots=True)
class ConnectionLife:
    """One connection attempt. Times are ``monotonic_ns``; -1 for what did not happen, or not yet."""

    attempt: int
    began_ns: int
    opened_ns: int = -1
    ended_ns: int = -1
    code: int = 0
    """The close code with which an open connection ended, or the HTTP status that refused it; 0 for none."""

    @property
    def failed(self) -> bool:
        """It ended without having been open."""
        return self.ended_ns >= 0 and self.opened_ns < 0


class ConnectionLives:
    """Hand in what happens, in its order; or the entries of a capture."""

    def __init__(self) -> None:
        self._lives: list[ConnectionLife] = []
        self._last_ns = 0

    def __iter__(self) -> Iterator[ConnectionLife]:
        return iter(self._lives)

    def __len__(self) -> int:
        return len(self._lives)

    def began(self, attempt: int, at_ns: int) -> None:
        """An attempt began."""
        self._lives.append(ConnectionLife(attempt, at_ns))

    def opened(self, attempt: int, at_ns: int) -> None:
        """It is open."""
        self._at_hand(attempt, at_ns).opened_ns = at_ns

    def ended(self, attempt: int, at_ns: int, code: int = 0) -> None:
        """It ended, or was refused."""
        life = self._at_hand(attempt, at_ns)
        life.ended_ns, life.code = at_ns, code

    def note(self, entry: Entry) -> None:
        """An entry of a capture; some captures hold nothing but messages, which then tell that it was open."""
        at_ns, life = entry.monotonic_ns, self._lives[-1] if self._lives else None
        if entry.kind == EntryKind.ENDING:
            self.ended(entry.attempt, at_ns, entry.code)
        elif entry.kind == EntryKind.HANDSHAKE:
            if entry.flags & _PROBLEM:
                self.ended(entry.attempt, at_ns, entry.code)
            else:
                self.opened(entry.attempt, at_ns)
        elif life is None or life.attempt != entry.attempt:
            self.finish()
            self.began(entry.attempt, at_ns)
            if entry.kind in _MESSAGES:
                self.opened(entry.attempt, at_ns)
        self._last_ns = at_ns

    def finish(self) -> None:
        """No more entries come of the newest connection: if nothing told its end, it is that of its last entry."""
        if self._lives and self._lives[-1].ended_ns < 0:
            self._lives[-1].ended_ns = self._last_ns

    def code_of(self, attempt: int) -> int:
        """The close code with which a connection ended; 0 for none, and while it lives."""
        return next((life.code for life in reversed(self._lives) if life.attempt == attempt), 0)

    def _at_hand(self, attempt: int, at_ns: int) -> ConnectionLife:
        if not self._lives or self._lives[-1].attempt != attempt or self._lives[-1].ended_ns >= 0:
            self.began(attempt, at_ns)
        return self._lives[-1]
