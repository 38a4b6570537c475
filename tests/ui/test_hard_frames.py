"""What is hard to carry, through the window's own panels: a huge message, a flood of pings, text that is none."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QPushButton
from websockets.frames import Frame, Opcode

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.ui.models.frame_columns import FrameColumn
from optave_inspector.ui.panels.entry import HEX, RAW
from tests.ui.windows import pulse, served, window_for

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from optave_inspector.app import WindowParts

FRAGMENT = b"0123456789" * 100_000
FRAGMENTS = 200
PINGS = 100_000


def cells(parts: WindowParts, row: int) -> dict[FrameColumn, str]:
    """What a row of the log says."""
    model = parts.window.view.frames.model
    return {column: model.index(row, column).data() or "" for column in FrameColumn}


@pytest.mark.timeout(240)
def test_a_message_of_200_mb_is_shown_as_a_head_and_saved_whole(aio, wait_until, tmp_path: Path) -> None:
    digest = hashlib.sha256()

    async def huge(connection: ServerConnection) -> None:
        async def pieces():
            for _ in range(FRAGMENTS):
                digest.update(FRAGMENT)
                yield FRAGMENT

        await connection.send(pieces(), text=True)
        await connection.wait_closed()

    async def main(url: str) -> None:
        async with window_for(url) as parts, pulse() as beating:
            view = parts.window.view
            panel, raw = view.entry, view.entry.raw
            parts.window.connect_action.trigger()
            await wait_until(lambda: parts.session.received == 1, timeout=100, what="the message")
            await parts.session.settled()
            assert beating.beats > 20, "the window stood still while the message came"
            beating.beats = 0
            number = parts.session.store.count
            parts.bridge.select_entry(number)
            await wait_until(lambda: not panel._reader.busy, timeout=60, what="the reading")
            assert beating.beats > 10, "the window stood still while the message was read"
            panel.tabs.setCurrentIndex(RAW)
            await parts.painted()
            assert raw.note.text() == "The first 1,000,000 of 200,000,000 characters."
            assert raw.edit.toPlainText()[:20] == "01234567890123456789"
            show_all = panel.findChild(QPushButton, "entryRawShowAllButton")
            assert show_all.isVisible()
            assert not show_all.isEnabled()
            assert "save it" in show_all.toolTip()
            assert panel.findChild(QPushButton, "entryRawSaveButton").isVisible()
            panel.tabs.setCurrentIndex(HEX)
            await parts.painted()
            target = tmp_path / "whole.txt"
            panel.save(target)
            saved = f"Saved 200,000,000 bytes as {target}."
            await wait_until(lambda: view.messages.message.text == saved, timeout=60, what="the file")
            with target.open("rb") as file:
                assert hashlib.file_digest(file, "sha256").digest() == digest.digest()

    with served(huge) as url:
        aio(main(url), timeout=200)


@pytest.mark.timeout(240)
def test_a_hundred_thousand_pings_are_one_counted_line(aio, wait_until) -> None:
    async def flood(connection: ServerConnection) -> None:
        for number in range(PINGS):
            connection.protocol.send_frame(Frame(Opcode.PING, number.to_bytes(4)))
            if number % 1000 == 999:
                async with connection.send_context():
                    pass
        await connection.send("after the flood")
        await connection.wait_closed()

    async def main(url: str) -> None:
        async with window_for(url) as parts, pulse() as beating:
            frames = parts.window.view.frames
            parts.window.connect_action.trigger()
            await wait_until(lambda: parts.session.received == 1, timeout=100, what="the end of the flood")
            await parts.session.settled()
            parts.bridge.flush()
            assert beating.beats > 30, "the window stood still during the flood"
            assert parts.session.store.count >= 2 * PINGS + 1
            rows = [cells(parts, row) for row in range(frames.model.rowCount())]
            assert len(rows) < 10
            assert [row[FrameColumn.KIND] for row in rows if "×" in row[FrameColumn.KIND]] == [
                f"ping / pong ×{2 * PINGS:,} (folded)"
            ]
            assert "after the flood" in rows[-1][FrameColumn.SUMMARY]
            await parts.painted()
            frames.bar.fold_button.setChecked(False)
            await parts.painted()
            assert frames.model.rowCount() == parts.session.store.count

    with served(flood) as url:
        aio(main(url), timeout=200)


def test_text_that_is_not_utf8_is_marked_shown_as_it_came_and_its_ending_explained(aio, wait_until) -> None:
    came = b'{"broken":"\xff\xfe"}'

    async def broken(connection: ServerConnection) -> None:
        async with connection.send_context():
            connection.protocol.send_frame(Frame(Opcode.TEXT, came))
        await connection.wait_closed()

    async def main(url: str) -> None:
        async with window_for(url) as parts:
            view, store = parts.window.view, parts.session.store
            parts.window.connect_action.trigger()
            await wait_until(lambda: parts.session.ending is not None, what="the ending")
            await parts.session.settled()
            parts.bridge.flush()
            number = next(each for each in range(1, store.count + 1) if store.payload(each) == came)
            assert store.entry(number).flags & EntryFlag.PROBLEM
            row = view.frames.model.row_of(number)
            assert "not UTF-8" in cells(parts, row)[FrameColumn.SUMMARY]
            parts.bridge.select_entry(number)
            await wait_until(lambda: not view.entry._reader.busy, what="the reading")
            view.entry.tabs.setCurrentIndex(RAW)
            assert view.entry.raw.edit.toPlainText() == '{"broken":"\ufffd\ufffd"}'
            view.entry.tabs.setCurrentIndex(HEX)
            await parts.painted()
            assert view.entry.hex._data == came
            message = view.messages.message
            assert message.kind == "error"
            assert "1006" in message.headline
            assert "not UTF-8" in message.in_full()
            sent = [cells(parts, each) for each in range(view.frames.model.rowCount())]
            assert any(row[FrameColumn.KIND].startswith("close") and "1007" in str(row) for row in sent)

    with served(broken) as url:
        aio(main(url), timeout=30)
