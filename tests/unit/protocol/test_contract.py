"""Verdicts by the shipped schemas, compared with the SDK's validators."""

import copy
import itertools
import json
import math
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract, Finding, Verdict
from optave_inspector.protocol.payload_tree import PAYLOAD_TREE, Node
from optave_inspector.resources import schemas
from tests.unit.protocol import sdk_validators

Make = Callable[[], dict[str, Any]]
UUID = "01997e6f-03b0-71ae-8ea3-435b459a9b3b"

# Values that some validator might judge otherwise than the SDK's: types, formats, spellings, what only Python can hold.
BAD_SEEDS: list[Any] = [
    *(None, True, False, 0, 1, -1.5, 1.0, "", " ", "x", [], {}, [None], [{}], [[]], {"x": 1}, {"content": 1}),
    *(
        "customerInteraction",
        "customerinteraction",
        "reception",
        "Adjust",
        "error",
        "started",
        "streaming",
        "superpower",
    ),
    *("optave.message.v3", "optave.response.v3", "optave.error.v3", "optave.message.v2", "voice", "Chat", "bot"),
    *(UUID.upper(), f"{UUID}\n", UUID.replace("71ae", "41ae"), UUID.replace("8ea3", "cea3"), UUID.replace("0", "٠")),
    *("2024-99-99T99:99:99Z", "2024-01-01T00:00:00.123Z", "2024-01-01T00:00:00.123456Z", "2024-01-01T00:00:00.1Z"),
    *("2024-01-01T00:00:00+0200", "2024-01-01T00:00:00+02:00", "2024-01-01T00:00:00z", "2024-01-01T00:00:00Z\n"),
    *("２024-01-01T00:00:00Z", "2024-01-01 00:00:00Z", "\ud800", {"\ud800": "\udfff"}, 10**25, 10**400, -(10**400)),
    *(math.inf, -math.inf, math.nan, 1e300, -0.0, "x" * 10_000),
]
KEYS = [
    "action",
    "headers",
    "payload",
    "content",
    "state",
    "response",
    "scope",
    "conversations",
    "x",
    "",
    "\ud800",
    "__proto__",
]


def slots(value: Any) -> Iterator[tuple[Any, Any]]:
    """All places in a JSON value that can be overwritten."""
    if isinstance(value, (dict, list)):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from slots(value[key])


def bent(value: Any, draw: st.DataObject) -> Any:
    """``value`` with up to four places removed, overwritten or added to."""
    root = {"root": value}
    for _ in range(draw.draw(st.integers(0, 4))):
        places = list(slots(root))
        owner, key = places[draw.draw(st.integers(0, len(places) - 1))]
        seed = copy.deepcopy(draw.draw(st.sampled_from(BAD_SEEDS)))
        match draw.draw(st.sampled_from(["overwrite", "remove", "add"])):
            case "remove" if isinstance(owner, dict) and owner is not root:
                del owner[key]
            case "add" if isinstance(owner[key], dict):
                owner[key][draw.draw(st.sampled_from(KEYS))] = seed
            case "add" if isinstance(owner[key], list):
                owner[key].append(seed)
            case _:
                owner[key] = seed
    return root["root"]


def judge_all(contract: Contract, value: Any) -> dict[str, Verdict]:
    names = ("request_envelope", "payload", "response_envelope", "superpower", "error")
    return {name: getattr(contract, name)(value) for name in names}


def assert_agree(contract: Contract, value: Any) -> None:
    for name, verdict in judge_all(contract, value).items():
        assert verdict.valid is getattr(sdk_validators, name)(value), (name, verdict.findings)
        assert verdict.valid is not bool(verdict.findings)
        assert len(set(verdict.findings)) == len(verdict.findings)
        for finding in (*verdict.findings, *verdict.notes):
            assert finding.path.startswith("$")
            assert finding.rule
            assert finding.sentence.endswith(".")
            assert finding.quirk == "" or finding.quirk.endswith(".")
            json.dumps([finding.path, finding.sentence], ensure_ascii=False).encode()
        assert all(note.quirk for note in verdict.notes)


@given(data=st.data())
def test_verdicts_agree_with_the_sdk_on_bent_messages(
    data: st.DataObject,
    contract: Contract,
    request_envelope: Make,
    response_envelope: Make,
) -> None:
    message = data.draw(st.sampled_from([request_envelope, response_envelope]))()
    if data.draw(st.booleans()):
        message = message["payload"]
    assert_agree(contract, bent(message, data))


