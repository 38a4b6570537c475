"""The known keys of a payload, and where keys belong that are often put elsewhere.

Sources: ``protocol.md`` sections 5.1, 5.5 and 10.
"""

from collections.abc import Iterator
from types import MappingProxyType

Tree = dict[str, "Node"]
Node = Tree | list[Tree] | None
"""An object by its keys, an array by its items' keys, or None for a value that is not looked into."""


def _leaves(names: str) -> Tree:
    return dict.fromkeys(names.split())


_CONVERSATION: Tree = {
    **_leaves("conversationId metadata"),
    "participants": [_leaves("participantId displayName role")],
    "messages": [_leaves("content participantId timestamp")],
}
_SCOPE: Tree = {
    **_leaves(
        "accounts appointments assets bookings cases documents events items locations offers operators orders"
        " organizations persons policies properties services subscriptions tickets transactions users"
    ),
    "conversations": [_CONVERSATION],
    "interactions": [_leaves("content id name role timestamp")],
    "products": [_leaves("id")],
}
PAYLOAD_TREE: Tree = {
    "session": {
        "sessionId": None,
        "channel": _leaves("browser deviceInfo deviceType language location medium metadata section"),
        "interface": _leaves("appVersion category language name type"),
    },
    "request": {
        "requestId": None,
        "attributes": _leaves("content instruction variant"),
        "connections": _leaves("journeyId parentId threadId"),
        "context": _leaves("caseId departmentId operatorId organizationId userId"),
        "reference": {"ids": [_leaves("name value")], **_leaves("labels tags")},
        "resources": {
            "codes": [_leaves("id label type value")],
            "links": [_leaves("expires_at html id label type url")],
            "offers": None,
        },
        "scope": _SCOPE,
        "settings": _leaves(
            "disableBrowsing disableSearch disableSources disableStream disableTools maxResponseLength"
            " overrideInterfaceLanguage overrideOutputLanguage"
        ),
        "a2a": [_leaves("id name type")],
        "cursor": _leaves("since until"),
    },
}

_MOVED = MappingProxyType(
    {
        "headers": "the envelope's headers, beside the payload",
        "tenantId": "headers.tenantId of the envelope",
        "networkLatencyMs": "headers.networkLatencyMs of the envelope",
        "sdkVersion": "headers.sdkVersion of the envelope",
        "traceId": "headers.traceId of the envelope",
        "correlationId": "headers.correlationId of the envelope",
        "idempotencyKey": "headers.idempotencyKey of the envelope",
        "latencyMs": "headers.networkLatencyMs of the envelope",
        "traceSessionId": "headers.traceId of the envelope",
        "traceParentId": "request.connections.parentId",
        "offeringDetails": "request.resources.offers",
        "userPerspective": "request.scope.conversations",
        "variation": "request.attributes.variant",
        "overrideChannelMedium": "session.channel.medium",
        "expiresAt": "request.resources.links[].expires_at",
    }
)


def suggestion(key: str, parent: Node) -> str:
    """Where an unknown ``key`` found in ``parent`` probably belongs, as a dotted path; "" when nothing is known."""
    plain = _plain(key)
    for sibling in parent if isinstance(parent, dict) else ():
        if _plain(sibling) == plain:
            return sibling
    return _ELSEWHERE.get(plain, "")


def _plain(key: str) -> str:
    return key.replace("_", "").lower()


def _places(node: Node, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        node, path = node[0], f"{path}[]"
    for key, below in (node or {}).items():
        place = f"{path}.{key}".lstrip(".")
        yield _plain(key), place
        yield from _places(below, place)


def _elsewhere() -> dict[str, str]:
    places: dict[str, set[str]] = {}
    for plain, place in _places(PAYLOAD_TREE, ""):
        places.setdefault(plain, set()).add(place)
    only = {plain: found.pop() for plain, found in places.items() if len(found) == 1}
    return only | {_plain(key): place for key, place in _MOVED.items()}


_ELSEWHERE = _elsewhere()
