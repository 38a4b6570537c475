"""Handshakes that go wrong: refused, redirected, never answered, answered oddly."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from websockets.datastructures import Headers
from websockets.http11 import Response

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ...protocol.scenarios import Value

    Values = Mapping[str, Value]

_PROTOCOL = "Sec-WebSocket-Protocol"
_REASONS = {
    401: ("invalid_token", "The token is not accepted."),
    403: ("forbidden", "This client may not connect here."),
    404: ("not_found", "There is nothing at this path."),
    429: ("too_many_requests", "Too many attempts to connect."),
    500: ("internal_error", "The server failed."),
    503: ("unavailable", "The server has too much to do."),
}


@dataclass(frozen=True, slots=True)
class HandshakeFault:
    """How one handshake goes wrong."""

    response: Response | None = None
    """It is refused with this, before anybody looks at its token."""
    silent: bool = False
    """It is never answered."""
    reset: bool = False
    """TCP is reset instead of an answer."""
    spent: bool = False
    """Its token counts as used."""
    spoil: Callable[[Headers, Sequence[str]], None] | None = None
    """Changes the headers of the 101, given the subprotocols that were offered."""


def _refusal(status: int) -> Callable[[Values], HandshakeFault]:
    error, sentence = _REASONS[status]
    phrase = HTTPStatus(status).phrase

    def make(values: Values) -> HandshakeFault:
        extra = [("Retry-After", str(values["retry_after"]))] if values.get("retry_after") else []
        if status == 401:
            extra.append(("WWW-Authenticate", f'Bearer realm="optave-local-tenant", error="{error}"'))
        if values["body"] == "html":
            page = f"<!doctype html>\n<title>{status} {phrase}</title>\n<h1>{phrase}</h1>\n<p>{sentence}</p>\n"
            return HandshakeFault(_response(status, "text/html; charset=utf-8", page, *extra))
        body = json.dumps({"error": error, "error_description": sentence})
        return HandshakeFault(_response(status, "application/json", body, *extra))

    return make


def _proxy_page(values: Values) -> HandshakeFault:
    status = int(values["status"])
    extra = [("Via", "1.1 proxy.example")]
    if status == 407:
        extra.append(("Proxy-Authenticate", 'Basic realm="proxy"'))
    page = (
        "<!doctype html>\n<html><head><title>Company proxy</title></head>\n"
        f"<body><h1>{status} {HTTPStatus(status).phrase}</h1>\n"
        "<p>The proxy could not reach the server, or wants you to sign in first.</p></body></html>\n"
    )
    return HandshakeFault(_response(status, "text/html; charset=utf-8", page, *extra))


def _redirect(values: Values) -> HandshakeFault:
    location = str(values["location"])
    extra = [("Location", location)] if location else []
    return HandshakeFault(_response(int(values["status"]), "text/plain; charset=utf-8", "Moved.\n", *extra))


def _without_subprotocol(headers: Headers, _offered: Sequence[str]) -> None:
    if _PROTOCOL in headers:
        del headers[_PROTOCOL]


def _with_token(headers: Headers, offered: Sequence[str]) -> None:
    _select(headers, offered[-1] if offered else "")


def _wrong_subprotocol(values: Values) -> HandshakeFault:
    return HandshakeFault(spoil=lambda headers, _offered: _select(headers, str(values["subprotocol"])))


def _wrong_accept(headers: Headers, _offered: Sequence[str]) -> None:
    del headers["Sec-WebSocket-Accept"]
    headers["Sec-WebSocket-Accept"] = "AAAAAAAAAAAAAAAAAAAAAAAAAAA="


def _select(headers: Headers, subprotocol: str) -> None:
    _without_subprotocol(headers, ())
    headers[_PROTOCOL] = "".join(character for character in subprotocol if " " <= character <= "~")


def _response(status: int, kind: str, body: str, *extra: tuple[str, str]) -> Response:
    data = body.encode()
    headers = Headers(
        [("Content-Type", kind), ("Content-Length", str(len(data))), ("Connection", "close"), *map(_safe, extra)]
    )
    return Response(status, HTTPStatus(status).phrase, headers, data)


def _safe(header: tuple[str, str]) -> tuple[str, str]:
    # A value may come from whoever gives the order: it must stay one line of ASCII.
    name, value = header
    return name, "".join(character for character in value if " " <= character <= "~")


HANDSHAKES: Mapping[str, Callable[[Values], HandshakeFault]] = {
    **{f"refuse-{status}": _refusal(status) for status in _REASONS},
    "proxy-page": _proxy_page,
    "redirect": _redirect,
    "no-subprotocol": lambda _values: HandshakeFault(spoil=_without_subprotocol),
    "token-echoed": lambda _values: HandshakeFault(spoil=_with_token),
    "wrong-subprotocol": _wrong_subprotocol,
    "wrong-accept": lambda _values: HandshakeFault(spoil=_wrong_accept),
    "token-used": lambda _values: HandshakeFault(spent=True),
    "upgrade-silence": lambda _values: HandshakeFault(silent=True),
    "upgrade-reset": lambda _values: HandshakeFault(reset=True),
}
"""What is done to one handshake, by the scenario's name."""

_RESTARTING = json.dumps({"error": "restarting", "error_description": "The service restarts."})
AWAY = HandshakeFault(_response(503, "application/json", _RESTARTING))
"""While the service restarts."""
