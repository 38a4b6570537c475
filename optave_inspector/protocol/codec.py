"""What a message is, read from its bytes: the few fields that the frame log, the correlator and the filters need."""

from enum import StrEnum
from typing import Any

import msgspec

from . import message_fields
from .message_fields import Connections, Headers, MessageFields, Payload, Session
from .read_json import TOO_DEEP, ReadResult, json_text, read_json, without_surrogates
from .summary import as_text, one_line, request_summary, response_summary

__all__ = ["Peek", "ReadResult", "Shape", "peek", "read_json"]

_ERROR = "error"
_TYPE_NAMES = {bool: "boolean", list: "array", dict: "object"}
_NO_PAYLOAD = Payload()
_NO_SESSION = Session()
_NO_CONNECTIONS = Connections()


class Shape(StrEnum):
    """The form of a message (``protocol.md`` sections 4, 5.5 and 8.1)."""

    REQUEST = "request"
    """A request envelope."""
    RESPONSE = "response"
    """A response envelope, error envelopes included: see the state."""
    SUPERPOWER = "superpower"
    """A superpower without an envelope."""
    ERROR = "error"
    """An error without an envelope: ``{error: {…}}``, or a superpower whose state or action type is ``error``."""
    GATEWAY = "gateway"
    """A gateway's own message: ``{message, connectionId, requestId}``."""
    JSON = "json"
    """Other JSON, among it the requests of earlier protocol versions."""
    BROKEN_JSON = "broken json"
    BINARY = "binary"
    EMPTY = "empty"


class Peek(msgspec.Struct, gc=False, frozen=True):
    """The fields of one message. A missing field is an empty text; one of another type stands as its JSON text."""

    shape: Shape
    action: str = ""
    """The request's action, as written in the message."""
    action_type: str = ""
    """A superpower's ``actionType``."""
    state: str = ""
    """Effective state: ``error`` wherever an error is meant, else the message's own."""
    correlation_id: str = ""
    correlation_type: str = ""
    """``number``, ``boolean``, ``array`` or ``object`` where the correlation ID is no text, which it should be."""
    trace_id: str = ""
    thread_id: str = ""
    parent_id: str = ""
    request_id: str = ""
    session_id: str = ""
    error_code: str = ""
    summary: str = ""
    """At most 200 characters on one line, for people: the customer's message, the answer's text, the error."""
    problem: str = ""
    """Why the message cannot be read, or not whole, as a sentence."""


def peek(payload: bytes, *, is_text: bool, with_summary: bool = True) -> Peek:
    """Read the few fields of a whole message. Never raises; a sound envelope takes some microseconds.

    Without its summary, which nobody but a person needs, a sound envelope takes half as long.
    """
    if not payload:
        return Peek(Shape.EMPTY, summary="Empty message")
    if not is_text:
        return Peek(Shape.BINARY, summary=f"{len(payload):,} bytes of binary data")
    try:
        if not payload.isascii():
            payload.decode()
        fields = message_fields.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        # Another type somewhere, a lone surrogate, a huge number, or no JSON at all: read it the slow and tolerant way.
        return _peek_tolerantly(payload)
    return _recognise(fields, with_summary=with_summary)


def _peek_tolerantly(payload: bytes) -> Peek:
    reading = read_json(payload)
    if reading.problem:
        shape = Shape.JSON if reading.problem == TOO_DEEP else Shape.BROKEN_JSON
        return Peek(shape, summary=one_line(payload[:1000].decode(errors="replace")), problem=reading.problem)
    if not isinstance(reading.value, dict):
        return Peek(Shape.JSON, summary=one_line(json_text(reading.value)))
    return _recognise(message_fields.from_json(reading.value))


def _recognise(fields: MessageFields, *, with_summary: bool = True) -> Peek:
    headers = fields.headers
    if headers is not None and (fields.payload is not None or headers.correlation_id or headers.schema_ref):
        return _envelope(fields, headers, fields.payload or _NO_PAYLOAD, with_summary)
    if fields.error or _ERROR in (fields.state, fields.action_type):
        return _bare_error(fields)
    if fields.action == "superpower" or (fields.action_type is not None and fields.message is not None):
        return _superpower(fields)
    if isinstance(fields.message, str) and (fields.connection_id is not None or fields.request_id is not None):
        return _gateway(fields)
    return _other(fields)


def _envelope(fields: MessageFields, headers: Headers, payload: Payload, with_summary: bool) -> Peek:  # noqa: FBT001
    schema_ref = headers.schema_ref if isinstance(headers.schema_ref, str) else ""
    answered = schema_ref.startswith(("optave.response.", "optave.error."))
    if not answered and not schema_ref.startswith("optave.message."):
        answered = payload.request is None and payload.session is None and _is_answer(payload)
    request = payload.request
    code, state = "", _id(payload.state)
    correlation_id, correlation_type = _correlation(headers.correlation_id, fields.correlation_id)
    thread_id = parent_id = request_id = session_id = ""
    if request is not None:
        connections = request.connections or _NO_CONNECTIONS
        thread_id, parent_id = _id(connections.thread_id), _id(connections.parent_id)
        request_id = _id(request.request_id)
    if payload.session is not None:
        session_id = _id(payload.session.session_id)
    if answered:
        code = _error_code(fields, payload)
        failed = code or schema_ref.startswith("optave.error.") or _means_error(fields) or _means_error(payload)
        state = _ERROR if failed else state
        summary = _answer_summary(fields, payload, code if failed else "") if with_summary else ""
    else:
        summary = request_summary(request) if with_summary else ""
    return Peek(
        Shape.RESPONSE if answered else Shape.REQUEST,
        action=_id(headers.action),
        action_type=_id(payload.action_type),
        state=state,
        correlation_id=correlation_id,
        correlation_type=correlation_type,
        trace_id=_id(headers.trace_id),
        thread_id=thread_id,
        parent_id=parent_id,
        request_id=request_id,
        session_id=session_id,
        error_code=code,
        summary=summary,
    )


