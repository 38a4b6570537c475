"""What the JavaScript SDK does with a request before it sends it (``protocol.md`` sections 5.3, 5.4, 6 and 9)."""

import math
from collections.abc import Iterator
from typing import Any

from .actions import RULES, Action, Requirement
from .contract_sentences import described
from .json_path import MISSING, follow
from .limits import MAX_ENVELOPE_UNITS, Size
from .verdict import Located, Verdict, in_order, located

SCHEMA_MISMATCH = "PAYLOAD_SCHEMA_MISMATCH"
FIELDS_MISSING = "REQUIRED_FIELDS_MISSING"
TOO_LARGE = "PAYLOAD_TOO_LARGE"
TYPE_ERROR = "TypeError"

_NAME = "SDK"
_CONTENT = "request.attributes.content"


def sdk_check(action: Action, payload: Any, size: Size | None = None) -> Verdict:
    """Whether the SDK would send ``payload``, the ``session`` and ``request`` (and ``headers``) given to its method.

    Rules are the SDK's error codes, or TypeError where it would throw. Values are judged as JavaScript judges them:
    "", 0, null and false count as missing, a blank text and empty objects do not. Strict validation, which the SDK has
    off in Node, is left to the payload's contract check. ``size`` is the whole envelope's. Never raises.
    """
    failures = [*_unknown_keys(payload), *_crashes(payload)]
    if isinstance(payload, dict) and isinstance(payload.get("request", {}), dict):
        failures += _missing_fields(action, payload)
    elif not truthy(payload):
        failures += _missing_fields(action, {})
    if size is not None and not size.fits_units:
        failures.append(located((), TOO_LARGE, _size_sentence(size), _SIZE_QUIRK))
    return Verdict(_NAME, not failures, in_order(failures), in_order(_notes(action, payload)))


_SIZE_QUIRK = "The SDK counts UTF-16 code units, although it speaks of KB; a server may count UTF-8 bytes."


def truthy(value: Any) -> bool:
    """Whether JavaScript takes a JSON value for true."""
    if value is None or value is MISSING or value is False or value == "":
        return False
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return value != 0 and not (isinstance(value, float) and math.isnan(value))
    return True


def _unknown_keys(payload: Any) -> Iterator[Located]:
    if isinstance(payload, (str, list)) and payload:
        sentence = f"The payload is {described(payload)}, but must be an object with session and request."
        yield located((), SCHEMA_MISMATCH, sentence)
    for key in payload if isinstance(payload, dict) else ():
        if key not in ("session", "request", "headers"):
            sentence = (
                f"{described(key)} is not allowed beside session, request and headers; the SDK refuses to send it."
            )
            yield located((key,), SCHEMA_MISMATCH, sentence)


def _crashes(payload: Any) -> Iterator[Located]:
    """Where the SDK's merging throws instead of reporting."""
    if not isinstance(payload, dict):
        if truthy(payload) and not (isinstance(payload, (str, list)) and payload):
            yield located((), TYPE_ERROR, f"The payload is {described(payload)}; the SDK throws while merging it.")
        return
    request = payload.get("request", {})
    if not isinstance(request, dict):
        sentence = f"request is {described(request)}, which takes the place of the SDK's default; then the SDK throws."
        yield located(("request",), TYPE_ERROR, sentence, _NULL_QUIRK if request is None else "")
        return
    yield from _attribute_crashes(request)


_NULL_QUIRK = "null overrides the SDK's default object; leave the key out to keep the default."


def _attribute_crashes(request: dict[str, Any]) -> Iterator[Located]:
    attributes = request.get("attributes", {})
    if attributes is None:
        sentence = "attributes is null, which takes the place of the SDK's default; then the SDK throws."
        yield located(("request", "attributes"), TYPE_ERROR, sentence, _NULL_QUIRK)
        return
    aliases = [key for key in ("variation", "content") if truthy(request.get(key))]
    if not isinstance(attributes, (dict, list)):
        if aliases:
            sentence = f"attributes is {described(attributes)}; the SDK throws when it copies {aliases[0]} into it."
            yield located(("request", "attributes"), TYPE_ERROR, sentence)
        return
    variation = request.get("variation")
    own = attributes.get("variant") if isinstance(attributes, dict) else None
    variant, steps = (variation, ("variation",)) if truthy(variation) else (own, ("attributes", "variant"))
    if truthy(variant) and not isinstance(variant, str):
        sentence = (
            f"{steps[-1]} is {described(variant)}, but must be a string; the SDK throws when it makes it upper case."
        )
        yield located(("request", *steps), TYPE_ERROR, sentence)


def _missing_fields(action: Action, payload: dict[str, Any]) -> Iterator[Located]:
    alias = follow(payload, ("request", "content"))[1]
    for requirement in RULES[action].sdk:
        existing, value = follow(payload, requirement.path.split("."))
        if requirement.non_empty_array:
            given = isinstance(value, list) and bool(value)
        else:
            given = truthy(value) or (requirement.path == _CONTENT and truthy(alias))
        if not given:
            yield located(existing, FIELDS_MISSING, _missing_sentence(value, requirement, action))


def _missing_sentence(value: Any, requirement: Requirement, action: Action) -> str:
    wanted = "a non-empty array" if requirement.non_empty_array else "a value"
    if value is MISSING:
        found = "is missing"
    elif isinstance(value, list):
        found = "is an empty array"
    elif truthy(value):
        found = f"is {described(value)}"
    else:
        found = f"is {described(value)}, which counts as missing"
    return f"{requirement.path} {found}, but {action.sdk_name} needs {wanted} there. {requirement.sentence}"


def _notes(action: Action, payload: Any) -> Iterator[Located]:
    """What passes the SDK, and why one would not expect it."""
    if action is Action.CUSTOMER_INTERACTION:
        sentence = "The SDK's method writes customerInteraction into headers.action, which the contract does not allow."
        yield located((), "deprecated", sentence, "The wire name is customerinteraction; interaction takes its place.")
    if not isinstance(payload, dict):
        return
    if payload.get("headers") is not None:
        quirk = "The SDK copies all of the given headers into payload.headers as well."
        yield located(
            ("headers",), "headers", "headers set the envelope's headers and are sent in the payload too.", quirk
        )
    for requirement in RULES[action].sdk:
        steps, value = follow(payload, requirement.path.split("."))
        if isinstance(value, str) and value and not value.strip():
            yield located(steps, "blank", f"{steps[-1]} is blank.", "The SDK's check takes white space for a value.")
        elif value is not MISSING and truthy(value) and not isinstance(value, (str, list)):
            sentence = f"{steps[-1]} is {described(value)}, but should be a string."
            yield located(steps, "type", sentence, "The SDK's check of required fields ignores types.")
    request = payload.get("request")
    if isinstance(request, dict):
        for alias, real in (("content", "content"), ("variation", "variant")):
            if truthy(request.get(alias)):
                leak = "" if "attributes" in request else _LEAK_QUIRK
                sentence = (
                    f"request.{alias} is deprecated; the SDK copies it to request.attributes.{real} and sends both."
                )
                yield located(("request", alias), "deprecated", sentence, leak)


_LEAK_QUIRK = (
    "Without request.attributes the SDK writes it into its shared defaults, and it goes out with every later message of"
    " the process."
)


def _size_sentence(size: Size) -> str:
    return (
        f"The envelope has {size.units:,} UTF-16 code units; the SDK sends at most {MAX_ENVELOPE_UNITS:,}."
        " Shorten the conversations, offers or metadata."
    )
