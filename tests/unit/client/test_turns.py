"""A read of the socket that holds thousands of frames is handed on in turns: the event loop is at hand in between."""

from __future__ import annotations

import asyncio

import pytest

from optave_inspector.client import connector
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tasks import Tasks

PINGS = 20_000


@pytest.fixture(params=[7, 500, 1 << 18])
def portion(request, monkeypatch) -> int:
    """As many bytes are handed on at once, however long it takes."""
    for name in ("_FIRST_PORTION", "_SMALLEST_PORTION", "_LARGEST_PORTION"):
        monkeypatch.setattr(connector, name, request.param)
    return request.param


async def test_other_tasks_have_their_turns_during_a_flood_of_pings(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(b"".join(frame(9, number.to_bytes(4, "big")) for number in range(PINGS)) + close_frame(1000))
        for number in range(PINGS):
            assert await peer.read_frame() == (10, number.to_bytes(4, "big"))
        assert (await peer.read_frame())[0] == 8

    longest = 0

    async def watch() -> None:
        nonlocal longest
        before = 0
        while True:
            await asyncio.sleep(0)
            longest = max(longest, len(listener.received) - before)
            before = len(listener.received)

    async with serve_raw(script) as port:
        connection = connection_to(port)
        tasks = Tasks("test")
        tasks.start(watch(), "watch")
        await connection.open()
        ending = await connection.wait_ended()
        await tasks.cancel()
    assert ending.received is not None
    assert ending.clean
    assert [each.payload for each in listener.received[:-1]] == [number.to_bytes(4, "big") for number in range(PINGS)]
    assert longest < PINGS / 4


@pytest.mark.parametrize("paused", [False, True])
async def test_whatever_a_turn_takes_every_frame_comes_in_order(
    serve_raw, connection_to, listener, frame, close_frame, portion, paused
) -> None:
    async def script(peer) -> None:
        await peer.upgrade(then=frame(1, b"first"))
        peer.write(b"".join(frame(2, number.to_bytes(2, "big") * 150) for number in range(1, 1500)) + close_frame(4001))
        assert (await peer.read_frame())[0] == 8

    async def ready() -> None:
        if paused:
            await asyncio.sleep(0.001)

    async with serve_raw(script) as port:
        connection = connection_to(port, ready=ready, compression=False)
        await connection.open()
        ending = await connection.wait_ended()
    assert [each.payload[:2] for each in listener.received] == [
        b"fi",
        *(number.to_bytes(2, "big") for number in range(1, 1500)),
        (4001).to_bytes(2, "big"),
    ]
    assert ending.code == 4001


@pytest.mark.parametrize("end", ["reset", "fin"])
async def test_what_came_before_tcp_ended_is_told_before_the_ending(
    serve_raw, connection_to, listener, frame, portion, end
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(b"".join(frame(9, number.to_bytes(2, "big")) for number in range(1000)))
        await peer.read_frame()
        if end == "reset":
            peer.reset()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert [each.payload for each in listener.received] == [number.to_bytes(2, "big") for number in range(1000)]
    assert listener.events[-1] == ("ending", ending)
    assert ending.code == 1006


async def test_dropping_tcp_in_the_middle_of_a_flood_tells_what_came_and_ends(
    serve_raw, connection_to, listener, frame, monkeypatch
) -> None:
    for name in ("_FIRST_PORTION", "_SMALLEST_PORTION", "_LARGEST_PORTION"):
        monkeypatch.setattr(connector, name, 60)

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(b"".join(frame(9, number.to_bytes(4, "big")) for number in range(3000)))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await listener.frames_in(5)
        connection.abort()
        ending = await connection.wait_ended()
    assert ending.by_user
    assert connection.state is ConnectionState.CLOSED
    came = [each.payload for each in listener.received]
    assert came == [number.to_bytes(4, "big") for number in range(len(came))]


@pytest.mark.parametrize("cut", [1, 2, 3, 5, 100, 1 << 18])
@pytest.mark.parametrize("compression", [False, True])
async def test_messages_come_out_alike_wherever_tcp_cuts_them(
    serve_raw, connection_to, listener, frame, close_frame, cut, compression
) -> None:
    """Sound messages of one frame take a shorter way than all others; nothing may be seen of that."""
    text = "grüße".encode()
    sound = [
        frame(1, b""),
        frame(1, b"{}"),
        frame(2, b"\xff" * 125),
        frame(1, text * 30),
        frame(9, b"ping"),
        frame(1, b"x" * 126),
        frame(1, b"begin ", fin=False),
        frame(0, text),
        frame(1, b"z" * 300, length_form=127),
        frame(2, b"w" * 70_000),
    ]
    stream = b"".join([*sound, close_frame(1000)])

    async def script(peer) -> None:
        await peer.upgrade(*(["Sec-WebSocket-Extensions: permessage-deflate"] if compression else []))
        # The small frames in pieces of this size, the large one at once.
        for start in range(0, 1200, cut):
            peer.write(stream[start : min(start + cut, 1200)])
            await peer.writer.drain()
            await asyncio.sleep(0)
        peer.write(stream[1200:])
        while (await peer.read_frame())[0] != 8:
            pass

    async with serve_raw(script) as port:
        connection = connection_to(port, compression=compression)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.clean
    came = [(each.opcode, each.payload, each.fin, each.wire_size) for each in listener.received]
    assert came == [
        (1, b"", True, 2),
        (1, b"{}", True, 4),
        (2, b"\xff" * 125, True, 127),
        (1, text * 30, True, 4 + 30 * len(text)),
        (9, b"ping", True, 6),
        (1, b"x" * 126, True, 130),
        (1, b"begin ", False, 8),
        (0, text, True, 2 + len(text)),
        (1, b"z" * 300, True, 310),
        (2, b"w" * 70_000, True, 70_010),
        (8, (1000).to_bytes(2, "big"), True, 4),
    ]
    assert [bool(each.problem) for each in listener.received] == [each[3] == 310 for each in came]


@pytest.mark.parametrize("whole_before", [0, 3])
async def test_the_beginning_of_a_message_whose_end_never_comes_is_told(
    serve_raw, connection_to, listener, frame, whole_before
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"whole") * whole_before + frame(1, b"x" * 200)[:50])
        await peer.writer.drain()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert [each.payload for each in listener.received] == [b"whole"] * whole_before + [b"x" * 46]
    assert "46 of 200 payload bytes came before TCP ended" in listener.received[-1].problem
    assert ending.code == 1006


async def test_text_that_is_no_utf8_after_sound_messages_fails_the_connection_at_its_place(
    serve_raw, connection_to, listener, frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"one") + frame(1, b"\xff two") + frame(1, b"three"))
        assert (await peer.read_frame())[1][:2] == (1007).to_bytes(2, "big")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert [each.payload for each in listener.received] == [b"one", b"\xff two", b"three"]
    assert [bool(each.problem) for each in listener.received] == [False, True, True]
    assert "not UTF-8" in listener.received[1].problem
    assert ending.failed
