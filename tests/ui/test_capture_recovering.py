"""Damaged captures in the window: what is wrong, what can still be read, and how much that is."""

from __future__ import annotations

import contextlib
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore
from optave_inspector.ui.dialogs.question import OfferDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

PAGE = 16384
COUNT = 600


@pytest.fixture
def damaged(tmp_path: Path) -> Path:
    """A capture in which two pages are gone and after which some are missing."""
    path = tmp_path / "case 7.optave-capture"
    store = CaptureStore.create(path)
    payloads = [b'{"number":%d,"text":"%s"}' % (number, b"x" * 500) for number in range(1, COUNT + 1)]
    batch = [
        (Entry(number, 1, 0, 1, number * 10**6, number * 10**9, len(data), 0), data)
        for number, data in enumerate(payloads, 1)
    ]
    store.append(batch, lambda _count: None)
    store.close()
    data = bytearray(path.read_bytes()[:-PAGE])
    data[10 * PAGE : 12 * PAGE] = bytes(2 * PAGE)
    path.write_bytes(data)
    return path


@contextlib.asynccontextmanager
async def app() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def words(parts: WindowParts, name: str) -> str:
    found = parts.window.findChild(QLabel, name)
    return found.text() if found is not None else ""


def test_opening_a_damaged_capture_offers_what_can_be_read(aio, wait_until, damaged: Path) -> None:
    before = damaged.read_bytes()

    async def run() -> None:
        async with app() as parts:
            windows = parts.window.captures.windows
            parts.window.captures.open(damaged)
            await wait_until(lambda: words(parts, "damagedCaptureDialogWords"))
            said = words(parts, "damagedCaptureDialogWords")
            assert "its content is damaged" in said
            assert "case 7.optave-capture stays as it is" in said
            parts.window.findChild(OfferDialog).accept_button.click()
            await wait_until(lambda: windows.windows, what="the new capture")
            message = parts.window.view.messages.message
            assert message.kind == "warning"
            assert "entries of case 7.optave-capture could be read" in message.text
            assert "payloads are missing or cut" in message.text
            window = windows.windows[0]
            assert window.path.parent == parts.captures.folder()
            assert "case-7-recovered" in window.path.name
            store = window.replay.store
            assert 0 < store.count <= COUNT
            lost = [each for each in store.page(1, store.count) if "could" in each.summary]
            assert 0 < len(lost) < 100
            await wait_until(lambda: not window.rebuilding)

    aio(run(), timeout=30)
    assert damaged.read_bytes() == before


def test_the_offer_can_be_declined_and_taken_up_from_the_menu(aio, wait_until, damaged: Path, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.optave-capture"
    nothing.write_bytes(b"no capture at all")

    async def run() -> None:
        async with app() as parts:
            windows = parts.window.captures.windows
            parts.window.captures.open(damaged)
            await wait_until(lambda: words(parts, "damagedCaptureDialogWords"))
            parts.window.findChild(OfferDialog).reject()
            recovering = parts.window.captures.recovering
            recovering.action.trigger()
            dialog = parts.window.findChild(QFileDialog, "recoverCaptureDialog")
            dialog.filesSelected.emit([str(damaged), str(nothing)])
            dialog.reject()
            await wait_until(lambda: windows.windows, what="the new capture")
            await wait_until(lambda: words(parts, "cannotRecoverDialogWords"))
            assert "can be read as a capture" in words(parts, "cannotRecoverDialogWords")
            assert len(windows.windows) == 1
            await wait_until(lambda: not windows.windows[0].rebuilding)

    aio(run(), timeout=30)


def test_the_command_says_how_much_is_missing(damaged: Path, tmp_path: Path) -> None:
    def recover(source: Path, target: Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "optave_inspector", "recover", str(source), "-o", str(target)]
        return subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)

    new = tmp_path / "new.optave-capture"
    done = recover(damaged, new)
    assert done.returncode == 0
    assert "entries of case 7.optave-capture could be read" in done.stdout
    assert "the damaged file is as it was" in done.stdout
    CaptureStore.open(new, read_only=True).close()
    again = recover(damaged, new)
    assert again.returncode == 1
    assert "exists already" in again.stderr
