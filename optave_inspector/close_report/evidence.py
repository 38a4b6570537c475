"""The evidence of an ending or a failure, line by line, each with the entry that it stands in."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..capture.entry import EntryFlag, EntryKind
from ..client.endings import tcp_words
from ..client.events import TcpEnd
from ..protocol.limits import MAX_ENVELOPE_UNITS
from .case import PING, PONG
from .facts import IN, MESSAGES, OUT
from .words import capital, counted, spoken_duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..capture.entry import Entry
    from .case import Case

_LISTED = 5
_BODY = 300
_SAME_CLOCK_S = 2.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """One line: what it is about, in words, and the entry to look at; 0 for none."""

    label: str
    words: str
    entry: int = 0


def evidence_of(case: Case) -> tuple[Evidence, ...]:
    """All that is known, in the order in which one asks for it; what is not known has no line."""
    return tuple(line for part in _PARTS for line in part(case))


def _times(case: Case) -> Iterator[Evidence]:
    upgrade = case.attempt.upgrade
    if case.connected_ns is not None and upgrade is not None:
        yield Evidence("Connected", f"for {spoken_duration(case.connected_ns)}", upgrade.entry.number)
    if case.idle_ns is not None:
        yield Evidence("Idle", f"no frame either way for {spoken_duration(case.idle_ns)} before the end")


def _messages(case: Case) -> Iterator[Evidence]:
    attempt = case.attempt
    if case.ending is None:
        return
    sent, came = attempt.count(OUT, MESSAGES), attempt.count(IN, MESSAGES)
    yield Evidence("Messages", f"{sent:,} sent, {came:,} received")
    for label, entry in (("Last sent", case.last_sent), ("Last received", case.last_received)):
        if entry is not None:
            yield Evidence(label, f"{_named(entry)}, {_before(case, entry)}", entry.number)
    size = case.sent_size
    if size is not None and case.last_sent is not None:
        over = [
            name for name, fits in (("UTF-16 units", size.fits_units), ("UTF-8 bytes", size.fits_bytes)) if not fits
        ]
        limit = f"; over {MAX_ENVELOPE_UNITS:,} in {' and in '.join(over)}" if over else ""
        words = f"{size.utf8_bytes:,} bytes, {size.units:,} UTF-16 units{limit}"
        yield Evidence("Size of the last sent", words, case.last_sent.number)


def _unanswered(case: Case) -> Iterator[Evidence]:
    for exchange in case.unanswered[:_LISTED]:
        waited = spoken_duration(max((case.end_ns or exchange.sent_ns) - exchange.sent_ns, 0))
        state = "begun but not finished" if exchange.answers else "not answered"
        name = exchange.action or "a request without action"
        yield Evidence("Unanswered", f"{name}, sent {waited} before the end, {state}", exchange.request_entry)
    more = len(case.unanswered) - _LISTED
    if more > 0:
        yield Evidence("Unanswered", f"and {counted(more, 'more request')}")


def _pings(case: Case) -> Iterator[Evidence]:
    attempt = case.attempt
    for label, direction, kind in (
        ("Last ping sent", OUT, PING),
        ("Last pong received", IN, PONG),
        ("Last ping received", IN, PING),
        ("Last pong sent", OUT, PONG),
    ):
        entry = attempt.newest(direction, kind)
        if entry is not None:
            made = ", by the inspector" if entry.flags & EntryFlag.TOOL_MADE and direction == OUT else ""
            yield Evidence(label, f"{_before(case, entry)}{made}", entry.number)
    upgrade = attempt.upgrade
    if case.ending is not None and upgrade is not None and attempt.newest(OUT, PING) is None:
        if upgrade.ping_interval_s is not None:
            yield Evidence("Keepalive", f"on, every {upgrade.ping_interval_s:g} s; none was due yet")
        elif upgrade.accepted:
            yield Evidence("Keepalive", "off: no ping was sent")


def _token(case: Case) -> Iterator[Evidence]:
    token, upgrade = case.token, case.attempt.upgrade
    if token is None or upgrade is None:
        return
    number, sent_s = upgrade.entry.number, upgrade.entry.wall_ns / 1e9
    yield Evidence(
        "Token", f"from {token.source}, {'sent before' if token.reused else 'sent for the first time'}", number
    )
    if token.issued_unix_s is not None:
        age_s = sent_s - token.issued_unix_s
        words = f"{_span(age_s)} old when it was sent" if age_s >= 0 else f"issued {_span(-age_s)} in the future"
        yield Evidence("Token's age", f"{words}, by its own claim iat and this machine's clock", number)
    if token.expires_unix_s is not None:
        yield Evidence("Token's expiry", _expiry(case, token.expires_unix_s, sent_s), number)


def _expiry(case: Case, expires_s: float, sent_s: float) -> str:
    left_s = expires_s - sent_s
    if left_s <= 0:
        return f"expired {_span(-left_s)} before it was sent"
    words = f"good for {_span(left_s)} more when it was sent"
    if case.ending is None or case.end_wall_s is None:
        return words
    after_s = case.end_wall_s - expires_s
    return f"{words}; it expired {_span(after_s)} before the end" if after_s > 0 else f"{words}, and still at the end"


def _clock(case: Case) -> Iterator[Evidence]:
    skew, upgrade = case.skew_s, case.attempt.upgrade
    if skew is None or upgrade is None:
        return
    words = "agree to about a second"
    if abs(skew) > _SAME_CLOCK_S:
        words = f"the server's is {_span(abs(skew))} {'ahead of' if skew > 0 else 'behind'} this machine's"
    yield Evidence("Clocks", f"{words}, by the response's Date", upgrade.entry.number)


def _way(case: Case) -> Iterator[Evidence]:
    upgrade, ending = case.attempt.upgrade, case.ending
    over = case.attempt.ending_entry
    if ending is not None and over is not None:
        words = tcp_words(ending.tcp, ending.tcp_detail)
        known = ending.tcp is not TcpEnd.UNKNOWN
        yield Evidence("TCP", capital(words) if known else "how it ended was not recorded", over.number)
    if upgrade is None:
        return
    if upgrade.tls:
        lost = ending is not None and ending.tcp is TcpEnd.TLS
        yield Evidence("TLS", f"{upgrade.tls}{', broken at the end' if lost else ''}", upgrade.entry.number)
    elif upgrade.url.startswith("ws:"):
        yield Evidence("TLS", "none", upgrade.entry.number)
    if upgrade.accepted:
        yield Evidence("Subprotocol", upgrade.selected or "none was selected", upgrade.entry.number)
    for warning in upgrade.warnings:
        yield Evidence("Handshake", warning, upgrade.entry.number)


def _response(case: Case) -> Iterator[Evidence]:
    upgrade = case.attempt.upgrade
    if upgrade is None or upgrade.accepted:
        return
    if upgrade.status is None:
        yield Evidence("Response", "no HTTP response came", upgrade.entry.number)
    else:
        yield Evidence("Response", f"HTTP {upgrade.status} {upgrade.reason_phrase}".rstrip(), upgrade.entry.number)
    for name in ("server", "via", "location", "retry-after", "www-authenticate", "content-type"):
        if name in upgrade.response:
            yield Evidence(name.title(), upgrade.response[name], upgrade.entry.number)
    body = " ".join(upgrade.body.split())
    if body:
        shown = body if len(body) <= _BODY else f"{body[:_BODY]}…"
        yield Evidence("Body", shown, upgrade.entry.number)


_PARTS: tuple[Callable[[Case], Iterator[Evidence]], ...] = (
    _response,
    _times,
    _messages,
    _unanswered,
    _pings,
    _token,
    _clock,
    _way,
)


def local_time(wall_ns: int) -> str:
    """``2026-03-01 12:41:07`` on this machine's clock."""
    return time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(wall_ns // 10**9))


def _named(entry: Entry) -> str:
    kind = "binary message" if entry.kind == EntryKind.BINARY else "message"
    words = " ".join(part for part in (entry.action, entry.state) if part) or kind
    return f"{words} of {entry.size:,} bytes"


def _before(case: Case, entry: Entry) -> str:
    if case.end_ns is None:
        return ""
    gap = case.end_ns - entry.monotonic_ns
    return f"{spoken_duration(gap)} before the end" if gap >= 0 else f"{spoken_duration(-gap)} after the end began"


def _span(seconds: float) -> str:
    return spoken_duration(int(min(seconds, 1e9) * 1e9))
