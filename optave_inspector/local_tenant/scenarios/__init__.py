"""How the local tenant does what ``protocol/scenarios`` names, by kind; a test proves that both name the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .answers import ANSWERS
from .closing import CLOSING
from .frames import FRAMES
from .handshake import HANDSHAKES
from .tcp import TCP
from .timing import TIMING

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Mapping
    from typing import Any

    from ...protocol.scenarios import Value
    from ..connection import TenantConnection

__all__ = ["CONNECTIONS", "EXPIRED_TOKEN", "HANDSHAKES", "IMPLEMENTED", "TLS_FAILURE"]

CONNECTIONS: Mapping[str, Callable[[TenantConnection, Mapping[str, Value]], Coroutine[Any, Any, None]]] = {
    **CLOSING,
    **TCP,
    **FRAMES,
    **ANSWERS,
    **TIMING,
}
"""What is done to one connection, by the scenario's name."""

EXPIRED_TOKEN = "token-expired"  # noqa: S105 - a scenario
"""Done by the token endpoint."""
TLS_FAILURE = "tls-failure"
"""Done by the certificates."""

IMPLEMENTED = frozenset({*HANDSHAKES, *CONNECTIONS, EXPIRED_TOKEN, TLS_FAILURE})
