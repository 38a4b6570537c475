"""How open connections end, seen by the listener: each case on a real socket."""

from __future__ import annotations

import asyncio
import ssl

import pytest

from optave_inspector.client.endings import cause_of, tcp_end, tcp_words
from optave_inspector.client.events import Close, Closer, Direction, TcpEnd


async def _ended(connection_to, serve_raw, script, **settings):
    async with serve_raw(script) as port:
        connection = connection_to(port, **settings)
        await connection.open()
        return await connection.wait_ended()


async def test_a_reset_is_told_as_a_reset(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.writer.drain()
        peer.reset()

    ending = await _ended(connection_to, serve_raw, script)
    assert (ending.received, ending.sent, ending.first, ending.clean) == (None, None, Closer.NOBODY, False)
    assert ending.code == 1006
    assert ending.cause == "TCP was reset (RST), and no close frame came."
    assert (ending.tcp, ending.by_user) == (TcpEnd.RESET, False)
    assert listener.states == ["CONNECTING", "OPEN", "CLOSED"]


async def test_tcp_ended_in_order_but_without_a_close_frame(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.cause == "The server ended TCP (FIN), and no close frame came."
    assert (ending.received, ending.sent, ending.code, ending.clean) == (None, None, 1006, False)
    assert not listener.frames
    assert listener.events[-1] == ("ending", ending)


@pytest.mark.parametrize("code", [1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 4001])
async def test_a_code_from_the_server_is_echoed_and_reported(
    serve_raw, connection_to, listener, close_frame, code
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(code, b"why"))
        assert await peer.read_frame() == (8, code.to_bytes(2, "big") + b"why")

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.received == ending.sent == Close(code, "why")
    assert (ending.first, ending.clean, ending.code, ending.reason) == (Closer.PEER, True, code, "why")
    closer = "server" if code == 1014 else "tenant"
    assert ending.cause == f"The {closer} closed the connection with {code}, and the inspector confirmed it."
    assert listener.states == ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]
    came, went = listener.frames
    assert (came.direction, came.opcode, came.tool_made, came.problem) == (Direction.IN, 8, False, "")
    assert (went.direction, went.opcode, went.tool_made) == (Direction.OUT, 8, True)


async def test_an_empty_close_frame_is_1005(serve_raw, connection_to, listener, close_frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(None))
        assert await peer.read_frame() == (8, b"")

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.received == ending.sent == Close(1005)
    assert ending.clean
    assert ending.cause == "The tenant closed the connection without a code, and the inspector confirmed it."
    assert listener.frames[0].payload == b""


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535])
async def test_a_code_that_must_not_be_on_the_wire_is_shown_but_not_taken(
    serve_raw, connection_to, listener, close_frame, code
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(code, b"why"))
        assert (await peer.read_frame())[1][:2] == (1002).to_bytes(2, "big")

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.received is None
    assert ending.sent == Close(1002, "invalid status code")
    assert (ending.first, ending.clean, ending.failed, ending.code) == (Closer.PEER, False, True, 1006)
    assert f"close code {code} must not be on the wire" in ending.cause
    assert "The inspector failed the connection with 1002." in ending.cause
    came = listener.received[0]
    assert came.payload == code.to_bytes(2, "big") + b"why"
    assert f"close code {code} must not be on the wire" in came.problem
    assert listener.states == ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]


@pytest.mark.parametrize(
    ("payload", "sent_code", "words"),
    [(b"\x03", 1002, "at least the 2 bytes"), (b"\x03\xe8\xff", 1007, "the close reason is not UTF-8")],
)
async def test_a_malformed_close_frame_is_shown(
    serve_raw, connection_to, listener, frame, payload, sent_code, words
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(8, payload))
        assert int.from_bytes((await peer.read_frame())[1][:2], "big") == sent_code

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.received is None
    assert ending.sent.code == sent_code
    assert words in ending.cause
    assert words in listener.received[0].problem


async def test_a_close_between_fragments_is_legal_and_gets_its_echo(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"half", fin=False) + close_frame(1001, b"gone"))
        assert await peer.read_frame() == (8, b"\x03\xe9gone")

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.received == ending.sent == Close(1001, "gone")
    assert ending.clean


async def test_the_users_close_goes_out_as_asked_and_is_not_tool_made(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        opcode, payload = await peer.read_frame()
        assert (opcode, payload) == (8, b"\x0f\xa1bye")
        peer.write(b"\x88\x05\x0f\xa1bye")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.close(4001, "bye")
        ending = await connection.wait_ended()
    assert (ending.first, ending.clean, ending.code) == (Closer.INSPECTOR, True, 4001)
    assert ending.cause == "The inspector closed the connection with 4001, and the tenant confirmed it."
    assert [frame.tool_made for frame in listener.frames] == [False, False]
    assert listener.states == ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]


