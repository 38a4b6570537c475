"""What the SDK does with a message from the tenant."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.sdk_lens import LensReport, PromiseState, SdkBuild, StepKind, lens_inbound
from optave_inspector.protocol.sdk_lens_inbound import MAX_LENS_BYTES
from tests.unit.protocol_lens import sdk_routing
from tests.unit.protocol_lens.conftest import REQUEST_ID

Make = Callable[..., dict[str, Any]]
Look = Callable[..., LensReport]
NORMAL = ["message", "superpower.response", "response"]
FAILED = ["error", "superpower.error", "error"]


@pytest.fixture
def look(contract: Contract) -> Look:
    """Looks at a value as a text message; by default one call is pending for REQUEST_ID, in server.mjs."""

    def lens(value: Any, **settings: Any) -> LensReport:
        payload = value if isinstance(value, bytes) else json.dumps(value).encode()
        given_ = {"is_text": True, "pending_ids": {REQUEST_ID}, "build": SdkBuild.SERVER_MJS, "contract": contract}
        return lens_inbound(payload, **(given_ | settings))

    return lens


def events(report: LensReport) -> list[str]:
    return [step.name for step in report.steps if step.kind is StepKind.EVENT]


def faults(report: LensReport) -> list[int]:
    return [bite.fault.number for bite in report.faults]


def test_an_answer_resolves_first_and_reaches_five_events(look: Look, answer: Make) -> None:
    report = look(answer())
    assert events(report) == [*NORMAL, "message.message", "optave.response.v3"]
    assert {step.carries for step in report.steps if step.kind is StepKind.EVENT} == {"the parsed object"}
    kinds = [step.kind for step in report.steps]
    assert kinds.index(StepKind.PROMISE) < kinds.index(StepKind.EVENT)
    assert report.promise.state is PromiseState.RESOLVES
    assert report.promise.correlation_id == REQUEST_ID
    assert report.promise.value == "the parsed object"
    assert faults(report) == [10]


def test_every_claim_has_a_sentence_and_a_source(look: Look, answer: Make, superpower: Make) -> None:
    for message in (answer(), superpower(), superpower(state="error"), answer(error={"code": "E"}), b"{", b"\xff", []):
        for build in SdkBuild:
            report = look(message, build=build)
            for claim in (*report.steps, report.promise):
                assert claim.sentence.endswith("."), claim
                assert claim.source.startswith(("protocol.md ", "RFC 6455 section ")), claim
            assert all(bite.why.endswith(".") for bite in report.faults)


def test_the_first_message_settles_even_when_the_answer_has_only_started(look: Look, answer: Make) -> None:
    report = look(answer(payload__state="started"))
    assert report.promise.state is PromiseState.RESOLVES
    assert "even in state started" in report.promise.sentence
    assert report.promise.source == "protocol.md 8.3"


def test_later_messages_reach_events_alone(look: Look, answer: Make) -> None:
    report = look(answer(), pending_ids=set())
    assert report.promise.state is PromiseState.NONE
    assert "an earlier message settled it" in report.promise.sentence
    assert StepKind.PROMISE not in {step.kind for step in report.steps}
    assert events(report)[:3] == NORMAL


def test_without_knowledge_of_the_pending_calls_the_promise_is_told_as_an_if(look: Look, answer: Make) -> None:
    report = look(answer(), pending_ids=None)
    assert report.promise.state is PromiseState.UNKNOWN
    assert report.promise.sentence.startswith("If an …Async call")
    assert look([], pending_ids=None).promise.state is PromiseState.NONE


def test_an_error_envelope_resolves_as_if_all_were_well(look: Look, answer: Make) -> None:
    items = [{"content": "No such tenant.", "error_code": "E1"}]
    message = {"results": [{"response": items}]}
    report = look(answer(payload__state="error", payload__message=message, headers__schemaRef="optave.error.v3"))
    assert report.promise.state is PromiseState.RESOLVES
    assert events(report) == [*NORMAL, "message.message", "optave.error.v3"]
    assert faults(report) == [1, 2, 10]
    assert "payload.state is error" in report.faults[0].why


@pytest.mark.parametrize(
    ("places", "mark"),
    [
        ({"payload__actionType": "error"}, "payload.actionType is error"),
        ({"payload__error": {"code": 1}}, "payload.error is an object"),
        ({"headers__schemaRef": "optave.error.v3"}, "headers.schemaRef is optave.error.v3"),
    ],
)
def test_other_marks_of_an_overlooked_error(look: Look, answer: Make, places: dict[str, Any], mark: str) -> None:
    report = look(answer(**places))
    assert mark in report.faults[0].why
    assert faults(report) == [1, 10]


def test_a_bare_superpower_is_never_correlated(look: Look, superpower: Make) -> None:
    report = look(superpower())
    assert events(report) == [*NORMAL, "message.superpower"]
    assert report.promise.state is PromiseState.WAITS
    assert "REQUEST_TIMEOUT, 30 s after the call" in report.promise.sentence
    assert faults(report) == [10, 16]
    assert look(superpower(), pending_ids=()).promise.state is PromiseState.NONE


def test_a_bare_superpower_with_a_correlation_id_is_correlated(look: Look, superpower: Make) -> None:
    report = look(superpower(correlationId=REQUEST_ID))
    assert report.promise.state is PromiseState.RESOLVES
    assert faults(report) == [10]


def test_a_bare_superpower_error_has_an_object_for_a_message(look: Look, superpower: Make) -> None:
    report = look(superpower(state="error"))
    assert events(report) == FAILED
    first, structured, again = (step for step in report.steps if step.kind is StepKind.EVENT)
    assert "code: REMOTE_ERROR" in first.carries
    assert "message: an object" in first.carries
    assert "correlationId: null" in first.carries
    assert "text: [object Object]" in structured.carries
    assert "correlationId" not in structured.carries
    assert again.carries == "a plain object, the same as before"
    assert report.promise.state is PromiseState.WAITS
    assert faults(report) == [14, 15]


def test_an_error_object_rejects_with_its_code_and_message(look: Look) -> None:
    report = look({"error": {"code": "QUOTA", "message": "Too much."}, "correlationId": REQUEST_ID, "action": "adjust"})
    assert events(report) == FAILED
    assert report.promise.state is PromiseState.REJECTS
    assert "code: QUOTA" in report.promise.value
    assert [step.kind for step in report.steps][1] is StepKind.PROMISE
    assert faults(report) == [14]


def test_the_text_of_an_error_that_is_no_object_is_lost(look: Look) -> None:
    report = look({"error": "Too much."})
    assert report.steps[1].name == "error is a text"
    assert "message: Remote error" in next(step for step in report.steps if step.name == "error").carries


def test_error_codes_may_be_of_any_type(look: Look) -> None:
    report = look({"error": {"code": 7, "message": []}, "correlationId": REQUEST_ID})
    assert "code: the number 7" in report.promise.value
    assert faults(report) == [14, 15]
    assert "an array" in report.faults[1].why


@pytest.mark.parametrize("marker", [0, "", None, False])
def test_a_falsy_error_is_none(look: Look, marker: Any) -> None:
    assert events(look({"error": marker})) == NORMAL


@pytest.mark.parametrize("marker", [[], {}, "0", -1, True])
def test_a_truthy_error_is_one(look: Look, marker: Any) -> None:
    assert events(look({"error": marker})) == FAILED


def test_an_empty_payload_object_makes_an_envelope_and_an_empty_text_does_not(look: Look) -> None:
    headers = {"schemaRef": "x.v1"}
    assert events(look({"headers": headers, "payload": {}})) == [*NORMAL, "x.v1"]
    assert events(look({"headers": headers, "payload": ""})) == NORMAL


def test_gateway_messages_count_as_answers(look: Look) -> None:
    report = look({"message": "Forbidden", "connectionId": "c", "requestId": "r"})
    assert events(report) == NORMAL
    assert faults(report) == [10]


def test_a_correlation_id_that_is_no_text_matches_nothing(look: Look, answer: Make) -> None:
    report = look(answer(headers__correlationId=5), pending_ids={"5"})
    assert report.promise.state is PromiseState.WAITS
    assert "the number 5, which equals no text" in report.promise.sentence


def test_an_empty_correlation_id_in_headers_gives_way_to_the_one_beside_them(look: Look, answer: Make) -> None:
    report = look(answer(headers__correlationId="", correlationId=REQUEST_ID))
    assert report.promise.state is PromiseState.RESOLVES


@pytest.mark.parametrize(
    ("action", "name"),
    [
        ("Superpower", "message.superpower"),
        (5.0, "message.5"),
        ({}, "message.[object object]"),
        (["A", None], "message.a,"),
        ("İ", "message.i̇"),
    ],
)
def test_the_event_of_the_action_is_named_in_lower_case(look: Look, action: Any, name: str) -> None:
    assert events(look({"action": action}))[-1] == name


def test_an_action_that_hides_to_string_throws_and_leaves_out_the_rest(look: Look, answer: Make) -> None:
    report = look(answer(action={"toString": 1}))
    assert events(report) == NORMAL
    assert report.steps[-1].kind is StepKind.THROW
    report = look(answer(headers__schemaRef={"toString": 1}))
    assert events(report) == [*NORMAL, "message.message"]
    assert report.steps[-1].kind is StepKind.THROW


def test_an_error_message_that_hides_to_string_throws_between_the_events(look: Look) -> None:
    report = look({"error": {"message": {"toString": 1}}})
    assert events(report) == ["error"]
    assert report.steps[-1].kind is StepKind.THROW


def test_a_schema_reference_may_name_another_event(look: Look, answer: Make) -> None:
    report = look(answer(headers__schemaRef="message"))
    assert events(report)[-1] == "message"
    assert "the name of another event" in report.steps[-1].sentence


@pytest.mark.parametrize("text", [b"", b" ", b"{", b"NaN", b"[Infinity]", b"\xef\xbb\xbf{}", b"{'a':1}", b"1 2", b"01"])
def test_what_json_parse_refuses_is_an_error_without_correlation(look: Look, text: bytes) -> None:
    report = look(text)
    assert events(report) == FAILED
    assert "code: INVALID_JSON" in report.steps[1].carries
    assert report.promise.state is PromiseState.WAITS
    assert faults(report) == [14]


@pytest.mark.parametrize("text", [b"null", b"5", b'"x"', b"[]", b"true"])
def test_json_that_is_no_object_is_emitted_all_the_same(look: Look, text: bytes) -> None:
    report = look(text)
    assert events(report) == NORMAL
    assert faults(report) == []
    assert "the parsed value, " in report.steps[-1].carries


def test_binary_data_is_passed_on_unparsed(look: Look, answer: Make) -> None:
    report = look(answer(), is_text=False)
    assert events(report) == NORMAL
    assert report.promise.state is PromiseState.WAITS
    assert "the Buffer of" in report.steps[-1].carries
    assert "the Blob of" in look(b"", is_text=False, build=SdkBuild.BROWSER_MJS).steps[-1].carries


def test_text_that_is_no_utf_8_ends_the_connection(look: Look) -> None:
    report = look(b'{"a":"\xff"}')
    assert events(report) == ["error", "close"]
    assert report.promise.state is PromiseState.REJECTS
    assert "code: CONNECTION_ERROR" in report.promise.value
    assert look(b"\xff", pending_ids=None).promise.state is PromiseState.REJECTS
    assert look(b"\xff", pending_ids=[]).promise.state is PromiseState.NONE


def test_strict_validation_reports_every_answer_and_goes_on(look: Look, answer: Make) -> None:
    for build in SdkBuild:
        report = look(answer(), build=build, strict=True)
        assert events(report)[:6] == [*FAILED, *NORMAL], build
        assert "code: INBOUND_ENVELOPE_SCHEMA_MISMATCH" in next(s for s in report.steps if s.name == "error").carries
        assert report.promise.state is PromiseState.RESOLVES
        assert faults(report) == [3, 10, 14]


def test_browsers_are_strict_without_being_asked(look: Look, answer: Make) -> None:
    assert not look(answer()).strict
    assert not look(answer(), build=SdkBuild.SERVER_UMD).strict
    for build in (SdkBuild.BROWSER_MJS, SdkBuild.BROWSER_UMD):
        report = look(answer(), build=build)
        assert report.strict
        assert faults(report) == [3, 4, 10, 14]
        assert faults(look(answer(), build=build, strict=False)) == [10]


def test_only_the_small_validator_spares_answers_to_reception(look: Look, answer: Make) -> None:
    message = answer(headers__action="reception")
    assert faults(look(message, build=SdkBuild.BROWSER_MJS)) == [10]
    assert 3 in faults(look(message, strict=True))


def test_what_has_no_envelope_is_not_checked_strictly(look: Look, superpower: Make) -> None:
    assert StepKind.CHECK not in {step.kind for step in look(superpower(), strict=True).steps}


def test_an_enveloped_error_at_the_top_is_checked_first_and_rejects_then(look: Look, answer: Make) -> None:
    report = look(answer(state="error"), strict=True)
    assert events(report) == [*FAILED, *FAILED]
    assert report.promise.state is PromiseState.REJECTS


def test_a_request_that_comes_back_passes_the_strict_check(look: Look, request_envelope: Make) -> None:
    report = look(request_envelope(), strict=True)
    assert "passes" in report.steps[1].sentence
    assert events(report)[:3] == NORMAL
    broken = look(request_envelope(headers__correlationId="x"), strict=True)
    assert 3 not in faults(broken)


def test_listener_errors_stop_the_events_in_all_builds_but_one(look: Look, answer: Make, superpower: Make) -> None:
    for build in SdkBuild:
        handler = next(bite for bite in look(answer(), build=build).faults if bite.fault.number == 10)
        assert ("never come" in handler.why) is (build is not SdkBuild.BROWSER_MJS)
        error = next(step for step in look(superpower(state="error"), build=build).steps if step.name == "error")
        assert ("emit throws" in error.sentence) is (build is not SdkBuild.BROWSER_MJS)


def test_what_is_too_large_or_too_deep_is_said_to_be_unknown(look: Look) -> None:
    for text in (b'"' + b"x" * MAX_LENS_BYTES + b'"', b"[" * 200_000 + b"]" * 200_000):
        report = look(text)
        assert report.promise.state is PromiseState.UNKNOWN
        assert events(report) == []


def test_texts_of_any_length_and_kind_are_fit_for_showing(look: Look) -> None:
    wild = "\ud800\n" + "x" * 10_000
    report = look(
        {"headers": {"schemaRef": wild, "correlationId": wild}, "payload": 1, "action": wild, "message": wild}
    )
    for step in (*report.steps, *look({"error": {"code": wild, "message": wild}}).steps):
        for text in (step.name, step.carries, step.sentence):
            text.encode()
            assert "\n" not in text
            assert len(text) < 1_000


KEYS = "headers payload state actionType error correlationId message action code schemaRef toString".split()  # noqa: SIM905
LEAVES = st.sampled_from(
    [None, True, False, 0, 1, -0.0, 1.5, "", "x", "error", "superpower", "Message", "started", REQUEST_ID, [], {}]
)
MESSAGES = st.recursive(
    LEAVES,
    lambda inner: st.dictionaries(st.sampled_from(KEYS), inner) | st.lists(inner, max_size=2),
    max_leaves=12,
)


@given(MESSAGES, st.sampled_from([set(), {REQUEST_ID}, {"x", "error"}]))
@example({"action": [[], [None]]}, set())
def test_routing_agrees_with_the_sdk_step_by_step(contract: Contract, message: Any, pending: set[str]) -> None:
    report = lens_inbound(
        json.dumps(message).encode(),
        is_text=True,
        pending_ids=pending,
        build=SdkBuild.SERVER_MJS,
        contract=contract,
    )
    done = []
    for step in report.steps:
        if step.kind is StepKind.EVENT:
            done.append(step.name)
        elif step.kind is StepKind.PROMISE:
            done.append({"promise resolves": "resolve", "promise rejects": "reject"}[step.name])
        elif step.kind is StepKind.THROW:
            done.append("throw")
    assert done == sdk_routing.route(message, pending)


@given(
    st.binary(max_size=60) | MESSAGES.map(lambda value: json.dumps(value).encode()),
    st.booleans(),
    st.sampled_from(SdkBuild),
    st.none() | st.booleans(),
    st.none() | st.sets(st.text(max_size=2)),
)
def test_nothing_raises(
    contract: Contract,
    payload: bytes,
    is_text: bool,
    build: SdkBuild,
    strict: bool | None,
    pending: set[str] | None,
) -> None:
    report = lens_inbound(payload, is_text=is_text, pending_ids=pending, build=build, contract=contract, strict=strict)
    assert report.steps
    assert [bite.fault.number for bite in report.faults] == sorted({bite.fault.number for bite in report.faults})
