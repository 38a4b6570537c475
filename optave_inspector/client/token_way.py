"""The way of a token request: directly, or through the same proxy as the WebSocket."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp.abc import AbstractResolver

from .dialling import FAMILIES, Dial, Phase, proxy_words
from .proxies import ProxyFailed, proxy_for

if TYPE_CHECKING:
    import asyncio
    import ssl

    from aiohttp.client_proto import ResponseHandler

    from .config import AddressFamily, ProxySettings
    from .proxies import Proxy

_CONNECTING = (Phase.NAME, Phase.TCP, Phase.PROXY)


class TokenWay:
    """Chooses the proxy, makes the HTTP library's connector, and knows where the way was lost."""

    def __init__(self, settings: ProxySettings, family: AddressFamily) -> None:
        self.proxy: Proxy | None = None
        self._settings = settings
        self._family = family
        self._dial: Dial | None = None

    async def choose(self, host: str, port: int, *, secure: bool) -> None:
        """Find the proxy, if there is one. Raises ProxyFailed."""
        self.proxy = await proxy_for(self._settings, host, port, secure=secure)
        if self.proxy is not None:
            self._dial = Dial(self.proxy, self._family)

    def connector(self, context: ssl.SSLContext | None) -> aiohttp.TCPConnector:
        """For one request."""
        tls = context if context is not None else True
        if self._dial is None:
            return aiohttp.TCPConnector(ssl=tls, force_close=True, family=FAMILIES[self._family])
        return _Proxied(self._dial, ssl=tls, force_close=True, resolver=_AtTheProxy())

    def lost(self, error: Exception) -> tuple[str, str] | None:
        """Sentence and hint where ``error`` came before the proxy had opened the way; None otherwise."""
        dial = self._dial
        if dial is None or dial.proxy is None or dial.proxy_ms is not None:
            return None
        if isinstance(error, ProxyFailed) or (isinstance(error, OSError) and dial.phase in _CONNECTING):
            return proxy_words(error, dial.phase, dial.proxy)
        return None


class _AtTheProxy(AbstractResolver):
    """Resolves nothing: the proxy does."""

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,
    ) -> list[Any]:
        """An address that nobody connects to: the library wants one."""
        return [{"hostname": host, "host": "192.0.2.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self) -> None:
        """Nothing to free."""


class _Proxied(aiohttp.TCPConnector):
    """The library speaks to HTTP proxies only, so the socket comes from our own way."""

    def __init__(self, dial: Dial, **settings: Any) -> None:
        super().__init__(**settings)
        self._own_dial = dial

    async def _wrap_create_connection(
        self, *arguments: Any, req: Any, addr_infos: Any = None, timeout: Any = None, client_error: Any = None,
        **options: Any,
    ) -> tuple[asyncio.Transport, ResponseHandler]:  # fmt: skip
        del addr_infos, timeout, client_error
        sock = await self._own_dial.open(req.url.raw_host, req.url.port)
        return await self._loop.create_connection(*arguments, **options, sock=sock)
