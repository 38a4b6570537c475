"""What Optave's documentation asks for beyond the contract, and what a careful reader would stumble over.

Sources: ``protocol.md`` sections 5.1, 5.2, 5.5, 6, 7 and 10.
"""

from collections.abc import Iterator
from typing import Any

from .actions import RULES, Action
from .contract_sentences import described, field_name
from .ids import is_uuid7, uuid_version
from .json_path import MISSING, Step, follow
from .payload_tree import PAYLOAD_TREE, Node, suggestion
from .read_json import json_text
from .timestamps import fraction_digits, parse_timestamp
from .verdict import Located, Verdict, in_order, located

_Steps = tuple[Step, ...]

_BLANK_DEFAULTS: tuple[tuple[str, ...], ...] = (
    ("request", "reference", "ids"),
    ("request", "resources", "codes"),
    ("request", "resources", "links"),
    ("request", "scope", "products"),
    ("request", "a2a"),
)
"""The arrays that the SDK's defaults fill with one blank item."""


def documentation_check(action: Action, payload: Any) -> Verdict:
    """Look a payload over as the documentation's author would. Nothing found here keeps a request from being sent.

    Rules: ``required``, ``unknown-key``, ``blank-item``, ``uuid-version``, ``timestamp``, ``deprecated``. Never raises.
    """
    findings: list[Located] = []
    if action.deprecated:
        sentence = f"{action.sdk_name} is deprecated; use {Action.INTERACTION.sdk_name} instead."
        findings.append(located((), "deprecated", sentence))
    if isinstance(payload, dict):
        findings += _missing(action, payload)
        findings += _unknown_keys(payload, PAYLOAD_TREE, ())
        findings += _blank_items(payload)
        findings += _request_id(payload)
        findings += _timestamps(payload)
    else:
        findings.append(located((), "required", f"The payload is {described(payload)}, but must be an object."))
    return Verdict("Documentation", not findings, in_order(findings))


def _missing(action: Action, payload: dict[str, Any]) -> Iterator[Located]:
    for requirement in RULES[action].documentation:
        steps = tuple(requirement.path.split("."))
        existing, value = follow(payload, steps)
        given = isinstance(value, list) if requirement.non_empty_array else value is not None
        if existing == steps and given and not _is_blank(value):
            continue
        found = f"is {described(value)}" if existing == steps else "is missing"
        if isinstance(value, list) and existing == steps:
            found = "is an empty array"
        sentence = (
            f"{requirement.path} {found}; the documentation requires it for {action.value}. {requirement.sentence}"
        )
        yield located(existing, "required", sentence)


def _unknown_keys(value: Any, tree: Node, steps: _Steps) -> Iterator[Located]:
    if isinstance(tree, list):
        for index, item in enumerate(value if isinstance(value, list) else ()):
            yield from _unknown_keys(item, tree[0], (*steps, index))
    elif isinstance(tree, dict) and isinstance(value, dict):
        for key, below in value.items():
            if key in tree:
                yield from _unknown_keys(below, tree[key], (*steps, key))
            else:
                yield _unknown_key(key, tree, steps)


def _unknown_key(key: str, tree: Node, steps: _Steps) -> Located:
    here = (*steps, key)
    parent = field_name(steps)
    if here in _DEPRECATED:
        real = _DEPRECATED[here]
        return located(here, "deprecated", f"request.{key} is deprecated; use {real} instead.")
    place = suggestion(key, tree)
    better = f" It belongs in {place}." if place else " It is sent, but nobody may read it."
    return located(here, "unknown-key", f"{json_text(key)} is not known in {parent}.{better}", _OPEN_QUIRK)


_OPEN_QUIRK = "The contract allows unknown keys everywhere, so that no other check notices them."
_DEPRECATED: dict[_Steps, str] = {
    ("request", "content"): "request.attributes.content",
    ("request", "variation"): "request.attributes.variant",
}


def _blank_items(payload: dict[str, Any]) -> Iterator[Located]:
    for place in _BLANK_DEFAULTS:
        existing, items = follow(payload, place)
        if existing != place or not isinstance(items, list):
            continue
        for index, item in enumerate(items):
            if isinstance(item, dict) and all(_is_blank(value) or value is False for value in item.values()):
                sentence = f"Item {index} of {place[-1]} is blank and looks like a real entry; leave it out."
                quirk = "The SDK's defaults send such a blank item with every message."
                yield located((*place, index), "blank-item", sentence, quirk)


def _request_id(payload: dict[str, Any]) -> Iterator[Located]:
    steps = ("request", "requestId")
    existing, value = follow(payload, steps)
    if existing != steps or not isinstance(value, str) or not value or is_uuid7(value):
        return
    version = uuid_version(value)
    what = "is no UUID" if version is None else f"is a UUID of version {version}"
    if version == 7:
        what = "is a UUID of version 7 with a wrong variant digit"
    sentence = (
        f"requestId {what}; it becomes headers.correlationId, which must be a UUID of version 7, unless overridden."
    )
    yield located(steps, "uuid-version", sentence)


def _timestamps(payload: dict[str, Any]) -> Iterator[Located]:
    _, scope = follow(payload, ("request", "scope"))
    if not isinstance(scope, dict):
        return
    at: _Steps = ("request", "scope")
    for index, conversation in _objects(scope.get("conversations")):
        for number, message in _objects(conversation.get("messages")):
            yield from _timestamp(message, (*at, "conversations", index, "messages", number, "timestamp"))
    for index, interaction in _objects(scope.get("interactions")):
        yield from _timestamp(interaction, (*at, "interactions", index, "timestamp"))


def _timestamp(owner: dict[str, Any], steps: _Steps) -> Iterator[Located]:
    text = owner.get("timestamp")
    if not isinstance(text, str) or not text.strip():
        return
    digits = fraction_digits(text)
    if digits is None or parse_timestamp(text) is None:
        problem = "is no ISO 8601 date and time with a zone"
    elif digits not in (0, 3):
        problem = f"has {digits} fraction digits"
    else:
        return
    sentence = f"timestamp {problem}; write three fraction digits and Z, such as 2026-01-31T12:00:00.000Z."
    yield located(steps, "timestamp", sentence, "The contract takes any text here, but not in headers.")


def _objects(value: Any) -> Iterator[tuple[int, dict[str, Any]]]:
    for index, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, dict):
            yield index, item


def _is_blank(value: Any) -> bool:
    return value is None or value is MISSING or value == [] or (isinstance(value, str) and not value.strip())
