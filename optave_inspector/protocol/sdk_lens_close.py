"""What the SDK does when the connection ends (``protocol.md`` sections 3.3, 3.4, 3.6)."""

from .close_codes import explain
from .sdk_build import REQUEST_TIMEOUT_S, SdkBuild
from .sdk_lens_errors import EVENTS_SOURCE
from .sdk_lens_report import (
    LensReport,
    PromiseOutcome,
    PromiseState,
    ReportBuilder,
    StepKind,
    outcome,
    pending_calls,
    shown,
)

_CODES = "protocol.md 3.4"
_PENDING = "protocol.md 3.6"


def lens_close(
    code: int,
    reason: str,
    *,
    by_own_close: bool,
    pending: int,
    build: SdkBuild = SdkBuild.SERVER_MJS,
) -> LensReport:
    """What the SDK does when an open connection ends.

    ``code`` is the one that a CloseEvent shows, 1005 and 1006 included. ``by_own_close``: the application called
    ``closeConnection()``. ``pending`` is how many ``…Async`` calls wait at that moment.
    """
    builder = ReportBuilder(build, None)
    told = _own_close(builder, pending) if by_own_close else _foreign_close(builder, code, reason, pending)
    sentence = "The SDK neither looks at the code nor connects again; the application has to."
    builder.step(StepKind.READ, "no reconnect", f"{sentence} {explain(code).advice_sentence}", _CODES)
    return builder.report(told)


def _own_close(builder: ReportBuilder, pending: int) -> PromiseOutcome:
    sentence = "closeConnection() takes all handlers off the socket before it closes it, so that no event follows."
    builder.step(StepKind.SEND, "close", sentence, EVENTS_SOURCE, "a close frame without a code")
    if not pending:
        builder.fault(20, "After closeConnection() there is no close event.")
        return _none_pending()
    builder.fault(20, "After closeConnection() there is no close event, and nothing rejects what is pending.")
    sentence = (
        f"{pending_calls(pending, 'goes', 'go')} on waiting until REQUEST_TIMEOUT, {REQUEST_TIMEOUT_S} s after the call"
        " unless set otherwise, or for ever where the timeout is 0."
    )
    return outcome(PromiseState.WAITS, sentence, _PENDING)


def _foreign_close(builder: ReportBuilder, code: int, reason: str, pending: int) -> PromiseOutcome:
    event = f"CloseEvent {{code: {code}, reason: {shown(reason, 130) or 'empty'}}}"
    sentence = "The tenant or the network ended the connection."
    builder.step(StepKind.EVENT, "close", sentence, EVENTS_SOURCE, event)
    if not pending:
        return _none_pending()
    value = (
        "the plain object {category: WEBSOCKET, code: CONNECTION_CLOSED, message: WebSocket connection closed:"
        f" {shown(reason, 130) or 'Connection lost'}, details: {{code: {code}, reason, correlationId}}, correlationId}}"
    )
    sentence = f"{pending_calls(pending, 'is', 'are')} rejected after the close event."
    told = outcome(PromiseState.REJECTS, sentence, _PENDING, value=value)
    return builder.promise_step(told)


def _none_pending() -> PromiseOutcome:
    return outcome(PromiseState.NONE, "No …Async call is pending.", _PENDING)
