"""Times in headers and messages."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.timestamps import fraction_digits, is_header_date_time, iso_millis, parse_timestamp

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def unix_ns(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1) * 1000


@pytest.mark.parametrize("unix", [10**21, -(10**21)])
def test_a_time_outside_the_years_1_to_9999_is_refused(unix: int) -> None:
    with pytest.raises(ValueError, match="years 1 to 9999"):
        iso_millis(unix)


@pytest.mark.parametrize(
    ("unix", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1_767_323_045_678_999_999, "2026-01-02T03:04:05.678Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (unix_ns(datetime(1, 1, 1, tzinfo=UTC)), "0001-01-01T00:00:00.000Z"),
        (unix_ns(datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)), "9999-12-31T23:59:59.000Z"),
    ],
)
def test_times_are_written_with_three_fraction_digits_and_z(unix: int, text: str) -> None:
    assert iso_millis(unix) == text


@given(st.datetimes(timezones=st.just(UTC)))
def test_a_written_time_is_read_back_to_the_millisecond(moment: datetime) -> None:
    unix = unix_ns(moment)
    text = iso_millis(unix)
    assert len(text) == 24
    assert is_header_date_time(text)
    assert fraction_digits(text) == 3
    assert parse_timestamp(text) == unix // 1_000_000 * 1_000_000


@pytest.mark.parametrize(
    ("text", "same_as"),
    [
        ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000Z"),
        ("2026-01-02 03:04:05.5z", "2026-01-02T03:04:05.500Z"),
        ("2026-01-02t03:04:05,5+01:00", "2026-01-02T02:04:05.500Z"),
        ("2026-01-02T03:04:05-0130", "2026-01-02T04:34:05.000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000Z"),
    ],
)
def test_other_spellings_are_read_as_well(text: str, same_as: str) -> None:
    assert parse_timestamp(text) == parse_timestamp(same_as)


def test_nanoseconds_are_kept_and_more_digits_dropped() -> None:
    assert parse_timestamp("1970-01-01T00:00:00.123456789Z") == 123_456_789
    assert parse_timestamp("1970-01-01T00:00:00.1234567899999Z") == 123_456_789
    assert fraction_digits("1970-01-01T00:00:00.1234567899999Z") == 13


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-02",
        "2026-01-02T03:04:05",
        "2026-01-02T03:04Z",
        "2026-02-30T03:04:05Z",
        "0000-01-01T00:00:00Z",
        "2026-01-02T24:04:05Z",
        "2026-01-02T03:04:61Z",
        "2026-01-02T03:04:05+24:00",
        "2026-01-02T03:04:05+01:60",
        "2024-99-99T99:99:99Z",
        "٢026-01-02T03:04:05Z",
        "2026-01-02T03:04:05Z\n",
    ],
)
def test_what_is_no_time_is_not_read(text: str) -> None:
    assert parse_timestamp(text) is None


@given(st.text() | st.text("0123456789-T:.Z+ ", max_size=40))
def test_no_text_breaks_the_readers(text: str) -> None:
    parsed = parse_timestamp(text)
    digits = fraction_digits(text)
    if parsed is not None:
        assert digits is not None
    assert digits is None or digits >= 0


@pytest.mark.parametrize(
    ("text", "accepted"),
    [
        ("2026-01-02T03:04:05Z", True),
        ("2026-01-02T03:04:05.678Z", True),
        ("2026-01-02T03:04:05.678+02:00", True),
        ("2024-99-99T99:99:99Z", True),
        ("2026-01-02T03:04:05.678901Z", False),
        ("2026-01-02T03:04:05.6Z", False),
        ("2026-01-02T03:04:05+0200", False),
        ("2026-01-02T03:04:05z", False),
        ("2026-01-02 03:04:05Z", False),
        ("2026-01-02T03:04:05Z\n", False),
        ("２026-01-02T03:04:05Z", False),
        ("", False),
    ],
)
def test_the_header_format_is_the_sdks(text: str, accepted: bool) -> None:
    assert is_header_date_time(text) is accepted


@given(st.from_regex(re.compile(r"[0-9T:.Z+-]{15,32}"), fullmatch=True))
def test_the_header_format_takes_no_other_fraction_than_three_digits(text: str) -> None:
    if is_header_date_time(text):
        assert re.search(r"\.(\d+)", text) is None or re.search(r"\.\d{3}[Z+-]", text)
