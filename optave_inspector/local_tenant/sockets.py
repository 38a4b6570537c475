"""The tenant's end of one TCP connection: the library's, with ears that can be closed and a mouth that can be held."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection
from websockets.protocol import State

from ..tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable

OPEN_TIMEOUT_S = 10.0
"""How long a client may take for its upgrade request."""
_PONG = 0xA


class TenantSocket(ServerConnection):
    """Known from TCP's begin to its end, so that stopping reaches those, too, that never ask for an upgrade.

    The scenarios set ``deaf``, ``mute``, ``pongless`` and call :meth:`drip`; :meth:`calm` takes all back.
    """

    born: Callable[[TenantSocket], None]
    gone: Callable[[TenantSocket], None]

    deaf = False
    """What comes is read and thrown away."""
    mute = False
    """Nothing is sent."""
    pongless = False
    """No pongs are sent."""
    _dripping: asyncio.Task[None] | None = None
    _overdue: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """TCP is there."""
        super().connection_made(transport)
        self._tasks = Tasks("local tenant socket")
        self._waiting: list[bytes] = []
        self._more = asyncio.Event()
        self._overdue = self.loop.call_later(OPEN_TIMEOUT_S, self._give_up)
        self.born(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """TCP is gone."""
        if self._overdue is not None:
            self._overdue.cancel()
        if self._dripping is not None:
            self._dripping.cancel()
        self.gone(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if not self.deaf:
            super().data_received(data)

    def send_data(self) -> None:
        """Write what the protocol has to say: one piece a frame, an empty one for the end."""
        if not (self.mute or self.pongless or self._dripping is not None):
            super().send_data()
            return
        pieces = self.protocol.data_to_send()
        if self.mute:
            return
        for piece in pieces:
            if not (self.pongless and piece and piece[0] & 0x0F == _PONG):
                self.send_raw(piece)

    def send_raw(self, data: bytes) -> None:
        """Write bytes past the protocol, whatever they are; empty ones end this direction."""
        if self._dripping is not None:
            self._waiting.append(data)
            self._more.set()
        elif data:
            self.transport.write(data)
        elif self.transport.can_write_eof():
            self.transport.write_eof()
        else:
            self.transport.close()

    def hold(self) -> None:
        """The upgrade may wait for ever."""
        if self._overdue is not None:
            self._overdue.cancel()

    def drip(self, size: int, interval_s: float) -> None:
        """Let everything that is sent trickle: ``size`` bytes at a time."""
        self._stop_dripping()
        self._dripping = self._tasks.start(self._drip(size, interval_s), "drip")

    def calm(self) -> None:
        """Behave again; what still trickles goes out at once."""
        self.deaf = self.mute = self.pongless = False
        self._stop_dripping()
        if not self.transport.is_closing():
            self.transport.resume_reading()

    def _stop_dripping(self) -> None:
        if self._dripping is not None:
            self._dripping.cancel()
            self._dripping = None
            waiting, self._waiting = self._waiting, []
            for piece in waiting:
                self.send_raw(piece)

    async def _drip(self, size: int, interval_s: float) -> None:
        while True:
            await self._more.wait()
            self._more.clear()
            while self._waiting:
                piece = self._waiting[0]
                if not piece:
                    self._dripping = None
                    self._waiting.clear()
                    self.send_raw(b"")
                    return
                # Taken off before it is written, so that being cancelled between two pieces repeats nothing.
                self._waiting[0] = piece[size:]
                if not self._waiting[0]:
                    del self._waiting[0]
                self.transport.write(piece[:size])
                await asyncio.sleep(interval_s)

    def _give_up(self) -> None:
        if self.protocol.state is State.CONNECTING:
            self.transport.abort()
