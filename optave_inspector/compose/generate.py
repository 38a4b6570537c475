"""What a request carries that nobody types: new IDs and the time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.envelope import Generated
from ..protocol.ids import uuid7
from ..protocol.timestamps import iso_millis

if TYPE_CHECKING:
    from collections.abc import Callable


def fresh(unix_ns: int, random: Callable[[int], bytes]) -> Generated:
    """Three new UUIDs of version 7 and the time of issue. ``random(n)`` gives ``n`` random bytes, as ``os.urandom``."""
    unix_ms = unix_ns // 1_000_000
    return Generated(
        correlation_id=uuid7(unix_ms, random(10)),
        trace_id=uuid7(unix_ms, random(10)),
        idempotency_key=uuid7(unix_ms, random(10)),
        issued_at=iso_millis(unix_ns),
    )
