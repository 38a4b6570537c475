"""A text cut into lines that a text widget can take, with the way back from a place on show to the text itself."""

from __future__ import annotations

import re
from bisect import bisect_right

STAND_IN = "▯"
"""Shown for a character that would be lost or change the layout; copies have the character itself."""
_LONG = 20_000
_PIECE = 4_000
# Control characters but tab and line feed; what Qt takes for line ends or uses inside its documents; lone surrogates.
_UNSHOWN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufdd0\ufdd1\ufffc\ud800-\udfff]")


class RawText:
    """One text as lines for display. Lines of more than 20,000 characters are cut: a widget lays out whole lines."""

    def __init__(self, text: str) -> None:
        self.text = text
        # Most messages are one line without control characters, which Python knows without looking for each.
        shown, self.unshown = (text, 0) if text.isprintable() else _UNSHOWN.subn(STAND_IN, text)
        self.lines: list[str] = []
        self._starts: list[int] = []
        start = 0
        for line in shown.split("\n"):
            piece = len(line) if len(line) <= _LONG else _PIECE
            for at in range(0, max(len(line), 1), max(piece, 1)):
                self.lines.append(line[at : at + piece])
                self._starts.append(start + at)
            start += len(line) + 1

    def offset(self, line: int, units: int) -> int:
        """Where in the text the place ``units`` UTF-16 code units into a line on show is, in characters."""
        shown = self.lines[line]
        if shown.isascii():
            return self._starts[line] + min(units, len(shown))
        before = shown.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
        return self._starts[line] + len(before)

    def place(self, offset: int) -> tuple[int, int]:
        """The line on show and the UTF-16 code units into it, for a character of the text."""
        line = bisect_right(self._starts, offset) - 1
        before = self.lines[line][: offset - self._starts[line]]
        return line, len(before.encode("utf-16-le")) // 2
