"""What the payload of a frame may not be, in words (RFC 6455 sections 5.5.1 and 8.1)."""

from __future__ import annotations

import codecs

from websockets.exceptions import ProtocolError
from websockets.frames import Close as LibraryClose

DECODE_CHUNK = 1 << 20
"""A longer text is looked at in parts of this many bytes."""


def not_utf8(error: UnicodeDecodeError) -> str:
    """In words, where a text message is not UTF-8."""
    return f"the text is not UTF-8: {error.reason} at byte {error.start:,} (RFC 6455 section 8.1)"


def check_utf8(payload: bytes) -> None:
    """Raise UnicodeDecodeError, with its place, where a message is not UTF-8."""
    if len(payload) <= DECODE_CHUNK:
        payload.decode()
        return
    # In chunks, for a 50 MB message must not become 200 MB of text only to be looked at.
    with memoryview(payload) as view:
        start = 0
        while start < len(payload):
            end = start + DECODE_CHUNK
            try:
                start += codecs.utf_8_decode(view[start:end], "strict", end >= len(payload))[1]
            except UnicodeDecodeError as error:
                raise UnicodeDecodeError("utf-8", b"", start + error.start, start + error.end, error.reason) from None


def close_fault(payload: bytes) -> str:
    """Why a close frame may not have this payload, in words; empty when it may."""
    try:
        LibraryClose.parse(payload)
    except ProtocolError:
        if len(payload) == 1:
            return "a close frame's payload is empty or has at least the 2 bytes of the code (RFC 6455 section 5.5.1)"
        code = int.from_bytes(payload[:2], "big")
        return f"close code {code} must not be on the wire (RFC 6455 section 7.4)"
    except UnicodeDecodeError as error:
        return f"the close reason is not UTF-8: {error.reason} at byte {error.start + 2:,} (RFC 6455 section 5.5.1)"
    return ""