def _superpower(fields: MessageFields) -> Peek:
    code = _error_code(fields, fields)
    correlation_id, correlation_type = _correlation(fields.correlation_id)
    return Peek(
        Shape.SUPERPOWER,
        action_type=_id(fields.action_type),
        state=_ERROR if code else _id(fields.state),
        correlation_id=correlation_id,
        correlation_type=correlation_type,
        error_code=code,
        summary=_answer_summary(fields, fields, code),
    )


def _bare_error(fields: MessageFields) -> Peek:
    code = _error_code(fields, fields)
    action = _id(fields.action)
    correlation_id, correlation_type = _correlation(fields.correlation_id)
    return Peek(
        Shape.ERROR,
        action="" if action in ("superpower", "message") else action,
        action_type=_id(fields.action_type),
        state=_ERROR,
        correlation_id=correlation_id,
        correlation_type=correlation_type,
        request_id=_id(fields.request_id),
        error_code=code,
        summary=_answer_summary(fields, fields, code),
    )


def _gateway(fields: MessageFields) -> Peek:
    correlation_id, correlation_type = _correlation(fields.correlation_id)
    return Peek(
        Shape.GATEWAY,
        state=_ERROR,
        correlation_id=correlation_id,
        correlation_type=correlation_type,
        request_id=_id(fields.request_id),
        summary=one_line(f"Gateway: {as_text(fields.message)}"),
    )


def _other(fields: MessageFields) -> Peek:
    request, session = fields.request, fields.session or _NO_SESSION
    if request is not None:
        old_action = _id(request.attributes.action) if request.attributes and fields.action == "message" else ""
        connections = request.connections or _NO_CONNECTIONS
        kind = "Request of protocol 3.1" if old_action else "Payload without an envelope"
        return Peek(
            Shape.JSON,
            action=old_action,
            trace_id=_id(session.old_trace_id),
            thread_id=_id(connections.thread_id) or _id(connections.old_thread_id),
            parent_id=_id(connections.parent_id) or _id(connections.old_parent_id),
            request_id=_id(request.request_id) or _id(request.old_request_id),
            session_id=_id(session.session_id) or _id(session.old_session_id),
            summary=_titled(kind, request_summary(request)),
        )
    if fields.inputs is not None and fields.action == "message":
        return Peek(
            Shape.JSON,
            action=_id(fields.action_type),
            summary=_titled("Request of protocol 1", _id(fields.action_type)),
        )
    correlation_id, correlation_type = _correlation(fields.correlation_id)
    text = response_summary(fields.message)
    return Peek(
        Shape.JSON,
        action=_id(fields.action),
        action_type=_id(fields.action_type),
        state=_id(fields.state),
        correlation_id=correlation_id,
        correlation_type=correlation_type,
        summary=text or "JSON without the form of an Optave message",
    )


def _is_answer(payload: Payload) -> bool:
    given = (payload.state, payload.action_type, payload.message, payload.error)
    return payload.action == "superpower" or any(field is not None for field in given)


def _means_error(fields: Payload) -> bool:
    return bool(fields.error) or _ERROR in (fields.state, fields.action_type)


def _error_code(fields: MessageFields, payload: Payload) -> str:
    if payload.error is not None or fields.error is not None:
        for error in (payload.error, fields.error):
            if isinstance(error, dict) and (code := _id(error.get("code"))):
                return code
    message = payload.message
    if message is None or isinstance(message, str):
        return ""
    for result in message.results or ():
        for item in result.response or ():
            if item.error_code is not None and (code := _id(item.error_code)):
                return code
    return ""


def _answer_summary(fields: MessageFields, payload: Payload, code: str) -> str:
    error = payload.error or fields.error
    text = one_line(_error_text(payload.error) or _error_text(fields.error)) if error else ""
    text = text or response_summary(payload.message)
    if not text:
        text = one_line(" ".join(part for part in (_id(payload.action_type), _id(payload.state)) if part))
    if not code:
        return text
    return one_line(f"{code}: {text}" if text else code)


def _error_text(error: Any) -> str:
    """The message of an error object, or what else stands in ``error``."""
    if not error:
        return ""
    return as_text(error.get("message") if isinstance(error, dict) else error)


def _titled(title: str, text: str) -> str:
    return one_line(f"{title}: {text}" if text else title)


def _correlation(*values: Any) -> tuple[str, str]:
    """The first correlation ID that is given, as text, and its type where it is no text."""
    first = values[0]
    if type(first) is str and first and first.isascii():
        return first, ""
    for value in values:
        if (found := _id(value)) != "":
            return found, "" if isinstance(value, str) else _TYPE_NAMES.get(type(value), "number")
    return "", ""


def _id(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value if value.isascii() else without_surrogates(value)
    return json_text(value)
