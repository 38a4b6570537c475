"""The words for what a JSON Schema validator finds: what is wrong, what would be right, and where the rule is odd."""

import math
from collections.abc import Sequence
from typing import Any

import jsonschema_rs

from .ids import uuid_version
from .json_path import Step
from .read_json import json_text
from .timestamps import fraction_digits

_KIND = jsonschema_rs.ValidationErrorKind
_TYPES = {
    "string": "a string",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}


def sentence(error: jsonschema_rs.ValidationError, name: str, value: Any, description: str) -> str:
    """What is wrong with the field ``name``, which holds ``value``, and what would be right.

    ``description`` is what our schema says of the field.
    """
    match error.kind:
        case _KIND.Required(property=missing):
            return f"{_capital(name)} has no {missing}. {description}".rstrip()
        case _KIND.Type(types=types):
            wanted = " or ".join(_TYPES.get(str(kind), str(kind)) for kind in types)
            return f"{_capital(name)} is {described(value)}, but must be {wanted}."
        case _KIND.Enum(options=options):
            return f"{_capital(name)} is {described(value)}, but must be {_one_of(options)}."
        case _KIND.Format(format="uuidv7"):
            return f"{_capital(name)} is {described(value)}, but must be a UUID of version 7{_uuid_hint(value)}."
        case _KIND.Format():
            return (
                f"{_capital(name)} is {described(value)}, but must be a date and time such as"
                f" 2026-01-31T12:00:00.000Z{_time_hint(value)}."
            )
        case _KIND.MinItems():
            return f"{_capital(name)} is empty. {description}".rstrip()
        case _KIND.OneOfMultipleValid():
            return (
                f"{_capital(name)} is a sound error answer, and it fails for that: it fits the superpower's and the"
                " error's form at once, where only one may fit."
            )
        case _:
            return f"{_capital(name)} breaks the rule {error.kind.name}: {error.message}."


def quirk(error: jsonschema_rs.ValidationError, steps: Sequence[Step], root: Any) -> str:
    """Why the rule behind a finding is odd; "" for plain ones."""
    if isinstance(error.kind, _KIND.OneOfMultipleValid):
        return (
            "The contract takes an error envelope for valid only where an item of its results lacks content; go by"
            " payload.state and headers.schemaRef instead."
        )
    headers = root.get("headers") if isinstance(root, dict) else None
    if "then" in error.evaluation_path:
        if not isinstance(headers, dict) or "action" not in headers:
            return "The rule on conversations also holds where headers.action is missing, whatever the action."
        if headers["action"] == "customerInteraction":
            return "The rule on conversations names customerInteraction, never the legal spelling customerinteraction."
    if (
        isinstance(error.kind, _KIND.Enum)
        and steps == ("headers", "action")
        and error.instance == "customerInteraction"
    ):
        return "The SDK's method customerInteraction itself sends this spelling."
    return ""


def field_name(steps: Sequence[Step], root: str = "the payload") -> str:
    """How a sentence calls the value at ``steps``: ``root``, ``sessionId``, ``item 0 of participants``."""
    if not steps:
        return root
    if isinstance(steps[-1], int):
        return f"item {steps[-1]} of {field_name(steps[:-1], root)}"
    return steps[-1]


def described(value: Any) -> str:
    """A value in a sentence, short."""
    if isinstance(value, bool) or value is None:
        return json_text(value)
    if isinstance(value, str):
        return _short(json_text(value)) if value else "an empty string"
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, (list, tuple)):
        return "an array"
    return "an object" if isinstance(value, dict) else "no JSON value"


def _number(value: float) -> str:
    try:
        finite = math.isfinite(float(value))
    except OverflowError:
        finite = False
    return f"the number {_short(json_text(value))}" if finite else "a number too large for JavaScript"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _one_of(options: Sequence[Any]) -> str:
    texts = [json_text(option) for option in options]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _uuid_hint(value: Any) -> str:
    version = uuid_version(value) if isinstance(value, str) else None
    if version is None:
        return ""
    return ", with 8, 9, a or b after its third hyphen" if version == 7 else f", not {version}"


def _time_hint(value: Any) -> str:
    digits = fraction_digits(value) if isinstance(value, str) else None
    return f"; it has {digits} fraction digits, not three" if digits not in (None, 0, 3) else ""


def _capital(text: str) -> str:
    return text[0].upper() + text[1:] if text.startswith(("the ", "item ")) else text
