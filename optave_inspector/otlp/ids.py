"""Trace and span IDs: the tenant's own trace IDs where they fit, and IDs that come out the same each time."""

from __future__ import annotations

import hashlib
import uuid
from typing import TYPE_CHECKING

from ..protocol.ids import uuid_version

if TYPE_CHECKING:
    from ..capture.entry import Entry


def trace_id_of(text: str) -> int:
    """The 16 bytes of a UUID as a trace ID; 0 for what is none, and for the nil UUID, which is no trace ID."""
    return uuid.UUID(text).int if uuid_version(text) is not None else 0


def made_trace_id(kind: str, entry: Entry) -> int:
    """A trace ID for what begins with ``entry``."""
    return _made(16, f"{kind} trace", entry)


def made_span_id(kind: str, entry: Entry) -> int:
    """A span ID for what begins with ``entry``; ``kind`` tells apart what begins with the same one."""
    return _made(8, kind, entry)


def _made(size: int, kind: str, entry: Entry) -> int:
    # The times tell captures apart; the number, entries of the same moment.
    text = f"{kind} {entry.wall_ns} {entry.monotonic_ns} {entry.attempt} {entry.number}"
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:size]) or 1
