"""The four connection states and what they allow (``protocol.md`` section 3.2; RFC 6455 sections 4 and 7)."""

from enum import IntEnum


class ConnectionState(IntEnum):
    """State of one WebSocket connection, with the numbers that Optave's documentation and browsers use."""

    CONNECTING = 0
    OPEN = 1
    CLOSING = 2
    CLOSED = 3

    @property
    def can_send(self) -> bool:
        """Messages may be sent only while the connection is open."""
        return self is ConnectionState.OPEN
