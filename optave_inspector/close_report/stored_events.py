"""Reading back what the recorder wrote of handshakes and endings; captures of earlier releases give what they have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from ..client.events import Close, Closer, Ending, FailureDetail, FailureKind, TcpEnd, TokenUse
from ..protocol.token import finite_number
from .facts import Upgrade

if TYPE_CHECKING:
    from ..capture.entry import Entry

_CLOSERS = {"the tenant": Closer.PEER, "the inspector": Closer.INSPECTOR}
_OWN_FAILURES = frozenset({1002, 1007, 1009, 1011})


def read_upgrade(entry: Entry, payload: bytes) -> Upgrade:
    """The handshake of an entry. Never raises: what cannot be read is left out."""
    value = _object(payload)
    return Upgrade(
        entry=entry,
        url=_text(value.get("url")),
        status=_whole(value.get("status")) or entry.code or None,
        reason_phrase=_text(value.get("reasonPhrase")),
        request=_headers(value.get("request")),
        response=_headers(value.get("response")),
        body=_text(value.get("body")),
        selected=_text(value.get("selectedSubprotocol")) or None,
        tls=_text(value.get("tls")),
        peer=_text(value.get("peerAddress")),
        warnings=_texts(value.get("warnings")),
        token=_token(value.get("tokenUse")),
        ping_interval_s=finite_number(value.get("pingIntervalS")),
    )


def read_ending(entry: Entry, payload: bytes) -> Ending:
    """The ending of an entry. Never raises: what is missing is worked out from the rest as far as that goes."""
    value = _object(payload)
    received, sent = _close(value.get("received")), _close(value.get("sent"))
    first = _CLOSERS.get(_text(value.get("firstCloseFrame")), Closer.NOBODY)
    failed = value.get("failed")
    if not isinstance(failed, bool):
        failed = first is Closer.INSPECTOR and entry.code == 1006 and sent is not None and sent.code in _OWN_FAILURES
    by_user = value.get("byUser")
    try:
        tcp = TcpEnd(_text(value.get("tcp")))
    except ValueError:
        tcp = TcpEnd.UNKNOWN
    return Ending(
        received=received,
        sent=sent,
        first=first,
        clean=value.get("clean") is True,
        cause=_text(value.get("cause")) or entry.summary,
        monotonic_ns=entry.monotonic_ns,
        wall_ns=entry.wall_ns,
        failed=failed,
        tcp=tcp,
        tcp_detail=_text(value.get("tcpDetail")),
        by_user=by_user if isinstance(by_user, bool) else first is Closer.INSPECTOR and not failed,
        fault=_text(value.get("fault")),
        gave_up=_text(value.get("gaveUp")),
        on_purpose=_texts(value.get("onPurpose")),
    )


def read_failure(entry: Entry) -> tuple[FailureKind | None, FailureDetail]:
    """Of what kind a failure is, by the entry that tells of it. Never raises: what is not known is left out."""
    kind, _, detail = entry.state.partition("/")
    try:
        known = FailureKind(kind)
    except ValueError:
        return None, FailureDetail.UNKNOWN
    try:
        return known, FailureDetail(detail)
    except ValueError:
        return known, FailureDetail.UNKNOWN


def _object(payload: bytes) -> dict[str, Any]:
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: object) -> tuple[str, ...]:
    return tuple(map(_text, value)) if isinstance(value, list) else ()


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _headers(value: object) -> dict[str, str]:
    return {name.lower(): f"{text}" for name, text in value.items()} if isinstance(value, dict) else {}


def _close(value: object) -> Close | None:
    if not isinstance(value, list) or not value:
        return None
    code = _whole(value[0])
    return None if code is None else Close(code, _text(value[1]) if len(value) > 1 else "")


def _token(value: object) -> TokenUse | None:
    if not isinstance(value, dict):
        return None
    return TokenUse(
        source=_text(value.get("source")),
        expires_unix_s=finite_number(value.get("expires")),
        reused=value.get("reused") is True,
        issued_unix_s=finite_number(value.get("issued")),
    )
