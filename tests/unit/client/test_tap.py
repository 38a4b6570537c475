"""What the tap shows of the wire: every frame, both ways, in order, and those that the library refuses."""

from __future__ import annotations

import itertools
import os
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from websockets.asyncio.server import serve
from websockets.extensions.permessage_deflate import PerMessageDeflate, ServerPerMessageDeflateFactory
from websockets.protocol import State
from websockets.uri import parse_uri

from optave_inspector.client.events import Closer, Direction
from optave_inspector.client.tap import TapProtocol


def _summary(frames):
    return [(frame.direction.name, frame.opcode, frame.fin, frame.payload, frame.tool_made) for frame in frames]


async def test_fragments_with_a_ping_between_come_in_wire_order_with_the_pong_after_its_ping(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"he", fin=False) + frame(9, b"?") + frame(0, b"llo") + close_frame(1000))
        assert await peer.read_frame() == (10, b"?")
        assert await peer.read_frame() == (8, b"\x03\xe8")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.wait_ended()
    assert _summary(listener.frames) == [
        ("IN", 1, False, b"he", False),
        ("IN", 9, True, b"?", False),
        ("OUT", 10, True, b"?", True),
        ("IN", 0, True, b"llo", False),
        ("IN", 8, True, b"\x03\xe8", False),
        ("OUT", 8, True, b"\x03\xe8", True),
    ]
    assert [item.wire_size for item in listener.frames] == [4, 3, 7, 5, 4, 8]
    times = [item.monotonic_ns for item in listener.frames]
    assert times == sorted(times)
    assert not any(item.problem for item in listener.frames)


async def test_frames_in_the_same_segment_as_the_response_are_seen_after_the_handshake(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade(then=frame(1, b"early") + close_frame(1008))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port, close_timeout_s=0.2)
        handshake = await connection.open()
        await connection.wait_ended()
    assert handshake.accepted
    kinds = [name if name != "state" else value.name for name, value in listener.events]
    assert kinds == ["CONNECTING", "handshake", "OPEN", "frame", "frame", "CLOSING", "frame", "CLOSED", "ending"]
    assert listener.received[0].payload == b"early"


async def test_compressed_frames_show_their_wire_size_and_their_inflated_payload(connection_to, listener) -> None:
    text = "Hello, Optave! " * 400

    async def handler(socket) -> None:
        await socket.send(await socket.recv())
        await socket.wait_closed()

    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"]) as server:
        connection = connection_to(server.sockets[0].getsockname()[1])
        handshake = await connection.open()
        await connection.send_text(text)
        await listener.frames_in(1)
        await connection.close()
    assert handshake.extensions[0].startswith("permessage-deflate")
    went, came = listener.sent[0], listener.received[0]
    for item in (went, came):
        assert item.payload == text.encode()
        assert (item.opcode, item.fin, item.rsv1, item.compressed, item.tool_made) == (1, True, True, True, False)
        assert item.wire_size < 120
    assert went.wire_size == came.wire_size + 4, "only the client masks"


