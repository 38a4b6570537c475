"""Moments and times of day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.query import QueryError, parse
from optave_inspector.capture.query.local_time import LocalTime, offset_s
from optave_inspector.capture.query.moments import moment_text, read_moment

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry
    from optave_inspector.capture.store import CaptureStore

MakeEntry = Callable[..., "Entry"]
Capture = Callable[..., "CaptureStore"]
Ask = Callable[..., list[int]]
Zone = Callable[[str], None]


def ns(text: str) -> int:
    moment = datetime.fromisoformat(text)
    return int(moment.replace(microsecond=0).timestamp()) * 10**9 + moment.microsecond * 1_000


MOMENTS = [
    "2026-01-01T12:40:00+01:00",
    "2026-01-01T12:40:03+01:00",
    "2026-01-01T12:40:03.626+01:00",
    "2026-01-01T23:59:59.999999+01:00",
    "2026-01-02T00:00:00+01:00",
    "2026-07-01T12:40:30+02:00",
    "2019-07-01T12:40:30+02:00",
]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("time:12:40", [1, 2, 3, 6, 7]),
        ("time:12:40:03", [2, 3]),
        ("time:12:40:03.6", [3]),
        ("time:12:40:03,626", [3]),
        ("time=12:40:03", [2]),
        ("time>12:40:03", [3, 4, 6, 7]),
        ("time>=12:40:03", [2, 3, 4, 6, 7]),
        ("time<12:40:03", [1, 5]),
        ("time<=12:40:03", [1, 2, 5]),
        ("time:23:59", [4]),
        ("time>23:59:59.5", [4]),
        ("time<0:01", [5]),
        ("time:2026-01-01", [1, 2, 3, 4]),
        ("time>2026-01-02", [6]),
        ("time>=2026-01-02", [5, 6]),
        ("time<2026-01-01", [7]),
        ("time>2026-01-01T12:40:03", [3, 4, 5, 6]),
        ('time:"2026-01-01 12:40:03"', [2, 3]),
        ("time:2026-01-01T11:40:03Z", [2, 3]),
        ("time:2026-01-01t12:40:03+01:00", [2, 3]),
        ("time:2026-01-01T12:40:03+0100", [2, 3]),
        ("time:2026-01-01T06:40:03-05:00", [2, 3]),
        ("time:2026-07-01T12:40:30", [6]),
        ("-time:12:40", [4, 5]),
    ],
)
def test_times_are_local(
    capture: Capture, ask: Ask, entry_of: MakeEntry, zone: Zone, query: str, expected: list[int]
) -> None:
    zone("Europe/Berlin")
    store = capture([(entry_of(number, wall_ns=ns(text)), b"") for number, text in enumerate(MOMENTS, 1)])
    assert ask(store, query) == expected


def test_times_before_1970_and_far_from_the_beginning_have_a_time_of_day(
    capture: Capture, ask: Ask, entry_of: MakeEntry, zone: Zone
) -> None:
    zone("America/New_York")
    hour = 3_600 * 10**9
    moments = [0, -hour, -5 * hour, -300 * 24 * hour, 2**62, -(2**62)]
    store = capture([(entry_of(number, wall_ns=moment), b"") for number, moment in enumerate(moments, 1)])
    assert ask(store, "time:19:00") == [1, 4]
    assert ask(store, "time:18:00") == [2]
    assert ask(store, "time:14:00") == [3]


def test_a_day_on_which_the_clock_changes_is_as_long_as_it_is(zone: Zone) -> None:
    zone("Europe/Berlin")
    hour = 3_600 * 10**9
    short, long = read_moment("2026-03-29"), read_moment("2026-10-25")
    assert short.last_ns - short.first_ns + 1 == 23 * hour
    assert long.last_ns - long.first_ns + 1 == 25 * hour


def test_the_changes_of_the_clock_are_found_to_the_second(zone: Zone) -> None:
    zone("Europe/Berlin")
    periods = LocalTime(ns("2026-06-01T00:00:00Z")).periods
    changes = [datetime.fromtimestamp(period.end_ns // 10**9, UTC).isoformat() for period in periods[:-1]]
    assert changes == [
        "2025-10-26T01:00:00+00:00",
        "2026-03-29T01:00:00+00:00",
        "2026-10-25T01:00:00+00:00",
        "2027-03-28T01:00:00+00:00",
    ]
    assert [one.end_ns for one in periods[:-1]] == [other.start_ns for other in periods[1:]]


def test_a_moment_beyond_the_system_s_calendar_counts_as_utc() -> None:
    assert offset_s(10**30) == 0


NO_TIMES = [
    "24:00", "12:60", "1:2", "12", "2026-13-01", "2026-1-1", "2026-01-01T", "12:40Z", "2026-01-01Z",
    "2026-01-01T12:00+30:00", "2026-01-01T12:00:00.1234567890", "0000-01-01", "١٢:٤٠",
]  # fmt: skip


@pytest.mark.parametrize("text", NO_TIMES)
def test_what_is_no_time_is_refused_in_words(text: str) -> None:
    with pytest.raises(QueryError, match=r"no time|A day has|no day"):
        parse(f"time>{text}")


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "Asia/Kathmandu", "Africa/Monrovia"])
def test_any_moment_can_be_written_and_read(zone: Zone, name: str) -> None:
    zone(name)

    @settings(deadline=None)
    @given(st.integers(-(2**63), 2**63 - 1))
    def check(unix_ns: int) -> None:
        moment = read_moment(moment_text(unix_ns))
        assert (moment.first_ns, moment.last_ns, moment.of_day) == (unix_ns, unix_ns, False)

    check()
