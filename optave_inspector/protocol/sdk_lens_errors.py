"""How the SDK reports an error to the application (``protocol.md`` sections 3.3 and 8.5)."""

from collections.abc import Mapping
from typing import Any

from .contract_sentences import described
from .javascript import JavaScriptTypeError, to_text
from .sdk_lens_report import ReportBuilder, StepKind, shown

EVENTS_SOURCE = "protocol.md 3.3"
CODES_SOURCE = "protocol.md 8.5"


def emit_error(
    builder: ReportBuilder, what: str, code: Any, message: Any, *, category: str, extra: Mapping[str, Any] | None = None
) -> bool:
    """Add the three events of one error. ``what`` is the object that ``error`` carries; ``extra`` stands in it too.

    False where an exception breaks it off.
    """
    fields = {"category": category, "code": code, "message": message, **(extra or {})}
    carries = f"{what} {{{', '.join(f'{name}: {_value(value)}' for name, value in fields.items())}}}"
    deaf = (
        " Where nothing listens to error, emit throws here, and all that follows is left out."
        if builder.build.breaks_at_listener_errors
        else " Where nothing listens to error, nothing happens: this build dispatches DOM events."
    )
    builder.step(StepKind.EVENT, "error", f"The error is emitted for the first time.{deaf}", CODES_SOURCE, carries)
    builder.fault(14, f"{shown(to_code(code))} is emitted as error, superpower.error and error again.")
    try:
        text = to_text(message)
    except JavaScriptTypeError:
        sentence = "The message is an object whose own toString hides JavaScript's; making the OptaveError throws."
        builder.step(StepKind.THROW, "TypeError", sentence, EVENTS_SOURCE)
        return False
    sentence = "A new OptaveError is made of the error, with its message as text and without its correlation ID."
    carries = f"OptaveError {{category: {category}, code: {_value(code)}, text: {_value(text)}}}"
    builder.step(StepKind.EVENT, "superpower.error", sentence, EVENTS_SOURCE, carries)
    sentence = "error is emitted once more, since two constants of the SDK have this name."
    builder.step(StepKind.EVENT, "error", sentence, EVENTS_SOURCE, f"{what}, the same as before")
    return True


def to_code(code: Any) -> str:
    """An error code for people; codes from the wire may be of any type."""
    return code if isinstance(code, str) else described(code)


def _value(value: Any) -> str:
    if value == []:
        return "[]"
    return shown(value, 300) if isinstance(value, str) and value else described(value)
