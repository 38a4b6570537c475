"""What can be made to go wrong on one connection (RFC 6455 sections 5.5 and 7)."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

from websockets.exceptions import ConnectionClosed
from websockets.frames import Close, Frame, Opcode
from websockets.protocol import State

from .envelopes import COMPLETED, reply_to

if TYPE_CHECKING:
    from .connection import TenantConnection

MAX_REASON_BYTES = 123


async def close(connection: TenantConnection, code: int | None, reason: str) -> None:
    """Send a close frame and wait for the end: any code, also those that must not be sent; None for an empty frame.

    Written past the library's check of codes, yet through its state, so that nothing follows the close frame.
    """
    data = b"" if code is None else struct.pack("!H", code) + reason.encode()
    protocol = connection.socket.protocol
    try:
        async with connection.socket.send_context():
            protocol.send_frame(Frame(Opcode.CLOSE, data))
            protocol.close_sent = Close(1005 if code is None else code, reason)
            protocol.state = State.CLOSING
    except ConnectionClosed:
        return


def drop(connection: TenantConnection) -> None:
    """End TCP by a reset, with no close frame: the client sees 1006."""
    transport = connection.socket.transport
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    transport.abort()


async def orphan(connection: TenantConnection, action: str, correlation_id: str) -> None:
    """Send an answer to a request that nobody made."""
    reply = reply_to({"action": action, "correlationId": correlation_id}, connection.service.stamps, readable=True)
    await connection.send(reply.response(COMPLETED, {"content": "This answers a request that was never made."}))


async def ping(connection: TenantConnection, data: bytes) -> None:
    """Send a ping; the pong is not waited for."""
    try:
        await connection.socket.ping(data or None)
    except ConnectionClosed:
        return
