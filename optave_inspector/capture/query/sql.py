"""Pieces of SQL with their parameters, and how two-sided estimates of a verdict combine.

SQLite cannot judge everything: regular expressions and JSON fields are read in Python. So each part of a query gives
two conditions: ``sure`` implies that the part holds, and whatever holds fulfils ``maybe``. Where both are the same, the
verdict is SQLite's; what lies between is left to Python.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .local_time import LocalTime

Parameter = int | str | bytes


class Sql(NamedTuple):
    """A condition over ``entries AS e`` and ``payloads AS p``, with the values of its question marks."""

    text: str
    parameters: tuple[Parameter, ...] = ()


TRUE = Sql("1")
FALSE = Sql("0")


def all_of(parts: Iterable[Sql]) -> Sql:
    """The conjunction."""
    kept = list(dict.fromkeys(part for part in parts if part != TRUE))
    return FALSE if FALSE in kept else _joined(" AND ", kept) if kept else TRUE


def any_of(parts: Iterable[Sql]) -> Sql:
    """The disjunction."""
    kept = list(dict.fromkeys(part for part in parts if part != FALSE))
    return TRUE if TRUE in kept else _joined(" OR ", kept) if kept else FALSE


def none_of(part: Sql) -> Sql:
    """The negation."""
    if part == TRUE:
        return FALSE
    return TRUE if part == FALSE else Sql(f"(NOT {part.text})", part.parameters)


def _joined(word: str, parts: Sequence[Sql]) -> Sql:
    if len(parts) == 1:
        return parts[0]
    return Sql(
        f"({word.join(part.text for part in parts)})", tuple(value for part in parts for value in part.parameters)
    )


class Bounds(NamedTuple):
    """What SQLite can say about a verdict."""

    sure: Sql
    maybe: Sql

    @property
    def exact(self) -> bool:
        """Whether SQLite's word is the last."""
        return self.sure == self.maybe


def exactly(condition: Sql) -> Bounds:
    """The bounds of what SQLite judges alone."""
    return Bounds(condition, condition)


UNKNOWN = Bounds(FALSE, TRUE)


class Context(NamedTuple):
    """What the conditions depend on besides the query."""

    local_time: LocalTime
    bookmarked: frozenset[int] = frozenset()
    payloads: bool = True
    """Whether the payloads can be asked at all; without them their part of the query is unknown."""
    whole: bool = True
    """Whether every payload in question is stored in one part (see :data:`~..schema.PART_BYTES`)."""
