"""Likely causes of an ending or a refusal, ranked. None is a verdict."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import ending_rules, failure_causes, message_rules, refusal_rules, time_rules, token_rules

if TYPE_CHECKING:
    from .case import Case
    from .cause import Cause

_AFTER_AN_END = (*ending_rules.RULES, *token_rules.RULES, *message_rules.RULES, *time_rules.RULES)
_AFTER_A_REFUSAL = (*token_rules.RULES, *refusal_rules.RULES)


def causes_of(case: Case) -> tuple[Cause, ...]:
    """What may have led to the end, best fit first and else in the order of the rules; empty where nothing points."""
    rules = _AFTER_AN_END if case.ending is not None else _AFTER_A_REFUSAL
    found = [cause for rule in rules if (cause := rule(case)) is not None]
    if case.ending is None:
        found += failure_causes.by_kind(case)
    return tuple(sorted(found, key=lambda cause: -cause.fit))
