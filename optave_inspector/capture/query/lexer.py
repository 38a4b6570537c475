"""The words of a query and where they stand."""

from __future__ import annotations

import json
import re
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from .errors import QueryError
from .patterns import FLAGS

if TYPE_CHECKING:
    from collections.abc import Iterator


class TokenKind(Enum):
    """What a token is."""

    OPEN = auto()
    CLOSE = auto()
    AND = auto()
    OR = auto()
    NOT = auto()
    """The word, or a minus sign right before a term."""
    TEXT = auto()
    """Free text, quoted or bare."""
    PATTERN = auto()
    """A regular expression: its flags are in ``operator``."""
    TERM = auto()
    """Key, operator and value."""


class Token(NamedTuple):
    """One token; ``start`` and ``end`` are its place, ``value_start`` that of its value."""

    kind: TokenKind
    start: int
    end: int
    value: str = ""
    key: str = ""
    operator: str = ""
    value_start: int = 0
    quoted: bool = False


STRING = re.compile(r'"(?:[^"\\]|\\.)*+"', re.DOTALL)
KEY_AND_OPERATOR = re.compile(
    r'(?P<key>(?:[^\s()"\[\]:=<>]|\[(?:-?\d+|\*|"(?:[^"\\]|\\.)*+")\])++)(?P<operator><=|>=|[:=<>])', re.DOTALL
)
PATTERN = re.compile(r"/((?:[^/\\\[]|\\.|\[\^?\]?(?:[^\]\\]|\\.)*+\])*+)/([A-Za-z0-9]*)", re.DOTALL)

_SPACE = re.compile(r"\s*+")
_BARE = re.compile(r'[^\s()"]++')
_OPERATOR = re.compile(r"[:=<>]")
_WORDS = {"and": TokenKind.AND, "or": TokenKind.OR, "not": TokenKind.NOT}
_NEED_SPACE = (TokenKind.TEXT, TokenKind.PATTERN, TokenKind.TERM)
_QUOTE_IT = 'To search for it as text, put it between quotes: "{}".'


def tokens(text: str) -> Iterator[Token]:
    """The tokens in order. Raises :class:`QueryError` where one cannot be read."""
    place = _after_space(text, 0)
    while place < len(text):
        token = _token(text, place)
        yield token
        end = _after_space(text, token.end)
        if end == token.end < len(text) and token.kind in _NEED_SPACE and text[end] != ")":
            raise QueryError(
                f"“{text[end]}” stands right after “{text[token.start : token.end]}”.",
                "Put a space between them, or the whole between quotes.",
                end,
                end + 1,
            )
        place = end


def _after_space(text: str, place: int) -> int:
    match = _SPACE.match(text, place)
    return match.end() if match else place


def _token(text: str, place: int) -> Token:
    letter = text[place]
    if letter in "()":
        return Token(TokenKind.OPEN if letter == "(" else TokenKind.CLOSE, place, place + 1)
    if letter == "-":
        if text[place + 1 : place + 2] in ("", ")") or text[place + 1].isspace():
            raise QueryError(
                "Nothing stands right after the minus sign.", _QUOTE_IT.format("-"), place, min(place + 1, len(text))
            )
        return Token(TokenKind.NOT, place, place + 1)
    if letter == '"':
        value, end = _string(text, place)
        return Token(TokenKind.TEXT, place, end, value, value_start=place, quoted=True)
    if letter == "/":
        return _pattern(text, place)
    match = KEY_AND_OPERATOR.match(text, place)
    return _word(text, place) if match is None else _term(text, match)


def _string(text: str, place: int) -> tuple[str, int]:
    match = STRING.match(text, place)
    if match is None:
        raise QueryError("The closing quote is missing.", 'Write \\" for a quote within.', place, len(text))
    try:
        value: str = json.loads(match[0], strict=False)
    except json.JSONDecodeError as error:
        start = place + error.pos
        raise QueryError(
            "A backslash begins an escape here, and this is none.",
            r"Write \\ for a backslash; the others are those of JSON, such as \n and \u00e9.",
            min(start, match.end()),
            min(start + 2, match.end()),
        ) from None
    return value, match.end()


def _pattern(text: str, place: int) -> Token:
    match = PATTERN.match(text, place)
    if match is None:
        raise QueryError(
            "The closing slash of the regular expression is missing.",
            f"{_QUOTE_IT.format('/…')} Within the expression, write \\/ for a slash.",
            place,
            len(text),
        )
    if not match[1]:
        raise QueryError("The regular expression is empty.", _QUOTE_IT.format("//"), place, match.end())
    wrong = next((number for number, flag in enumerate(match[2]) if flag not in FLAGS), None)
    if wrong is not None:
        raise QueryError(
            f"A regular expression has no flag “{match[2][wrong]}”.",
            f"There are i (any case), m (^ and $ at each line), s (. takes line breaks). {_QUOTE_IT.format(match[0])}",
            match.start(2) + wrong,
            match.start(2) + wrong + 1,
        )
    return Token(TokenKind.PATTERN, place, match.end(), match[1], operator=match[2], value_start=place + 1)


def _term(text: str, match: re.Match[str]) -> Token:
    key, operator, start = match["key"], match["operator"], match.end()
    if text[start : start + 1] == '"':
        value, end = _string(text, start)
        return Token(TokenKind.TERM, match.start(), end, value, key, operator, start, quoted=True)
    bare = _BARE.match(text, start)
    if bare is None:
        raise QueryError(
            f"A value is missing after “{match[0]}”.",
            f'Write it right behind, without a space; to search for "{match[0]}" as text, put it between quotes.',
            match.start(),
            start,
        )
    if _OPERATOR.match(bare[0]):
        ordered = operator == ":" and bare[0][0] in "<>"
        hint = f"Write {key}{bare[0]}." if ordered else "Operators are : = < <= > >=; - before a term excludes it."
        raise QueryError(
            f"There is no operator “{operator}{bare[0][0]}”.",
            f'{hint} A value like this stands between quotes: "{bare[0]}".',
            start - len(operator),
            start + 1,
        )
    return Token(TokenKind.TERM, match.start(), bare.end(), bare[0], key, operator, start)


def _word(text: str, place: int) -> Token:
    match = _BARE.match(text, place)
    assert match is not None, "spaces, parentheses and quotes were looked for before"
    word = match[0]
    operator = _OPERATOR.search(word)
    if operator is not None:
        if operator.start() == 0:
            sentence, hint = (
                f"A key is missing before “{operator[0]}”.",
                "Write key and value without spaces: size>10kB.",
            )
        else:
            sentence, hint = f"“{word[: operator.start()]}” is neither a key nor a path.", _QUOTE_IT.format(word)
        raise QueryError(sentence, hint, place, place + max(1, operator.start()))
    return Token(_WORDS.get(word.lower(), TokenKind.TEXT), place, match.end(), word, value_start=place)
