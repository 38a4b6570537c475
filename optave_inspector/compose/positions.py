"""Where the values of a JSON text stand, and where and why it stops being JSON (RFC 8259).

Use it to lead from a finding's path to its place in an editor, to say in words what is wrong with broken JSON, and to
cut a value out of a text exactly as it was written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Final

from .json_sentences import broken_string, no_comma, no_key, no_value, not_closed, short, word_at, wrong_bracket

_SPACE = re.compile(r"[ \t\n\r]*")
_STRING_START = re.compile(r'"[^"\\\x00-\x1f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\x00-\x1f]*)*')
_SCALAR = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|true|false|null")
_STEP = re.compile(r"\.([^.\[\]]+)|\[([0-9]+)\]|\['((?:[^'\\]|\\.)*)'\]|\[(\"(?:[^\"\\]|\\.)*\")\]", re.DOTALL)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))", re.DOTALL)
_ESCAPED: Final = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}

Step = str | int


@dataclass(frozen=True, slots=True)
class Problem:
    """The first place where a text is no JSON."""

    offset: int
    """Code points from the start."""
    line: int
    """From 1; lines end with a line feed."""
    column: int
    """From 1, in code points."""
    sentence: str


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text: code points from ``start`` up to, not including, ``end``."""

    start: int
    end: int


class Positions:
    """The places of all values of one text, as far as it is JSON. Made by :func:`read_positions`."""

    def __init__(self) -> None:
        self.problem: Problem | None = None
        """None when the text is one JSON value."""
        self._values: list[Span] = []
        self._keys: list[Span | None] = []
        self._children: dict[tuple[int, Step], int] = {}

    def span(self, path: str) -> Span | None:
        """The value at a JSON path such as ``$.request.scope.conversations[0]``; None where the text has none.

        None as well for a value that the text does not close.
        """
        steps = parse_path(path)
        node = None if steps is None else self._walk(steps)
        return None if node is None or self._values[node].end < 0 else self._values[node]

    def spot(self, path: str) -> Span | None:
        """What to show for a path: the key of a member, the value where there is no key, of a container its bracket.

        Where the text lacks the path, the spot of the nearest parent that it has; None where it has no value at all.
        """
        steps = parse_path(path)
        while steps is not None:
            node = self._walk(steps)
            if node is not None:
                return self._spot(node)
            if not steps:
                return None
            steps = steps[:-1]
        return None

    def path_at(self, offset: int) -> tuple[Step, ...] | None:
        """The path of the innermost value that covers ``offset`` with its key; None where none does."""
        above = {node: (parent, step) for (parent, step), node in self._children.items()}
        found = None
        for node, value in enumerate(self._values):
            key = self._keys[node]
            if (value.start if key is None else key.start) <= offset < value.end:
                found = node
        if found is None:
            return None
        steps: list[Step] = []
        while found in above:
            found, step = above[found]
            steps.append(step)
        return tuple(reversed(steps))

    def add(self, parent: int, step: Step, start: int, key: Span | None) -> int:
        """Note a value that begins at ``start``; for the reader only. Returns its number."""
        node = len(self._values)
        self._values.append(Span(start, -1))
        self._keys.append(key)
        if parent >= 0:
            self._children[parent, step] = node  # of duplicate keys the last counts, as in JSON.parse
        return node

    def close(self, node: int, end: int) -> None:
        """Note where a value ends; for the reader only."""
        self._values[node] = Span(self._values[node].start, end)

    def _spot(self, node: int) -> Span:
        key, value = self._keys[node], self._values[node]
        if key is not None:
            return key
        holds_others = node + 1 < len(self._values) and (value.end < 0 or self._values[node + 1].start < value.end)
        return Span(value.start, value.start + 1) if holds_others or value.end < 0 else value

    def _walk(self, steps: tuple[Step, ...]) -> int | None:
        if not self._values:
            return None
        node: int | None = 0
        for step in steps:
            assert node is not None
            node = self._children.get((node, step))
            if node is None:
                return None
        return node


def parse_path(path: str) -> tuple[Step, ...] | None:
    """The steps of a JSON path: ``$``, then ``.name``, ``[0]``, ``['name']`` or ``["name"]``; None otherwise."""
    if not path.startswith("$"):
        return None
    steps: list[Step] = []
    offset = 1
    while offset < len(path):
        match = _STEP.match(path, offset)
        if match is None:
            return None
        name, index, single, double = match.groups()
        if index is not None:
            steps.append(int(index) if len(index) < 18 else -1)
        elif name is not None:
            steps.append(name)
        else:
            steps.append(_unescape(single if single is not None else double[1:-1]))
        offset = match.end()
    return tuple(steps)


