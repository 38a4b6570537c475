"""The members of one object or array in a JSON text, and the way down to a value, passing over all else quickly.

For long texts of which a few places matter: what lies beside the way is skipped by the standard library's scanner,
some hundred times quicker than :func:`~optave_inspector.compose.positions.read_positions` reads it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from json.decoder import scanstring  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from .positions import Span, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_SPACE = re.compile(r"[ \t\n\r]*")


class NotJsonError(ValueError):
    """The text is no JSON, or nested too deeply to be read."""


@dataclass(frozen=True, slots=True)
class Member:
    """One value of an object or array. ``start`` is where its key begins, or the value itself in an array."""

    step: Step
    start: int
    key_end: int
    """As ``start`` in an array."""
    value: Span


@dataclass(frozen=True, slots=True)
class Container:
    """An object or array: from its opening bracket up to, not including, ``end``."""

    start: int
    end: int
    is_object: bool
    members: tuple[Member, ...]

    def member(self, step: Step) -> Member | None:
        """The member at ``step``: of duplicate keys the last, as in JSON.parse; None where there is none."""
        if isinstance(step, int):
            inside = not self.is_object and 0 <= step < len(self.members)
            return self.members[step] if inside else None
        return next((one for one in reversed(self.members) if one.step == step), None)


def root_start(text: str) -> int:
    """Where the text's value begins."""
    return _skip_space(text, 0)


def is_container(text: str, start: int) -> bool:
    """Whether an object or array begins there."""
    return text[start : start + 1] in ("{", "[")


def read_container(text: str, start: int) -> Container:
    """The object or array that begins at ``start``. Raises NotJsonError where it is not sound."""
    is_object = text[start] == "{"
    closing = "}" if is_object else "]"
    members: list[Member] = []
    at = _skip_space(text, start + 1)
    while text[at : at + 1] != closing:
        if members:
            if text[at : at + 1] != ",":
                raise NotJsonError
            at = _skip_space(text, at + 1)
        step: Step = len(members)
        begin = key_end = at
        if is_object:
            step, key_end = _key(text, at)
            at = _skip_space(text, key_end)
            if text[at : at + 1] != ":":
                raise NotJsonError
            at = _skip_space(text, at + 1)
        end = _value_end(text, at)
        members.append(Member(step, begin, key_end, Span(at, end)))
        at = _skip_space(text, end)
    return Container(start, at + 1, is_object, tuple(members))


def spots(text: str, paths: Iterable[tuple[Step, ...]]) -> Iterator[tuple[tuple[Step, ...], Span]]:
    """What to show for each path: a member's key, an item's value or its bracket; of its nearest parent where it lacks.

    The text must be JSON; the paths are walked together, so that each container on the way is read once.
    """
    yield from _spots(text, root_start(text), (), sorted(set(paths), key=_order), None)


def _order(path: tuple[Step, ...]) -> tuple[tuple[str, str | int], ...]:
    return tuple((type(step).__name__, step) for step in path)


def _spots(
    text: str, start: int, here: tuple[Step, ...], paths: list[tuple[Step, ...]], key: Span | None
) -> Iterator[tuple[tuple[Step, ...], Span]]:
    depth = len(here)
    below: dict[Step, list[tuple[Step, ...]]] = {}
    ending = []
    for path in paths:
        if len(path) > depth:
            below.setdefault(path[depth], []).append(path)
        else:
            ending.append(path)
    container = None
    if is_container(text, start):
        container = read_container(text, start)
        for step, further in below.items():
            member = container.member(step)
            if member is None:
                ending += further
            else:
                name = Span(member.start, member.key_end) if container.is_object else None
                yield from _spots(text, member.value.start, (*here, step), further, name)
    else:
        ending += [path for further in below.values() for path in further]
    if ending:
        spot = key
        if spot is None:
            holds_others = container is not None and container.members
            spot = Span(start, start + 1 if holds_others else _value_end(text, start))
        for path in ending:
            yield path, spot


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None
    return match.end()


def _key(text: str, at: int) -> tuple[str, int]:
    if text[at : at + 1] != '"':
        raise NotJsonError
    try:
        key, end = scanstring(text, at + 1, True)  # noqa: FBT003 - takes no keyword
    except ValueError as error:
        raise NotJsonError from error
    return str(key), int(end)


def _refuse(name: str) -> Any:
    raise NotJsonError(name)


_scan = json.JSONDecoder(parse_int=str, parse_float=str, parse_constant=_refuse).scan_once  # type: ignore[attr-defined]


def _value_end(text: str, at: int) -> int:
    try:
        return int(_scan(text, at)[1])
    except (StopIteration, ValueError, RecursionError) as error:
        raise NotJsonError from error
