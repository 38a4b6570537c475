"""The nine actions and their rules."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.actions import RULES, Action, ActionRules, parse_action

THREAD, PARENT = "request.connections.threadId", "request.connections.parentId"
CONTENT, INSTRUCTION = "request.attributes.content", "request.attributes.instruction"
CONVERSATIONS, OFFERS = "request.scope.conversations", "request.resources.offers"
ORGANIZATION = "request.context.organizationId"


def paths(rules: ActionRules, of: str) -> set[str]:
    return {requirement.path for requirement in getattr(rules, of)}


def test_there_are_nine_actions_each_with_rules_and_a_purpose() -> None:
    assert len(Action) == 9
    assert set(RULES) == set(Action)
    assert all(rules.purpose.endswith(".") for rules in RULES.values())


@pytest.mark.parametrize("text", ["", " adjust", "adjust\n", "adjusts", "ſummarize", "x" * 1_000_000])
def test_anything_else_names_no_action(text: str) -> None:
    assert parse_action(text) is None


@given(st.text())
def test_no_text_breaks_the_parser(text: str) -> None:
    action = parse_action(text)
    assert action is None or action.value == text.lower()


@pytest.mark.parametrize("action", Action)
def test_wire_and_sdk_names_are_read_in_any_case(action: Action) -> None:
    assert parse_action(action.value) is parse_action(action.sdk_name) is parse_action(action.value.upper()) is action


def test_only_customer_interaction_is_deprecated_and_spelled_otherwise_by_the_sdk() -> None:
    assert [action for action in Action if action.deprecated] == [Action.CUSTOMER_INTERACTION]
    assert [a.sdk_name for a in Action if a.sdk_name != a.value] == ["customerInteraction"]


@pytest.mark.parametrize(
    ("action", "sdk"),
    [
        (Action.ADJUST, {THREAD, CONTENT, INSTRUCTION, PARENT, CONVERSATIONS}),
        (Action.ELEVATE, {THREAD, CONTENT, PARENT, CONVERSATIONS}),
        (Action.INTERACTION, {THREAD, CONVERSATIONS}),
        (Action.CUSTOMER_INTERACTION, {THREAD, CONVERSATIONS}),
        (Action.RECEPTION, {THREAD}),
        (Action.SUMMARIZE, {THREAD, CONVERSATIONS}),
        (Action.TRANSLATE, {THREAD, CONVERSATIONS}),
        (Action.RECOMMEND, {THREAD, CONVERSATIONS, OFFERS}),
        (Action.INSIGHTS, {THREAD, CONVERSATIONS}),
    ],
)
def test_each_authority_asks_for_what_the_protocol_notes_say(action: Action, sdk: set[str]) -> None:
    rules = RULES[action]
    assert paths(rules, "sdk") == sdk
    assert paths(rules, "documentation") == sdk | {ORGANIZATION, CONVERSATIONS}
    without_rule = action in (Action.RECEPTION, Action.CUSTOMER_INTERACTION)
    schema = {"session", "request", "request.requestId"}
    assert paths(rules, "schema") == (schema if without_rule else schema | {CONVERSATIONS})


def test_only_lists_must_be_non_empty_arrays() -> None:
    for rules in RULES.values():
        for requirement in (*rules.sdk, *rules.schema, *rules.documentation):
            assert requirement.non_empty_array is (requirement.path in (CONVERSATIONS, OFFERS))
            assert requirement.sentence.endswith(".")
