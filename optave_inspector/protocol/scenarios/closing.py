"""Scenarios of the closing handshake: every code that may be sent, and closings that break the rules."""

from __future__ import annotations

from ..close_codes import CloseCode, explain
from .parts import REASON, choice, closed, count, failed, seconds
from .values import Expected, Need, Outcome, Scenario, ScenarioKind

_SENDABLE = tuple(code for code in CloseCode if explain(code).sendable)


def _by_code(code: int) -> Scenario:
    info = explain(code)
    return Scenario(
        f"close-{code}",
        ScenarioKind.CLOSING,
        f"{code} {info.name}",
        f"The tenant closes with {code}. {info.meaning}",
        closed(code),
        (REASON,),
    )


CLOSING = (
    *(_by_code(int(code)) for code in _SENDABLE),
    Scenario(
        "close-code",
        ScenarioKind.CLOSING,
        "Private or registered code",
        "The tenant closes with a code from 3000 to 4999.",
        closed(4000),
        (count("code", 4000, "The close code.", 3000, 4999), REASON),
    ),
    Scenario(
        "close-empty",
        ScenarioKind.CLOSING,
        "Empty close frame (1005)",
        "The tenant closes without a code; 1005 stands for that and is never sent.",
        closed(1005),
    ),
    Scenario(
        "close-unsendable",
        ScenarioKind.CLOSING,
        "A code that must not be sent",
        "The tenant closes with a code that RFC 6455 forbids in a close frame.",
        failed(1002, first="peer"),
        (choice("number", "The code.", "1006", "1005", "1015", "1004", "999", "2999", "5000"), REASON),
    ),
    Scenario(
        "close-bad-reason",
        ScenarioKind.CLOSING,
        "Close reason that is not UTF-8",
        "The tenant closes with 1000 and a reason that is no UTF-8.",
        failed(1007, first="peer"),
    ),
    Scenario(
        "close-one-byte",
        ScenarioKind.CLOSING,
        "Close frame with half a code",
        "The tenant closes with a payload of one byte, where a code takes two.",
        failed(1002, first="peer"),
    ),
    Scenario(
        "close-no-wait",
        ScenarioKind.CLOSING,
        "Close without waiting for the reply",
        "The tenant closes with 1001 and ends TCP at once, without waiting for the client's close frame.",
        closed(1001),
        (REASON,),
    ),
    Scenario(
        "ignore-close",
        ScenarioKind.CLOSING,
        "Never reply to the client's close",
        "The tenant neither confirms the client's close frame nor ends TCP.",
        Expected(Outcome.ABNORMAL, code=1006, sent=1000, first="inspector", tcp="dropped"),
        needs=Need.CLOSE,
    ),
    Scenario(
        "request-too-big",
        ScenarioKind.CLOSING,
        "The tenant finds a request too big (1009)",
        "The tenant closes with 1009 when a message is longer than it takes.",
        closed(1009),
        (count("bytes", 64, "The longest message that is taken, in bytes.", 1, 1 << 20),),
        needs=Need.REQUEST,
    ),
    Scenario(
        "error-after-messages",
        ScenarioKind.CLOSING,
        "Server error after N messages (1011)",
        "The tenant closes with 1011 when it has received so many messages.",
        closed(1011),
        (count("messages", 1, "How many messages it takes.", 1, 1_000_000), REASON),
        needs=Need.REQUEST,
    ),
    Scenario(
        "service-restart",
        ScenarioKind.CLOSING,
        "Service restart (1012)",
        "The tenant closes with 1012 and refuses handshakes with 503 until it is back.",
        closed(1012),
        (seconds("away", 2, "How long it is away."), REASON),
    ),
    Scenario(
        "try-again-later",
        ScenarioKind.CLOSING,
        "Try again later (1013)",
        "The tenant closes with 1013, and so it does with new connections until it has less to do.",
        closed(1013),
        (seconds("busy", 2, "How long it has too much to do."), REASON),
    ),
)
