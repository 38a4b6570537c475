"""Frames made by hand, sound or not: any opcode, any bits, any payload, masked or not (RFC 6455 section 5.2)."""

from __future__ import annotations

from dataclasses import dataclass

from .payload_faults import close_fault
from .wire import header_problem, read_header, unmask

CONTINUATION, TEXT, CLOSE = 0x0, 0x1, 0x8
MAX_MADE_BYTES = 16 << 20
"""The longest payload that is made by hand."""
_LENGTH_16, _LENGTH_64 = 126, 127


@dataclass(frozen=True, slots=True)
class MadeFrame:
    """One frame as the user wants it."""

    opcode: int
    payload: bytes = b""
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    masked: bool = True
    announced: int | None = None
    """The length that the header announces where it is not the payload's."""
    key: bytes = b""
    """The masking key (4 bytes); empty for one that is made when the frame is sent."""

    def wire(self, key: bytes = b"") -> bytes:
        """The bytes to write; ``key`` is the masking key where the frame has none of its own."""
        key = self.key or key
        length = len(self.payload) if self.announced is None else self.announced
        bits = self.fin << 7 | self.rsv1 << 6 | self.rsv2 << 5 | self.rsv3 << 4
        mask = 0x80 if self.masked else 0
        if length < _LENGTH_16:
            head = bytes([bits | self.opcode, mask | length])
        elif length < 1 << 16:
            head = bytes([bits | self.opcode, mask | _LENGTH_16]) + length.to_bytes(2, "big")
        else:
            head = bytes([bits | self.opcode, mask | _LENGTH_64]) + length.to_bytes(8, "big")
        return head + key + unmask(self.payload, key) if self.masked else head + self.payload

    def problem(self, *, deflate: bool = False) -> str:
        """What breaks RFC 6455 in it, in words; empty when nothing does. What came before it is not looked at."""
        header = read_header(self.wire(bytes(4)))
        assert header is not None
        found = [header_problem(header, deflate=deflate, from_client=True)]
        if self.announced is not None and self.announced != len(self.payload):
            found.append(
                f"the header announces {self.announced:,} payload bytes, {len(self.payload):,} follow: what comes "
                "after is taken for the rest"
            )
        if self.opcode == TEXT and self.fin and not self.rsv1:
            found.append(_text_problem(self.payload))
        if self.opcode == CLOSE:
            found.append(_close_problem(self.payload))
        return "; ".join(filter(None, found))

    @property
    def close(self) -> tuple[int, str]:
        """Code and reason of a close frame; 1005 for one without a code."""
        if len(self.payload) < 2:
            return 1005, ""
        return int.from_bytes(self.payload[:2], "big"), self.payload[2:].decode(errors="replace")


def close_payload(code: int | None, reason: str) -> bytes:
    """The payload of a close frame with any code; None for an empty one."""
    return b"" if code is None else code.to_bytes(2, "big") + reason.encode(errors="surrogatepass")


def _text_problem(payload: bytes) -> str:
    try:
        payload.decode()
    except UnicodeDecodeError as error:
        return f"the text is not UTF-8: {error.reason} at byte {error.start:,} (RFC 6455 section 8.1)"
    return ""


def _close_problem(payload: bytes) -> str:
    return close_fault(payload)
