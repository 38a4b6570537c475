"""Scenarios of the opening handshake: what refuses it, and what is odd about its answer."""

from __future__ import annotations

from .parts import TIMES, choice, refused, seconds, stays_open
from .values import Expected, Moment, Need, Outcome, Parameter, ParameterKind, Scenario, ScenarioKind

_BODY = choice("body", "What the body of the answer is.", "json", "html")
_RETRY_AFTER = Parameter(
    "retry_after", ParameterKind.INTEGER, 5, "Seconds in the header Retry-After; 0 leaves it out.", 0, 86_400
)


def _scenario(
    name: str, title: str, sentence: str, expected: Expected, *parameters: Parameter, needs_tls: bool = False
) -> Scenario:
    return Scenario(
        name,
        ScenarioKind.HANDSHAKE,
        title,
        sentence,
        expected,
        (*parameters, TIMES),
        Moment.HANDSHAKE,
        Need.CONNECT,
        needs_tls,
    )


def _refusal(status: int, title: str, sentence: str, *parameters: Parameter) -> Scenario:
    return _scenario(f"refuse-{status}", f"{status} {title}", sentence, refused(status), _BODY, *parameters)


HANDSHAKE = (
    _refusal(401, "Unauthorized", "The handshake is refused, as for a token that is not accepted."),
    _refusal(403, "Forbidden", "The handshake is refused, as for a token that may not connect here."),
    _refusal(404, "Not Found", "The handshake is refused, as at a wrong path."),
    _refusal(429, "Too Many Requests", "The handshake is refused, as after too many attempts.", _RETRY_AFTER),
    _refusal(500, "Internal Server Error", "The handshake is refused, as by a server that failed."),
    _refusal(503, "Service Unavailable", "The handshake is refused, as by a server with too much to do.", _RETRY_AFTER),
    _scenario(
        "proxy-page",
        "HTML page of a proxy",
        "The handshake is answered by the HTML page of something in between.",
        refused(502),
        choice("status", "HTTP status of the page.", "502", "200", "407", "504"),
    ),
    _scenario(
        "redirect",
        "Redirect",
        "The handshake is answered by a redirect to another address.",
        refused(302, "redirect"),
        choice("status", "HTTP status of the redirect.", "302", "301", "307", "308"),
        Parameter(
            "location",
            ParameterKind.TEXT,
            "wss://elsewhere.invalid/",
            "Where it redirects to; empty leaves the header out.",
            maximum=2000,
        ),
    ),
    _scenario(
        "no-subprotocol",
        "No subprotocol",
        "The handshake is accepted, but no subprotocol is selected.",
        stays_open(selected="none"),
    ),
    _scenario(
        "token-echoed",
        "Token echoed as subprotocol",
        "The handshake is accepted, but the token is selected as the subprotocol and so sent back.",
        stays_open(selected="token"),
    ),
    _scenario(
        "wrong-subprotocol",
        "Wrong subprotocol",
        "The handshake is accepted with a subprotocol that the client did not offer.",
        Expected(Outcome.REFUSED, failure="protocol", status=101, selected="other"),
        Parameter("subprotocol", ParameterKind.TEXT, "optave-v0", "The subprotocol that is selected.", maximum=100),
    ),
    _scenario(
        "wrong-accept",
        "Wrong accept key",
        "The handshake is accepted with a Sec-WebSocket-Accept that does not fit the request's key.",
        Expected(Outcome.REFUSED, failure="protocol", status=101),
    ),
    _scenario(
        "token-expired",
        "Token expired",
        "The token endpoint hands out a token that has expired already, and the handshake with it is refused.",
        refused(401),
        seconds("ago", 60, "How long ago the token has expired.", 1),
    ),
    _scenario(
        "token-used",
        "Token used",
        "The token of the handshake counts as used: the connection opens and is closed at once with 1008.",
        Expected(Outcome.CLOSED, code=1008, sent=1008, first="peer", clean=True),
    ),
    _scenario(
        "upgrade-silence",
        "Upgrade never answered",
        "TCP is accepted, but the upgrade request is never answered.",
        Expected(Outcome.REFUSED, failure="timeout"),
    ),
    _scenario(
        "upgrade-reset",
        "TCP reset instead of an answer",
        "TCP is reset when the upgrade request has come.",
        Expected(Outcome.REFUSED, failure="protocol"),
    ),
    _scenario(
        "tls-failure",
        "TLS failure",
        "The TLS handshake fails: by a certificate that the client must not trust, or by an alert of the tenant's.",
        Expected(Outcome.REFUSED, failure="tls"),
        choice("way", "What is wrong.", "unknown-authority", "expired", "wrong-host", "alert"),
        needs_tls=True,
    ),
)
