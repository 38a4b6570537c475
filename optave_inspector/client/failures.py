"""Why a connection did not open, in words: exceptions of sockets, TLS and the library turned into ConnectFailed."""

from __future__ import annotations

import errno
import socket
import ssl
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from websockets.exceptions import InvalidHeader, InvalidUpgrade, NegotiationError

from ..errors import InspectorError
from ..protocol.refusals import REDIRECTS, refusal
from ..protocol.urls import mask_url
from .config import AddressFamily
from .dialling import FAMILY_NAMES, NoSuchFamily, Phase, proxy_words
from .events import FailureDetail, FailureKind, Handshake
from .tls_words import SeenTls, UntrustedPeer, ended_after_asking, is_distrust, tls_detail, tls_words

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .proxies import Proxy

_TLS_ALERT, _TLS_HANDSHAKE = 0x15, 0x16

_WAITED_FOR = {
    Phase.NAME: FailureDetail.RESOLVING,
    Phase.TCP: FailureDetail.REACHING,
    Phase.PROXY: FailureDetail.PROXYING,
    Phase.TLS: FailureDetail.SECURING,
    Phase.UPGRADE: FailureDetail.ANSWERING,
}
_UNREACHABLE = frozenset({errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EHOSTDOWN})


class ConnectFailed(InspectorError):  # noqa: N818 - an outcome that callers name, like ConnectionClosed
    """A connection did not open. ``handshake`` tells how far it came; None when nothing was sent anywhere."""

    def __init__(
        self,
        kind: FailureKind,
        sentence: str,
        hint: str = "",
        handshake: Handshake | None = None,
        *,
        detail: FailureDetail = FailureDetail.UNKNOWN,
        untrusted: UntrustedPeer | None = None,
    ) -> None:
        super().__init__(sentence, hint)
        self.kind = kind
        self.detail = detail
        self.handshake = handshake
        self.untrusted = untrusted
        """Who showed a certificate that was not trusted; None where it was not for that."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Where an attempt stood when it failed."""

    phase: Phase
    host: str
    port: int
    secure: bool
    open_timeout_s: float
    overdue: bool
    """The time limit for opening ran out."""
    reset: bool
    """TCP was reset after it had been established."""
    handshake: Handshake = field(repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What must not stand in any sentence: the token, as it is and as it is encoded."""
    token_expires_unix_s: float | None = None
    proxy: Proxy | None = None
    server_name: str = ""
    """Looked for in the certificate instead of the host."""
    family: AddressFamily = AddressFamily.BOTH
    tls: SeenTls | None = None
    tls_lost: ssl.SSLError | None = None
    """How TLS ended after its handshake: with TLS 1.3 a refused client certificate shows only then."""

    @property
    def address(self) -> str:
        """Host and port as in a URL."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{host}:{self.port}"


def explain(error: Exception, situation: Situation) -> ConnectFailed:
    """What ``error`` means for the user. No sentence holds a secret of the situation."""
    kind, sentence, hint = _explain(error, situation)
    sentence, hint = _without(situation.secrets, sentence), _without(situation.secrets, hint)
    untrusted = None
    shown = situation.handshake.certificates
    if kind is FailureKind.TLS and is_distrust(error) and shown:
        untrusted = UntrustedPeer(situation.address, shown, sentence)
    detail = _detail(kind, error, situation)
    return ConnectFailed(kind, sentence, hint, situation.handshake, detail=detail, untrusted=untrusted)


def _detail(kind: FailureKind, error: Exception, situation: Situation) -> FailureDetail:
    if kind is FailureKind.TIMEOUT:
        return _WAITED_FOR[situation.phase]
    if kind is FailureKind.TLS:
        return tls_detail(error if isinstance(error, ssl.SSLError) else situation.tls_lost, situation.tls)
    if kind is FailureKind.NAME and _is_no_name(error):
        return FailureDetail.NO_SUCH_NAME
    if kind is FailureKind.TCP and isinstance(error, OSError):
        number = error.__cause__.errno if isinstance(error.__cause__, OSError) else error.errno
        if number == errno.ECONNREFUSED:
            return FailureDetail.REFUSED
        if number in _UNREACHABLE:
            return FailureDetail.UNREACHABLE
    return FailureDetail.UNKNOWN


def _explain(error: Exception, situation: Situation) -> tuple[FailureKind, str, str]:
    handshake = situation.handshake
    if isinstance(error, TimeoutError) and isinstance(error.__cause__, OSError):
        error = error.__cause__  # the library wraps TCP's own time limit, and its number with it
    if handshake.status is not None and handshake.status != 101:
        return _refused(situation, handshake.status)
    if situation.overdue:
        return _overdue(situation)
    if situation.proxy is not None and situation.phase in (Phase.NAME, Phase.TCP, Phase.PROXY):
        return FailureKind.PROXY, *proxy_words(error, situation.phase, situation.proxy)
    tls_error = error if isinstance(error, ssl.SSLError) else situation.tls_lost
    if tls_error is not None and handshake.status is None:
        return FailureKind.TLS, *tls_words(tls_error, situation.server_name or situation.host, "ws", situation.tls)
    if situation.phase is Phase.NAME:
        return _no_name(error, situation)
    if situation.phase is Phase.TCP:
        return _no_tcp(error, situation)
    if (
        situation.tls is not None
        and situation.tls.asked_for_certificate
        and not handshake.body
        and not handshake.status
    ):
        return FailureKind.TLS, *ended_after_asking(situation.host, situation.tls)
    if situation.phase is Phase.TLS:
        return (
            FailureKind.TLS,
            f"{situation.address} ended the connection during the TLS handshake.",
            "The port may be a plain one, or a firewall on the way cuts TLS.",
        )
    if handshake.status == 101:
        return _wrong_switch(error, situation)
    return _no_http(error, situation)


def _refused(situation: Situation, status: int) -> tuple[FailureKind, str, str]:
    handshake = situation.handshake
    shown = f"{status} {handshake.reason_phrase}".strip()
    if status in REDIRECTS:
        location = next((value for name, value in handshake.response_headers if name.lower() == "location"), "")
        where = f"to {mask_url(location)}" if location else "without saying where (no Location header)"
        return (
            FailureKind.REDIRECT,
            f"{situation.host} redirects {where} ({shown}).",
            refusal(status).hint,
        )
    known = refusal(status)
    hint = f"{known.meaning} {known.hint}"
    if status == 401 and _expired(situation.token_expires_unix_s):
        hint = "The token has expired: take a fresh one."
    return FailureKind.REFUSED, f"{situation.host} refused the connection with HTTP {shown}.", hint


def _overdue(situation: Situation) -> tuple[FailureKind, str, str]:
    limit = f"within {situation.open_timeout_s:g} s"
    if situation.proxy is not None and situation.phase in (Phase.NAME, Phase.TCP, Phase.PROXY):
        did = "open the way to " + situation.address if situation.phase is Phase.PROXY else "accept a TCP connection"
        return (
            FailureKind.TIMEOUT,
            f"The proxy {situation.proxy.address} did not {did} {limit}.",
            "Check the proxy's address; or the server behind it drops the packets without a word.",
        )
    match situation.phase:
        case Phase.NAME:
            sentence = f"The name {situation.host} was not resolved {limit}."
            hint = "Check this machine's network and name server."
        case Phase.TCP | Phase.PROXY:
            sentence = f"{situation.address} did not accept a TCP connection {limit}."
            hint = "A firewall may drop the packets without a word; check host, port and network."
        case Phase.TLS:
            sentence = f"{situation.address} accepted the TCP connection but did not answer the TLS handshake {limit}."
            hint = "The port may be a plain one: check it, or try ws:// where that is allowed."
        case Phase.UPGRADE:
            sentence = f"{situation.address} accepted the connection but did not answer the upgrade request {limit}."
            if situation.handshake.body:
                sentence = f"{situation.address} began to answer but did not finish {limit}."
            hint = (
                "Something else may listen there, or the server is overloaded; check the port or raise the time limit."
            )
    return FailureKind.TIMEOUT, sentence, hint


def _is_no_name(error: Exception) -> bool:
    return isinstance(error, socket.gaierror) and error.errno in (
        socket.EAI_NONAME,
        getattr(socket, "EAI_NODATA", socket.EAI_NONAME),
        getattr(socket, "EAI_ADDRFAMILY", socket.EAI_NONAME),
    )


def _no_name(error: Exception, situation: Situation) -> tuple[FailureKind, str, str]:
    unknown = _is_no_name(error)
    kind = FAMILY_NAMES.get(situation.family, "")
    if isinstance(error, NoSuchFamily) or (unknown and kind):
        return (
            FailureKind.NAME,
            f"{situation.host} has no {kind} address.",
            f"The profile asks for {kind} only: allow both, or check the host name.",
        )
    if unknown:
        sentence = f"There is no host named {situation.host}."
    else:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else "it is no valid name"
        sentence = f"The name {situation.host} cannot be resolved: {reason}."
    return FailureKind.NAME, sentence, "Check the tenant and the rest of the host name; some names need a VPN."


def _no_tcp(error: Exception, situation: Situation) -> tuple[FailureKind, str, str]:
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ECONNREFUSED:
        return (
            FailureKind.TCP,
            f"{situation.address} refused the TCP connection: nothing listens there.",
            "Check the port, and whether the server is running.",
        )
    if number in _UNREACHABLE:
        return (
            FailureKind.TCP,
            f"There is no way to {situation.address} from this network.",
            "Check this machine's network and VPN.",
        )
    detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return FailureKind.TCP, f"No TCP connection to {situation.address}: {detail}.", "Check host, port and network."


def _wrong_switch(error: Exception, situation: Situation) -> tuple[FailureKind, str, str]:
    """The server answered 101, but not as RFC 6455 section 4.1 demands."""
    handshake = situation.handshake
    start = f"{situation.host} switched protocols (101), but"
    if isinstance(error, NegotiationError) and "extension" in str(error).lower():
        accepted = ", ".join(handshake.extensions)
        return FailureKind.PROTOCOL, f"{start} accepted an extension that was not offered: {accepted}.", _ASK_SERVER
    selected = handshake.selected_subprotocol
    if isinstance(error, NegotiationError) or (
        isinstance(error, InvalidHeader) and error.name.lower() == "sec-websocket-protocol"
    ):
        return (
            FailureKind.PROTOCOL,
            f"{start} selected the subprotocol {selected}; only one of those offered may be selected.",
            "The server should select optave-v1.",
        )
    if isinstance(error, InvalidHeader | InvalidUpgrade):
        value = f" ({error.value})" if error.value else ""
        problem = "is wrong" if error.value else "is missing"
        return FailureKind.PROTOCOL, f"{start} its header {error.name}{value} {problem}.", _ASK_SERVER
    return FailureKind.PROTOCOL, f"{start} its response breaks RFC 6455.", _ASK_SERVER


_ASK_SERVER = "A proxy or the server does not keep to RFC 6455 section 4; compare the response with its rules."


def _no_http(error: Exception, situation: Situation) -> tuple[FailureKind, str, str]:
    came = situation.handshake.body
    if came[:1] and came[0] in (_TLS_ALERT, _TLS_HANDSHAKE) and came[1:2] == b"\x03" and not situation.secure:
        return FailureKind.PROTOCOL, f"{situation.address} speaks TLS.", "Use wss:// instead of ws://."
    if came:
        start = came[:60].decode("latin-1").splitlines()[0] if came.strip() else came[:20].hex(" ")
        shown = "".join(character if character.isprintable() else "·" for character in start)
        return (
            FailureKind.PROTOCOL,
            f"{situation.address} did not answer in HTTP/1.1; the answer begins with: {shown}",
            "Something other than a WebSocket server listens there; check host and port.",
        )
    how = "reset" if situation.reset or isinstance(error, ConnectionError) else "ended"
    hint = "Check the port, and the server's log."
    if not situation.secure:
        hint = f"{hint} It may be a TLS port: then use wss://."
    return (
        FailureKind.PROTOCOL,
        f"{situation.address} {how} the connection without answering the upgrade request.",
        hint,
    )


def _expired(expires_unix_s: float | None) -> bool:
    return expires_unix_s is not None and expires_unix_s < time.time()


def _without(secrets: Iterable[str], text: str) -> str:
    for secret in secrets:
        text = text.replace(secret, "••••")
    return text
