"""What one connection attempt is made of: plain values, complete before anything is sent."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

MAX_MESSAGE_BYTES = 256 * 1024 * 1024
"""The longest message that is taken unless said otherwise: 2,000 times the SDK's limit (``protocol.md`` section 9)."""


class AuthTransport(StrEnum):
    """How the token travels in the handshake (``protocol.md`` sections 1.3 and 1.4)."""

    SUBPROTOCOL = "subprotocol"
    """``Sec-WebSocket-Protocol: optave-v1, <token>``: Optave's default, kept out of access logs."""
    QUERY = "query"
    """``?Authorization=<token>``: for debugging and legacy servers; access logs and proxies keep the token."""
    NONE = "none"
    """No token is sent; ``optave-v1`` is still offered."""


class ProxyKind(StrEnum):
    """How the way to a host is chosen."""

    NONE = "none"
    SYSTEM = "system"
    """As the environment or the desktop says, if it says anything."""
    HTTP = "http"
    """An HTTP proxy by CONNECT (RFC 9110 section 9.3.6)."""
    SOCKS5 = "socks5"
    """A SOCKS proxy (RFC 1928), which resolves the name as well."""


@dataclass(frozen=True, slots=True)
class ProxySettings:
    """Which proxy is taken. This machine itself is reached without one, whatever is set."""

    kind: ProxyKind = ProxyKind.NONE
    host: str = ""
    port: int = 0
    user: str = ""
    password: str = field(default="", repr=False)


class AddressFamily(StrEnum):
    """Which addresses of a name are tried."""

    BOTH = "both"
    """As RFC 8305 says: whichever answers first."""
    IPV4 = "ipv4"
    IPV6 = "ipv6"


class TlsVersion(StrEnum):
    """The lowest version that is agreed to."""

    TLS_1_2 = "1.2"
    TLS_1_3 = "1.3"


@dataclass(frozen=True, slots=True)
class TlsSettings:
    """How TLS is spoken, beside the file with authorities."""

    client_certificate: str = ""
    """File with the certificate to show when the server asks for one: PEM, or PKCS#12 with its key."""
    client_key: str = ""
    """PEM file with its private key; empty where the certificate's file holds it."""
    passphrase: str = field(default="", repr=False)
    server_name: str = ""
    """Sent to the server (SNI) and looked for in its certificate, instead of the URL's host."""
    minimum_version: TlsVersion = TlsVersion.TLS_1_2
    accepted: frozenset[tuple[str, str]] = frozenset()
    """Addresses (``host:port``) and SHA-256 fingerprints of certificates that the user accepts though nothing else
    vouches for them."""


@dataclass(frozen=True, slots=True)
class PastedToken:
    """A token that the user pasted. Each JWT opens one WebSocket only (``protocol.md`` section 2.3)."""

    token: str = field(repr=False)
    allow_reuse: bool = False
    """The user's decision to send a token again that was already used."""
    origin: str = ""
    """Where it comes from, in words, when nobody pasted it."""


class CredentialsIn(StrEnum):
    """Where client ID and secret travel in a token request."""

    QUERY = "query"
    """In the query of the URL, as Optave documents it; servers on the way may log the secret."""
    BODY = "body"
    """In a form body (RFC 6749 section 2.3.1)."""
    BASIC = "basic"
    """In the header ``Authorization: Basic`` (RFC 6749 section 2.3.1)."""


@dataclass(frozen=True, slots=True)
class ClientCredentials:
    """OAuth 2.0 client credentials (RFC 6749 section 4.4), as Optave documents them (``protocol.md`` section 2.1)."""

    url: str
    """Authentication URL; ``/token`` is added to the path where it does not end with it."""
    client_id: str
    client_secret: str = field(repr=False)
    credentials_in: CredentialsIn = CredentialsIn.QUERY
    timeout_s: float = 30.0
    allow_plaintext: bool = False
    """Allow ``http://`` to hosts other than loopback: the secret would be readable on the way."""
    ca_file: str = ""
    """PEM file with certificate authorities to trust besides the system's."""
    tls: TlsSettings = TlsSettings()
    proxy: ProxySettings = ProxySettings()
    address_family: AddressFamily = AddressFamily.BOTH


SECRET_PLACEHOLDER = "{{secret}}"  # noqa: S105 - where the secret goes, not the secret
"""Stands in a header's value for the secret, which is kept elsewhere."""


@dataclass(frozen=True, slots=True)
class TicketEndpoint:
    """An endpoint of one's own that hands out tokens (``protocol.md`` section 2.2)."""

    url: str
    method: str = "POST"
    """POST, as the SDK's default token provider does it, or GET."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names and values; ``{{secret}}`` in a value stands for ``secret``."""
    secret: str = field(default="", repr=False)
    token_field: str = ""
    """Name of the answer's field with the token, or a path such as ``data.token``; empty for ``token``, then
    ``access_token``."""
    timeout_s: float = 30.0
    allow_plaintext: bool = False
    ca_file: str = ""
    tls: TlsSettings = TlsSettings()
    proxy: ProxySettings = ProxySettings()
    address_family: AddressFamily = AddressFamily.BOTH


@dataclass(frozen=True, slots=True)
class TokenCommand:
    """A command that prints a fresh token. It is run without a shell, as this user."""

    command: str
    """Words as a POSIX shell splits them; nothing is expanded."""
    timeout_s: float = 30.0


@dataclass(frozen=True, slots=True)
class EnvironmentToken:
    """An environment variable of this process that holds a token; it counts as pasted."""

    name: str
    allow_reuse: bool = False


@dataclass(frozen=True, slots=True)
class NoToken:
    """Connect without a token."""


TokenSourceConfig = PastedToken | ClientCredentials | TicketEndpoint | TokenCommand | EnvironmentToken | NoToken


@dataclass(frozen=True, slots=True)
class ConnectionConfig:
    """Settings of one attempt. ``url`` is the expanded URL without token and without ``OptaveTraceChatSessionId``."""

    url: str
    auth_transport: AuthTransport = AuthTransport.SUBPROTOCOL
    chat_session_id: str = ""
    """Sent as query parameter ``OptaveTraceChatSessionId`` when not empty."""
    open_timeout_s: float = 30.0
    """For name, TCP, TLS and upgrade together; the SDK's connectionTimeoutMs."""
    close_timeout_s: float = 10.0
    """How long to wait for the other side's close frame and TCP's end."""
    request_timeout_s: float = 30.0
    """After which a request without an answer counts as timed out; the SDK's requestTimeoutMs."""
    ping_interval_s: float | None = None
    """Keepalive pings are off unless a number is given: they would change the case under study."""
    ping_timeout_s: float = 20.0
    """With keepalive on: how long the other side may be silent after a ping before it counts as gone."""
    allow_plaintext: bool = False
    """Allow ``ws://`` to hosts other than loopback."""
    compression: bool = True
    """Offer permessage-deflate (RFC 7692)."""
    max_message_bytes: int = MAX_MESSAGE_BYTES
    """A longer message, inflated, fails the connection with 1009: a few KB may inflate to more than memory holds."""
    ca_file: str = ""
    """PEM file with certificate authorities to trust besides the system's."""
    tls: TlsSettings = TlsSettings()
    proxy: ProxySettings = ProxySettings()
    address_family: AddressFamily = AddressFamily.BOTH
    origin: str = ""
    """The header ``Origin``; left out when empty, as by clients that are no browsers."""
    headers: tuple[tuple[str, str], ...] = ()
    """More headers of the upgrade request; ``{{secret}}`` in a value stands for ``header_secret``."""
    header_secret: str = field(default="", repr=False)
