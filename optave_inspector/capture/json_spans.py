"""Where each leaf of a JSON text stands, for changing one and leaving every other character as it was.

The scanner keeps going on text that is not sound JSON, and says so at the end. It builds nothing, and its depth is
bounded by memory alone.
"""

from __future__ import annotations

import bisect
import re
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = re.compile(r'"(?P<text>(?:[^"\\]++|\\.)*+)(?P<end>"?)|[{}\[\],:]|[^\s{}\[\],:"]++', re.DOTALL)
_ESCAPE = re.compile(
    r"\\(?:u([Dd][89ABab][0-9A-Fa-f]{2})\\u([Dd][C-Fc-f][0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|([\"\\/bfnrt]))"
)
_LETTERS = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_NAME = re.compile(r"[A-Za-z_$][\w$-]*", re.ASCII)
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_MOST_STEPS = 30
_WINDOW = 1024 * 1024
_OVERLAP = 16 * 1024
_WORDS = frozenset({"true", "false", "null"})


class LeafKind(Enum):
    """What a leaf is."""

    KEY = "key"
    STRING = "string"
    NUMBER = "number"
    LITERAL = "literal"
    """true, false, null, and whatever stands there that is no JSON."""


_KEY, _COLON, _VALUE, _COMMA = range(4)
"""What the scanner expects next."""


class Container:
    """An object or array that is open where the scanner is."""

    __slots__ = ("attachment", "begun", "expects", "is_object", "key", "parent")

    def __init__(self, *, is_object: bool, parent: Container | None) -> None:
        self.is_object = is_object
        self.parent = parent
        self.key: str | int = "" if is_object else 0
        """Key or index of the member that the scanner is at."""
        self.expects = _KEY if is_object else _VALUE
        self.begun = False
        """It has a member."""
        self.attachment: object = None
        """For the use of whoever scans."""

    def path(self) -> str:
        """The JSON path of the member that the scanner is at, as ``$.payload.results[0]``."""
        steps: list[str] = []
        at = self
        while at.parent is not None and len(steps) < _MOST_STEPS:
            steps.append(_step(at.key))
            at = at.parent
        return ("$" if at.parent is None else "$…") + "".join(reversed(steps))


class Leaf:
    """One key or value; ``text[start:end]`` is it, without the quotes of a string."""

    __slots__ = ("container", "end", "kind", "start")

    def __init__(self, kind: LeafKind, start: int, end: int, container: Container) -> None:
        self.kind = kind
        self.start = start
        self.end = end
        self.container = container
        """What it stands in; its key is the leaf's as long as the scanner has not gone on."""


class Opened:
    """An object or array begins."""

    __slots__ = ("container",)

    def __init__(self, container: Container) -> None:
        self.container = container


class Closed(Opened):
    """An object or array ends."""

    __slots__ = ()


class Broken:
    """The text is not sound JSON; the last event."""

    __slots__ = ()


def scan(text: str) -> Iterator[Leaf | Opened | Broken]:
    """The leaves of ``text`` in order, between the containers' beginnings and ends."""
    # What stands outside of everything is the one member of an array that nobody sees.
    around = Container(is_object=False, parent=None)
    at = around
    sound = True
    for token in _TOKEN.finditer(text):
        first = text[token.start()]
        if first in "}]":
            if at is around or at.is_object is not (first == "}"):
                sound = False
                continue
            sound = sound and (at.expects == _COMMA or not at.begun)
            yield Closed(at)
            at = at.parent or around
        elif first == ",":
            sound = sound and at.expects is _COMMA and at is not around
            at.expects = _KEY if at.is_object else _VALUE
            if isinstance(at.key, int) and at is not around:
                at.key += 1
        elif first == ":":
            sound = sound and at.expects is _COLON
            at.expects = _VALUE
        elif first == '"' and at.expects is _KEY:
            sound = sound and bool(token["end"])
            start, end = token.span("text")
            at.key, at.expects, at.begun = decoded(text[start:end])[0], _COLON, True
            yield Leaf(LeafKind.KEY, start, end, at)
        else:
            sound = sound and at.expects is _VALUE
            at.expects, at.begun = _COMMA, True
            if first in "{[":
                at = Container(is_object=first == "{", parent=at)
                yield Opened(at)
            elif first == '"':
                sound = sound and bool(token["end"])
                yield Leaf(LeafKind.STRING, *token.span("text"), at)
            elif _NUMBER.fullmatch(token[0]):
                yield Leaf(LeafKind.NUMBER, *token.span(), at)
            else:
                sound = sound and token[0] in _WORDS
                yield Leaf(LeafKind.LITERAL, *token.span(), at)
    if not sound or at is not around or at.expects is not _COMMA:
        yield Broken()


class Places:
    """Where each character of a decoded string begins in the raw one; the end has a place, too."""

    __slots__ = ("_plain", "_raw")

    def __init__(self) -> None:
        # Pairs of positions where text without escapes begins.
        self._plain = [0]
        self._raw = [0]

    def add(self, plain: int, raw: int) -> None:
        """Both go on from here in step."""
        self._plain.append(plain)
        self._raw.append(raw)

    def __getitem__(self, index: int) -> int:
        part = bisect.bisect_right(self._plain, index) - 1
        return self._raw[part] + index - self._plain[part]


def decoded(raw: str) -> tuple[str, Places | None]:
    """The content of a JSON string without its escapes, and the places of its characters; None for the same places.

    Broken escapes stay as they are.
    """
    if "\\" not in raw:
        return raw, None
    parts: list[str] = []
    places = Places()
    at = length = 0
    for escape in _ESCAPE.finditer(raw):
        parts += (raw[at : escape.start()], _unescaped(escape))
        length += escape.start() - at + 1
        at = escape.end()
        places.add(length, at)
    parts.append(raw[at:])
    return "".join(parts), places


def windows(raw: str) -> Iterator[tuple[int, str]]:
    """The content of a long string in pieces that overlap, with their beginnings; no escape is cut in two."""
    start = 0
    while True:
        end = _between_escapes(raw, start + _WINDOW)
        yield start, raw[start:end]
        if end >= len(raw):
            return
        start = _between_escapes(raw, end - _OVERLAP)


def _between_escapes(raw: str, at: int) -> int:
    """The next position from ``at`` on where no escape is going on."""
    last = raw.rfind("\\", max(0, at - 5), at)
    if last < 0:
        return at
    first = last
    while first > 0 and raw[first - 1] == "\\":
        first -= 1
    if (last - first) % 2:  # all backslashes of an even run are escaped by one another
        return at
    return max(at, last + (6 if raw[last + 1 : last + 2] == "u" else 2))


def _unescaped(escape: re.Match[str]) -> str:
    high, low, single, letter = escape.groups()
    if letter is not None:
        return _LETTERS.get(letter, letter)
    if high is not None:
        return chr(0x10000 + ((int(high, 16) - 0xD800) << 10) + (int(low, 16) - 0xDC00))
    return chr(int(single, 16))


def _step(key: str | int) -> str:
    if isinstance(key, int):
        return f"[{key}]"
    return f".{key}" if _NAME.fullmatch(key) else f"[{key!r}]"
