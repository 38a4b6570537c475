import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.evidence import read_evidence, renew
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.envelope import Generated, Overrides, build_request

OLD = Generated("old-correlation", "old-trace", "old-key", "2026-01-01T00:00:00.000Z")
NEW = Generated("new-correlation", "new-trace", "new-key", "2026-02-02T00:00:00.000Z")
PAYLOAD = '{ "session": {},\n\t"request" : {"requestId": "", "odd": "\\u00e9 \u00a0"} }'


def test_only_ids_and_time_become_new():
    overrides = Overrides(timestamp="2025-12-31T00:00:00.000Z", tenant_id="acme", network_latency_ms=12.5)
    sent = build_request(Action.ADJUST, PAYLOAD, OLD, overrides)
    assert renew(sent, NEW) == build_request(Action.ADJUST, PAYLOAD, NEW, overrides)


def test_a_correlation_id_that_came_from_the_request_id_becomes_new_while_the_payload_stays():
    payload = '{"request":{"requestId":"same"}}'
    renewed = json.loads(renew(build_request(Action.ADJUST, payload, OLD), NEW))
    assert renewed["headers"]["correlationId"] == "new-correlation"
    assert renewed["payload"]["request"]["requestId"] == "same"


@pytest.mark.parametrize("message", ["", "hello", "{", "[1]", '{"headers": 3}', '{"payload": {"headers": {}}}'])
def test_what_has_no_ids_is_sent_as_it_was(message):
    assert renew(message, NEW) == message


def test_ids_of_a_broken_message_are_renewed_as_far_as_it_can_be_read():
    assert renew('{"headers":{"traceId":7,"correlationId":"x"},"payload":{,}}', NEW) == (
        '{"headers":{"traceId":"new-trace","correlationId":"new-correlation"},"payload":{,}}'
    )


@given(st.text(max_size=20), st.sampled_from(Action), st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_an_envelope_of_ours_is_taken_apart_and_put_together_to_the_same_text(text, action, latency):
    payload = json.dumps({"request": {"content": text}}, indent=2)
    overrides = Overrides(timestamp=text or None, tenant_id=text or None, network_latency_ms=latency)
    sent = build_request(action, payload, OLD, overrides)
    evidence = read_evidence(sent)
    assert (evidence.text, evidence.whole, evidence.action) == (payload, False, action)
    assert build_request(action, evidence.text, OLD, evidence.overrides) == sent


@pytest.mark.parametrize(
    "message",
    [
        "no JSON at all",
        "[]",
        '{"action":"message","headers":{},"payload":{}}',
        '{"action": "message", "headers": {"action": "adjust"}, "payload": {}}',
        '{"action":"message","headers":{"action":["adjust"]},"payload":{}}',
    ],
)
def test_a_message_that_we_would_write_otherwise_is_taken_whole(message):
    evidence = read_evidence(message)
    assert (evidence.text, evidence.whole) == (message, True)


@pytest.mark.parametrize(
    "header",
    [
        '"foo":1',
        '"networkLatencyMs":"12"',
        '"networkLatencyMs":true',
        '"networkLatencyMs":1e400',
        '"timestamp":5',
        '"traceId":null',
    ],
)
def test_headers_that_we_would_not_write_keep_the_message_whole(header):
    sent = build_request(Action.ADJUST, PAYLOAD, OLD).replace('"sdkVersion"', f'{header},"sdkVersion"')
    evidence = read_evidence(sent)
    assert (evidence.text, evidence.whole, evidence.action) == (sent, True, Action.ADJUST)


def test_text_after_the_payload_is_not_lost():
    sent = build_request(Action.ADJUST, '{}, "more": 1', OLD)
    assert read_evidence(sent).text == sent
