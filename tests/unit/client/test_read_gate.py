"""Back pressure on real sockets: reading pauses, the sender waits, nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import select
import sys
import zlib

import pytest

with contextlib.suppress(ImportError):  # where there is no POSIX
    import fcntl
    import termios

from optave_inspector.client.read_gate import UNJUDGED_BYTES

COUNT = 3000
PAYLOAD = b"x" * 10_000


class _Taker:
    """Is ready or not, as the test says."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.waiting = asyncio.Event()
        self.asked = 0

    async def ready(self) -> None:
        self.asked += 1
        if not self.open.is_set():
            self.waiting.set()
            await self.open.wait()


async def _taken(peer) -> None:
    """Wait until the client's kernel has all that was written."""
    sock = peer.writer.get_extra_info("socket")
    while peer.writer.transport.get_write_buffer_size() or any(fcntl.ioctl(sock, termios.TIOCOUTQ, bytes(4))):  # noqa: ASYNC110
        await asyncio.sleep(0.005)  # the kernel tells nobody


async def test_reading_pauses_while_the_taker_is_not_ready_and_no_message_is_lost(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    stuck = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade()
        message = frame(1, PAYLOAD)
        for number in range(COUNT):
            peer.write(message)
            try:
                async with asyncio.timeout(1):
                    await peer.writer.drain()
            except TimeoutError:
                stuck.set()
                await peer.writer.drain()
            assert number < COUNT
        peer.write(close_frame(1000))
        await peer.closed_by_client()

    taker = _Taker()
    async with serve_raw(script) as port:
        connection = connection_to(port, ready=taker.ready, compression=False, close_timeout_s=0.2)
        await connection.open()
        await taker.waiting.wait()
        await stuck.wait()
        held = len(listener.received)
        assert held * len(PAYLOAD) <= 3 * UNJUDGED_BYTES
        await asyncio.sleep(0)
        assert len(listener.received) == held
        taker.open.set()
        ending = await connection.wait_ended()
    assert len(listener.received) == COUNT + 1
    assert ending.received is not None
    assert taker.asked > 1


async def test_a_paused_connection_can_be_closed_by_the_time_limit_and_aborted(serve_raw, connection_to, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        for _ in range(300):
            peer.write(frame(1, PAYLOAD))
        await peer.closed_by_client()

    for end in ("close", "abort"):
        taker = _Taker()
        async with serve_raw(script) as port:
            connection = connection_to(port, ready=taker.ready, close_timeout_s=0.2)
            await connection.open()
            await taker.waiting.wait()
            if end == "close":
                await connection.close()
            else:
                connection.abort()
            ending = await connection.wait_ended()
        assert ending.code == 1006
        assert ("could not be kept within 0.2 s" in ending.cause) is (end == "close")


async def test_a_taker_that_fails_ends_the_connection_and_its_error_is_logged(
    serve_raw, connection_to, frame, caplog
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"x"))
        await peer.closed_by_client()

    async def ready() -> None:
        raise OSError("disk full")

    async with serve_raw(script) as port:
        connection = connection_to(port, ready=ready)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.cause == "The inspector dropped TCP because it could not keep what came."
    assert "disk full" in caplog.text


@pytest.mark.parametrize("slow", [False, True])
async def test_every_frame_comes_with_a_taker_that_yields(serve_raw, connection_to, listener, frame, slow) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        for number in range(2000):
            peer.write(frame(2, number.to_bytes(4, "big") * 250))
            await peer.writer.drain()
        await peer.closed_by_client()

    async def ready() -> None:
        if slow:
            await asyncio.sleep(0.001)

    async with serve_raw(script) as port:
        connection = connection_to(port, ready=ready)
        await connection.open()
        frames = await listener.frames_in(2000)
        connection.abort()
        await connection.wait_ended()
    assert [int.from_bytes(item.payload[:4], "big") for item in frames] == list(range(2000))


@pytest.mark.skipif(not hasattr(select, "POLLRDHUP"), reason="only Linux tells of an end before all that came was read")
@pytest.mark.parametrize(("how", "words"), [("end", "The server ended TCP (FIN)"), ("reset", "TCP was reset (RST)")])
async def test_the_end_of_tcp_is_noticed_while_reading_is_paused_and_what_came_before_is_kept(
    serve_raw, connection_to, listener, frame, how, words
) -> None:
    filled = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade()
        for _ in range(80):
            peer.write(frame(1, PAYLOAD))
        await filled.wait()
        await _taken(peer)  # what the other side's kernel has not taken yet, a reset takes back
        if how == "reset":
            peer.reset()

    taker = _Taker()
    async with serve_raw(script) as port:
        connection = connection_to(port, ready=taker.ready, compression=False)
        await connection.open()
        await taker.waiting.wait()
        await listener.frames_in(UNJUDGED_BYTES // len(PAYLOAD))
        filled.set()
        ending = await connection.wait_ended()
    assert not taker.open.is_set()
    assert ending.cause == f"{words}, and no close frame came."
    assert len(listener.received) == 80


@pytest.mark.skipif(sys.platform != "linux", reason="what the other side has taken is told by means of Linux")
async def test_reading_pauses_by_what_was_inflated_not_by_what_came(serve_raw, connection_to, listener, frame) -> None:
    deflate = zlib.compressobj(wbits=-15)
    bomb = (deflate.compress(b"x" * (8 << 20)) + deflate.flush(zlib.Z_SYNC_FLUSH))[:-4]
    assert 11 * len(bomb) < UNJUDGED_BYTES // 2
    there = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover")
        peer.write(frame(1, bomb, rsv=4))
        await listener.frames_in(1)
        for _ in range(10):
            peer.write(frame(1, bomb, rsv=4))
        await _taken(peer)
        there.set()
        await peer.closed_by_client()

    taker = _Taker()
    async with serve_raw(script) as port:
        connection = connection_to(port, ready=taker.ready)
        await connection.open()
        await taker.waiting.wait()
        await there.wait()
        assert len(listener.received) == 1
        taker.open.set()
        await listener.frames_in(11)
        connection.abort()
        await connection.wait_ended()
