"""Numbers with units, as a query writes them: ``10kB``, ``2.5s``, ``1011``."""

from __future__ import annotations

import math
import re
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from .errors import ValueProblem

if TYPE_CHECKING:
    from collections.abc import Mapping

SIZE_UNITS: Mapping[str, int] = {
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
}
"""Bytes."""
DURATION_UNITS: Mapping[str, int] = {
    "ns": 1,
    "us": 1000,
    "µs": 1000,
    "ms": 1000**2,
    "s": 1000**3,
    "min": 60 * 1000**3,
    "h": 3600 * 1000**3,
}
"""Nanoseconds."""

_NUMBER = re.compile(r"([0-9]{1,30})(?:\.([0-9]{1,30}))?(.*)", re.ASCII | re.DOTALL)


class Span(NamedTuple):
    """What a value means: from ``exact`` on, up to but not including ``beyond``, for it is as precise as written."""

    exact: Fraction
    beyond: Fraction


def read_quantity(text: str, noun: str, units: Mapping[str, int], example: str) -> Span:
    """A number with one of ``units``; without one where there are none, and where bytes are the unit.

    Raises :class:`ValueProblem`, which calls the value a ``noun``.
    """
    match = _NUMBER.fullmatch(text)
    if match is None or ((match[2] or match[3]) and not units):
        raise ValueProblem(f"“{text}” is no {noun}.", f"Write it like {example}.")
    factors = {"": 1} if not units or "B" in units else {}
    factors |= {name.lower(): factor for name, factor in units.items()}
    factor = factors.get(match[3].lower().replace("μ", "µ"))
    if factor is None:
        hint = f"Units are {', '.join(units)}; write it like {example}."
        if match[3]:
            raise ValueProblem(f"“{match[3]}” is no unit that is known here.", hint, match.start(3))
        raise ValueProblem(f"“{text}” needs a unit.", hint)
    fraction = match[2] or ""
    value, step = Fraction(int(match[1] + fraction), 10 ** len(fraction)), Fraction(1, 10 ** len(fraction))
    return Span(value * factor, (value + step) * factor)


def limits(operator: str, span: Span) -> tuple[int | None, int | None]:
    """The whole numbers from and to which the comparison with ``span`` holds, both included; None for no limit.

    ``:`` holds for what would be written like the value: for ``2s`` all from 2 s up to 3 s; ``=`` for the value alone.
    """
    exact = span.exact
    if operator == ":":
        return math.ceil(exact), math.ceil(span.beyond) - 1
    if operator == "=":
        return math.ceil(exact), math.floor(exact)
    if operator == "<":
        return None, math.ceil(exact) - 1
    if operator == "<=":
        return None, math.floor(exact)
    return (math.floor(exact) + 1, None) if operator == ">" else (math.ceil(exact), None)
