"""The small validators look at few fields, by JavaScript's rules."""

import contextlib
from typing import Any

import pytest
from hypothesis import given

from optave_inspector.protocol.csp_validators import envelope_problems, payload_problems
from optave_inspector.protocol.javascript import JavaScriptTypeError
from optave_inspector.protocol.plain_value import plain_value
from tests.unit.protocol_lens.test_javascript import JSON


def paths(problems: list[tuple[str, str]]) -> list[str]:
    return [path for path, _ in problems]


@pytest.mark.parametrize("value", [None, 0, "x", False])
def test_what_is_no_object_fails_at_the_root(value: Any) -> None:
    assert paths(payload_problems(value)) == ["$"]
    assert paths(envelope_problems(value)) == ["$"]


def test_a_payload_needs_session_request_and_thread() -> None:
    assert paths(payload_problems({})) == ["$.session", "$.request"]
    assert paths(payload_problems([])) == ["$.session", "$.request"]
    assert paths(payload_problems({"session": {}, "request": {}})) == ["$.request.connections"]
    given_ = {"session": [], "request": {"connections": {"threadId": 0}}}
    assert paths(payload_problems(given_)) == ["$.request.connections.threadId"]
    assert payload_problems({"session": [], "request": {"connections": {"threadId": " "}}}) == []


def test_neither_request_id_nor_enums_nor_most_types_are_looked_at() -> None:
    request = {"connections": {"threadId": "t"}, "settings": 5, "context": None, "attributes": []}
    assert payload_problems({"session": {"channel": {"medium": "fax"}}, "request": request}) == []


def test_types_of_the_few_fields_that_are_looked_at() -> None:
    request = {
        "connections": {"threadId": 5, "parentId": None},
        "context": "x",
        "attributes": 1,
        "scope": {"conversations": {}},
        "resources": True,
    }
    assert paths(payload_problems({"session": {"sessionId": 1}, "request": request})) == [
        "$.session.sessionId",
        "$.request.connections.threadId",
        "$.request.connections.parentId",
        "$.request.context",
        "$.request.attributes",
        "$.request.scope.conversations",
        "$.request.resources",
    ]
    assert paths(payload_problems({"session": "x", "request": "y"})) == ["$.session", "$.request"]


@pytest.mark.parametrize("name", ["scope", "resources"])
def test_null_makes_the_validator_itself_throw(name: str) -> None:
    with pytest.raises(JavaScriptTypeError, match=name):
        payload_problems({"session": {}, "request": {"connections": {"threadId": "t"}, name: None}})


def test_a_sound_answer_to_reception_passes_as_an_envelope_and_one_to_a_conversation_action_does_not() -> None:
    def answer(action: Any) -> dict[str, Any]:
        return {"headers": {"correlationId": "x", "action": action, "schemaRef": "any"}, "payload": {"state": "x"}}

    assert envelope_problems(answer("reception")) == []
    for action in ("adjust", "customerinteraction", "insights"):
        assert paths(envelope_problems(answer(action))) == ["$.payload.request"]
    assert paths(envelope_problems(answer("customerInteraction"))) == ["$.headers.action", "$.payload.request"]
    assert paths(envelope_problems(answer("other"))) == ["$.headers.action"]
    assert paths(envelope_problems(answer(5))) == ["$.headers.action"]


@pytest.mark.parametrize(
    ("request_", "path"),
    [
        ("x", "$.payload.request.scope"),
        ({"scope": {}}, "$.payload.request.scope.conversations"),
        ({"scope": {"conversations": 5}}, "$.payload.request.scope.conversations"),
        ({"scope": {"conversations": []}}, "$.payload.request.scope.conversations"),
    ],
)
def test_conversations_of_an_envelope(request_: Any, path: str) -> None:
    headers = {"correlationId": "x", "action": "adjust"}
    assert paths(envelope_problems({"headers": headers, "payload": {"request": request_}})) == [path]


def test_headers_of_an_envelope() -> None:
    headers = {"correlationId": 5, "action": "", "identifier": 1, "schemaRef": None, "timestamp": []}
    assert paths(envelope_problems({"headers": headers, "payload": "x"})) == [
        "$.headers.correlationId",
        "$.headers.action",
        "$.headers.identifier",
        "$.headers.schemaRef",
        "$.headers.timestamp",
        "$.payload",
    ]
    assert paths(envelope_problems({"headers": 5, "payload": 0})) == ["$.headers", "$.payload"]
    assert paths(envelope_problems({})) == ["$.headers", "$.payload"]


@given(JSON)
def test_nothing_but_the_validators_own_exception(value: Any) -> None:
    envelope_problems(value)
    envelope_problems({"headers": value, "payload": plain_value(value)})
    with contextlib.suppress(JavaScriptTypeError):
        payload_problems({"session": value, "request": value})
