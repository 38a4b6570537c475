"""The WebSocket side of the local tenant: the listening port and its open connections."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from typing import TYPE_CHECKING

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.frames import CloseCode

from .bench import Bench
from .connection import Orders, Service, TenantConnection
from .envelopes import Stamps
from .handshake import Doorkeeper
from .sockets import TenantSocket

if TYPE_CHECKING:
    import ssl

    from ..protocol.contract import Contract
    from .settings import TenantSettings
    from .tokens import TokenIssuer

_log = logging.getLogger(__name__)
MAX_MESSAGE_BYTES = 2**20
"""Beyond this the connection is closed with 1009. Envelopes of the size limit fit in whatever they are written."""
_CLOSE_TIMEOUT_S = 5.0
_STOP_TIMEOUT_S = 1.0
"""How long clients have to answer the closing handshake when the tenant stops."""
_TLS_HANDSHAKE_TIMEOUT_S = 5.0
_PASSES = 5


class WebSocketSide:
    """Accepts, serves and closes connections. ``start`` once, ``stop`` once."""

    def __init__(self, settings: TenantSettings, issuer: TokenIssuer, contract: Contract | None) -> None:
        self.orders = Orders()
        self.bench = Bench()
        self.opened = 0
        self._doorkeeper = Doorkeeper(issuer, self.bench)
        self._service = Service(settings, contract, Stamps(), self.orders, self.bench)
        self._connections: dict[str, TenantConnection] = {}
        self._sockets: set[TenantSocket] = set()
        self._server: Server | None = None
        self._stopping = False

    @property
    def connections(self) -> list[TenantConnection]:
        """The open ones, in the order of opening."""
        return list(self._connections.values())

    @property
    def refused(self) -> int:
        """Handshakes that were refused."""
        return self._doorkeeper.refused

    async def start(self, address: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Listen; the port taken. Raises OSError where it cannot be had."""

        class Socket(TenantSocket):
            """Of this server."""

            born = staticmethod(self._born)
            gone = staticmethod(self._gone)

        self._server = await serve(
            self._handle,
            address,
            port,
            ssl=tls,
            ssl_handshake_timeout=None if tls is None else _TLS_HANDSHAKE_TIMEOUT_S,
            process_request=self._doorkeeper.process_request,
            process_response=self._doorkeeper.process_response,
            open_timeout=None,  # the sockets have one of their own
            select_subprotocol=self._doorkeeper.select_subprotocol,
            server_header="optave-inspector local tenant",
            create_connection=Socket,
            max_size=MAX_MESSAGE_BYTES,
            ping_interval=None,
            close_timeout=_CLOSE_TIMEOUT_S,
        )
        taken: int = self._server.sockets[0].getsockname()[1]
        return taken

    async def stop(self) -> None:
        """Close every connection with 1001 and the port; what does not answer in time is cut off."""
        if self._server is None:
            return
        self._stopping = True
        await self._accept_no_more(self._server)
        self._server.close(close_connections=False)
        closing = [connection.socket.close(CloseCode.GOING_AWAY, "the tenant stops") for connection in self.connections]
        try:
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await asyncio.gather(*closing)
        except TimeoutError:
            _log.debug("cut off what did not answer the closing handshake")
        for socket in list(self._sockets):
            socket.transport.abort()
        with contextlib.suppress(TimeoutError):
            # From Python 3.12 on this waits for TLS handshakes, too, which cannot be reached from here.
            async with asyncio.timeout(_STOP_TIMEOUT_S):
                await self._server.wait_closed()

    @staticmethod
    async def _accept_no_more(server: Server) -> None:
        # asyncio loses a connection that it accepts in the very pass in which its server is closed: so accepting ends
        # first, and what was accepted gets the passes that it takes to become a protocol.
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError):  # Windows' loop has no readers
            for listening in server.sockets:
                loop.remove_reader(listening.fileno())
        for _ in range(_PASSES):
            await asyncio.sleep(0)

    def _born(self, socket: TenantSocket) -> None:
        if self._stopping:
            socket.transport.abort()
        self._sockets.add(socket)

    def _gone(self, socket: TenantSocket) -> None:
        self._sockets.discard(socket)
        self._doorkeeper.forget(socket)

    async def _handle(self, socket: ServerConnection) -> None:
        assert isinstance(socket, TenantSocket)
        admission, fresh = self._doorkeeper.take(socket)
        if not fresh:
            await socket.close(CloseCode.POLICY_VIOLATION, "token already used")
            return
        self.opened += 1
        connection = TenantConnection(f"c{self.opened}", socket, admission, self._service)
        self._connections[connection.identity] = connection
        _log.debug("%s opened by %s", connection.identity, admission.transport)
        self.bench.opened(connection)
        try:
            await connection.serve()
        finally:
            del self._connections[connection.identity]
