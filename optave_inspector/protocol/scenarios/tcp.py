"""Scenarios of the transport below: TCP that ends or falls silent."""

from __future__ import annotations

from .parts import abnormal, stays_open
from .values import Expected, Need, Outcome, Scenario, ScenarioKind

TCP = (
    Scenario(
        "tcp-reset",
        ScenarioKind.TCP,
        "TCP reset",
        "The tenant resets TCP without a close frame.",
        abnormal("reset"),
    ),
    Scenario(
        "tcp-end",
        ScenarioKind.TCP,
        "TCP ended (FIN) without a close frame",
        "The tenant ends TCP in order, but sends no close frame.",
        abnormal("fin"),
    ),
    Scenario(
        "tcp-half-close",
        ScenarioKind.TCP,
        "TCP half-closed",
        "The tenant ends its own direction of TCP without a close frame and goes on reading.",
        abnormal("fin"),
    ),
    Scenario(
        "silence",
        ScenarioKind.TCP,
        "Silence",
        "The tenant reads on, but sends nothing any more: no answers, no pongs, no close frame.",
        stays_open(request="unanswered"),
        needs=Need.REQUEST,
    ),
    Scenario(
        "no-pong",
        ScenarioKind.TCP,
        "Pings are not answered",
        "The tenant answers requests, but no pings.",
        Expected(Outcome.FAILED, code=1006, sent=1011, first="inspector"),
        needs=Need.KEEPALIVE,
    ),
    Scenario(
        "stop-reading",
        ScenarioKind.TCP,
        "Nothing is read",
        "The tenant no longer reads from TCP, so that what the client sends fills the buffers on the way.",
        stays_open(request="unanswered"),
        needs=Need.REQUEST,
    ),
)
