"""An HTTP response read leniently, to show a refusal that the library's strict reader would not take."""

from __future__ import annotations

import re
from dataclasses import dataclass

_STATUS_LINE = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: ([^\r\n]*))?\r?\n")
_HEAD_END = re.compile(rb"(?:^|\r?\n)\r?\n")


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """A response as far as it came."""

    status: int
    reason_phrase: str
    headers: tuple[tuple[str, str], ...]
    body: bytes


def read_answer(data: bytes | bytearray) -> HttpAnswer | None:
    """The response at the start of ``data``, whatever HTTP version it claims; None when it is no HTTP.

    The body is what came, not decoded and perhaps not whole. Headers without a colon are left out.
    """
    match = _STATUS_LINE.match(data)
    if match is None:
        return None
    rest = bytes(data[match.end() :])
    end = _HEAD_END.search(rest)
    head, body = (rest, b"") if end is None else (rest[: end.start()], rest[end.end() :])
    lines = (line.partition(b":") for line in head.splitlines() if b":" in line)
    return HttpAnswer(
        status=int(match[1]),
        reason_phrase=(match[2] or b"").decode("latin-1"),
        headers=tuple((name.decode("latin-1").strip(), value.decode("latin-1").strip()) for name, _, value in lines),
        body=body,
    )
