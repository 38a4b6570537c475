"""The fault bench: which scenarios are armed, and what becomes of them at a handshake and on a connection.

The scenarios themselves are in :mod:`.scenarios`; what each must lead to is said by ``protocol/scenarios``.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..protocol.scenarios import Moment, Scenario
from .scenarios import CONNECTIONS, EXPIRED_TOKEN, HANDSHAKES, TLS_FAILURE
from .scenarios.handshake import AWAY, HandshakeFault

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..protocol.scenarios import Value
    from .connection import TenantConnection

_BUSY_CODE = 1013
MAX_ARMED = 100


@dataclass(slots=True)
class Armed:
    """A scenario that waits for its moment; ``left`` times."""

    scenario: Scenario
    values: Mapping[str, Value]
    left: int

    def status(self) -> dict[str, Any]:
        """For ``GET /control/status``."""
        return {"name": self.scenario.name, "parameters": dict(self.values), "times": self.left}


class Bench:
    """What is armed, in the order of arming: the oldest that fits strikes first."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._armed: list[Armed] = []
        self._away_until = 0.0
        self._busy_until = 0.0
        self._busy_reason = ""

    def __len__(self) -> int:
        return len(self._armed)

    def arm(self, scenario: Scenario, values: Mapping[str, Value], times: int = 1) -> None:
        """Let it strike at the next handshakes, or on the next connections."""
        self._armed.append(Armed(scenario, values, times))

    def start(self, scenario: Scenario, values: Mapping[str, Value], connections: Sequence[TenantConnection]) -> None:
        """Let it strike now."""
        for connection in connections:
            connection.run_scenario(scenario.name, CONNECTIONS[scenario.name](connection, values))

    def calm(self, connections: Sequence[TenantConnection]) -> None:
        """Take everything back: what is armed, what goes on, and what was done to connections that are still open."""
        self._armed.clear()
        self._away_until = self._busy_until = 0.0
        for connection in connections:
            connection.calm()

    def status(self) -> dict[str, Any]:
        """For ``GET /control/status``."""
        now = self._clock()
        return {
            "armed": [armed.status() for armed in self._armed],
            "away_s": round(max(self._away_until - now, 0.0), 3),
            "busy_s": round(max(self._busy_until - now, 0.0), 3),
        }

    # What the tenant asks

    def handshake(self) -> HandshakeFault | None:
        """How the handshake that has just begun goes wrong; counts it."""
        armed = self._take(lambda scenario: scenario.name in HANDSHAKES)
        if armed is not None:
            return HANDSHAKES[armed.scenario.name](armed.values)
        return AWAY if self._clock() < self._away_until else None

    def expired_token_s(self) -> float | None:
        """How long ago the token that is about to be handed out has expired; None for a sound one. Counts it."""
        armed = self._take(lambda scenario: scenario.name == EXPIRED_TOKEN)
        return float(armed.values["ago"]) if armed is not None else None

    def tls_failure(self) -> str:
        """What is wrong with the TLS handshake that has just begun; empty for nothing. Counts it."""
        armed = self._take(lambda scenario: scenario.name == TLS_FAILURE)
        return str(armed.values["way"]) if armed is not None else ""

    def opened(self, connection: TenantConnection) -> None:
        """Let what is armed for connections strike this one, all of it once."""
        for armed in [armed for armed in self._armed if armed.scenario.moment is Moment.CONNECTION]:
            self._count(armed)
            self.start(armed.scenario, armed.values, [connection])
        if self._clock() < self._busy_until:
            connection.close_soon(_BUSY_CODE, self._busy_reason)

    def away(self, duration_s: float) -> None:
        """Refuse handshakes with 503 for so long."""
        self._away_until = self._clock() + duration_s

    def busy(self, duration_s: float, reason: str) -> None:
        """Close new connections with 1013 for so long."""
        self._busy_until = self._clock() + duration_s
        self._busy_reason = reason

    def _take(self, fits: Callable[[Scenario], bool]) -> Armed | None:
        armed = next((armed for armed in self._armed if fits(armed.scenario)), None)
        if armed is not None:
            self._count(armed)
        return armed

    def _count(self, armed: Armed) -> None:
        armed.left -= 1
        if armed.left <= 0:
            self._armed.remove(armed)
