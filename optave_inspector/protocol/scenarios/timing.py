"""Scenarios of time and amount: what trickles, what floods, and who goes after a while."""

from __future__ import annotations

from .parts import REASON, closed, count, seconds, stays_open
from .values import Need, Scenario, ScenarioKind

TIMING = (
    Scenario(
        "slow-drip",
        ScenarioKind.TIMING,
        "Slow drip",
        "Everything that the tenant sends trickles in, some bytes at a time.",
        stays_open(request="completed"),
        (
            count("bytes", 16, "Bytes at a time.", 1, 65_536),
            seconds("interval", 0.05, "Time between them.", 0.001, 60),
        ),
        needs=Need.REQUEST,
    ),
    Scenario(
        "flood",
        ScenarioKind.TIMING,
        "Flood",
        "The tenant sends answers that nobody asked for, as fast as they are taken.",
        stays_open("orphan"),
        (
            count("messages", 1_000, "How many messages.", 1, 100_000),
            count("bytes", 1_000, "Size of each, roughly.", 500, 65_536),
        ),
    ),
    Scenario(
        "going-away-idle",
        ScenarioKind.TIMING,
        "Going away when idle (1001)",
        "The tenant closes with 1001 when no message has come for so long; pings do not count.",
        closed(1001),
        (seconds("after", 600, "How long it waits for a message.", 0.01), REASON),
    ),
    Scenario(
        "going-away-connected",
        ScenarioKind.TIMING,
        "Going away after a time (1001)",
        "The tenant closes with 1001 when the connection has been open for so long, whatever goes on.",
        closed(1001),
        (seconds("after", 7_200, "How long a connection may be open.", 0.01), REASON),
    ),
)
