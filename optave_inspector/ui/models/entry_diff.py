"""How an entry differs from another one, as rows of words: what the Diff tab shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...protocol.message_diff import ChangeKind, Form, SegmentKind, diff, stream_growth
from .detail_row import DetailRow, Piece, heading, steps_of, told

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...protocol.message_diff import Change, Segment
    from ...tracing.exchange import Exchange

MOST_SHOWN = 500
"""Changes that are listed."""
_CONTEXT = 60
"""Characters of an equal piece that are shown beside a change."""
_MOST_CHARACTERS = 12_000
_CHANGES = {ChangeKind.ADDED: ("+", "ok"), ChangeKind.REMOVED: ("−", "error"), ChangeKind.CHANGED: ("≠", "warning")}
_LOOKS = {SegmentKind.EQUAL: "same", SegmentKind.ADDED: "added", SegmentKind.REMOVED: "removed"}


def former_update(exchange: Exchange | None, number: int) -> int:
    """The answer before ``number`` in its exchange, duplicates included; 0 when it is the first one, or no answer."""
    if exchange is None:
        return 0
    answers = [*exchange.answers, *exchange.duplicates]
    return max((answer for answer in answers if answer < number), default=0) if number in answers else 0


def diff_rows(before: bytes, after: bytes, base: int, *, is_update: bool) -> list[DetailRow]:
    """What changed from entry ``base``; ``is_update``: both answer the same request, the one after the other.

    Takes a second or so for the largest messages.
    """
    found = diff(before, after)
    against = (Piece("Against ", "title"), Piece(f"entry {base:,}", "link"), Piece(f"  {found.sentence}", "muted"))
    rows = [DetailRow(against, entry=base, heading=True, tip="Go to that entry (Enter)")]
    if is_update:
        rows.append(_growth_row(before, after))
    rows += [_change_row(change) for change in found.changes[:MOST_SHOWN]]
    if len(found.changes) > MOST_SHOWN:
        rows.append(told("muted", f"… and {len(found.changes) - MOST_SHOWN:,} more", ""))
    if found.segments and not found.same_bytes:
        if found.form is Form.BYTES:
            rows.append(heading("Bytes, in hexadecimal"))
        rows.append(DetailRow(_segment_pieces(found.segments, _MOST_CHARACTERS)))
    rows += [told("muted", "Note", limit) for limit in found.limits]
    return rows


def _growth_row(before: bytes, after: bytes) -> DetailRow:
    growth = stream_growth(before, after)
    steps = steps_of(growth.path) if growth.path else None
    if not growth.comparable:
        return told("muted", "No text to compare", growth.sentence)
    if growth.extends:
        name, look = "✓ Extends the former update", "ok"
    else:
        name, look = "⚠ Does not extend the former update", "warning"
    return DetailRow((Piece(name, look), Piece(f"\n{growth.sentence}")), steps)


def _change_row(change: Change) -> DetailRow:
    mark, look = _CHANGES[change.kind]
    pieces = [Piece(f"{mark} ", look), Piece(change.path, "link"), Piece(f"  {change.kind.value}", look)]
    if change.kind is ChangeKind.CHANGED and change.before_path != change.path:
        pieces.append(Piece(f", was {change.before_path}", "muted"))
    pieces.append(Piece("\n"))
    if change.segments:
        pieces += _segment_pieces(change.segments, _MOST_CHARACTERS // 4)
    else:
        if change.kind is not ChangeKind.ADDED:
            pieces.append(Piece(change.before, "removed"))
        if change.kind is ChangeKind.CHANGED:
            pieces.append(Piece(" → ", "muted"))
        if change.kind is not ChangeKind.REMOVED:
            pieces.append(Piece(change.after, "added"))
    steps = steps_of(change.path)
    # What was removed has no node here; the object or array that held it has.
    shown = steps[:-1] if change.kind is ChangeKind.REMOVED else steps
    return DetailRow(tuple(pieces), shown, tip="Go to this place in the tree (Enter)")


def _segment_pieces(segments: Sequence[Segment], most: int) -> tuple[Piece, ...]:
    """The pieces of a text, cut after ``most``; the equal ones are shortened to what stands beside a change."""
    pieces: list[Piece] = []
    left = most
    for place, segment in enumerate(segments):
        text = segment.text
        if segment.kind is SegmentKind.EQUAL:
            text = _context(text, first=place == 0, last=place == len(segments) - 1)
        shown = text[:left]
        left -= len(shown)
        more = segment.omitted + len(text) - len(shown)
        pieces.append(Piece(shown, _LOOKS[segment.kind]))
        if more:
            pieces.append(Piece(f" … {more:,} more", "muted"))
        if not left and place < len(segments) - 1:
            pieces.append(Piece(" … and further changes", "muted"))
            break
    return tuple(pieces)


def _context(text: str, *, first: bool, last: bool) -> str:
    if len(text) <= 2 * _CONTEXT:
        return text
    head = "" if first else text[:_CONTEXT]
    tail = "" if last else text[-_CONTEXT:]
    return f"{head}…{tail}"
