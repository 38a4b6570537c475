"""Conditions on the fields of an entry, which SQLite judges alone."""

from __future__ import annotations

import json
import operator
from typing import TYPE_CHECKING

from .condition import Cost
from .local_time import DAY_NS, time_of_day_ns
from .sql import FALSE, TRUE, Bounds, Context, Sql, all_of, any_of, exactly

if TYPE_CHECKING:
    from .judged import Judged
    from .needle import Needle

_INT64 = 2**63


class InRange:
    """A whole number between two limits, both included; None for no limit."""

    cost = Cost.NUMBER
    reads_entry = True

    def __init__(self, column: str, low: int | None, high: int | None) -> None:
        self._column = column
        self._value = operator.attrgetter(column)
        self._low = -_INT64 if low is None else max(low, -_INT64)
        self._high = _INT64 - 1 if high is None else min(high, _INT64 - 1)

    def bounds(self, _context: Context) -> Bounds:
        """A comparison."""
        if self._low > self._high:
            return exactly(FALSE)
        if self._low == self._high:
            return exactly(Sql(f"e.{self._column} = ?", (self._low,)))
        low = TRUE if self._low == -_INT64 else Sql(f"e.{self._column} >= ?", (self._low,))
        high = TRUE if self._high == _INT64 - 1 else Sql(f"e.{self._column} <= ?", (self._high,))
        return exactly(all_of([low, high]))

    def holds(self, judged: Judged) -> bool:
        """A comparison."""
        return bool(self._low <= self._value(judged.entry) <= self._high)


class OneOf:
    """A number out of a few."""

    cost = Cost.NUMBER
    reads_entry = True

    def __init__(self, column: str, values: tuple[int, ...]) -> None:
        self._column = column
        self._value = operator.attrgetter(column)
        self._values = values

    def bounds(self, _context: Context) -> Bounds:
        """A list."""
        return exactly(Sql(f"e.{self._column} IN ({', '.join('?' * len(self._values))})", self._values))

    def holds(self, judged: Judged) -> bool:
        """Membership."""
        return self._value(judged.entry) in self._values


class HasFlag:
    """A mark of the entry (:class:`~..entry.EntryFlag`)."""

    cost = Cost.NUMBER
    reads_entry = True

    def __init__(self, flag: int) -> None:
        self._flag = flag

    def bounds(self, _context: Context) -> Bounds:
        """A bit."""
        return exactly(Sql("(e.flags & ?) <> 0", (self._flag,)))

    def holds(self, judged: Judged) -> bool:
        """A bit."""
        return bool(judged.entry.flags & self._flag)


class IsBookmarked:
    """The entry is among those that the asker named."""

    cost = Cost.NUMBER
    reads_entry = True

    def bounds(self, context: Context) -> Bounds:
        """A list, as one parameter."""
        if not context.bookmarked:
            return exactly(FALSE)
        listed = json.dumps(sorted(context.bookmarked))
        return exactly(Sql("e.number IN (SELECT value FROM json_each(?))", (listed,)))

    def holds(self, judged: Judged) -> bool:
        """Membership."""
        return judged.entry.number in judged.bookmarked


class TimeOfDay:
    """The local time of day, in nanoseconds since midnight, between two limits, both included."""

    cost = Cost.NUMBER
    reads_entry = True

    def __init__(self, low: int, high: int) -> None:
        self._low = low
        self._high = high

    def bounds(self, context: Context) -> Bounds:
        """Exact within a year of the capture's beginning; who captured longer is judged in Python."""
        *before, last = context.local_time.periods
        start, end = (before or [last])[0].start_ns, last.end_ns
        ahead, values = "?", [last.offset_ns]
        if before:
            ahead = f"CASE {'WHEN e.wall_ns < ? THEN ? ' * len(before)}ELSE ? END"
            values = [value for period in before for value in (period.end_ns, period.offset_ns)] + values
        known = Sql(
            f"(e.wall_ns >= ? AND e.wall_ns < ?"
            f" AND ((e.wall_ns + {ahead}) % {DAY_NS} + {DAY_NS}) % {DAY_NS} BETWEEN ? AND ?)",
            (start, end, *values, self._low, self._high),
        )
        return Bounds(known, any_of([known, Sql("(e.wall_ns < ? OR e.wall_ns >= ?)", (start, end))]))

    def holds(self, judged: Judged) -> bool:
        """A comparison."""
        return self._low <= time_of_day_ns(judged.entry.wall_ns) <= self._high


class FieldIs:
    """A text field equals a text, to the letter or in any case (of ASCII letters)."""

    cost = Cost.FIELD
    reads_entry = True

    def __init__(self, column: str, text: str, *, any_case: bool) -> None:
        self._column = column
        self._field = operator.attrgetter(column)
        self._any_case = any_case
        self._wanted = _stored(text, any_case=any_case)

    def bounds(self, _context: Context) -> Bounds:
        """An equation."""
        wanted = self._wanted.decode()
        if not self._any_case:
            return exactly(Sql(f"e.{self._column} = ?", (wanted,)))
        return exactly(
            # The collation is cheap, but stops at zero characters.
            Sql(f"(e.{self._column} = ? COLLATE NOCASE AND lower(e.{self._column}) = ?)", (wanted, wanted))
        )

    def holds(self, judged: Judged) -> bool:
        """An equation."""
        return _stored(self._field(judged.entry), any_case=self._any_case) == self._wanted


class FieldHolds:
    """A text field contains a text, in any case."""

    cost = Cost.FIELD
    reads_entry = True

    def __init__(self, column: str, needle: Needle) -> None:
        self._column = column
        self._field = operator.attrgetter(column)
        self._needle = needle

    def bounds(self, _context: Context) -> Bounds:
        """A pattern."""
        return self._needle.field_bounds(self._column)

    def holds(self, judged: Judged) -> bool:
        """A search."""
        return self._needle.in_field(self._field(judged.entry))


class FieldGiven:
    """A text field is not empty."""

    cost = Cost.FIELD
    reads_entry = True

    def __init__(self, column: str) -> None:
        self._column = column
        self._field = operator.attrgetter(column)

    def bounds(self, _context: Context) -> Bounds:
        """A comparison."""
        return exactly(Sql(f"e.{self._column} <> ''"))

    def holds(self, judged: Judged) -> bool:
        """A comparison."""
        return bool(self._field(judged.entry))


def _stored(text: str, *, any_case: bool) -> bytes:
    """The text as the store keeps it: with question marks for lone surrogates."""
    stored = text.encode("utf-8", "replace")
    return stored.lower() if any_case else stored
