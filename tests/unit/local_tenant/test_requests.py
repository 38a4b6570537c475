"""Reading requests."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.local_tenant.requests import BadRequestError, read_request
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.limits import MAX_ENVELOPE_UNITS
from optave_inspector.resources import schemas

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


def refusal(message, contract=None):
    with pytest.raises(BadRequestError) as refused:
        read_request(message if isinstance(message, str | bytes) else json.dumps(message), contract)
    return refused.value


def without(value, *path):
    *parents, last = path
    inner = value
    for name in parents:
        inner = inner[name]
    del inner[last]
    return value


@pytest.mark.parametrize(
    "message",
    [
        "",
        " ",
        "{",
        "nul",
        "{'a':1}",
        '{"a":NaN}',
        "[Infinity]",
        "\ufeff{}",
        "[" * 100_000,
        "1" * 5_000,
        '{"a":1}x',
        "\x00",
    ],
)
def test_broken_json_is_refused(message):
    assert refusal(message).code == "INVALID_JSON"


def test_a_binary_message_is_refused():
    assert refusal(b"{}").code == "UNSUPPORTED_DATA"


@pytest.mark.parametrize("message", ["null", "1", '"text"', "[]", "true"])
def test_json_that_is_no_object_is_refused(message):
    assert refusal(message).code == "INVALID_ENVELOPE"


@pytest.mark.parametrize("name", ["action", "headers", "payload"])
def test_an_envelope_that_lacks_a_part_is_refused_by_its_name(client, name):
    refused = refusal(without(client.envelope(), name))
    assert refused.code == "INVALID_ENVELOPE"
    assert name in refused.sentence


@pytest.mark.parametrize(
    "change", [{"action": "ping"}, {"action": None}, {"headers": []}, {"payload": "x"}, {"headers": None}]
)
def test_an_envelope_with_a_part_of_the_wrong_kind_is_refused(client, change):
    assert refusal(client.envelope() | change).code == "INVALID_ENVELOPE"


@pytest.mark.parametrize("action", ["fly", "", None, 5, ["adjust"], "a" * 500])
def test_an_unknown_action_is_refused_with_the_known_ones(client, action):
    refused = refusal(client.envelope(action))
    assert refused.code == "INVALID_ACTION"
    assert "customerinteraction" in refused.sentence
    assert len(refused.sentence) < 300


@pytest.mark.parametrize("name", ["session", "request"])
def test_a_payload_without_its_objects_is_refused(client, name):
    whole = client.envelope()
    whole["payload"][name] = None
    refused = refusal(whole)
    assert (refused.code, name in refused.sentence) == ("INVALID_PAYLOAD", True)


@pytest.mark.parametrize("action", list(Action))
def test_every_action_needs_a_thread(client, action):
    for threads in ({}, {"threadId": ""}, None):
        whole = client.envelope(action)
        whole["payload"]["request"]["connections"] = threads
        refused = refusal(whole)
        assert (refused.code, "request.connections.threadId" in refused.sentence) == ("REQUIRED_FIELDS_MISSING", True)


@pytest.mark.parametrize("action", [action for action in Action if action is not Action.RECEPTION])
@pytest.mark.parametrize("conversations", [None, [], {}, "talk"])
def test_all_but_reception_need_a_conversation(client, action, conversations):
    whole = client.envelope(action)
    whole["payload"]["request"]["scope"]["conversations"] = conversations
    refused = refusal(whole)
    assert (refused.code, "request.scope.conversations" in refused.sentence) == ("REQUIRED_FIELDS_MISSING", True)


def test_reception_needs_no_conversation(client):
    assert (
        read_request(json.dumps(without(client.envelope("reception"), "payload", "request", "scope"))).action
        == "reception"
    )


def test_a_refusal_keeps_the_headers_that_could_be_read(client):
    whole = client.envelope(traceId="t")
    assert refusal(without(whole, "payload")).headers["traceId"] == "t"


def test_the_size_limit_is_inclusive_and_counts_utf16_units(client):
    whole = client.envelope()
    room = MAX_ENVELOPE_UNITS - len(json.dumps(whole, ensure_ascii=False))
    whole["payload"]["session"]["sessionId"] += "x" * room
    read_request(json.dumps(whole, ensure_ascii=False))
    whole["payload"]["session"]["sessionId"] += "x"
    refused = refusal(json.dumps(whole, ensure_ascii=False))
    assert (refused.code, refused.headers["action"]) == ("PAYLOAD_TOO_LARGE", "interaction")
    assert "131,073" in refused.sentence
    assert refusal(json.dumps(["🙂" * (MAX_ENVELOPE_UNITS // 2)], ensure_ascii=False)).code == "PAYLOAD_TOO_LARGE"


def test_a_large_message_that_is_no_json_is_too_large_first():
    assert refusal("{" * (MAX_ENVELOPE_UNITS + 1)).code == "PAYLOAD_TOO_LARGE"


def test_what_the_sdk_sends_amiss_is_taken_and_noted(client):
    whole = client.envelope(
        "customerInteraction",
        correlationId="20e35101-61e8-46e0-8000-000000000000",
        traceId="trace-456",
        issuedAt="2026-01-02T03:04:05.678901Z",
        schemaRef="optave.message.v2",
    )
    whole["payload"]["headers"] = {"foo": 1}
    whole["payload"]["request"]["a2a"] = [{"id": "", "name": ""}]
    whole["payload"]["request"]["reference"] = {"ids": [{"name": "", "value": ""}], "tags": []}
    request = read_request(json.dumps(whole))
    notes = " ".join(request.notes)
    assert request.action is Action.CUSTOMER_INTERACTION
    for words in (
        "customerInteraction; its wire name",
        "deprecated",
        "correlationId is no UUIDv7",
        "traceId is no UUIDv7",
        "issuedAt",
        "schemaRef",
        "payload.headers",
        "request.a2a, request.reference.ids",
    ):
        assert words in notes


def test_a_sound_request_has_no_notes(client):
    assert read_request(json.dumps(client.envelope())).notes == ()


@pytest.mark.parametrize("given", [None, [], {}])
def test_a_missing_correlation_id_is_noted(client, given):
    assert any("missing" in note for note in read_request(json.dumps(client.envelope(correlationId=given))).notes)


@pytest.mark.parametrize(
    ("value", "streamed"), [(False, True), (True, False), (None, False), ("false", False), (0, False)]
)
def test_only_a_real_false_asks_for_a_stream(client, value, streamed):
    whole = client.envelope()
    whole["payload"]["request"]["settings"] = {"disableStream": value}
    assert read_request(json.dumps(whole)).streamed is streamed


@pytest.mark.parametrize("settings", [None, [], "x"])
def test_settings_of_another_kind_ask_for_no_stream(client, settings):
    whole = client.envelope()
    whole["payload"]["request"]["settings"] = settings
    assert not read_request(json.dumps(whole)).streamed


def test_a_strict_reading_refuses_what_breaks_the_schema_with_paths(client):
    contract = Contract(schemas())
    assert read_request(json.dumps(client.envelope()), contract).action == "interaction"
    refused = refusal(
        client.envelope("customerInteraction", correlationId="x", traceId=1, issuedAt=2, schemaRef=3), contract
    )
    assert refused.code == "SCHEMA_MISMATCH"
    assert "$.headers" in refused.sentence
    assert "more." in refused.sentence
    single = refusal(client.envelope(correlationId="20e35101-61e8-46e0-8000-000000000000"), contract)
    assert "$.headers.correlationId" in single.sentence
    assert "more." not in single.sentence


def test_a_number_beyond_floating_point_becomes_null_as_in_javascript(client):
    text = json.dumps(client.envelope()).replace('"sdkVersion": "none"', '"networkLatencyMs": 1e999')
    assert read_request(text).headers["networkLatencyMs"] is None


@given(JSON)
def test_no_json_value_raises_anything_but_a_refusal(value):
    for part in (value, {"action": "message", "headers": {"action": "adjust"}, "payload": value}):
        with pytest.raises(BadRequestError):
            read_request(json.dumps(part))


@given(st.text() | st.binary())
def test_no_message_raises_anything_but_a_refusal(message):
    with pytest.raises(BadRequestError):
        read_request(message)
