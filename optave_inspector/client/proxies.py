"""Which proxy leads to a host: the profile's own, or what the environment and the desktop say."""

from __future__ import annotations

import asyncio
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from ..errors import InspectorError
from ..protocol.urls import is_loopback
from .config import ProxyKind, ProxySettings

_SCHEMES = {"http": (ProxyKind.HTTP, 80), "socks5": (ProxyKind.SOCKS5, 1080), "socks5h": (ProxyKind.SOCKS5, 1080)}
_USUAL_PORTS = {ProxyKind.HTTP: 8080, ProxyKind.SOCKS5: 1080}


class ProxyFailed(InspectorError):  # noqa: N818 - an outcome, like ConnectFailed
    """A proxy cannot be used, or does not open the way. Its sentence never holds the password."""


@dataclass(frozen=True, slots=True)
class Proxy:
    """One proxy to go through."""

    kind: ProxyKind
    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    said_by: str = "the profile"
    """Who asks for it, in words."""

    @property
    def address(self) -> str:
        """Host and port as in a URL."""
        return address_of(self.host, self.port)

    def __str__(self) -> str:
        name = "SOCKS5" if self.kind is ProxyKind.SOCKS5 else "HTTP"
        return f"{name} proxy {self.address} (from {self.said_by})"


async def proxy_for(settings: ProxySettings, host: str, port: int, *, secure: bool) -> Proxy | None:
    """The proxy to ``host``; None for a direct way, as to this machine always. Raises ProxyFailed."""
    if settings.kind is ProxyKind.NONE or is_loopback(f"x://{address_of(host, port)}"):
        return None
    if settings.kind is not ProxyKind.SYSTEM:
        if not settings.host:
            raise ProxyFailed("The address of the proxy is missing.", "Write its host and port, or choose no proxy.")
        return Proxy(
            settings.kind, settings.host, settings.port or _USUAL_PORTS[settings.kind], settings.user, settings.password
        )
    # In a thread: on some desktops it looks names up.
    return await asyncio.to_thread(system_proxy, host, port, secure=secure)


def system_proxy(host: str, port: int, *, secure: bool) -> Proxy | None:
    """What the environment says (``HTTPS_PROXY``, ``ALL_PROXY``, ``NO_PROXY`` and so on), or else the desktop.

    RFC 6455 section 4.1 puts SOCKS before the proxy for HTTPS, and that before the one for HTTP. Raises ProxyFailed for
    one that cannot be used.
    """
    known = urllib.request.getproxies()
    if urllib.request.proxy_bypass(address_of(host, port)) or urllib.request.proxy_bypass(host):
        return None
    for scheme in ("wss", "socks", "https", "all") if secure else ("ws", "socks", "https", "http", "all"):
        text = known.get(scheme)
        if text:
            if scheme == "socks" and text.startswith("http://"):
                text = f"socks5://{text.removeprefix('http://')}"  # as macOS tells it
            return _read(text, scheme)
    return None


def _read(text: str, scheme: str) -> Proxy:
    variables = urllib.request.getproxies_environment()
    said_by = f"the environment, {scheme.upper()}_PROXY" if scheme in variables else "the system's settings"
    hint = f"Correct it ({said_by}), or choose another proxy in the profile."
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        port = parts.port
    except ValueError:
        raise ProxyFailed(f"The proxy that {said_by.partition(',')[0]} names is no address.", hint) from None
    if parts.scheme not in _SCHEMES:
        known = "an HTTP or a SOCKS5 proxy"
        raise ProxyFailed(f"A proxy is set that is spoken to by {parts.scheme}://, which is not {known}.", hint)
    if not parts.hostname:
        raise ProxyFailed("A proxy is set without a host name.", hint)
    kind, usual = _SCHEMES[parts.scheme]
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return Proxy(kind, parts.hostname, port or usual, user, password, said_by)


def address_of(host: str, port: int) -> str:
    """Host and port as in a URL."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
