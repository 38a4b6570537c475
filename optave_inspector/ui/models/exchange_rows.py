"""Which exchange stands in which row: filtered, sorted, in groups that can be folded. Nothing of Qt is in here, so
that the rows of a hundred thousand exchanges can be made in a thread."""

from __future__ import annotations

import bisect
import itertools
import operator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ...tracing.exchange import ExchangeStatus
from .exchange_order import SortedNumbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...tracing.exchange import Exchange

_BADNESS = (
    ExchangeStatus.ERROR,
    ExchangeStatus.CUT_OFF,
    ExchangeStatus.TIMED_OUT,
    ExchangeStatus.NOT_SENT,
    ExchangeStatus.WAITING,
    ExchangeStatus.STREAMING,
    ExchangeStatus.CANCELLED,
)
"""From the worst on; nothing is wrong with completed ones."""


@dataclass(frozen=True, slots=True)
class GroupOf:
    """The group that an exchange belongs to."""

    key: str
    title: str


@dataclass(eq=False, slots=True)
class Group:
    """Exchanges that belong together, those that the filter leaves."""

    key: str
    title: str
    members: SortedNumbers
    folded: bool = False
    counts: dict[ExchangeStatus, int] = field(default_factory=dict)
    first_ns: int = -1
    last_ns: int = -1
    first_number: int = 0
    """The earliest of its exchanges, shown or not; groups stand in the order of these."""
    place: int = 0

    @property
    def worst(self) -> ExchangeStatus:
        """The status that deserves a look first."""
        return next((status for status in _BADNESS if self.counts.get(status)), ExchangeStatus.COMPLETED)

    @property
    def rows(self) -> int:
        """How many rows it takes, its heading included."""
        return 1 if self.folded else 1 + len(self.members)

    def count(self, exchange: Exchange, before: ExchangeStatus | None, after: ExchangeStatus | None) -> None:
        """Note that a member's status went from ``before`` (None: it joins) to ``after`` (None: it leaves)."""
        if before is not None:
            self.counts[before] -= 1
        if after is not None:
            self.counts[after] = self.counts.get(after, 0) + 1
            if self.first_ns < 0 or exchange.sent_ns < self.first_ns:
                self.first_ns = exchange.sent_ns
            last = exchange.update_ns[-1] if exchange.update_ns else exchange.sent_ns
            self.last_ns = max(self.last_ns, last, exchange.ended_ns)


@dataclass(frozen=True, slots=True)
class Arrangement:
    """How rows are to be made. ``key`` is what exchanges are sorted by; None for the order of the requests."""

    key: Callable[[Exchange], Any] | None = None
    descending: bool = False
    group_of: Callable[[Exchange], GroupOf] | None = None
    folded: frozenset[str] = frozenset()
    """Keys of groups that are folded; with ``fold_others`` of those that are not."""
    fold_others: bool = False

    def is_folded(self, key: str) -> bool:
        """Whether the group of that key shows its heading alone."""
        return (key in self.folded) != self.fold_others


