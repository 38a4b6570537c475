"""Entries that no file holds, as the window shows them: counted, explained, and asked about before it quits."""

from __future__ import annotations

import contextlib
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel, QPushButton

from optave_inspector import memory_watch
from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture import writer
from optave_inspector.capture.store import CaptureStore
from optave_inspector.memory_watch import Memory
from optave_inspector.ui.dialogs.unsaved import UnsavedDialog

if sys.platform == "win32":
    pytest.skip("disks are made full by means of POSIX", allow_module_level=True)
from tests.small_disk import full_disk
from tests.ui.wire import TEXT, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from tests.small_disk import SmallDisk

LONG = "x" * 100_000


@pytest.fixture
def disk(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[SmallDisk]:
    """What the app keeps goes to a disk that is soon full."""
    monkeypatch.setattr(memory_watch, "_PACE_S", 0.01)
    monkeypatch.setattr(writer, "_RETRY_AFTER_S", 0.05)
    home.mkdir(exist_ok=True)
    with full_disk(home) as made:
        yield made


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


async def fill(parts: WindowParts) -> None:
    """More than the disk takes."""
    wire = Wire(parts.session, lambda _work: None)
    for _ in range(20):
        wire.frame(TEXT, LONG.encode())
    for tell in wire._waiting:
        tell()
    await parts.session.settled()


def label(parts: WindowParts) -> QLabel:
    return parts.window.findChild(QLabel, "framesUnsaved")


def question(parts: WindowParts) -> UnsavedDialog | None:
    return parts.window.findChild(UnsavedDialog)


def test_what_is_in_memory_only_is_counted_in_the_log_until_the_disk_takes_it(disk: SmallDisk, aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            assert label(parts).isHidden()
            await fill(parts)
            store = parts.session.store
            await wait_until(lambda: not label(parts).isHidden())
            assert label(parts).text() == f"⚠ {store.unsaved:,} in memory only"
            assert f"{store.unsaved} entries (" in label(parts).toolTip()
            assert str(store.path) in label(parts).toolTip()
            bar = parts.window.view.messages
            assert bar.message.kind == "warning"
            disk.make_room()
            await wait_until(lambda: label(parts).isHidden())
            assert bar.message.kind == "ok"
            assert "all entries are saved" in bar.message.text

    aio(run())


def test_critical_memory_stands_in_the_bar_as_an_error(disk: SmallDisk, aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            parts.session._memory._read = lambda: Memory(2**27, 2**33, 2**30)
            await fill(parts)
            bar = parts.window.view.messages
            await wait_until(lambda: bar.message and bar.message.kind == "error")
            assert bar.message.text.startswith("Memory is nearly full: 134 MB of 8.6 GB are left")

    aio(run())


def test_quitting_asks_before_entries_go_that_no_file_holds(disk: SmallDisk, aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            asked: list[bool] = []
            parts.window.quitAsked.connect(lambda: asked.append(True))
            await fill(parts)
            parts.window.close()
            dialog = question(parts)
            assert not asked
            assert (
                f"{parts.session.store.unsaved} entries of this session are in memory only"
                in dialog.findChild(QLabel, "unsavedDialogWords").text()
            )
            dialog.reject()
            await wait_until(lambda: question(parts) is None)
            assert not asked
            parts.window.close()
            question(parts).accept_button.click()
            assert asked

    aio(run())


def test_with_a_copy_of_all_entries_quitting_asks_nothing(disk: SmallDisk, aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            asked: list[bool] = []
            parts.window.quitAsked.connect(lambda: asked.append(True))
            await fill(parts)
            parts.window.close()
            question(parts).findChild(QPushButton, "unsavedDialogSaveButton").click()
            await wait_until(lambda: parts.window.findChild(QFileDialog, "saveCaptureDialog"))
            parts.window.findChild(QFileDialog, "saveCaptureDialog").reject()
            with tempfile.TemporaryDirectory() as elsewhere:
                copy = f"{elsewhere}/copy.optave-capture"
                saving = parts.window.captures.saving
                saving.save(Path(copy))
                await wait_until(lambda: saving.saved)
                kept = CaptureStore.open(Path(copy), read_only=True)
                assert kept.count == parts.session.store.count
                kept.close()
            parts.window.close()
            assert asked
            assert question(parts) is None
            await fill(parts)
            parts.window.close()
            assert question(parts) is not None
            assert len(asked) == 1

    aio(run())
