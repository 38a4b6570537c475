"""From a URL to an open WebSocket, one phase at a time: name, TCP, proxy, TLS, upgrade; each measured."""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Protocol

from websockets.asyncio.client import ClientConnection, connect
from websockets.extensions.permessage_deflate import enable_client_permessage_deflate
from websockets.typing import Origin, Subprotocol

from .. import __version__
from .dialling import Dial, Phase, ms_since
from .tap import TapProtocol
from .tap_owner import TapOwner

if TYPE_CHECKING:
    import ssl
    from collections.abc import Sequence

    from websockets.protocol import Event
    from websockets.uri import WebSocketURI

    from .tls_context import WatchedTls

_TURN_S = 0.02
_FIRST_PORTION = 1 << 14
_LARGEST_PORTION = 1 << 18
"""What asyncio reads at once."""
_SMALLEST_PORTION = 1 << 10

# The library's debug lines show the handshake with the token in it, so they are never let out.
_library_log = logging.getLogger("optave_inspector.client.websockets")
_library_log.setLevel(logging.INFO)


class ConnectorOwner(TapOwner, Protocol):
    """Who is told what happens to the connection."""

    def bytes_came(self, size: int) -> None:
        """The socket gave ``size`` bytes, and the frames in them were reported."""

    def tcp_ended(self, error: Exception | None) -> None:
        """TCP is gone; ``error`` is None for an orderly end."""

    @property
    def reading_waits(self) -> bool:
        """Whether the owner has paused reading."""


