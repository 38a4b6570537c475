"""What could stand at the cursor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ...protocol.actions import Action
from ...protocol.close_codes import explain
from .lexer import KEY_AND_OPERATOR, PATTERN, STRING
from .quoting import quoted, value_text
from .terms import BY_ANY_NAME, KEYS, Key, ValueKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..entry import Entry

_MOST = 50
_MOST_KNOWN = 500
_REMEMBERED = ("action", "state", "corr", "trace", "thread", "code")
_SPACES = re.compile(r"\s+")
_BEFORE_VALUE = {ValueKind.SIZE: ">", ValueKind.DURATION: ">", ValueKind.TIME: ">"}
_WORDS = (("and", "both hold"), ("or", "one holds at least"), ("not", "it does not hold"))
_PATHS = (
    "headers.correlationId",
    "headers.traceId",
    "headers.action",
    "headers.schemaRef",
    "headers.tenantId",
    "headers.networkLatencyMs",
    "payload.state",
    "payload.actionType",
    "payload.session.sessionId",
    "payload.request.requestId",
    "payload.request.connections.threadId",
    "payload.request.connections.parentId",
    "payload.request.context.organizationId",
    "payload.request.attributes.content",
    "payload.request.settings.disableStream",
)
"""Fields of Optave's envelopes that are asked for most (``protocol.md`` sections 4 and 5)."""


class Completion(NamedTuple):
    """One proposal: ``insert`` takes the place of what stands from ``start`` to ``end``."""

    insert: str
    start: int
    end: int
    detail: str
    """What it means, in a few words; may be empty."""


class KnownValues:
    """Values that were seen in a capture, the latest ones first. Tell it every entry with :meth:`note`."""

    def __init__(self, paths: Iterable[str] = _PATHS) -> None:
        self.paths = list(paths)
        """Paths of JSON fields worth to be proposed."""
        self._seen: dict[str, dict[int | str, None]] = {
            key.name: {}
            for key in KEYS.values()
            if key.kind in (ValueKind.WORD, ValueKind.PART) and key.name != "summary"
        }
        self._seen["code"] = {}

    def note(self, entry: Entry) -> None:
        """Remember the values of an entry."""
        for key in self._seen:
            value: int | str = getattr(entry, KEYS[key].column)
            if value:
                self.remember(key, (value,))

    def remember(self, key: str, values: Iterable[int | str]) -> None:
        """Remember values of a key, whoever has them; the last one is the latest."""
        seen = self._seen[key]
        for value in values:
            seen.pop(value, None)
            seen[value] = None
            if len(seen) > _MOST_KNOWN:
                del seen[next(iter(seen))]

    def values(self, key: str) -> list[int | str]:
        """The values of a key, the latest first."""
        return list(reversed(self._seen.get(key, {})))


def complete(text: str, cursor: int, known: KnownValues) -> list[Completion]:
    """Proposals for the term at the cursor: keys and paths, or values behind an operator; the best first, at most 50.

    ``cursor`` counts code points. Whatever the text, there is no error.
    """
    cursor = max(0, min(cursor, len(text)))
    start, end = _term_at(text, cursor)
    while start < cursor and text[start] == "-":
        start += 1
    if text[start : start + 1] in ("/", '"') and start < cursor:
        return []
    match = KEY_AND_OPERATOR.match(text, start, cursor)
    if match is None:
        return [Completion(insert, start, end, detail) for insert, detail in _best(_keys(known), text[start:cursor])]
    key = BY_ANY_NAME.get(match["key"].lower())
    typed = text[match.end() : cursor].lstrip('"')
    values = _values(key, known) if key is not None else iter((("true", ""), ("false", ""), ("null", "")))
    return [Completion(value, match.end(), end, detail) for value, detail in _best(values, typed)]


def _term_at(text: str, cursor: int) -> tuple[int, int]:
    """Where the term at the cursor begins and ends; strings and expressions may hold spaces."""
    place = 0
    while True:
        start = place
        while place < len(text) and text[place] not in "()" and not text[place].isspace():
            match = STRING.match(text, place) or (PATTERN.match(text, place) if place == start else None)
            unclosed = match is None and text[place] == '"'
            place = match.end() if match else len(text) if unclosed else place + 1
        if cursor <= place or place >= len(text):
            return min(start, cursor), max(place, cursor)
        place += 1


def _keys(known: KnownValues) -> Iterator[tuple[str, str]]:
    for key in KEYS.values():
        yield f"{key.name}{_BEFORE_VALUE.get(key.kind, ':')}", key.sentence
    for path in known.paths:
        yield f"{path}:", "a field of the payload's JSON"
    yield from _WORDS


def _values(key: Key, known: KnownValues) -> Iterator[tuple[str, str]]:
    for choice in key.choices:
        yield choice.word, choice.sentence
    seen = dict.fromkeys(known.values(key.name))
    if key.name == "action":
        seen |= dict.fromkeys(map(str, Action))
    for value in seen:
        if isinstance(value, int):
            yield str(value), explain(value).name if value >= 1000 else "HTTP status"
        else:
            yield quoted(value) if value == "*" else value_text(value, bare=True), ""
    if key.none is not None:
        yield "none", "entries without"


def _best(candidates: Iterable[tuple[str, str]], typed: str) -> list[tuple[str, str]]:
    """Those that begin with what was typed, then those that hold it elsewhere."""
    wanted = typed.lower()
    begin, hold = [], []
    for candidate in candidates:
        word = candidate[0].lower().lstrip('"')
        if word.startswith(wanted):
            begin.append(candidate)
        elif wanted in word:
            hold.append(candidate)
    return [*begin, *hold][:_MOST]
