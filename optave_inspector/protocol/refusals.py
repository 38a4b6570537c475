"""Refused handshakes: what an HTTP status in place of 101 means, what to do about it, and whether to try again.

Sources: RFC 9110 section 15 for the statuses, RFC 6585 section 4 for 429, RFC 9110 section 10.2.3 for ``Retry-After``.
Optave's documentation says of tokens that each opens one connection only (``protocol.md`` section 2.3).
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from .close_codes import Advice

REDIRECTS = frozenset({300, 301, 302, 303, 307, 308})
_HTML = (b"<!doctype html", b"<html", b"<head", b"<title", b"<body")
_HTTP = "RFC 9110 section 15"
_ALTERED = "Change what was refused before trying again: the same request would be refused again."

_TOO_LARGE = "The upgrade request is larger than the server takes."
_SHORTEN = "Send a shorter token, fewer headers of your own, or less in the query."


@dataclass(frozen=True, slots=True)
class Refusal:
    """All that is known of one status as the answer to an upgrade."""

    status: int
    name: str
    meaning: str
    hint: str
    """What to do, as a sentence."""
    advice: Advice
    source: str = _HTTP


def _entry(
    status: int, meaning: str, hint: str, advice: Advice = Advice.DO_NOT_RETRY, source: str = _HTTP
) -> tuple[int, Refusal]:
    return status, Refusal(status, HTTPStatus(status).phrase, meaning, hint, advice, source)


_KNOWN = dict(
    (
        _entry(
            400,
            "The server did not understand the upgrade request.",
            "Compare the request with what the server expects.",
        ),
        _entry(
            401,
            "The token was not accepted: it may be used before, expired, or of another environment.",
            "Check that the token is fresh, not used before, and from this tenant's environment.",
        ),
        _entry(
            403,
            "The token may not connect here, by tenant, permission or address.",
            "The token is known: check tenant, permissions and address rules; a new token alone changes nothing.",
        ),
        _entry(404, "There is no WebSocket at this path.", "Check the URL."),
        _entry(405, "There is no WebSocket at this path.", "Check the URL."),
        _entry(407, "A proxy on the way asks for a login.", "Set up the way through the proxy."),
        _entry(408, "The server gave up waiting for the request.", "Try again.", Advice.BACKOFF),
        _entry(413, _TOO_LARGE, _SHORTEN),
        _entry(414, "The URL of the upgrade request is longer than the server takes.", _SHORTEN),
        _entry(
            426,
            "The server wants another version of the protocol.",
            "See its Upgrade and Sec-WebSocket-Version headers.",
        ),
        _entry(
            429,
            "Too many attempts came in a short time.",
            "Wait before the next attempt; a Retry-After header says how long.",
            Advice.BACKOFF,
            "RFC 6585 section 4",
        ),
        _entry(431, _TOO_LARGE, _SHORTEN, source="RFC 6585 section 5"),
        _entry(500, "The server met something unexpected.", "", Advice.BACKOFF),
        _entry(501, "The server cannot do WebSocket upgrades.", "Check the URL and what stands before the server."),
        _entry(502, "A gateway got no valid answer from the server behind it.", "", Advice.BACKOFF),
        _entry(503, "The server is overloaded or down for maintenance.", "", Advice.BACKOFF),
        _entry(504, "A gateway waited in vain for the server behind it.", "", Advice.BACKOFF),
        _entry(505, "The server does not take this version of HTTP.", "Check the URL and what stands before it."),
    )
)
_LATER = "The fault is on the server's side or a gateway's before it; try again later, with a fresh token."


def refusal(status: int) -> Refusal:
    """What is known of ``status``, for any number but 101: by its own entry, else by its class."""
    known = _KNOWN.get(status)
    if known is not None:
        hint = known.hint or _LATER
        return known if hint == known.hint else Refusal(status, known.name, known.meaning, hint, known.advice)
    name = _phrase(status)
    if status in REDIRECTS:
        return Refusal(
            status,
            name,
            "The server points elsewhere.",
            "Redirects are not followed, for the token would go to the other address. Put that URL in if you trust it.",
            Advice.DO_NOT_RETRY,
        )
    if 200 <= status < 300:
        return Refusal(
            status,
            name,
            "This is a web server, not a WebSocket one, at least at this path.",
            "Check the URL.",
            Advice.DO_NOT_RETRY,
        )
    if status >= 500:
        return Refusal(status, name, "The server could not do what was asked.", _LATER, Advice.BACKOFF)
    meaning = "The server did not switch protocols; no connection was opened."
    return Refusal(status, name, meaning, _ALTERED, Advice.DO_NOT_RETRY)


def is_page(headers: Iterable[tuple[str, str]], body: bytes) -> bool:
    """Whether the body is an HTML page, as web servers and proxies send; Optave's service answers in JSON."""
    kinds = [value.lower() for name, value in headers if name.lower() == "content-type"]
    if any("html" in kind for kind in kinds):
        return True
    return body[:256].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_HTML)


def retry_after_s(headers: Iterable[tuple[str, str]], now_unix_s: float) -> float | None:
    """Seconds that the server asks to wait by ``Retry-After``, a number or a date; None where it asks for none."""
    value = next((value.strip() for name, value in headers if name.lower() == "retry-after"), "")
    if value.isascii() and value.isdigit():
        return float(value[:12])
    moment = http_date_unix_s(value)
    return None if moment is None else max(moment - now_unix_s, 0.0)


def http_date_unix_s(value: str) -> float | None:
    """The moment that an HTTP date names (RFC 9110 section 5.6.7); None where it is none."""
    try:
        moment = parsedate_to_datetime(value).timestamp()
    except (ValueError, OverflowError, IndexError, TypeError, OSError):
        return None
    return moment if math.isfinite(moment) else None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
