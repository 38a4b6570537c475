"""Strings as a query writes them: between double quotes, with the escapes of JSON."""

from __future__ import annotations

import json
import re

_BARE_VALUE = re.compile(r'[^\s()":=<>][^\s()"]*')
_BARE_WORD = re.compile(r'[^\s()":=<>/-][^\s()":=<>]*')
_OPERATORS = ("and", "or", "not")


def quoted(text: str) -> str:
    """``text`` between quotes, on one line, in printable characters."""
    written = json.dumps(text, ensure_ascii=False)
    return written if written.isprintable() else "".join(map(_printable, written))


def value_text(text: str, *, bare: bool) -> str:
    """A value for the right side of an operator, quoted where it must be and where ``bare`` is false."""
    return text if bare and _BARE_VALUE.fullmatch(text) and text.isprintable() else quoted(text)


def free_text(text: str) -> str:
    """Text to be searched for anywhere, quoted where it must be."""
    bare = _BARE_WORD.fullmatch(text) and text.isprintable() and text.lower() not in _OPERATORS
    return text if bare else quoted(text)


def _printable(letter: str) -> str:
    return letter if letter.isprintable() else json.dumps(letter)[1:-1]
