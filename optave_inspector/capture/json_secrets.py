"""Secrets in a JSON text: under keys that name them, along given paths, and inside of strings however escaped."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from .json_spans import Broken, Closed, Container, Leaf, LeafKind, Opened, Places, decoded, scan, windows
from .secret_patterns import COOKIE, HEADER, SUBPROTOCOLS, TOKEN, VALUE, kind_of_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from .json_paths import JsonPaths, States

    InText = Callable[[str], Iterator[tuple[int, int, str]]]
    """Finds secrets in plain text: where they begin and end, and their kinds."""

_SCHEME = re.compile(r"\s*(?:(?:bearer|basic|digest|token)\s+)?", re.IGNORECASE)
_SUBPROTOCOL = re.compile(r"[^\s,](?:[^,]*[^\s,])?")
_PUBLIC_SUBPROTOCOL = "optave-v1"
_CODE = re.compile(r"[0-9]{6,}")
"""A token that is a number, rather than a time or a count of tokens."""
_TOKENS = frozenset({TOKEN, HEADER, SUBPROTOCOLS})
_NAMES = frozenset({"name", "key", "header", "field", "parameter"})
_VALUES = frozenset({"value", "values", 1})
"""An array is taken for a header's name and value where its first member is a name."""
_HEADERS = frozenset({HEADER, SUBPROTOCOLS, COOKIE})


class Hit(msgspec.Struct, frozen=True, gc=False):
    """One secret in a text."""

    start: int
    end: int
    kind: str
    secret: str
    """What it means, without escapes."""
    place: str
    bare: bool = False
    """It is no string: what takes its place needs quotes."""


class _Members:
    """What is known of the members of a container that is open."""

    __slots__ = ("kind", "member_kind", "member_states", "named_kind", "states", "unnamed")

    def __init__(self, kind: str, states: States) -> None:
        self.kind = kind
        """Of everything in it."""
        self.states = states
        self.member_kind = kind
        self.member_states = states
        self.named_kind = ""
        """Of ``value`` beside a ``name`` that names a secret."""
        self.unnamed: list[tuple[LeafKind, int, int, str]] = []
        """Values that came before their name."""


def json_hits(text: str, in_text: InText, paths: JsonPaths | None) -> tuple[list[Hit], bool]:
    """All secrets in ``text``, in no order, and whether it is sound JSON: when not, look for more as in plain text."""
    hits: list[Hit] = []
    for event in scan(text):
        if isinstance(event, Broken):
            return hits, False
        if isinstance(event, Leaf):
            hits += _in_leaf(text, event, in_text, paths)
        elif isinstance(event, Closed):
            hits += _late(text, event.container)
        elif isinstance(event, Opened):
            _enter(event.container, paths)
    return hits, True


def _members(container: Container, paths: JsonPaths | None) -> _Members:
    known = container.attachment
    if not isinstance(known, _Members):
        known = container.attachment = _Members("", paths.start if paths is not None else frozenset())
    return known


def _enter(container: Container, paths: JsonPaths | None) -> None:
    if container.parent is None:
        return
    around = _members(container.parent, paths)
    if container.parent.parent is None:  # the whole text is no member of anything
        container.attachment = _Members("", around.states)
        return
    if not container.parent.is_object:
        _turn_to(around, container.parent, paths)
    container.attachment = _Members(around.member_kind, around.member_states)


def _turn_to(members: _Members, container: Container, paths: JsonPaths | None) -> None:
    """Learn what the member is that the scanner has come to."""
    key = container.key
    members.member_kind = members.kind or (kind_of_name(key) if isinstance(key, str) else "")
    if not members.member_kind and key in _VALUES:
        members.member_kind = members.named_kind
    if paths is not None and not members.kind:
        members.member_states = paths.enter(members.states, key)
        if paths.reached(members.member_states):
            members.member_kind = VALUE


def _in_leaf(text: str, leaf: Leaf, in_text: InText, paths: JsonPaths | None) -> Iterator[Hit]:
    container = leaf.container
    members = _members(container, paths)
    raw = text[leaf.start : leaf.end]
    if leaf.kind is LeafKind.KEY:
        _turn_to(members, container, paths)
        yield from _in_string(raw, leaf.start, in_text, "payload, a key")
        return
    if not container.is_object and container.parent is not None:
        _turn_to(members, container, paths)
    if leaf.kind is LeafKind.STRING and not members.kind:
        if container.is_object and container.key in _NAMES:
            members.named_kind = members.named_kind or kind_of_name(decoded(raw)[0])
        elif container.key == 0 and (kind := kind_of_name(decoded(raw)[0])) in _HEADERS:
            members.named_kind = kind
    if members.member_kind:
        yield from _whole(leaf.kind, raw, leaf.start, members.member_kind, f"payload {container.path()}")
        return
    if container.is_object and container.key in _VALUES:
        members.unnamed.append((leaf.kind, leaf.start, leaf.end, container.path()))
    if leaf.kind is LeafKind.STRING:
        hits = list(_in_string(raw, leaf.start, in_text, ""))
        if hits:
            place = f"payload {container.path()}"
            yield from (msgspec.structs.replace(hit, place=place) for hit in hits)


def _late(text: str, container: Container) -> Iterator[Hit]:
    members = container.attachment
    if isinstance(members, _Members) and members.named_kind:
        for kind, start, end, path in members.unnamed:
            yield from _whole(kind, text[start:end], start, members.named_kind, f"payload {path}")


def _whole(leaf: LeafKind, raw: str, start: int, kind: str, place: str) -> Iterator[Hit]:
    """A value that is a secret as a whole, or but for the public part of a header."""
    if (leaf is LeafKind.NUMBER and (kind not in _TOKENS or _CODE.fullmatch(raw))) or (
        leaf is LeafKind.LITERAL and kind == VALUE and raw != "null"
    ):
        yield Hit(start, start + len(raw), TOKEN if kind in _TOKENS else kind, raw, place, bare=True)
    if leaf is not LeafKind.STRING:
        return
    plain, places = decoded(raw)
    spans = [(0, len(plain))]
    if kind == HEADER:
        scheme = _SCHEME.match(plain)
        spans = [(scheme.end() if scheme else 0, len(plain))]
    elif kind == SUBPROTOCOLS:
        spans = [match.span() for match in _SUBPROTOCOL.finditer(plain) if match[0] != _PUBLIC_SUBPROTOCOL]
    for first, last in spans:
        if plain[first:last].strip():
            yield _hit(plain, places, start, first, last, TOKEN if kind in _TOKENS else kind, place)


def _in_string(raw: str, start: int, in_text: InText, place: str) -> Iterator[Hit]:
    for offset, piece in windows(raw):
        plain, places = decoded(piece)
        for first, last, kind in in_text(plain):
            yield _hit(plain, places, start + offset, first, last, kind, place)


def _hit(plain: str, places: Places | None, start: int, first: int, last: int, kind: str, place: str) -> Hit:
    if places is None:
        return Hit(start + first, start + last, kind, plain[first:last], place)
    return Hit(start + places[first], start + places[last], kind, plain[first:last], place)
