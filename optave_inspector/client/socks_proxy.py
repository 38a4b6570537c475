"""A SOCKS5 proxy asked to open a way (RFC 1928), and its refusals in words. The library speaks; this names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .proxies import Proxy, ProxyFailed, address_of

if TYPE_CHECKING:
    import socket

_LONG_S = 86_400.0
"""Whoever calls has a time limit of its own."""
_REPLIES = {
    1: ("cannot open the way to {target}: it gives no reason", "Its own log may say more."),
    2: ("does not let anybody connect to {target}", "Ask whoever runs it to allow that host and port."),
    3: ("has no network that leads to {target}", "Check the host; the proxy's own network may not lead there."),
    4: ("cannot reach {host}: no such host, or no way to it", "Check the host name; the proxy resolves it itself."),
    5: ("reached {host}, which refused the connection to port {port}", "Check the port, and whether the server runs."),
    6: ("gave up on the way to {target}", "The server may be down, or a firewall drops the packets."),
    7: ("does not open ways (CONNECT)", "Check that it is a SOCKS5 proxy for outgoing connections."),
    8: ("does not take that kind of address", "Write a name instead of an address, or the other way round."),
}


async def open_by_socks(sock: socket.socket, proxy: Proxy, host: str, port: int) -> None:
    """Have the proxy at the other end of ``sock`` connect to ``host``. Raises ProxyFailed or OSError."""
    from python_socks import ProxyError, ProxyType
    from python_socks.async_.asyncio import Proxy as SocksProxy

    class Dialled(SocksProxy):
        """Stands for the connection with the proxy, which is made already."""

        def __init__(self) -> None:
            """Nothing is to be set up."""

        async def connect(self, *_where: Any, **_options: Any) -> socket.socket:
            return sock

    way = SocksProxy(
        ProxyType.SOCKS5,
        proxy.host,
        proxy.port,
        proxy.user or None,
        proxy.password or None,
        rdns=True,
        forward=Dialled(),
    )
    try:
        await way.connect(host, port, timeout=_LONG_S)
    except ProxyError as error:
        raise _words(error, proxy, host, port) from None
    except (UnicodeError, ValueError):
        raise ProxyFailed(
            "SOCKS cannot carry this host, user or password: too long, or with characters beyond ASCII.",
            "Use an HTTP proxy, or other credentials.",
        ) from None


def _words(error: Exception, proxy: Proxy, host: str, port: int) -> ProxyFailed:
    code, text = getattr(error, "error_code", None), str(error).lower()
    start = f"The SOCKS proxy {proxy.address}"
    if code in _REPLIES:
        sentence, hint = _REPLIES[code]
        return ProxyFailed(f"{start} {sentence.format(target=address_of(host, port), host=host, port=port)}.", hint)
    if "authentication failure" in text:
        return ProxyFailed(
            f"{start} does not take this user and password.", "Enter the user and the password of the proxy."
        )
    if "no acceptable authentication" in text:
        if proxy.user:
            return ProxyFailed(f"{start} takes no user and password.", "It may want another way to sign in, or none.")
        return ProxyFailed(f"{start} wants a user and a password.", "Enter them in the profile.")
    if "closed" in text:
        return ProxyFailed(f"{start} ended the connection instead of answering.", "Check that it is a SOCKS5 proxy.")
    return ProxyFailed(
        f"What answers at the proxy's address {proxy.address} does not speak SOCKS5.",
        "It may be an HTTP proxy: choose HTTP, or check the port.",
    )
