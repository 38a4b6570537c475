"""TCP that ends or falls silent below the WebSocket."""

from __future__ import annotations

import asyncio
import contextlib
import select
import socket
from typing import TYPE_CHECKING

from .. import faults

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection

    Values = Mapping[str, Value]

_WATCH_S = 0.2
_GONE = getattr(select, "POLLRDHUP", 0)


async def _reset(connection: TenantConnection, _values: Values) -> None:
    faults.drop(connection)


async def _end(connection: TenantConnection, _values: Values) -> None:
    connection.socket.deaf = True
    connection.socket.transport.close()


async def _half_close(connection: TenantConnection, _values: Values) -> None:
    transport = connection.socket.transport
    if transport.can_write_eof():
        connection.socket.send_raw(b"")
        return
    # TLS knows no half-closed connection: TCP below it is.
    with contextlib.suppress(OSError):
        transport.get_extra_info("socket").shutdown(socket.SHUT_WR)


async def _silence(connection: TenantConnection, _values: Values) -> None:
    connection.socket.deaf = connection.socket.mute = True


async def _no_pong(connection: TenantConnection, _values: Values) -> None:
    connection.socket.pongless = True


async def _stop_reading(connection: TenantConnection, _values: Values) -> None:
    """Until :meth:`TenantConnection.calm`, or until the client has gone, which nothing else would notice."""
    transport = connection.socket.transport
    raw = transport.get_extra_info("socket")
    transport.pause_reading()
    while hasattr(select, "poll") and raw is not None and raw.fileno() >= 0:
        poll = select.poll()
        poll.register(raw.fileno(), _GONE)
        if poll.poll(0):
            break
        await asyncio.sleep(_WATCH_S)
    else:
        return
    connection.socket.deaf = True
    transport.resume_reading()


TCP: Mapping[str, Callable[[TenantConnection, Values], Coroutine[Any, Any, None]]] = {
    "tcp-reset": _reset,
    "tcp-end": _end,
    "tcp-half-close": _half_close,
    "silence": _silence,
    "no-pong": _no_pong,
    "stop-reading": _stop_reading,
}
