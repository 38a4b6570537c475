"""Whether to connect again after an end, and when: a pure decision, by the code's or the status's own advice.

Waits grow exponentially with full jitter, between nothing and a bound that doubles, so that many clients do not come
back at once. What is certain to end the same way is never tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..protocol.close_codes import Advice, CloseCode
from ..protocol.close_codes import explain as explain_code
from ..protocol.refusals import refusal, retry_after_s
from .events import FailureKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from .events import Ending
    from .failures import ConnectFailed

_RESTART_S = (5.0, 30.0)
"""What the IANA registry advises for 1012."""
_TRIED_AGAIN = frozenset({FailureKind.NAME, FailureKind.TCP, FailureKind.TIMEOUT})
_MOST_DOUBLINGS = 40
_AGAINST = {
    Advice.NONE: "it is an expected end",
    Advice.MANUAL: "only a person should connect again",
    Advice.DO_NOT_RETRY: "the same attempt would end the same way",
    Advice.INVESTIGATE: "nothing says whether it would help",
}


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """What the user allows. Off unless said otherwise: a retry changes the case under study."""

    on: bool = False
    attempts: int = 5
    """So many retries in a row at most; a connection that lived longer than the longest wait starts them anew."""
    first_wait_s: float = 1.0
    longest_wait_s: float = 60.0

    def bound_s(self, tries: int) -> float:
        """The longest wait before the next retry after ``tries`` of them; it never falls."""
        return min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(max(tries, 0), _MOST_DOUBLINGS))


@dataclass(frozen=True, slots=True)
class Outcome:
    """How an attempt ended, as far as a retry depends on it."""

    what: str
    """In a few words: ``1011 Internal error``."""
    advice: Advice
    by_user: bool = False
    on_purpose: bool = False
    """The user had let this side break the rules before."""
    restarting: bool = False
    """The server said that it restarts."""
    retry_after_s: float | None = None
    """What the server asks to wait."""


@dataclass(frozen=True, slots=True)
class Decision:
    """``wait_s`` is None for no retry. ``why`` is a sentence, empty where there is nothing to say."""

    wait_s: float | None
    why: str = ""


def after_ending(ending: Ending) -> Outcome:
    """The outcome of a connection that was open."""
    info = explain_code(ending.code)
    what, advice = f"{ending.code} {info.name}", info.advice
    if ending.failed and ending.sent is not None:
        what = f"the inspector failed the connection with {ending.sent.code}"
        # A peer that no longer answers is a lost connection; broken frames and huge messages would come again.
        if ending.sent.code != CloseCode.INTERNAL_ERROR:
            advice = Advice.DO_NOT_RETRY
    return Outcome(
        what,
        advice,
        by_user=ending.by_user,
        on_purpose=bool(ending.on_purpose),
        restarting=ending.code == CloseCode.SERVICE_RESTART,
    )


def after_failure(failure: ConnectFailed, now_unix_s: float) -> Outcome:
    """The outcome of an attempt that did not open."""
    handshake, kind = failure.handshake, failure.kind
    if kind in (FailureKind.REFUSED, FailureKind.REDIRECT) and handshake is not None and handshake.status is not None:
        known = refusal(handshake.status)
        asked_s = retry_after_s(handshake.response_headers, now_unix_s)
        return Outcome(f"HTTP {handshake.status} {known.name}".rstrip(), known.advice, retry_after_s=asked_s)
    advice = Advice.BACKOFF if kind in _TRIED_AGAIN else Advice.DO_NOT_RETRY
    what = f"“{failure.sentence.rstrip('.')}”"
    return Outcome(what, advice, by_user=kind is FailureKind.CANCELLED)


def decide(
    policy: RetryPolicy, outcome: Outcome, tries: int, *, fresh_token: bool, random: Callable[[], float]
) -> Decision:
    """What to do after ``tries`` retries in a row.

    ``fresh_token``: the token source can give one that was not used. ``random`` gives numbers from 0 to below 1.
    """
    if not policy.on or outcome.by_user:
        return Decision(None)
    if outcome.on_purpose:
        return Decision(None, "No retry: you had let the inspector break the rules on this connection.")
    if outcome.advice in _AGAINST:
        return Decision(None, f"No retry after {outcome.what}: {_AGAINST[outcome.advice]}.")
    if not fresh_token:
        return Decision(None, "No retry: each token opens one connection only, and a pasted one cannot be had anew.")
    if tries >= policy.attempts:
        return Decision(None, f"No further retry: {tries} in a row did not help.")
    asked_s = outcome.retry_after_s
    if asked_s is not None and asked_s > policy.longest_wait_s:
        return Decision(
            None, f"No retry: the server asks to wait {asked_s:,.0f} s, and {policy.longest_wait_s:g} s is the longest."
        )
    return Decision(_wait_s(policy, outcome, tries, random()), f"{outcome.what}.")


def _wait_s(policy: RetryPolicy, outcome: Outcome, tries: int, chance: float) -> float:
    bound_s, longest_s = policy.bound_s(tries), policy.longest_wait_s
    if outcome.retry_after_s is not None:
        return min(outcome.retry_after_s + chance * bound_s, longest_s)
    if outcome.restarting:
        least_s, most_s = min(_RESTART_S[0], longest_s), min(max(_RESTART_S[1], bound_s), longest_s)
        return least_s + chance * (most_s - least_s)
    return chance * bound_s
