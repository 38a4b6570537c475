"""The frame log's model over a real capture: appending, narrowing, folding, and what its cells say."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.capture.query.parse import parse
from optave_inspector.capture.store import CaptureStore
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.models.frame_columns import COLUMNS, FrameColumn
from optave_inspector.ui.models.frame_table import NUMBER_ROLE, FrameTableModel
from optave_inspector.ui.models.row_filter import RowFilter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

START_NS = 1_767_355_200_000_000_000
ID = "0190b3b4-1111-7111-8111-0000000{}"


def entry(number: int, kind: int = EntryKind.TEXT, direction: int = 0, **more: object) -> Entry:
    """An entry every 10 ms."""
    fields: dict[str, object] = {"size": 700, "wire_size": 712} | more
    return Entry(number, 1, direction, kind, number * 10_000_000, START_NS + number * 10_000_000, **fields)


def add(store: CaptureStore, entries: Sequence[Entry], payload: Callable[[Entry], bytes] = lambda _entry: b"{}") -> int:
    """Store entries and wait until they can be read."""
    done = threading.Event()
    store.append([(one, payload(one)) for one in entries], lambda _count: done.set())
    assert done.wait(20)
    return store.count


@pytest.fixture
def store() -> Iterator[CaptureStore]:
    capture = CaptureStore.create(None)
    yield capture
    capture.close()


@pytest.fixture
def exchanges() -> list[Exchange]:
    return []


@pytest.fixture
def large_model(qapp, store: CaptureStore, exchanges: list[Exchange]) -> FrameTableModel:
    """Without a tester, which walks all rows at each change."""
    return FrameTableModel(store, lambda number: exchanges[number - 1] if number else None)


@pytest.fixture
def model(large_model: FrameTableModel) -> FrameTableModel:
    large_model.tester = QAbstractItemModelTester(large_model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    return large_model


def column(model: FrameTableModel, which: FrameColumn) -> list[str]:
    return [model.index(row, which).data() for row in range(model.rowCount())]


def test_rows_come_in_batches_and_say_what_the_entries_are(model: FrameTableModel, store: CaptureStore) -> None:
    inserted: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: inserted.append((first, last)))
    model.grow(add(store, [entry(1, direction=1, action="adjust"), entry(2, action="adjust", state="started")]))
    model.grow(add(store, [entry(3, EntryKind.PONG, 1, size=4, flags=EntryFlag.TOOL_MADE, summary="beat")]))
    assert inserted == [(0, 1), (2, 2)]
    assert column(model, FrameColumn.NUMBER) == ["1", "2", "3"]
    assert column(model, FrameColumn.DIRECTION) == ["↑", "↓", "↑"]
    assert column(model, FrameColumn.KIND) == ["text", "text", "pong · auto"]
    assert column(model, FrameColumn.DELTA) == ["", "+0.010", "+0.010"]
    assert column(model, FrameColumn.SIZE) == ["700 B", "700 B", "4 B"]
    assert column(model, FrameColumn.STATE) == ["", "started", ""]


def test_the_model_tells_only_of_rows_that_exist(model: FrameTableModel, store: CaptureStore) -> None:
    model.grow(5)
    assert model.rowCount() == 0
    model.grow(add(store, [entry(1)]) + 3)
    assert model.rowCount() == 1


def test_times_count_from_the_first_entry_when_asked(model: FrameTableModel, store: CaptureStore) -> None:
    model.grow(add(store, [entry(1), entry(2), entry(7_000)][:2]))
    told = []
    model.dataChanged.connect(lambda first, last: told.append((first.column(), last.row())))
    model.set_elapsed(True)
    assert column(model, FrameColumn.TIME) == ["00:00:00.000", "00:00:00.010"]
    assert told == [(FrameColumn.TIME, 1)]
    assert model.headerData(FrameColumn.TIME, Qt.Orientation.Horizontal) == "elapsed"


def test_the_correlation_is_shown_by_its_end_since_uuid7_begin_alike(
    model: FrameTableModel, store: CaptureStore, exchanges: list[Exchange]
) -> None:
    exchanges.append(Exchange(1, 1, "adjust", ID.format("0c07e"), 1, 0))
    model.grow(
        add(
            store,
            [entry(1, direction=1, correlation_id=ID.format("0c07e"), exchange=1), entry(2, exchange=1), entry(3)],
        )
    )
    assert column(model, FrameColumn.CORRELATION) == ["▮ c07e", "≈ c07e", ""]
    tooltip = model.index(1, FrameColumn.CORRELATION).data(Qt.ItemDataRole.ToolTipRole)
    assert "carries no ID" in tooltip
    assert "UUIDv7 of 2024-07" in tooltip


@pytest.mark.parametrize(
    ("status", "text"),
    [
        (ExchangeStatus.WAITING, "waiting"),
        (ExchangeStatus.STREAMING, "streaming"),
        (ExchangeStatus.TIMED_OUT, "timed out"),
        (ExchangeStatus.CUT_OFF, "cut off"),
        (ExchangeStatus.COMPLETED, ""),
    ],
)
def test_a_request_says_what_became_of_it(
    model: FrameTableModel, store: CaptureStore, exchanges: list[Exchange], status: ExchangeStatus, text: str
) -> None:
    exchanges.append(Exchange(1, 1, "adjust", "x", 1, 0))
    model.grow(add(store, [entry(1, direction=1, exchange=1), entry(2, exchange=1, latency_ns=2_410_000_000)]))
    assert column(model, FrameColumn.LATENCY) == ["waiting", "2.41 s"]
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    exchanges[0].status = status
    model.exchanges_changed([1])
    assert changed == [0]
    assert column(model, FrameColumn.LATENCY) == [text, "2.41 s"]


def test_close_codes_that_never_travel_are_not_shown_as_received(model: FrameTableModel, store: CaptureStore) -> None:
    model.grow(
        add(
            store,
            [
                entry(1, EntryKind.CLOSE, code=1011, size=14),
                entry(2, EntryKind.CLOSE, code=1005, size=0),
                entry(3, EntryKind.ENDING, 2, code=1006, summary="1006 Abnormal closure · first close frame: nobody"),
            ],
        )
    )
    assert column(model, FrameColumn.STATE) == ["1011", "no code", "1006"]
    assert column(model, FrameColumn.DIRECTION)[2] == "•"
    assert model.shown(2).marker.startswith("ending · 1006")
    assert "waiting longer each time" in model.index(0, FrameColumn.STATE).data(Qt.ItemDataRole.ToolTipRole).lower()


def test_flags_are_words_beside_the_summary(model: FrameTableModel, store: CaptureStore) -> None:
    flags = [EntryFlag.ORPHAN, EntryFlag.LATE, EntryFlag.DUPLICATE, EntryFlag.PROBLEM]
    model.grow(add(store, [entry(at, flags=flag, summary="x") for at, flag in enumerate(flags, 1)]))
    assert column(model, FrameColumn.SUMMARY) == ["⚠ orphan · x", "⚠ late · x", "⚠ duplicate · x", "⚠ x"]


def test_pings_and_pongs_fold_and_unfold(model: FrameTableModel, store: CaptureStore) -> None:
    kinds = [EntryKind.TEXT, EntryKind.PING, EntryKind.PONG, EntryKind.PING]
    model.grow(add(store, [entry(at, kind, at % 2) for at, kind in enumerate(kinds, 1)]))
    assert model.rowCount() == 2
    assert column(model, FrameColumn.KIND)[1] == "ping / pong ×3 (folded)"
    changed: list[int] = []
    model.dataChanged.connect(lambda first, _last: changed.append(first.row()))
    model.grow(add(store, [entry(5, EntryKind.PONG), entry(6)]))
    assert changed == [1]
    assert column(model, FrameColumn.KIND)[1:] == ["ping / pong ×4 (folded)", "text"]
    assert column(model, FrameColumn.DELTA)[2] == "+0.010"
    assert [model.row_of(number) for number in (2, 5, 6)] == [1, 1, 2]
    assert model.index(1, 0).data(NUMBER_ROLE) == 2
    model.set_folding(False)
    assert column(model, FrameColumn.KIND) == ["text", "ping", "pong", "ping", "pong", "text"]
    assert not model.folding


def test_one_direction_alone_can_be_shown_while_entries_come(model: FrameTableModel, store: CaptureStore) -> None:
    model.grow(add(store, [entry(number, direction=number % 2) for number in range(1, 7)]))
    model.show_direction(1)
    assert column(model, FrameColumn.NUMBER) == ["1", "3", "5"]
    assert column(model, FrameColumn.DELTA)[1] == "+0.020"
    model.grow(add(store, [entry(7, direction=1), entry(8, direction=0), entry(9, EntryKind.STATE, 2)]))
    assert column(model, FrameColumn.NUMBER) == ["1", "3", "5", "7"]
    model.show_direction(None)
    assert model.rowCount() == 9


def test_a_search_narrows_and_what_comes_later_waits_for_its_verdict(
    model: FrameTableModel, store: CaptureStore
) -> None:
    model.grow(add(store, [entry(number, direction=number % 2) for number in range(1, 11)]))
    model.replace_matches([2, 5, 9])
    assert column(model, FrameColumn.NUMBER) == ["2", "5", "9"]
    model.grow(add(store, [entry(11), entry(12)]))
    assert model.rowCount() == 3
    assert model.shown_through == 12
    model.add_matches([12])
    assert column(model, FrameColumn.NUMBER) == ["2", "5", "9", "12"]
    model.show_direction(1)
    assert column(model, FrameColumn.NUMBER) == ["5", "9"]
    model.show_all()
    assert model.rowCount() == 5
    model.show_direction(None)
    assert model.rowCount() == 12


def test_fifty_thousand_entries_cost_pages_not_rows(large_model: FrameTableModel, store: CaptureStore) -> None:
    model = large_model
    for first in range(1, 50_001, 5_000):
        add(store, [entry(number) for number in range(first, first + 5_000)])
    read: list[int] = []
    page = store.page
    model._pages._read = lambda first, count: (read.append(first), page(first, count))[1]
    model.grow(store.count)
    assert model.rowCount() == 50_000
    for row in (0, 49_999, 25_000, 25_001, 25_010):
        assert model.index(row, FrameColumn.NUMBER).data() == str(row + 1)
    assert len(read) <= 4


def test_an_entry_that_cannot_be_read_says_why_in_its_row(large_model: FrameTableModel, store: CaptureStore) -> None:
    large_model.grow(add(store, [entry(1)]))
    store.close()
    assert "closed" in large_model.index(0, FrameColumn.SUMMARY).data()


def test_every_column_has_a_header_and_no_role_is_answered_by_chance(
    model: FrameTableModel, store: CaptureStore
) -> None:
    model.grow(add(store, [entry(1, code=0)]))
    for section, info in enumerate(COLUMNS):
        assert model.headerData(section, Qt.Orientation.Horizontal) == info.title
        assert model.headerData(section, Qt.Orientation.Horizontal, Qt.ItemDataRole.AccessibleTextRole) == info.name
        assert model.index(0, section).data(Qt.ItemDataRole.DecorationRole) is None
    assert model.headerData(0, Qt.Orientation.Vertical) is None
    assert model.headerData(99, Qt.Orientation.Horizontal) is None


def words(one: Entry) -> bytes:
    return f'{{"word": "{"needle" if one.number % 100 == 0 else "hay"}", "number": {one.number}}}'.encode()


def search_into(model: FrameTableModel, rows: RowFilter) -> None:
    rows.found.connect(lambda numbers, begins: (model.replace_matches if begins else model.add_matches)(numbers))


def test_a_search_reads_whole_payloads_and_goes_on_with_what_arrives(qtbot, model, store) -> None:
    model.grow(add(store, [entry(number) for number in range(1, 2_001)], words))
    rows = RowFilter(store, model)
    search_into(model, rows)
    with qtbot.waitSignal(rows.finished, timeout=10_000):
        rows.search(parse("NEEDLE"), model.shown_through)
    assert column(model, FrameColumn.NUMBER) == [str(number) for number in range(100, 2_001, 100)]
    model.grow(add(store, [entry(number) for number in range(2_001, 2_201)], words))
    with qtbot.waitSignal(rows.finished, timeout=10_000):
        rows.extend(model.shown_through)
    assert column(model, FrameColumn.NUMBER)[-2:] == ["2100", "2200"]
    assert rows.searched_through == 2_200


def test_a_newer_search_replaces_the_running_one(qtbot, large_model, store) -> None:
    model = large_model
    for first in range(1, 40_001, 5_000):
        add(store, [entry(number) for number in range(first, first + 5_000)], words)
    model.grow(store.count)
    rows = RowFilter(store, model)
    begun: list[list[int]] = []
    rows.found.connect(lambda numbers, begins: begun.append(numbers) if begins else None)
    search_into(model, rows)
    with qtbot.waitSignal(rows.finished, timeout=20_000):
        rows.search(parse("hay"), model.shown_through)
        rows.search(parse("$.number:77"), model.shown_through)
    assert begun == [[77]]
    assert column(model, FrameColumn.NUMBER) == ["77"]


def test_a_stopped_search_tells_nothing_more(qtbot, model, store) -> None:
    model.grow(add(store, [entry(number) for number in range(1, 5_001)], words))
    rows = RowFilter(store, model)
    told: list[object] = []
    for signal in (rows.found, rows.finished, rows.failed):
        signal.connect(lambda *arguments: told.append(arguments))
    rows.search(parse("hay"), model.shown_through)
    rows.stop()
    rows.extend(6_000)
    qtbot.wait(150)
    assert told == []
    assert not rows.searching


def test_a_search_without_a_result_begins_and_ends_all_the_same(qtbot, model, store) -> None:
    model.grow(add(store, [entry(1)], words))
    rows = RowFilter(store, model)
    begun: list[tuple[list[int], bool]] = []
    rows.found.connect(lambda *arguments: begun.append(arguments))
    with qtbot.waitSignal(rows.finished, timeout=10_000):
        rows.search(parse("nowhere"), 1)
    assert begun == [([], True)]


def test_a_search_in_a_closed_capture_fails_in_words(qtbot, model, store) -> None:
    model.grow(add(store, [entry(1)], words))
    store.close()
    rows = RowFilter(store, model)
    with qtbot.waitSignal(rows.failed, timeout=10_000) as failed:
        rows.search(parse("x"), 1)
    assert "cannot be read" in failed.args[0]
