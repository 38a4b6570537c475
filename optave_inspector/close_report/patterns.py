"""What a session's endings have in common: always after the same silence, at the same age, after the same action."""

from __future__ import annotations

import statistics
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .words import capital, spoken_duration

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .case import Case

_FEWEST = 3
_SHARE = 0.05
_LEAST_NS = 10**9
_TOO_SHORT_NS = 10 * 10**9
"""Shorter spans are alike by nature: there is no time-out to be seen in them."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """One sentence about several attempts."""

    words: str
    tight: bool = False
    """It holds for all of them, so closely that it is no accident of a few."""


def patterns_of(cases: Sequence[Case]) -> tuple[Pattern, ...]:
    """What ``cases`` of one session have in common; those that the user ended are left out. Empty for fewer than 3."""
    ended = [case for case in cases if case.ending is not None and not case.ending.by_user]
    found: list[Pattern] = []
    if len(ended) >= _FEWEST:
        found += _spread("idle before the end", [case.idle_ns for case in ended])
        found += _spread("connected", [case.connected_ns for case in ended])
        found += _shared("ended with", [str(case.code) for case in ended])
        found += _shared("ended after the action", [_action(case) for case in ended])
    refused = [str(case.status) for case in cases if case.status is not None]
    if len(refused) >= _FEWEST:
        found += _shared("were refused with HTTP", refused)
    return tuple(found)


def _spread(what: str, spans: Sequence[int | None]) -> list[Pattern]:
    known = sorted(span for span in spans if span is not None)
    if len(known) < _FEWEST:
        return []
    middle = int(statistics.median(known))
    tight = middle >= _TOO_SHORT_NS and known[-1] - known[0] <= max(_LEAST_NS, middle * _SHARE)
    first = f"always {what} for about the same time" if tight else f"{what} for"
    spread = f"{spoken_duration(known[0])} to {spoken_duration(known[-1])}, median {spoken_duration(middle)}"
    return [Pattern(f"{capital(first)}: {spread} ({len(known)} attempts).", tight)]


def _shared(what: str, values: Sequence[str]) -> list[Pattern]:
    (value, count), *_ = Counter(values).most_common(1)
    if not value or count < _FEWEST or count < len(values):
        return []
    return [Pattern(f"All {count} attempts {what} {value}.", tight=True)]


def _action(case: Case) -> str:
    return case.last_sent.action if case.last_sent is not None else ""
