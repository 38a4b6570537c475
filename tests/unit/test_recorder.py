"""From frames to entries."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame, Handshake, Timings
from optave_inspector.recorder import Recorder

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"


def frame(
    payload: bytes, opcode: int = 1, *, fin: bool = True, direction: Direction = Direction.IN, **more: object
) -> Frame:
    return Frame(direction, opcode, payload, len(payload) + 2, 1_000, 2_000, fin, **more)


def test_a_continuation_without_a_message_is_kept_and_marked() -> None:
    entry, payload, seen = Recorder().frame(frame(b"tail", opcode=0)) or pytest.fail("nothing recorded")
    assert entry.kind == EntryKind.CONTINUATION
    assert entry.flags & EntryFlag.PROBLEM
    assert payload == b"tail"
    assert seen is None


def test_a_message_that_never_becomes_whole_is_told_at_the_end() -> None:
    recorder = Recorder()
    assert recorder.frame(frame(b'{"a":', fin=False)) is None
    ((entry, payload, _seen),) = recorder.unfinished()
    assert payload == b'{"a":'
    assert entry.flags & EntryFlag.PROBLEM
    assert "fragments" in entry.summary
    assert recorder.unfinished() == []


def test_a_frame_with_a_reserved_opcode_is_kept_as_it_came() -> None:
    entry, payload, _seen = Recorder().frame(frame(b"\x01\x02", opcode=3)) or pytest.fail("nothing recorded")
    assert entry.kind == EntryKind.RAW
    assert "0x3" in entry.summary
    assert payload == b"\x01\x02"


def test_fragments_become_one_message_around_a_ping_and_each_direction_has_its_own() -> None:
    recorder = Recorder()
    assert recorder.frame(frame(b'{"message":', fin=False)) is None
    assert recorder.frame(frame(b"ours", fin=False, direction=Direction.OUT)) is None
    ping, _, _ = recorder.frame(frame(b"hi", opcode=9)) or pytest.fail("no ping")
    whole, payload, seen = recorder.frame(frame(b'"Forbidden"}', opcode=0)) or pytest.fail("no message")
    assert (ping.kind, ping.number, ping.summary) == (EntryKind.PING, 1, "hi")
    assert (whole.kind, whole.number, whole.frames) == (EntryKind.TEXT, 2, 2)
    assert payload == b'{"message":"Forbidden"}'
    assert seen is not None
    ours, payload, _ = recorder.frame(frame(b"!", opcode=0, direction=Direction.OUT)) or pytest.fail("no message")
    assert (ours.direction, payload) == (Direction.OUT, b"ours!")


@given(st.lists(st.binary(max_size=20), min_size=1, max_size=8))
def test_however_a_message_is_cut_it_arrives_whole(parts: list[bytes]) -> None:
    recorder = Recorder()
    recorded = [
        recorder.frame(frame(part, opcode=2 if number == 0 else 0, fin=number == len(parts) - 1))
        for number, part in enumerate(parts)
    ]
    assert recorded[:-1] == [None] * (len(parts) - 1)
    entry, payload, _seen = recorded[-1] or pytest.fail("not whole")
    assert payload == b"".join(parts)
    assert entry.wire_size == sum(len(part) + 2 for part in parts)


def test_a_close_frame_tells_code_and_reason_and_an_empty_one_is_1005() -> None:
    recorder = Recorder()
    close, _, _ = recorder.frame(frame(b"\x03\xf3going down", opcode=8)) or pytest.fail("no close")
    empty, _, _ = recorder.frame(frame(b"", opcode=8)) or pytest.fail("no close")
    assert close.code == 1011
    assert "going down" in close.summary
    assert empty.code == 1005


def test_a_close_reason_that_is_no_utf8_is_shown_without_raising() -> None:
    close, payload, _ = Recorder().frame(frame(b"\x03\xe8\xff\xfe", opcode=8)) or pytest.fail("no close")
    assert close.code == 1000
    assert payload == b"\x03\xe8\xff\xfe"


def test_frames_that_the_inspector_made_are_marked() -> None:
    pong, _, _ = Recorder().frame(frame(b"", opcode=10, tool_made=True)) or pytest.fail("no pong")
    assert pong.flags & EntryFlag.TOOL_MADE


def test_the_token_of_a_handshake_is_in_no_byte_of_its_entry() -> None:
    handshake = Handshake(
        url=f"wss://ws-acme.oco.optave.tech/?Authorization={TOKEN}",
        request_headers=(("Host", "x"), ("Sec-WebSocket-Protocol", f"optave-v1, {TOKEN}"), ("Cookie", "a=canary")),
        status=101,
        reason_phrase="Switching Protocols",
        response_headers=(("Sec-WebSocket-Protocol", TOKEN), ("Set-Cookie", "b=canary"), ("X-Echo", f"<{TOKEN}>")),
        body=f"you sent {TOKEN}".encode(),
        offered_subprotocols=("optave-v1", TOKEN),
        selected_subprotocol=TOKEN,
        timings=Timings(1, 2, 3, 4),
        warnings=(f"The tenant echoed {TOKEN}.",),
    )
    entry, payload, _seen = Recorder().handshake(handshake, 1, 2)
    everything = msgspec.json.encode(entry) + payload
    assert TOKEN.encode() not in everything
    assert b"canary" not in everything
    assert json.loads(payload)["timingsMs"]["upgrade"] == 4
    assert entry.code == 101


def test_a_refused_handshake_shows_status_and_body_and_is_marked() -> None:
    entry, _payload, _seen = Recorder().handshake(
        Handshake(url="wss://x", status=401, reason_phrase="Unauthorized", body=b'{"message":\n "expired"}'), 1, 2
    )
    assert entry.summary == '401 Unauthorized: {"message": "expired"}'
    assert entry.flags & EntryFlag.PROBLEM


def test_an_ending_without_a_close_frame_is_1006_and_says_that_nobody_closed() -> None:
    ending = Ending(None, None, Closer.NOBODY, clean=False, cause="TCP was reset.", monotonic_ns=5, wall_ns=6)
    entry, payload, _seen = Recorder().ending(ending)
    assert entry.code == 1006
    assert entry.flags & EntryFlag.PROBLEM
    assert json.loads(payload)["received"] is None
    clean, _, _ = Recorder().ending(
        Ending(Close(1000), Close(1000), Closer.INSPECTOR, clean=True, cause="", monotonic_ns=5, wall_ns=6)
    )
    assert not clean.flags


def test_numbers_have_no_gaps_whatever_comes() -> None:
    recorder = Recorder()
    recorder.attempt = 3
    entries = [
        recorder.note("Connecting.", 1, 2)[0],
        (recorder.frame(frame(b"{}")) or pytest.fail("nothing"))[0],
        (recorder.frame(frame(b"x", opcode=11)) or pytest.fail("nothing"))[0],
    ]
    assert recorder.frame(frame(b"", fin=False)) is None
    entries.append(recorder.note("End.", 3, 4, problem=True)[0])
    assert [entry.number for entry in entries] == [1, 2, 3, 4]
    assert {entry.attempt for entry in entries} == {3}
