"""Keepalive pings, for when the user switches them on (RFC 6455 section 5.5.2)."""

from __future__ import annotations

import asyncio
import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Keepalive:
    """Pings at an interval and gives up on a peer that says nothing at all after a ping.

    Any byte counts as a sign of life, since a pong waits behind the frames before it. While reading is paused, nothing
    is judged: the pong may be waiting in the socket.
    """

    def __init__(
        self,
        interval_s: float,
        timeout_s: float,
        *,
        ping: Callable[[bytes], None],
        give_up: Callable[[], None],
        paused: Callable[[], bool],
    ) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._ping = ping
        self._give_up = give_up
        self._paused = paused
        self._awaited = b""
        self._answered = asyncio.Event()
        self._heard_s = 0.0

    def heard(self) -> None:
        """Bytes came, or reading goes on after a pause."""
        self._heard_s = asyncio.get_running_loop().time()

    def pong(self, payload: bytes) -> None:
        """A pong came."""
        if payload == self._awaited:
            self._answered.set()

    async def run(self) -> None:
        """Ping until cancelled or given up."""
        while True:
            await asyncio.sleep(self._interval_s)
            self._awaited = os.urandom(4)
            self._answered.clear()
            self._ping(self._awaited)
            self.heard()
            if not await self._answer_came():
                self._give_up()
                return

    async def _answer_came(self) -> bool:
        loop = asyncio.get_running_loop()
        while not self._answered.is_set():
            left_s = self._timeout_s
            if not self._paused():
                left_s += self._heard_s - loop.time()
            if left_s <= 0:
                return False
            # Not asyncio.wait_for: in Python 3.11 it swallows a cancellation that comes together with the answer.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(left_s):
                    await self._answered.wait()
        return True
