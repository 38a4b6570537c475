"""A handshake as HAR has it, and as a capture has it: the JSON that the recorder makes of an upgrade."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import msgspec

_PHASES = {"dns": "dns", "tcp": "connect", "tls": "ssl", "upgrade": "wait"}
_SUBPROTOCOL = "sec-websocket-protocol"
_EXTENSIONS = "sec-websocket-extensions"

Json = dict[str, Any]


def read_handshake(payload: bytes) -> Json:
    """The recorder's JSON; an empty object where the payload is something else."""
    try:
        found = msgspec.json.decode(payload)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError):
        return {}
    return found if isinstance(found, dict) else {}


def har_parts(handshake: Json, tenant: str) -> Json:
    """``request``, ``response``, ``cache``, ``timings`` and ``time`` (HAR 1.2) of a handshake, known or not."""
    url = _text(handshake.get("url")) or f"wss://{tenant or 'unknown.invalid'}/"
    status = handshake.get("status")
    status = status if isinstance(status, int) else 0
    body = _text(handshake.get("body"))
    timings = handshake.get("timingsMs")
    phases: Json = {"blocked": -1, "dns": -1, "connect": -1, "send": 0, "wait": 0, "receive": 0, "ssl": -1}
    for ours, theirs in _PHASES.items():
        took = timings.get(ours) if isinstance(timings, dict) else None
        if isinstance(took, int | float):
            phases[theirs] = took
    waited = timings.get("proxy") if isinstance(timings, dict) else None
    if isinstance(waited, int | float):  # HAR has no word for a proxy that opens the way
        phases["blocked"] = waited
    if phases["ssl"] >= 0:  # HAR counts the TLS handshake as a part of connecting
        phases["connect"] = max(phases["connect"], 0) + phases["ssl"]
    return {
        "time": sum(took for name, took in phases.items() if took > 0 and name != "ssl"),
        "request": {
            "method": "GET",
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(handshake.get("request")),
            "queryString": [{"name": name, "value": value} for name, value in _query(url)],
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": status,
            "statusText": _text(handshake.get("reasonPhrase")),
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(handshake.get("response")),
            "content": {"size": len(body.encode()), "mimeType": "x-unknown", **({"text": body} if body else {})},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": len(body.encode()),
        },
        "cache": {},
        "timings": phases,
    }


def handshake_of(entry: Json) -> Json:
    """The recorder's JSON for a HAR entry of another program: what is there, and nothing made up."""
    request, response = _object(entry.get("request")), _object(entry.get("response"))
    headers = _joined(response.get("headers"))
    small = {name.lower(): value for name, value in headers.items()}
    status = response.get("status")
    phases = _object(entry.get("timings"))
    timings = {
        ours: took
        for ours, theirs in _PHASES.items()
        if isinstance(took := phases.get(theirs), int | float) and took >= 0
    }
    return {
        "url": _text(request.get("url")),
        "request": _joined(request.get("headers")),
        "status": status if isinstance(status, int) and 100 <= status <= 999 else None,
        "reasonPhrase": _text(response.get("statusText")),
        "response": headers,
        "body": _text(_object(response.get("content")).get("text")),
        "selectedSubprotocol": small.get(_SUBPROTOCOL),
        "extensions": [small[_EXTENSIONS]] if _EXTENSIONS in small else [],
        "peerAddress": _text(entry.get("serverIPAddress")),
        "tls": "",
        "timingsMs": {"token": None, **dict.fromkeys(_PHASES), **timings},
        "warnings": [],
    }


def summary_of(handshake: Json) -> str:
    """What the log says of it."""
    status = handshake["status"]
    if status is None:
        return "The upgrade was not answered."
    reason = handshake["reasonPhrase"]
    if not reason:
        reason = next((known.phrase for known in HTTPStatus if known == status), "")
    if status == HTTPStatus.SWITCHING_PROTOCOLS:
        return f"{status} {reason} · {handshake['selectedSubprotocol'] or 'no subprotocol'}"
    return f"{status} {reason}: {handshake['body']}"


def _query(url: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(urlsplit(url).query, keep_blank_values=True)
    except ValueError:
        return []


def _pairs(headers: object) -> list[Json]:
    return (
        [{"name": name, "value": _text(value)} for name, value in headers.items()] if isinstance(headers, dict) else []
    )


def _joined(headers: object) -> dict[str, str]:
    together: dict[str, str] = {}
    for each in headers if isinstance(headers, list) else []:
        name, value = _text(_object(each).get("name")), _text(_object(each).get("value"))
        together[name] = f"{together[name]}, {value}" if name in together else value
    return together


def _object(value: object) -> Json:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
