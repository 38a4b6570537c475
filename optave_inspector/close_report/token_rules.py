"""Causes that lie with the token: it opens one connection only and lives some minutes (``protocol.md`` section 2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .cause import Cause, Fit
from .words import spoken_duration

if TYPE_CHECKING:
    from .case import Case
    from .cause import Rule

_ABOUT_TOKENS = frozenset({1008, 3000, 3003})
_SOON_NS = 5 * 10**9
_ABOUT_S = 5.0
_SKEW_S = 30.0
_WORDS = ("token", "jwt", "auth", "expired", "credential")


def token_used_twice(case: Case) -> Cause | None:
    """It was sent before."""
    if case.token is None or not case.token.reused or (case.ending is not None and case.ending.by_user):
        return None
    strong = _about_tokens(case) or (case.connected_ns is not None and case.connected_ns < _SOON_NS)
    reasons = ["This token had been sent before, and each token opens one connection only."]
    if case.code in _ABOUT_TOKENS:
        reasons.append(f"{case.code} is what a server sends that does not accept it.")
    return Cause("The token was used twice", Fit.STRONG if strong else Fit.WEAK, tuple(reasons), _entry(case))


def token_expired(case: Case) -> Cause | None:
    """It was no longer good when it was sent, or ran out while the connection was open."""
    over_s = case.expired_before_s
    if over_s is None or case.token is None or (case.ending is not None and case.ending.by_user):
        return None
    if over_s >= 0:
        reasons = (f"By its claim exp the token had expired {_span(over_s)} before it was sent.",)
        return Cause("The token had expired", Fit.STRONG if _about_tokens(case) else Fit.FAIR, reasons, _entry(case))
    if case.ending is None or case.end_wall_s is None or case.token.expires_unix_s is None:
        return None
    after_s = case.end_wall_s - case.token.expires_unix_s
    if abs(after_s) <= _ABOUT_S:
        reasons = (f"The end came {_span(abs(after_s))} {'after' if after_s >= 0 else 'before'} the token's expiry.",)
        return Cause("The server ends connections when their token expires", Fit.STRONG, reasons, _entry(case))
    if after_s > 0 and _about_tokens(case):
        reasons = (f"The token expired {_span(after_s)} before the end.",)
        return Cause("The token expired while the connection was open", Fit.FAIR, reasons, _entry(case))
    return None


def clocks_differ(case: Case) -> Cause | None:
    """A token that is good by one clock is not by the other."""
    skew = case.skew_s
    if skew is None or abs(skew) < _SKEW_S or not _about_tokens(case):
        return None
    where = "ahead of" if skew > 0 else "behind"
    reasons = (
        f"The server's clock is {_span(abs(skew))} {where} this machine's, by the response's Date.",
        "A token may be expired, or not yet good, by one clock and good by the other.",
    )
    return Cause("The clocks differ", Fit.FAIR, reasons, _entry(case))


def said_of_the_token(case: Case) -> Cause | None:
    """The server's own words speak of it."""
    if not _about_tokens(case):
        return None
    said = case.ending.reason if case.ending is not None else _body(case)
    if not any(word in said.lower() for word in _WORDS):
        return None
    where = "The close frame's reason" if case.ending is not None else "The response's body"
    shown = " ".join(said.split())
    reasons = (f"{where} speaks of it: “{shown if len(shown) <= 160 else f'{shown[:160]}…'}”.",)
    return Cause("The server did not accept the token", Fit.STRONG, reasons, _entry(case))


def _about_tokens(case: Case) -> bool:
    return case.code in _ABOUT_TOKENS or case.status in (401, 403)


def _body(case: Case) -> str:
    return case.attempt.upgrade.body if case.attempt.upgrade is not None else ""


def _entry(case: Case) -> int:
    return case.attempt.upgrade.entry.number if case.attempt.upgrade is not None else 0


def _span(seconds: float) -> str:
    return spoken_duration(int(min(seconds, 1e9) * 1e9))


RULES: tuple[Rule, ...] = (said_of_the_token, token_used_twice, token_expired, clocks_differ)
