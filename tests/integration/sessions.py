"""Sessions with real sockets: a server of any manners, a session, and the wait for its ending."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import TYPE_CHECKING

from websockets.asyncio.server import ServerConnection, serve

from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import AuthTransport, ConnectionConfig
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session

if TYPE_CHECKING:
    from pathlib import Path

Handler = Callable[[ServerConnection], Awaitable[None]]


@contextlib.asynccontextmanager
async def serving(handler: Handler, **options: object) -> AsyncIterator[str]:
    """The URL of a server that treats each connection by ``handler``."""
    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"], **options) as server:  # type: ignore[list-item, arg-type]
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


@contextlib.asynccontextmanager
async def session(path: Path | None = None) -> AsyncIterator[Session]:
    """A session with a temporary capture, or with one in ``path``."""
    store = CaptureStore.create(path)
    made = Session(store, Contract(schemas()))
    try:
        yield made
    finally:
        await made.aclose()
        store.close()


def config(url: str, **options: object) -> ConnectionConfig:
    """Settings without a token, with short time limits."""
    return ConnectionConfig(url, AuthTransport.NONE, open_timeout_s=5, close_timeout_s=1, **options)  # type: ignore[arg-type]


async def ended(watched: Session, limit_s: float = 10) -> None:
    """Wait until the session's connection has ended, and for all of it to be stored."""
    over = asyncio.Event()
    watched.ended.connect(lambda _ending: over.set())
    if watched.ending is None:
        async with asyncio.timeout(limit_s):
            await over.wait()
    await watched.settled()
