"""What the SDK would send and what not."""

import copy
import math
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.limits import MAX_ENVELOPE_UNITS, Size
from optave_inspector.protocol.sdk_check import sdk_check, truthy
from tests.unit.protocol import sdk_sending

Make = Callable[[], dict[str, Any]]
SEEDS: list[Any] = [
    *(
        None,
        True,
        False,
        0,
        -0.0,
        1,
        math.nan,
        math.inf,
        "",
        " ",
        "x",
        [],
        {},
        [None],
        [{}],
        {"content": "x"},
        {"variant": 5},
    ),
    *(
        {"threadId": 0},
        {"threadId": " "},
        {"conversations": "x"},
        {"conversations": [0]},
        {"offers": []},
        "\ud800",
        10**400,
    ),
]
PLACES = [
    (),
    ("request",),
    ("session",),
    ("headers",),
    ("extra",),
    ("request", "content"),
    ("request", "variation"),
    ("request", "attributes"),
    ("request", "attributes", "content"),
    ("request", "attributes", "instruction"),
    ("request", "attributes", "variant"),
    ("request", "connections"),
    ("request", "connections", "threadId"),
    ("request", "connections", "parentId"),
    ("request", "scope"),
    ("request", "scope", "conversations"),
    ("request", "resources"),
    ("request", "resources", "offers"),
]


def put(payload: Any, place: tuple[str, ...], value: Any) -> Any:
    if not place:
        return value
    owner = payload
    for step in place[:-1]:
        owner = owner.get(step) if isinstance(owner, dict) else None
    if isinstance(owner, dict):
        if value is sdk_sending.UNDEFINED:
            owner.pop(place[-1], None)
        else:
            owner[place[-1]] = copy.deepcopy(value)
    return payload


def assert_agree(action: Action, payload: Any) -> None:
    verdict = sdk_check(action, payload)
    expected = sdk_sending.outcome(action.value, payload)
    rules = {finding.rule for finding in verdict.findings}
    assert verdict.valid is (expected == "OK"), verdict.findings
    assert expected == "OK" or expected in rules
    assert expected != "REQUIRED_FIELDS_MISSING" or rules == {expected}
    for finding in (*verdict.findings, *verdict.notes):
        assert finding.path.startswith("$")
        assert finding.sentence.endswith(".")
        finding.sentence.encode()
    assert all(note.quirk or note.rule == "deprecated" for note in verdict.notes)


@given(data=st.data(), action=st.sampled_from(Action))
def test_the_check_does_what_the_sdk_does(data: st.DataObject, action: Action, payload: Make) -> None:
    bent: Any = payload()
    for _ in range(data.draw(st.integers(0, 4))):
        seed = data.draw(st.sampled_from([*SEEDS, sdk_sending.UNDEFINED]))
        if seed is not sdk_sending.UNDEFINED or bent:
            bent = put(bent, data.draw(st.sampled_from(PLACES[1:] if seed is sdk_sending.UNDEFINED else PLACES)), seed)
    assert_agree(action, bent)


@pytest.mark.parametrize("place", PLACES, ids=".".join)
@pytest.mark.parametrize("action", [Action.ADJUST, Action.RECEPTION, Action.RECOMMEND])
def test_the_check_does_what_the_sdk_does_with_each_odd_value(
    place: tuple[str, ...], action: Action, payload: Make
) -> None:
    for seed in SEEDS:
        assert_agree(action, put(payload(), place, seed))
    if place:
        assert_agree(action, put(payload(), place, sdk_sending.UNDEFINED))


@given(
    st.recursive(
        st.sampled_from(SEEDS),
        lambda below: (
            st.lists(below, max_size=2) | st.dictionaries(st.sampled_from(["request", "attributes", "x"]), below)
        ),
        max_leaves=6,
    ),
    st.sampled_from(Action),
)
@example({"request": {"attributes": [], "content": "x", "variation": "b"}}, Action.ADJUST)
@example({"request": {"attributes": "text", "content": "x"}}, Action.ADJUST)
def test_no_value_raises(payload: Any, action: Action) -> None:
    assert_agree(action, payload)


