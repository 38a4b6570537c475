"""Why an open connection ended, in one sentence or two, from what this side saw."""

from __future__ import annotations

import errno
import ssl
from typing import TYPE_CHECKING

from .events import Close, Closer, TcpEnd

if TYPE_CHECKING:
    from collections.abc import Sequence

NO_SIGN_OF_LIFE = "The server said nothing for {:g} s after a keepalive ping"


def cause_of(
    *,
    received: Close | None,
    sent: Close | None,
    first: Closer,
    failed: bool,
    fault: str,
    gave_up: str = "",
    dropped: str,
    tcp: TcpEnd,
    tcp_detail: str,
    on_purpose: Sequence[str] = (),
) -> str:
    """The cause of an ending.

    ``failed``: this side failed the connection, because of ``fault`` where the peer broke the protocol, else for a
    reason of its own, ``gave_up``; ``dropped``: why this side cut TCP; ``tcp``: how it ended otherwise; ``on_purpose``:
    what the user had let this side do against the rules before.
    """
    cause = _cause(received, sent, first, fault, gave_up, dropped, tcp, tcp_detail, failed=failed)
    if on_purpose:
        cause = f"{cause} Before that the user had let the inspector {', '.join(on_purpose)}."
    return cause


def count_of_broken(count: int) -> str:
    """So many frames, in words."""
    return "a frame that breaks the protocol" if count == 1 else f"{count:,} frames that break the protocol"


def _cause(
    received: Close | None,
    sent: Close | None,
    first: Closer,
    fault: str,
    gave_up: str,
    dropped: str,
    tcp: TcpEnd,
    tcp_detail: str,
    *,
    failed: bool,
) -> str:
    parts = []
    over = tcp_words(tcp, tcp_detail)
    if failed:
        parts.append(_failure(fault or gave_up, sent, broken=bool(fault)))
        if received is not None:
            parts.append(f"The server answered with {received.code}.")
    elif received is not None and sent is not None:
        parts.append(_exchanged(received, sent, first))
    elif sent is not None and not dropped:
        return f"The inspector sent a close frame ({sent.code}), but {over} before an answer came."
    elif not dropped:
        return f"{over[0].upper()}{over[1:]}, and no close frame came."
    if dropped:
        parts.append(dropped)
    elif tcp is not TcpEnd.FIN:
        parts.append(f"Then {over}.")
    return " ".join(parts)


def _failure(why: str, sent: Close | None, *, broken: bool) -> str:
    reason = f"The server broke the protocol: {why}." if broken else f"{why}."
    return f"{reason} The inspector failed the connection{f' with {sent.code}' if sent is not None else ''}."


def _exchanged(received: Close, sent: Close, first: Closer) -> str:
    if first is Closer.PEER:
        # 1014 is what something before the tenant sends of itself.
        who = "server" if received.code == 1014 else "tenant"
        code = "without a code" if received.code == 1005 else f"with {received.code}"
        return f"The {who} closed the connection {code}, and the inspector confirmed it."
    code = "without a code" if sent.code == 1005 else f"with {sent.code}"
    if received.code != sent.code and sent.code != 1005:
        return f"The inspector closed the connection {code}, and the tenant answered with {received.code}."
    return f"The inspector closed the connection {code}, and the tenant confirmed it."


def tcp_end(dropped: str, error: Exception | None) -> tuple[TcpEnd, str]:
    """How TCP ended, and the detail of it: ``error`` is what the event loop told, None for an orderly end."""
    if dropped:
        return TcpEnd.DROPPED, ""
    if error is None:
        return TcpEnd.FIN, ""
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return TcpEnd.RESET, ""
    if isinstance(error, OSError) and error.errno == errno.ETIMEDOUT:
        return TcpEnd.TIMED_OUT, ""
    if isinstance(error, ssl.SSLError):
        reason = getattr(error, "reason", "") or ""
        return TcpEnd.TLS, reason.replace("_", " ").lower() or type(error).__name__
    return TcpEnd.FAILED, error.strerror if isinstance(error, OSError) and error.strerror else type(error).__name__


def tcp_words(tcp: TcpEnd, detail: str) -> str:
    """How TCP ended, as a part of a sentence."""
    match tcp:
        case TcpEnd.FIN:
            return "the server ended TCP (FIN)"
        case TcpEnd.RESET:
            return "TCP was reset (RST)"
        case TcpEnd.TIMED_OUT:
            return "TCP timed out: the server's machine no longer answers"
        case TcpEnd.TLS:
            return f"TLS failed ({detail})"
        case TcpEnd.DROPPED:
            return "the inspector dropped TCP"
        case TcpEnd.FAILED:
            return f"TCP failed ({detail})"
        case TcpEnd.UNKNOWN:
            return "TCP ended"
