"""The key of the opening handshake and the answer that it asks for (RFC 6455 section 4.2.2)."""

import base64
import hashlib

_SUFFIX = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
"""What RFC 6455 section 1.3 has servers append to the key."""


def accept_of(key: str) -> str:
    """What ``Sec-WebSocket-Accept`` must be for a ``Sec-WebSocket-Key``."""
    # RFC 6455 asks for SHA-1 here; nothing is kept secret by it.
    digest = hashlib.sha1((key + _SUFFIX).encode(), usedforsecurity=False).digest()
    return base64.b64encode(digest).decode()
