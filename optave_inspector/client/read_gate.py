"""Back pressure: reading from the socket pauses while whoever takes the frames is not ready for more."""

from __future__ import annotations

import asyncio
import select
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

UNJUDGED_BYTES = 1 << 19
"""So much may come in before ``ready`` has said that it goes on: two full reads of the socket. It is asked between two,
so that reading need not stop and start again each time."""
LAST_BYTES = 64 << 20
"""So much is read whether anybody is ready or not once the peer has gone: more than a socket's buffer usually holds."""

_WATCH_S = 0.2
_GONE = getattr(select, "POLLRDHUP", 0)
"""Ended by the peer; the kernel tells of resets unasked. Only Linux knows it before all that came was read."""


class ReadGate:
    """Pauses a transport until ``ready()`` returns, once more than UNJUDGED_BYTES came since it last did.

    Nothing is dropped: TCP makes the sender wait. While paused, the socket is asked five times a second whether the
    peer has gone; then what is left in it, of which there will be no more, is read at once, up to LAST_BYTES, so that
    the end is told when it happens. Run :meth:`run` as a task for as long as the transport lives.
    """

    def __init__(self, transport: asyncio.Transport, ready: Callable[[], Awaitable[None]]) -> None:
        self._transport = transport
        self._ready = ready
        self._unjudged = 0
        self._limit = UNJUDGED_BYTES
        self._came = asyncio.Event()
        self._watch: asyncio.TimerHandle | None = None
        self.paused = False
        """Whether the socket is not being read at this moment."""
        self.held = False
        """It is not read because the user wants it so."""

    def hold(self) -> None:
        """Stop reading until :meth:`release`, or until the peer has gone."""
        self.held = True
        if not self.paused:
            self.paused = True
            self._transport.pause_reading()
            self._watch_peer()

    def release(self) -> None:
        """Read on."""
        if self.held:
            self.held = False
            if self.paused:
                self._resume()
                self._came.set()

    def bytes_came(self, size: int) -> None:
        """``size`` bytes were read, or came of inflating what was read, and were handed on."""
        self._unjudged += size
        self._came.set()
        if self._unjudged >= self._limit and not self.paused:
            self.paused = True
            self._transport.pause_reading()
            self._watch_peer()

    async def run(self, resumed: Callable[[], None]) -> None:
        """Ask ``ready`` after each arrival; ``resumed`` is called when reading goes on after a pause."""
        try:
            while True:
                await self._came.wait()
                self._came.clear()
                await self._ready()
                self._unjudged = 0
                if self.paused and not self.held:
                    self._resume()
                    resumed()
        finally:
            if self._watch is not None:
                self._watch.cancel()

    def _resume(self) -> None:
        self.paused = False
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        self._transport.resume_reading()

    def _watch_peer(self) -> None:
        if self._limit == UNJUDGED_BYTES and hasattr(select, "poll"):
            self._watch = asyncio.get_running_loop().call_later(_WATCH_S, self._look)

    def _look(self) -> None:
        if self._peer_has_gone():
            self._limit = LAST_BYTES
            self.held = False
            self._resume()
        else:
            self._watch_peer()

    def _peer_has_gone(self) -> bool:
        sock = self._transport.get_extra_info("socket")
        if sock is None or sock.fileno() < 0:
            return True
        poll = select.poll()
        poll.register(sock.fileno(), _GONE)
        return bool(poll.poll(0))
