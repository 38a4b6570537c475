"""How a local tenant is set up, and how it is reached once it runs."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass

import msgspec

from ..errors import InspectorError


class TenantError(InspectorError):
    """The local tenant cannot be started as asked."""


@dataclass(frozen=True, slots=True)
class TenantSettings:
    """What a local tenant is told before it starts. Check ``host`` with :func:`bind_host` where a user typed it."""

    host: str = "127.0.0.1"
    """A loopback address, or ``localhost``, which stands for 127.0.0.1."""
    port: int = 0
    """WebSocket port; 0 takes a free one."""
    auth_port: int = 0
    """Port of the token endpoint and of the fault controls; 0 takes a free one."""
    tls: bool = False
    """Serve ``wss`` and ``https`` with a certificate of a throw-away authority."""
    token_lifetime_s: float = 600.0
    stream_interval_ms: int = 500
    """Time between the frames of a streamed answer; Optave's is 500 (``protocol.md`` section 8.3)."""
    latency_ms: int = 120
    """Time from a request to its answer, where the answer is not streamed."""
    strict: bool = False
    """Refuse envelopes that fail the request schema, as the public JavaScript SDK's often do."""
    scenarios: tuple[str, ...] = ()
    """What is armed from the start, each as ``name`` or ``name:key=value,…`` (``protocol/scenarios``)."""


class TenantAddress(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a running tenant is, and what it takes to use it: the one JSON line of ``optave-inspector tenant``."""

    websocket_url: str
    auth_url: str
    """The token endpoint itself, ``…/auth/oauth2/token``."""
    client_id: str
    client_secret: str
    tenant: str
    control_url: str
    """Faults are ordered by ``POST <control_url>/<fault>``."""
    control_key: str
    """Goes into the header ``X-Control-Key`` of each order."""
    ca_file: str = ""
    """PEM file of the throw-away authority; empty without TLS."""

    def __repr__(self) -> str:
        """Without the secrets, so that a log may show it."""
        return (
            f"TenantAddress(websocket_url={self.websocket_url!r}, auth_url={self.auth_url!r}, tenant={self.tenant!r})"
        )


def bind_host(host: str) -> str:
    """The loopback address to listen on for ``host``.

    Raises TenantError for anything but 127.0.0.0/8, ``::1`` and ``localhost``: the tenant's secrets are on its own
    terminal and its faults are one request away, so it must not be reachable from elsewhere.
    """
    name = host.strip().removeprefix("[").removesuffix("]")
    if name.lower() == "localhost":
        return "127.0.0.1"
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        address = None
    mapped = isinstance(address, ipaddress.IPv6Address) and str(address) != "::1"
    if address is None or mapped or not address.is_loopback:
        raise TenantError(
            f"{host!r} is not a loopback address.", "The local tenant listens on 127.0.0.0/8, ::1 or localhost only."
        )
    return str(address)


def url_host(address: str) -> str:
    """``address`` as it stands in a URL: IPv6 in brackets (RFC 3986 section 3.2.2)."""
    return f"[{address}]" if ":" in address else address
