"""Sound messages to bend, and the contract with the shipped schemas."""

import copy
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import settings

from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas

# Shared machines are slow at times; a test here fails for what it finds, not for how long it takes.
settings.register_profile("protocol", deadline=None)
settings.load_profile("protocol")

_UUID = "01997e6f-03b0-71ae-8ea3-435b459a9b3b"
_CONVERSATION = {
    "conversationId": "c-1",
    "participants": [{"participantId": "p-1", "displayName": "Ann", "role": "user"}],
    "messages": [{"content": "Where is my order?", "participantId": "p-1", "timestamp": "2026-01-01T10:00:00.000Z"}],
    "metadata": {},
}
_PAYLOAD = {
    "session": {"sessionId": "s-1", "channel": {"medium": "chat", "metadata": []}, "interface": {"name": "zendesk"}},
    "request": {
        "requestId": "",
        "attributes": {"content": "We are sorry.", "instruction": "Be brief.", "variant": "A"},
        "connections": {"threadId": "t-1", "parentId": "r-0"},
        "context": {"organizationId": "o-1"},
        "resources": {"offers": [{"id": "1"}], "links": [{"html": True, "url": "https://example.com"}]},
        "scope": {"conversations": [_CONVERSATION], "interactions": [{"role": "System", "content": "x"}]},
        "settings": {"disableStream": False, "maxResponseLength": 0},
    },
}
_HEADERS = {
    "correlationId": _UUID,
    "action": "adjust",
    "schemaRef": "optave.message.v3",
    "sdkVersion": "none",
    "identifier": "message",
    "traceId": _UUID,
    "idempotencyKey": _UUID,
    "issuedAt": "2026-01-01T10:00:00.000Z",
}
_SUPERPOWER = {
    "action": "superpower",
    "actionType": "adjust_suggestion",
    "state": "completed",
    "message": {"results": [{"response": [{"content": "Sorry for the wait."}]}]},
}


@pytest.fixture(scope="session")
def contract() -> Contract:
    """The contract, compiled from the shipped schemas."""
    return Contract(schemas())


@pytest.fixture(scope="session")
def payload() -> Callable[[], dict[str, Any]]:
    """Makes a payload that every check accepts for every action but the deprecated one."""
    return lambda: copy.deepcopy(_PAYLOAD)


@pytest.fixture(scope="session")
def request_envelope() -> Callable[[], dict[str, Any]]:
    """Makes a sound request envelope for ``adjust``."""
    return lambda: copy.deepcopy({"action": "message", "headers": _HEADERS, "payload": _PAYLOAD})


@pytest.fixture(scope="session")
def superpower() -> Callable[[], dict[str, Any]]:
    """Makes a sound superpower."""
    return lambda: copy.deepcopy(_SUPERPOWER)


@pytest.fixture(scope="session")
def response_envelope() -> Callable[[], dict[str, Any]]:
    """Makes a sound response envelope."""
    headers = {**_HEADERS, "schemaRef": "optave.response.v3"}
    return lambda: copy.deepcopy({"action": "message", "headers": headers, "payload": _SUPERPOWER})
