"""The way to a connected socket: name, TCP and, where there is one, the proxy; each measured."""

from __future__ import annotations

import asyncio
import errno
import ipaddress
import socket
import time
from contextlib import suppress
from enum import Enum
from typing import TYPE_CHECKING

from aiohappyeyeballs import AddrInfoType, start_connection

from .config import AddressFamily, ProxyKind
from .http_proxy import open_by_connect
from .proxies import Proxy, ProxyFailed, address_of
from .socks_proxy import open_by_socks

if TYPE_CHECKING:
    from collections.abc import Sequence

_HAPPY_EYEBALLS_DELAY_S = 0.25  # RFC 8305 section 5
FAMILIES = {
    AddressFamily.BOTH: socket.AF_UNSPEC,
    AddressFamily.IPV4: socket.AF_INET,
    AddressFamily.IPV6: socket.AF_INET6,
}
FAMILY_NAMES = {AddressFamily.IPV4: "IPv4", AddressFamily.IPV6: "IPv6"}


class Phase(Enum):
    """What an attempt is busy with."""

    NAME = "name"
    TCP = "tcp"
    PROXY = "proxy"
    TLS = "tls"
    UPGRADE = "upgrade"


class NoSuchFamily(OSError):  # noqa: N818 - a kind of failure beside those of the system
    """The host has no address of the kind that the profile asks for."""


class Dial:
    """One way to one host; await :meth:`open` once. ``phase`` and the times tell how far it came."""

    def __init__(self, proxy: Proxy | None = None, family: AddressFamily = AddressFamily.BOTH) -> None:
        self.proxy = proxy
        self.phase = Phase.NAME
        self.peer_address = ""
        """The address that TCP is connected to: the proxy's, where there is one."""
        self.dns_ms: float | None = None
        self.tcp_ms: float | None = None
        self.proxy_ms: float | None = None
        self._family = family

    async def open(self, host: str, port: int) -> socket.socket:
        """A socket that is connected with ``host``. Raises OSError, UnicodeError or ProxyFailed."""
        addresses = await self.resolve(
            *((self.proxy.host, self.proxy.port) if self.proxy is not None else (host, port))
        )
        self.phase = Phase.TCP
        started = time.perf_counter()
        sock = await start_connection(addresses, happy_eyeballs_delay=_HAPPY_EYEBALLS_DELAY_S)
        self.tcp_ms = ms_since(started)
        with suppress(OSError):  # a reset may have taken the peer away already; the next phase tells
            name = sock.getpeername()
            self.peer_address = address_of(name[0], name[1])
        if self.proxy is None:
            return sock
        self.phase = Phase.PROXY
        started = time.perf_counter()
        try:
            opens = open_by_socks if self.proxy.kind is ProxyKind.SOCKS5 else open_by_connect
            await opens(sock, self.proxy, host, port)
        except BaseException:
            sock.close()
            raise
        self.proxy_ms = ms_since(started)
        return sock

    async def resolve(self, host: str, port: int) -> Sequence[AddrInfoType]:
        """The addresses to try. Raises OSError or UnicodeError."""
        try:
            literal = ipaddress.ip_address(host)
        except ValueError:
            started = time.perf_counter()
            loop = asyncio.get_running_loop()
            found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, family=FAMILIES[self._family])
            self.dns_ms = ms_since(started)
            return found
        family = socket.AF_INET if literal.version == 4 else socket.AF_INET6
        if self._family is not AddressFamily.BOTH and family != FAMILIES[self._family]:
            raise NoSuchFamily(errno.EAFNOSUPPORT, "the address is of the other kind")
        address = (host, port) if literal.version == 4 else (host, port, 0, 0)
        return [(family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", address)]


def proxy_words(error: Exception, phase: Phase, proxy: Proxy) -> tuple[str, str]:
    """Why a proxy was not reached or did not open the way: sentence and hint."""
    if isinstance(error, ProxyFailed):
        return error.sentence, error.hint
    check = "Check the address of the proxy, or choose another way in the profile."
    if proxy.said_by != "the profile":
        check = f"It comes from {proxy.said_by}. Correct it there, or choose another way in the profile."
    if phase is Phase.NAME:
        return f"There is no host named {proxy.host}, which is to be the proxy.", check
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ECONNREFUSED:
        return f"The proxy {proxy.address} refused the TCP connection: nothing listens there.", check
    if phase is Phase.PROXY:
        return f"The proxy {proxy.address} broke the connection off instead of opening the way.", check
    detail = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"No TCP connection to the proxy {proxy.address}: {detail}.", check


def ms_since(started: float) -> float:
    """Milliseconds since a reading of ``time.perf_counter``."""
    return (time.perf_counter() - started) * 1000