async def test_a_compressed_message_in_fragments_is_inflated_fragment_by_fragment(
    serve_raw, connection_to, listener, frame
) -> None:
    deflater = zlib.compressobj(wbits=-15)
    first = deflater.compress(b"one ") + deflater.flush(zlib.Z_SYNC_FLUSH)
    second = (deflater.compress(b"two") + deflater.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\x00\x00\xff\xff")

    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate")
        peer.write(frame(1, first, fin=False, rsv=4) + frame(0, second) + frame(2, b"plain"))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        frames = await listener.frames_in(3)
        connection.abort()
        await connection.wait_ended()
    assert [(item.payload, item.compressed, item.rsv1) for item in frames] == [
        (b"one ", True, True),
        (b"two", True, False),
        (b"plain", False, False),
    ]
    assert frames[0].wire_size == 2 + len(first)


async def test_compression_is_not_offered_when_switched_off(connection_to, listener) -> None:
    async def handler(socket) -> None:
        await socket.send("x" * 500)
        await socket.wait_closed()

    extensions = [ServerPerMessageDeflateFactory()]
    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"], extensions=extensions) as server:
        connection = connection_to(server.sockets[0].getsockname()[1], compression=False)
        handshake = await connection.open()
        frames = await listener.frames_in(1)
        await connection.close()
    assert handshake.extensions == ()
    assert not any(name.lower() == "sec-websocket-extensions" for name, _ in handshake.request_headers)
    assert (frames[0].compressed, frames[0].wire_size) == (False, 504)


_REFUSED = [
    ("reserved opcode", {"opcode": 3, "payload": b"abc"}, "opcode 0x3 is reserved", 1002),
    ("reserved control opcode", {"opcode": 0xB, "payload": b"abc"}, "opcode 0xB is reserved", 1002),
    ("masked", {"opcode": 1, "payload": b"abc", "mask": b"\x01\x02\x03\x04"}, "must not mask", 1002),
    ("RSV1 without an extension", {"opcode": 1, "payload": b"abc", "rsv": 4}, "RSV1 set", 1002),
    ("RSV2", {"opcode": 1, "payload": b"abc", "rsv": 2}, "RSV2 set", 1002),
    ("RSV3 on a close", {"opcode": 8, "payload": b"\x03\xe8", "rsv": 1}, "RSV3 set", 1002),
    ("a long ping", {"opcode": 9, "payload": b"x" * 126}, "at most 125 bytes, this one 126", 1002),
    ("a fragmented ping", {"opcode": 9, "payload": b"x", "fin": False}, "must not be fragmented", 1002),
    ("continuation of nothing", {"opcode": 0, "payload": b"x"}, "without a message to continue", 1002),
    ("text that is no UTF-8", {"opcode": 1, "payload": b"ab\xff"}, "not UTF-8: invalid start byte at byte 2", 1007),
    ("text cut in a character", {"opcode": 1, "payload": "é".encode()[:1]}, "not UTF-8: unexpected end of data", 1007),
]


@pytest.mark.parametrize(
    ("parts", "words", "code"), [case[1:] for case in _REFUSED], ids=[case[0] for case in _REFUSED]
)
async def test_an_offending_frame_is_shown_before_the_close_that_it_causes(
    serve_raw, connection_to, listener, frame, parts, words, code
) -> None:
    raw = frame(**parts)

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"sound") + raw)
        assert int.from_bytes((await peer.read_frame())[1][:2], "big") == code

    async with serve_raw(script) as port:
        connection = connection_to(port, compression=False)
        await connection.open()
        ending = await connection.wait_ended()
    sound, offending, close = listener.frames
    assert sound.problem == ""
    assert words in offending.problem
    assert (offending.opcode, offending.payload) == (parts["opcode"], parts["payload"])
    assert offending.wire_size == len(raw)
    assert (offending.rsv1, offending.rsv2, offending.rsv3) == (
        parts.get("rsv", 0) == 4,
        parts.get("rsv", 0) == 2,
        parts.get("rsv", 0) == 1,
    )
    assert (close.direction, close.opcode, close.tool_made) == (Direction.OUT, 8, True)
    assert ending.sent.code == code
    assert words in ending.cause
    assert (ending.failed, ending.clean) == (True, False)


async def test_an_offending_frame_in_pieces_is_shown_when_it_is_whole(
    serve_raw, connection_to, listener, frame
) -> None:
    raw = frame(7, b"0123456789")

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(raw[:5])
        await peer.read_frame()
        peer.write(raw[5:] + frame(1, b"late"))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.wait_ended()
    close, offending, late = listener.frames
    assert (close.direction, close.opcode) == (Direction.OUT, 8)
    assert offending.payload == b"0123456789"
    assert offending.problem == "opcode 0x7 is reserved (RFC 6455 section 5.2)"
    assert late.payload == b"late"
    assert late.problem.startswith("not processed: it came after the inspector had failed the connection")


async def test_what_comes_after_an_error_is_shown_and_not_processed(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(2, b"\x01", rsv=2) + frame(9, b"ping") + frame(3, b"?", mask=b"abcd"))
        opcode, _ = await peer.read_frame()
        assert opcode == 8, "no pong any more"

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.wait_ended()
    first, ping, garbage = listener.received
    assert first.problem == "RSV2 set without an extension that defines it (RFC 6455 section 5.2)"
    assert ping.problem.startswith("not processed")
    assert "opcode 0x3 is reserved" in garbage.problem
    assert "must not mask" in garbage.problem
    assert "not processed" in garbage.problem
    assert garbage.payload == b"?"


