"""Traces of running sessions to a collector: switched on and off, for any number of sessions, never in their way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from psygnal import Signal

from ..tasks import Tasks
from .answers import shown_endpoint
from .delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..session import Session
    from .feed import SessionFeed
    from .sender import SpanSender
    from .settings import Collector

_LOOK_S = 0.5
_LAST_S = 2.0
"""How long the last spans may take when sending is switched off."""


class LiveTraces:
    """Knows the sessions, and sends what ends in them while it is on. Off to begin with.

    All methods and signals belong to the event loop's thread.
    """

    told = Signal(str, str)
    """Kind (``ok`` or ``warning``) and sentence: nothing is delivered any more, or all is well again."""

    def __init__(self, on_error: Callable[[str, BaseException], None]) -> None:
        self._tasks = Tasks("traces", on_error)
        self._sessions: dict[int, Session] = {}
        self._feeds: dict[int, SessionFeed] = {}
        self._sender: SpanSender | None = None
        self._last = Delivery()
        self._watching: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """What ends is sent."""
        return self._sender is not None

    @property
    def place(self) -> str:
        """Host and port of the collector; empty while off."""
        return shown_endpoint(self._sender.collector.endpoint) if self._sender is not None else ""

    @property
    def delivery(self) -> Delivery:
        """The account since sending was last switched on."""
        return self._sender.delivery if self._sender is not None else self._last

    def watch(self, session: Session) -> None:
        """Take a session in."""
        self._sessions[id(session)] = session
        if self._sender is not None:
            self._feed(session, self._sender)

    async def unwatch(self, session: Session) -> None:
        """Hand over what has ended in a session and let it go; after its end, before its store is closed."""
        self._sessions.pop(id(session), None)
        feed = self._feeds.pop(id(session), None)
        if feed is not None:
            await feed.finish()

    async def switch_on(self, collector: Collector) -> None:
        """Send to this collector from now on; to another one than before, where it was on.

        Raises InspectorError for a CA file that cannot be used; then it is off.
        """
        await self.switch_off()
        self._sender = sender = await asyncio.to_thread(_sender, collector)
        for session in self._sessions.values():
            self._feed(session, sender)
        self._watching = self._tasks.start(self._look(sender), "watch the delivery")

    async def switch_off(self, limit_s: float = _LAST_S) -> None:
        """Hand over what has ended, send what waits for ``limit_s`` at most, and stop. What is left is counted."""
        sender, self._sender = self._sender, None
        if sender is None:
            return
        self._last = sender.delivery
        feeds, self._feeds = self._feeds, {}
        await asyncio.gather(*(feed.finish() for feed in feeds.values()))
        if self._watching is not None:
            self._watching.cancel()
        await asyncio.to_thread(sender.close, limit_s)
        self._last = sender.delivery
        self._watching = None

    async def aclose(self, limit_s: float = _LAST_S) -> None:
        """Switch off, and wait for all that runs; after the sessions have ended, before their stores are closed."""
        await self.switch_off(limit_s)
        await self._tasks.cancel()

    def _feed(self, session: Session, sender: SpanSender) -> None:
        from .feed import SessionFeed

        self._feeds[id(session)] = SessionFeed(session, sender, self._tasks)

    async def _look(self, sender: SpanSender) -> None:
        """Tell the beginning of an outage, and its end, once each."""
        told, lost_before = False, 0
        while True:
            await asyncio.sleep(_LOOK_S)
            now = sender.delivery
            if now.not_delivered > lost_before and not told:
                told = True
                place = shown_endpoint(sender.collector.endpoint)
                self.told.emit("warning", f"Traces are not delivered to {place}. {now.problem}")
            elif told and not now.problem and now.not_delivered == lost_before and now.waiting == 0:
                told = False
                count = now.not_delivered
                lost = "1 span was" if count == 1 else f"{count:,} spans were"
                self.told.emit("ok", f"Traces are delivered again; {lost} not.")
            lost_before = now.not_delivered


def _sender(collector: Collector) -> SpanSender:
    # OpenTelemetry's libraries take their time to load: only where they are used, and not on the loop's thread.
    from .feed import SessionFeed  # noqa: F401
    from .sender import SpanSender

    return SpanSender(collector)
