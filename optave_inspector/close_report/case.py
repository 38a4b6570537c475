"""An attempt as the rules look at it: spans and sizes worked out from its entries, each None where it is not known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..capture.entry import EntryKind
from ..client.events import Closer
from ..protocol.limits import Size
from ..protocol.refusals import http_date_unix_s
from .facts import FRAMES, IN, MESSAGES, OUT, Attempt

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..capture.entry import Entry
    from ..client.events import Ending, TokenUse
    from ..tracing.exchange import Exchange

PING, PONG = (int(EntryKind.PING),), (int(EntryKind.PONG),)


@dataclass(frozen=True, slots=True)
class Case:
    """One attempt that is over, and the exchanges that its end cut off."""

    attempt: Attempt
    unanswered: Sequence[Exchange] = ()

    @property
    def ending(self) -> Ending | None:
        """None for an attempt that did not open."""
        return self.attempt.ending

    @property
    def code(self) -> int | None:
        """The code that a browser would report; None for an attempt that did not open."""
        return self.ending.code if self.ending is not None else None

    @property
    def opened_ns(self) -> int | None:
        """When the server switched protocols."""
        upgrade = self.attempt.upgrade
        return upgrade.entry.monotonic_ns if upgrade is not None and upgrade.accepted else None

    @property
    def end_ns(self) -> int | None:
        """When the end began: the first close frame, else TCP's end."""
        if self.ending is None:
            return None
        closes = [entry.monotonic_ns for entry in self.attempt.first_closes.values()]
        return min([*closes, self.ending.monotonic_ns])

    @property
    def end_wall_s(self) -> float | None:
        """Unix time of the end, or of the failure."""
        over = self.attempt.ending_entry or self.attempt.failure_entry
        return over.wall_ns / 1e9 if over is not None else None

    @property
    def connected_ns(self) -> int | None:
        """From the upgrade to the beginning of the end."""
        return None if self.end_ns is None or self.opened_ns is None else max(self.end_ns - self.opened_ns, 0)

    @property
    def idle_ns(self) -> int | None:
        """How long no frame had passed in either direction, close frames aside, when the end began."""
        if self.end_ns is None:
            return None
        last = self.attempt.newest(None, FRAMES)
        since = last.monotonic_ns if last is not None else self.opened_ns
        return None if since is None else max(self.end_ns - since, 0)

    @property
    def last_sent(self) -> Entry | None:
        """The last message that was sent."""
        return self.attempt.newest(OUT, MESSAGES)

    @property
    def last_received(self) -> Entry | None:
        """The last message that came."""
        return self.attempt.newest(IN, MESSAGES)

    @property
    def after_sent_ns(self) -> int | None:
        """From the last sent message to the beginning of the end."""
        sent = self.last_sent
        return None if sent is None or self.end_ns is None else max(self.end_ns - sent.monotonic_ns, 0)

    @property
    def sent_size(self) -> Size | None:
        """The last sent text in both measures."""
        sent, units = self.last_sent, self.attempt.sent_units
        if sent is None or sent.kind != EntryKind.TEXT or units is None:
            return None
        return Size(units, sent.size)

    @property
    def token(self) -> TokenUse | None:
        """The token of the handshake."""
        return self.attempt.upgrade.token if self.attempt.upgrade is not None else None

    @property
    def status(self) -> int | None:
        """The status by which the upgrade was refused; None where it was not."""
        upgrade = self.attempt.upgrade
        return None if upgrade is None or upgrade.accepted else upgrade.status

    @property
    def skew_s(self) -> float | None:
        """By how much the server's clock is ahead of this machine's, to about a second, by its ``Date`` header."""
        upgrade = self.attempt.upgrade
        if upgrade is None:
            return None
        moment = http_date_unix_s(upgrade.response.get("date", ""))
        # The header drops the fraction of the second: half of one is the best guess.
        return None if moment is None else moment + 0.5 - upgrade.entry.wall_ns / 1e9

    @property
    def expired_before_s(self) -> float | None:
        """How long the token had been expired when it was sent; negative while it was good."""
        upgrade, token = self.attempt.upgrade, self.token
        if upgrade is None or token is None or token.expires_unix_s is None:
            return None
        return upgrade.entry.wall_ns / 1e9 - token.expires_unix_s

    @property
    def from_peer(self) -> bool:
        """Whether the server sent the first close frame."""
        return self.ending is not None and self.ending.first is Closer.PEER

    @property
    def frameless(self) -> bool:
        """Whether the connection ended without any close frame, and not by this side's hand."""
        ending = self.ending
        return ending is not None and ending.received is None and ending.sent is None and not ending.by_user
