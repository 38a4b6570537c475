"""Rows of words for the detail pane: what was found, what differs, what would have happened; and where they lead."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .json_nodes import Step

_STEP = re.compile(r'\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\[("(?:[^"\\]|\\.)*")\]', re.DOTALL)
_MARKS = {"ok": "✓", "warning": "⚠", "error": "✗", "muted": "•", "text": "•"}


@dataclass(frozen=True, slots=True)
class Piece:
    """Some words of a row.

    ``look`` is a colour of the theme by its meaning (text, muted, ok, warning, error), ``title`` for a heading,
    ``link`` for a path in the tree, ``code`` for what comes from the wire; ``added``, ``removed`` and ``same`` for the
    parts of a difference.
    """

    text: str
    look: str = "text"


@dataclass(frozen=True, slots=True)
class DetailRow:
    """One row: pieces that stand one after another and wrap together."""

    pieces: tuple[Piece, ...]
    steps: tuple[Step, ...] | None = None
    """The node of the message's tree that it is about; None for none."""
    entry: int = 0
    """The entry that it is about; 0 for the one on show."""
    heading: bool = False
    tip: str = ""

    @property
    def text(self) -> str:
        """The row as plain text."""
        return "".join(piece.text for piece in self.pieces)

    @property
    def leads_somewhere(self) -> bool:
        """Whether choosing the row goes somewhere."""
        return self.steps is not None or self.entry > 0


def heading(text: str, look: str = "", after: str = "") -> DetailRow:
    """The first row of a group; ``look`` puts a mark before it, ``after`` muted words behind it."""
    pieces = [Piece(text, "title")]
    if look:
        pieces.insert(0, Piece(f"{_MARKS[look]} ", look))
    if after:
        pieces.append(Piece(f"  {after}", "muted"))
    return DetailRow(tuple(pieces), heading=True)


def told(look: str, name: str, sentence: str, *, more: Sequence[Piece] = (), entry: int = 0) -> DetailRow:
    """A mark, a few words in its colour, and a sentence below."""
    mark = f"{_MARKS[look]} {name}" if look != "text" else name
    pieces = [Piece(mark, look)]
    if sentence:
        pieces.append(Piece(f"\n{sentence}"))
    return DetailRow((*pieces, *more), entry=entry)


def steps_of(path: str) -> tuple[Step, ...]:
    """The steps of a JSON path as :func:`....protocol.json_path.json_path` writes it; () for the root."""
    steps: list[Step] = []
    for name, index, quoted in _STEP.findall(path):
        steps.append(name or (int(index) if index else json.loads(quoted, strict=False)))
    return tuple(steps)
