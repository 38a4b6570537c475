"""What nobody typed is marked in the sent entry, in the capture, in its copies, and after a recovery."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.recovery import recover_readable
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import NoToken
from optave_inspector.client.connection import NotOpen
from optave_inspector.errors import InspectorError
from tests.integration.sessions import config, serving, session

if TYPE_CHECKING:
    from pathlib import Path

PARTS = {"$.headers.issuedAt": "generated", "$.payload.a": "{{name}}"}


async def echo(connection) -> None:  # type: ignore[no-untyped-def]
    async for message in connection:
        await connection.send(message)


def sent(store: CaptureStore) -> list[tuple[str, bool, dict[str, str]]]:
    entries = [each for each in store.page(1, store.count) if each.kind in (EntryKind.TEXT, EntryKind.NOT_SENT)]
    return [
        (
            store.payload(each.number).decode(),
            bool(each.flags & EntryFlag.GENERATED),
            dict(store.made_parts(each.number)),
        )
        for each in entries
    ]


def test_a_sent_message_keeps_what_was_generated_and_its_echo_does_not(tmp_path: Path) -> None:
    path = tmp_path / "one.optave-capture"

    async def main() -> None:
        async with serving(echo) as url, session(path) as talk:
            await talk.connect(config(url), NoToken())
            more = asyncio.Event()
            talk.entries_added.connect(lambda _count: more.set())
            await talk.send_text('{"n":1}', PARTS)
            await talk.send_text('{"n":2}')
            async with asyncio.timeout(10):
                while talk.received < 2:
                    more.clear()
                    await more.wait()
            await talk.settled()
            marked = [each for each in sent(talk.store) if each[1]]
            assert marked == [('{"n":1}', True, PARTS)]
            assert len(sent(talk.store)) == 4
            talk.store.save_as(tmp_path / "copy.optave-capture")

    asyncio.run(main())
    for name in ("one", "copy"):
        store = CaptureStore.open(tmp_path / f"{name}.optave-capture", read_only=True)
        assert [each for each in sent(store) if each[1]] == [('{"n":1}', True, PARTS)], name
        store.close()
    recover_readable(path, tmp_path / "again.optave-capture")
    store = CaptureStore.open(tmp_path / "again.optave-capture")
    assert [each for each in sent(store) if each[1]] == [('{"n":1}', True, PARTS)]
    assert not store.bookmarks
    store.close()


def test_what_could_not_be_sent_is_marked_too() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            await talk.close()
            with pytest.raises(NotOpen):
                await talk.send_text('{"n":1}', PARTS)
            await talk.settled()
            assert sent(talk.store) == [('{"n":1}', True, PARTS)]

    asyncio.run(main())


def test_a_text_that_no_message_can_carry_leaves_no_mark_for_others() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as talk:
            await talk.connect(config(url), NoToken())
            with pytest.raises(InspectorError):
                await talk.send_text("\ud800", PARTS)
            assert not talk._made_parts

    asyncio.run(main())


def test_a_capture_of_an_earlier_version_tells_of_none(tmp_path: Path) -> None:
    store = CaptureStore.create(tmp_path / "old.optave-capture")
    assert store.made_parts(1) == {}
    store.close()
