"""The fields of a message that the peek looks at, decoded without building the rest.

Leaves are typed Any, so that a wrong type in a leaf costs nothing; a wrong type further up makes :func:`decode` fail,
and :func:`from_json` reads the same fields from the generic value. Fields called ``old_`` have protocol 3.1's names.
"""

from typing import Any

import msgspec


def _renamed(name: str) -> str:
    if name.startswith("old_"):
        return name.removeprefix("old_")
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


class Headers(msgspec.Struct, gc=False, rename="camel"):
    correlation_id: Any = None
    trace_id: Any = None
    action: Any = None
    schema_ref: Any = None


class Item(msgspec.Struct, gc=False):
    content: Any = None
    error_code: Any = None


class Result(msgspec.Struct, gc=False):
    response: list[Item] | None = None


class Superpower(msgspec.Struct, gc=False):
    results: list[Result] | None = None


class Message(msgspec.Struct, gc=False):
    content: Any = None


class Conversation(msgspec.Struct, gc=False):
    messages: list[Message] | None = None
    content: Any = None
    """Protocol 3.1 only, whose conversations are single messages."""


class Scope(msgspec.Struct, gc=False):
    conversations: list[Conversation] | None = None


class Attributes(msgspec.Struct, gc=False):
    content: Any = None
    instruction: Any = None
    action: Any = None


class Connections(msgspec.Struct, gc=False, rename=_renamed):
    thread_id: Any = None
    parent_id: Any = None
    old_thread_id: Any = None
    old_parent_id: Any = None


class Request(msgspec.Struct, gc=False, rename=_renamed):
    request_id: Any = None
    old_request_id: Any = None
    attributes: Attributes | None = None
    connections: Connections | None = None
    scope: Scope | None = None


class Session(msgspec.Struct, gc=False, rename=_renamed):
    session_id: Any = None
    old_session_id: Any = None
    old_trace_id: Any = None


class Payload(msgspec.Struct, gc=False, rename="camel"):
    """An envelope's payload: of a request, or a superpower."""

    action: Any = None
    action_type: Any = None
    state: Any = None
    message: Superpower | str | None = None
    error: Any = None
    session: Session | None = None
    request: Request | None = None


class MessageFields(Payload, gc=False, rename="camel"):
    """A whole message: an envelope, or what else stands at the top level."""

    headers: Headers | None = None
    payload: Payload | None = None
    correlation_id: Any = None
    connection_id: Any = None
    request_id: Any = None
    inputs: Any = None
    """Protocol 1 only."""


_decoder = msgspec.json.Decoder(MessageFields)


def decode(payload: bytes) -> MessageFields:
    """The fields of a JSON object. UTF-8 in the parts that are passed over is not checked.

    Raises msgspec.DecodeError for other JSON and other types, RecursionError for deep nesting.
    """
    return _decoder.decode(payload)


def from_json(value: dict[str, Any]) -> MessageFields:
    """The same fields from a generic value; a part of another type counts as an empty one, in a list as well."""
    headers, payload = value.get("headers"), value.get("payload")
    fields: MessageFields = _payload(MessageFields, value)
    fields.headers = _leaves(Headers, headers) if isinstance(headers, dict) else None
    fields.payload = _payload(Payload, payload) if payload is not None else None
    fields.correlation_id = value.get("correlationId")
    fields.connection_id = value.get("connectionId")
    fields.request_id = value.get("requestId")
    fields.inputs = value.get("inputs")
    return fields


def _payload(kind: type[Any], value: Any) -> Any:
    source = _object(value)
    fields = kind()
    fields.action = source.get("action")
    fields.action_type = source.get("actionType")
    fields.state = source.get("state")
    fields.error = source.get("error")
    message = source.get("message")
    fields.message = (
        _superpower(message) if isinstance(message, dict) else message if isinstance(message, str) else None
    )
    session, request = source.get("session"), source.get("request")
    fields.session = _leaves(Session, session) if isinstance(session, dict) else None
    fields.request = _request(request) if isinstance(request, dict) else None
    return fields


def _request(source: dict[str, Any]) -> Request:
    conversations = [
        Conversation(
            [_leaves(Message, message) for message in _list(_object(conversation).get("messages"))],
            _object(conversation).get("content"),
        )
        for conversation in _list(_object(source.get("scope")).get("conversations"))
    ]
    return Request(
        request_id=source.get("requestId"),
        old_request_id=source.get("request_id"),
        attributes=_leaves(Attributes, source.get("attributes")),
        connections=_leaves(Connections, source.get("connections")),
        scope=Scope(conversations),
    )


def _superpower(source: dict[str, Any]) -> Superpower:
    return Superpower(
        [
            Result([_leaves(Item, item) for item in _list(_object(result).get("response"))])
            for result in _list(source.get("results"))
        ]
    )


def _leaves(kind: type[Any], value: Any) -> Any:
    source = _object(value)
    return kind(*(source.get(name) for name in kind.__struct_encode_fields__))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
