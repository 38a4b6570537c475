"""What two messages have in common at both ends: all that is asked of huge messages and of those that are no text."""

from .text_diff import Segment, SegmentKind, common_end, common_start

SHOWN_BYTES = 4_096
"""Longer pieces are shown by their start alone, equal ones before a change by their end."""


def diff_ends(before: bytes, after: bytes, *, as_text: bool) -> tuple[Segment, ...]:
    """Up to four pieces: equal, removed, added, equal. As text (both are UTF-8 then), else as hexadecimal bytes."""
    start = common_start(before, after)
    end = common_end(before, after, beyond=start)
    if as_text:
        while start and (_is_inside(before, start) or _is_inside(after, start)):
            start -= 1
        while end and _is_inside(before, len(before) - end):
            end -= 1
    pieces = (
        (SegmentKind.EQUAL, before[:start]),
        (SegmentKind.REMOVED, before[start : len(before) - end]),
        (SegmentKind.ADDED, after[start : len(after) - end]),
        (SegmentKind.EQUAL, before[len(before) - end :] if end else b""),
    )
    shown = [_segment(kind, data, as_text=as_text, from_end=number == 0) for number, (kind, data) in enumerate(pieces)]
    return tuple(segment for segment in shown if segment.text or segment.omitted)


def _is_inside(data: bytes, position: int) -> bool:
    """Whether ``position`` is inside of a UTF-8 character."""
    return position < len(data) and data[position] & 0xC0 == 0x80


def _segment(kind: SegmentKind, data: bytes, *, as_text: bool, from_end: bool) -> Segment:
    part = data[-SHOWN_BYTES:] if from_end else data[:SHOWN_BYTES]
    if as_text and len(part) < len(data):
        # A cut inside of a character leaves its other bytes out.
        text = part.decode(errors="ignore")
        return Segment(kind, text, omitted=len(data) - len(text.encode()))
    text = part.decode() if as_text else part.hex(" ")
    return Segment(kind, text, omitted=len(data) - len(part))
