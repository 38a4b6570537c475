"""The statistics panel: what it counts, of which time, and what it costs."""

from __future__ import annotations

import itertools
import time
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QSignalSpy, QTest
from PySide6.QtWidgets import QComboBox, QLabel

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.statistics import Statistics
from optave_inspector.ui.models.statistics_table import StatisticsTableModel, rate_text
from optave_inspector.ui.widgets.empty_state import EmptyState
from tests.ui.statistics_desk import StatisticsDesk

if TYPE_CHECKING:
    from collections.abc import Iterator

S = 1_000_000_000


@pytest.fixture
def desk(aio, qtbot) -> Iterator[StatisticsDesk]:
    made = StatisticsDesk(aio, qtbot)
    yield made
    made.close()


def choose(desk: StatisticsDesk, name: str, timeout: int = 5_000) -> None:
    combo = desk.panel.findChild(QComboBox, "statisticsTimeCombo")
    combo.setCurrentText(name)
    desk.counted(timeout)


def codes(desk: StatisticsDesk) -> str:
    return desk.panel.findChild(QLabel, "statisticsErrorCodes").full_text()


def test_without_requests_it_says_what_to_do(desk) -> None:
    empty = desk.panel.findChild(EmptyState, "statisticsEmpty")
    assert empty.isVisibleTo(desk.panel)
    assert empty.sentence() == "No requests yet"
    assert not desk.panel.copy_button.isVisibleTo(desk.panel)


def test_each_action_has_its_counts_and_times(desk) -> None:
    for took_ms in (100, 200, 300, 400):
        desk.exchange("adjust", took_ms)
    desk.exchange("translate", 50, error="RATE_LIMITED")
    desk.wire.request("elevate")
    desk.arrive()
    rows = desk.rows()
    assert list(rows) == ["all", "adjust", "translate", "elevate"]
    assert [rows[name]["sent"] for name in rows] == ["6", "4", "1", "1"]
    assert [rows[name]["completed"] for name in rows] == ["4", "4", "0", "0"]
    assert [rows["adjust"][f"total {p}"] for p in ("p50", "p90", "max")] == ["200 ms", "400 ms", "400 ms"]
    assert rows["translate"]["error"] == "1"
    assert rows["elevate"]["open"] == "1"
    assert rows["elevate"]["total p50"] == "–"


def test_error_codes_are_told_of_the_row_that_is_current(desk) -> None:
    desk.exchange("adjust", error="E1")
    desk.exchange("adjust", error="E1")
    desk.exchange("translate", error="E2")
    desk.arrive()
    assert codes(desk) == "Errors of all: E1 ×2, E2 ×1"
    desk.panel.table.selectRow(2)
    assert codes(desk) == "Errors of translate: E2 ×1"


def test_what_was_open_and_is_answered_later_moves_over(desk) -> None:
    waiting = desk.wire.request()
    desk.arrive()
    assert desk.rows()["all"]["open"] == "1"
    desk.wire.answer(waiting)
    desk.arrive()
    assert (desk.rows()["all"]["open"], desk.rows()["all"]["completed"]) == ("0", "1")


def test_a_column_that_is_seldom_needed_takes_no_room_until_it_is(desk) -> None:
    titles = [desk.panel.model.headerData(column, Qt.Orientation.Horizontal) for column in range(8)]
    cut_off = next(column for column, title in enumerate(titles) if "cut off" in title)
    waiting = desk.wire.request()
    desk.wire.answer(waiting)
    desk.arrive()
    assert desk.panel.table.isColumnHidden(cut_off)
    desk.wire.request()
    desk.wire.ended()
    desk.arrive()
    assert not desk.panel.table.isColumnHidden(cut_off)


def test_the_last_minute_is_that_before_the_newest_request(desk) -> None:
    desk.exchange("translate")
    desk.exchange("adjust", after_ms=50_000)
    desk.exchange("adjust", after_ms=50_000)
    desk.arrive()
    choose(desk, "Last 60 s")
    assert list(desk.rows()) == ["all", "adjust"]
    assert desk.panel.note_label.full_text() == "2 of 3 exchanges"
    choose(desk, "Last 5 min")
    assert desk.rows()["all"]["sent"] == "3"
    choose(desk, "Last 60 s")
    desk.exchange("adjust", after_ms=58_000)
    desk.arrive()
    assert desk.rows()["all"]["sent"] == "2"


