"""Changes of one value in a JSON text that leave every other character as it was written.

A form sets, adds and removes values; line breaks, indentation, order of keys, spelling of numbers and escapes of all
that it does not touch are the user's. What is added is laid out as its neighbours are.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import InspectorError
from ..protocol.json_path import json_path
from ..protocol.read_json import read_json
from .json_walk import Container, NotJsonError, is_container, read_container, root_start
from .positions import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .positions import Step

_UNKEEPABLE = re.compile("[\u2028\u2029\ufdd0\ufdd1\ufeff\ud800-\udfff]")
_UNIT = "  "


class CannotEditError(InspectorError):
    """The text has no place for the value: it is no JSON, or something else stands in the way."""


class Number(str):
    """A number as it is written; sets it as it is, and is what :func:`read_values` gives for one."""

    __slots__ = ()


@dataclass(frozen=True, slots=True)
class Edit:
    """Put ``insert`` in place of the code points from ``start`` up to, not including, ``end``."""

    start: int
    end: int
    insert: str

    def apply(self, text: str) -> str:
        """``text`` with the change made."""
        return f"{text[: self.start]}{self.insert}{text[self.end :]}"


@dataclass(frozen=True, slots=True)
class _Layout:
    """How the members of a container are written."""

    gap: str
    """The white space before a member."""
    colon: str
    """What stands between a key and its value."""
    unit: str
    """One step of indentation."""

    @property
    def in_lines(self) -> bool:
        return "\n" in self.gap

    def deeper(self) -> _Layout:
        return _Layout(self.gap + self.unit, self.colon, self.unit) if self.in_lines else self

    def comma(self) -> str:
        return f",{self.gap}" if self.in_lines else ", " if self.colon.endswith(" ") else ","


def read_values(text: str) -> Any:
    """The value of a JSON text with its numbers as :class:`Number`. Raises CannotEditError where it is no JSON."""
    problem = read_json(text).problem
    if problem:
        raise CannotEditError(problem)
    return json.loads(text, parse_int=Number, parse_float=Number)


def set_value(text: str, path: Sequence[Step], value: Any) -> Edit:
    """The change that makes ``value`` stand at ``path``; objects on the way that the text lacks are made.

    An index one past an array's end appends. Raises CannotEditError where the text is no JSON, where something else
    than the object or array needed stands on the way, and where an index is beyond the array's end.
    """
    found, rest, span = _walk(text, path)
    if span is not None and not rest:
        layout = _layout_in(text, found) if found else _Layout("\n", ": ", _UNIT)
        return Edit(span.start, span.end, _written(value, layout))
    container, depth = found[-1], len(path) - len(rest)
    step, below = rest[0], rest[1:]
    if isinstance(step, int) and step != len(container.members):
        raise CannotEditError(
            f"{json_path(path[:depth])} has {len(container.members)} items, and none to come at {step}."
        )
    for key in reversed(below):
        if isinstance(key, int) and key:
            raise CannotEditError(f"{json_path(path[:-1])} is missing, so that it has no item {key}.")
        value = [value] if isinstance(key, int) else {key: value}
    layout = _layout_in(text, found)
    member = _written(value, layout)
    if container.is_object:
        member = f"{_literal(step)}{layout.colon}{member}"
    if container.members:
        end = container.members[-1].value.end
        return Edit(end, end, f",{_comma_gap(container, layout)}{member}")
    closing = _closing_gap(layout)
    return Edit(container.start + 1, container.end - 1, f"{layout.gap}{member}{closing}")


def remove(text: str, path: Sequence[Step]) -> Edit:
    """The change that takes the member at ``path`` away with its comma; an empty one where the text lacks it.

    Raises CannotEditError where the text is no JSON, and for the root.
    """
    if not path:
        raise CannotEditError("The whole value cannot be removed.")
    found, rest, span = _walk(text, path, making=False)
    if span is None or rest:
        return Edit(0, 0, "")
    container = found[-1]
    member = container.member(path[-1])
    assert member is not None
    index = container.members.index(member)
    if len(container.members) == 1:
        return Edit(container.start + 1, container.end - 1, "")
    if index == len(container.members) - 1:
        return Edit(container.members[index - 1].value.end, member.value.end, "")
    return Edit(member.start, container.members[index + 1].start, "")


def _walk(
    text: str, path: Sequence[Step], *, making: bool = True
) -> tuple[list[Container], Sequence[Step], Span | None]:
    """The containers on the way down ``path``, the steps that the text lacks, and where the last value found stands."""
    problem = read_json(text).problem
    if problem:
        raise CannotEditError(problem)
    found: list[Container] = []
    try:
        at = root_start(text)
        span: Span | None = Span(at, len(text.rstrip(" \t\r\n")))
        for depth, step in enumerate(path):
            wanted = "[" if isinstance(step, int) else "{"
            if not is_container(text, at) or text[at] != wanted:
                if not making:
                    return found, path[depth:], None
                what = "an array" if wanted == "[" else "an object"
                raise CannotEditError(f"{json_path(path[:depth])} is not {what}, so it has no place for {step}.")
            found.append(read_container(text, at))
            member = found[-1].member(step)
            if member is None:
                return found, path[depth:], None
            at, span = member.value.start, member.value
    except NotJsonError:
        raise CannotEditError("The text is nested too deeply to be changed here.") from None
    return found, (), span


def _layout_in(text: str, found: Sequence[Container]) -> _Layout:
    """How a member of the last container is, or would be, written."""
    colon = next((_colon(text, one) for one in reversed(found) if one.is_object and one.members), ": ")
    gaps = [_gap(text, one) if one.members else None for one in found]
    unit = _unit(gaps)
    gap = gaps[-1]
    if gap is None:
        above = gaps[-2] if len(gaps) > 1 else "\n"
        assert above is not None
        gap = above + unit if "\n" in above else ""
    return _Layout(gap, colon, unit)


def _gap(text: str, container: Container) -> str:
    """The white space before the last member, of several lines only the last."""
    members = container.members
    before = members[-2].value.end if len(members) > 1 else container.start
    space = text[before : members[-1].start]
    space = space[len(space.rstrip(" \t\r\n")) :]
    if "\n" not in space:
        return space
    line_end = "\r\n" if "\r\n" in space else "\n"
    return line_end + space.rpartition("\n")[2]


def _colon(text: str, container: Container) -> str:
    member = container.members[-1]
    assert isinstance(member.step, str)
    colon = text[member.key_end : member.value.start]
    return ": " if "\n" in colon else colon


def _unit(gaps: Sequence[str | None]) -> str:
    """One step of indentation: the difference between a container's members and those of the one inside."""
    outer = ""
    for gap in gaps:
        if gap is None or "\n" not in gap:
            continue
        indent = gap.rpartition("\n")[2]
        if len(indent) > len(outer) and indent.startswith(outer):
            return indent[len(outer) :]
        outer = indent
    return _UNIT


def _comma_gap(container: Container, layout: _Layout) -> str:
    """The white space after the comma before a further member."""
    if layout.in_lines or len(container.members) > 1:
        return layout.gap
    return " " if layout.gap or layout.colon.endswith(" ") else ""


def _closing_gap(layout: _Layout) -> str:
    return layout.gap.removesuffix(layout.unit) if layout.in_lines else ""


def _written(value: Any, layout: _Layout) -> str:
    """A value whose members stand one step deeper than ``layout``'s."""
    if not isinstance(value, (dict, list)) or not value:
        return _literal(value)
    inner = layout.deeper()
    if isinstance(value, dict):
        parts = [f"{_literal(key)}{layout.colon}{_written(one, inner)}" for key, one in value.items()]
    else:
        parts = [_written(one, inner) for one in value]
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    if not layout.in_lines:
        return f"{opening}{layout.comma().join(parts)}{closing}"
    return f"{opening}{inner.gap}{inner.comma().join(parts)}{layout.gap}{closing}"


def _literal(value: Any) -> str:
    """A scalar or an empty container; characters that an editor cannot keep, or nobody sees, are escaped."""
    if isinstance(value, Number):
        return str(value)
    return _UNKEEPABLE.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))
