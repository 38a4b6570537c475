"""Conditions on payloads: text anywhere, regular expressions, JSON fields."""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from ...protocol.codec import read_json
from .condition import Cost
from .json_path import Step, values_at
from .judged import UNREADABLE
from .needle import Needle, may_be_in_json, payload_holds
from .sql import FALSE, UNKNOWN, Bounds, Context, Sql, all_of, any_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .judged import Judged

PATTERN_BYTES = 256 * 1024
"""How much of a payload a regular expression sees; twice what Optave lets a message have."""

_FIELDS = ("action", "state", "correlation_id", "summary")
_LITERAL = re.compile(r"true|false|null|NaN|-?Infinity|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?", re.ASCII)
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


def is_literal(text: str) -> bool:
    """Whether a value without quotes means something else than a string: true, false, null, a number."""
    return _LITERAL.fullmatch(text) is not None


class FreeText:
    """The text is anywhere in the payload, or in action, state, correlation ID or summary."""

    cost = Cost.PAYLOAD
    reads_entry = True

    def __init__(self, text: str) -> None:
        self._needle = Needle(text)

    def bounds(self, context: Context) -> Bounds:
        """Patterns."""
        payload = self._needle.payload_bounds(context)
        fields = self._needle.field_bounds(*_FIELDS)
        return Bounds(any_of([fields.sure, payload.sure]), any_of([fields.maybe, payload.maybe]))

    def holds(self, judged: Judged) -> bool:
        """A search."""
        entry, needle = judged.entry, self._needle
        fields = (entry.action, entry.state, entry.correlation_id, entry.summary)
        return any(map(needle.in_field, fields)) or needle.in_payload(judged)


class PatternMatches:
    """A regular expression matches somewhere in the first 256 KiB of the payload's text."""

    cost = Cost.PATTERN
    reads_entry = False

    def __init__(self, pattern: re.Pattern[str], required: str) -> None:
        self._pattern = pattern
        self._required = required

    def bounds(self, context: Context) -> Bounds:
        """SQLite looks for the part of the pattern that every match holds, if there is one."""
        if not context.payloads or not self._required:
            return UNKNOWN
        return Bounds(FALSE, any_of([Sql("NOT p.plain"), payload_holds(self._required)]))

    def holds(self, judged: Judged) -> bool:
        """A search."""
        return self._pattern.search(judged.text(PATTERN_BYTES)) is not None


class AtPath:
    """What stands at a path of the payload's JSON, compared as JSON; any of the values where the path names several.

    ``:`` finds a text inside strings, ``=`` wants the very string. Without quotes, true, false, null and numbers mean
    these values; ``:`` finds them in strings as well. Order is that of numbers, or that of strings by code point.
    ``:*`` holds where anything stands there.
    """

    cost = Cost.JSON
    reads_entry = False

    def __init__(self, steps: Sequence[Step], compare: str, text: str, *, quoted: bool) -> None:
        self._steps = steps
        names = [step for step in steps if isinstance(step, str)]
        self._names = names if len(names) == len(steps) else None
        self._last_name = names[-1] if names else None
        self._compare = compare
        self._text = text
        self._exists = compare == ":" and text == "*" and not quoted
        self._wanted: Any = text
        """The JSON value that is wanted."""
        if not quoted and is_literal(text):
            value = read_json(text).value
            if compare not in _ORDER or _is_number(value):
                self._wanted = value
        self._fits = self._test(Needle(text) if compare == ":" else None)

    def bounds(self, context: Context) -> Bounds:
        """SQLite looks for the last name and for the value, as far as these can be written in one way only."""
        if not context.payloads:
            return UNKNOWN
        # A zero byte is nowhere legal in JSON, and no payload in parts is read.
        parts = [Sql("p.plain")]
        if self._last_name is not None:
            parts.append(may_be_in_json(self._last_name))
        if not self._exists and self._compare not in _ORDER and not _is_number(self._wanted):
            # A constant is always written in the same way; within a string it may be written in others.
            constant = self._compare == "=" and not isinstance(self._wanted, str)
            parts.append(payload_holds(self._text) if constant else may_be_in_json(self._text))
        return Bounds(FALSE, all_of(parts))

    def holds(self, judged: Judged) -> bool:
        """Decodes the payload."""
        value = judged.json()
        if value is UNREADABLE:
            return False
        if self._names is None:
            return any(map(self._fits, values_at(value, self._steps)))
        for name in self._names:
            if type(value) is not dict or name not in value:
                return False
            value = value[name]
        return self._fits(value)

    def _test(self, needle: Needle | None) -> Callable[[Any], bool]:
        """What a value at the path has to fulfil."""
        wanted, order = self._wanted, _ORDER.get(self._compare)
        if self._exists:
            return lambda _value: True
        if needle is not None:
            return lambda value: needle.in_text(value) if type(value) is str else _same(value, wanted)
        if order is None:
            return lambda value: _same(value, wanted)
        if isinstance(wanted, str):
            return lambda value: type(value) is str and order(value, wanted)
        return lambda value: (type(value) is int or type(value) is float) and order(value, wanted)


def _same(value: Any, wanted: Any) -> bool:
    """Equality of JSON's plain values: numbers by value, and nothing equals what is of another type."""
    if _is_number(value) and _is_number(wanted):
        return bool(value == wanted) or (value != value and wanted != wanted)
    return type(value) is type(wanted) and not isinstance(value, list | dict) and bool(value == wanted)


def _is_number(value: Any) -> bool:
    return type(value) is int or type(value) is float
