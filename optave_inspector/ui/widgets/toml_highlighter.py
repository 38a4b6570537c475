"""Colours for TOML. Only texts between three quotes span lines; a line's state says which of them it is in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from .json_editor_text import to_units
from .json_highlighter import ThemedHighlighter

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(
    r"(?P<comment>\#.*$)"
    r"|(?P<header>^\s*\[\[?[^\]\"']*\]\]?)"
    r'|(?P<long>"""|\'\'\')'
    r"|(?P<key>(?:[A-Za-z0-9_-]+|\"(?:[^\"\\]|\\.)*\")(?=\s*=))"
    r'|(?P<string>"(?:[^"\\]|\\.)*"|\'[^\']*\')'
    r"|(?P<open>[\"'].*$)"
    r"|(?P<literal>\b(?:true|false)\b)"
    r"|(?P<number>[+-]?\b[0-9][0-9_.eE:TZx+-]*)"
)
_QUOTES = ('"""', "'''")
_LONGEST_LINE = 20_000


class TomlHighlighter(ThemedHighlighter):
    """Colours headers, keys, strings, numbers, literals and comments."""

    colours: ClassVar[Mapping[str, str]] = {
        "comment": "muted",
        "header": "json_literal",
        "key": "json_key",
        "string": "json_string",
        "open": "error",
        "literal": "json_literal",
        "number": "json_number",
    }

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        at, self._text = 0, text[:_LONGEST_LINE]
        self._astral = not text.isascii() and max(text, default="") > "\uffff"
        inside = self.previousBlockState()
        self.setCurrentBlockState(-1)
        if inside in (0, 1):
            at = self._to_end_of(_QUOTES[inside], 0, 0)
        while 0 <= at < len(self._text):
            match = _TOKEN.search(self._text, at)
            if match is None:
                return
            kind = match.lastgroup or ""
            if kind == "long":
                at = self._to_end_of(match[0], match.start(), match.end())
            else:
                self._colour(match.start(), match.end(), kind)
                at = match.end()

    def _to_end_of(self, quotes: str, start: int, after: int) -> int:
        """Colour a text between three quotes up to its end, or to the end of the line and on in the next one."""
        end = self._text.find(quotes, after)
        if end < 0:
            self._colour(start, len(self._text), "string")
            self.setCurrentBlockState(_QUOTES.index(quotes))
            return -1
        self._colour(start, end + 3, "string")
        return end + 3

    def _colour(self, start: int, end: int, kind: str) -> None:
        if self._astral:
            start, end = to_units(self._text, start), to_units(self._text, end)
        self.setFormat(start, end - start, self._formats[kind])
