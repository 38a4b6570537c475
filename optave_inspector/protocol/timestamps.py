"""Times as Optave's headers write them: ISO 8601 in UTC with three fraction digits (``protocol.md`` section 7)."""

import re
from datetime import UTC, datetime, timedelta

_HEADER = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{3})?(?:Z|[+-]\d{2}:\d{2})", re.ASCII)
_ANY = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})[Tt ](\d{2}):(\d{2}):(\d{2})(?:[.,](\d{1,9})\d*)?(?:([Zz])|([+-])(\d{2}):?(\d{2}))",
    re.ASCII,
)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso_millis(unix_ns: int) -> str:
    """``unix_ns`` (Unix time in nanoseconds) as ``2026-01-02T03:04:05.678Z``, rounded down.

    Raises ValueError for times before year 1 or after year 9999.
    """
    try:
        moment = _EPOCH + timedelta(milliseconds=unix_ns // 1_000_000)
    except OverflowError:
        raise ValueError(f"{unix_ns} ns is outside the years 1 to 9999.") from None
    return moment.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def is_header_date_time(text: str) -> bool:
    """Whether the SDK's validators take ``text`` for a date-time in headers.

    The form alone counts: no fraction or one of exactly three digits, ``Z`` or ``±hh:mm``; the ranges are not checked,
    so that ``2024-99-99T99:99:99Z`` passes.
    """
    return _HEADER.fullmatch(text) is not None


def fraction_digits(text: str) -> int | None:
    """How many fraction digits an ISO 8601 time with a zone has; None when ``text`` is no such time."""
    if _ANY.fullmatch(text) is None:
        return None
    fraction = re.search(r"[.,](\d+)", text, re.ASCII)
    return len(fraction[1]) if fraction else 0


def parse_timestamp(text: str) -> int | None:
    """Unix nanoseconds of an ISO 8601 date and time with a zone; None for anything else.

    Read tolerantly: any number of fraction digits (those past the ninth are dropped), a space for ``T``, lower case,
    a comma before the fraction, ``+hhmm``.
    """
    match = _ANY.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour, minute, second = (int(match[part]) for part in range(1, 7))
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC)
    except ValueError:
        return None
    if second > 60:
        return None
    nanoseconds = int((match[7] or "0").ljust(9, "0"))
    offset_s = 0
    if match[9] is not None:
        offset_hours, offset_minutes = int(match[10]), int(match[11])
        if offset_hours > 23 or offset_minutes > 59:
            return None
        offset_s = (offset_hours * 60 + offset_minutes) * (-60 if match[9] == "-" else 60)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds + second // 60 - offset_s) * 1_000_000_000 + nanoseconds