async def test_what_comes_after_a_close_frame_is_shown(serve_raw, connection_to, listener, frame, close_frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(close_frame(1000) + frame(1, b"one more"))
        await peer.read_frame()
        peer.write(close_frame(1001))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert [item.payload for item in listener.received] == [b"\x03\xe8", b"one more", b"\x03\xe9"]
    assert listener.received[0].problem == ""
    for item in listener.received[1:]:
        assert item.problem.startswith("came after the close frame")
    assert ending.code == 1000
    assert ending.clean


async def test_a_frame_that_cannot_be_inflated_is_shown_as_it_came(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate")
        peer.write(frame(1, b"\xff\xff\xff", rsv=4))
        await peer.read_frame()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert listener.received[0].payload == b"\xff\xff\xff"
    assert listener.received[0].problem == "decompression failed"
    assert listener.received[0].compressed
    assert "decompression failed" in ending.cause


async def test_rsv1_on_a_continuation_is_named(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: permessage-deflate")
        peer.write(frame(1, b"", fin=False, rsv=4) + frame(0, b"", rsv=4))
        await peer.read_frame()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.wait_ended()
    assert "RSV1 set" in listener.received[1].problem


async def test_a_length_in_more_bytes_than_needed_is_noted_but_taken(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"abc", length_form=127) + frame(1, b"def", length_form=126) + frame(1, b"x" * 70_000))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        frames = await listener.frames_in(3)
        connection.abort()
        await connection.wait_ended()
    assert [(item.payload[:3], item.wire_size) for item in frames] == [(b"abc", 13), (b"def", 7), (b"xxx", 70_010)]
    assert ["fewest bytes" in item.problem for item in frames] == [True, True, False]


async def test_a_new_message_inside_a_fragmented_one_fails(serve_raw, connection_to, listener, frame) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"a", fin=False) + frame(2, b"b"))
        await peer.read_frame()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert "before the fragmented one had ended" in listener.received[1].problem
    assert ending.sent.code == 1002


async def test_characters_may_be_split_between_fragments(serve_raw, connection_to, listener, frame) -> None:
    data = "grüße €".encode()

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, data[:3], fin=False) + frame(0, data[3:9], fin=False) + frame(0, data[9:]))
        peer.write(frame(2, b"\xff", fin=False) + frame(0, b"\xfe"))
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        frames = await listener.frames_in(5)
        connection.abort()
        await connection.wait_ended()
    assert b"".join(item.payload for item in frames[:3]) == data
    assert not any(item.problem for item in frames)


async def test_a_character_that_the_last_fragment_leaves_unfinished_is_no_utf8(
    serve_raw, connection_to, listener, frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"ok", fin=False) + frame(0, b"\xe2\x82"))
        assert (await peer.read_frame())[1][:2] == (1007).to_bytes(2, "big")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        await connection.wait_ended()
    assert "not UTF-8" in listener.received[1].problem


@pytest.mark.parametrize("cut", [1, 3, 6])
async def test_a_frame_that_tcps_end_cuts_off_is_shown_as_far_as_it_came(
    serve_raw, connection_to, listener, frame, cut
) -> None:
    raw = frame(1, b"x" * 200)

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(raw[:cut])

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    (item,) = listener.received
    assert (item.opcode, item.wire_size, item.fin) == (1, cut, True)
    assert item.payload == b"x" * max(0, cut - 4)
    assert item.problem.startswith("cut off")
    assert ending.code == 1006
    assert not ending.failed


async def test_a_50_mb_message_comes_whole(serve_raw, connection_to, listener, frame) -> None:
    data = ("é" * (1 << 20)).encode() * 24 + b"!"

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, data))
        await peer.writer.drain()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        (item,) = await listener.frames_in(1)
        connection.abort()
        await connection.wait_ended()
    assert item.payload == data
    assert item.problem == ""
    assert item.wire_size == len(data) + 10


@pytest.mark.parametrize("position", [0, (1 << 20) - 1, 1 << 20, 3_000_000])
async def test_bad_text_in_a_large_message_is_found_where_it_is(
    serve_raw, connection_to, listener, frame, position
) -> None:
    data = bytearray(b"x" * 3_000_001)
    data[position] = 0xFF

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, bytes(data)))
        await peer.writer.drain()
        assert (await peer.read_frame())[1][:2] == (1007).to_bytes(2, "big")

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert f"at byte {position:,} " in listener.received[0].problem
    assert ending.sent.reason == f"invalid start byte at position {position}"