class TappedConnection(ClientConnection):
    """The library's connection without its message queue: frames leave by the tap alone.

    One read of the socket may hold 40,000 pings, a second's work. They are handed on in turns of some twenty
    milliseconds, between which the event loop is at hand; reading waits meanwhile.
    """

    protocol: TapProtocol

    def __init__(self, protocol: TapProtocol, owner: ConnectorOwner) -> None:
        super().__init__(protocol, ping_interval=None, ping_timeout=None, close_timeout=None)
        self._owner = owner
        self._rest = bytearray()
        """What was read and not handed on yet."""
        self._portion = _FIRST_PORTION
        """As many bytes of what comes at present take about a turn."""
        self._next_turn: asyncio.Handle | None = None
        self._paused = False
        """Reading waits for the rest to be handed on."""

    def process_event(self, event: Event) -> None:
        """Take the handshake response; frames were reported already."""
        if self.response is None:
            super().process_event(event)

    def send_data(self) -> None:
        """Write what was made; nothing once this side has ended its direction of TCP."""
        if self.protocol.mouth_shut:
            self.protocol.data_to_send()
        else:
            super().send_data()

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._rest:
            self._rest += data
            self._paused = True
            self.transport.pause_reading()
            return
        portion = self._portion
        self._hand_on(data[:portion])
        if len(data) > portion:
            # Reading goes on: the next turn comes before the next read, and mostly takes all of it.
            self._rest += data[portion:]
            self._next_turn = self.loop.call_soon(self._take_turn)

    def eof_received(self) -> None:
        """The server sends no more."""
        self._hand_on_rest()
        super().eof_received()

    def connection_lost(self, exc: Exception | None) -> None:
        """TCP ended."""
        self._hand_on_rest()
        super().connection_lost(exc)
        self.protocol.finish()
        self._owner.tcp_ended(exc)

    def _take_turn(self) -> None:
        portion = bytes(self._rest[: self._portion])
        del self._rest[: self._portion]
        self._hand_on(portion)
        if self._rest:
            self._next_turn = self.loop.call_soon(self._take_turn)
            return
        self._next_turn = None
        if self._paused:
            self._paused = False
            if not self._owner.reading_waits:
                self.transport.resume_reading()

    def _hand_on_rest(self) -> None:
        if self._next_turn is not None:
            self._next_turn.cancel()
            self._next_turn = None
        rest, self._rest = bytes(self._rest), bytearray()
        if rest:
            self._hand_on(rest)

    def _hand_on(self, data: bytes) -> None:
        started = time.perf_counter()
        super().data_received(data)
        self._owner.bytes_came(len(data))
        took = time.perf_counter() - started
        if took > _TURN_S:
            self._portion = max(self._portion // 2, _SMALLEST_PORTION)
        elif took < _TURN_S / 4 and len(data) >= self._portion:
            self._portion = min(self._portion * 2, _LARGEST_PORTION)


class Connector(connect):
    """One attempt to open a WebSocket. Await :meth:`connect` once; after a failure call :meth:`dispose`.

    Redirects are not followed, because the library would send the token in the subprotocols on to any host; the proxy
    is the one of ``dial``, and none from elsewhere; there is no time limit of its own.
    """

    def __init__(
        self,
        url: str,
        *,
        owner: ConnectorOwner,
        dial: Dial,
        subprotocols: Sequence[str],
        compression: bool,
        max_message_bytes: int,
        tls: WatchedTls | None,
        tls_timeout_s: float,
        close_timeout_s: float,
        server_name: str = "",
        origin: str = "",
        headers: Sequence[tuple[str, str]] = (),
    ) -> None:
        super().__init__(
            url,
            proxy=None,
            open_timeout=None,
            logger=_library_log,
            user_agent_header=f"optave-inspector/{__version__}",
            additional_headers=list(headers),
        )
        self.dial = dial
        self.tls_ms: float | None = None
        self.tapped: TappedConnection | None = None
        """The connection as soon as there is one; it stays here after a failure."""
        self._phase: Phase | None = None
        self._tls = tls
        self._server_name = server_name
        self._tls_timeout_s = tls_timeout_s + 1  # the time limit for all phases strikes first, and says which
        self._tls_shutdown_timeout_s = max(close_timeout_s, 0.001)  # zero is refused

        def make(uri: WebSocketURI) -> TappedConnection:
            protocol = TapProtocol(
                uri,
                owner=owner,
                origin=Origin(origin) if origin else None,
                extensions=enable_client_permessage_deflate(None) if compression else None,
                subprotocols=[Subprotocol(name) for name in subprotocols] or None,
                max_size=max_message_bytes,
                logger=_library_log,
            )
            self.tapped = TappedConnection(protocol, owner)
            return self.tapped

        self.factory = make

    @property
    def phase(self) -> Phase:
        """What the attempt is busy with."""
        return self._phase or self.dial.phase

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Follow nothing: show the redirect."""
        return exc

    async def open_tcp_connection(self) -> ClientConnection:
        """Connect with the host, and do the TLS handshake."""
        loop = asyncio.get_running_loop()
        sock = await self.dial.open(self.ws_uri.host, self.ws_uri.port)
        if self._tls is None:
            self._phase = Phase.UPGRADE
            _, connection = await loop.create_connection(lambda: self.factory(self.ws_uri), sock=sock)
            return connection
        self._phase = Phase.TLS
        started = time.perf_counter()
        _, connection = await loop.create_connection(
            lambda: self.factory(self.ws_uri),
            sock=sock,
            ssl=self._tls.context,
            server_hostname=self._server_name or self.ws_uri.host,
            ssl_handshake_timeout=self._tls_timeout_s,
            ssl_shutdown_timeout=self._tls_shutdown_timeout_s,
        )
        self.tls_ms = ms_since(started)
        self._tls.done()
        self._phase = Phase.UPGRADE
        return connection

    @property
    def tls_version(self) -> str:
        """TLS version and cipher; empty without TLS or before it."""
        transport = getattr(self.tapped, "transport", None)
        tls: ssl.SSLObject | None = transport.get_extra_info("ssl_object") if transport is not None else None
        if tls is None:
            return ""
        cipher = tls.cipher()
        return f"{tls.version()} {cipher[0] if cipher else ''}".strip()

    async def dispose(self) -> None:
        """Drop what there is of a connection and wait until its socket is gone."""
        if self.tapped is None:
            return
        transport = getattr(self.tapped, "transport", None)
        if transport is None:
            # The TLS handshake did not finish: the event loop drops the socket in its next rounds.
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            return
        transport.abort()
        await asyncio.shield(self.tapped.connection_lost_waiter)
