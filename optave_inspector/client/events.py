"""What a connection reports, in the order in which it happened: plain values that need no connection to be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    from ..protocol.states import ConnectionState


class Direction(IntEnum):
    """Seen from the inspector."""

    IN = 0
    OUT = 1


class Frame(msgspec.Struct, gc=False, frozen=True):
    """One RFC 6455 frame as seen on the wire (section 5.2).

    ``payload`` is unmasked and, when ``compressed``, inflated. Where ``problem`` says that a frame was not processed,
    it is as it came and cut after 1 MiB.
    """

    direction: Direction
    opcode: int
    payload: bytes
    wire_size: int
    """Bytes on the wire: header, mask key and (compressed) payload."""
    monotonic_ns: int
    wall_ns: int
    """Unix time."""
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    compressed: bool = False
    tool_made: bool = False
    """Made by the inspector without the user asking: automatic pong, keepalive ping, close reply."""
    problem: str = ""
    """Why the frame breaks the protocol; empty for a sound one."""
    on_purpose: bool = False
    """Made by hand by the user, who may want it to break the protocol."""


@dataclass(frozen=True, slots=True)
class Timings:
    """How long each phase of connecting took, in ms; None where the phase did not happen or was not finished."""

    dns_ms: float | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    upgrade_ms: float | None = None
    token_ms: float | None = None
    proxy_ms: float | None = None
    """Until a proxy had opened the way; ``dns_ms`` and ``tcp_ms`` are the proxy's own then."""

    @property
    def total_ms(self) -> float:
        """All phases that happened, together."""
        parts = (self.token_ms, self.dns_ms, self.tcp_ms, self.proxy_ms, self.tls_ms, self.upgrade_ms)
        return sum(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class PeerCertificate:
    """One certificate that the server showed, the first of them its own."""

    sha256: str
    """Fingerprint: pairs of capital hexadecimal digits with colons between."""
    subject: str = ""
    issuer: str = ""
    not_before_unix_s: float | None = None
    not_after_unix_s: float | None = None
    names: tuple[str, ...] = ()
    """Hosts and addresses that it is for (subjectAltName)."""
    problem: str = ""
    """Why it cannot be read; the fingerprint is known nonetheless."""


@dataclass(frozen=True, slots=True)
class Handshake:
    """The HTTP upgrade request and its response (RFC 6455 section 4), also when refused.

    Nothing is masked here: it is what went over the wire. Whoever shows, stores or copies it masks the token first.
    """

    url: str = field(repr=False)
    """Effective URL, query included."""
    request_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """Empty when the request was not reached."""
    status: int | None = None
    """HTTP status of the response; None when no HTTP response came."""
    reason_phrase: str = ""
    response_headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    """In order of arrival, repeated ones included."""
    body: bytes = field(default=b"", repr=False)
    """Body of a refusal; without a ``status`` the first bytes of what came instead of HTTP."""
    offered_subprotocols: tuple[str, ...] = field(default=(), repr=False)
    selected_subprotocol: str | None = field(default=None, repr=False)
    extensions: tuple[str, ...] = ()
    """What the server accepted, as it wrote it."""
    timings: Timings = field(default_factory=Timings)
    peer_address: str = ""
    tls: str = ""
    """TLS version and cipher; empty for ``ws://``."""
    warnings: tuple[str, ...] = ()
    """What deserves a look although it worked: no subprotocol selected, the token echoed, the token in the query."""
    certificates: tuple[PeerCertificate, ...] = ()
    """What the server showed, also when it was not trusted; empty for ``ws://``."""
    distrust: str = ""
    """Why the certificate was not trusted, in words; empty where it was, or where the user accepted it."""
    accepted_by_user: bool = False
    """Nothing vouches for the certificate but the user, who accepted it for now."""
    proxy: str = ""
    """Through which proxy, without its password; empty for a direct way."""
    secrets: tuple[str, ...] = field(default=(), repr=False)
    """What else must not be shown besides the token: the secret of the user's own headers."""

    @property
    def accepted(self) -> bool:
        """Whether the server switched protocols."""
        return self.status == 101


class TcpEnd(StrEnum):
    """How TCP ended, as far as this side can see."""

    FIN = "fin"
    """The server ended it in order."""
    RESET = "reset"
    TIMED_OUT = "timed out"
    """The server's machine no longer answered."""
    TLS = "tls"
    """TLS could not go on: an alert, or records that it does not understand."""
    DROPPED = "dropped"
    """This side cut it."""
    FAILED = "failed"
    """In another way; the detail says in which."""
    UNKNOWN = "unknown"
    """Not recorded."""


class Closer(StrEnum):
    """Who sent the first close frame."""

    PEER = "peer"
    INSPECTOR = "inspector"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Close:
    """One close frame's content; ``code`` is 1005 for an empty one (RFC 6455 section 7.1.5)."""

    code: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Ending:
    """How a connection that was open ended (RFC 6455 section 7)."""

    received: Close | None
    """The close frame that came; None when none came."""
    sent: Close | None
    first: Closer
    clean: bool
    """Both close frames were exchanged (section 7.1.4)."""
    cause: str
    """In words: what ended it, as far as this side can see."""
    monotonic_ns: int
    wall_ns: int
    failed: bool = False
    """This side gave up on the connection (section 7.1.7) before a close frame came: a browser reports 1006 then."""
    tcp: TcpEnd = TcpEnd.UNKNOWN
    tcp_detail: str = ""
    """The system's or TLS's own word for it, where it had one."""
    by_user: bool = False
    """The user asked for the end: by a close frame or by dropping TCP."""
    fault: str = ""
    """What the server did against the protocol, where ``failed`` is for that."""
    gave_up: str = ""
    """Why this side failed the connection though the server broke no rule, as a sentence without its full stop."""
    on_purpose: tuple[str, ...] = ()
    """What the user had let this side do against the rules before, as parts of a sentence: ``stop reading``."""

    @property
    def code(self) -> int:
        """The code that a browser would report: the received one, else 1006, which never is on the wire."""
        return self.received.code if self.received is not None and not self.failed else 1006

    @property
    def reason(self) -> str:
        """The received reason."""
        return self.received.reason if self.received is not None and not self.failed else ""


class FailureKind(StrEnum):
    """What kept a connection from opening."""

    URL = "url"
    TOKEN = "token"  # noqa: S105 - a kind of failure, not a secret
    NAME = "name"
    TCP = "tcp"
    PROXY = "proxy"
    """The proxy was not reached, or did not open the way."""
    TLS = "tls"
    REFUSED = "refused"
    """An HTTP response other than 101."""
    REDIRECT = "redirect"
    PROTOCOL = "protocol"
    """No HTTP, a wrong accept key, a subprotocol that was not offered."""
    TIMEOUT = "timeout"
    CANCELLED = "cancelled"


class FailureDetail(StrEnum):
    """What it was in particular, where the kind leaves that open and this side can tell."""

    UNKNOWN = ""
    NO_SUCH_NAME = "no such name"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    EXPIRED = "expired"
    NOT_YET_VALID = "not yet valid"
    WRONG_HOST = "wrong host"
    UNTRUSTED = "untrusted"
    REVOKED = "revoked"
    NO_TLS = "no TLS"
    CLIENT_CERTIFICATE = "client certificate"
    VERSION = "version"
    RESOLVING = "resolving"
    """Of time-outs from here on: what was waited for."""
    REACHING = "reaching"
    PROXYING = "proxying"
    SECURING = "securing"
    ANSWERING = "answering"


@dataclass(frozen=True, slots=True)
class TokenUse:
    """A token on its way into a handshake. The token itself stays in the handshake."""

    source: str
    """``pasted``, ``client credentials``."""
    expires_unix_s: float | None = None
    """The claim ``exp`` where the token is a readable JWT."""
    reused: bool = False
    """This token was sent before."""
    issued_unix_s: float | None = None
    """The claim ``iat``."""


class ConnectionListener(Protocol):
    """Who is told what a connection does. Called on the event loop, in wire order; must not block or raise."""

    def on_state(self, state: ConnectionState) -> None:
        """The state changed."""

    def on_token(self, use: TokenUse) -> None:
        """A token is about to be sent."""

    def on_handshake(self, handshake: Handshake) -> None:
        """The upgrade was answered, accepted or not, or gave up without an answer."""

    def on_frame(self, frame: Frame) -> None:
        """A frame came or went."""

    def on_ending(self, ending: Ending) -> None:
        """An open connection ended; the last call for it."""
