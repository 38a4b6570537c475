"""Making captures of other programs' files, from the window."""

from __future__ import annotations

import contextlib
import json
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog, QLabel

from optave_inspector.app import WindowParts, build_window, take_apart

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

REQUEST = {"action": "message", "headers": {"correlationId": "a", "action": "adjust"}, "payload": {"request": {}}}
ANSWER = {
    "action": "message",
    "headers": {"correlationId": "a", "action": "adjust"},
    "payload": {"action": "superpower", "actionType": "adjust", "state": "completed"},
}


def write_har(path: Path) -> Path:
    """What a browser saved: one request and its answer."""
    messages = [
        {"type": kind, "time": 1_700_000_000 + number, "opcode": 1, "data": json.dumps(data)}
        for number, (kind, data) in enumerate((("send", REQUEST), ("receive", ANSWER)))
    ]
    entry = {
        "startedDateTime": "2026-01-02T03:04:05.678Z",
        "time": 12,
        "request": {"method": "GET", "url": "wss://ws-acme.example/", "httpVersion": "HTTP/1.1", "headers": []},
        "response": {"status": 101, "statusText": "Switching Protocols", "httpVersion": "HTTP/1.1", "headers": []},
        "timings": {},
        "_resourceType": "websocket",
        "_webSocketMessages": messages,
    }
    log = {"version": "1.2", "creator": {"name": "WebInspector", "version": "537.36"}, "entries": [entry]}
    path.write_text(json.dumps({"log": log}))
    return path


@contextlib.asynccontextmanager
async def app() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def words(parts: WindowParts) -> str:
    found = parts.window.findChild(QLabel, "cannotImportDialogWords")
    return found.text() if found is not None else ""


def imported(home: Path) -> list[Path]:
    return sorted((home / "data" / "captures").glob("*browser.optave-capture"))


def test_what_cannot_be_imported_is_told_and_leaves_nothing(aio, wait_until, tmp_path: Path, home: Path) -> None:
    torn = write_har(tmp_path / "browser.har")
    torn.write_bytes(torn.read_bytes()[:400])

    async def run() -> None:
        async with app() as parts:
            parts.window.captures.importing.import_(torn)
            await wait_until(lambda: words(parts))
            assert "browser.har" in words(parts)
            assert "Nothing was imported." in words(parts)
            assert parts.window.captures.windows.windows == []

    aio(run(), 40)
    assert imported(home) == []


def test_a_har_file_becomes_a_capture_of_its_own_and_is_shown_with_its_traces(
    aio, wait_until, tmp_path: Path, home: Path
) -> None:
    source = write_har(tmp_path / "browser.har")
    before = source.read_bytes()

    async def run() -> None:
        async with app() as parts:
            parts.window.captures.importing.action.trigger()
            dialog = parts.window.findChild(QFileDialog, "importCaptureDialog")
            dialog.filesSelected.emit([str(source)])
            dialog.reject()
            windows = parts.window.captures.windows
            await wait_until(lambda: windows.windows and not windows.windows[0].rebuilding)
            window = windows.windows[0]
            assert [window.path] == imported(home)
            assert "imported from HAR browser.har" in window.findChild(QLabel, "captureFactsText").text()
            assert [each.status.name for each in window.replay.exchanges] == ["COMPLETED"]

    aio(run(), 40)
    assert source.read_bytes() == before
    assert len(imported(home)) == 1
