"""The times that a message carries by the clock of whoever wrote it: ``issuedAt`` and ``timestamp``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

_FORM = re.compile(r"(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,12}))?(?:[Zz]|([+-])(\d\d):(\d\d))", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Moment:
    """A time as it is written in a message."""

    unix_ns: int
    resolution_ns: int
    """What its last digit stands for: the true time is up to so much later."""
    text: str


@dataclass(frozen=True, slots=True)
class MessageTimes:
    """The times in a message's headers (``protocol.md`` section 4); None where one is missing or cannot be read."""

    issued_at: Moment | None = None
    """When the message was made."""
    timestamp: Moment | None = None
    """When what it tells of happened, or again when it was made: the sources disagree."""


class _Headers(msgspec.Struct, gc=False, rename="camel"):
    issued_at: Any = None
    timestamp: Any = None


class _Message(msgspec.Struct, gc=False):
    headers: _Headers | None = None


_decoder = msgspec.json.Decoder(_Message)


def read_times(payload: bytes) -> MessageTimes:
    """The times in the headers of an envelope. Never raises: what is no envelope has no times."""
    try:
        headers = _decoder.decode(payload).headers
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return MessageTimes()
    if headers is None:
        return MessageTimes()
    return MessageTimes(read_moment(headers.issued_at), read_moment(headers.timestamp))


def read_moment(value: Any) -> Moment | None:
    """A date with a time and a zone, as RFC 3339 has it; None for anything else, as a time without a zone."""
    match = _FORM.fullmatch(value) if isinstance(value, str) else None
    if match is None:
        return None
    date, digits, sign, hours, minutes = match.groups()
    try:
        since = datetime.fromisoformat(date).replace(tzinfo=UTC) - _EPOCH
    except ValueError:
        return None
    if sign:
        if int(hours) > 23 or int(minutes) > 59:
            return None
        ahead = timedelta(hours=int(hours), minutes=int(minutes))
        since += ahead if sign == "-" else -ahead
    digits = (digits or "")[:9]
    fraction_ns = int(digits.ljust(9, "0"))
    return Moment((since.days * 86_400 + since.seconds) * 10**9 + fraction_ns, 10 ** (9 - len(digits)), match.string)
