"""Back pressure: reading from the socket pauses while whoever takes the frames is not ready for more."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

UNJUDGED_BYTES = 1 << 18
"""So much may come in before ``ready`` has said that it goes on: one full read of the socket."""


class ReadGate:
    """Pauses a transport until ``ready()`` returns, once more than UNJUDGED_BYTES came since it last did.

    Nothing is dropped: TCP makes the sender wait. Run :meth:`run` as a task for as long as the transport lives.
    """

    def __init__(self, transport: asyncio.ReadTransport, ready: Callable[[], Awaitable[None]]) -> None:
        self._transport = transport
        self._ready = ready
        self._unjudged = 0
        self._came = asyncio.Event()
        self.paused = False
        """Whether the socket is not being read at this moment."""

    def bytes_came(self, size: int) -> None:
        """``size`` bytes were read and handed on."""
        self._unjudged += size
        self._came.set()
        if self._unjudged >= UNJUDGED_BYTES and not self.paused:
            self.paused = True
            self._transport.pause_reading()

    async def run(self, resumed: Callable[[], None]) -> None:
        """Ask ``ready`` after each arrival; ``resumed`` is called when reading goes on after a pause."""
        while True:
            await self._came.wait()
            self._came.clear()
            await self._ready()
            self._unjudged = 0
            if self.paused:
                self.paused = False
                resumed()
                self._transport.resume_reading()
