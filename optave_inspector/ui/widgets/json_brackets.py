"""Which bracket belongs to the one at the cursor."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PySide6.QtGui import QTextBlock, QTextDocument

_BRACKETS = re.compile(r'[{}\[\]]|"(?:[^"\\]|\\.)*"?')
_FARTHEST_LINE = 5_000
"""Lines to search: beyond that no eye follows, and no key press should wait."""


def matching_brackets(document: QTextDocument, position: int) -> tuple[int, int | None] | None:
    """Places of the bracket right before or at ``position`` and of its partner (None: it has none).

    Places count UTF-16 code units. Returns None where no bracket is, or where it stands in a string.
    """
    block = document.findBlock(position)
    if not block.isValid():
        return None
    here = _brackets_of(block)
    for place in (position - 1, position):
        if place in here:
            return place, _partner(block, place, here)
    return None


def open_bracket(block: QTextBlock) -> int | None:
    """The place of the last bracket that opens in a line and does not close there; None where there is none."""
    text = block.text()
    if "{" not in text and "[" not in text:
        return None
    opened: list[int] = []
    for place, bracket in _brackets_of(block).items():
        if bracket in "{[":
            opened.append(place)
        elif opened:
            opened.pop()
    return opened[-1] if opened else None


def _brackets_of(block: QTextBlock) -> dict[int, str]:
    """Brackets of a line outside its strings, by their place in the document."""
    text = block.text()
    start = block.position()
    if not text.isascii() and max(text) > "\uffff":
        # as long in code points as in code units, so that places stay right
        text = "".join(char if char <= "\uffff" else "  " for char in text)
    return {start + match.start(): match[0] for match in _BRACKETS.finditer(text) if match[0][0] != '"'}


def _partner(block: QTextBlock, place: int, here: dict[int, str]) -> int | None:
    forward = here[place] in "{["
    depth = 0
    for _ in range(_FARTHEST_LINE):
        places = sorted(here) if forward else sorted(here, reverse=True)
        for other in places:
            if other < place if forward else other > place:
                continue
            depth += 1 if (here[other] in "{[") == forward else -1
            if depth == 0:
                return other
        block = block.next() if forward else block.previous()
        if not block.isValid():
            return None
        here = _brackets_of(block)
    return None
