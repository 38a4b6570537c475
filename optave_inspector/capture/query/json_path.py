"""Paths into a JSON value: ``$.payload.results[0].text``, ``headers.correlationId``, ``$["odd name"][*]``."""

from __future__ import annotations

import json
import re
from enum import Enum
from typing import TYPE_CHECKING, Any

from .errors import ValueProblem
from .quoting import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Wildcard(Enum):
    """In place of a name or an index."""

    EVERY = "*"
    """Every element of an array, every member of an object."""


EVERY = Wildcard.EVERY

Step = str | int | Wildcard
"""A member's name, an element's index (negative: from the end), or all of them."""

_MOST_STEPS = 64
_NAME = r"[^\s()\"\[\]:=<>.]+"
_STEP = re.compile(
    rf"""\.(?P<name>{_NAME}) | \[(?P<index>-?\d{{1,9}})\] | (?P<every>\[\*\]) | \[(?P<quoted>"(?:[^"\\]|\\.)*")\]""",
    re.VERBOSE | re.DOTALL,
)
_PLAIN_NAME = re.compile(_NAME)
_PLAIN_START = re.compile(r"[^\W\d][\w-]*")


def parse_path(text: str) -> tuple[Step, ...]:
    """The steps of a path. Raises :class:`ValueProblem`, with the place of what cannot be read."""
    if text.startswith("$") and text[1:2] in ("", ".", "["):
        rest = text[1:]
    else:
        rest = text if text.startswith("[") else f".{text}"
    before = len(text) - len(rest)
    steps: list[Step] = []
    place = 0
    while place < len(rest):
        match = _STEP.match(rest, place)
        start = max(0, place + before)
        if match is None:
            left = text[start:]
            raise ValueProblem(
                "The path ends with a dot." if left == "." else f"The path cannot be read from “{left}” on.",
                'Write it like payload.results[0].text, with [*] for every element and ["a name"] for odd names.',
                start,
            )
        if len(steps) == _MOST_STEPS:
            raise ValueProblem(f"A path has at most {_MOST_STEPS} steps.", "", start)
        steps.append(_step(match, start))
        place = match.end()
    return tuple(steps)


def _step(match: re.Match[str], start: int) -> Step:
    if match["name"] is not None:
        return EVERY if match["name"] == "*" else match["name"]
    if match["index"] is not None:
        return int(match["index"])
    if match["every"] is not None:
        return EVERY
    try:
        name: str = json.loads(match["quoted"], strict=False)
    except ValueError:
        raise ValueProblem(
            f"{match['quoted']} is no string as JSON writes it.",
            r"Write \\ for a backslash.",
            start + 1,
            start + 1 + len(match["quoted"]),
        ) from None
    return name


def path_text(steps: Sequence[Step]) -> str:
    """The path as a query writes it, to be read by :func:`parse_path`.

    It begins with ``$`` where it would else be taken for a key or a word.
    """
    text = "".join(_step_text(step) for step in steps)
    if len(steps) > 1 and isinstance(steps[0], str) and _PLAIN_START.fullmatch(steps[0]):
        return text[1:]
    return f"${text}"


def _step_text(step: Step) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if step is EVERY:
        return "[*]"
    name = str(step)
    return f".{name}" if _PLAIN_NAME.fullmatch(name) and name.isprintable() and name != "*" else f"[{quoted(name)}]"


def values_at(value: Any, steps: Sequence[Step]) -> Iterator[Any]:
    """What stands at the path; nothing where it leads nowhere."""
    found: Iterator[Any] = iter((value,))
    for step in steps:
        found = _into(found, step)
    return found


def _into(values: Iterator[Any], step: Step) -> Iterator[Any]:
    for value in values:
        if step is EVERY:
            if isinstance(value, list):
                yield from value
            elif isinstance(value, dict):
                yield from value.values()
        elif isinstance(step, int):
            if isinstance(value, list) and -len(value) <= step < len(value):
                yield value[step]
        elif isinstance(value, dict) and step in value:
            yield value[step]
