"""Colours for JSON, line by line: a JSON string never spans lines, so no line needs to know its neighbours."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from .. import theme
from .json_editor_text import to_units

if TYPE_CHECKING:
    from collections.abc import Mapping

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?'
    r'|(?P<open>"(?:[^"\\]|\\.)*\\?$)'
    r"|(?P<number>-?[0-9][0-9.eE+-]*)"
    r"|(?P<literal>\b(?:true|false|null)\b)"
    r"|(?P<wrong>[^\s{}\[\]:,\"0-9-][^\s{}\[\]:,\"]*)"
)
_LONGEST_LINE = 20_000
"""Characters of a line that get colours: a minified document is one line, which each key press would colour anew."""


class ThemedHighlighter(QSyntaxHighlighter):
    """Base of those that colour by the theme in force: ``colours`` names the theme's colour of each kind of part."""

    colours: ClassVar[Mapping[str, str]] = {}

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._formats: dict[str, QTextCharFormat] = {}
        self._make_formats()
        theme.theme_switch().changed.connect(self._on_theme)

    def _on_theme(self) -> None:
        self._make_formats()
        self.rehighlight()

    def _make_formats(self) -> None:
        colors = theme.current()
        self._formats = {}
        for group, name in self.colours.items():
            text_format = QTextCharFormat()
            text_format.setForeground(colors.color(name))
            self._formats[group] = text_format


class JsonHighlighter(ThemedHighlighter):
    """Colours keys, strings, numbers, literals and what is none of them."""

    colours: ClassVar[Mapping[str, str]] = {
        "key": "json_key",
        "string": "json_string",
        "open": "error",
        "number": "json_number",
        "literal": "json_literal",
        "wrong": "error",
    }

    def highlightBlock(self, text: str) -> None:
        """Colour one line."""
        astral = not text.isascii() and max(text) > "\uffff"
        for match in _TOKEN.finditer(text, 0, _LONGEST_LINE):
            group = match.lastgroup
            if group == "colon":
                group, (start, end) = "key", match.span("string")
            else:
                start, end = match.span()
            if astral:
                start, end = to_units(text, start), to_units(text, end)
            self.setFormat(start, end - start, self._formats[group])
