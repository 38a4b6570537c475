"""From a capture's entries to its connection attempts. Reads few rows whatever the capture holds: SQLite counts."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from ..capture.entry import EntryFlag, EntryKind
from ..client.events import FailureDetail
from ..protocol.limits import measure
from .facts import OUT, Attempt, Mark, Tally
from .stored_events import read_ending, read_failure, read_upgrade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ..capture.entry import Entry
    from ..capture.store import CaptureStore

_FLAGS = int(EntryFlag.TOOL_MADE | EntryFlag.PROBLEM)
_TALLY = f"""
SELECT attempt, direction, kind, flags & {_FLAGS}, count(*), min(number), max(number)
FROM entries WHERE number BETWEEN ? AND ? GROUP BY 1, 2, 3, 4
"""  # noqa: S608 - a number of our own
_AT_ONCE = 2_000
_MEASURED_BYTES = 16 * 2**20
"""Larger messages are far beyond every limit: their UTF-16 units tell nothing more."""
_LOOKED_BACK = 20
"""So many entries before our close frame at most is the one that it was sent for."""

_CLOSE, _TEXT = int(EntryKind.CLOSE), int(EntryKind.TEXT)
_HANDSHAKE, _ENDING, _STATE = int(EntryKind.HANDSHAKE), int(EntryKind.ENDING), int(EntryKind.STATE)
_TOOL_MADE, _PROBLEM = int(EntryFlag.TOOL_MADE), int(EntryFlag.PROBLEM)

_Tallies = dict[int, dict[Mark, Tally]]


def read_attempts(store: CaptureStore, after: int = 0) -> list[Attempt]:
    """The attempts of the entries behind number ``after``, in order. Takes some 100 ms per million: not for the window.

    ``after`` must not lie within an attempt that is wanted. Raises StoreError.
    """
    tallies = _tallied(store, after)
    wanted = sorted({n for marks in tallies.values() for tally in marks.values() for n in (tally.first, tally.last)})
    entries = {entry.number: entry for entry in _entries(store, wanted)}
    # What was noted before the first attempt belongs to none.
    return [_attempt(store, number, tallies[number], entries) for number in sorted(tallies) if number]


def _tallied(store: CaptureStore, after: int) -> _Tallies:
    found: _Tallies = defaultdict(dict)
    count = store.count
    on_file = 0
    with store.readers.borrow() as connection:
        # The newest entries may not be in the file yet; those are counted here.
        (on_file,) = connection.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()
        for attempt, *mark, many, first, last in connection.execute(_TALLY, (after + 1, min(on_file, count))):
            found[attempt][(mark[0], mark[1], mark[2])] = Tally(many, first, last)
    for start in range(max(on_file, after) + 1, count + 1, _AT_ONCE):
        for entry in store.page(start, min(_AT_ONCE, count + 1 - start)):
            _count(found[entry.attempt], entry)
    return found


def _count(marks: dict[Mark, Tally], entry: Entry) -> None:
    mark = (entry.direction, entry.kind, entry.flags & _FLAGS)
    known = marks.get(mark)
    marks[mark] = (
        Tally(1, entry.number, entry.number) if known is None else Tally(known.count + 1, known.first, entry.number)
    )


def _entries(store: CaptureStore, numbers: list[int]) -> Iterable[Entry]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield from store.entries(numbers[start : start + _AT_ONCE])


def _attempt(store: CaptureStore, number: int, marks: dict[Mark, Tally], entries: Mapping[int, Entry]) -> Attempt:
    began = entries[min(tally.first for tally in marks.values())]
    last: dict[tuple[int, int], Entry] = {}
    closes: dict[int, Entry] = {}
    for (direction, kind, _flags), tally in marks.items():
        newest = entries[tally.last]
        if (direction, kind) not in last or last[direction, kind].number < newest.number:
            last[direction, kind] = newest
        if kind == _CLOSE and (direction not in closes or closes[direction].number > tally.first):
            closes[direction] = entries[tally.first]
    upgrade_entry = _one(marks, entries, _HANDSHAKE)
    ending_entry = _one(marks, entries, _ENDING)
    ending = read_ending(ending_entry, store.payload(ending_entry.number)) if ending_entry else None
    failure_entry = _one(marks, entries, _STATE, _PROBLEM) if ending_entry is None else None
    over = ending_entry or failure_entry
    step = _one(marks, entries, _STATE, _TOOL_MADE)
    if over is None or (step is not None and step.number < over.number):
        step = None
    failure, _, hint = _words(store, failure_entry).partition("\n")
    what, detail = read_failure(failure_entry) if failure_entry is not None else (None, FailureDetail.UNKNOWN)
    return Attempt(
        number=number,
        began=began,
        tallies=marks,
        upgrade=read_upgrade(upgrade_entry, store.payload(upgrade_entry.number)) if upgrade_entry else None,
        ending=ending,
        ending_entry=ending_entry,
        failure=failure,
        failure_entry=failure_entry,
        failure_hint=hint,
        failure_kind=what,
        failure_detail=detail,
        next_step=_words(store, step),
        last=last,
        first_closes=closes,
        offender=_offender(store, closes.get(OUT)) if ending is not None and ending.failed else None,
        sent_units=_units(store, last.get((OUT, _TEXT))),
    )


def _one(
    marks: Mapping[Mark, Tally], entries: Mapping[int, Entry], kind: int, flags: int | None = None
) -> Entry | None:
    numbers = [
        tally.last for mark, tally in marks.items() if mark[1] == kind and (flags is None or mark[2] & _FLAGS == flags)
    ]
    return entries[max(numbers)] if numbers else None


def _offender(store: CaptureStore, close: Entry | None) -> Entry | None:
    """The entry that came and was wrong, for which this side sent ``close`` and failed the connection."""
    if close is None:
        return None
    first = max(close.number - _LOOKED_BACK, 1)
    before = store.page(first, close.number - first)
    wrong = [entry for entry in before if not entry.direction and entry.flags & _PROBLEM]
    return wrong[-1] if wrong and wrong[-1].attempt == close.attempt else None


def _words(store: CaptureStore, entry: Entry | None) -> str:
    return store.payload(entry.number).decode("utf-8", "replace") if entry is not None else ""


def _units(store: CaptureStore, entry: Entry | None) -> int | None:
    if entry is None or entry.size > _MEASURED_BYTES:
        return None
    return measure(store.payload(entry.number).decode("utf-8", "replace")).units
