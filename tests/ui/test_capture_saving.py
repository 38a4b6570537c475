"""Saving captures under other names, and showing them from the command line."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPushButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.store import CaptureStore
from optave_inspector.ui.capture_window import CaptureWindow
from optave_inspector.ui.dialogs.work_dialog import WorkDialog
from optave_inspector.ui.lost_errors import LostErrors
from optave_inspector.viewer import show_captures

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def app_with_entries(count: int = 3) -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.show()
    try:
        for number in range(count):
            parts.session._note(f"note {number}")
        await parts.session.settled()
        yield parts
    finally:
        await take_apart(parts)


def entries(path: Path) -> int:
    store = CaptureStore.open(path, read_only=True)
    try:
        return store.count
    finally:
        store.close()


def capture(path: Path) -> Path:
    CaptureStore.create(path).close()
    return path


def test_a_copy_is_saved_while_the_session_goes_on(aio, wait_until, tmp_path: Path) -> None:
    target = tmp_path / "copy.optave-capture"

    async def run() -> None:
        async with app_with_entries() as parts:
            parts.window.captures.saving.action.trigger()
            dialog = parts.window.findChild(QFileDialog, "saveCaptureDialog")
            assert dialog.defaultSuffix() == "optave-capture"
            dialog.fileSelected.emit(str(target))
            dialog.reject()
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert bar.message.text == f"3 entries were saved as {target}."
            assert parts.session.store.count == 3

    aio(run())
    assert entries(target) == 3


def test_a_copy_that_cannot_be_written_is_told_with_the_reason(aio, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        async with app_with_entries() as parts:
            parts.window.captures.saving.save(tmp_path / "no such folder" / "copy.optave-capture")
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert bar.message.text.startswith("The capture was not saved. There is no folder")

    aio(run())


def test_long_work_can_be_stopped_and_tells_nothing_then(qtbot) -> None:
    begun, ended = threading.Event(), threading.Event()
    told: list[object] = []

    def work(progress, stop) -> None:
        progress(1, 4)
        begun.set()
        while not stop():
            pass
        ended.set()
        raise Stopped

    dialog = WorkDialog("testWork", "Working", "Work goes on.")
    qtbot.addWidget(dialog)
    dialog.start(work, told.append, told.append)
    far = dialog.findChild(QLabel, "testWorkFar")
    qtbot.waitUntil(lambda: far.text() == "25 %")
    assert not dialog.isModal()
    dialog.findChild(QPushButton, "testWorkCancelButton").click()
    assert ended.wait(5)
    assert begun.is_set()
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert told == []


def test_an_unexpected_error_of_long_work_is_told(qtbot) -> None:
    told: list[str] = []
    dialog = WorkDialog("testWork", "Working", "Work goes on.")

    def work(_progress, _stop) -> None:
        raise ValueError("broken")

    dialog.start(work, lambda _result: None, told.append)
    qtbot.waitUntil(lambda: bool(told))
    assert told == ["ValueError: broken"]


def test_captures_are_shown_without_a_session_until_the_last_is_closed(aio, wait_until, tmp_path: Path) -> None:
    paths = [capture(tmp_path / name) for name in ("a.optave-capture", "b.optave-capture")]

    def windows() -> list[CaptureWindow]:
        return [each for each in QApplication.topLevelWidgets() if isinstance(each, CaptureWindow) and each.isVisible()]

    async def run() -> None:
        with LostErrors() as lost:
            async with asyncio.TaskGroup() as group:
                shown = group.create_task(show_captures(paths, lost))
                await wait_until(lambda: len(windows()) == 2)
                windows()[0].close()
                assert len(windows()) == 1
                await asyncio.sleep(0)
                assert not shown.done()
                windows()[0].close()
                assert await shown == 0

    aio(run())


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "optave_inspector", "open", "missing.optave-capture"],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": str(Path(__file__).parents[2])},
        timeout=60,
    )
    assert done.returncode == 1
    assert "There is no capture" in done.stderr


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
def test_the_command_ends_in_order_by_a_signal(tmp_path: Path, home: Path) -> None:
    path = capture(tmp_path / "a.optave-capture")
    with subprocess.Popen(
        [sys.executable, "-m", "optave_inspector", "open", str(path)],
        stderr=subprocess.PIPE,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    ) as process:
        try:
            while not list(home.rglob("*.log")):
                assert process.poll() is None
            with pytest.raises(subprocess.TimeoutExpired):
                process.wait(1.5)
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, b"")
