"""Writing answers."""

import json

import pytest

from optave_inspector.local_tenant.envelopes import ACTION_TYPES, Stamps, reply_to, to_json
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.resources import schemas

STAMPS = Stamps(unix_ns=lambda: 1_767_323_045_678_901_234, random=lambda count: b"\x01" * count)
ID = "0190b3c4-0000-7000-8000-000000000001"
CONTRACT = Contract(schemas())


def test_nothing_readable_is_answered_without_a_correlation_id():
    headers = json.loads(reply_to({}, STAMPS, readable=False).error("X", "why"))["headers"]
    assert "correlationId" not in headers
    assert "action" not in headers


def test_an_unknown_action_is_echoed_as_it_came():
    answer = json.loads(reply_to({"action": "fly", "correlationId": "a"}, STAMPS, readable=False).error("X", "why"))
    assert (answer["headers"]["action"], answer["payload"]["actionType"]) == ("fly", "error")


@pytest.mark.parametrize("given", [None, [], {"a": 1}])
def test_a_sound_request_without_a_correlation_id_gets_a_fresh_one(given):
    answer = json.loads(
        reply_to({"action": "adjust", "correlationId": given}, STAMPS, readable=True).response("started", {})
    )
    assert is_uuid7(answer["headers"]["correlationId"])


@pytest.mark.parametrize("given", ["any text", "", "é\ud800", 5, 1.5, True])
def test_a_correlation_id_comes_back_as_it_was(given):
    text = reply_to({"action": "adjust", "correlationId": given}, STAMPS, readable=True).response("started", {})
    text.encode()
    assert json.loads(text)["headers"]["correlationId"] == given


@pytest.mark.parametrize("action", list(Action))
def test_an_error_names_code_and_content_and_keeps_the_error_schema(action):
    answer = json.loads(reply_to({"action": action, "correlationId": ID}, STAMPS, readable=True).error("CODE", "why"))
    assert answer["headers"]["schemaRef"] == "optave.error.v3"
    assert answer["payload"]["state"] == "error"
    assert answer["payload"]["message"]["results"] == [{"response": [{"content": "why", "error_code": "CODE"}]}]
    assert CONTRACT.error(answer["payload"]).valid


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("state", ["started", "completed"])
def test_a_response_keeps_the_response_schema(action, state):
    answer = json.loads(
        reply_to({"action": action, "correlationId": ID}, STAMPS, readable=True).response(state, {"content": "x"})
    )
    assert CONTRACT.response_envelope(answer).valid
    assert answer["payload"]["actionType"] == ACTION_TYPES[action]


def test_headers_are_echoed_where_they_are_text_and_stamped():
    asked = {
        "action": "customerInteraction",
        "correlationId": ID,
        "traceId": ID,
        "idempotencyKey": ID,
        "tenantId": "acme",
        "sdkVersion": "3.2.3",
        "networkLatencyMs": 7,
        "timestamp": "2024",
    }
    headers = json.loads(reply_to(asked, STAMPS, readable=True).response("completed", {}))["headers"]
    assert headers == {
        "correlationId": ID,
        "action": "customerinteraction",
        "schemaRef": "optave.response.v3",
        "identifier": "message",
        "tenantId": "acme",
        "traceId": ID,
        "idempotencyKey": ID,
        "sdkVersion": "3.2.3",
        "timestamp": "2026-01-02T03:04:05.678Z",
        "issuedAt": "2026-01-02T03:04:05.678Z",
    }
    headers = json.loads(
        reply_to(asked | {"traceId": 5, "tenantId": None}, STAMPS, readable=True).response("completed", {})
    )["headers"]
    assert not {"traceId", "tenantId"} & headers.keys()


def test_json_is_compact_and_escapes_only_what_utf8_cannot_carry():
    assert to_json({"a": ["é🙂", 1]}) == '{"a":["é🙂",1]}'
    assert to_json("\ud800") == '"\\ud800"'
