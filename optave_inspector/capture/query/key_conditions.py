"""What ``key operator value`` asks for."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from .errors import ValueProblem
from .field_conditions import FieldGiven, FieldHolds, FieldIs, HasFlag, InRange, IsBookmarked, OneOf, TimeOfDay
from .local_time import DAY_NS
from .moments import read_moment
from .needle import Needle
from .quantities import DURATION_UNITS, SIZE_UNITS, limits, read_quantity
from .terms import BOOKMARKED, FRAGMENTED, Key, ValueKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from .condition import Condition

NONE = "none"
ANY = "*"

_UNITS: dict[ValueKind, tuple[str, Mapping[str, int]]] = {
    ValueKind.SIZE: ("size", SIZE_UNITS),
    ValueKind.DURATION: ("duration", DURATION_UNITS),
    ValueKind.NUMBER: ("whole number", {}),
}
_Limits = tuple[int | None, int | None]


def key_condition(key: Key, operator: str, value: str, *, quoted: bool) -> Condition:
    """The condition. Raises :class:`ValueProblem`, with places in ``value``."""
    if key.kind is ValueKind.CHOICE:
        return _choice(key, value)
    if key.kind in (ValueKind.WORD, ValueKind.PART):
        return _field(key, operator, value, quoted=quoted)
    if key.none is not None and operator in (":", "=") and value.lower() == NONE:
        return InRange(key.column, key.none, key.none)
    if key.kind is ValueKind.TIME:
        return _time(key, operator, value)
    low, high = limits(operator, read_quantity(value, *_UNITS[key.kind], key.example))
    if key.none is not None and not _asks_for_none(key, operator, low):
        low = key.none + 1 if low is None else max(low, key.none + 1)
    return InRange(key.column, low, high)


def _asks_for_none(key: Key, operator: str, low: int | None) -> bool:
    return operator in (":", "=") and low == key.none


def _choice(key: Key, word: str) -> Condition:
    choice = key.choice(word)
    if choice is None:
        words = [choice.word for choice in key.choices]
        near = difflib.get_close_matches(word.lower(), words, 1)
        guess = f"Did you mean {near[0]}? " if near else ""
        raise ValueProblem(f"{key.name} is never “{word}”.", f"{guess}It is one of {', '.join(words)}.")
    if choice.word == BOOKMARKED:
        return IsBookmarked()
    if choice.word == FRAGMENTED:
        return InRange("frames", 2, None)
    return HasFlag(choice.values[0]) if key.column == "flags" else OneOf(key.column, choice.values)


def _field(key: Key, operator: str, value: str, *, quoted: bool) -> Condition:
    if operator == "=":
        return FieldIs(key.column, value, any_case=False)
    if value == ANY and not quoted:
        return FieldGiven(key.column)
    if not value:
        raise ValueProblem(
            "Nothing stands between the quotes.",
            f'Write {key.name}="" for entries without, {key.name}:* for those with.',
        )
    if key.kind is ValueKind.WORD:
        return FieldIs(key.column, value, any_case=True)
    return FieldHolds(key.column, Needle(value))


def _time(key: Key, operator: str, value: str) -> Condition:
    moment = read_moment(value)
    first, last = moment.first_ns, moment.last_ns
    by_operator: dict[str, _Limits] = {
        ":": (first, last),
        "=": (first, first),
        "<": (None, first - 1),
        "<=": (None, first),
        ">": (first + 1, None),
        ">=": (first, None),
    }
    low, high = by_operator[operator]
    if moment.of_day:
        return TimeOfDay(0 if low is None else low, DAY_NS - 1 if high is None else high)
    return InRange(key.column, low, high)
