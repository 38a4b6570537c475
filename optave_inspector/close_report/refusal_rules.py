"""Causes of an attempt that did not open. A refused handshake is no close: it has no code, but a status and a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..protocol.accept_key import accept_of
from ..protocol.refusals import REDIRECTS, is_page, refusal
from .cause import Cause, Fit

if TYPE_CHECKING:
    from .case import Case
    from .cause import Rule
    from .facts import Upgrade

_PROTOCOL = "optave-v1"
_TOO_LARGE = (413, 414, 431)
_TOO_LARGE_WORDS = (
    "cookie too large",
    "header too large",
    "headers too large",
    "header fields too large",
    "uri too long",
)


def page_of_a_proxy(case: Case) -> Cause | None:
    """HTML where the service speaks JSON."""
    upgrade = _refused(case)
    if upgrade is None or not is_page(upgrade.response.items(), upgrade.body.encode()):
        return None
    said = [f"{name}: {upgrade.response[name]}" for name in ("server", "via") if name in upgrade.response]
    who = f" It names itself: {', '.join(said)}." if said else ""
    reasons = (f"The answer is an HTML page, which Optave's service does not send.{who}",)
    return Cause("A proxy, a login page or another web server answered", Fit.STRONG, reasons, upgrade.entry.number)


def by_status(case: Case) -> Cause | None:
    """What the status says."""
    upgrade = _refused(case)
    if upgrade is None or upgrade.status is None:
        return None
    known = refusal(upgrade.status)
    reasons = [f"HTTP {upgrade.status} stands for that ({known.source})."]
    if upgrade.status in REDIRECTS:
        reasons.append(f"It points to {upgrade.response.get('location') or 'no place that it names'}.")
    if "retry-after" in upgrade.response:
        reasons.append(f"It asks to wait: Retry-After is {upgrade.response['retry-after']}.")
    return Cause(known.meaning.removesuffix("."), Fit.FAIR, tuple(reasons), upgrade.entry.number)


def request_too_large(case: Case) -> Cause | None:
    """A server that says so by another status than those that stand for it, as nginx does by 400."""
    upgrade = _refused(case)
    if upgrade is None or upgrade.status in _TOO_LARGE:
        return None
    said = upgrade.body.lower()
    if not any(words in said for words in _TOO_LARGE_WORDS):
        return None
    reasons = ("The body of the answer says so. A long token in a header or in the query does that.",)
    return Cause("The upgrade request is larger than the server takes", Fit.STRONG, reasons, upgrade.entry.number)


def no_token_sent(case: Case) -> Cause | None:
    """The server asks for one, and none went out."""
    upgrade = _refused(case)
    if upgrade is None or upgrade.status not in (401, 403) or _sent_token(upgrade):
        return None
    reasons = ("The request carried no token.",)
    return Cause("No token was sent", Fit.STRONG, reasons, upgrade.entry.number)


def wrong_subprotocol(case: Case) -> Cause | None:
    """101, but for a subprotocol that was not offered."""
    upgrade = case.attempt.upgrade
    if upgrade is None or not upgrade.accepted or upgrade.selected in (None, _PROTOCOL):
        return None
    reasons = (f"It selected {upgrade.selected}; only what was offered may be selected (RFC 6455 section 4.1).",)
    return Cause("The server selected a wrong subprotocol", Fit.STRONG, reasons, upgrade.entry.number)


def wrong_accept(case: Case) -> Cause | None:
    """101, but with the answer to another key."""
    upgrade = case.attempt.upgrade
    key = upgrade.request.get("sec-websocket-key", "") if upgrade is not None else ""
    if upgrade is None or not upgrade.accepted or not key:
        return None
    came, wanted = upgrade.response.get("sec-websocket-accept", ""), accept_of(key)
    if came == wanted:
        return None
    shown = f"is {came}" if came else "is missing"
    reasons = (
        f"Sec-WebSocket-Accept {shown}; the key of the request asks for {wanted} (RFC 6455 section 4.2.2).",
        "A cache that answers with an earlier response does so, and a server program that computes it wrongly.",
    )
    return Cause("The answer is not for this request", Fit.STRONG, reasons, upgrade.entry.number)


def nothing_answered(case: Case) -> Cause | None:
    """The request went out, and no HTTP came back."""
    upgrade = case.attempt.upgrade
    if upgrade is None or upgrade.status is not None:
        return None
    reasons = ("The upgrade request was sent, and no HTTP response came.",)
    if upgrade.body:
        reasons = ("The upgrade request was sent, and what came back is no HTTP.",)
    return Cause("Something else than a WebSocket server listens there", Fit.FAIR, reasons, upgrade.entry.number)


def _refused(case: Case) -> Upgrade | None:
    upgrade = case.attempt.upgrade
    return None if upgrade is None or upgrade.accepted else upgrade


def _sent_token(upgrade: Upgrade) -> bool:
    if upgrade.token is not None or "authorization" in upgrade.request or "uthorization=" in upgrade.url:
        return True
    return "," in upgrade.request.get("sec-websocket-protocol", "")


RULES: tuple[Rule, ...] = (
    page_of_a_proxy,
    request_too_large,
    wrong_subprotocol,
    wrong_accept,
    no_token_sent,
    by_status,
    nothing_answered,
)
