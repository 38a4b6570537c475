"""The times that a message carries, as far as they can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.message_times import MessageTimes, read_moment, read_times

S = 10**9


@pytest.mark.parametrize(
    ("text", "unix_ns", "resolution_ns"),
    [
        ("1970-01-01T00:00:00Z", 0, S),
        ("1970-01-01T00:00:01.250Z", 1_250_000_000, 10**6),
        ("1970-01-01t00:00:01.5z", 1_500_000_000, 10**8),
        ("1970-01-01T01:00:00+01:00", 0, S),
        ("1969-12-31T23:30:00-00:30", 0, S),
        ("1970-01-01T00:00:00.123456789Z", 123_456_789, 1),
        ("1970-01-01T00:00:00.123456789999Z", 123_456_789, 1),
        ("2024-02-29 12:00:00.000Z", 1_709_208_000 * S, 10**6),
        ("0001-01-01T00:00:00+23:59", -62_135_683_140 * S, S),
    ],
)
def test_a_time_with_a_zone_is_read(text: str, unix_ns: int, resolution_ns: int) -> None:
    moment = read_moment(text)
    assert moment is not None
    assert (moment.unix_ns, moment.resolution_ns, moment.text) == (unix_ns, resolution_ns, text)


@pytest.mark.parametrize(
    "value",
    [
        *("", "now", "2026-01-01", "2026-01-01T00:00:00", "2026-99-99T99:99:99Z", "2026-01-01T00:00:00.Z"),
        *("2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00+0100", "2026-01-01T00:00:00Z\n", "२०२६-01-01T00:00:00Z"),
        *(None, 1_767_000_000, True, ["2026-01-01T00:00:00Z"], "2025-02-29T00:00:00Z"),
    ],
)
def test_what_is_no_such_time_is_none(value: object) -> None:
    assert read_moment(value) is None


def test_the_times_of_an_envelope_are_those_of_its_headers() -> None:
    times = read_times(
        b'{"headers":{"issuedAt":"2026-01-01T00:00:00.000Z","timestamp":7},"payload":{"timestamp":"2026"}}'
    )
    assert times.issued_at is not None
    assert times.timestamp is None


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b'{"headers":[]}', b"\xff\xfe", b'{"headers":null}', b"[" * 9999]
)
def test_what_is_no_envelope_has_no_times(payload: bytes) -> None:
    assert read_times(payload) == MessageTimes()


@given(
    st.binary(max_size=60) | st.text(max_size=40).map(lambda text: f'{{"headers":{{"issuedAt":"{text}"}}}}'.encode())
)
def test_nothing_makes_it_raise(payload: bytes) -> None:
    assert isinstance(read_times(payload), MessageTimes)
