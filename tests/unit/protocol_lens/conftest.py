"""The contract, and sound messages to bend."""

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas

# Shared machines are slow at times; a test here fails for what it finds, not for how long it takes.
settings.register_profile("protocol_lens", deadline=None)
settings.load_profile("protocol_lens")

REQUEST_ID = "01997e6f-03b0-71ae-8ea3-435b459a9b3b"
_SUPERPOWER = {
    "action": "superpower",
    "actionType": "adjust_suggestion",
    "state": "completed",
    "message": {"results": [{"response": [{"content": "Sorry for the wait."}]}]},
}
_ANSWER = {
    "action": "message",
    "headers": {"correlationId": REQUEST_ID, "action": "adjust", "schemaRef": "optave.response.v3"},
    "payload": _SUPERPOWER,
}
_REQUEST = {
    "action": "message",
    "headers": {
        "correlationId": REQUEST_ID,
        "action": "adjust",
        "schemaRef": "optave.message.v3",
        "sdkVersion": "none",
        "traceId": REQUEST_ID,
    },
    "payload": {
        "session": {"sessionId": "s-1"},
        "request": {
            "requestId": "",
            "attributes": {"content": "We are sorry.", "instruction": "Be brief."},
            "connections": {"threadId": "t-1", "parentId": "r-0"},
            "context": {"organizationId": "o-1"},
            "scope": {"conversations": [{"conversationId": "c-1"}]},
        },
    },
}

Make = Callable[..., dict[str, Any]]


def _maker(pattern: dict[str, Any]) -> Make:
    def make(**places: Any) -> dict[str, Any]:
        message = copy.deepcopy(pattern)
        for place, value in places.items():
            *way, last = place.split("__")
            owner = message
            for step in way:
                owner = owner.setdefault(step, {})
            if value is ...:
                owner.pop(last, None)
            else:
                owner[last] = value
        return message

    return make


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract, compiled from the shipped schemas."""
    return Contract(schemas())


@pytest.fixture(scope="session")
def superpower() -> Make:
    """Makes a sound superpower; ``message__results=[]`` changes a place, ``state=...`` takes it away."""
    return _maker(_SUPERPOWER)


@pytest.fixture(scope="session")
def answer() -> Make:
    """Makes a sound answer in its envelope."""
    return _maker(_ANSWER)


@pytest.fixture(scope="session")
def request_envelope() -> Make:
    """Makes a request for adjust that the SDK would send."""
    return _maker(_REQUEST)


@pytest.fixture(scope="session")
def as_bytes() -> Callable[[Any], bytes]:
    """JSON as it comes over the wire."""
    return lambda value: json.dumps(value).encode()
