"""One row of the frame log."""

from __future__ import annotations

from enum import IntEnum, IntFlag

import msgspec


class EntryKind(IntEnum):
    """What an entry is. Values below 16 are RFC 6455 opcodes."""

    CONTINUATION = 0
    """Part of a message that never became whole."""
    TEXT = 1
    BINARY = 2
    CLOSE = 8
    PING = 9
    PONG = 10
    RAW = 15
    """Bytes that are no sound frame, kept as they came."""
    HANDSHAKE = 16
    """A connection event: the upgrade was answered, or not; the payload is JSON with secrets masked."""
    ENDING = 17
    """A connection event: an open connection ended."""
    STATE = 18
    """A connection event: a note of the inspector, such as connecting or a token taken."""
    NOT_SENT = 19
    """A text that the user wanted to send while the connection was not open; nothing of it was on the wire."""
    CANCELLED = 20
    """The user no longer waits for the answers of an exchange; nothing was sent for it."""

    @property
    def is_control(self) -> bool:
        """Close, ping and pong (RFC 6455 section 5.5)."""
        return 8 <= self <= 10

    @property
    def is_event(self) -> bool:
        """Something that happened here rather than on the wire."""
        return self >= 16


class EntryFlag(IntFlag):
    """What deserves a mark in the log."""

    NONE = 0
    TOOL_MADE = 1
    """Made by the inspector itself."""
    PROBLEM = 2
    """Broken JSON, a broken frame, a failed connection."""
    ORPHAN = 4
    """An answer to no known request."""
    LATE = 8
    """An answer after its exchange timed out, was cut off or cancelled."""
    DUPLICATE = 16
    """An answer after its exchange had ended."""
    GUESSED = 32
    """Matched by action and order, for want of a correlation ID."""
    COMPRESSED = 64
    SIMILAR = 128
    """An orphan whose correlation ID differs from one that was sent only in case or type."""
    REUSED = 256
    """A request with a correlation ID that another one had before."""
    ON_PURPOSE = 512
    """Made by hand by the user, or done by the user's will against the rules."""
    GENERATED = 1024
    """Parts of it nobody typed: generated headers, or values of variables. ``CaptureStore.made_parts`` says which."""


class Entry(msgspec.Struct, gc=False):
    """A message, a control frame or a connection event, without its payload, which the store keeps.

    ``number`` counts from 1 without gaps within a capture and is the row ID in the store.
    """

    number: int
    attempt: int
    """Connection attempt within the session, from 1."""
    direction: int
    """0 in, 1 out, 2 neither (events, which are not on the wire)."""
    kind: int
    monotonic_ns: int
    wall_ns: int
    size: int
    """Payload bytes, inflated."""
    wire_size: int
    frames: int = 1
    flags: int = 0
    code: int = 0
    """Close code, or HTTP status of a handshake; 0 for none."""
    exchange: int = 0
    """Number of the exchange that it belongs to; 0 for none."""
    latency_ns: int = -1
    """Answer's time after its request; -1 for none."""
    action: str = ""
    state: str = ""
    correlation_id: str = ""
    trace_id: str = ""
    thread_id: str = ""
    summary: str = ""
    """At most 200 characters, no line breaks, for the log's last column."""