class ExchangeRows:
    """The rows of the exchanges 1 to ``count``, of those that ``matches`` marks; all of them for None.

    ``matches`` has a byte for each number and is read, never kept up, by this class: :meth:`update` looks again.
    """

    def __init__(
        self, exchanges: Sequence[Exchange], count: int, arrangement: Arrangement, matches: bytearray | None
    ) -> None:
        self._exchanges = exchanges
        self._arrangement = arrangement
        self._matches = matches
        key = arrangement.key
        self._key = None if key is None else lambda number: key(exchanges[number - 1])
        shown = range(1, count + 1) if matches is None else [n for n in range(1, count + 1) if self._wanted(n)]
        self._groups: list[Group] = []
        self._by_key: dict[str, Group] = {}
        self._group_by_number: dict[int, Group] = {}
        self._statuses: dict[int, ExchangeStatus] = {}
        self._starts: list[int] | None = None
        self._first: dict[str, int] = {}
        """The first exchange of each group, shown or not."""
        self._flat = SortedNumbers(self._key, shown if arrangement.group_of is None else ())
        if arrangement.group_of is not None:
            for number in range(1, count + 1):
                self._first.setdefault(self._group_key(number), number)
            by_key: dict[str, list[int]] = {}
            for number in shown:
                by_key.setdefault(self._assign(number).key, []).append(number)
            for group in self._groups:
                group.members = SortedNumbers(self._key, by_key[group.key])

    @property
    def groups(self) -> Sequence[Group]:
        """All groups in the order of their first requests; none where exchanges are not grouped."""
        return self._groups

    @property
    def grouped(self) -> bool:
        """Whether the rows stand in groups."""
        return self._arrangement.group_of is not None

    @property
    def shown(self) -> int:
        """How many exchanges there are, those in folded groups included."""
        return len(self._group_by_number) if self.grouped else len(self._flat)

    @property
    def row_count(self) -> int:
        """Headings included."""
        return self._group_starts()[-1] if self.grouped else len(self._flat)

    def at(self, row: int) -> int | Group:
        """The number of the exchange in a row, or the group whose heading it is."""
        if not self.grouped:
            return self._member(self._flat, row)
        starts = self._group_starts()
        place = bisect.bisect_right(starts, row) - 1
        group = self._ordered(place)
        return group if row == starts[place] else self._member(group.members, row - starts[place] - 1)

    def row_of(self, number: int) -> int:
        """The row of an exchange, or of the heading that it is folded under; -1 when it has none."""
        if not self.grouped:
            return self._member_row(self._flat, number)
        group = self._group_by_number.get(number)
        if group is None:
            return -1
        row = self.row_of_group(group.key)
        return row if group.folded else row + 1 + self._member_row(group.members, number)

    def row_of_group(self, key: str) -> int:
        """The row of a group's heading; -1 when there is no such group."""
        group = self._by_key.get(key)
        if group is None:
            return -1
        place = len(self._groups) - 1 - group.place if self._upside_down else group.place
        return self._group_starts()[place]

    def fold(self, key: str, folded: bool) -> None:
        """Show a group's heading alone, or its exchanges as well."""
        group = self._by_key.get(key)
        if group is not None and group.folded != folded:
            group.folded = folded
            self._starts = None

    def appended(self, changed: Sequence[int], new: Sequence[int]) -> tuple[int, int] | None:
        """First row and count that an update with these numbers adds, if it does nothing else to the rows."""
        if self.grouped or self._key is not None or any(map(self._membership_changes, changed)):
            return None
        count = len(new) if self._matches is None else sum(map(self._wanted, new))
        return (0 if self._arrangement.descending else self.row_count), count

    def stays(self, changed: Sequence[int]) -> bool:
        """Whether none of these, which are not new, has to come, go or move."""
        if any(self._membership_changes(number) for number in changed):
            return False
        for number in changed:
            group = self._group_by_number.get(number)
            if group is not None and self._group_key(number) != group.key:
                return False
            order = self._flat if group is None else group.members
            if number in order and order.is_stale(number):
                return False
        return True

    def update(self, changed: Sequence[int]) -> None:
        """Look again at exchanges that are new or have changed, or whose match has."""
        for number in changed:
            if self.grouped:
                self._update_in_group(number)
            elif not self._membership_changes(number):
                if number in self._flat:
                    self._flat.refresh(number)
            elif self._wanted(number):
                self._flat.add(number)
            else:
                self._flat.remove(number)

    def _update_in_group(self, number: int) -> None:
        group, wanted = self._group_by_number.get(number), self._wanted(number)
        self._first.setdefault(self._group_key(number), number)
        exchange = self._exchanges[number - 1]
        if group is not None and (not wanted or self._group_key(number) != group.key):
            group.members.remove(number)
            group.count(exchange, self._statuses.pop(number), None)
            del self._group_by_number[number]
            if not len(group.members):
                self._drop(group)
            group = None
            self._starts = None
        if not wanted:
            return
        if group is None:
            self._assign(number).members.add(number)
            self._starts = None
        else:
            group.count(exchange, self._statuses[number], exchange.status)
            self._statuses[number] = exchange.status
            group.members.refresh(number)

    def _assign(self, number: int) -> Group:
        """Note which group an exchange is in; the caller adds it to the members."""
        assert self._arrangement.group_of is not None
        exchange = self._exchanges[number - 1]
        told = self._arrangement.group_of(exchange)
        group = self._by_key.get(told.key)
        if group is None:
            folded = self._arrangement.is_folded(told.key)
            first = self._first[told.key]
            group = Group(told.key, told.title, SortedNumbers(self._key), folded, first_number=first)
            self._insert(group)
        self._group_by_number[number] = group
        self._statuses[number] = exchange.status
        group.count(exchange, None, exchange.status)
        return group

    def _insert(self, group: Group) -> None:
        self._by_key[group.key] = group
        place = bisect.bisect_left(self._groups, group.first_number, key=operator.attrgetter("first_number"))
        self._groups.insert(place, group)
        self._number_from(place)

    def _drop(self, group: Group) -> None:
        del self._groups[group.place], self._by_key[group.key]
        self._number_from(group.place)

    def _number_from(self, first: int) -> None:
        for place in range(first, len(self._groups)):
            self._groups[place].place = place

    def _group_key(self, number: int) -> str:
        assert self._arrangement.group_of is not None
        return self._arrangement.group_of(self._exchanges[number - 1]).key

    def _wanted(self, number: int) -> bool:
        return self._matches is None or (number < len(self._matches) and self._matches[number] == 1)

    def _membership_changes(self, number: int) -> bool:
        here = number in self._group_by_number if self.grouped else number in self._flat
        return here != self._wanted(number)

    @property
    def _upside_down(self) -> bool:
        """Groups stand by their first requests; the newest one first, where requests are sorted so."""
        return self._arrangement.descending and self._key is None

    def _ordered(self, place: int) -> Group:
        return self._groups[-1 - place if self._upside_down else place]

    def _group_starts(self) -> list[int]:
        """The row of each group in the order on show, and the count of rows at the end."""
        if self._starts is None:
            groups = reversed(self._groups) if self._upside_down else iter(self._groups)
            self._starts = list(itertools.accumulate((group.rows for group in groups), initial=0))
        return self._starts

    def _member(self, order: SortedNumbers, row: int) -> int:
        return order.at(len(order) - 1 - row if self._arrangement.descending else row)

    def _member_row(self, order: SortedNumbers, number: int) -> int:
        place = order.place(number)
        return len(order) - 1 - place if self._arrangement.descending and place >= 0 else place