async def test_a_close_without_a_code(serve_raw, connection_to, close_frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        assert await peer.read_frame() == (8, b"")
        peer.write(close_frame(None))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.close(None)
        ending = await connection.wait_ended()
    assert ending.sent == ending.received == Close(1005)
    assert ending.cause == "The inspector closed the connection without a code, and the tenant confirmed it."


async def test_a_close_that_is_never_answered_ends_at_the_time_limit(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, close_timeout_s=0.2)
        await connection.open()
        await connection.close(1000, "x")
        ending = await connection.wait_ended()
    assert (ending.received, ending.sent, ending.first, ending.clean) == (
        None,
        Close(1000, "x"),
        Closer.INSPECTOR,
        False,
    )
    assert ending.cause == (
        "The server neither answered the close frame nor ended TCP within 0.2 s; the inspector dropped it."
    )


async def test_tcp_left_open_after_the_close_frames_ends_at_the_time_limit(
    serve_raw, connection_to, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(1011, b"oops"))
        await peer.closed_by_client()

    ending = await _ended(connection_to, serve_raw, script, close_timeout_s=0.2)
    assert ending.clean
    assert ending.received == Close(1011, "oops")
    assert ending.cause.endswith("The server did not end TCP within 0.2 s; the inspector dropped it.")


async def test_a_close_answered_by_the_end_of_tcp_alone(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.read_frame()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.close(1000)
        ending = await connection.wait_ended()
    assert ending.cause == (
        "The inspector sent a close frame (1000), but the server ended TCP (FIN) before an answer came."
    )
    assert not ending.clean


async def test_a_reset_after_both_close_frames_is_clean_but_mentioned(serve_raw, connection_to, close_frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(1000))
        await peer.read_frame()
        peer.reset()

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.clean
    assert ending.cause.endswith("Then TCP was reset (RST).")


async def test_the_servers_answer_to_a_failed_connection_is_kept(
    serve_raw, connection_to, frame, close_frame, listener
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"\xff"))
        await peer.read_frame()
        peer.write(close_frame(1007, b"you too"))

    ending = await _ended(connection_to, serve_raw, script)
    assert ending.sent.code == 1007
    assert ending.received == Close(1007, "you too")
    assert (ending.failed, ending.clean, ending.code, ending.reason) == (True, False, 1006, "")
    assert "The server answered with 1007." in ending.cause
    assert listener.received[-1].problem == ""


async def test_aborting_drops_tcp_without_a_close_frame(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        connection.abort()
        connection.abort()
        ending = await connection.wait_ended()
    assert ending.cause == "The inspector dropped TCP because the user asked for it."
    assert (ending.tcp, ending.by_user) == (TcpEnd.DROPPED, True)
    assert (ending.sent, ending.code) == (None, 1006)
    assert not listener.frames
    assert listener.states == ["CONNECTING", "OPEN", "CLOSED"]


def test_tcps_own_time_limit_is_told() -> None:
    cause = cause_of(
        received=None,
        sent=None,
        first=Closer.NOBODY,
        failed=False,
        fault="",
        dropped="",
        tcp=TcpEnd.TIMED_OUT,
        tcp_detail="",
    )
    assert cause == "TCP timed out: the server's machine no longer answers, and no close frame came."


def test_another_error_of_the_socket_keeps_its_words() -> None:
    cause = cause_of(
        received=None,
        sent=None,
        first=Closer.NOBODY,
        failed=False,
        fault="",
        dropped="",
        tcp=TcpEnd.FAILED,
        tcp_detail="No route to host",
    )
    assert cause == "TCP failed (No route to host), and no close frame came."


@pytest.mark.parametrize(
    ("error", "end"),
    [
        (None, (TcpEnd.FIN, "")),
        (ConnectionResetError(104, "Connection reset by peer"), (TcpEnd.RESET, "")),
        (BrokenPipeError(32, "Broken pipe"), (TcpEnd.RESET, "")),
        (TimeoutError(110, "Connection timed out"), (TcpEnd.TIMED_OUT, "")),
        (OSError(113, "No route to host"), (TcpEnd.FAILED, "No route to host")),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT_INTERNAL_ERROR] alert"), (TcpEnd.TLS, "SSLError")),
    ],
)
def test_how_tcp_ended_is_told_apart(error, end) -> None:
    assert tcp_end("", error) == end
    assert tcp_end("The inspector dropped TCP.", error)[0] is TcpEnd.DROPPED


def test_every_end_of_tcp_has_words() -> None:
    assert len({tcp_words(end, "why") for end in TcpEnd}) == len(TcpEnd)


async def test_waiting_for_the_end_can_be_cancelled(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await connection.wait_ended()
        connection.abort()
        assert (await connection.wait_ended()).code == 1006
