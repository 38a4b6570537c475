"""A handshake in words: the few lines of the panel, and all of it as text. Tokens are masked in both."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from ..client.certificate_words import chain_text, validity
from ..client.masking import masked

if TYPE_CHECKING:
    from ..client.events import Handshake

_PROTOCOL = "optave-v1"
_SHOWN_BODY = 20_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the handshake view: a label, its words, and ``ok``, ``warning``, ``problem`` or ``muted``."""

    label: str
    words: str
    role: str = "muted"


def summary(handshake: Handshake) -> list[Line]:
    """What happened, how long each phase took, and what was agreed on."""
    shown = masked(handshake)
    lines = [_status(shown), Line("Times", _times(shown))]
    if shown.accepted:
        lines.append(_subprotocol(shown))
        lines += _extensions(shown)
    if shown.peer_address:
        lines.append(Line("Peer", shown.peer_address))
    if shown.tls:
        lines.append(Line("TLS", shown.tls))
    elif shown.peer_address:
        lines.append(Line("TLS", "none: not encrypted"))
    if shown.proxy:
        lines.append(Line("Proxy", shown.proxy))
    lines += _certificate(shown)
    lines += [Line("", f"⚠ {warning}", "warning") for warning in shown.warnings]
    return lines


def at_a_glance(handshake: Handshake) -> str:
    """Status, time and subprotocol on one line."""
    shown = masked(handshake)
    status = "no answer" if shown.status is None else str(shown.status)
    parts = [status, f"{shown.timings.total_ms:.0f} ms"]
    if shown.accepted:
        parts.append(shown.selected_subprotocol or "no subprotocol")
    return " · ".join(parts)


def in_full(handshake: Handshake) -> dict[str, str]:
    """Request and response as text, to read and copy; the response's body as well where there is one."""
    shown = masked(handshake)
    texts = {
        "Request": "\n".join([f"GET {shown.url}", "", *_headers(shown.request_headers)]),
        "Response": "No HTTP response came."
        if shown.status is None
        else "\n".join([f"HTTP {shown.status} {_phrase(shown)}", "", *_headers(shown.response_headers)]),
    }
    if shown.body:
        body = shown.body[:_SHOWN_BODY].decode("utf-8", errors="replace")
        more = len(shown.body) - _SHOWN_BODY
        texts["Body"] = body + (f"\n… {more:,} more bytes" if more > 0 else "")
    if shown.certificates:
        texts["Certificates"] = chain_text(shown.certificates)
        if shown.distrust:
            texts["Certificates"] = f"{shown.distrust}\n\n{texts['Certificates']}"
    return texts


def _certificate(handshake: Handshake) -> list[Line]:
    if not handshake.certificates:
        return []
    own = handshake.certificates[0]
    name = own.subject or ", ".join(own.names[:2]) or own.sha256[:23]
    if handshake.accepted_by_user:
        return [Line("Certificate", f"⚠ {name}: accepted by you alone", "warning")]
    if handshake.distrust:
        return [Line("Certificate", f"✗ {handshake.distrust}", "problem")]
    return [Line("Certificate", f"{name} · {validity(own)}")]


def _status(handshake: Handshake) -> Line:
    if handshake.status is None:
        return Line("Status", "✗ no HTTP response", "problem")
    text = f"{handshake.status} {_phrase(handshake)}".rstrip()
    return Line("Status", f"✓ {text}", "ok") if handshake.accepted else Line("Status", f"✗ {text}", "problem")


def _phrase(handshake: Handshake) -> str:
    if handshake.reason_phrase:
        return handshake.reason_phrase
    try:
        return HTTPStatus(handshake.status or 0).phrase
    except ValueError:
        return ""


def _times(handshake: Handshake) -> str:
    timings = handshake.timings
    phases = {
        "token": timings.token_ms,
        "DNS": timings.dns_ms,
        "TCP": timings.tcp_ms,
        "proxy": timings.proxy_ms,
        "TLS": timings.tls_ms,
        "upgrade": timings.upgrade_ms,
    }
    known = [f"{name} {milliseconds:.0f}" for name, milliseconds in phases.items() if milliseconds is not None]
    return f"{timings.total_ms:.0f} ms in all ({' · '.join(known)})" if known else "not measured"


def _subprotocol(handshake: Handshake) -> Line:
    selected = handshake.selected_subprotocol
    if selected is None:
        return Line("Subprotocol", "⚠ none selected; optave-v1 was offered", "warning")
    if selected == _PROTOCOL:
        return Line("Subprotocol", "✓ optave-v1", "ok")
    if "••••" in selected:
        return Line("Subprotocol", f"⚠ the token itself, {selected}: it is on the way back now", "warning")
    return Line("Subprotocol", f"⚠ {selected}, not optave-v1", "warning")


def _extensions(handshake: Handshake) -> list[Line]:
    if not handshake.extensions:
        return [Line("Extensions", "none")]
    names = [extension.partition(";")[0].strip() for extension in handshake.extensions]
    parameters = [extension.partition(";")[2].strip() for extension in handshake.extensions]
    lines = [Line("Extensions", ", ".join(names))]
    return lines + [Line("", text.replace(";", ","), "muted") for text in parameters if text]


def _headers(pairs: tuple[tuple[str, str], ...]) -> list[str]:
    return [f"{name}: {value}" for name, value in pairs]
