"""Request envelopes as they go on the wire."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.envelope import Generated, Overrides, build_request, request_headers, request_id_of, wrap
from optave_inspector.protocol.ids import uuid7
from optave_inspector.protocol.timestamps import iso_millis

MADE = Generated(uuid7(1, bytes(10)), uuid7(2, bytes(10)), uuid7(3, bytes(10)), iso_millis(0))


@pytest.mark.parametrize("latency", [math.inf, -math.inf, math.nan])
def test_a_latency_that_json_cannot_hold_is_refused(latency: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        request_headers(Action.ADJUST, MADE, Overrides(network_latency_ms=latency), None)


def test_keys_stand_in_the_sdks_order() -> None:
    given_all = Overrides("c", "t", "i", "2026-01-01T00:00:00.000Z", "acme", 12.5)
    envelope = json.loads(build_request(Action.CUSTOMER_INTERACTION, "{}", MADE, given_all))
    assert list(envelope) == ["action", "headers", "payload"]
    assert list(envelope["headers"].items()) == [
        ("correlationId", "c"),
        ("action", "customerinteraction"),
        ("schemaRef", "optave.message.v3"),
        ("sdkVersion", "none"),
        ("identifier", "message"),
        ("traceId", "t"),
        ("idempotencyKey", "i"),
        ("timestamp", "2026-01-01T00:00:00.000Z"),
        ("issuedAt", "1970-01-01T00:00:00.000Z"),
        ("tenantId", "acme"),
        ("networkLatencyMs", 12.5),
    ]


def test_what_is_not_given_is_not_sent() -> None:
    headers = request_headers(Action.ADJUST, MADE, Overrides(timestamp="", tenant_id="", correlation_id=""), "")
    assert {"timestamp", "tenantId", "networkLatencyMs"}.isdisjoint(headers)
    assert headers["correlationId"] == MADE.correlation_id


@pytest.mark.parametrize(
    ("override", "request_id", "expected"),
    [
        ("o", "r", "o"),
        ("", "r", "r"),
        (None, "r", "r"),
        (None, "", MADE.correlation_id),
        (None, None, MADE.correlation_id),
    ],
)
def test_the_correlation_id_is_override_then_request_id_then_generated(
    override: str | None, request_id: str | None, expected: str
) -> None:
    headers = request_headers(Action.ADJUST, MADE, Overrides(correlation_id=override), request_id)
    assert headers["correlationId"] == expected


def test_zero_latency_is_sent_and_whole_numbers_have_no_fraction() -> None:
    for latency, text in ((0, "0"), (0.0, "0"), (120.0, "120"), (0.5, "0.5"), (1e300, "1e+300")):
        sent = wrap(request_headers(Action.ADJUST, MADE, Overrides(network_latency_ms=latency), None), "{}")
        assert f'"networkLatencyMs":{text}}}' in sent


def test_the_envelope_is_compact_and_leaves_other_scripts_unescaped() -> None:
    text = build_request(Action.ADJUST, "{}", MADE, Overrides(tenant_id='Zoë 中 \u2028 \x7f \x01 " \\'))
    assert text.startswith('{"action":"message","headers":{"correlationId":"')
    assert '"tenantId":"Zoë 中 \u2028 \x7f \\u0001 \\" \\\\"' in text


def test_half_a_surrogate_pair_is_escaped_as_javascript_does() -> None:
    text = wrap({"tenantId": "a\ud800b\udfff"}, "{}")
    assert '"a\\ud800b\\udfff"' in text
    text.encode()


@given(st.text())
def test_the_payload_goes_out_as_it_was_written(payload_text: str) -> None:
    text = build_request(Action.RECEPTION, payload_text, MADE)
    head, separator, tail = text.partition(',"payload":')
    assert separator
    assert tail == payload_text + "}"
    assert json.loads(head + "}")["headers"]["action"] == "reception"


@pytest.mark.parametrize(
    ("payload_text", "request_id"),
    [
        ('{"request":{"requestId":"r-1"}}', "r-1"),
        ('{"request":{"requestId":"a","requestId":"b"}}', "b"),
        ('{"request":{"requestId":""}}', ""),
        ('{"request":{"requestId":5}}', None),
        ('{"request":[]}', None),
        ("[]", None),
        ("", None),
        ('{"request":{"requestId":"r-1"}', None),
        ('\ufeff{"request":{"requestId":"r-1"}}', "r-1"),
        ("[" * 100_000, None),
    ],
)
def test_the_request_id_is_read_tolerantly(payload_text: str, request_id: str | None) -> None:
    assert request_id_of(payload_text) == request_id


@pytest.mark.parametrize("action", Action)
def test_a_built_envelope_keeps_the_contract(
    action: Action, contract: Contract, payload: Callable[[], dict[str, Any]]
) -> None:
    text = build_request(action, json.dumps(payload()), MADE, Overrides(timestamp=iso_millis(5), network_latency_ms=3))
    verdict = contract.request_envelope(json.loads(text))
    assert verdict.valid, verdict.findings
    assert "headers" not in json.loads(text)["payload"]
