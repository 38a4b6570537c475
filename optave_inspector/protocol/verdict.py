"""What a check says: a verdict with its findings, each at a JSON path."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .read_json import json_text, without_surrogates

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)

Step = str | int


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check found."""

    path: str
    """JSON path such as ``$.payload.request.scope.conversations[0]``; a missing property is reported at its parent."""
    rule: str
    """The rule's name: a JSON Schema keyword (``required``, ``type``, ``enum`` …) or a name of our own."""
    sentence: str
    """What is wrong and what would be right."""
    quirk: str = ""
    """Where the rule itself is odd, a sentence on that."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome of one check."""

    name: str
    """What was checked against, for people."""
    valid: bool
    findings: tuple[Finding, ...] = ()
    """What makes it invalid, sorted by path, none twice."""
    notes: tuple[Finding, ...] = ()
    """What passes and still deserves a look: each has a quirk."""


def json_path(steps: Iterable[Step]) -> str:
    """The JSON path of ``steps`` (RFC 9535): property names and array indexes from the root."""
    return "$" + "".join(_step(step) for step in steps)


def _step(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    return f".{step}" if _NAME.fullmatch(step) else f"[{json_text(step)}]"


def in_order(findings: Iterable[tuple[Sequence[Step], Finding]]) -> tuple[Finding, ...]:
    """The findings sorted by the steps of their paths, array indexes as numbers, each once."""
    ranked = sorted(findings, key=lambda pair: ([_rank(step) for step in pair[0]], pair[1].rule, pair[1].sentence))
    return tuple(dict.fromkeys(finding for _, finding in ranked))


def _rank(step: Step) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, without_surrogates(step))
