"""The close report of one attempt, or the report of a refusal: everything that is shown, copied and saved."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..client.events import FailureKind, TcpEnd
from ..protocol.close_codes import Advice, explain
from ..protocol.refusals import refusal
from .causes import causes_of
from .evidence import evidence_of
from .order import steps_of
from .words import closer_words, spoken_duration

if TYPE_CHECKING:
    from ..client.events import Ending
    from .case import Case
    from .cause import Cause
    from .evidence import Evidence
    from .order import Step

NOT_OPENED = "Not opened"
"""Headline of an attempt of which no more is known."""
HEADLINES = {
    FailureKind.URL: "URL not usable",
    FailureKind.TOKEN: "No token",
    FailureKind.NAME: "Host not found",
    FailureKind.TCP: "Not reachable",
    FailureKind.PROXY: "Proxy failed",
    FailureKind.TLS: "TLS failed",
    FailureKind.PROTOCOL: "No WebSocket",
    FailureKind.TIMEOUT: "Timed out",
    FailureKind.CANCELLED: "Given up",
}
"""Of attempts that came to no refusal by HTTP, which has a status of its own."""
_LATER = "Connecting again later may help."
_AGAIN = {
    FailureKind.NAME: _LATER,
    FailureKind.TCP: _LATER,
    FailureKind.TIMEOUT: _LATER,
    FailureKind.CANCELLED: "You gave it up yourself; nothing to do.",
}
_NOT_AGAIN = "As it is, the same attempt would end the same way."
_NEVER_SENT = {
    1005: "The close frame that came carried no code; 1005 stands for that and never is on the wire.",
    1006: "No close frame came; 1006 stands for that and never is on the wire.",
}


@dataclass(frozen=True, slots=True)
class Report:
    """One ending or refusal in words. ``look`` is ``ok``, ``warning``, ``error`` or ``neutral``."""

    attempt: int
    began_wall_ns: int
    url: str
    headline: str
    """``1008 Policy violation``, ``HTTP 401 Unauthorized``."""
    look: str
    facts: tuple[str, ...]
    """Who closed, how, after how long: a few words each."""
    cause: str
    """What this side saw, in a sentence or two."""
    meaning: str
    notice: str
    """About codes that are none; empty for others."""
    steps: tuple[Step, ...]
    evidence: tuple[Evidence, ...]
    causes: tuple[Cause, ...]
    advice: str
    source: str
    """Where the advice comes from."""
    next_step: str
    """What the inspector does or did by itself; empty for nothing."""
    entry: int
    """The entry of the ending or the failure."""


def headline_of(case: Case) -> tuple[str, str]:
    """The headline and the look of an attempt that is over."""
    ending = case.ending
    if ending is not None:
        info = explain(ending.code)
        calm = ending.clean and (ending.by_user or info.advice is Advice.NONE)
        return f"{ending.code} {info.name}", "neutral" if calm else "error"
    upgrade, status, kind = case.attempt.upgrade, case.status, case.attempt.failure_kind
    if kind is FailureKind.CANCELLED:
        return HEADLINES[kind], "neutral"
    if upgrade is None or status is None:
        return HEADLINES.get(kind, NOT_OPENED) if kind is not None else NOT_OPENED, "error"
    return f"HTTP {status} {upgrade.reason_phrase or refusal(status).name}".rstrip(), "error"


def report_of(case: Case) -> Report:
    """The report of an attempt that is over."""
    return _of_ending(case, case.ending) if case.ending is not None else _of_failure(case)


def _of_ending(case: Case, ending: Ending) -> Report:
    info = explain(ending.code)
    reason = [f"“{ending.reason}”"] if ending.reason else []
    facts = [*reason, closer_words(ending), "clean" if ending.clean else "not clean"]
    if case.connected_ns is not None:
        facts.append(f"after {spoken_duration(case.connected_ns)}")
    if case.unanswered:
        facts.append(f"{len(case.unanswered):,} unanswered")
    return _report(
        case,
        facts=tuple(facts),
        cause=ending.cause,
        meaning=info.meaning,
        notice=_notice(ending),
        advice="You ended it yourself; nothing to do." if ending.by_user else info.advice_sentence,
        source="" if ending.by_user else info.source,
    )


def _of_failure(case: Case) -> Report:
    status = case.status
    if status is None:
        return _report(
            case,
            facts=("no connection was opened",),
            cause=case.attempt.failure,
            advice=_after_failure(case),
            notice="No connection was opened, so there is no close code. Browsers report it as 1006.",
        )
    known = refusal(status)
    return _report(
        case,
        facts=("the handshake was refused", "no connection was opened"),
        cause=case.attempt.failure,
        meaning=known.meaning,
        notice="A refused handshake is no close: there is no close code. Browsers report it as 1006.",
        advice=known.hint,
        source=known.source,
    )


def _after_failure(case: Case) -> str:
    attempt = case.attempt
    if attempt.failure_kind is None:
        return ""
    return f"{attempt.failure_hint} {_AGAIN.get(attempt.failure_kind, _NOT_AGAIN)}".strip()


def _report(
    case: Case,
    *,
    facts: tuple[str, ...],
    cause: str,
    meaning: str = "",
    notice: str = "",
    advice: str = "",
    source: str = "",
) -> Report:
    attempt = case.attempt
    headline, look = headline_of(case)
    over = attempt.ending_entry or attempt.failure_entry or attempt.began
    return Report(
        attempt=attempt.number,
        began_wall_ns=attempt.began.wall_ns,
        url=attempt.upgrade.url if attempt.upgrade is not None else "",
        headline=headline,
        look=look,
        facts=facts,
        cause=cause,
        meaning=meaning,
        notice=notice,
        steps=steps_of(case),
        evidence=evidence_of(case),
        causes=causes_of(case),
        advice=advice,
        source=source,
        next_step=attempt.next_step,
        entry=over.number,
    )


def _notice(ending: Ending) -> str:
    sent = ending.sent
    if ending.failed and sent is not None:
        return f"The inspector sent {sent.code}; for that a browser reports 1006, which never is on the wire."
    if ending.tcp is TcpEnd.TLS and ending.received is None:
        return "TLS failed. 1015 and 1006 stand for that in some programs; neither ever is on the wire."
    return _NEVER_SENT.get(ending.code, "")
