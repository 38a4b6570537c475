"""What the SDK does when it is called to make a request."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.sdk_lens import LensReport, PromiseState, SdkBuild, StepKind, lens_outbound
from optave_inspector.protocol.sdk_lens_outbound import MAX_LENS_CHARACTERS
from optave_inspector.protocol.states import ConnectionState
from tests.unit.protocol_lens.conftest import REQUEST_ID
from tests.unit.protocol_lens.test_javascript import JSON

Make = Callable[..., dict[str, Any]]
Look = Callable[..., LensReport]
FAILED = ["error", "superpower.error", "error"]


@pytest.fixture
def look(contract: Contract) -> Look:
    """Looks at an envelope; by default in server.mjs on an open connection."""

    def lens(value: Any, **settings: Any) -> LensReport:
        text = value if isinstance(value, str) else json.dumps(value)
        return lens_outbound(text, **({"build": SdkBuild.SERVER_MJS, "contract": contract} | settings))

    return lens


def events(report: LensReport) -> list[str]:
    return [step.name for step in report.steps if step.kind is StepKind.EVENT]


def faults(report: LensReport) -> list[int]:
    return [bite.fault.number for bite in report.faults]


def is_sent(report: LensReport) -> bool:
    return report.steps[-1].kind is StepKind.SEND


def code(report: LensReport) -> str:
    carries = next(step.carries for step in report.steps if step.name == "error")
    return carries.partition("code: ")[2].partition(",")[0]


def test_a_sound_request_is_sent_and_its_call_waits(look: Look, request_envelope: Make) -> None:
    report = look(request_envelope())
    assert [step.name for step in report.steps] == [
        "adjust(payload)",
        "merge",
        "required fields",
        "Payload",
        "socket.send",
    ]
    assert report.promise.state is PromiseState.WAITS
    assert report.promise.correlation_id == ""
    assert "a new UUIDv7" in report.promise.sentence
    assert faults(report) == [17]
    assert faults(look(request_envelope(), build=SdkBuild.BROWSER_MJS)) == []


def test_every_claim_has_a_sentence_and_a_source(look: Look, request_envelope: Make) -> None:
    messages = (
        request_envelope(),
        request_envelope(headers__action="x"),
        request_envelope(payload__extra=1),
        request_envelope(payload__request=None),
        request_envelope(payload__request__scope={}),
        request_envelope(payload__session__channel={"medium": "fax"}),
        request_envelope(payload__session__sessionId="x" * 131_072),
        {"payload": 1},
        5,
        "{",
    )
    for message in messages:
        for strict in (True, False):
            for build in SdkBuild:
                report = look(message, build=build, strict=strict)
                for claim in (*report.steps, report.promise):
                    assert claim.sentence.endswith("."), claim
                    assert claim.source.startswith("protocol.md "), claim
                assert all(bite.why.endswith(".") for bite in report.faults)


def test_the_size_is_that_of_the_sdks_own_envelope_with_its_defaults(look: Look) -> None:
    payload = {"request": {"connections": {"threadId": "t1"}}}
    report = look({"headers": {"action": "reception"}, "payload": payload})
    assert report.steps[-1].carries == "1,665 bytes of JSON"
    with_tenant = look({"headers": {"action": "reception", "tenantId": "acme"}, "payload": payload})
    assert with_tenant.steps[-1].carries == "1,683 bytes of JSON"


@pytest.mark.parametrize(
    ("excess", "sent"),
    [(0, True), (1, False)],
)
def test_the_limit_is_inclusive_and_counts_the_defaults(look: Look, excess: int, sent: bool) -> None:
    room = 131_072 - 1_665 + 2
    payload = {"request": {"connections": {"threadId": "t" * (room + excess)}}}
    report = look({"headers": {"action": "reception"}, "payload": payload})
    assert is_sent(report) is sent
    if not sent:
        assert code(report) == "PAYLOAD_TOO_LARGE"
        assert "Payload too large: 129KB exceeds maximum 128KB (1KB over limit)" in report.steps[-3].carries
        assert report.promise.state is PromiseState.REJECTS
        assert faults(report) == [14, 19]


def test_units_pass_where_bytes_would_not(look: Look) -> None:
    payload = {"request": {"connections": {"threadId": "漢" * 100_000}}}
    report = look({"headers": {"action": "reception"}, "payload": payload})
    assert is_sent(report)
    assert 13 in faults(report)


@pytest.mark.parametrize("text", ["", "{", "NaN", "5", "{}", '{"headers":{"action":"adjust"}}'])
def test_what_is_no_envelope_is_made_by_no_call(look: Look, text: str) -> None:
    report = look(text)
    assert [step.kind for step in report.steps] == [StepKind.READ]
    assert report.promise.state is PromiseState.NONE


def test_very_long_texts_are_not_looked_through(look: Look) -> None:
    assert look(" " * (MAX_LENS_CHARACTERS + 1)).promise.state is PromiseState.UNKNOWN


@pytest.mark.parametrize(("action", "what"), [(..., "missing"), (5, "the number 5"), ("", "an empty string")])
def test_without_an_action_there_is_no_method(look: Look, request_envelope: Make, action: Any, what: str) -> None:
    report = look(request_envelope(headers__action=action))
    assert f"headers.action is {what}" in report.steps[0].sentence
    assert events(report) == []


@pytest.mark.parametrize("action", ["Adjust", "escalate", "customerinteraction"])
def test_actions_are_looked_up_letter_by_letter(look: Look, request_envelope: Make, action: str) -> None:
    report = look(request_envelope(headers__action=action))
    assert code(report) == "INVALID_ACTION"
    assert report.promise.state is PromiseState.NONE
    assert (5 in faults(report)) is (action == "customerinteraction")


def test_customer_interaction_is_sent_with_its_illegal_spelling(look: Look, request_envelope: Make) -> None:
    report = look(request_envelope(headers__action="customerInteraction"))
    assert report.steps[0].name == "customerInteraction(payload)"
    assert is_sent(report)
    assert 5 in faults(report)


def test_a_connection_that_is_not_open_fails_before_all_else(look: Look, request_envelope: Make) -> None:
    for state in (ConnectionState.CONNECTING, ConnectionState.CLOSING, ConnectionState.CLOSED):
        report = look(request_envelope(headers__action="x"), state=state)
        assert code(report) == "WEBSOCKET_NOT_IN_OPEN_STATE"
        assert report.promise.state is PromiseState.WAITS
        assert f"In state {state.name}" in report.promise.sentence


def test_keys_beside_session_and_request_are_refused_first(look: Look, request_envelope: Make) -> None:
    report = look(request_envelope(payload__extra=1, payload__request=None))
    assert code(report) == "PAYLOAD_SCHEMA_MISMATCH"
    assert "Field 'root object.extra' is not allowed" in report.steps[-3].carries
    assert report.promise.state is PromiseState.REJECTS
    assert faults(report) == [14]
    assert code(look({"headers": {"action": "adjust"}, "payload": [1]})) == "PAYLOAD_SCHEMA_MISMATCH"


def test_the_generated_reception_example_is_refused(look: Look) -> None:
    payload = {"session": {}, "context": {}, "conversations": []}
    report = look({"headers": {"action": "reception"}, "payload": payload})
    assert faults(report) == [7, 14]
    assert "context and conversations" in report.faults[0].why


@pytest.mark.parametrize(
    "places",
    [
        {"payload": 5},
        {"payload__request": None},
        {"payload__request__attributes": None},
        {"payload__request__attributes": {"variant": 5}},
    ],
)
def test_merging_may_throw(look: Look, request_envelope: Make, places: dict[str, Any]) -> None:
    report = look(request_envelope(**places))
    assert report.steps[-1].kind is StepKind.THROW
    assert events(report) == []
    assert report.promise.state is PromiseState.REJECTS
    assert report.promise.value == "TypeError"


def test_missing_fields_are_listed_in_the_sdks_words(look: Look) -> None:
    report = look({"headers": {"action": "adjust"}, "payload": {}})
    assert code(report) == "REQUIRED_FIELDS_MISSING"
    message = report.steps[-3].carries
    assert "Missing required fields for action 'adjust': request.connections.threadId is required" in message
    assert report.promise.state is PromiseState.REJECTS
    report = look({"headers": {"action": "recommend"}, "payload": None})
    assert "request.resources.offers" in report.steps[2].sentence


def test_a_request_without_attributes_leaks_its_old_fields(look: Look, request_envelope: Make) -> None:
    places = {"payload__request__attributes": ..., "payload__request__content": "x"}
    sent = request_envelope(headers__action="summarize", **places)
    assert 11 in faults(look(sent))
    assert is_sent(look(sent))
    refused = look(request_envelope(**places))
    assert 11 in faults(refused)
    assert code(refused) == "REQUIRED_FIELDS_MISSING"
    assert 11 not in faults(look(request_envelope(payload__request__content="x")))


def test_wrong_types_go_out_unseen_in_node(look: Look, request_envelope: Make) -> None:
    message = request_envelope(payload__session__channel={"medium": "fax"})
    report = look(message)
    assert is_sent(report)
    assert 4 in faults(report)
    assert is_sent(look(message, build=SdkBuild.BROWSER_MJS))
    assert 4 not in faults(look(message, strict=False))
    refused = look(message, strict=True)
    assert code(refused) == "PAYLOAD_SCHEMA_MISMATCH"
    assert "medium" in refused.steps[-4].sentence


def test_the_small_validator_finds_what_it_looks_at(look: Look, request_envelope: Make) -> None:
    message = request_envelope(payload__session__sessionId=5)
    for build in SdkBuild:
        assert code(look(message, build=build, strict=True)) == "PAYLOAD_SCHEMA_MISMATCH"


def test_null_makes_the_small_validator_throw(look: Look, request_envelope: Make) -> None:
    message = request_envelope(payload__request__resources=None)
    report = look(message, build=SdkBuild.BROWSER_UMD)
    assert report.steps[-1].kind is StepKind.THROW
    assert "The validator itself throws" in report.steps[-1].sentence
    assert code(look(message, strict=True)) == "PAYLOAD_SCHEMA_MISMATCH"


def test_a_blank_medium_is_no_default(look: Look, request_envelope: Make) -> None:
    message = request_envelope(payload__session__channel={"medium": ""})
    assert 25 in faults(look(message))
    assert code(look(message, strict=True)) == "PAYLOAD_SCHEMA_MISMATCH"


@pytest.mark.parametrize("request_id", ["r-1", 5, {"toString": 1}])
def test_a_request_id_becomes_the_correlation_id_unchecked(look: Look, request_envelope: Make, request_id: Any) -> None:
    report = look(request_envelope(payload__request__requestId=request_id), pending_ids={"r-1"})
    assert 8 in faults(report)
    assert report.promise.correlation_id
    assert (18 in faults(report)) is (request_id == "r-1")


def test_a_given_correlation_id_goes_before_the_request_id(look: Look, request_envelope: Make) -> None:
    message = request_envelope(payload__request__requestId="r-1", payload__headers={"correlationId": REQUEST_ID})
    report = look(message, pending_ids=[REQUEST_ID])
    assert report.promise.correlation_id == REQUEST_ID
    assert faults(report) == [12, 17, 18]


def test_headers_that_only_a_caller_can_give_go_out_twice(look: Look, request_envelope: Make) -> None:
    message = request_envelope(headers__timestamp="2026-01-01T10:00:00.000Z", headers__networkLatencyMs=5)
    bite = look(message).faults[0]
    assert bite.fault.number == 12
    assert bite.why.startswith("timestamp and networkLatencyMs")


def test_malformed_ids_and_times_go_out_unchecked(look: Look, request_envelope: Make) -> None:
    assert 9 in faults(look(request_envelope(headers__traceId="trace-456")))
    assert 9 in faults(look(request_envelope(headers__timestamp="yesterday")))
    assert 9 not in faults(look(request_envelope(headers__schemaRef="x")))


def test_documented_fields_that_do_not_exist(look: Look, request_envelope: Make) -> None:
    message = request_envelope(
        payload__request__context__tenantId="t",
        payload__request__settings={"overrideChannelMedium": "chat"},
        payload__request__resources={"links": [{"expiresAt": ""}, 5]},
    )
    bite = next(bite for bite in look(message).faults if bite.fault.number == 24)
    assert "request.context.tenantId; request.settings.overrideChannelMedium" in bite.why
    assert "expiresAt" in bite.why


def test_what_only_the_documentation_requires_is_sent_without_it(look: Look, request_envelope: Make) -> None:
    report = look(request_envelope(payload__request__context=...))
    assert is_sent(report)
    assert 26 in faults(report)


@given(
    st.text(max_size=30)
    | st.builds(lambda payload, headers: json.dumps({"headers": headers, "payload": payload}), JSON, JSON)
    | st.builds(
        lambda session, request, action: json.dumps(
            {"headers": {"action": action}, "payload": {"session": session, "request": request}}
        ),
        JSON,
        JSON | st.dictionaries(st.sampled_from(["attributes", "connections", "scope", "requestId", "content"]), JSON),
        st.sampled_from(["reception", "adjust", "customerInteraction", "x"]),
    ),
    st.sampled_from(SdkBuild),
    st.none() | st.booleans(),
    st.sampled_from(ConnectionState),
)
def test_nothing_raises(
    contract: Contract, text: str, build: SdkBuild, strict: bool | None, state: ConnectionState
) -> None:
    report = lens_outbound(text, build=build, contract=contract, strict=strict, pending_ids={"x"}, state=state)
    assert report.steps
    assert (report.steps[-1].kind is StepKind.SEND) <= (report.promise.state is PromiseState.WAITS)
