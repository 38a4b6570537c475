"""What the user lets this side do wrong on purpose, on one connection; each of it is told and remembered."""

from __future__ import annotations

import os
import socket
import struct
from typing import TYPE_CHECKING

from websockets.protocol import State

from ..errors import InspectorError
from .made_frames import MAX_MADE_BYTES

if TYPE_CHECKING:
    import asyncio

    from .connector import TappedConnection
    from .life import Life
    from .made_frames import MadeFrame
    from .read_gate import ReadGate


class OnPurpose:
    """Breaks the rules on an open connection, whose ending will say so."""

    def __init__(self, connection: TappedConnection, gate: ReadGate | None, life: Life) -> None:
        self._connection = connection
        self._gate = gate
        self._life = life

    async def send(self, frame: MadeFrame) -> None:
        """Write a frame as it is, also after a close frame. Raises InspectorError where nothing can be written."""
        if len(frame.payload) > MAX_MADE_BYTES:
            raise InspectorError(f"A frame made by hand takes at most {MAX_MADE_BYTES:,} bytes.")
        connection = self._writable("The frame")
        if connection.protocol.send_made(frame, os.urandom(4)):
            self._life.broken_frames += 1
        connection.send_data()
        try:
            await connection.drain()
        except OSError as lost:
            raise InspectorError(
                "The connection ended while the frame was being sent; it may not have arrived."
            ) from lost

    def reset(self) -> None:
        """End TCP by RST."""
        transport = self._connection.transport
        raw: socket.socket | None = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("hh" if os.name == "nt" else "ii", 1, 0))
        if not self._life.dropped:
            self._life.dropped = "The inspector reset TCP (RST) because the user asked for it."
            self._life.dropped_by_user = True
        transport.abort()

    def half_close(self) -> None:
        """End this direction of TCP and go on reading. Raises InspectorError under TLS, which cannot do it."""
        connection = self._writable("The end of TCP")
        if not connection.transport.can_write_eof():
            raise InspectorError(
                "TLS has no half-closed connections.", "Reset or drop TCP instead, or connect without TLS."
            )
        connection.protocol.mouth_shut = True
        connection.transport.write_eof()
        self._life.did_on_purpose("end its direction of TCP (half-close)")

    def stop_reading(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Read nothing more from TCP, so that what the server sends fills the buffers on the way; or read on."""
        if self._gate is None:
            raise InspectorError("Reading cannot be stopped on this connection.")
        if on:
            self._gate.hold()
            self._life.did_on_purpose("stop reading")
        else:
            self._gate.release()

    def leave_pings(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Answer no pings; or answer them again."""
        self._connection.protocol.pongless = on
        if on:
            self._life.did_on_purpose("leave pings unanswered")

    def _writable(self, what: str) -> TappedConnection:
        connection = self._connection
        transport: asyncio.Transport = connection.transport
        if connection.protocol.state is State.CLOSED or transport.is_closing():
            raise InspectorError(f"{what} was not sent: TCP has ended.", "Connect first.")
        if connection.protocol.mouth_shut:
            raise InspectorError(f"{what} was not sent: this side has ended its direction of TCP.", "Connect again.")
        return connection
