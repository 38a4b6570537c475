"""Captures and recipes that the command line or the desktop asks to open."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from optave_inspector.app import _main, build_window, take_apart
from optave_inspector.capture.store import CaptureStore
from optave_inspector.repro.shipped import shipped
from optave_inspector.ui.capture_window import CaptureWindow
from optave_inspector.ui.dialogs.notice import NoticeDialog
from optave_inspector.ui.file_opening import FileOpening
from optave_inspector.ui.lost_errors import LostErrors
from optave_inspector.ui.main_window import MainWindow
from optave_inspector.viewer import show_captures

if TYPE_CHECKING:
    from pathlib import Path

RECIPE = shipped()["close-1000-normal"]


def shown(kind: type) -> list:
    return [each for each in QApplication.topLevelWidgets() if isinstance(each, kind) and each.isVisible()]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    path = tmp_path / "a b.optave-capture"
    CaptureStore.create(path).close()
    return path.resolve()


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "é.optave-recipe.toml"
    path.write_bytes(RECIPE.read_bytes())
    return path


def test_files_of_the_command_line_and_of_the_desktop_are_opened_in_the_window(
    aio, wait_until, qapp, capture: Path, recipe: Path
) -> None:
    async def run() -> None:
        opening = FileOpening(qapp, [recipe])
        try:
            # Before there is a window: macOS asks that early when a document starts the app.
            QApplication.sendEvent(qapp, QFileOpenEvent(str(capture)))
            with LostErrors() as lost:
                async with asyncio.TaskGroup() as group:
                    ended = group.create_task(_main(lost, opening=opening, local_tenant=False))
                    await wait_until(lambda: shown(MainWindow) and shown(CaptureWindow), 20)
                    window = shown(MainWindow)[0]
                    panel = window.view.recipe
                    await wait_until(lambda: panel.choice.recent() == [str(recipe)])
                    assert panel.text() == RECIPE.read_text(encoding="utf-8")
                    assert panel.isVisible()
                    assert window.page.one.session.attempt == 0
                    assert [each.path for each in shown(CaptureWindow)] == [capture]
                    QApplication.sendEvent(qapp, QFileOpenEvent(QUrl("https://example.test/not-a-file")))
                    window.quitAsked.emit()
                    assert await ended == 0
        finally:
            qapp.removeEventFilter(opening)

    aio(run(), 40)


def test_a_recipe_that_is_not_saved_keeps_its_place(aio, wait_until, recipe: Path, tmp_path: Path) -> None:
    async def run() -> None:
        parts = await build_window()
        window = parts.window
        try:
            first = window.view
            first.recipe.editor.set_text("# not saved yet\n")
            other = tmp_path / "other.toml"
            other.write_bytes(RECIPE.read_bytes())
            window.open_files([recipe, other])
            await wait_until(lambda: len(window.pages) == 3)
            panels = [page.view.recipe for page in window.pages]
            await wait_until(lambda: all(panel.choice.recent() for panel in panels[1:]))
            assert first.recipe.text() == "# not saved yet\n"
            assert [panel.choice.recent() for panel in panels[1:]] == [[str(recipe)], [str(other)]]
        finally:
            await take_apart(parts)

    aio(run(), 30)


def test_files_that_cannot_be_opened_are_told_and_the_others_shown(aio, wait_until, capture: Path) -> None:
    async def run() -> None:
        parts = await build_window()
        try:
            parts.window.show()
            parts.window.open_files([capture.with_name("gone.toml"), capture])
            await wait_until(lambda: shown(CaptureWindow))
            await wait_until(lambda: "gone.toml" in parts.window.view.messages.message.text)
        finally:
            await take_apart(parts)

    aio(run(), 30)


def test_a_desktop_that_opens_a_broken_capture_gets_the_reason_in_a_window(aio, wait_until, capture: Path) -> None:
    capture.write_bytes(b"nothing of the kind")

    async def run() -> int:
        with LostErrors() as lost:
            async with asyncio.TaskGroup() as group:
                ended = group.create_task(show_captures([capture], lost, from_desktop=True))
                await wait_until(lambda: shown(NoticeDialog))
                dialog = shown(NoticeDialog)[0]
                assert capture.name in dialog.windowTitle()
                dialog.close()
        return await ended

    assert aio(run()) == 1


@pytest.mark.skipif(os.name != "posix", reason="sends a signal")
@pytest.mark.parametrize("named", [True, False])
def test_the_command_opens_the_window_for_recipes_and_for_nothing(recipe: Path, home: Path, named: bool) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "optave_inspector", "open", *([recipe.name] if named else [])],
        stderr=subprocess.PIPE,
        cwd=recipe.parent,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as process:
        try:
            while not any("The window is open." in log.read_text() for log in home.rglob("*.log")):
                assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=20)
        finally:
            process.kill()
    assert (process.returncode, errors) == (0, b"")
