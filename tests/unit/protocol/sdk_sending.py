"""What the SDK does before it sends, step by step as JavaScript does it, to compare the check with.

Written from ``protocol.md`` sections 5.2 to 5.5 and 6. ``UNDEFINED`` is JavaScript's undefined.
"""

import math
from typing import Any

UNDEFINED = object()


class JavaScriptTypeError(Exception):
    """Where JavaScript would throw a TypeError."""


def _defaults() -> dict[str, Any]:
    request = {
        "requestId": "",
        "attributes": {"content": "", "instruction": "", "variant": "A"},
        "connections": {"journeyId": "", "parentId": "", "threadId": ""},
        "context": {"organizationId": ""},
        "reference": {"ids": [{"name": "", "value": ""}]},
        "resources": {"codes": [{}], "links": [{}], "offers": []},
        "scope": {"conversations": [], "products": [{"id": ""}]},
        "settings": {},
    }
    return {"session": {"sessionId": "", "channel": {"medium": "chat"}, "interface": {}}, "request": request}


def _truthy(value: Any) -> bool:
    if value is UNDEFINED or value is None or value is False or (isinstance(value, str) and not value):
        return False
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return not (is_number and (value == 0 or (isinstance(value, float) and math.isnan(value))))


def _merge(target: Any, source: Any) -> Any:
    if isinstance(target, list) and isinstance(source, list):
        return list(source)
    if isinstance(target, dict) and isinstance(source, dict):
        return {
            **target,
            **{key: _merge(target[key], value) if key in target else value for key, value in source.items()},
        }
    return source


def _get(value: Any, *names: str, optional: bool = True) -> Any:
    """``value?.a?.b``, or ``value.a.b`` when not optional."""
    for name in names:
        if value is None or value is UNDEFINED:
            if optional:
                return UNDEFINED
            raise JavaScriptTypeError
        value = value.get(name, UNDEFINED) if isinstance(value, dict) else UNDEFINED
    return value


def _assign(owner: Any, name: str, value: Any) -> Any:
    """``owner.name = value`` in strict mode; an array with a property of its own is shown here as an object."""
    if isinstance(owner, list):
        return {name: value}
    if not isinstance(owner, dict):
        raise JavaScriptTypeError
    owner[name] = value
    return owner


def outcome(action: str, given: Any) -> str:
    """``OK``, ``PAYLOAD_SCHEMA_MISMATCH``, ``TypeError`` or ``REQUIRED_FIELDS_MISSING``."""
    params = given if _truthy(given) else {}
    keys = range(len(params)) if isinstance(params, (str, list)) else params if isinstance(params, dict) else ()
    if any(key not in ("session", "request", "headers") for key in keys):
        return "PAYLOAD_SCHEMA_MISMATCH"
    try:
        payload = _prepared(params)
    except JavaScriptTypeError:
        return "TypeError"
    return "REQUIRED_FIELDS_MISSING" if _missing(action, payload) else "OK"


def _prepared(params: Any) -> Any:
    payload = _merge(_defaults(), params)
    request = _get(payload, "request")
    variation, content = _get(params, "request", "variation"), _get(params, "request", "content")
    if _truthy(variation):
        request["attributes"] = _assign(_get(payload, "request", "attributes", optional=False), "variant", variation)
    if _truthy(content) and not _truthy(_get(payload, "request", "attributes", "content")):
        request["attributes"] = _assign(_get(payload, "request", "attributes", optional=False), "content", content)
    variant = _get(payload, "request", "attributes", "variant", optional=False)
    if _truthy(variant) and not isinstance(variant, str):
        raise JavaScriptTypeError
    return payload


def _missing(action: str, payload: Any) -> bool:
    def lacks(*names: str) -> bool:
        return not _truthy(_get(payload, "request", *names))

    def lacks_items(*names: str) -> bool:
        value = _get(payload, "request", *names)
        return not isinstance(value, list) or not value

    missing = lacks("connections", "threadId")
    if action in ("adjust", "elevate"):
        missing = missing or lacks("attributes", "content") or lacks("connections", "parentId")
    if action == "adjust":
        missing = missing or lacks("attributes", "instruction")
    if action == "recommend":
        missing = missing or lacks_items("resources", "offers")
    if action != "reception":
        missing = missing or lacks_items("scope", "conversations")
    return missing