@given(
    st.recursive(
        st.sampled_from(BAD_SEEDS),
        lambda below: st.lists(below, max_size=3) | st.dictionaries(st.sampled_from(KEYS), below, max_size=4),
        max_leaves=10,
    )
)
@example({"action": "message", "headers": [], "payload": {"session": {}, "request": {"requestId": ""}}})
def test_verdicts_agree_with_the_sdk_on_anything(contract: Contract, value: Any) -> None:
    assert_agree(contract, value)


def places(tree: Node, steps: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every place that a payload can have, with one item in each array."""
    if isinstance(tree, list):
        yield (*steps, 0)
        tree, steps = tree[0], (*steps, 0)
    for name, below in (tree or {}).items():
        yield (*steps, name)
        yield from places(below, (*steps, name))


def with_value(message: Any, steps: tuple[str | int, ...], value: Any) -> Any:
    """``message`` with ``value`` at ``steps``, objects and arrays made on the way there."""
    owner = message
    for step, after in itertools.pairwise(steps):
        below: Any = [{}] if isinstance(after, int) else {}
        owner = owner.setdefault(step, below) if isinstance(owner, dict) else owner[step]
    owner[steps[-1]] = value
    return message


@pytest.mark.parametrize("seed", [None, True, 5, 1.5, "", "x", "voice", "email", "bot", "operator", [], [None], {}])
def test_verdicts_agree_with_the_sdk_on_every_place_of_a_request(
    contract: Contract, request_envelope: Make, seed: Any
) -> None:
    for steps in places(PAYLOAD_TREE):
        message = with_value(request_envelope(), ("payload", *steps), seed)
        assert contract.request_envelope(message).valid is sdk_validators.request_envelope(message), steps
        assert contract.payload(message["payload"]).valid is sdk_validators.payload(message["payload"]), steps


@pytest.mark.parametrize("action", [*Action, "customerInteraction"])
@pytest.mark.parametrize("scope", [None, {}, 5, {"conversations": []}, {"conversations": 5}, {"conversations": [5]}])
def test_verdicts_agree_with_the_sdk_on_every_action_without_conversations(
    contract: Contract, request_envelope: Make, action: str, scope: Any
) -> None:
    message = request_envelope()
    message["headers"]["action"] = str(action)
    message["payload"]["request"]["scope"] = scope
    assert_agree(contract, message)
    del message["payload"]["request"]["scope"]
    assert_agree(contract, message)


@pytest.mark.parametrize("field", ["correlationId", "timestamp", "networkLatencyMs", "action", "schemaRef", "tenantId"])
def test_verdicts_agree_with_the_sdk_on_every_odd_header(
    contract: Contract, request_envelope: Make, response_envelope: Make, field: str
) -> None:
    for seed in BAD_SEEDS:
        for make in (request_envelope, response_envelope):
            message = make()
            message["headers"][field] = seed
            assert_agree(contract, message)


def test_sound_messages_have_no_findings(
    contract: Contract, request_envelope: Make, response_envelope: Make, superpower: Make
) -> None:
    request, response = contract.request_envelope(request_envelope()), contract.response_envelope(response_envelope())
    assert request == Verdict("Request envelope", True)
    assert response == Verdict("Response envelope", True)
    assert contract.payload(request_envelope()["payload"]).valid
    assert contract.superpower(superpower()).valid
    assert not contract.error(superpower()).valid
    assert contract.error({**superpower(), "state": "error"}).valid


@pytest.mark.parametrize("depth", [20, 300, 100_000])
@pytest.mark.parametrize("key", ["metadata", "x"])
@pytest.mark.parametrize("wrap", [lambda below: [below], lambda below: {"a": below}], ids=["arrays", "objects"])
def test_deep_nesting_changes_no_verdict(
    contract: Contract, request_envelope: Make, depth: int, key: str, wrap: Callable[[Any], Any]
) -> None:
    message = request_envelope()
    nested: Any = []
    for _ in range(depth):
        nested = wrap(nested)
    message["payload"]["session"]["channel"][key] = [nested]
    assert contract.request_envelope(message).valid
    message["payload"]["session"]["channel"]["medium"] = nested
    assert not contract.request_envelope(message).valid


@pytest.mark.parametrize("value", [b"x", {1, 2}, object(), (1, 2), {1: 2}, 1j])
def test_what_json_cannot_hold_is_judged_and_never_raises(contract: Contract, value: Any) -> None:
    assert not contract.request_envelope(value).valid
    assert contract.superpower({"action": value, "actionType": "", "state": "error", "message": {}}).findings


def only(verdict: Verdict) -> Finding:
    assert len(verdict.findings) == 1, verdict.findings
    return verdict.findings[0]


def test_a_missing_property_is_reported_at_its_parent_by_name(contract: Contract, payload: Make) -> None:
    message = payload()
    del message["request"]["requestId"]
    finding = only(contract.payload(message))
    assert (finding.path, finding.rule) == ("$.request", "required")
    assert finding.sentence.startswith("request has no requestId. Names this request")
    assert [finding.path for finding in contract.payload({}).findings] == ["$", "$"]


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "null"),
        (True, "true"),
        (5, "the number 5"),
        (1.5, "the number 1.5"),
        (10**400, "a number too large for JavaScript"),
        (math.nan, "a number too large for JavaScript"),
        ([], "an array"),
        ({}, "an object"),
        (b"", "no JSON value"),
    ],
)
def test_a_wrong_type_is_told_in_words(contract: Contract, payload: Make, value: Any, words: str) -> None:
    message = payload()
    message["session"]["sessionId"] = value
    finding = only(contract.payload(message))
    assert (finding.path, finding.rule) == ("$.session.sessionId", "type")
    assert finding.sentence == f"sessionId is {words}, but must be a string."


def test_a_wrong_word_is_told_with_the_right_ones(contract: Contract, payload: Make) -> None:
    message = payload()
    message["session"]["channel"]["medium"] = ""
    finding = only(contract.payload(message))
    assert finding.sentence == 'medium is an empty string, but must be "chat", "voice" or "email".'
    message["session"]["channel"]["medium"] = 5
    assert only(contract.payload(message)).rule == "type"


def test_items_are_named_by_their_place(contract: Contract, payload: Make) -> None:
    message = payload()
    message["request"]["scope"]["conversations"][0]["participants"].append("Ann")
    finding = only(contract.payload(message))
    assert finding.path == "$.request.scope.conversations[0].participants[1]"
    assert finding.sentence == 'Item 1 of participants is "Ann", but must be an object.'


def test_formats_say_what_is_wrong_with_them(contract: Contract, request_envelope: Make) -> None:
    message = request_envelope()
    message["headers"] |= {
        "correlationId": "20e35101-61e8-46e0-89ab-0123456789ab",
        "traceId": UUID.replace("8ea3", "cea3"),
        "idempotencyKey": "idem-789",
        "timestamp": "2026-01-01T10:00:00.123456Z",
        "issuedAt": "now",
    }
    sentences = {finding.path: finding.sentence for finding in contract.request_envelope(message).findings}
    assert sentences["$.headers.correlationId"].endswith("must be a UUID of version 7, not 4.")
    assert sentences["$.headers.traceId"].endswith("with 8, 9, a or b after its third hyphen.")
    assert sentences["$.headers.idempotencyKey"] == 'idempotencyKey is "idem-789", but must be a UUID of version 7.'
    assert sentences["$.headers.timestamp"].endswith("; it has 6 fraction digits, not three.")
    assert sentences["$.headers.issuedAt"].endswith("such as 2026-01-31T12:00:00.000Z.")


def test_findings_are_sorted_by_path_with_indexes_as_numbers(contract: Contract, payload: Make) -> None:
    message = payload()
    message["request"]["scope"]["users"] = 1
    message["request"]["scope"]["products"] = [5] * 12
    message["session"] = 5
    found = [finding.path for finding in contract.payload(message).findings]
    assert found == [
        *(f"$.request.scope.products[{index}]" for index in range(12)),
        "$.request.scope.users",
        "$.session",
    ]


def test_a_conversation_that_both_rules_refuse_is_reported_once(contract: Contract, request_envelope: Make) -> None:
    message = request_envelope()
    message["payload"]["request"]["scope"]["conversations"][0]["conversationId"] = 5
    assert only(contract.request_envelope(message)).path == "$.payload.request.scope.conversations[0].conversationId"


@pytest.mark.parametrize("conversations", [[], None])
def test_an_action_without_a_conversation_is_refused(
    contract: Contract, request_envelope: Make, conversations: Any
) -> None:
    message = request_envelope()
    message["payload"]["request"]["scope"] = {} if conversations is None else {"conversations": conversations}
    finding = only(contract.request_envelope(message))
    assert finding.rule == ("required" if conversations is None else "minItems")
    assert "at least one conversation" in finding.sentence
    assert finding.quirk == ""


def test_the_rule_on_conversations_without_an_action_is_named_a_quirk(
    contract: Contract, request_envelope: Make
) -> None:
    message = request_envelope()
    del message["payload"]["request"]["scope"]
    for headers in ({"correlationId": UUID, "schemaRef": "optave.message.v3"}, []):
        message["headers"] = headers
        findings = contract.request_envelope(message).findings
        assert any("where headers.action is missing" in finding.quirk for finding in findings)


def test_the_sdks_spelling_of_the_deprecated_action_is_named_a_quirk(
    contract: Contract, request_envelope: Make
) -> None:
    message = request_envelope()
    message["headers"]["action"] = "customerInteraction"
    finding = only(contract.request_envelope(message))
    assert finding.path == "$.headers.action"
    assert "itself sends this spelling" in finding.quirk
    del message["payload"]["request"]["scope"]
    quirks = [finding.quirk for finding in contract.request_envelope(message).findings]
    assert any("never the legal spelling" in quirk for quirk in quirks)


def test_the_legal_spelling_passes_without_conversations_with_a_note(
    contract: Contract, request_envelope: Make
) -> None:
    message = request_envelope()
    message["headers"]["action"] = "customerinteraction"
    assert contract.request_envelope(message).notes == ()
    del message["payload"]["request"]["scope"]
    verdict = contract.request_envelope(message)
    assert verdict.valid
    assert verdict.notes[0].rule == "conversations"


def test_a_time_that_does_not_exist_passes_with_a_note(
    contract: Contract, request_envelope: Make, response_envelope: Make
) -> None:
    for make, judge in ((request_envelope, contract.request_envelope), (response_envelope, contract.response_envelope)):
        message = make()
        message["headers"]["timestamp"] = "2024-99-99T99:99:99Z"
        verdict = judge(message)
        assert verdict.valid
        assert [note.path for note in verdict.notes] == ["$.headers.timestamp"]


def error_envelope(response_envelope: Make, item: Any) -> dict[str, Any]:
    message = response_envelope()
    message["headers"]["schemaRef"] = "optave.error.v3"
    message["payload"]["state"] = "error"
    message["payload"]["message"]["results"] = [{"response": [item]}]
    return message


def test_a_well_formed_error_envelope_is_invalid_and_that_is_named_a_quirk(
    contract: Contract, response_envelope: Make
) -> None:
    finding = only(contract.response_envelope(error_envelope(response_envelope, {"content": "No.", "error_code": "E"})))
    assert (finding.path, finding.rule) == ("$.payload", "oneOf")
    assert "only where an item of its results lacks content" in finding.quirk


@pytest.mark.parametrize("item", [{}, {"content": 5}, {"error_code": "E"}])
def test_an_ill_formed_error_envelope_is_valid_with_a_note(
    contract: Contract, response_envelope: Make, item: dict[str, Any]
) -> None:
    verdict = contract.response_envelope(error_envelope(response_envelope, item))
    assert verdict.valid
    assert [note.rule for note in verdict.notes] == ["oneOf"]


def test_a_state_that_contradicts_the_schema_ref_passes_with_a_note(
    contract: Contract, response_envelope: Make
) -> None:
    message = response_envelope()
    message["headers"]["schemaRef"] = "optave.error.v3"
    assert [note.rule for note in contract.response_envelope(message).notes] == ["schemaRef"]


def test_an_answer_of_neither_form_gets_the_superpowers_findings(contract: Contract, response_envelope: Make) -> None:
    message = response_envelope()
    message["payload"] |= {"state": "streaming", "message": {}}
    findings = contract.response_envelope(message).findings
    assert [(finding.path, finding.rule) for finding in findings] == [
        ("$.payload.message", "required"),
        ("$.payload.state", "enum"),
    ]
    message["payload"] = None
    assert only(contract.response_envelope(message)).sentence == "payload is null, but must be an object."


def test_every_schema_describes_all_its_properties_in_words() -> None:
    def undescribed(schema: dict[str, Any], path: str) -> Iterator[str]:
        for name, below in schema.get("properties", {}).items():
            # A rule that only adds to a property described elsewhere has neither a type nor a reference.
            if "description" not in below and "title" not in below and below.keys() & {"type", "$ref"}:
                yield f"{path}.{name}"
            yield from undescribed(below, f"{path}.{name}")
        for name, below in schema.get("$defs", {}).items():
            yield from undescribed(below, f"{path}.{name}")

    assert [path for name, schema in schemas().items() for path in undescribed(schema, name)] == []
    assert set(schemas()) == {"definitions", "error", "payload", "request-envelope", "response-envelope", "superpower"}
