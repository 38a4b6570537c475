"""Back pressure on real sockets: reading pauses, the sender waits, nothing is lost."""

from __future__ import annotations

import asyncio

import pytest

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
