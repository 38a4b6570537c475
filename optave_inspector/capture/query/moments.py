"""Moments, as a query writes them: a time of day, a date, or both; local, unless a zone is given."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta
from typing import NamedTuple

from .errors import ValueProblem
from .local_time import DAY_NS, NS_PER_S, offset_s

_TIME = r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
_TIME_OF_DAY = re.compile(_TIME)
_DATED = re.compile(
    rf"(?P<date>[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})(?:[Tt ]{_TIME}(?P<zone>[Zz]|[+-][0-2][0-9]:?[0-5][0-9])?)?"
)
_HINT = "Write it like 12:40, 12:40:03.5, 2026-01-31 or 2026-01-31T12:40:03."
_EPOCH = date(1970, 1, 1)
_MINUTE_NS = 60 * NS_PER_S


class Moment(NamedTuple):
    """A stretch of time as long as its text leaves open: 12:40 is a minute. Both limits are included."""

    first_ns: int
    last_ns: int
    of_day: bool
    """Counted from local midnight of any day, and not from 1970."""


def read_moment(text: str) -> Moment:
    """The moment that ``text`` names. Raises :class:`ValueProblem`."""
    of_day = _TIME_OF_DAY.fullmatch(text)
    if of_day is not None:
        hour, minute, second, fraction_ns = _clock(of_day)
        first = (hour * 60 + minute) * _MINUTE_NS + second * NS_PER_S + fraction_ns
        return Moment(first, first + _length_ns(of_day) - 1, of_day=True)
    dated = _DATED.fullmatch(text)
    if dated is None:
        raise ValueProblem(f"“{text}” is no time.", _HINT)
    day = _day(dated["date"])
    if dated["hour"] is None:
        return Moment(_local_ns(day), _local_ns(day, days=1) - 1, of_day=False)
    hour, minute, second, fraction_ns = _clock(dated)
    if dated["zone"] is None:
        first = _local_ns(day, hour, minute, second)
    else:
        first = (day - _EPOCH).days * DAY_NS + (hour * 60 + minute) * _MINUTE_NS + second * NS_PER_S
        first -= _distance_ns(dated["zone"])
    first += fraction_ns
    return Moment(first, first + _length_ns(dated) - 1, of_day=False)


def moment_text(unix_ns: int) -> str:
    """The very nanosecond, in local time with its distance to UTC, to be read by :func:`read_moment`."""
    seconds, rest = divmod(unix_ns, NS_PER_S)
    offset = offset_s(seconds)
    if offset % 60:
        offset = 0
    local = datetime(1970, 1, 1) + timedelta(seconds=seconds + offset)  # noqa: DTZ001 - the zone is written beside it
    hours, minutes = divmod(abs(offset) // 60, 60)
    zone = f"{'-' if offset < 0 else '+'}{hours:02}:{minutes:02}" if offset else "Z"
    return f"{local.isoformat(timespec='seconds')}.{rest:09}{zone}"


def _clock(match: re.Match[str]) -> tuple[int, int, int, int]:
    hour, minute, second = (int(match[part] or 0) for part in ("hour", "minute", "second"))
    if hour > 23 or minute > 59 or second > 59:
        raise ValueProblem("A day has 24 hours of 60 minutes of 60 seconds.", _HINT)
    return hour, minute, second, int((match["fraction"] or "").ljust(9, "0"))


def _length_ns(match: re.Match[str]) -> int:
    if match["fraction"] is not None:
        return int(10 ** (9 - len(match["fraction"])))
    return _MINUTE_NS if match["second"] is None else NS_PER_S


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueProblem(f"There is no day {text}.", _HINT, 0, len(text)) from None


def _distance_ns(zone: str) -> int:
    if zone in "Zz":
        return 0
    distance = (int(zone[1:3]) * 60 + int(zone[-2:])) * _MINUTE_NS
    return -distance if zone[0] == "-" else distance


def _local_ns(day: date, hour: int = 0, minute: int = 0, second: int = 0, *, days: int = 0) -> int:
    try:
        return int(time.mktime((day.year, day.month, day.day + days, hour, minute, second, -1, -1, -1))) * NS_PER_S
    except (OverflowError, ValueError):
        raise ValueProblem(f"The year {day.year} is out of reach.", _HINT, 0, 4) from None
