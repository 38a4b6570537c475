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
    import asyncio

    from .connection import TenantConnection

MAX_REASON_BYTES = 123


async def close(connection: TenantConnection, code: int | None, reason: str) -> None:
    """Send a close frame and wait for the end: any code, also those that must not be sent; None for an empty frame."""
    try:
        async with connection.socket.send_context():
            _make_close(connection, b"" if code is None else struct.pack("!H", code) + reason.encode())
    except ConnectionClosed:
        return


async def close_raw(connection: TenantConnection, payload: bytes) -> None:
    """Send a close frame with this payload, whatever it is, and wait for the end."""
    try:
        async with connection.socket.send_context():
            _make_close(connection, payload)
    except ConnectionClosed:
        return


def write_close(connection: TenantConnection, code: int, reason: str) -> None:
    """Write a close frame and wait for nothing; nothing happens where one was sent already."""
    socket = connection.socket
    if socket.protocol.state is State.OPEN:
        _make_close(connection, struct.pack("!H", code) + reason.encode())
        socket.send_data()


def drop(connection: TenantConnection) -> None:
    """End TCP by a reset, with no close frame: the client sees 1006."""
    reset(connection.socket.transport)


def reset(transport: asyncio.Transport) -> None:
    """End TCP by RST."""
    raw: socket.socket | None = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
    transport.abort()


def _make_close(connection: TenantConnection, payload: bytes) -> None:
    # Past the library's check of codes, yet through its state, so that nothing follows the close frame.
    protocol = connection.socket.protocol
    protocol.send_frame(Frame(Opcode.CLOSE, payload))
    code = int.from_bytes(payload[:2]) if len(payload) >= 2 else 1005
    protocol.close_sent = Close(code, payload[2:].decode(errors="replace"))
    protocol.state = State.CLOSING


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
