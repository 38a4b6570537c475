"""What the message bar says: endings, failures and notices turned into words, with what to do next."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..client.events import Closer, FailureKind
from ..close_report.report import HEADLINES, NOT_OPENED
from ..close_report.words import closer_words, spoken_duration
from ..protocol.close_codes import Advice, explain
from ..tracing.chosen import numbers_with
from ..tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from ..client.events import Ending
    from ..session import Session

_NEUTRAL_ADVICE = frozenset({Advice.NONE})


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the bar. ``headline`` and ``advice`` may be empty; ``text`` is what happened, in words."""

    kind: str
    """``ok``, ``warning``, ``error`` or ``neutral``: the bar's colour; the words say it too."""
    text: str
    headline: str = ""
    advice: str = ""
    retry: str = ""
    """Text of the button that connects again; empty for none."""
    attempt: int = 0
    """The attempt of which the panel of endings has a report; 0 for none."""
    wall_s: float = field(default_factory=time.time)

    def in_full(self) -> str:
        """All of it as plain text, to read at length and to copy."""
        head = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(self.wall_s))
        return "\n".join(part for part in (f"{head}  {self.headline}".rstrip(), self.text, self.advice) if part)


def notice(kind: str, sentence: str) -> Message:
    """A message for a warning, an error or good news that came without an ending; a second line says what to do."""
    words = {"ok": "Done", "warning": "Note", "error": "Error"}
    text, _, advice = sentence.partition("\n")
    return Message(kind if kind in words else "neutral", text, headline=words.get(kind, ""), advice=advice)


def failure_message(session: Session) -> Message:
    """Why the newest attempt did not open."""
    failure = session.failure
    assert failure is not None
    headline = HEADLINES.get(failure.kind, NOT_OPENED)
    if failure.kind not in HEADLINES and failure.handshake is not None and failure.handshake.status:
        headline = f"HTTP {failure.handshake.status} {failure.handshake.reason_phrase}".rstrip()
    given_up = failure.kind is FailureKind.CANCELLED
    return Message(
        kind="neutral" if given_up else "error",
        headline=headline,
        text=failure.sentence,
        advice=failure.hint,
        retry="Connect" if given_up else "Try again",
        attempt=session.attempt,
    )


def ending_message(session: Session) -> Message:
    """The close report of the newest ending: code, who closed, how, after how long, what was left without an answer."""
    ending = session.ending
    assert ending is not None
    info = explain(ending.code)
    meant = ending.first is Closer.INSPECTOR and ending.received is not None and not ending.failed
    quiet = meant or info.advice in _NEUTRAL_ADVICE
    facts = [_code_facts(ending), _closed_by(ending), "clean" if ending.clean else "not clean"]
    if session.connected_ns is not None:
        facts.append(f"after {spoken_duration(session.connected_ns)}")
    unanswered = unanswered_requests(session)
    if unanswered:
        facts.append(f"{unanswered} {'request' if unanswered == 1 else 'requests'} unanswered")
    if ending.cause and not ending.clean:
        facts.append(ending.cause.removesuffix(", and no close frame came.").rstrip("."))
    return Message(
        kind="neutral" if quiet else "error",
        headline=f"{ending.code} {info.name}",
        text=" · ".join(fact for fact in facts if fact),
        advice="" if quiet else info.advice_sentence,
        retry="Reconnect",
        attempt=session.attempt,
    )


def unanswered_requests(session: Session) -> int:
    """How many requests of the newest attempt still waited when the connection ended."""
    cut_off = numbers_with(session.exchanges, ExchangeStatus.CUT_OFF)
    return sum(session.exchanges[number - 1].attempt == session.attempt for number in cut_off)


def clock(seconds: float) -> str:
    """``12:41`` or ``1:02:41``."""
    minutes, rest = divmod(max(int(seconds), 0), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _code_facts(ending: Ending) -> str:
    if ending.received is None:
        return "no close frame arrived (1006 stands for that)"
    if ending.received.code == 1005:
        return "the close frame carried no code (1005 stands for that)"
    return f"“{ending.reason}”" if ending.reason else "no reason given"


def _closed_by(ending: Ending) -> str:
    if ending.first is Closer.NOBODY:
        return ""  # that no close frame arrived was said
    words, sent = closer_words(ending), ending.sent
    if ending.first is Closer.PEER or sent is None or (ending.received and ending.received.code == sent.code):
        return words
    return f"{words} with {sent.code}{f' “{sent.reason}”' if sent.reason else ''}"