def read_positions(text: str) -> Positions:
    """Read a text as far as it is JSON. Never raises, whatever the text or its depth; costs some 0.1 ms per KB."""
    positions = Positions()
    try:
        _Reader(text, positions).read()
    except _NotJsonError as stop:
        offset = min(stop.offset, len(text))
        line_start = text.rfind("\n", 0, offset) + 1
        positions.problem = Problem(offset, text.count("\n", 0, offset) + 1, offset - line_start + 1, stop.sentence)
    return positions


class _NotJsonError(ValueError):
    def __init__(self, offset: int, sentence: str) -> None:
        super().__init__(sentence)
        self.offset = offset
        self.sentence = sentence


@dataclass(slots=True)
class _Container:
    node: int
    is_object: bool
    start: int
    count: int = 0
    comma: int = -1
    """Where the comma before the next member stands; -1 for none."""


@dataclass(slots=True)
class _Reader:
    text: str
    positions: Positions
    at: int = 0
    open: list[_Container] = field(default_factory=list)

    def read(self) -> None:
        self._skip()
        if self.at == len(self.text):
            raise _NotJsonError(self.at, "The text is empty: JSON needs a value.")
        if self.text[self.at] == "\ufeff":
            raise _NotJsonError(self.at, "The text begins with a byte order mark: remove it.")
        self._value(-1, 0, None)
        while self.open:
            self._member(self.open[-1])
        self._skip()
        if self.at < len(self.text):
            found = short(word_at(self.text, self.at))
            raise _NotJsonError(self.at, f"The JSON value has ended: nothing may follow it, but {found} does.")

    def _skip(self) -> None:
        match = _SPACE.match(self.text, self.at)
        assert match is not None
        self.at = match.end()

    def _member(self, container: _Container) -> None:
        """Read the comma before the next member of ``container``, or that member, or the container's end."""
        self._skip()
        is_object, start = container.is_object, container.start
        closing = "}" if is_object else "]"
        char = self._peek(container)
        if char == closing:
            if container.comma >= 0:
                raise _NotJsonError(container.comma, f"This comma is too many: {closing} follows it.")
            self.at += 1
            self.positions.close(container.node, self.at)
            self.open.pop()
        elif container.count and container.comma < 0:
            if char != ",":
                raise _NotJsonError(self.at, no_comma(self.text, self.at, is_object=is_object, start=start))
            container.comma = self.at
            self.at += 1
        elif char == ",":
            raise _NotJsonError(self.at, "A value is missing before this comma.")
        elif char in "}]":
            raise _NotJsonError(self.at, wrong_bracket(self.text, self.at, is_object=is_object, start=start))
        else:
            container.comma = -1
            container.count += 1
            if is_object:
                self._pair(container)
            else:
                self._value(container.node, container.count - 1, None)

    def _pair(self, container: _Container) -> None:
        key_start = self.at
        if self.text[self.at] != '"':
            raise _NotJsonError(self.at, no_key(self.text, self.at))
        key = self._string()
        key_span = Span(key_start, self.at)
        self._skip()
        if self._peek(container) != ":":
            raise _NotJsonError(self.at, f"A colon is missing after the key {short(key)}.")
        self.at += 1
        self._skip()
        if self._peek(container) in ",}]":
            raise _NotJsonError(self.at, f"The key {short(key)} has no value.")
        self._value(container.node, _unescape(key[1:-1]), key_span)

    def _value(self, parent: int, step: Step, key: Span | None) -> None:
        start = self.at
        char = self.text[start]
        if char in "{[":
            self.open.append(_Container(self.positions.add(parent, step, start, key), char == "{", start))
            self.at += 1
            return
        if char == '"':
            self._string()
        else:
            match = _SCALAR.match(self.text, start)
            if match is None or match[0] != word_at(self.text, start):
                raise _NotJsonError(start, no_value(self.text, start))
            self.at = match.end()
        self.positions.close(self.positions.add(parent, step, start, key), self.at)

    def _string(self) -> str:
        match = _STRING_START.match(self.text, self.at)
        assert match is not None
        end = match.end()
        if self.text[end : end + 1] == '"':
            start, self.at = self.at, end + 1
            return self.text[start : self.at]
        # a string that nobody closed is shown where it begins; a wrong character where it stands
        at = self.at if self.text[end : end + 1] in ("", "\n", "\r") else end
        raise _NotJsonError(at, broken_string(self.text, end))

    def _peek(self, container: _Container) -> str:
        if self.at < len(self.text):
            return self.text[self.at]
        raise _NotJsonError(self.at, not_closed(self.text, is_object=container.is_object, start=container.start))


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    plain = _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else _ESCAPED.get(match[2], match[2]), text)
    # surrogate pairs written as two escapes are one character
    return plain.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
