"""Where a cursor stands in a JSON text that is being written: in which object, at a key or a value.

The text need not be JSON; whatever it is, there is an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .positions import Step

_TOKEN = re.compile(r'"(?:[^"\\\n]|\\[^\n])*"?|[{}\[\]:,]|[^\s{}\[\]:,"]+')
_ESCAPE = re.compile(r'\\(?:u([0-9a-fA-F]{4})|(["\\/]))')
_LOOK_AHEAD = 20_000


@dataclass(frozen=True, slots=True)
class CursorPlace:
    """What is written at the cursor."""

    steps: tuple[Step, ...]
    """Of the value; of a key, those of its object."""
    is_key: bool
    typed: str
    """What stands between the token's beginning and the cursor, without a quote."""
    token: str
    """The whole token without quotes."""
    start: int
    end: int
    """The token with its quotes, in code points."""
    quoted: bool
    siblings: frozenset[str]
    """The other keys of the object, up to some distance behind the cursor."""
    after: str
    """The next character behind the token that is no white space; empty at the end."""


@dataclass(slots=True)
class _Open:
    is_object: bool
    expects: str
    """``key``, ``colon``, ``value`` or ``comma``."""
    step: Step = 0
    keys: set[str] = field(default_factory=set)


def cursor_place(text: str, cursor: int) -> CursorPlace | None:
    """Where the cursor, code points from the start, stands; None where neither key nor value can be written."""
    cursor = max(0, min(cursor, len(text)))
    opened: list[_Open] = []
    start = end = cursor
    for match in _TOKEN.finditer(text):
        word = match[0]
        if match.end() > cursor or (match.end() == cursor and _is_open(word)):
            if match.start() < cursor and word[0] not in "{}[]:,":
                start = match.start()
                end = match.end() if _is_closed(word) or word[0] != '"' else cursor
            break
        _step_over(opened, word)
    if not opened or opened[-1].expects not in ("key", "value"):
        return None
    quoted = text[start : start + 1] == '"' and end > start
    inner = 1 if quoted else 0
    is_key = opened[-1].expects == "key"
    whole = text[start + inner : end]
    siblings = set(opened[-1].keys) | _keys_behind(text, end) if is_key else set()
    return CursorPlace(
        tuple(one.step for one in (opened[:-1] if is_key else opened)),
        is_key,
        text[start + inner : cursor],
        whole[:-1] if quoted and _is_closed(text[start:end]) else whole,
        start,
        end,
        quoted,
        frozenset(siblings),
        text[end : end + _LOOK_AHEAD].lstrip()[:1],
    )


def _step_over(opened: list[_Open], word: str) -> None:
    top = opened[-1] if opened else None
    if word in ("{", "["):
        opened.append(_Open(word == "{", "key" if word == "{" else "value"))
    elif word in ("}", "]"):
        if opened:
            opened.pop()
        if opened:
            opened[-1].expects = "comma"
    elif top is None:
        return
    elif word == ",":
        top.expects = "key" if top.is_object else "value"
        if isinstance(top.step, int) and not top.is_object:
            top.step += 1
    elif word == ":":
        top.expects = "value" if top.is_object else top.expects
    elif top.expects == "key" and word[0] == '"':
        top.step = _unquoted(word)
        top.keys.add(top.step)
        top.expects = "colon"
    else:
        top.expects = "comma"


def _keys_behind(text: str, at: int) -> set[str]:
    """Keys of the same object behind ``at``, as far as one looks."""
    keys: set[str] = set()
    depth = 0
    last = ""
    for match in _TOKEN.finditer(text, at, at + _LOOK_AHEAD):
        word = match[0]
        if word in ("{", "["):
            depth += 1
        elif word in ("}", "]"):
            depth -= 1
            if depth < 0:
                break
        elif word == ":" and depth == 0 and last:
            keys.add(last)
        last = _unquoted(word) if word[0] == '"' else ""
    return keys


def _unquoted(word: str) -> str:
    inner = word[1:-1] if _is_closed(word) else word[1:]
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], inner)


def _is_closed(word: str) -> bool:
    """Whether a string token has its second quote."""
    return len(word) > 1 and word[0] == '"' == word[-1] and not _is_escaped(word)


def _is_escaped(word: str) -> bool:
    body = word[1:-1]
    return (len(body) - len(body.rstrip("\\"))) % 2 == 1


def _is_open(word: str) -> bool:
    """Whether a token goes on where it ends: a string without its end, a word."""
    return word[0] not in "{}[]:," and not _is_closed(word)
