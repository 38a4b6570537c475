"""Keepalive: off by default, judged by silence only, and never while reading is paused."""

from __future__ import annotations

import asyncio
import contextlib

from optave_inspector.client.events import Close, Closer


async def test_no_ping_is_sent_unless_asked_for(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=None)
        await connection.open()
        assert connection._keepalive is None
        connection.abort()
        await connection.wait_ended()
    assert listener.frames == []


async def test_pings_go_out_at_the_interval_and_are_marked(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        payloads = set()
        for _ in range(3):
            opcode, payload = await peer.read_frame()
            assert opcode == 9
            payloads.add(payload)
            peer.write(frame(10, payload))
        assert len(payloads) == 3
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=0.02)
        await connection.open()
        await listener.frames_in(3)
        connection.abort()
        await connection.wait_ended()
    assert all(item.tool_made and item.opcode == 9 for item in listener.sent)
    assert not any(item.tool_made for item in listener.received)


async def test_silence_after_a_ping_fails_the_connection(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.read_frame()
        assert await peer.read_frame() == (8, (1011).to_bytes(2, "big") + listener.sent[-1].payload[2:])

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=0.02, ping_timeout_s=0.1)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.sent == Close(1011, "The server said nothing for 0.1 s after a keepalive ping")
    assert (ending.first, ending.failed, ending.clean) == (Closer.INSPECTOR, True, False)
    assert ending.cause.startswith("The server said nothing for 0.1 s after a keepalive ping. The inspector failed")
    assert listener.sent[-1].tool_made


async def test_any_byte_is_a_sign_of_life(serve_raw, connection_to, listener, frame) -> None:
    """A pong waits behind the frame that is under way."""

    async def script(peer) -> None:
        await peer.upgrade()
        _, payload = await peer.read_frame()
        big = frame(2, b"x" * 20) + frame(10, payload)
        for position in range(len(big)):
            peer.write(big[position : position + 1])
            await asyncio.sleep(0.02)
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=0.02, ping_timeout_s=0.25)
        await connection.open()
        await listener.frames_in(2)
        assert connection.state.can_send
        connection.abort()
        await connection.wait_ended()


async def test_nothing_is_judged_while_reading_is_paused(serve_raw, connection_to, listener, frame) -> None:
    release = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade()
        for _ in range(100):
            peer.write(frame(2, b"x" * 10_000))
        while True:
            opcode, payload = await peer.read_frame()
            if opcode != 9:
                break
            peer.write(frame(10, payload))

    async def ready() -> None:
        await release.wait()

    async with serve_raw(script) as port:
        connection = connection_to(port, ready=ready, ping_interval_s=0.05, ping_timeout_s=0.1)
        await connection.open()
        await listener.until(lambda: any(item.opcode == 9 for item in listener.sent))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(0.5):  # several of the keepalive's limits
                await listener.until(lambda: not connection.state.can_send)
        assert connection.state.can_send
        assert not any(item.opcode == 10 for item in listener.received)
        release.set()
        await listener.until(lambda: any(item.opcode == 10 for item in listener.received))
        await connection.close()
        ending = await connection.wait_ended()
    assert ending.sent == Close(1000)


async def test_another_pong_is_no_answer_but_a_sign_of_life(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        _, payload = await peer.read_frame()
        peer.write(frame(10, b"unasked"))
        peer.write(frame(10, payload))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=0.02, ping_timeout_s=5)
        await connection.open()
        await listener.frames_in(2)
        await listener.until(lambda: len(listener.sent) == 2)
        connection.abort()
        await connection.wait_ended()
    assert listener.received[0].payload == b"unasked"


async def test_silence_in_the_middle_of_a_frame_does_not_blame_the_frame(
    serve_raw, connection_to, listener, frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"half a frame")[:5])
        assert (await peer.read_frame())[0] == 9
        assert (await peer.read_frame())[0] == 8
        peer.write(frame(1, b"half a frame")[5:])

    async with serve_raw(script) as port:
        connection = connection_to(port, ping_interval_s=0.02, ping_timeout_s=0.1)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.cause.startswith("The server said nothing for 0.1 s")
    (late,) = listener.received
    assert late.payload == b"half a frame"
    assert late.problem.startswith("not processed")
