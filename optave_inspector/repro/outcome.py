"""How an attempt of a run stands, and whether that is what was expected."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ..client.events import Closer
from ..protocol.states import ConnectionState
from .recipe import By, EndingKind, ExpectedEnding
from .wording import code_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..session import Session

_BY = {Closer.PEER: By.TENANT, Closer.INSPECTOR: By.CLIENT, Closer.NOBODY: By.NOBODY}
_MOST_BODY = 256 * 1024


class Outcome(msgspec.Struct, frozen=True):
    """How the newest attempt of a session stands."""

    kind: str
    """An :class:`EndingKind`; empty when nothing was connected."""
    code: int | None = None
    reason: str = ""
    by: str = ""
    clean: bool = False
    sent: int | None = None
    status: int | None = None
    failure: str = ""
    body: str = ""
    sentence: str = ""
    """What happened, as the log says it."""

    @property
    def words(self) -> str:
        """In a few words, to be put after “came” or “it was”."""
        match self.kind:
            case EndingKind.OPEN:
                return "the connection is open"
            case EndingKind.REFUSED:
                status = f" (HTTP {self.status})" if self.status is not None else ""
                return f"a connection that did not open{status}: {self.sentence}"
            case EndingKind.CLOSED:
                reason = f", reason “{self.reason}”" if self.reason else ""
                return f"{code_words(self.code or 0)}{reason}: {self.sentence}"
        return "nothing was connected"

    @property
    def signature(self) -> tuple[object, ...]:
        """What makes two endings the same: all but words."""
        return (self.kind, self.code, self.by, self.sent, self.status, self.failure)


def outcome_of(session: Session, attempts_before: int) -> Outcome:
    """How the newest attempt after the first ``attempts_before`` stands."""
    if session.attempt <= attempts_before:
        return Outcome("")
    failure, ending = session.failure, session.ending
    if failure is not None:
        handshake = failure.handshake
        body = handshake.body[:_MOST_BODY].decode("utf-8", "replace") if handshake is not None else ""
        status = handshake.status if handshake is not None and handshake.status != 101 else None
        return Outcome(
            EndingKind.REFUSED, status=status, failure=str(failure.kind), body=body, sentence=failure.sentence
        )
    if ending is not None:
        return Outcome(
            EndingKind.CLOSED,
            code=ending.code,
            reason=ending.reason,
            by=_BY[ending.first],
            clean=ending.clean,
            sent=ending.sent.code if ending.sent is not None else None,
            sentence=ending.cause,
        )
    if session.state is ConnectionState.CLOSED:
        return Outcome("")
    return Outcome(EndingKind.OPEN)


def mismatches(expected: ExpectedEnding, came: Outcome, put_into: Callable[[str], str] = str) -> list[str]:
    """In what ``came`` differs from what was expected, a sentence each; empty where it is as expected."""
    if came.kind != expected.kind:
        return [_other_kind(expected.kind, came)]
    wrong = []
    if expected.code is not None and came.code != expected.code:
        wrong.append(f"The code is {code_words(came.code or 0)}, not {code_words(expected.code)}.")
    if expected.reason is not None and came.reason != (reason := put_into(expected.reason)):
        wrong.append(f"The reason is “{came.reason}”, not “{reason}”.")
    if expected.by is not None and came.by != expected.by:
        wrong.append(f"The first close frame was sent by {_who(came.by)}, not by {_who(expected.by)}.")
    if expected.clean is not None and came.clean != expected.clean:
        wrong.append(f"The ending is {'clean' if came.clean else 'not clean'}.")
    if expected.sent is not None and came.sent != expected.sent:
        sent = "no close frame" if came.sent is None else code_words(came.sent)
        wrong.append(f"This client sent {sent}, not {code_words(expected.sent)}.")
    if expected.status is not None and came.status != expected.status:
        status = "no HTTP answer" if came.status is None else f"HTTP {came.status}"
        wrong.append(f"There was {status}, not HTTP {expected.status}.")
    if expected.failure and came.failure != expected.failure:
        wrong.append(f"The cause is {came.failure}, not {expected.failure}.")
    if expected.body is not None and expected.body.search(came.body) is None:
        wrong.append(f"The body of the refusal does not match {expected.body.pattern}.")
    return [*wrong, *([came.sentence] if wrong and came.sentence else [])]


def _other_kind(kind: EndingKind, came: Outcome) -> str:
    wanted = {
        EndingKind.OPEN: "an open connection",
        EndingKind.CLOSED: "a connection that was open and ended",
        EndingKind.REFUSED: "a connection that does not open",
    }[kind]
    return f"Instead of {wanted}: {came.words}"


def _who(by: str) -> str:
    return {By.TENANT: "the tenant", By.CLIENT: "this client"}.get(By(by), "nobody")
