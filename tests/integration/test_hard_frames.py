"""What is hard to carry: a huge message, a flood of pings, text that is none, a capture that was cut off."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
from typing import TYPE_CHECKING

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame, Opcode

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.schema import StoreError
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.client.events import Closer
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from tests.integration.sessions import ended, serving, session

if TYPE_CHECKING:
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

HUGE = 200 * 10**6
PINGS = 100_000
WAIT_S = 100


def plain(url: str) -> ConnectionConfig:
    return ConnectionConfig(url, AuthTransport.NONE, open_timeout_s=10, close_timeout_s=5, compression=False)


@pytest.mark.timeout(150)
def test_a_message_of_200_mb_is_kept_whole(tmp_path: Path) -> None:
    """It is sent in pieces, as a server that streams does; what is kept is the message."""
    piece = b'{"text":"' + b"0123456789" * 99_999 + b'0"'
    digest = hashlib.sha256()

    async def handler(connection: ServerConnection) -> None:
        async def pieces():
            sent = 0
            while sent < HUGE:
                digest.update(piece)
                sent += len(piece)
                yield piece

        await connection.send(pieces(), text=True)

    async def main() -> None:
        store = CaptureStore.create(tmp_path / "huge.optave-capture")
        watched = Session(store, Contract(schemas()))
        try:
            async with serving(handler) as url:
                await watched.connect(plain(url), NoToken())
                await ended(watched, WAIT_S)
        finally:
            await watched.aclose()
        entry = next(each for each in store.page(1, store.count) if each.kind == EntryKind.TEXT)
        assert entry.size >= HUGE
        assert entry.frames > 100
        assert hashlib.sha256(store.payload(entry.number)).digest() == digest.digest()
        store.close()

    asyncio.run(main())


@pytest.mark.timeout(150)
def test_a_hundred_thousand_pings_are_answered_and_kept() -> None:
    """Each pong is the tool's own doing and is marked so."""
    pongs = 0

    async def handler(connection: ServerConnection) -> None:
        nonlocal pongs
        protocol = connection.protocol
        before = protocol.recv_frame
        every = asyncio.Event()

        def counting(frame: Frame) -> None:
            nonlocal pongs
            pongs += frame.opcode is Opcode.PONG
            if pongs == PINGS:
                every.set()
            before(frame)

        protocol.recv_frame = counting  # type: ignore[method-assign]
        for number in range(PINGS):
            protocol.send_frame(Frame(Opcode.PING, number.to_bytes(4)))
            if number % 1000 == 999:
                async with connection.send_context():
                    pass
        await every.wait()

    async def main() -> None:
        async with serving(handler, ping_interval=None) as url, session() as watched:
            await watched.connect(plain(url), NoToken())
            await ended(watched, WAIT_S)
            assert watched.ending is not None
            assert watched.ending.received is not None
            assert watched.ending.received.code == 1000
            marks = watched.store.marks(1, watched.store.count)
            assert sum(each & 31 == EntryKind.PING for each in marks) == PINGS
            assert sum(each & 31 == EntryKind.PONG for each in marks) == PINGS
            some = [each for each in watched.store.page(50_000, 200) if each.kind == EntryKind.PONG]
            assert some
            assert all(each.flags & EntryFlag.TOOL_MADE for each in some)

    asyncio.run(main())
    assert pongs == PINGS


def test_text_that_is_not_utf8_is_kept_as_it_came_and_ended_by_us_with_1007() -> None:
    came = b'{"broken":"\xff\xfe"}'

    async def handler(connection: ServerConnection) -> None:
        async with connection.send_context():
            connection.protocol.send_frame(Frame(Opcode.TEXT, came))
        with pytest.raises(ConnectionClosed):
            await connection.recv()

    async def main() -> None:
        async with serving(handler) as url, session() as watched:
            await watched.connect(plain(url), NoToken())
            await ended(watched)
            entries = watched.store.page(1, watched.store.count)
            broken = next(each for each in entries if watched.store.payload(each.number) == came)
            assert broken.flags & EntryFlag.PROBLEM
            assert "UTF-8" in broken.summary
            assert watched.ending is not None
            assert watched.ending.first is Closer.INSPECTOR
            assert watched.ending.sent is not None
            assert watched.ending.sent.code == 1007

    asyncio.run(main())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A closed capture of 2,000 messages."""

    async def main(path: Path) -> None:
        async def handler(connection: ServerConnection) -> None:
            for number in range(2_000):
                await connection.send(f'{{"number":{number},"text":"{"x" * 500}"}}')

        store = CaptureStore.create(path)
        watched = Session(store, Contract(schemas()))
        async with serving(handler) as url:
            await watched.connect(plain(url), NoToken())
            await ended(watched)
        await watched.aclose()
        store.close()

    path = tmp_path_factory.mktemp("sound") / "sound.optave-capture"
    asyncio.run(main(path))
    return path.read_bytes()


def read_all(path: Path) -> None:
    """Open a capture and read each payload of it."""
    store = CaptureStore.open(path, read_only=True)
    try:
        for number in range(1, store.count + 1):
            store.payload(number)
    finally:
        store.close()


def copy_all(path: Path, target: Path) -> None:
    """Open a capture and save a copy of it."""
    store = CaptureStore.open(path, read_only=True)
    try:
        store.save_as(target)
    finally:
        store.close()


@pytest.mark.parametrize("part", [0.0005, 0.1, 0.5, 0.9, 0.999])
def test_a_capture_cut_off_in_the_middle_says_so_and_is_left_alone(tmp_path: Path, sound: bytes, part: float) -> None:
    """At opening, or at the place that is missing: in words, and nothing is written."""
    path = tmp_path / "cut.optave-capture"
    left = sound[: int(len(sound) * part)]
    path.write_bytes(left)
    with pytest.raises(StoreError, match=path.name):
        read_all(path)
    assert path.read_bytes() == left


@pytest.mark.parametrize("page", [1, 20, 50])
def test_a_capture_with_a_page_of_zeros_says_so_and_leaves_no_copy_that_seems_sound(
    tmp_path: Path, sound: bytes, page: int
) -> None:
    path, copy = tmp_path / "zeros.optave-capture", tmp_path / "copy.optave-capture"
    size = int.from_bytes(sound[16:18])
    zeroed = sound[: page * size] + bytes(size) + sound[(page + 1) * size :]
    path.write_bytes(zeroed)
    with pytest.raises(StoreError, match=path.name):
        read_all(path)
    with contextlib.suppress(InspectorError):
        copy_all(path, copy)
    if copy.exists():
        with pytest.raises(StoreError):
            read_all(copy)
    assert path.read_bytes() == zeroed
