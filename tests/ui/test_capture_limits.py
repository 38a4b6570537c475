"""The limits of captures: shown, changed, kept, and what they remove told before and after."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QSpinBox,
)

from optave_inspector.app import build_window, take_apart
from optave_inspector.capture.retention import CleanUp, Retention
from optave_inspector.capture.store import CaptureStore
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.ui.dialogs.capture_limits import CaptureLimitsDialog

if TYPE_CHECKING:
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
    def refused(_asked: Retention) -> CleanUp:
        raise InspectorError("The folder cannot be read.")

    dialog = CaptureLimitsDialog("/nowhere", Retention(), refused)
    qtbot.addWidget(dialog)
    effect = dialog.findChild(QPlainTextEdit, "captureLimitsEffect")
    qtbot.waitUntil(lambda: effect.toPlainText() == "⚠ The folder cannot be read.")


def test_limits_can_be_taken_away_and_changed_by_keyboard(qtbot) -> None:
    chosen: list[Retention] = []
    dialog = CaptureLimitsDialog("/tmp", Retention(None, 2 * 10**9), lambda _asked: CleanUp([], 0, is_preview=True))
    qtbot.addWidget(dialog)
    dialog.chosen.connect(lambda asked, _folder: chosen.append(asked))
    dialog.open()
    days, size = dialog.findChild(QSpinBox, "captureDaysSpin"), dialog.findChild(QDoubleSpinBox, "captureSizeSpin")
    assert not days.isEnabled()
    assert size.value() == 2
    qtbot.keyClick(dialog, Qt.Key.Key_O, Qt.KeyboardModifier.AltModifier)
    dialog.findChild(QCheckBox, "captureDaysCheck").setChecked(True)
    days.setValue(7)
    dialog.findChild(QCheckBox, "captureSizeCheck").setChecked(False)
    dialog.findChild(QPushButton, "captureLimitsSaveButton").click()
    assert chosen == [Retention(7, None)]


def test_what_new_limits_remove_is_told_before_and_after(aio, wait_until, home: Path) -> None:
    folder = home / "data" / "captures"

    async def run() -> None:
        old = await old_capture(folder / "old.optave-capture", 10)
        young = await old_capture(folder / "young.optave-capture", 2)
        parts = await build_window()
        parts.window.show()

        def find(kind: type, name: str) -> Any:
            return parts.window.findChild(kind, name)

        try:
            parts.window.captures.limits.trigger()
            await wait_until(lambda: find(CaptureLimitsDialog, "captureLimitsDialog"))
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
        finally:
            await take_apart(parts)

    aio(run(), 20)


@pytest.mark.parametrize("usable", [False, True])
def test_another_folder_is_taken_from_the_next_start_on_or_refused_with_the_reason(
    aio, wait_until, home: Path, tmp_path: Path, usable: bool
) -> None:
    usual = home / "data" / "captures"
    other = tmp_path / "other"
    if not usable:
        other.write_text("a file, not a folder")

    async def run() -> None:
        parts = await build_window()
        parts.window.show()

        def find(kind: type, name: str) -> Any:
            return parts.window.findChild(kind, name)

        try:
            parts.window.captures.limits.trigger()
            await wait_until(lambda: find(CaptureLimitsDialog, "captureLimitsDialog"))
            find(QPushButton, "captureChooseFolderButton").click()
            chooser = find(QFileDialog, "captureFolderDialog")
            chooser.fileSelected.emit(str(other))
            chooser.reject()
            find(QPushButton, "captureLimitsSaveButton").click()
            if usable:
                bar = parts.window.view.messages
                await wait_until(lambda: bar.message is not None)
                assert "from the next start on" in bar.message.text
                assert parts.captures.folder() == other
            else:
                await wait_until(lambda: find(QLabel, "cannotUseFolderDialogWords"))
                assert "Captures cannot be kept" in find(QLabel, "cannotUseFolderDialogWords").text()
                assert parts.captures.folder() == usual
        finally:
            await take_apart(parts)

    aio(run(), 20)
