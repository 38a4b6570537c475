"""Comparing two captures or two times, from being asked to opening what parted."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QFileDialog, QLabel, QPushButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.store import CaptureStore
from optave_inspector.comparing import Side, TimePart
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.ui.dialogs.compare_dialog import CompareDialog
from optave_inspector.ui.dialogs.compare_result import CompareResult
from tests.ui.wire import MS, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from optave_inspector.ui.capture_comparing import CaptureComparing

pytestmark = pytest.mark.qt_log_ignore(r"does not support raise\(\)", extend=True)


@contextlib.asynccontextmanager
async def app() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def good(wire: Wire) -> None:
    for took_ms in (100, 200, 300):
        correlation_id = wire.request()
        wire._now_ns += took_ms * MS
        wire.answer(correlation_id)


def bad(wire: Wire) -> None:
    correlation_id = wire.request()
    wire._now_ns += 900 * MS
    wire.answer(correlation_id)
    correlation_id = wire.request()
    headers = {"correlationId": correlation_id, "action": "adjust", "schemaRef": "optave.error.v3"}
    wire.message({"headers": headers, "payload": {}, "error": {"code": "RATE_LIMITED", "message": "No."}})


async def tell(session: Session, *parts: Any) -> None:
    wire = Wire(session, None)
    for each in parts:
        each(wire)
    for step in wire._waiting:
        step()
    await session.settled()


@pytest.fixture
def bad_day(aio, tmp_path: Path) -> Path:
    path = tmp_path / "bad day.optave-capture"

    async def run() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        await tell(session, bad)
        await session.aclose()
        session.store.close()

    aio(run())
    return path


async def result(comparing: CaptureComparing, wait_until: Any, left: Side, right: Side) -> CompareResult:
    comparing.compare(left, right)
    window = comparing._window
    await wait_until(lambda: window.findChild(CompareResult) is not None)
    return window.findChild(CompareResult)


def finding(dialog: CompareResult, number: int) -> str:
    return dialog.findChild(QLabel, f"compareFinding{number}").text()


def press(dialog: QDialog, name: str) -> None:
    QTest.mouseClick(dialog.findChild(QPushButton, name), Qt.MouseButton.LeftButton)


def test_a_good_session_and_a_bad_capture_are_set_side_by_side(aio, wait_until, bad_day: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            await tell(parts.session, good)
            comparing = parts.window.page.captures.comparing
            shown = await result(comparing, wait_until, Side("This session"), Side("bad day", bad_day))
            told = "≠ They part at request 2. adjust: completed on the left side, error RATE_LIMITED on the right."
            assert finding(shown, 0) == f"{told} 1 alike before."
            slower = "adjust is slower on the right side: 110 ms and 910 ms in all."
            assert finding(shown, 1) == f"◔ The first other latency is at request 1. {slower}"
            rows = [
                [shown.summaries.index(row, column).data() for column in range(5)]
                for row in range(shown.summaries.rowCount())
            ]
            assert ["all", "sent", "3", "2", "▼ 1 fewer"] in rows
            assert ["", "error RATE_LIMITED", "0", "1", "▲ 1 more"] in rows
            assert ["", "total p50", "210 ms", "10 ms", "▼ 200 ms shorter (21.0×)"] in rows
            marks = [shown.steps.index(row, shown.steps.MARK).data() for row in range(shown.steps.rowCount())]
            assert marks == ["slower ▶", "≠ outcome", "≠ only one side"]
            assert shown.steps_view.currentIndex().row() == 1
            press(shown, "compareCopyButton")
            assert told in QGuiApplication.clipboard().text()
            shown.reject()

    aio(run())


def test_what_parted_is_opened_on_either_side(aio, wait_until, bad_day: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            await tell(parts.session, good)
            captures = parts.window.page.captures
            shown = await result(captures.comparing, wait_until, Side("This session"), Side("bad day", bad_day))
            press(shown, "compareFinding0LeftButton")
            assert parts.bridge.selected_exchange == 2
            press(shown, "compareFinding0RightButton")
            await wait_until(lambda: captures.windows.windows)
            window = captures.windows.windows[0]
            await wait_until(lambda: window.bridge.selected_exchange == 2)
            shown.tabs.setCurrentWidget(shown.steps_view)
            shown.steps_view.setCurrentIndex(shown.steps.index(0, 6))
            QTest.keyClick(shown.steps_view, Qt.Key.Key_Return)
            await wait_until(lambda: window.bridge.selected_exchange == 1)
            # The third request is on the left side only.
            shown.steps_view.activated.emit(shown.steps.index(2, 6))
            assert parts.bridge.selected_exchange == 3
            shown.reject()

    aio(run())


def test_a_capture_that_cannot_be_read_is_told_in_words(aio, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            await tell(parts.session, good)
            told: list[tuple[str, str]] = []
            parts.bridge.warned.connect(lambda *what: told.append(what))
            parts.window.page.captures.comparing.compare(Side("This session"), Side("no", tmp_path / "no"))
            await wait_until(lambda: told)
            assert told[0][0] == "error"
            assert told[0][1].startswith("Nothing was compared. There is no capture")

    aio(run())


def test_the_statistics_ask_with_the_time_that_they_show(aio, wait_until) -> None:
    async def run() -> None:
        async with app() as parts:
            parts.window.view.area.go_to(parts.window.view.statistics)
            late: list[str] = []

            def more(wire: Wire) -> None:
                wire._now_ns += 100_000 * MS
                late.append(wire.request())
                wire.answer(late[-1])

            await tell(parts.session, good, more)
            parts.bridge.flush()
            statistics = parts.window.view.statistics
            statistics.time.choose("MINUTE")
            await wait_until(lambda: not statistics.busy)
            QTest.mouseClick(statistics.compare_button, Qt.MouseButton.LeftButton)
            dialog = parts.window.findChild(CompareDialog)
            assert dialog.left.side() == Side("This session")
            part, first_ns = dialog.right.side().part, parts.session.exchanges[0].sent_ns
            assert part.from_s == pytest.approx((parts.session.exchanges[3].sent_ns - first_ns) / 1e9 - 60)
            chosen: list[tuple[Side, Side]] = []
            dialog.chosen.connect(lambda *sides: chosen.append(sides))
            press(dialog, "compareButton")
            await wait_until(lambda: parts.window.findChild(CompareResult) is not None)
            shown = parts.window.findChild(CompareResult)
            assert [len(steps) for steps in shown.compared.steps] == [4, 1]
            shown.reject()

    aio(run())


def test_the_same_on_both_sides_and_times_that_make_no_sense_are_refused_in_the_dialog(qtbot) -> None:
    dialog = CompareDialog("This session", (), TimePart(), None)
    qtbot.addWidget(dialog)
    problem = dialog.findChild(QLabel, "compareProblem")
    assert "Both sides are the same" in problem.text()
    assert not dialog.accept_button.isEnabled()
    QTest.keyClicks(dialog.right.from_, "0:10")
    assert problem.text() == ""
    assert dialog.accept_button.isEnabled()
    QTest.keyClicks(dialog.right.to, "soon")
    assert "A time is written as" in problem.text()
    dialog.right.to.clear()
    QTest.keyClicks(dialog.right.to, "5")
    assert "the end lies after the beginning" in problem.text()
    assert not dialog.accept_button.isEnabled()


def test_a_capture_is_chosen_by_its_file(qtbot, tmp_path: Path) -> None:
    dialog = CompareDialog("This session", [tmp_path / "last.optave-capture"], TimePart(), None)
    qtbot.addWidget(dialog)
    dialog.show()
    assert dialog.right.side() == Side("last", tmp_path / "last.optave-capture")
    combo = dialog.left.what
    combo.setCurrentIndex(combo.count() - 1)
    asked = dialog.findChild(QFileDialog, "compareFileDialog")
    assert dialog.left.side() == Side("This session")
    asked.fileSelected.emit(str(tmp_path / "bad day.optave-capture"))
    asked.reject()
    assert dialog.left.side() == Side("bad day", tmp_path / "bad day.optave-capture")
    dialog.reject()


def test_it_is_reached_from_a_captures_window_too(aio, wait_until, bad_day: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            captures = parts.window.page.captures
            window = await captures.windows.open(bad_day)
            await wait_until(lambda: not window.rebuilding)
            assert window.comparing.action in window.file_menu.actions()
            window.comparing.action.trigger()
            dialog = window.findChild(CompareDialog)
            assert dialog.left.side() == Side("bad day")
            dialog.reject()
            later = Side("bad day", part=TimePart(0.9))
            shown = await result(window.comparing, wait_until, Side("bad day", part=TimePart(0, 0.5)), later)
            press(shown, "compareFinding0RightButton")
            assert window.bridge.selected_exchange == 2
            shown.reject()

    aio(run())


def test_an_exchange_of_another_capture_opens_that_captures_window(
    aio, wait_until, bad_day: Path, tmp_path: Path
) -> None:
    async def run() -> None:
        async with app() as parts:
            captures = parts.window.page.captures
            other = tmp_path / "good day.optave-capture"
            session = Session(CaptureStore.create(other), Contract(schemas()))
            await tell(session, good)
            await session.aclose()
            await asyncio.to_thread(session.store.close)
            window = await captures.windows.open(bad_day)
            await wait_until(lambda: not window.rebuilding)
            shown = await result(window.comparing, wait_until, Side("bad day"), Side("good day", other))
            press(shown, "compareFinding0RightButton")
            await wait_until(lambda: len(captures.windows.windows) == 2)
            opened = captures.windows.windows[1]
            await wait_until(lambda: opened.bridge.selected_exchange == 2)
            shown.reject()

    aio(run())


def test_the_tables_are_sound(aio, wait_until, bad_day: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            await tell(parts.session, good)
            comparing = parts.window.page.captures.comparing
            shown = await result(comparing, wait_until, Side("This session"), Side("bad day", bad_day))
            for model in (shown.summaries, shown.steps):
                QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
            shown.reject()

    aio(run())
