"""The whole window, connected to a server of any manners."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

from websockets.asyncio.server import Server, ServerConnection, serve

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import AuthTransport
from optave_inspector.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator


@contextlib.asynccontextmanager
async def window_for(url: str) -> AsyncIterator[WindowParts]:
    """The window with a profile for ``url`` that needs no token."""
    parts = await build_window()
    try:
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.current.edit(url_template=url, auth_transport=AuthTransport.NONE, compression=False)
        yield parts
    finally:
        await take_apart(parts)


@contextlib.contextmanager
def served(handler: Callable[[ServerConnection], Awaitable[None]]) -> Iterator[str]:
    """The URL of a server in a thread with an event loop of its own, so that the window's loop has no part in it."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="server")
    thread.start()

    def run(work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, loop).result(30)

    async def start() -> Server:
        return await serve(handler, "127.0.0.1", 0, compression=None, ping_interval=None, max_size=None)

    async def stop() -> None:
        server.close()
        await server.wait_closed()

    server = run(start())
    try:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
    finally:
        run(stop())
        loop.call_soon_threadsafe(loop.stop)
        thread.join(30)
        loop.close()


class Pulse:
    """How often the loop was at hand."""

    def __init__(self) -> None:
        self.beats = 0

    async def beat(self) -> None:
        """Beat until cancelled."""
        while True:
            await asyncio.sleep(0.005)
            self.beats += 1


@contextlib.asynccontextmanager
async def pulse() -> AsyncIterator[Pulse]:
    """Feel the loop's pulse."""
    made, tasks = Pulse(), Tasks("test")
    tasks.start(made.beat(), "pulse")
    try:
        yield made
    finally:
        await tasks.cancel()
