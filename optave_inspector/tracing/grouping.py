"""Exchanges that belong together: by trace, thread, session, parent or connection attempt."""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from .exchange import Exchange, ExchangeStatus
from .parents import Parents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


class GroupBy(StrEnum):
    """What exchanges of a group have in common."""

    TRACE = "trace"
    THREAD = "thread"
    SESSION = "session"
    """The customer's session, ``payload.session.sessionId``."""
    PARENT = "parent"
    """Requests that work on each other's answers, by ``parentId``."""
    ATTEMPT = "attempt"
    """A connection."""


@dataclass(slots=True)
class Group:
    """Exchanges with one value of the key, over all connection attempts."""

    key: str
    """The ID, or the number of the attempt; of parents the ID of the first request. Empty for those without one."""
    numbers: array[int] = field(default_factory=lambda: array("I"))
    """Of its exchanges, in the order of their requests."""
    by_status: dict[ExchangeStatus, int] = field(default_factory=lambda: dict.fromkeys(ExchangeStatus, 0))
    attempts: list[int] = field(default_factory=list)
    """Connection attempts that it goes over, in order of their first request."""
    first_ns: int = 0
    """When its first request was sent."""
    last_ns: int = 0
    """When something was last sent, answered or ended in it."""

    @property
    def open(self) -> int:
        """Exchanges that have not ended."""
        return self.by_status[ExchangeStatus.WAITING] + self.by_status[ExchangeStatus.STREAMING]

    @property
    def unanswered(self) -> int:
        """Exchanges that ended without an answer."""
        return len(self.numbers) - self.open - self.answered

    @property
    def answered(self) -> int:
        """Exchanges that ended with an answer, good or bad."""
        return self.by_status[ExchangeStatus.COMPLETED] + self.by_status[ExchangeStatus.ERROR]


class Grouping:
    """Groups that are kept up to date exchange by exchange, each at the same cost however many there are.

    Hand in what the correlator says has changed, in ascending order, as often as you like.
    """

    def __init__(self, by: GroupBy, exchanges: Sequence[Exchange] = ()) -> None:
        self.by = by
        self.groups: dict[str, Group] = {}
        """By key, in the order of their first requests."""
        self.parents = Parents()
        """Who works on whose answer; filled only for GroupBy.PARENT."""
        self._key = self.parents.add if by is GroupBy.PARENT else _KEYS[by]
        self._group_of: list[Group | None] = []
        self._status_of = bytearray()
        self.update(exchanges)

    def group_of(self, number: int) -> Group | None:
        """The group of an exchange; None for one that was not handed in."""
        return self._group_of[number] if 0 <= number < len(self._group_of) else None

    def update(self, exchanges: Iterable[Exchange]) -> set[str]:
        """Take in exchanges that are new or have changed. Returns the keys of changed groups."""
        changed = set()
        for exchange in exchanges:
            group = self.group_of(exchange.number)
            if group is None:
                group = self._add(exchange)
            else:
                before = ExchangeStatus(self._status_of[exchange.number])
                group.by_status[before] -= 1
            group.by_status[exchange.status] += 1
            self._status_of[exchange.number] = exchange.status
            latest = exchange.update_ns[-1] if exchange.update_ns else exchange.sent_ns
            group.last_ns = max(group.last_ns, latest, exchange.ended_ns)
            changed.add(group.key)
        return changed

    def _add(self, exchange: Exchange) -> Group:
        number = exchange.number
        if number >= len(self._group_of):
            missing = number + 1 - len(self._group_of)
            self._group_of += [None] * missing
            self._status_of += bytes(missing)
        key = self._key(exchange)
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = Group(key, first_ns=exchange.sent_ns, last_ns=exchange.sent_ns)
        group.numbers.append(number)
        group.first_ns = min(group.first_ns, exchange.sent_ns)
        if exchange.attempt not in group.attempts[-1:] and exchange.attempt not in group.attempts:
            group.attempts.append(exchange.attempt)
        self._group_of[number] = group
        return group


_KEYS: dict[GroupBy, Callable[[Exchange], str]] = {
    GroupBy.TRACE: lambda exchange: exchange.trace_id,
    GroupBy.THREAD: lambda exchange: exchange.thread_id,
    GroupBy.SESSION: lambda exchange: exchange.session_id,
    GroupBy.ATTEMPT: lambda exchange: str(exchange.attempt),
}