async def test_binary_needs_no_utf8_and_what_the_user_sends_is_not_tool_made(connection_to, listener) -> None:
    data = os.urandom(300)

    async def handler(socket) -> None:
        async for message in socket:
            await socket.send(message)

    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"], compression=None) as server:
        connection = connection_to(server.sockets[0].getsockname()[1])
        await connection.open()
        await connection.send_binary(data)
        await listener.frames_in(1)
        await connection.ping(b"mine")
        await listener.frames_in(2)
        await connection.close()
    assert _summary(listener.frames) == [
        ("OUT", 2, True, data, False),
        ("IN", 2, True, data, False),
        ("OUT", 9, True, b"mine", False),
        ("IN", 10, True, b"mine", False),
        ("OUT", 8, True, b"\x03\xe8", False),
        ("IN", 8, True, b"\x03\xe8", False),
    ]


async def test_a_listener_that_raises_is_told_to_the_loop_and_harms_nothing(
    serve_raw, used, frame, close_frame
) -> None:
    import asyncio

    from optave_inspector.client.config import ConnectionConfig, NoToken
    from optave_inspector.client.connection import Connection

    class Clumsy:
        def _fail(self, _value) -> None:
            raise RuntimeError("clumsy")

        on_state = on_token = on_handshake = on_frame = on_ending = _fail

    contexts = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: contexts.append(context))

    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(9, b"?") + close_frame(1000))
        assert await peer.read_frame() == (10, b"?")
        assert await peer.read_frame() == (8, b"\x03\xe8")

    async with serve_raw(script) as port:
        connection = Connection(ConnectionConfig(f"ws://127.0.0.1:{port}"), NoToken(), Clumsy(), used)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.clean
    assert {str(context["exception"]) for context in contexts} == {"clumsy"}
    assert len(contexts) == 4 + 1 + 4 + 1, "states, handshake, frames, ending"


async def test_a_close_frame_after_a_failure_that_is_itself_wrong_is_not_taken(
    serve_raw, connection_to, listener, frame, close_frame
) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        peer.write(frame(1, b"\xff"))
        await peer.read_frame()
        peer.write(close_frame(1006) + close_frame(1002) + close_frame(1000))

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        ending = await connection.wait_ended()
    assert ending.received is not None
    assert ending.received.code == 1002, "the first sound one"
    assert [item.problem == "" for item in listener.received] == [False, False, True, False]


class _Collector:
    """The owner of a tap without a connection."""

    def __init__(self) -> None:
        self.frames = []
        self.closings = 0

    def tapped_frame(self, frame) -> None:
        self.frames.append(frame)

    def tapped_close(self) -> None:
        self.closings += 1

    def tapped_pong(self, payload) -> None:
        pass


def _encode(opcode, payload, fin, rsv, mask, form):
    size = len(payload)
    form = form or (min(126, size))
    head = bytes([(0x80 if fin else 0) | rsv << 4 | opcode, (0x80 if mask else 0) | form])
    if form >= 126:
        head += size.to_bytes(2 if form == 126 else 8, "big")
    return head + (mask or b"") + payload


_A_FRAME = st.builds(
    _encode,
    st.one_of(st.sampled_from([0, 1, 2, 8, 9, 10]), st.integers(0, 15)),
    st.one_of(st.binary(max_size=140), st.text(max_size=50).map(str.encode), st.just(b"\x03\xe8")),
    st.booleans(),
    st.sampled_from([0, 0, 0, 0, 4, 2, 1]),
    st.sampled_from([None, None, None, b"abcd"]),
    st.sampled_from([0, 0, 126, 127]),
)


@given(
    st.lists(_A_FRAME, max_size=6).map(b"".join), st.binary(max_size=20), st.lists(st.integers(0, 900)), st.booleans()
)
def test_whatever_comes_every_byte_of_it_is_shown_and_nothing_raises(frames, tail, cuts, deflate) -> None:
    data = frames + tail
    owner = _Collector()
    tap = TapProtocol(parse_uri("ws://127.0.0.1/"), owner=owner, state=State.OPEN, max_size=None)
    if deflate:
        tap.extensions.append(PerMessageDeflate(False, False, 15, 15))
        tap._deflate = True
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    for start, end in itertools.pairwise(edges):
        tap.receive_data(data[start:end])
        tap.data_to_send()
    tap.receive_eof()
    tap.finish()
    received = [frame for frame in owner.frames if frame.direction is Direction.IN]
    assert sum(frame.wire_size for frame in received) == len(data)
    assert all(frame.tool_made for frame in owner.frames if frame.direction is Direction.OUT)
    assert owner.closings == (tap.first_closer is not Closer.NOBODY)
    if tap.failed:
        assert any(frame.problem for frame in received)
        assert tap.fault
