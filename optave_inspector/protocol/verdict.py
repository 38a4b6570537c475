"""What a check says: a verdict with its findings, each at a JSON path."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .json_path import Step, json_path
from .read_json import without_surrogates


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
    """What passes and still deserves a look."""


Located = tuple[Sequence[Step], Finding]
"""A finding with the steps of its path, by which findings are sorted."""


def located(steps: Sequence[Step], rule: str, sentence: str, quirk: str = "") -> Located:
    """A finding at ``steps``."""
    return steps, Finding(json_path(steps), rule, sentence, quirk)


def in_order(findings: Iterable[Located]) -> tuple[Finding, ...]:
    """The findings sorted by the steps of their paths, array indexes as numbers, each once."""
    ranked = sorted(findings, key=lambda pair: ([_rank(step) for step in pair[0]], pair[1].rule, pair[1].sentence))
    return tuple(dict.fromkeys(finding for _, finding in ranked))


def _rank(step: Step) -> tuple[int, str]:
    return (step, "") if isinstance(step, int) else (-1, without_surrogates(step))
