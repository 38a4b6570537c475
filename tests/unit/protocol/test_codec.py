"""Peeking into messages."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.codec import Peek, Shape, peek

Make = Callable[[], dict[str, Any]]

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=3), below, max_size=3),
    max_leaves=6,
)
FIELDS = [
    *("action", "headers", "payload", "state", "actionType", "message", "error", "correlationId", "connectionId"),
    *("requestId", "inputs", "request", "session", "schemaRef", "results", "response", "content", "error_code", "code"),
    *("scope", "conversations", "messages", "attributes", "connections", "threadId", "sessionId", "trace_id"),
    *("thread_id", "parentId", "parent_id", "request_id", "session_id", "traceId", "instruction"),
]
WORDS = ["error", "message", "superpower", "optave.error.v3", "optave.message.v3", "started", "adjust"]
MESSAGES = st.recursive(
    st.sampled_from(WORDS) | st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), below, max_size=6),
    max_leaves=25,
)


def look(message: object) -> Peek:
    return peek(json.dumps(message).encode(), is_text=True)


def assert_sound(found: Peek) -> None:
    """What the log, the store and the correlator rely on."""
    for field in Peek.__struct_fields__:
        text = getattr(found, field)
        assert isinstance(text, str)
        text.encode()
    assert len(found.summary) <= 200
    assert len(found.summary.splitlines()) <= 1
    assert found.problem == "" or found.problem.endswith(".")


def test_an_empty_message_is_empty_as_text_and_as_binary() -> None:
    assert peek(b"", is_text=True).shape is peek(b"", is_text=False).shape is Shape.EMPTY


def test_binary_is_not_looked_into() -> None:
    found = peek(b'{"action":"message"}', is_text=False)
    assert found.shape is Shape.BINARY
    assert found.summary == "20 bytes of binary data"


@pytest.mark.parametrize(
    "payload",
    [b"{", b" ", b"hello", b'{"a":NaN}', b'\xef\xbb\xbf{"a":1}', b'{"a":"\xff"}', b'{"headers":{}} trailing', b"\x00"],
)
def test_broken_json_is_shown_and_explained(payload: bytes) -> None:
    found = peek(payload, is_text=True)
    assert found.shape is Shape.BROKEN_JSON
    assert found.problem.endswith(".")
    assert_sound(found)


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"headers":{"correlationId":', b'{"payload":{"request":{"x":['])
def test_deep_nesting_is_no_broken_json_but_said_so(opening: bytes) -> None:
    found = peek(opening * 100_000, is_text=True)
    assert found.shape is Shape.JSON
    assert "too deeply" in found.problem
    assert_sound(found)


@pytest.mark.parametrize("value", [None, True, 5, 10**40, "text", [], [1, 2], 1.5])
def test_json_that_is_no_object_is_shown_as_it_is(value: object) -> None:
    found = look(value)
    assert found.shape is Shape.JSON
    assert found.summary == json.dumps(value, separators=(",", ":"))


def test_a_request_envelope_is_read(request_envelope: Make) -> None:
    message = request_envelope()
    message["payload"]["request"]["requestId"] = "r-1"
    found = look(message)
    assert found == Peek(
        Shape.REQUEST,
        action="adjust",
        correlation_id=message["headers"]["correlationId"],
        trace_id=message["headers"]["traceId"],
        thread_id="t-1",
        parent_id="r-0",
        request_id="r-1",
        session_id="s-1",
        summary="Be brief.: We are sorry.",
    )


@given(MESSAGES, MESSAGES, MESSAGES)
def test_without_its_summary_a_message_is_the_same(headers: object, payload: object, error: object) -> None:
    for message in (payload, {"headers": {"schemaRef": "optave.message.v3"}, "payload": payload, "error": error},
                    {"headers": headers, "payload": payload}):  # fmt: skip
        text = json.dumps(message).encode()
        whole, bare = peek(text, is_text=True), peek(text, is_text=True, with_summary=False)
        assert bare.summary in ("", whole.summary)
        assert msgspec.structs.replace(bare, summary=whole.summary) == whole


def test_without_content_the_last_message_of_the_last_conversation_sums_a_request_up(request_envelope: Make) -> None:
    message = request_envelope()
    request = message["payload"]["request"]
    request["attributes"] = {"content": " ", "instruction": ""}
    request["scope"]["conversations"] += [
        {"messages": [{"content": "first"}, {"content": "last\nline"}, {"content": ""}]},
        {},
    ]
    assert look(message).summary == "last line"
    del request["scope"]
    assert look(message).summary == ""
    del message["payload"]["request"]
    assert look(message).summary == ""


def test_a_response_envelope_is_read(response_envelope: Make) -> None:
    message = response_envelope()
    found = look(message)
    assert found.shape is Shape.RESPONSE
    assert (found.action, found.action_type, found.state) == ("adjust", "adjust_suggestion", "completed")
    assert found.correlation_id == message["headers"]["correlationId"]
    assert found.summary == "Sorry for the wait."


def test_the_first_item_with_text_sums_an_answer_up(superpower: Make) -> None:
    message = superpower()
    message["message"]["results"] = [
        {},
        {"response": [{"content": " "}, {"score": 1}]},
        {"response": [{"content": "two"}]},
    ]
    assert look(message).summary == "two"
    message["message"]["results"] = []
    assert look(message).summary == "adjust_suggestion completed"


@pytest.mark.parametrize(
    "bend",
    [
        lambda message: message["payload"].update(state="error"),
        lambda message: message["payload"].update(actionType="error"),
        lambda message: message["payload"].update(error={"code": "X", "message": "y"}),
        lambda message: message["headers"].update(schemaRef="optave.error.v3"),
        lambda message: message["payload"]["message"]["results"][0]["response"][0].update(error_code="E1"),
        lambda message: message.update(error=True),
        lambda message: message.update(state="error"),
    ],
)
def test_whatever_marks_an_error_makes_the_state_error(response_envelope: Make, bend: Callable[[Any], None]) -> None:
    message = response_envelope()
    bend(message)
    found = look(message)
    assert found.shape is Shape.RESPONSE
    assert found.state == "error"


def test_an_error_is_summed_up_by_code_and_text(response_envelope: Make) -> None:
    message = response_envelope()
    message["headers"]["schemaRef"] = "optave.error.v3"
    message["payload"]["state"] = "error"
    message["payload"]["message"]["results"] = [{"response": [{"error_code": "E42", "content": "No such thread."}]}]
    found = look(message)
    assert found.error_code == "E42"
    assert found.summary == "E42: No such thread."


def test_a_bare_superpower_is_read(superpower: Make) -> None:
    found = look({**superpower(), "correlationId": "c"})
    assert found.shape is Shape.SUPERPOWER
    assert (found.action, found.action_type, found.state) == ("", "adjust_suggestion", "completed")
    assert found.correlation_id == "c"
    assert found.summary == "Sorry for the wait."


@pytest.mark.parametrize(
    ("message", "code", "summary"),
    [
        ({"error": {"code": "RATE", "message": "Slow down."}}, "RATE", "RATE: Slow down."),
        ({"error": {"code": 429}}, "429", "429"),
        ({"error": "boom"}, "", "boom"),
        ({"error": ["boom"]}, "", '["boom"]'),
        ({"error": {}, "state": "error", "message": "Gone."}, "", "Gone."),
        ({"actionType": "error", "message": {"results": [{"response": [{"content": "x"}]}]}}, "", "x"),
        ({"state": "error"}, "", "error"),
        ({"action": "superpower", "actionType": "a", "state": "error", "message": {"results": []}}, "", "a error"),
    ],
)
def test_bare_errors_are_read(message: dict[str, Any], code: str, summary: str) -> None:
    found = look(message)
    assert found.shape is Shape.ERROR
    assert found.state == "error"
    assert found.error_code == code
    assert found.summary == summary


def test_a_bare_error_names_its_action_and_request() -> None:
    found = look({"error": {"code": "X", "message": "y"}, "action": "translate", "correlationId": 7, "requestId": "r"})
    assert (found.action, found.correlation_id, found.request_id) == ("translate", "7", "r")


def test_a_gateway_message_is_an_error_of_the_gateway() -> None:
    found = look({"message": "Forbidden", "connectionId": "abc=", "requestId": "xyz="})
    assert found == Peek(Shape.GATEWAY, state="error", request_id="xyz=", summary="Gateway: Forbidden")


def test_a_request_of_protocol_3_1_is_recognised() -> None:
    found = look(
        {
            "action": "message",
            "session": {"trace_id": "t", "session_id": "s"},
            "request": {
                "request_id": "r",
                "attributes": {"type": "message", "action": "adjust"},
                "connections": {"thread_id": "h", "parent_id": "p"},
                "scope": {"conversations": [{"role": "EndUser", "content": "Hello"}, {"role": "Agent", "content": ""}]},
            },
        }
    )
    assert found == Peek(
        Shape.JSON,
        action="adjust",
        trace_id="t",
        thread_id="h",
        parent_id="p",
        request_id="r",
        session_id="s",
        summary="Request of protocol 3.1: Hello",
    )


def test_a_request_of_protocol_1_is_recognised() -> None:
    found = look({"action": "message", "actionType": "adjust", "inputs": {}})
    assert found.shape is Shape.JSON
    assert found.action == "adjust"
    assert found.summary == "Request of protocol 1: adjust"


def test_a_payload_without_an_envelope_is_recognised(payload: Make) -> None:
    found = look(payload())
    assert found.shape is Shape.JSON
    assert found.summary == "Payload without an envelope: Be brief.: We are sorry."
    assert found.thread_id == "t-1"


def test_other_json_is_said_to_be_none_of_optaves_forms() -> None:
    assert look({"hello": 1}).summary == "JSON without the form of an Optave message"
    assert look({"message": "hello"}).summary == "hello"


@pytest.mark.parametrize(
    ("payload_value", "shape"),
    [
        ({}, Shape.REQUEST),
        ({"request": {}}, Shape.REQUEST),
        ({"session": {}, "state": "error"}, Shape.REQUEST),
        ({"state": "started"}, Shape.RESPONSE),
        ({"action": "superpower"}, Shape.RESPONSE),
        ({"message": {}}, Shape.RESPONSE),
        ([], Shape.REQUEST),
        (5, Shape.REQUEST),
    ],
)
def test_without_a_schema_ref_the_payload_tells_request_from_response(payload_value: object, shape: Shape) -> None:
    assert look({"headers": {}, "payload": payload_value}).shape is shape


def test_the_schema_ref_comes_before_the_payload() -> None:
    assert look({"headers": {"schemaRef": "optave.response.v9"}, "payload": {"request": {}}}).shape is Shape.RESPONSE
    assert look({"headers": {"schemaRef": "optave.message.v3"}, "payload": {"state": "x"}}).shape is Shape.REQUEST


def test_ids_of_another_type_stand_as_their_json_text(request_envelope: Make) -> None:
    message = request_envelope()
    message["headers"] |= {"correlationId": 5, "traceId": {"a": [1]}, "action": None}
    message["payload"]["session"]["sessionId"] = False
    found = look(message)
    assert (found.correlation_id, found.trace_id, found.action, found.session_id) == ("5", '{"a":[1]}', "", "false")


def test_wrong_types_further_up_hide_nothing_else(request_envelope: Make) -> None:
    message = request_envelope()
    message["payload"]["request"] |= {
        "scope": {"conversations": [5, {"messages": "x"}, {"messages": [None, {"content": "hi"}]}]}
    }
    message["payload"]["request"]["attributes"] = []
    message["payload"]["session"] = "none"
    message["payload"]["message"] = 17
    found = look(message)
    assert found.shape is Shape.REQUEST
    assert found.correlation_id == message["headers"]["correlationId"]
    assert found.thread_id == "t-1"
    assert found.summary == "hi"


def test_lone_surrogates_become_replacement_characters() -> None:
    found = peek(
        rb'{"headers":{"correlationId":"a\ud800"},"payload":{"request":{"attributes":{"content":"\udfff!"}}}}',
        is_text=True,
    )
    assert found.correlation_id == "a\ufffd"
    assert found.summary == "\ufffd!"
    assert_sound(found)


def test_controls_and_direction_marks_in_a_summary_are_made_visible() -> None:
    found = look({"message": "a\x00b\x1b[2J\tc\u202ed\x85e\u2028f\x7f", "requestId": "r"})
    assert found.summary == "Gateway: a␀b␛[2J c\ufffdd e f␡"


@pytest.mark.parametrize("text", ["x" * 10_000, "x" * 201, "a\n" * 5000, " " * 900 + "x", "\x00" * 1000, "x " * 300])
def test_a_long_summary_is_cut_with_a_sign(text: str) -> None:
    found = look({"message": text, "connectionId": "c"})
    assert found.summary.endswith("…")
    assert_sound(found)


def test_a_text_of_two_hundred_characters_is_whole() -> None:
    assert look({"message": "x" * 200}).summary == "x" * 200


@given(st.binary(max_size=200) | st.text('{}[]",:\\u0aNIe+-.tf \n', max_size=40).map(str.encode), st.booleans())
@example(b'{"headers":{},"payload":{},"x":"\xed\xa0\x80"}', True)
@example(b'{"error":' + b"9" * 5000 + b"}", True)
@example(b'{"correlationId":1e999,"state":"error"}', True)
@example(b'{"headers":{"correlationId":"\\ud800"},"payload":null,"headers":5}', True)
def test_no_bytes_raise(payload: bytes, is_text: bool) -> None:
    assert_sound(peek(payload, is_text=is_text))


@given(MESSAGES | ANY_JSON)
def test_no_json_raises(message: object) -> None:
    assert_sound(look(message))


@given(st.dictionaries(st.sampled_from(FIELDS), MESSAGES, max_size=6))
@example({"headers": {"correlationId": "c"}, "payload": None})
@example({"headers": {}, "payload": None})
def test_the_quick_and_the_tolerant_way_agree(message: dict[str, object]) -> None:
    # The quick decoder does not take half a surrogate pair, wherever it stands.
    tolerantly = peek(json.dumps({**message, "beside": "\ud800"}).encode(), is_text=True)
    assert look(message) == tolerantly


def test_headers_that_name_an_exchange_make_an_envelope_without_a_payload() -> None:
    for message in ({"headers": {"correlationId": "c"}}, {"headers": {"correlationId": "c"}, "payload": None}):
        found = look(message)
        assert (found.shape, found.correlation_id) == (Shape.REQUEST, "c")