@pytest.mark.parametrize("action", [action for action in Action if not action.deprecated])
def test_a_sound_payload_passes_without_notes(action: Action, payload: Make) -> None:
    verdict = sdk_check(action, payload())
    assert verdict.valid
    assert verdict.notes == ()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" ", True),
        ([], True),
        ({}, True),
        ("0", True),
        (-1, True),
        ("", False),
        (0, False),
        (0.0, False),
        (math.nan, False),
    ],
)
def test_values_are_judged_as_javascript_judges_them(value: Any, expected: bool) -> None:
    assert truthy(value) is expected


def test_a_missing_field_is_reported_as_far_as_the_payload_leads(payload: Make) -> None:
    message = payload()
    message["request"]["connections"]["threadId"] = ""
    del message["request"]["scope"]["conversations"]
    del message["request"]["attributes"]
    findings = sdk_check(Action.ELEVATE, message).findings
    assert [finding.path for finding in findings] == ["$.request", "$.request.connections.threadId", "$.request.scope"]
    assert findings[1].sentence.startswith(
        "request.connections.threadId is an empty string, which counts as missing, but elevate needs a value there."
    )
    assert "needs a non-empty array" in findings[2].sentence


def test_an_empty_array_and_a_wrong_type_are_told_apart(payload: Make) -> None:
    message = payload()
    message["request"]["scope"]["conversations"] = []
    assert "is an empty array, but" in sdk_check(Action.SUMMARIZE, message).findings[0].sentence
    message["request"]["scope"]["conversations"] = {"a": 1}
    assert "is an object, but" in sdk_check(Action.SUMMARIZE, message).findings[0].sentence


def test_every_unknown_key_is_named(payload: Make) -> None:
    findings = sdk_check(Action.RECEPTION, {**payload(), "context": {}, "we ird\ud800": 1}).findings
    assert [finding.path for finding in findings] == ["$.context", '$["we ird\ufffd"]']
    assert {finding.rule for finding in findings} == {"PAYLOAD_SCHEMA_MISMATCH"}


def test_null_in_place_of_an_object_is_named_a_quirk(payload: Make) -> None:
    message = payload()
    message["request"]["attributes"] = None
    finding = sdk_check(Action.RECEPTION, message).findings[0]
    assert (finding.path, finding.rule) == ("$.request.attributes", "TypeError")
    assert "leave the key out" in finding.quirk


def test_what_passes_against_expectation_is_noted(payload: Make) -> None:
    message = payload()
    message["headers"] = {"tenantId": "acme"}
    message["request"]["connections"] = {"threadId": " ", "parentId": 5}
    message["request"]["content"] = "text"
    del message["request"]["attributes"]["content"]
    verdict = sdk_check(Action.ADJUST, message)
    assert verdict.valid
    assert [(note.path, note.rule) for note in verdict.notes] == [
        ("$.headers", "headers"),
        ("$.request.connections.parentId", "type"),
        ("$.request.connections.threadId", "blank"),
        ("$.request.content", "deprecated"),
    ]


def test_an_alias_without_attributes_is_said_to_leak(payload: Make) -> None:
    message = payload()
    message["request"]["variation"] = "b"
    note = sdk_check(Action.RECEPTION, message).notes[0]
    assert "request.attributes.variant" in note.sentence
    assert note.quirk == ""
    del message["request"]["attributes"]
    assert "every later message" in sdk_check(Action.RECEPTION, message).notes[0].quirk


def test_the_deprecated_method_is_said_to_send_an_illegal_name(payload: Make) -> None:
    verdict = sdk_check(Action.CUSTOMER_INTERACTION, payload())
    assert verdict.valid
    assert "customerinteraction" in verdict.notes[0].quirk


def test_the_size_of_the_whole_envelope_is_limited_in_units(payload: Make) -> None:
    assert sdk_check(Action.RECEPTION, payload(), Size(MAX_ENVELOPE_UNITS, 10**6)).valid
    verdict = sdk_check(Action.RECEPTION, payload(), Size(MAX_ENVELOPE_UNITS + 1, 10**6))
    assert [finding.rule for finding in verdict.findings] == ["PAYLOAD_TOO_LARGE"]
    assert "131,073 UTF-16 code units" in verdict.findings[0].sentence
    assert "UTF-8 bytes" in verdict.findings[0].quirk
