"""Rows of the log: which entry stands where, with and without a filter, with runs of pings and pongs folded."""

from __future__ import annotations

from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryKind
from optave_inspector.ui.models.frame_rows import FrameRows, Row, mark

TEXT = mark(EntryKind.TEXT, 0)
PING = mark(EntryKind.PING, 1)
PONG = mark(EntryKind.PONG, 0)


def rows_of(rows: FrameRows) -> list[Row]:
    return [rows.row(row) for row in range(rows.row_count)]


def expected(numbers: list[int], marks: bytes, *, folding: bool) -> list[Row]:
    """The rule itself, written the slow way."""
    found: list[Row] = []
    before = False
    for number, one in zip(numbers, marks, strict=True):
        folds = folding and one in (PING, PONG)
        if folds and before:
            last = found[-1]
            found[-1] = Row(last.number, last.length + 1, number)
        else:
            found.append(Row(number, 1, number))
        before = folds
    return found


def test_a_run_of_pings_and_pongs_is_one_counted_row() -> None:
    rows = FrameRows()
    rows.append(None, bytes([TEXT, PING, PONG, PING, PONG, TEXT]))
    assert rows_of(rows) == [Row(1, 1, 1), Row(2, 4, 5), Row(6, 1, 6)]
    assert [rows.row_of(number) for number in range(1, 7)] == [0, 1, 1, 1, 1, 2]


def test_a_single_ping_stays_a_row_of_its_own() -> None:
    rows = FrameRows()
    rows.append(None, bytes([TEXT, PING, TEXT]))
    assert [row.length for row in rows_of(rows)] == [1, 1, 1]


def test_a_run_grows_over_batches_without_new_rows() -> None:
    rows = FrameRows()
    rows.append(None, bytes([TEXT, PING]))
    assert rows.rows_added_by(bytes([PONG])) == 0
    rows.append(None, bytes([PONG]))
    assert rows_of(rows)[-1] == Row(2, 2, 3)
    assert rows.rows_added_by(bytes([PING, PONG, TEXT, PING])) == 2
    rows.append(None, bytes([PING, PONG, TEXT, PING]))
    assert rows_of(rows) == [Row(1, 1, 1), Row(2, 4, 5), Row(6, 1, 6), Row(7, 1, 7)]


def test_an_entry_that_is_not_shown_has_no_row() -> None:
    rows = FrameRows()
    rows.reset(array("I", [3, 7]), bytes([TEXT, TEXT]), folding=True)
    assert [rows.row_of(number) for number in (1, 3, 5, 7, 8)] == [-1, 0, -1, 1, -1]
    assert FrameRows().row_of(1) == -1


def test_entries_that_were_apart_fold_when_the_filter_leaves_nothing_between_them() -> None:
    rows = FrameRows()
    rows.reset(array("I", [2, 9]), bytes([PING, PONG]), folding=True)
    assert rows_of(rows) == [Row(2, 2, 9)]
    assert rows.last_number() == 9


@pytest.mark.parametrize("filtered", [False, True])
@given(st.data())
def test_rows_agree_with_the_slow_rule_however_the_entries_come(filtered: bool, data: st.DataObject) -> None:
    batches = data.draw(st.lists(st.lists(st.sampled_from([TEXT, PING, PONG]), max_size=6), max_size=6))
    folding = data.draw(st.booleans())
    gaps = data.draw(st.lists(st.integers(1, 4), min_size=40, max_size=40))
    rows = FrameRows()
    rows.reset(array("I") if filtered else None, b"", folding=folding)
    numbers: list[int] = []
    marks = b""
    for batch in batches:
        new: list[int] = []
        for _ in batch:
            last = new[-1] if new else numbers[-1] if numbers else 0
            new.append(last + (gaps[len(numbers) + len(new)] if filtered else 1))
        before = rows.row_count
        announced = rows.rows_added_by(bytes(batch))
        rows.append(new if filtered else None, bytes(batch))
        numbers += new
        marks += bytes(batch)
        assert rows.row_count - before == announced
    wanted = expected(numbers, marks, folding=folding)
    assert rows_of(rows) == wanted
    assert rows.entry_count == len(numbers)
    for index, row in enumerate(wanted):
        assert rows.row_of(row.number) == index
        assert rows.row_of(row.last_number) == index
    again = FrameRows()
    again.reset(array("I", numbers) if filtered else None, marks, folding=folding)
    assert rows_of(again) == wanted
    if wanted:
        first = data.draw(st.integers(0, len(wanted) - 1))
        last = data.draw(st.integers(first, len(wanted) - 1))
        between = [number for number in numbers if wanted[first].number <= number <= wanted[last].last_number]
        assert rows.numbers_between(first, last) == between
