"""The small validators in three of the SDK's four builds (``protocol.md`` section 7, "CSP-safe validators").

They look at few fields, by JavaScript's rules: an array passes for an object, and so does null where a field may be
missing.
"""

from collections.abc import Generator, Iterator
from typing import Any

from .actions import Action
from .javascript import UNDEFINED, JavaScriptTypeError, get, truthy
from .json_path import json_path

Problem = tuple[str, str]
"""A JSON path and what is wrong there."""

_ACTIONS = frozenset(action.value for action in Action)
_WITH_CONVERSATIONS = (_ACTIONS - {Action.RECEPTION.value}) | {Action.CUSTOMER_INTERACTION.sdk_name}


def payload_problems(payload: Any) -> list[Problem]:
    """What the CSP-safe ``Payload`` validator finds; nothing means valid.

    Raises JavaScriptTypeError where the validator itself throws: ``scope`` or ``resources`` is null.
    """
    return list(_payload(payload))


def envelope_problems(envelope: Any) -> list[Problem]:
    """What the CSP-safe ``MessageEnvelope`` validator finds; nothing means valid. The SDK holds answers to it too."""
    return list(_envelope(envelope))


def _payload(payload: Any) -> Iterator[Problem]:
    if not _is_object(payload):
        yield _problem("must be an object")
        return
    if (yield from _required_object(payload, "session")):
        yield from _optional_string(payload, "session", "sessionId")
    if not (yield from _required_object(payload, "request")):
        return
    if (yield from _required_object(payload, "request", "connections")):
        yield from _required_string(payload, "request", "connections", "threadId")
        yield from _optional_string(payload, "request", "connections", "parentId")
    for name in ("context", "attributes"):
        yield from _optional_object(payload, "request", name)
    for name, array in (("scope", "conversations"), ("resources", "offers")):
        yield from _optional_object(payload, "request", name)
        if get(payload, "request", name) is None:
            raise JavaScriptTypeError(f"request.{name} is null, and the validator reads {array} of it.")
        items = get(payload, "request", name, array)
        if items is not UNDEFINED and not isinstance(items, list):
            yield _problem("must be an array", "request", name, array)


def _envelope(envelope: Any) -> Iterator[Problem]:
    if not _is_object(envelope):
        yield _problem("must be an object")
        return
    if (yield from _required_object(envelope, "headers")):
        yield from _required_string(envelope, "headers", "correlationId")
        yield from _action(envelope)
        for name in ("identifier", "schemaRef", "timestamp"):
            yield from _optional_string(envelope, "headers", name)
    if (yield from _required_object(envelope, "payload")):
        action = get(envelope, "headers", "action")
        if isinstance(action, str) and action in _WITH_CONVERSATIONS:
            yield from _conversations(envelope, action)


def _action(envelope: Any) -> Iterator[Problem]:
    yield from _required_string(envelope, "headers", "action")
    action = get(envelope, "headers", "action")
    if isinstance(action, str) and action and action not in _ACTIONS:
        yield _problem("is none of the nine actions", "headers", "action")


def _conversations(envelope: Any, action: str) -> Iterator[Problem]:
    steps = ("payload", "request", "scope", "conversations")
    for depth in range(2, 5):
        if not truthy(get(envelope, *steps[:depth])):
            yield _problem(f"is required for {action}", *steps[:depth])
            return
    conversations = get(envelope, *steps)
    if not isinstance(conversations, list):
        yield _problem("must be an array", *steps)
    elif not conversations:
        yield _problem(f"must not be empty for {action}", *steps)


def _required_object(root: Any, *steps: str) -> Generator[Problem, None, bool]:
    """Whether there is an object, arrays included, as the generator's return value."""
    value = get(root, *steps)
    if not truthy(value):
        yield _problem("is required", *steps)
        return False
    if not _is_object(value):
        yield _problem("must be an object", *steps)
        return False
    return True


def _optional_object(root: Any, *steps: str) -> Iterator[Problem]:
    value = get(root, *steps)
    if value is not UNDEFINED and value is not None and not _is_object(value):
        yield _problem("must be an object", *steps)


def _required_string(root: Any, *steps: str) -> Iterator[Problem]:
    value = get(root, *steps)
    if not truthy(value):
        yield _problem("is required", *steps)
    elif not isinstance(value, str):
        yield _problem("must be a string", *steps)


def _optional_string(root: Any, *steps: str) -> Iterator[Problem]:
    value = get(root, *steps)
    if value is not UNDEFINED and not isinstance(value, str):
        yield _problem("must be a string", *steps)


def _is_object(value: Any) -> bool:
    """``typeof value === "object"`` of a truthy value."""
    return isinstance(value, (dict, list))


def _problem(sentence: str, *steps: str) -> Problem:
    return json_path(steps), sentence
