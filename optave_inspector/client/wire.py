"""Frames read straight from bytes, for what the library refuses to read or no longer reads (RFC 6455 section 5.2).

The library stops at the first fault: a reserved opcode, a masked frame from the server, a control frame that is too
long; and it throws away what follows a close frame or a fault. This reader goes on, judges nothing away and names what
is wrong, so that the offending bytes can be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

KEPT_PAYLOAD_BYTES = 1 << 20
"""Of a frame that is not processed, this much payload is kept; the rest is counted only."""

_CONTROL = 0x8
_LENGTH_16, _LENGTH_64 = 126, 127
_LONGEST_CONTROL_PAYLOAD = 125
_LONGEST_HEADER = 14
_LENGTH_BYTES = {_LENGTH_16: 2, _LENGTH_64: 8}
_DEFINED_OPCODES = frozenset({0x0, 0x1, 0x2, 0x8, 0x9, 0xA})


@dataclass(frozen=True, slots=True)
class FrameHeader:
    """The fixed part of a frame, as it is on the wire."""

    fin: bool
    rsv1: bool
    rsv2: bool
    rsv3: bool
    opcode: int
    mask: bytes | None
    """The masking key; None for an unmasked frame."""
    length: int
    """Payload bytes that the header announces."""
    size: int
    """Bytes of the header itself, mask included."""


@dataclass(frozen=True, slots=True)
class WireFrame:
    """One frame, whole or cut off. ``payload`` is unmasked, never inflated, and at most KEPT_PAYLOAD_BYTES long."""

    header: FrameHeader
    payload: bytes
    wire_size: int
    """Bytes that came, header included."""

    @property
    def whole(self) -> bool:
        """Whether all the bytes that the header announces have come."""
        return self.wire_size == self.header.size + self.header.length


def read_header(data: bytes | bytearray) -> FrameHeader | None:
    """The header at the start of ``data``; None when more bytes are needed."""
    if len(data) < 2:
        return None
    first, second = data[0], data[1]
    length = second & 0x7F
    size = 2
    if extended := _LENGTH_BYTES.get(length, 0):
        size += extended
        if len(data) < size:
            return None
        length = int.from_bytes(data[2:size], "big")
    mask = None
    if second & 0x80:
        if len(data) < size + 4:
            return None
        mask = bytes(data[size : size + 4])
        size += 4
    return FrameHeader(
        fin=bool(first & 0x80),
        rsv1=bool(first & 0x40),
        rsv2=bool(first & 0x20),
        rsv3=bool(first & 0x10),
        opcode=first & 0x0F,
        mask=mask,
        length=length,
        size=size,
    )


def shortest_header(length: int) -> int:
    """Bytes of the shortest unmasked header for a payload of ``length`` bytes (RFC 6455 section 5.2)."""
    if length < _LENGTH_16:
        return 2
    return 4 if length < 1 << 16 else 10


def header_problem(header: FrameHeader, *, deflate: bool, from_client: bool = False) -> str:
    """What is wrong with a server's frame, or a client's, by its header alone, in words; empty when nothing is.

    ``deflate`` tells whether permessage-deflate was negotiated, which gives RSV1 a meaning (RFC 7692 section 6).
    """
    found = []
    control = bool(header.opcode & _CONTROL)
    if header.opcode not in _DEFINED_OPCODES:
        found.append(f"opcode 0x{header.opcode:X} is reserved (RFC 6455 section 5.2)")
    if from_client and header.mask is None:
        found.append("a client must mask its frames (RFC 6455 section 5.1)")
    elif header.mask is not None and not from_client:
        found.append("a server must not mask its frames (RFC 6455 section 5.1)")
    reserved = [
        name
        for name, is_set in (
            ("RSV1", header.rsv1 and (not deflate or control or header.opcode == 0)),
            ("RSV2", header.rsv2),
            ("RSV3", header.rsv3),
        )
        if is_set
    ]
    if reserved:
        found.append(f"{', '.join(reserved)} set without an extension that defines it (RFC 6455 section 5.2)")
    if control and not header.fin:
        found.append("a control frame must not be fragmented (RFC 6455 section 5.5)")
    if control and header.length > _LONGEST_CONTROL_PAYLOAD:
        found.append(f"a control frame carries at most 125 bytes, this one {header.length:,} (RFC 6455 section 5.5)")
    if header.length >= 1 << 63:
        found.append("the highest bit of the length must be 0 (RFC 6455 section 5.2)")
    if header.size - (4 if header.mask else 0) != shortest_header(header.length):
        found.append("the length is not written in the fewest bytes (RFC 6455 section 5.2)")
    return "; ".join(found)


def unmask(data: bytes | bytearray, mask: bytes) -> bytes:
    """``data`` with the masking key applied or taken off (RFC 6455 section 5.3)."""
    key = (mask * (len(data) // 4 + 1))[: len(data)]
    return (int.from_bytes(data, "big") ^ int.from_bytes(key, "big")).to_bytes(len(data), "big")


class WireReader:
    """Reads one direction of a connection from some frame boundary on.

    Give it bytes as they come with :meth:`feed`; ask :meth:`rest` for the unfinished frame when no more will come.
    """

    def __init__(self) -> None:
        self._header: FrameHeader | None = None
        self._pending = bytearray()
        self._came = 0

    def feed(self, data: bytes | bytearray) -> Iterator[WireFrame]:
        """Take ``data`` and yield each frame that is now whole. Never raises on any input."""
        offset = 0
        while offset < len(data):
            if self._header is None:
                known = len(self._pending)
                self._pending += data[offset : offset + _LONGEST_HEADER - known]
                header = read_header(self._pending)
                if header is None:
                    return
                self._header = header
                self._pending.clear()
                offset += header.size - known
            taken = min(self._header.length - self._came, len(data) - offset)
            keep = max(0, min(taken, KEPT_PAYLOAD_BYTES - len(self._pending)))
            self._pending += data[offset : offset + keep]
            self._came += taken
            offset += taken
            if self._came == self._header.length:
                yield self._frame(self._header)

    def rest(self) -> WireFrame | bytes:
        """What is left: a frame whose payload is cut off, or the bytes of an unfinished header (empty: nothing)."""
        if self._header is not None:
            return self._frame(self._header)
        rest = bytes(self._pending)
        self._pending.clear()
        return rest

    def _frame(self, header: FrameHeader) -> WireFrame:
        payload = bytes(self._pending)
        if header.mask is not None:
            payload = unmask(payload, header.mask)
        frame = WireFrame(header, payload, header.size + self._came)
        self._header = None
        self._pending.clear()
        self._came = 0
        return frame
