"""A fix mends what was found, changes little else, and never loses what was typed along with others."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.compose.fixes import Choose, Fixes, Give, changed_part, fix_all, fix_of_problem
from optave_inspector.compose.judgement import Judgement, Severity, judge
from optave_inspector.compose.positions import read_positions
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.envelope import Generated, Overrides, build_request
from optave_inspector.resources import schemas

CONTRACT = Contract(schemas())
ID = "019cadd1-9c26-7691-9d92-6832b4ebbd00"
MINIMAL = json.loads(templates(Action.INTERACTION)[0].text)
GENERATED = Generated(ID, ID, ID, "2026-03-02T09:14:02.318Z")


def judged(text: str, action: Action = Action.INTERACTION, *, whole: bool = False) -> Judgement:
    return judge(CONTRACT, action, text, Overrides(), whole=whole)


def fixed(text: str, at: str, action: Action = Action.INTERACTION, *, whole: bool = False):
    """The fix of the first finding at a path, and the text after it."""
    fixes = Fixes(text, action, whole=whole, new_id=lambda: ID)
    place = next(each for each in judged(text, action, whole=whole).places if each.path == at)
    fix = fixes.of(place)
    assert fix is not None, place
    after = fix.applied(text)
    chosen = next((one.action for one in fix.beside if isinstance(one, Choose)), action)
    assert place not in judged(after, chosen, whole=whole).places
    return fix, after


def payload(**changes) -> str:
    """The minimal interaction with values at dotted paths; None takes away."""
    made = json.loads(json.dumps(MINIMAL))
    for path, value in changes.items():
        *parents, name = path.split("__")
        here = made
        for step in parents:
            here = here.setdefault(step, {})
        if value is None:
            here.pop(name, None)
        else:
            here[name] = copy.deepcopy(value)
    return json.dumps(made, indent=1)


def test_an_id_of_another_version_becomes_one_of_version_7() -> None:
    text = payload(request__requestId="20e35101-61e8-46e0-9d92-6832b4ebbd00")
    fix, after = fixed(text, "$.request.requestId")
    assert fix.words == "Put a new UUID of version 7 here"
    assert after == text.replace("20e35101-61e8-46e0-9d92-6832b4ebbd00", ID)


@pytest.mark.parametrize(
    ("given_", "wanted", "words"),
    [
        ("2026-01-31T12:00:00.123456Z", "2026-01-31T12:00:00.123Z", "Write"),
        ("2026-01-31T14:00:00.1+02:00", "2026-01-31T12:00:00.100Z", "Write"),
        ("2026-01-31T12:00:00.123456", "2026-01-31T12:00:00.123Z", "Take it for UTC:"),
    ],
)
def test_a_time_is_written_with_three_digits(given_: str, wanted: str, words: str) -> None:
    conversations = [{"messages": [{"content": "x", "timestamp": given_}]}]
    text = payload(request__scope__conversations=conversations)
    fix, after = fixed(text, "$.request.scope.conversations[0].messages[0].timestamp")
    assert fix.words == f"{words} {wanted}"
    assert after == text.replace(given_, wanted)


def test_what_is_no_time_is_left_to_its_author() -> None:
    text = payload(request__scope__conversations=[{"messages": [{"content": "x", "timestamp": "yesterday"}]}])
    place = next(each for each in judged(text).places if each.finding.rule == "timestamp")
    assert Fixes(text, Action.INTERACTION).of(place) is None


def test_a_key_that_is_spelled_otherwise_is_renamed_in_its_place() -> None:
    text = payload(request__context={"organisation": 1, "organization_id": "x1", "userId": "u"})
    fix, after = fixed(text, "$.request.context.organization_id")
    assert fix.words == "Rename it to organizationId"
    assert after == text.replace("organization_id", "organizationId")


def test_a_key_that_belongs_elsewhere_moves_there_as_it_was_written() -> None:
    text = payload(request__context={"organizationId": "o"}).replace(
        '"organizationId": "o"', '"organizationId": "o", "offering_details": [ 1.0e+2,"\\u00e9" ]'
    )
    fix, after = fixed(text, "$.request.context.offering_details")
    assert fix.words == "Move it to request.resources.offers"
    assert '"offers": [ 1.0e+2,"\\u00e9" ]' in after
    assert "offering_details" not in after


def test_a_key_whose_place_is_taken_is_only_removed_on_its_own() -> None:
    text = payload(request__context={"organizationId": "o", "organization_id": "other"})
    fix, after = fixed(text, "$.request.context.organization_id")
    assert fix.loses
    assert json.loads(after)["request"]["context"] == {"organizationId": "o"}
    assert fix_all(text, Action.INTERACTION, judged, whole=False)[0] == text


def test_a_tenant_in_the_payload_goes_to_the_headers() -> None:
    fix, after = fixed(
        payload(request__context={"organizationId": "o", "tenantId": "acme"}), "$.request.context.tenantId"
    )
    assert fix.beside == (Give("tenantId", "acme"),)
    assert "acme" not in after
    whole = build_request(Action.INTERACTION, payload(request__tenantId="acme"), GENERATED)
    _, after = fixed(whole, "$.payload.request.tenantId", whole=True)
    assert json.loads(after)["headers"]["tenantId"] == "acme"


def test_an_unknown_key_is_removed_on_its_own_only() -> None:
    text = payload(request__nonsense=5)
    fix, after = fixed(text, "$.request.nonsense")
    assert (fix.words, fix.loses) == ("Remove nonsense", True)
    assert json.loads(after) == json.loads(payload())
    assert fix_all(text, Action.INTERACTION, judged, whole=False) == (text, Action.INTERACTION, [])


def test_blank_items_are_left_out() -> None:
    text = payload(request__a2a=[{"id": "", "name": "", "type": ""}, {"id": "x"}])
    _, after = fixed(text, "$.request.a2a[0]")
    assert json.loads(after)["request"]["a2a"] == [{"id": "x"}]


def test_deprecated_names_become_the_real_ones() -> None:
    text = payload(request__content="Hello", request__variation="b")
    _, after = fixed(text, "$.request.content")
    _, after = fixed(after, "$.request.variation")
    request = json.loads(after)["request"]
    assert request["attributes"]["content"] == "Hello"
    assert request["attributes"]["variant"] == "B"
    assert not {"content", "variation"} & request.keys()


def test_the_deprecated_action_gives_way_to_interaction() -> None:
    text = templates(Action.CUSTOMER_INTERACTION)[1].text
    fix, after = fixed(text, "$", Action.CUSTOMER_INTERACTION)
    assert fix.beside == (Choose(Action.INTERACTION),)
    assert after == text


@pytest.mark.parametrize(
    ("path", "value", "at", "wanted"),
    [
        ("session__channel__medium", "Chat", "$.session.channel.medium", "chat"),
        ("session__channel__medium", "", "$.session.channel.medium", "chat"),
        ("session__channel__medium", "phone", "$.session.channel.medium", "voice"),
        ("session__sessionId", 17, "$.session.sessionId", "17"),
        ("request__settings__disableStream", "False", "$.request.settings.disableStream", False),
        ("request__settings__maxResponseLength", "600", "$.request.settings.maxResponseLength", 600),
    ],
)
def test_values_of_the_wrong_kind_are_written_right(path: str, value: object, at: str, wanted: object) -> None:
    _, after = fixed(payload(**{path: value}), at)
    here = json.loads(after)
    for step in path.split("__"):
        here = here[step]
    assert here == wanted
    assert type(here) is type(wanted)


def test_roles_of_other_systems_are_known() -> None:
    conversations = [{"participants": [{"role": "EndUser"}, {"role": "Agent"}, {"role": "Bot"}]}]
    text, _, done = fix_all(
        payload(request__scope__conversations=conversations), Action.INTERACTION, judged, whole=False
    )
    people = json.loads(text)["request"]["scope"]["conversations"][0]["participants"]
    assert [person["role"] for person in people] == ["user", "operator", "bot"]
    assert len(done) == 3


@pytest.mark.parametrize("action", list(Action))
@pytest.mark.parametrize("text", ["{}", '{"session":{},"request":{}}', '{"request": {"scope": {"conversations": []}}}'])
def test_all_that_is_missing_can_be_added(action: Action, text: str) -> None:
    after, chosen, done = fix_all(text, action, judged, whole=False)
    found = [each for each in judged(after, chosen).places if each.severity is not Severity.NOTE]
    assert not found, (after, found)
    assert done


@pytest.mark.parametrize("action", list(Action))
def test_a_whole_message_can_be_mended_from_nothing_but_its_payload(action: Action) -> None:
    text = f'{{"headers": {{"action": "{action.sdk_name}"}}, "payload": {templates(action)[0].text}}}'
    after, _, _ = fix_all(text, action, lambda text, action: judged(text, action, whole=True), whole=True)
    assert judged(after, whole=True).sendable, judged(after, whole=True).places


def test_many_findings_are_mended_together_and_what_was_done_is_said() -> None:
    text = payload(
        request__requestId="20e35101-61e8-46e0-9d92-6832b4ebbd00",
        request__a2a=[{"id": ""}, {"id": ""}],
        request__context={"organisationId": "x", "organization_id": "o"},
        session__channel__medium="CHAT",
    )
    after, _, done = fix_all(text, Action.INTERACTION, judged, whole=False)
    assert [fix.words for fix in done].count("Leave the blank item out") == 2
    left = [each.path for each in judged(after).places if each.severity is not Severity.NOTE]
    assert left == ["$.request.context.organisationId"]


@pytest.mark.parametrize(
    ("text", "words", "after"),
    [
        ('{"a": 1,}', "Leave the comma out", '{"a": 1}'),
        ('{"a": 1\n "b": 2}', "Add the comma", '{"a": 1,\n "b": 2}'),
        ('{"a" 1}', "Add the colon", '{"a": 1}'),
        ('{"a": None}', "Write null", '{"a": null}'),
        ('[True, "None"]', "Write true", '[true, "None"]'),
        ('{"a": [1, {"b": "]"', "Close it with }]}", '{"a": [1, {"b": "]"}]}'),
        ("\ufeff{}", "Remove the byte order mark", "{}"),
    ],
)
def test_a_text_that_is_no_json_for_one_mark_can_be_mended(text: str, words: str, after: str) -> None:
    problem = read_positions(text).problem
    assert problem is not None
    made = fix_of_problem(text, problem)
    assert made is not None
    assert made[0] == words
    assert made[1].replace(" ", "") == after.replace(" ", "")


@pytest.mark.parametrize("text", ["", "hello", '{"a": "x', "{'a': 1}", '{"a": 1}}', "[01]"])
def test_what_is_not_clear_is_left(text: str) -> None:
    problem = read_positions(text).problem
    assert problem is not None
    assert fix_of_problem(text, problem) is None


_VALUES = st.sampled_from([None, True, 5, "", "x", [], {}, [{}], {"a": 1}, "CHAT", "2026-01-31T12:00:00.123456Z"])
_PATHS = st.sampled_from(
    [
        "session__channel__medium", "session", "request", "request__content", "request__attributes",
        "request__attributes__variant", "request__scope__conversations", "request__connections__thread_id",
        "request__resources__links", "request__settings__disableStream", "extra", "request__traceId", "headers",
    ]
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(st.dictionaries(_PATHS, _VALUES, max_size=4), st.sampled_from(list(Action)), st.booleans())
def test_whatever_is_wrong_a_fix_leaves_json_and_ends(changes: dict[str, object], action: Action, whole: bool) -> None:
    made = json.loads(json.dumps(MINIMAL))
    for path, value in changes.items():
        *parents, name = path.split("__")
        here = made
        for step in parents:
            here = here.get(step) if isinstance(here, dict) else None
        if isinstance(here, dict):
            here[name] = copy.deepcopy(value)
    text = json.dumps(made)
    if whole:
        text = build_request(action, text, GENERATED)
    after, _, done = fix_all(text, action, lambda t, a: judged(t, a, whole=whole), whole=whole)
    json.loads(after)
    assert len(done) < 100


@given(st.text("ab", max_size=12), st.text("ab", max_size=12))
def test_the_changed_part_is_all_that_differs(before: str, after: str) -> None:
    start, end, insert = changed_part(before, after)
    assert before[:start] + insert + before[end:] == after
    assert start <= end
