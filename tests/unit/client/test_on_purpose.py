"""What this side does wrong on purpose: the bytes are as asked for, and the ending is told honestly."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.client.connection import NotOpen
from optave_inspector.client.events import Closer, TcpEnd
from optave_inspector.client.made_frames import MadeFrame, close_payload
from optave_inspector.client.wire import WireFrame, WireReader, read_header
from optave_inspector.errors import InspectorError

SOUND = [MadeFrame(1, b"{}"), MadeFrame(2, b"\x00\xff"), MadeFrame(9, b"hi"), MadeFrame(8, close_payload(4000, "bye"))]
BROKEN = [
    (MadeFrame(1, b"{}", masked=False), "a client must mask its frames"),
    (MadeFrame(3, b"x"), "opcode 0x3 is reserved"),
    (MadeFrame(1, b"{}", rsv2=True), "RSV2 set"),
    (MadeFrame(1, b"\xff"), "not UTF-8"),
    (MadeFrame(9, b"p" * 126), "at most 125 bytes"),
    (MadeFrame(9, b"p", fin=False), "must not be fragmented"),
    (MadeFrame(8, close_payload(1006, "")), "close code 1006 must not be on the wire"),
    (MadeFrame(8, b"\x03"), "at least the 2 bytes"),
    (MadeFrame(1, b"{}", announced=50), "announces 50 payload bytes, 2 follow"),
]


@pytest.mark.parametrize("made", SOUND, ids=str)
def test_a_sound_frame_made_by_hand_has_no_problem(made: MadeFrame) -> None:
    assert made.problem() == ""


@pytest.mark.parametrize(("made", "says"), BROKEN, ids=[says for _, says in BROKEN])
def test_what_breaks_the_protocol_is_named(made: MadeFrame, says: str) -> None:
    assert says in made.problem()


@given(
    st.builds(
        MadeFrame,
        opcode=st.integers(0, 15),
        payload=st.binary(max_size=300),
        fin=st.booleans(),
        rsv1=st.booleans(),
        rsv2=st.booleans(),
        rsv3=st.booleans(),
        masked=st.booleans(),
    ),
    st.binary(min_size=4, max_size=4),
)
def test_the_bytes_say_what_was_asked_for(made: MadeFrame, key: bytes) -> None:
    wire = made.wire(key)
    (frame,) = WireReader().feed(wire)
    assert isinstance(frame, WireFrame)
    header = frame.header
    assert (header.opcode, header.fin) == (made.opcode, made.fin)
    assert (header.rsv1, header.rsv2, header.rsv3) == (made.rsv1, made.rsv2, made.rsv3)
    assert header.mask == (key if made.masked else None)
    assert frame.payload == made.payload
    assert isinstance(made.problem(), str)


@pytest.mark.parametrize(("made", "says"), BROKEN, ids=[says for _, says in BROKEN])
async def test_a_broken_frame_goes_out_as_it_is_and_the_ending_remembers_it(
    serve_raw, connection_to, listener, made, says
) -> None:
    came = asyncio.get_running_loop().create_future()

    async def script(peer):
        await peer.upgrade()
        came.set_result(await peer.reader.read(1000))
        peer.reset()

    async with serve_raw(script) as port:
        connection = connection_to(port, compression=False)
        await connection.open()
        await connection.on_purpose.send(made)
        wire = await came
        ending = await connection.wait_ended()
    header = read_header(wire)
    assert wire == made.wire(header.mask or b"")
    (frame,) = listener.sent
    assert (frame.on_purpose, frame.tool_made, frame.payload, frame.wire_size) == (True, False, made.payload, len(wire))
    assert says in frame.problem
    assert ending.tcp is TcpEnd.RESET
    assert ending.on_purpose == ("send a frame that breaks the protocol",)
    assert "the user had let the inspector send a frame that breaks the protocol" in ending.cause


async def test_a_close_with_a_forbidden_code_is_ours_and_the_answer_is_not_a_confirmation(
    serve_raw, connection_to, close_frame, listener
) -> None:
    async def script(peer):
        await peer.upgrade()
        assert await peer.read_frame() == (8, close_payload(1005, "why not"))
        peer.write(close_frame(1002, b"invalid status code"))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.on_purpose.send(MadeFrame(8, close_payload(1005, "why not")))
        assert listener.states[-1] == "CLOSING"
        ending = await connection.wait_ended()
    assert (ending.sent.code, ending.sent.reason, ending.received.code) == (1005, "why not", 1002)
    assert ending.first is Closer.INSPECTOR
    assert ending.by_user
    assert [frame.opcode for frame in listener.sent] == [8]


async def test_data_after_a_close_frame_goes_out_too(serve_raw, connection_to, listener) -> None:
    async def script(peer):
        await peer.upgrade()
        assert (await peer.read_frame())[0] == 8
        assert await peer.read_frame() == (1, b"late")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.on_purpose.send(MadeFrame(8, close_payload(1000, "")))
        await connection.on_purpose.send(MadeFrame(1, b"late"))
        ending = await connection.wait_ended()
    assert ending.received is None
    assert [frame.opcode for frame in listener.sent] == [8, 1]


async def test_a_reset_reaches_the_server_as_a_reset(serve_raw, connection_to) -> None:
    async def script(peer):
        await peer.upgrade()
        with pytest.raises(ConnectionResetError):
            await peer.reader.read(1)

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        connection.on_purpose.reset()
        ending = await connection.wait_ended()
    assert ending.cause == "The inspector reset TCP (RST) because the user asked for it."
    assert (ending.tcp, ending.by_user, ending.code) == (TcpEnd.DROPPED, True, 1006)


async def test_after_a_half_close_what_comes_is_read_and_nothing_is_claimed_to_be_sent(
    serve_raw, connection_to, frame, close_frame, listener
) -> None:
    async def script(peer):
        await peer.upgrade()
        assert await peer.reader.read(1) == b""
        peer.write(frame(9, b"are you there") + frame(1, b"{}") + close_frame(1001, b"going"))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        connection.on_purpose.half_close()
        with pytest.raises(NotOpen, match="ended its direction"):
            await connection.send_text("{}")
        with pytest.raises(InspectorError, match="ended its direction"):
            await connection.on_purpose.send(MadeFrame(1, b"{}"))
        ending = await connection.wait_ended()
    assert [got.opcode for got in listener.received] == [9, 1, 8]
    assert listener.sent == []
    assert (ending.received.code, ending.sent, ending.clean) == (1001, None, False)
    assert ending.on_purpose == ("end its direction of TCP (half-close)",)


async def test_pings_are_left_unanswered_until_they_are_answered_again(
    serve_raw, connection_to, frame, listener
) -> None:
    goes_on = asyncio.Event()

    async def script(peer):
        await peer.upgrade(then=frame(1, b"{}"))
        await goes_on.wait()
        peer.write(frame(9, b"one") + frame(1, b"{}"))
        await listener.frames_in(3)
        connection.on_purpose.leave_pings(False)
        peer.write(frame(9, b"two"))
        assert await peer.read_frame() == (10, b"two")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        connection.on_purpose.leave_pings(True)
        goes_on.set()
        ending = await connection.wait_ended()
    assert [sent.payload for sent in listener.sent] == [b"two"]
    assert ending.on_purpose == ("leave pings unanswered",)


async def always_ready() -> None:
    """Never holds reading up."""


async def test_nothing_is_read_until_reading_goes_on(serve_raw, connection_to, frame, listener) -> None:
    wrote = asyncio.Event()
    read = asyncio.Event()

    async def script(peer):
        await peer.upgrade()
        await wrote_may.wait()
        peer.write(frame(1, b"{}"))
        await peer.writer.drain()
        wrote.set()
        await read.wait()

    wrote_may = asyncio.Event()
    async with serve_raw(script) as port:
        connection = connection_to(port, ready=always_ready)
        await connection.open()
        connection.on_purpose.stop_reading(True)
        wrote_may.set()
        await wrote.wait()
        await connection.ping(b"sent all the same")
        assert listener.received == []
        connection.on_purpose.stop_reading(False)
        await listener.frames_in(1)
        read.set()
        ending = await connection.wait_ended()
    assert ending.on_purpose == ("stop reading",)


async def test_the_end_is_told_though_nothing_was_read(serve_raw, connection_to, close_frame, listener) -> None:
    async def script(peer):
        await peer.upgrade()
        await stopped.wait()
        peer.write(close_frame(1008, b"away"))

    stopped = asyncio.Event()
    async with serve_raw(script) as port:
        connection = connection_to(port, ready=always_ready)
        await connection.open()
        connection.on_purpose.stop_reading(True)
        stopped.set()
        ending = await connection.wait_ended()
    assert (ending.received.code, ending.received.reason) == (1008, "away")


async def test_nothing_is_done_on_purpose_without_a_connection(connection_to, serve_raw) -> None:
    async def script(peer):
        await peer.upgrade()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        with pytest.raises(NotOpen):
            connection.on_purpose.reset()
        await connection.open()
        await connection.wait_ended()
        with pytest.raises(NotOpen):
            connection.on_purpose.reset()


async def test_a_message_inside_a_fragmented_one_is_marked_as_out_of_place(serve_raw, connection_to, listener) -> None:
    async def script(peer):
        await peer.upgrade()
        for _ in range(4):
            await peer.read_frame()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.on_purpose.send(MadeFrame(0, b"no beginning"))
        await connection.on_purpose.send(MadeFrame(1, b"begun", fin=False))
        await connection.send_text("{}")
        await connection.send_text("{}")
        await connection.wait_ended()
    problems = [frame.problem for frame in listener.sent]
    assert "without a message to continue" in problems[0]
    assert problems[1] == ""
    assert "a new message began before" in problems[2]
    assert problems[3] == ""
