"""The way to an open connection: URL, token, then name, TCP, TLS and upgrade within one time limit."""

from __future__ import annotations

import asyncio
import dataclasses
import ssl
import time
from importlib import import_module
from typing import TYPE_CHECKING, cast

from websockets.exceptions import WebSocketException
from websockets.uri import parse_uri

from .config import AuthTransport, ClientCredentials, NoToken
from .connector import Connector
from .dialling import Dial
from .events import FailureKind, TokenUse
from .failures import ConnectFailed, Situation, explain
from .handshakes import Opening, checked_url, handshake_of, own_headers, prepare
from .proxies import ProxyFailed, address_of, proxy_for
from .tls_context import WatchedTls
from .tls_words import is_distrust, tls_words
from .token_sources import Token, TokenError, UsedTokens, take_token
from .trust import TrustError

if TYPE_CHECKING:
    from websockets.http11 import Request

    from .config import ConnectionConfig, TokenSourceConfig
    from .connector import ConnectorOwner, TappedConnection
    from .events import ConnectionListener, Handshake
    from .life import Life
    from .tls_words import SeenTls


class Attempt:
    """One try to open a connection. The token counts as used from the moment when the request goes out."""

    def __init__(
        self,
        config: ConnectionConfig,
        source: TokenSourceConfig,
        used: UsedTokens,
        listener: ConnectionListener,
        life: Life,
    ) -> None:
        self._opening: Opening
        self._connector: Connector
        self.handshake: Handshake | None = None
        """As last told to the listener, or, after a failure, how far it came."""
        self._config = config
        self._source = NoToken() if config.auth_transport is AuthTransport.NONE else source
        self._used = used
        self._listener = listener
        self._life = life
        self._token: Token | None = None
        self._token_ms: float | None = None
        self._reused = False
        self._request: Request | None = None
        self._requested_s = 0.0
        self._tls: WatchedTls | None = None
        self._error: Exception | None = None

    @property
    def connection(self) -> TappedConnection:
        """The library's connection; there once the request was sent."""
        return cast("TappedConnection", self._connector.tapped)

    async def run(self, owner: ConnectorOwner) -> Handshake:
        """Open the connection. Raises ConnectFailed."""
        config = self._config
        url = checked_url(config)
        own_headers(config)  # before a token is spent
        where = parse_uri(url)
        try:
            proxy = await proxy_for(config.proxy, where.host, where.port, secure=where.secure)
        except ProxyFailed as error:
            raise ConnectFailed(FailureKind.PROXY, error.sentence, error.hint) from None
        if where.secure:
            try:
                # In a thread: it reads files, and the first time a library.
                self._tls = await asyncio.to_thread(_tls, address_of(where.host, where.port), config)
            except TrustError as error:
                raise ConnectFailed(FailureKind.TLS, error.sentence, error.hint) from None
        await self._take_token()
        self._opening = prepare(config, url, self._token, reused=self._reused)
        self._connector = Connector(
            self._opening.url,
            owner=owner,
            dial=Dial(proxy, config.address_family),
            subprotocols=self._opening.subprotocols,
            compression=config.compression,
            max_message_bytes=config.max_message_bytes,
            tls=self._tls,
            tls_timeout_s=config.open_timeout_s,
            close_timeout_s=config.close_timeout_s,
            server_name=config.tls.server_name,
            origin=config.origin,
            headers=self._opening.headers,
        )
        limit = asyncio.timeout(config.open_timeout_s)
        try:
            async with limit:
                await self._connector.connect()
        except (OSError, WebSocketException, UnicodeError, ProxyFailed) as error:
            # Not chained: texts of the library's errors hold the URL and the subprotocols, and so the token.
            self._error = error
            handshake = await self._give_up()
            raise self._failure(error, handshake, overdue=limit.expired()) from None
        except BaseException:
            await self._give_up()
            raise
        return cast("Handshake", self.handshake)  # told by the tap before connect() returns

    def requested(self, request: Request) -> None:
        """The upgrade request, token included, goes out now."""
        self._request = request
        self._requested_s = time.perf_counter()
        if self._token is not None:
            self._used.add(self._token.text)
            token = self._token
            use = TokenUse(token.source, token.expires_unix_s, self._reused, token.issued_unix_s)
            self._life.tell(self._listener.on_token, use)

    def upgraded(self) -> None:
        """The server switched protocols."""
        self.handshake = self._handshake_now()
        self._life.answered(self.handshake)

    async def _take_token(self) -> None:
        started = time.perf_counter()
        try:
            self._token = await take_token(self._source, self._used)
        except TokenError as error:
            raise ConnectFailed(FailureKind.TOKEN, error.sentence, error.hint, untrusted=error.untrusted) from None
        if isinstance(self._source, ClientCredentials):
            self._token_ms = (time.perf_counter() - started) * 1000
        self._reused = self._token is not None and self._token.text in self._used

    async def _give_up(self) -> Handshake:
        """Leave nothing behind; an upgrade that was asked for is told as it stands, unless it was told already."""
        handshake = self.handshake
        if handshake is None:
            handshake = self.handshake = self._handshake_now()
            if self._request is not None:
                self._life.answered(handshake)
        if self._life.was_open:
            self._life.dropped = "The inspector dropped TCP because connecting was cancelled."
            self._life.dropped_by_user = True
        await self._connector.dispose()
        return handshake

    def _handshake_now(self) -> Handshake:
        upgrade_ms = (time.perf_counter() - self._requested_s) * 1000 if self._request is not None else None
        handshake = handshake_of(
            self._opening, self._connector, self._request, tls=self._tls, upgrade_ms=upgrade_ms, token_ms=self._token_ms
        )
        if isinstance(self._error, ssl.SSLError) and is_distrust(self._error):
            sentence, _ = tls_words(self._error, self._host_shown, "ws", self._seen_tls(handshake))
            handshake = dataclasses.replace(handshake, distrust=sentence)
        return handshake

    @property
    def _host_shown(self) -> str:
        return self._config.tls.server_name or self._connector.ws_uri.host

    def _seen_tls(self, handshake: Handshake) -> SeenTls | None:
        return self._tls.seen(handshake.certificates) if self._tls is not None else None

    def _failure(self, error: Exception, handshake: Handshake, *, overdue: bool) -> ConnectFailed:
        uri = self._connector.ws_uri
        lost = self._connector.tapped.connection_exc if self._connector.tapped is not None else None
        return explain(
            error,
            Situation(
                phase=self._connector.phase,
                host=uri.host,
                proxy=self._connector.dial.proxy,
                server_name=self._config.tls.server_name,
                family=self._config.address_family,
                tls=self._seen_tls(handshake),
                tls_lost=lost if isinstance(lost, ssl.SSLError) else None,
                port=uri.port,
                secure=uri.secure,
                open_timeout_s=self._config.open_timeout_s,
                overdue=overdue,
                reset=isinstance(lost, ConnectionError),
                handshake=handshake,
                secrets=self._opening.secrets,
                token_expires_unix_s=self._token.expires_unix_s if self._token is not None else None,
            ),
        )


def _tls(address: str, config: ConnectionConfig) -> WatchedTls:
    import_module("cryptography.x509")
    return WatchedTls(address, config.ca_file, config.tls)
