"""Sending, cancelling and the order of states."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
from pathlib import Path

import pytest
from websockets.asyncio.server import serve

from optave_inspector.client.config import PastedToken
from optave_inspector.client.connection import MAX_PING_BYTES, NotOpen
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.states import ConnectionState


async def _stay(peer) -> None:
    await peer.upgrade()
    await peer.closed_by_client()


async def test_nothing_is_sent_before_it_is_open_nor_after_it_ended(serve_raw, connection_to) -> None:
    async with serve_raw(_stay) as port:
        connection = connection_to(port)
        assert connection.state is ConnectionState.CONNECTING
        with pytest.raises(NotOpen, match="the connection is CONNECTING"):
            await connection.send_text("early")
        await connection.open()
        connection.abort()
        await connection.wait_ended()
        for attempt in (connection.send_text("x"), connection.send_binary(b"x"), connection.ping(), connection.close()):
            with pytest.raises(NotOpen, match="the connection is CLOSED"):
                await attempt


async def test_nothing_is_sent_while_it_closes(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        assert (await peer.read_frame())[0] == 8
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, close_timeout_s=0.2)
        await connection.open()
        closing = asyncio.ensure_future(connection.close())  # noqa: TID251 - the test's own
        await listener.until(lambda: connection.state is ConnectionState.CLOSING)
        with pytest.raises(NotOpen, match="CLOSING"):
            await connection.send_text("late")
        with pytest.raises(NotOpen, match="CLOSING"):
            await connection.close()
        await closing
    assert len(listener.sent) == 1


@pytest.mark.parametrize(
    ("code", "reason", "words"),
    [
        (1005, "", "1005"),
        (1006, "", "may not be sent"),
        (999, "", "may not be sent"),
        (5000, "", "may not be sent"),
        (1000, "x" * 124, "124 bytes"),
        (None, "why", "A reason needs a code"),
    ],
)
async def test_a_close_that_may_not_be_sent_is_refused_and_the_connection_stays_open(
    serve_raw, connection_to, listener, code, reason, words
) -> None:
    async with serve_raw(_stay) as port:
        connection = connection_to(port)
        await connection.open()
        with pytest.raises(InspectorError, match=words):
            await connection.close(code, reason)
        assert connection.state is ConnectionState.OPEN
        assert listener.frames == []
        connection.abort()
        await connection.wait_ended()


async def test_text_that_utf8_cannot_carry_is_refused(serve_raw, connection_to, listener) -> None:
    async with serve_raw(_stay) as port:
        connection = connection_to(port)
        await connection.open()
        with pytest.raises(InspectorError, match=r"half of a surrogate pair \(U\+D83D\) at position 3"):
            await connection.send_text("ab\ud83d")
        with pytest.raises(InspectorError, match="at most 125 bytes"):
            await connection.ping(b"x" * (MAX_PING_BYTES + 1))
        assert listener.frames == []
        connection.abort()
        await connection.wait_ended()


async def test_what_is_sent_arrives_byte_for_byte(connection_to, listener) -> None:
    texts = ["", '{"a": 1,  "b":"é€😀"}', "x" * 200_000, "line\r\nline\0"]
    came = []

    async def handler(server_side) -> None:
        came.extend([message async for message in server_side])

    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"]) as server:
        connection = connection_to(server.sockets[0].getsockname()[1])
        await connection.open()
        for text in texts:
            await connection.send_text(text)
        await connection.close()
    assert came == texts
    assert [frame.payload.decode() for frame in listener.sent[:-1]] == texts
    assert not any(frame.tool_made for frame in listener.sent)


async def test_sending_waits_while_the_server_does_not_read_and_says_so_if_it_leaves(serve_raw, connection_to) -> None:
    filled = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade()
        peer.writer.transport.pause_reading()
        await filled.wait()
        peer.reset()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        sending = asyncio.ensure_future(connection.send_binary(os.urandom(40_000_000)))  # noqa: TID251
        done, _ = await asyncio.wait([sending], timeout=0.1)
        assert not done
        filled.set()
        with pytest.raises(NotOpen, match="may not have arrived"):
            await sending
        await connection.wait_ended()


async def test_between_the_end_of_tcp_and_its_report_nothing_is_sent(serve_raw, connection_to, listener) -> None:
    leave = asyncio.Event()

    async def script(peer) -> None:
        await peer.upgrade()
        await leave.wait()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        library = connection._attempt.connection
        taken = library.eof_received
        refused = asyncio.get_running_loop().create_future()

        async def send() -> None:
            with pytest.raises(NotOpen, match="has just ended TCP"):
                await connection.send_text("x")
            refused.set_result(None)

        def eof_received() -> None:
            taken()
            sending = send()
            with contextlib.suppress(StopIteration):
                sending.send(None)

        library.eof_received = eof_received
        leave.set()
        await refused
        await connection.wait_ended()
    assert listener.frames == []


async def test_a_connection_is_opened_once(serve_raw, connection_to) -> None:
    async with serve_raw(_stay) as port:
        connection = connection_to(port)
        await connection.open()
        with pytest.raises(RuntimeError, match="opened once"):
            await connection.open()
        connection.abort()
        await connection.wait_ended()


async def test_waiting_for_the_end_of_what_never_opened_is_an_error(connection_to, free_port) -> None:
    connection = connection_to(free_port)
    waiting = asyncio.ensure_future(connection.wait_ended())  # noqa: TID251 - the test's own
    with pytest.raises(ConnectFailed):
        await connection.open()
    with pytest.raises(NotOpen, match="never was open"):
        await waiting
    with pytest.raises(NotOpen, match="never was open"):
        await connection.wait_ended()


async def _silent(peer) -> None:
    await peer.closed_by_client()


def _open_sockets() -> set[str]:
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        with contextlib.suppress(OSError):
            found.add(str(entry.readlink()))
    return {target for target in found if target.startswith("socket:")}


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="open files are listed by Linux only")
@pytest.mark.parametrize("tls", [False, True], ids=["upgrade", "TLS"])
async def test_cancelling_leaves_no_socket_and_no_task(serve_raw, connection_to, listener, tls) -> None:
    accepted = asyncio.Event()
    gone = asyncio.Event()

    async def script(peer) -> None:
        accepted.set()
        await peer.closed_by_client()
        gone.set()

    before = _open_sockets()
    async with serve_raw(script) as port:
        scheme = "wss" if tls else "ws"
        connection = connection_to(f"{scheme}://127.0.0.1:{port}/", PastedToken("a.b.c"))
        opening = asyncio.ensure_future(connection.open())  # noqa: TID251 - the test's own
        await accepted.wait()
        if not tls:
            await listener.until(lambda: listener.of("token"))
        opening.cancel()
        with pytest.raises(asyncio.CancelledError):
            await opening
        await gone.wait()
    assert _open_sockets() == before
    assert listener.states == ["CONNECTING", "CLOSED"]
    assert len(listener.of("handshake")) == (0 if tls else 1)


@pytest.mark.parametrize("rounds", range(0, 24, 1))
async def test_cancelling_at_any_moment_ends_closed(serve_raw, connection_to, listener, rounds) -> None:
    gone = asyncio.Event()

    async def script(peer) -> None:
        try:
            await peer.upgrade()
            await peer.closed_by_client()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        gone.set()

    async with serve_raw(script) as port:
        connection = connection_to(f"ws://localhost:{port}/")
        opening = asyncio.ensure_future(connection.open())  # noqa: TID251 - the test's own
        for _ in range(rounds):
            await asyncio.sleep(0)
        opening.cancel()
        try:
            await opening
        except asyncio.CancelledError:
            pass
        else:
            connection.abort()
        if listener.states == ["CONNECTING", "OPEN"]:
            await connection.wait_ended()
    assert listener.states in (["CONNECTING", "CLOSED"], ["CONNECTING", "OPEN", "CLOSED"], [])
    assert len(listener.of("ending")) == listener.states.count("OPEN")
    assert all(ending.cause.startswith("The inspector dropped TCP because") for ending in listener.of("ending"))


async def test_aborting_while_connecting_gives_up(serve_raw, connection_to, listener) -> None:
    async with serve_raw(_silent) as port:
        connection = connection_to(port, PastedToken("a.b.c"))
        opening = asyncio.ensure_future(connection.open())  # noqa: TID251 - the test's own
        await listener.until(lambda: listener.of("token"))
        connection.abort()
        with pytest.raises(ConnectFailed) as caught:
            await opening
    assert caught.value.kind is FailureKind.CANCELLED
    assert caught.value.handshake.request_headers
    assert listener.states == ["CONNECTING", "CLOSED"]
    assert not opening.cancelled()


async def test_aborting_before_opening_gives_up_at_once(connection_to, listener) -> None:
    connection = connection_to("wss://example.invalid/")
    connection.abort()
    with pytest.raises(ConnectFailed) as caught:
        await connection.open()
    assert caught.value.kind is FailureKind.CANCELLED
    assert caught.value.handshake is None
    assert listener.states == ["CONNECTING", "CLOSED"]


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


async def test_ipv6(listener, connection_to) -> None:
    async def handler(server_side) -> None:
        await server_side.wait_closed()

    try:
        server = await serve(handler, "::1", 0, subprotocols=["optave-v1"])
    except OSError:
        assert not _has_ipv6()
        return
    async with server:
        connection = connection_to(f"ws://[::1]:{server.sockets[0].getsockname()[1]}/")
        handshake = await connection.open()
        await connection.close()
    assert handshake.peer_address.startswith("[::1]:")


async def test_dropping_at_the_very_moment_of_opening_is_told_as_an_ending(serve_raw, connection_to, listener) -> None:
    async with serve_raw(_stay) as port:
        connection = connection_to(port)
        note = listener.on_state

        def drop_when_open(state) -> None:
            note(state)
            if state is ConnectionState.OPEN:
                connection.abort()

        listener.on_state = drop_when_open
        with contextlib.suppress(ConnectFailed):
            await connection.open()
        ending = await connection.wait_ended()
    assert listener.states == ["CONNECTING", "OPEN", "CLOSED"]
    assert listener.of("ending") == [ending]
    assert ending.code == 1006
