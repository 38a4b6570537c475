"""What was seen and is not stored yet, and back pressure from it: reading waits, and nothing is ever lost."""

from __future__ import annotations

import asyncio

_ENTRIES = 20_000
_BYTES = 64 * 2**20
"""Beyond either, reading from the socket waits until the store has caught up."""


class Backlog:
    """Counts frames and notes, on the event loop's thread, between being seen and being stored."""

    def __init__(self) -> None:
        self._entries = 0
        self._bytes = 0
        self._drained = asyncio.Event()
        self._drained.set()
        self._stored_some = asyncio.Event()

    def note(self) -> None:
        """A note was made. It does not hold up reading: few are made, and not by the other side."""
        self._entries += 1

    def frame(self, size: int) -> None:
        """A frame came or went."""
        self._entries += 1
        self._bytes += size
        if self._entries > _ENTRIES or self._bytes > _BYTES:
            self._drained.clear()

    def caught_up(self, entries: int, size: int) -> None:
        """So much was stored."""
        self._entries -= entries
        self._bytes -= size
        self._stored_some.set()
        if self._entries <= _ENTRIES // 2 and self._bytes <= _BYTES // 2:
            self._drained.set()

    async def drained(self) -> None:
        """Wait until more may be read."""
        await self._drained.wait()

    async def empty(self) -> None:
        """Wait until all is stored."""
        while self._entries:
            self._stored_some.clear()
            await self._stored_some.wait()
