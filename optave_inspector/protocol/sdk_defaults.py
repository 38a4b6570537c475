"""What the SDK makes of a caller's payload: its defaults, its way of merging, its envelope (``protocol.md`` 4 and 5).

Only for payloads in which :func:`sdk_check.sdk_check` finds no TypeError.
"""

import copy
from typing import Any

from .actions import Action
from .envelope import MESSAGE_SCHEMA_REF
from .javascript import UNDEFINED, first_truthy, get, truthy
from .sdk_build import SDK_RELEASE

_GENERATED_ID = "00000000-0000-7000-8000-000000000000"
_GENERATED_TIME = "2026-01-01T00:00:00.000Z"


def _blank(names: str) -> dict[str, Any]:
    return dict.fromkeys(names.split(), "")


def _no_items(names: str) -> dict[str, Any]:
    return {name: [] for name in names.split()}


_DEFAULTS: dict[str, Any] = {
    "session": {
        "sessionId": "",
        "channel": {
            **_blank("browser deviceInfo deviceType language location"),
            "medium": "chat",
            "metadata": [],
            "section": "",
        },
        "interface": _blank("appVersion category language name type"),
    },
    "request": {
        "requestId": "",
        "attributes": {**_blank("content instruction"), "variant": "A"},
        "connections": _blank("journeyId parentId threadId"),
        "context": _blank("caseId departmentId operatorId organizationId userId"),
        "reference": {"ids": [_blank("name value")], "labels": [], "tags": []},
        "resources": {
            "codes": [_blank("id label type value")],
            "links": [{**_blank("expires_at id label type url"), "html": False}],
            "offers": [],
        },
        "scope": {
            **_no_items(
                "accounts appointments assets bookings cases conversations documents events interactions items"
                " locations operators orders organizations persons policies properties services subscriptions tickets"
                " transactions users"
            ),
            "products": [_blank("id")],
        },
        "settings": {
            **dict.fromkeys(["disableBrowsing", "disableSearch", "disableSources", "disableTools"], False),
            "disableStream": True,
            "maxResponseLength": 0,
            **_blank("overrideInterfaceLanguage overrideOutputLanguage"),
        },
        "a2a": [_blank("id name type")],
        "cursor": _blank("since until"),
    },
}


def merged_payload(given: Any) -> Any:
    """The payload that the SDK sends for ``given``: merged over its defaults, old names copied, variant in capitals.

    Objects merge, arrays and all else replace the default, null too. The result shares parts with ``given``.
    """
    payload = _merge(copy.deepcopy(_DEFAULTS), given if truthy(given) else {})
    request = get(payload, "request")
    variation, content = get(given, "request", "variation"), get(given, "request", "content")
    attributes = get(request, "attributes")
    if isinstance(attributes, dict):
        attributes = {**attributes}
        if truthy(variation):
            attributes["variant"] = variation
        if truthy(content) and not truthy(get(attributes, "content")):
            attributes["content"] = content
        if isinstance(variant := get(attributes, "variant"), str):
            attributes["variant"] = variant.upper()
        payload = {**payload, "request": {**request, "attributes": attributes}}
    return payload


def _merge(default: Any, given: Any) -> Any:
    if not (isinstance(default, dict) and isinstance(given, dict)):
        return given
    result = dict(default)
    for key, value in given.items():
        # JavaScript takes an assigned __proto__ for the object's prototype, which JSON.stringify passes over.
        if key != "__proto__":
            result[key] = _merge(default[key], value) if key in default else value
    return result


def correlation_id(payload: Any) -> Any:
    """The correlation ID that the SDK takes from the caller, of any type; UNDEFINED where it makes a new UUIDv7."""
    found = first_truthy(get(payload, "headers", "correlationId"), get(payload, "request", "requestId"))
    return found if truthy(found) else UNDEFINED


def envelope(action: Action, payload: Any, tenant_id: Any = UNDEFINED) -> dict[str, Any]:
    """The SDK's envelope around a merged payload, with stand-ins of the right length for what it generates."""
    overrides = get(payload, "headers")

    def given(name: str, generated: str) -> Any:
        return first_truthy(get(overrides, name), generated)

    made_id = correlation_id(payload)
    headers: dict[str, Any] = {
        "correlationId": _GENERATED_ID if made_id is UNDEFINED else made_id,
        "action": action.sdk_name,
        "schemaRef": MESSAGE_SCHEMA_REF,
        "sdkVersion": SDK_RELEASE,
        "identifier": "message",
        "traceId": given("traceId", _GENERATED_ID),
        "idempotencyKey": given("idempotencyKey", _GENERATED_ID),
        "timestamp": get(overrides, "timestamp"),
        "issuedAt": _GENERATED_TIME,
        "tenantId": tenant_id,
        "networkLatencyMs": get(overrides, "networkLatencyMs"),
    }
    return {"action": "message", "headers": headers, "payload": payload}
