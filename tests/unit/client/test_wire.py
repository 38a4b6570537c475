"""The raw frame reader: any bytes, in any pieces."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.client.wire import (
    KEPT_PAYLOAD_BYTES,
    FrameHeader,
    WireFrame,
    WireReader,
    header_problem,
    read_header,
    shortest_header,
    unmask,
)


def _header(**changes):
    parts = {
        "fin": True,
        "rsv1": False,
        "rsv2": False,
        "rsv3": False,
        "opcode": 1,
        "mask": None,
        "length": 3,
        "size": 2,
    }
    return FrameHeader(**{**parts, **changes})


@given(st.binary(max_size=300), st.lists(st.integers(0, 300)))
def test_any_bytes_in_any_pieces_are_read_alike_and_none_is_lost(data, cuts) -> None:
    def read(pieces):
        reader = WireReader()
        frames = [frame for piece in pieces for frame in reader.feed(piece)]
        rest = reader.rest()
        return frames, rest

    edges = sorted({0, len(data), *(cut for cut in cuts if cut <= len(data))})
    whole = read([data])
    assert read([data[start:end] for start, end in itertools.pairwise(edges)]) == whole
    frames, rest = whole
    assert all(frame.whole for frame in frames)
    left = rest.wire_size if isinstance(rest, WireFrame) else len(rest)
    assert sum(frame.wire_size for frame in frames) + left == len(data)


@given(st.binary(max_size=200), st.binary(min_size=4, max_size=4))
def test_unmasking_is_its_own_inverse(data, mask) -> None:
    assert unmask(unmask(data, mask), mask) == data
    assert unmask(data, mask) == bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))


@pytest.mark.parametrize(("length", "size"), [(0, 2), (125, 2), (126, 4), (65_535, 4), (65_536, 10)])
def test_the_shortest_header_by_length(length, size) -> None:
    assert shortest_header(length) == size


@pytest.mark.parametrize(
    "data", [b"", b"\x81", b"\x81\x7e\x00", b"\x81\x7f" + b"\0" * 7, b"\x81\x83abc"], ids=lambda data: data.hex()
)
def test_an_unfinished_header_is_none_yet(data) -> None:
    assert read_header(data) is None


def test_a_masked_frame_with_a_long_length(frame) -> None:
    raw = frame(2, b"x" * 300, mask=b"abcd", fin=False, rsv=0b101)
    header = read_header(raw)
    assert header == FrameHeader(False, True, False, True, 2, b"abcd", 300, 8)
    (read,) = WireReader().feed(raw)
    assert read.payload == b"x" * 300


def test_a_payload_beyond_the_limit_is_counted_but_cut() -> None:
    size = KEPT_PAYLOAD_BYTES + 5
    reader = WireReader()
    head = b"\x82\x7f" + size.to_bytes(8, "big")
    frames = list(reader.feed(head + b"x" * (size - 1)))
    frames += list(reader.feed(b"x\x81"))
    (frame,) = frames
    assert len(frame.payload) == KEPT_PAYLOAD_BYTES
    assert frame.wire_size == size + 10
    assert frame.whole
    assert reader.rest() == b"\x81"


def test_many_tiny_frames_at_once_are_read_in_no_time() -> None:
    assert len(list(WireReader().feed(b"\x89\x00" * 100_000))) == 100_000


def test_an_announced_length_that_cannot_be_is_named() -> None:
    header = read_header(b"\x82\x7f" + b"\xff" * 8)
    assert header is not None
    assert "the highest bit of the length must be 0" in header_problem(header, deflate=False)


def test_a_sound_header_has_no_problem() -> None:
    assert header_problem(_header(), deflate=False) == ""
    assert header_problem(_header(rsv1=True), deflate=True) == ""


@pytest.mark.parametrize(
    ("changes", "deflate", "words"),
    [
        ({"rsv1": True}, False, "RSV1 set"),
        ({"rsv1": True, "opcode": 0}, True, "RSV1 set"),
        ({"rsv1": True, "opcode": 9}, True, "RSV1 set"),
        ({"rsv2": True, "rsv3": True}, True, "RSV2, RSV3 set"),
        ({"opcode": 15}, True, "opcode 0xF is reserved"),
        ({"opcode": 8, "fin": False}, True, "must not be fragmented"),
        ({"opcode": 8, "length": 126, "size": 4}, True, "at most 125 bytes"),
        ({"mask": b"abcd", "size": 6}, True, "must not mask"),
        ({"size": 4}, True, "fewest bytes"),
    ],
)
def test_each_fault_of_a_header_is_named(changes, deflate, words) -> None:
    assert words in header_problem(_header(**changes), deflate=deflate)


def test_faults_are_named_together() -> None:
    problem = header_problem(_header(opcode=5, mask=b"abcd", size=6, rsv2=True), deflate=False)
    assert problem.count(";") == 2
