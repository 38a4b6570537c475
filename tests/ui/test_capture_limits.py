"""The limits of captures: shown, changed, kept, and what they remove told before and after."""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
)

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.retention import CleanUp, Retention
from optave_inspector.capture.store import CaptureStore
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.ui.dialogs.capture_limits import CaptureLimitsDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

DAY_NS = 24 * 3600 * 10**9


async def old_capture(path: Path, days: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    session = Session(CaptureStore.create(path), Contract(schemas()))
    session._note("a note")
    await session.settled()
    session.store.close()
    then = time.time_ns() - days * DAY_NS
    os.utime(path, ns=(then, then))
    return path


def test_a_folder_that_cannot_be_read_is_told_in_the_dialog(qtbot) -> None:
    def refused(_asked: Retention, _folder: str) -> CleanUp:
        raise InspectorError("The folder cannot be read.")

    dialog = CaptureLimitsDialog("/nowhere", Retention(), refused, lambda *_: None)
    qtbot.addWidget(dialog)
    effect = dialog.findChild(QPlainTextEdit, "captureLimitsEffect")
    qtbot.waitUntil(lambda: effect.toPlainText() == "⚠ The folder cannot be read.")


def test_limits_can_be_taken_away_and_changed_by_keyboard(qtbot) -> None:
    chosen: list[Retention] = []
    dialog = CaptureLimitsDialog(
        "/tmp",
        Retention(None, 2 * 10**9),
        lambda _asked, _folder: CleanUp([], 0, is_preview=True),
        lambda asked, _folder: chosen.append(asked),
    )
    qtbot.addWidget(dialog)
    dialog.open()
    days, size = dialog.findChild(QSpinBox, "captureDaysSpin"), dialog.findChild(QDoubleSpinBox, "captureSizeSpin")
    assert not days.isEnabled()
    assert size.value() == 2
    qtbot.keyClick(dialog, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    dialog.findChild(QCheckBox, "captureDaysCheck").setChecked(True)
    days.setValue(7)
    dialog.findChild(QCheckBox, "captureSizeCheck").setChecked(False)
    with qtbot.waitSignal(dialog.accepted):
        dialog.findChild(QPushButton, "captureLimitsSaveButton").click()
    assert chosen == [Retention(7, None)]


@contextlib.asynccontextmanager
async def asked_for_limits(wait_until: Any) -> AsyncIterator[tuple[WindowParts, Callable[[type, str], Any]]]:
    """The window with its dialog of limits open, and what finds widgets in it."""
    parts = await build_window()
    parts.window.show()
    try:
        parts.window.captures.limits.trigger()
        await wait_until(lambda: parts.window.findChild(CaptureLimitsDialog, "captureLimitsDialog"))
        yield parts, parts.window.findChild
    finally:
        await take_apart(parts)


def test_what_new_limits_remove_is_told_before_and_after(aio, wait_until, home: Path) -> None:
    folder = home / "data" / "captures"

    async def run() -> None:
        old = await old_capture(folder / "old.optave-capture", 10)
        young = await old_capture(folder / "young.optave-capture", 2)
        async with asked_for_limits(wait_until) as (parts, find):
            assert find(QLineEdit, "captureFolderEdit").text() == str(folder)
            effect = find(QPlainTextEdit, "captureLimitsEffect")
            await wait_until(lambda: "Nothing would go." in effect.toPlainText())
            find(QSpinBox, "captureDaysSpin").setValue(7)
            await wait_until(lambda: "✗ old: It is 10 days old" in effect.toPlainText())
            assert old.exists()
            find(QPushButton, "captureLimitsSaveButton").click()
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message is not None)
            assert "removed 1 capture" in bar.message.text
            assert not old.exists()
            assert young.exists()
            assert parts.captures.retention() == Retention(7, 5 * 10**9)

    aio(run(), 20)


def choose(find: Callable[[type, str], Any], folder: Path) -> None:
    find(QPushButton, "captureChooseFolderButton").click()
    chooser = find(QFileDialog, "captureFolderDialog")
    chooser.fileSelected.emit(str(folder))
    chooser.reject()


def test_a_folder_that_takes_no_captures_is_refused_in_the_dialog_which_stays(
    aio, wait_until, home: Path, tmp_path: Path
) -> None:
    file = tmp_path / "a file"
    file.write_text("")

    async def run() -> None:
        async with asked_for_limits(wait_until) as (parts, find):
            effect = find(QPlainTextEdit, "captureLimitsEffect")
            choose(find, file)
            await wait_until(lambda: "is a file, not a folder" in effect.toPlainText())
            find(QPushButton, "captureLimitsSaveButton").click()
            await wait_until(lambda: "Captures cannot be kept" in effect.toPlainText())
            assert find(CaptureLimitsDialog, "captureLimitsDialog").isVisible()
            assert find(QLineEdit, "captureFolderEdit").text() == str(file)
            assert parts.captures.folder() == home / "data" / "captures"

    aio(run(), 20)


def test_another_folder_takes_new_captures_and_what_goes_from_it_is_told_before(
    aio, wait_until, home: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other"

    async def run() -> None:
        there = await old_capture(other / "there.optave-capture", 40)
        async with asked_for_limits(wait_until) as (parts, find):
            effect = find(QPlainTextEdit, "captureLimitsEffect")
            choose(find, other)
            await wait_until(lambda: "✗ there: It is 40 days old" in effect.toPlainText())
            find(QCheckBox, "captureDaysCheck").setChecked(False)
            await wait_until(lambda: "Nothing would go." in effect.toPlainText())
            find(QPushButton, "captureLimitsSaveButton").click()
            await wait_until(lambda: parts.captures.folder() == other)
            assert parts.session.store.path.parent == home / "data" / "captures"
        async with asked_for_limits(wait_until) as (parts, _find):
            assert parts.session.store.path.parent == other
        assert there.exists()

    aio(run(), 20)
