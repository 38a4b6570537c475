"""Which members of a JSON text a path means: ``$.payload.request.userId``, ``payload.items[*].mail``, ``$..phone``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..errors import InspectorError

_STEP = re.compile(
    r"""(?P<deep>\.\.)?(?:
        \.?(?P<name>[^.\[\]'"*\s]+) | \.?(?P<any>\*) |
        \[\s*(?: (?P<index>\d{1,18}) | (?P<all>\*) | '(?P<single>[^']*)' | "(?P<double>[^"]*)" )\s*\]
    )""",
    re.VERBOSE,
)
_ANY = object()

States = frozenset[tuple[int, int]]
"""How far each path has come on the way to a member: numbers of paths and of steps taken."""


class PathError(InspectorError):
    """A JSON path that makes no sense."""


@dataclass(frozen=True, slots=True)
class _Step:
    key: object
    """Name, index, or any."""
    deep: bool
    """It may stand at any depth."""


class JsonPaths:
    """Some paths, followed together while a text is scanned.

    Begin with :attr:`start`; :meth:`enter` tells what a member's states are, :meth:`reached` whether it, and so
    everything in it, is meant. Raises :class:`PathError` for a path that makes no sense.
    """

    def __init__(self, paths: tuple[str, ...]) -> None:
        self._paths = [_parsed(path) for path in paths]
        self.start: States = frozenset((number, 0) for number in range(len(paths)))

    def enter(self, states: States, key: str | int) -> States:
        """The states of the member ``key`` of something that has ``states``."""
        found = set()
        for number, taken in states:
            if taken == len(self._paths[number]):
                continue
            step = self._paths[number][taken]
            if step.deep:
                found.add((number, taken))
            if step.key is _ANY or step.key == key:
                found.add((number, taken + 1))
        return frozenset(found)

    def reached(self, states: States) -> bool:
        """Whether one of the paths ends here."""
        return any(taken == len(self._paths[number]) for number, taken in states)


def _parsed(path: str) -> list[_Step]:
    text = path.strip()
    at = 1 if text.startswith("$") else 0
    steps = []
    while at < len(text):
        step = _STEP.match(text, at)
        if step is None or (at == 0 and text[0] == ".") or (at == 1 and text[:1] == "$" and text[1] not in ".["):
            raise PathError(
                f"The JSON path {path} cannot be read from {text[at : at + 20]!r} on.",
                "Write it like $.payload.request.userId, $.items[*].mail or $..phone.",
            )
        steps.append(_Step(_key(step), bool(step["deep"])))
        at = step.end()
    if not steps:
        raise PathError(f"The JSON path {path!r} names nothing.", "Write it like $.payload.request.userId.")
    return steps


def _key(step: re.Match[str]) -> object:
    if step["any"] or step["all"]:
        return _ANY
    if step["index"] is not None:
        return int(step["index"])
    return next(text for text in (step["name"], step["single"], step["double"]) if text is not None)
