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


def read_quantity(text: str, units: Mapping[str, int], example: str) -> Span:
    """A number with one of ``units``, or without any where ``units`` is empty or has a unit of 1 named ``B``."""
    match = _NUMBER.fullmatch(text)
    if match is None or (match[2] is not None and not units):
        raise ValueProblem(f"“{text}” is no {'number' if units else 'whole number'}.", f"Write it like {example}.")
    whole, fraction, unit_text = match.groups()
    unit_text = unit_text.lower().replace("μ", "µ")
    factors = {name.lower(): factor for name, factor in units.items()}
    if not units or "b" in factors:
        factors[""] = 1
    if unit_text not in factors:
        known = ", ".join(units)
        if not unit_text:
            sentence = f"“{text}” needs a unit."
        elif units:
            sentence = f"“{match[3]}” is no unit that is known here."
        else:
            raise ValueProblem(f"“{text}” is no whole number.", f"Write it like {example}.")
        raise ValueProblem(
            sentence, f"Units are {known}; write it like {example}.", 0 if not unit_text else match.start(3)
        )
    factor = factors[unit_text]
    digits = len(fraction or "")
    value = Fraction(int(whole + (fraction or "")), 10**digits)
    return Span(value * factor, (value + Fraction(1, 10**digits)) * factor)


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
