"""Which entry stands in which row of the log: all entries or the matching ones, runs of pings and pongs in one row."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING, NamedTuple

from ...capture.entry import EntryKind

if TYPE_CHECKING:
    from collections.abc import Sequence

DIRECTION_SHIFT = 5
"""A mark is one byte for an entry: its direction above its kind, as ``CaptureStore.marks`` gives it."""
_FOLDS = bytes(mark & 31 in (EntryKind.PING, EntryKind.PONG) for mark in range(256))
_RUN = re.compile(b"\1\1+")


def mark(kind: int, direction: int) -> int:
    """The byte that stands for an entry where only its kind and direction are asked for."""
    return direction << DIRECTION_SHIFT | kind


class Row(NamedTuple):
    """What one row stands for."""

    number: int
    """Its entry, the first one of a run."""
    length: int
    """How many entries it stands for: 1, or those of a run of pings and pongs."""
    last_number: int


class FrameRows:
    """Rows of a log with ``count`` entries. Rows, positions and numbers rise together.

    A position counts the entries that are shown, before folding. Only runs of two and more are kept, so that a million
    entries without pings cost nothing; what was found costs four bytes an entry.
    """

    def __init__(self) -> None:
        self._count = 0
        self._numbers: array[int] | None = None
        self._folding = True
        self._clear_runs()

    @property
    def row_count(self) -> int:
        """Rows after folding."""
        return self._count - self._hidden

    @property
    def entry_count(self) -> int:
        """Entries that are shown, those in runs included."""
        return self._count

    @property
    def folding(self) -> bool:
        """Whether runs of pings and pongs are one row."""
        return self._folding

    def reset(self, numbers: array[int] | None, marks: bytes | bytearray, *, folding: bool) -> None:
        """Start anew. ``numbers`` are those shown, rising; None for all from 1 on. One mark for each entry shown."""
        self._numbers = array("I") if numbers is not None else None
        self._count = 0
        self._folding = folding
        self._clear_runs()
        self.append(numbers, marks)

    def append(self, numbers: Sequence[int] | None, marks: bytes | bytearray) -> None:
        """Add entries at the end; ``numbers`` as in :meth:`reset`, of the same kind."""
        if self._numbers is not None:
            assert numbers is not None
            self._numbers.extend(numbers)
        start = self._count
        self._count += len(marks)
        if self._folding and marks:
            self._fold(marks.translate(_FOLDS), start)

    def rows_added_by(self, marks: bytes | bytearray) -> int:
        """How many rows :meth:`append` would add: what a model must announce before it happens."""
        if not self._folding or not marks:
            return len(marks)
        folds = marks.translate(_FOLDS)
        lead = len(folds) - len(folds.lstrip(b"\1")) if self._tail else 0
        return len(marks) - lead - sum(len(run[0]) - 1 for run in _RUN.finditer(folds, lead))

    def row(self, row: int) -> Row:
        """What stands in ``row``, which must be in range."""
        position, length = self._positions(row)
        if self._numbers is None:
            return Row(position + 1, length, position + length)
        return Row(self._numbers[position], length, self._numbers[position + length - 1])

    def numbers_between(self, first: int, last: int) -> list[int]:
        """All entries of the rows from ``first`` to ``last``, which must be in range, those in runs included.

        A million take some hundredths of a second.
        """
        start, _ = self._positions(first)
        at_end, length = self._positions(last)
        end = at_end + length
        return list(range(start + 1, end + 1)) if self._numbers is None else self._numbers[start:end].tolist()

    def row_of(self, number: int) -> int:
        """The row in which an entry stands, within a run or alone; -1 when it is not shown."""
        if self._numbers is None:
            position = number - 1
        else:
            position = bisect_left(self._numbers, number)
            if position < self._count and self._numbers[position] != number:
                return -1
        if not 0 <= position < self._count:
            return -1
        run = bisect_right(self._run_starts, position) - 1
        if run < 0:
            return position
        past = position - self._run_starts[run] - self._run_lengths[run]
        return self._run_rows[run] if past < 0 else self._run_rows[run] + 1 + past

    def last_number(self) -> int:
        """The highest number that is shown; 0 for none."""
        if not self._count:
            return 0
        return self._count if self._numbers is None else self._numbers[-1]

    def _positions(self, row: int) -> tuple[int, int]:
        """The position of a row's first entry, and how many it stands for."""
        run = bisect_right(self._run_rows, row) - 1
        if run < 0:
            return row, 1
        past = row - self._run_rows[run]
        position, length = self._run_starts[run], self._run_lengths[run]
        return (position + length - 1 + past, 1) if past else (position, length)

    def _clear_runs(self) -> None:
        self._run_starts = array("I")
        self._run_lengths = array("I")
        self._run_rows = array("I")
        self._hidden = 0
        self._tail = 0
        """Pings and pongs at the very end, which the next ones join."""

    def _fold(self, folds: bytes | bytearray, start: int) -> None:
        lead = 0
        if self._tail:
            lead = len(folds) - len(folds.lstrip(b"\1"))
            if lead and self._tail == 1:
                self._add_run(start - 1, 1 + lead)
            elif lead:
                self._run_lengths[-1] += lead
                self._hidden += lead
        for run in _RUN.finditer(folds, lead):
            self._add_run(start + run.start(), len(run[0]))
        at_end = len(folds) - len(folds.rstrip(b"\1"))
        self._tail = self._tail + at_end if at_end == len(folds) else at_end

    def _add_run(self, position: int, length: int) -> None:
        self._run_starts.append(position)
        self._run_lengths.append(length)
        self._run_rows.append(position - self._hidden)
        self._hidden += length - 1
