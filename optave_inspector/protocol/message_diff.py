"""How two messages differ: by JSON path where both are JSON, else by lines and words, else by bytes."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from .ends_diff import diff_ends
from .json_diff import MAX_CHANGES, Change, ChangeKind, diff_values
from .read_json import ReadResult, read_json
from .stream_growth import Growth, stream_growth
from .text_diff import COMPARISON_STEPS, Budget, Segment, SegmentKind, diff_texts

__all__ = [
    "MAX_DIFF_BYTES",
    "Change",
    "ChangeKind",
    "Form",
    "Growth",
    "MessageDiff",
    "Segment",
    "SegmentKind",
    "diff",
    "stream_growth",
]

MAX_DIFF_BYTES = 1 << 20
"""Of a larger message, only what it has in common with the other at both ends is looked for."""


class Form(StrEnum):
    """How two messages were compared."""

    JSON = "json"
    TEXT = "text"
    BYTES = "bytes"
    """The segments' texts are hexadecimal."""


@dataclass(frozen=True, slots=True)
class MessageDiff:
    """What changed from one message to another."""

    form: Form
    same_bytes: bool
    changes: tuple[Change, ...]
    """For JSON: each place that differs. None where only the writing differs: white space, key order, escapes."""
    segments: tuple[Segment, ...]
    """For text and bytes: the pieces of both messages in order."""
    sentence: str
    """The outcome in words."""
    limits: tuple[str, ...] = ()
    """Sentences on what was not compared, or not exactly, and why."""


def diff(before: bytes, after: bytes) -> MessageDiff:
    """Compare two whole messages. Never raises; the work is bounded, a second or so for the largest."""
    if max(len(before), len(after)) > MAX_DIFF_BYTES:
        limit = f"A message of more than {MAX_DIFF_BYTES >> 20} MiB is compared at both ends alone"
        return _by_ends(before, after, f"{limit}; what lies between counts as changed.")
    readings = read_json(before), read_json(after)
    if all(map(_was_read, readings)):
        return _by_values(readings, same_bytes=before == after)
    return _by_text(before, after, readings)


def _was_read(reading: ReadResult) -> bool:
    return not reading.problem or reading.value is not None


def _by_values(readings: tuple[ReadResult, ReadResult], *, same_bytes: bool) -> MessageDiff:
    budget = Budget()
    changes, is_complete = diff_values(readings[0].value, readings[1].value, budget)
    limits = [
        f"The {which} message: {note}"
        for which, reading in zip(_WHICH, readings, strict=True)
        for note in (reading.problem, *reading.notes)
        if note
    ]
    if not is_complete:
        limits.append(f"Only the first {MAX_CHANGES:,} changes are listed.")
    sentence = _SAME if same_bytes else _counted(changes, is_complete=is_complete)
    return MessageDiff(Form.JSON, same_bytes, tuple(changes), (), sentence, (*limits, *_coarseness(budget)))


_WHICH = ("former", "new")
_SAME = "Both messages are the same, byte for byte."


def _counted(changes: Sequence[Change], *, is_complete: bool) -> str:
    if not changes:
        return "Both messages say the same; they differ in their writing: white space, key order, escapes or the like."
    counts = [(kind.value, sum(change.kind is kind for change in changes)) for kind in ChangeKind]
    parts = ", ".join(f"{count:,} {name}" for name, count in counts if count)
    return f"{'' if is_complete else 'More than '}{len(changes):,} {_plural('place', len(changes))}: {parts}."


def _plural(noun: str, count: int) -> str:
    return f"{noun} differs" if count == 1 else f"{noun}s differ"


def _coarseness(budget: Budget) -> tuple[str, ...]:
    if not budget.is_spent:
        return ()
    return (f"After {COMPARISON_STEPS:,} comparisons the rest was called changed, though parts of it may be equal.",)


def _by_text(before: bytes, after: bytes, readings: tuple[ReadResult, ReadResult]) -> MessageDiff:
    problems = [
        f"The {which} message is not compared as JSON: {reading.problem}"
        for which, reading in zip(_WHICH, readings, strict=True)
        if not _was_read(reading)
    ]
    if not (_is_utf8(before) and _is_utf8(after)):
        limit = "A message that is no text is compared at both ends alone; what lies between counts as changed."
        return _by_ends(before, after, limit)
    budget = Budget()
    segments = diff_texts(before.decode(), after.decode(), budget)
    limits = (*problems, *_coarseness(budget))
    return MessageDiff(Form.TEXT, before == after, (), segments, _measured(segments, "character"), limits)


def _by_ends(before: bytes, after: bytes, limit: str) -> MessageDiff:
    as_text = _is_utf8(before) and _is_utf8(after)
    segments = diff_ends(before, after, as_text=as_text)
    form = Form.TEXT if as_text else Form.BYTES
    same = before == after
    sentence = _SAME if same else f"{len(before):,} bytes became {len(after):,}."
    return MessageDiff(form, same, (), segments, sentence, () if same else (limit,))


def _measured(segments: Sequence[Segment], unit: str) -> str:
    removed, added = (
        sum(len(segment.text) for segment in segments if segment.kind is kind)
        for kind in (SegmentKind.REMOVED, SegmentKind.ADDED)
    )
    if not (removed or added):
        return _SAME
    return f"{added:,} {unit}{'s' * (added != 1)} added, {removed:,} removed."


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