def test_it_can_be_of_the_time_that_the_traces_show(desk) -> None:
    for _ in range(4):
        desk.exchange(after_ms=1_000)
    desk.arrive()
    choose(desk, "As in Traces")
    assert desk.rows()["all"]["sent"] == "4"
    second, third = (desk.session.exchanges[place].sent_ns for place in (1, 2))
    desk.exchanges.scale.zoom(0.3, (second + third) // 2)
    desk.counted()
    axis = desk.exchanges.scale.axis()
    inside = sum(axis.start_ns <= exchange.sent_ns <= axis.end_ns for exchange in desk.session.exchanges)
    assert 0 < inside < 4
    assert desk.rows()["all"]["sent"] == str(inside)


def test_the_chosen_time_is_found_again(desk) -> None:
    choose(desk, "Last 5 min")
    kept = desk.panel.save_state()
    choose(desk, "All")
    desk.panel.restore_state(kept)
    assert desk.panel.save_state() == kept
    desk.panel.restore_state({"time": "no such"})
    assert desk.panel.save_state() == kept


def test_nothing_runs_while_nothing_changes_or_nobody_looks(desk) -> None:
    desk.exchange()
    desk.arrive()
    changes = QSignalSpy(desk.panel.model.dataChanged)
    desk.bridge.exchangesChanged.emit([1])
    desk.counted()
    assert changes.count() == 0
    desk.panel.hide()
    desk.exchange()
    desk.wire.settle()
    desk.bridge.flush()
    assert not desk.panel.busy
    desk.panel.show()
    desk.counted()
    assert desk.rows()["all"]["sent"] == "2"


def test_news_are_shown_ten_times_a_second_at_most(desk, qtbot) -> None:
    shown: list[float] = []
    desk.panel.model.dataChanged.connect(lambda *_: shown.append(time.monotonic()))
    for _ in range(5):
        seen = len(shown)
        desk.exchange()
        desk.wire.settle()
        desk.bridge.flush()
        qtbot.waitUntil(lambda seen=seen: len(shown) > seen)
    steps = [later - earlier for earlier, later in itertools.pairwise(shown)]
    assert min(steps) > 0.09


def test_the_numbers_are_copied_as_text_and_as_csv(desk) -> None:
    desk.exchange("=adjust", 100)
    desk.arrive()
    desk.panel.table.setFocus()
    QTest.keyClick(desk.panel.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    text = QGuiApplication.clipboard().text()
    assert "All requests of this session" in text
    assert ["all", "1", "1"] in [line.split()[:3] for line in text.splitlines()]
    desk.panel.copy_csv()
    csv = QGuiApplication.clipboard().text()
    assert csv.splitlines()[0].startswith("action,exchanges,sent,answered,errors")
    assert csv.splitlines()[1].startswith("'=adjust,1,1")


def test_a_hundred_thousand_are_counted_in_pieces(desk, qtbot) -> None:
    for number in range(1, 100_001):
        sent_ns = number * 1_000_000
        exchange = Exchange(number, 1, "adjust", "", number, sent_ns, status=ExchangeStatus.COMPLETED)
        exchange.update_ns, exchange.ended_ns = [sent_ns + number], sent_ns + number
        desk.session.exchanges.append(exchange)
    pieces = 0

    def on_show(*_: object) -> None:
        nonlocal pieces
        pieces += 1

    desk.panel.model.dataChanged.connect(on_show)
    desk.bridge.exchangesChanged.emit(list(range(1, 100_001)))
    qtbot.waitUntil(lambda: desk.rows()["all"]["sent"] == "100,000", timeout=30_000)
    assert pieces > 10
    assert desk.rows()["all"]["total p50"] == "0.1 ms"
    choose(desk, "Last 60 s", timeout=30_000)
    assert desk.rows()["all"]["sent"] == "60,001"
    assert desk.rows()["all"]["total max"] == "0.1 ms"


def test_the_model_is_sound(qtbot) -> None:
    model = StatisticsTableModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    two = [Exchange(number, 1, action, "", number, number) for number, action in ((1, "adjust"), (2, ""))]
    for exchanges in ([], two, two[:1], two):
        model.show(Statistics(exchanges), S)
    assert model.headerData(2, Qt.Orientation.Vertical) == "no action"


@pytest.mark.parametrize(
    ("count", "span_ns", "text"),
    [
        (0, 0, "–"),
        (1, 5 * S, "–"),
        (50, 0, "–"),
        (10, 60 * S, "10 /min"),
        (2, 60 * S, "2.0 /min"),
        (90, 60 * S, "1.5 /s"),
        (100_000, 100 * S, "1,000 /s"),
    ],
)
def test_a_rate_is_told_in_the_unit_that_suits_it(count: int, span_ns: int, text: str) -> None:
    assert rate_text(count, span_ns) == text
