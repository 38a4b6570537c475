"""Stored captures in windows of their own, and what crashed sessions left."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QDockWidget, QFileDialog, QLabel, QPushButton, QTableView

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.library import CaptureState, look_at
from optave_inspector.capture.redaction import RedactionRules
from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.trace_tables import TraceTable
from optave_inspector.ui.automation import faults
from optave_inspector.ui.capture_window import CaptureWindow
from optave_inspector.ui.dialogs.export_dialog import ExportChoice
from optave_inspector.ui.models.frame_columns import FrameColumn
from optave_inspector.ui.widgets.empty_state import EmptyState
from tests.ui.wire import Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

RUN = "import sys; from optave_inspector.app import run_window; sys.exit(run_window(local_tenant=True))"


@contextlib.asynccontextmanager
async def app() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


@pytest.fixture
def capture(aio, tmp_path: Path) -> Path:
    """A capture with two requests, one answered, one cut off."""
    path = tmp_path / "case 7.optave-capture"
    session = Session(CaptureStore.create(path), Contract(schemas()))
    wire = Wire(session, aio)
    wire.answer(wire.request(), "Good morning")
    wire.request("elevate")
    wire.ended(1011)
    wire.settle()
    aio(session.aclose())
    session.store.close()
    return path


def button(parts: WindowParts, name: str) -> QPushButton:
    found = parts.window.findChild(QPushButton, name)
    assert found is not None, name
    return found


def words(parts: WindowParts, name: str) -> str:
    found = parts.window.findChild(QLabel, name)
    return found.text() if found is not None else ""


async def shown(parts: WindowParts, path: Path, wait_until: Any) -> CaptureWindow:
    """The window of a capture, with its traces."""
    parts.window.captures.open(path)
    windows = parts.window.captures.windows
    await wait_until(lambda: any(each.path == path for each in windows.windows))
    window = next(each for each in windows.windows if each.path == path)
    await wait_until(lambda: not window.rebuilding)
    return window


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "no capture"), (None, "There is no capture")],
)
def test_what_is_no_capture_is_refused_with_the_reason(aio, wait_until, tmp_path: Path, content, said: str) -> None:
    path = tmp_path / "broken.optave-capture"
    if content is not None:
        path.write_bytes(content)

    async def run() -> None:
        async with app() as parts:
            parts.window.captures.open(path)
            await wait_until(lambda: words(parts, "cannotOpenDialogWords"))
            assert said in words(parts, "cannotOpenDialogWords")
            assert parts.window.captures.windows.windows == []

    aio(run())


def test_a_capture_of_a_newer_version_is_refused_with_the_reason(aio, wait_until, capture: Path) -> None:
    import sqlite3

    with contextlib.closing(sqlite3.connect(capture)) as connection:
        connection.execute("PRAGMA user_version = 999")

    async def run() -> None:
        async with app() as parts:
            parts.window.captures.open(capture)
            await wait_until(lambda: words(parts, "cannotOpenDialogWords"))
            assert "newer Optave Inspector" in words(parts, "cannotOpenDialogWords")

    aio(run())


def test_a_capture_shows_its_frames_and_its_traces(aio, wait_until, capture: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            window = await shown(parts, capture, wait_until)
            assert window.windowTitle() == "case 7.optave-capture · Optave Inspector"
            assert window.frames.model.rowCount() == 6
            assert window.exchanges.model.rowCount() == 2
            assert "6 entries" in window.findChild(QLabel, "captureFactsText").text()
            window.bridge.select_entry(2)
            assert window.bridge.selected_exchange == 1
            assert not window.findChild(QAction, "exchangesSendAgainAction").isVisible()
            assert not window.frames.follow_button.isVisible()
            assert parts.window.view.frames.model.rowCount() == 0

    aio(run())


def test_its_exchanges_are_exported_as_a_table(aio, wait_until, capture: Path, tmp_path: Path) -> None:
    target = tmp_path / "out.csv"

    async def run() -> None:
        async with app() as parts:
            window = await shown(parts, capture, wait_until)
            told: list[str] = []
            window.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            window.export.export(ExportChoice(TraceTable.EXCHANGES, None, RedactionRules()), target)
            await wait_until(lambda: told)
            assert told == [f"2 exchanges were exported to {target}."]

    aio(run())
    assert [line.split(",")[2:4] for line in target.read_text(encoding="utf-8").splitlines()[1:]] == [
        ["adjust", "completed"],
        ["elevate", "cut_off"],
    ]


def test_every_control_of_a_capture_can_be_found_and_named(aio, wait_until, capture: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            window = await shown(parts, capture, wait_until)
            assert faults([window.centralWidget()]) == []

    aio(run())


def test_a_capture_without_requests_says_so(aio, wait_until, tmp_path: Path) -> None:
    path = tmp_path / "empty.optave-capture"
    CaptureStore.create(path).close()

    async def run() -> None:
        async with app() as parts:
            window = await shown(parts, path, wait_until)
            said = [each.sentence() for each in window.findChildren(EmptyState)]
            assert "This capture holds no entries." in said
            assert "No requests in this capture." in said

    aio(run())


@pytest.mark.qt_log_ignore(r"does not support raise\(\)", extend=True)
def test_a_capture_that_is_on_show_comes_to_the_front_again(aio, wait_until, capture: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            window = await shown(parts, capture, wait_until)
            assert await shown(parts, capture, wait_until) is window
            one, other = await asyncio.gather(*(parts.window.captures.windows.open(capture) for _ in range(2)))
            assert one is other is window

    aio(run())


def test_several_captures_are_shown_and_closed_one_by_one(aio, wait_until, capture: Path) -> None:
    copy = capture.with_name("copy.optave-capture")
    copy.write_bytes(capture.read_bytes())

    async def run() -> None:
        async with app() as parts:
            first, second = await shown(parts, capture, wait_until), await shown(parts, copy, wait_until)
            first.findChild(QAction, "captureCloseAction").trigger()
            assert parts.window.captures.windows.windows == [second]
            store = first.replay.store
            await wait_until(lambda: store._closed)

    aio(run())


def test_the_capture_of_the_running_session_can_be_looked_at(aio, wait_until) -> None:
    async def run() -> None:
        async with app() as parts:
            parts.session._note("a note")
            await parts.session.settled()
            window = await shown(parts, parts.session.store.path, wait_until)
            assert window.frames.model.rowCount() == 1
            assert "had not ended" in window.findChild(QLabel, "captureFactsText").text()

    aio(run())


def test_a_file_is_asked_for_and_the_captures_opened_last_are_listed(aio, wait_until, capture: Path) -> None:
    async def run() -> None:
        async with app() as parts:
            menu = parts.window.captures.recent
            assert [each.text() for each in menu.actions()] == ["No capture was opened yet"]
            parts.window.captures.open_.trigger()
            dialog = parts.window.findChild(QFileDialog, "openCaptureDialog")
            dialog.filesSelected.emit([str(capture)])
            dialog.reject()
            await wait_until(lambda: parts.window.captures.windows.windows)
            await wait_until(parts.captures.recent.all)
            menu.aboutToShow.emit()
            assert menu.actions()[0].text() == "&1 case 7.optave-capture"
            parts.window.captures.windows.windows[0].close()
            menu.actions()[0].trigger()
            await wait_until(lambda: parts.window.captures.windows.windows)
            menu.actions()[-1].trigger()
            await wait_until(lambda: not parts.captures.recent.all())

    aio(run())


def entries_of(path: Path) -> int:
    try:
        return look_at(path).entries or 0
    except FileNotFoundError:
        return 0


def crash(home: Path) -> Path:
    """Kill an app that is connected to its local tenant; what it leaves."""
    process = subprocess.Popen(
        [sys.executable, "-c", RUN],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        deadline = time.monotonic() + 30
        while not any(entries_of(path) >= 3 for path in (home / "data" / "captures").glob("*.optave-capture")):
            assert time.monotonic() < deadline, "the app wrote no capture"
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    (path,) = (home / "data" / "captures").glob("*.optave-capture")
    return path


@pytest.mark.timeout(90)
@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_what_a_killed_app_left_is_offered_and_opened(aio, wait_until, home: Path) -> None:
    path = crash(home)

    async def run() -> None:
        async with app() as parts:
            notice = parts.window.captures.notice
            assert notice.isHidden()
            await parts.window.captures.look_after()
            assert notice.isVisible()
            assert "A session with “Local tenant” ended without closing" in words(parts, "crashText")
            button(parts, "crashOpenButton").click()
            await wait_until(lambda: parts.window.captures.windows.windows)
            window = parts.window.captures.windows.windows[0]
            assert window.frames.findChild(QTableView) is not None
            assert window.frames.model.rowCount() >= 3
            assert "recovered after a crash" in window.findChild(QLabel, "captureFactsText").text()
            assert notice.isHidden()
        async with app() as parts:
            await parts.window.captures.look_after()
            assert parts.window.captures.notice.isHidden()

    aio(run(), 40)
    assert look_at(path).state is CaptureState.CLOSED


@pytest.mark.timeout(90)
@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_what_a_killed_app_left_can_wait_be_kept_or_be_discarded(aio, wait_until, home: Path) -> None:
    path = crash(home)
    other = path.with_name("other.optave-capture")
    other.write_bytes(path.read_bytes())
    log = path.with_name(f"{path.name}-wal")
    if log.exists():
        other.with_name(f"{other.name}-wal").write_bytes(log.read_bytes())

    async def run() -> None:
        async with app() as parts:
            await parts.window.captures.look_after()
            assert words(parts, "crashText").endswith("1 more after this one.")
            for _ in range(2):
                button(parts, "crashLaterButton").click()
            assert parts.window.captures.notice.isHidden()
            await parts.window.captures.look_after()
            kept = parts.window.captures.notice.capture.path
            button(parts, "crashKeepButton").click()
            await wait_until(lambda: parts.window.captures.notice.capture.path != kept)
            gone = parts.window.captures.notice.capture.path
            button(parts, "crashDiscardButton").click()
            assert "This cannot be taken back." in words(parts, "discardCaptureDialogWords")
            button(parts, "discardCaptureDialogAcceptButton").click()
            await wait_until(parts.window.captures.notice.isHidden)
            assert look_at(kept).info.kept
            assert not gone.exists()

    aio(run(), 40)


def test_a_clean_up_says_what_it_removed(aio, home: Path) -> None:
    folder = home / "data" / "captures"
    folder.mkdir(parents=True)
    path = folder / "long ago.optave-capture"

    async def run() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        session._note("a note")
        await session.settled()
        session.store.close()
        then = time.time_ns() - 40 * 24 * 3600 * 10**9
        os.utime(path, ns=(then, then))
        async with app() as parts:
            await parts.window.captures.look_after()
            said = parts.window.view.messages.message.text
            assert "removed 1 capture" in said
            assert "long ago (It is 40 days old; captures are kept for 30 days)" in said

    aio(run())
    assert not path.exists()
    assert not any(isinstance(each, CaptureWindow) and each.isVisible() for each in QApplication.topLevelWidgets())


def test_what_is_marked_in_the_session_is_marked_where_its_capture_is_on_show(aio, wait_until) -> None:
    async def run() -> None:
        async with app() as parts:
            for number in range(3):
                parts.session._note(f"note {number}")
            await parts.session.settled()
            parts.bridge.flush()
            window = await shown(parts, parts.session.store.path, wait_until)
            parts.session._note("came after the capture was opened")
            await parts.session.settled()
            parts.bridge.flush()
            parts.bridge.select_entry(2)
            parts.window.view.frames.bookmarks.toggle()
            parts.session.store.set_bookmark(3, "look here")
            parts.session.store.set_bookmark(4, "the other window does not have it")
            assert dict(window.replay.store.bookmarks) == {2: "", 3: "look here"}
            numbers = [window.frames.model.index(row, FrameColumn.NUMBER).data() for row in range(3)]
            assert numbers == ["1", "★ 2", "★ 3"]
            parts.window.view.frames.bookmarks.toggle()
            assert dict(window.replay.store.bookmarks) == {3: "look here"}
            assert window.frames.model.index(1, FrameColumn.NUMBER).data() == "2"

    aio(run())


def test_the_next_window_of_a_capture_looks_like_the_last_one_also_another_day(
    aio, wait_until, capture: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.optave-capture"
    shutil.copy(capture, other)

    async def first() -> None:
        async with app() as parts:
            window = await shown(parts, capture, wait_until)
            window.resize(900, 700)  # more than the screen of tests would not come back
            window.frames.bar.fold_button.setChecked(False)
            window.area.findChild(QDockWidget, "exchangesPanelDock").hide()
            window.close()
            await wait_until(lambda: not parts.window.captures.windows.windows)
            again = await shown(parts, other, wait_until)
            check(again)

    def check(window: CaptureWindow) -> None:
        assert (window.width(), window.height()) == (900, 700)
        assert not window.frames.model.folding
        assert window.area.findChild(QDockWidget, "exchangesPanelDock").isHidden()

    async def second() -> None:
        async with app() as parts:
            check(await shown(parts, capture, wait_until))

    aio(first())
    aio(second())
