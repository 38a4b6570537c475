import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.completion import Setting, complete, help_at
from optave_inspector.compose.json_cursor import cursor_place
from optave_inspector.compose.known_ids import collect_ids
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract_fields import ContractFields, authorities
from optave_inspector.resources import schemas

FIELDS = ContractFields(schemas())
ADJUST = Setting(Action.ADJUST)
_PIECES = st.sampled_from(
    ["{", "}", "[", "]", ":", ",", '"', "\\", '"request"', '"scope"', '"conversations"', '"medium"',
     " ", "\n", "tru", "1", "é😀"]
)  # fmt: skip
_TEXTS = st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join))


def proposals(marked, setting=ADJUST, known=None):
    """What is proposed at the bar in ``marked``."""
    cursor = marked.index("|")
    return complete(marked.replace("|", ""), cursor, setting, FIELDS, known or {})


def labels(marked, **options):
    return [one.label for one in proposals(marked, **options)]


def taken(marked, label, **options):
    """The text after ``label`` was taken, with a bar where the cursor is then."""
    text = marked.replace("|", "")
    (one,) = (one for one in proposals(marked, **options) if one.label == label)
    changed = f"{text[: one.start]}{one.insert}{text[one.end :]}"
    place = one.start + one.caret
    return f"{changed[:place]}|{changed[place:]}"


@given(_TEXTS, st.integers(-2, 60))
def test_no_text_makes_it_fail_and_what_is_proposed_stands_at_the_cursor(text, cursor):
    for one in complete(text, cursor, ADJUST, FIELDS, {"threadId": ["t"]}):
        assert 0 <= one.start <= one.end <= len(text)
        assert one.start <= max(0, min(cursor, len(text))) <= one.end
        assert 0 <= one.caret <= len(one.insert)
    help_at(text, cursor, ADJUST, FIELDS)


@given(st.sampled_from(list(Action)), st.data())
def test_the_place_in_a_sound_text_is_where_the_value_is(action, data):
    text = data.draw(st.sampled_from(templates(action))).text
    place = cursor_place(text, data.draw(st.integers(0, len(text))))
    if place is not None and not place.is_key:
        value = json.loads(text)
        for step in place.steps:
            if isinstance(value, list) and step == len(value):
                return  # behind the last item's comma
            value = value[step]
        if place.quoted:
            assert json.loads(text[place.start : place.end]) == value


@pytest.mark.parametrize("action", list(Action))
def test_every_key_taken_in_an_empty_payload_leaves_sound_json(action):
    setting = Setting(action)
    for marked in ('{"session": {}, "request": {|}}', '{"session": {"channel": {|}}}', "{|}"):
        for one in proposals(marked, setting=setting):
            json.loads(taken(marked, one.label, setting=setting).replace("|", ""))


def test_required_keys_come_first_and_say_who_requires_them():
    found = proposals('{"request": {"connections": {|}}}')
    assert [one.label for one in found] == ["parentId", "threadId", "journeyId"]
    assert found[0].detail.startswith("required · ")
    assert "Required for adjust by the SDK and the documentation." in found[0].help
    assert "May be left out." in found[2].help
    summarize = proposals('{"request": {"connections": {|}}}', setting=Setting(Action.SUMMARIZE))
    assert summarize[0].label == "threadId"


def test_keys_that_are_there_are_not_proposed_again_wherever_they_stand():
    assert labels('{"request": {"connections": {"parentId": "", |, "journeyId": ""}}}') == ["threadId"]


@pytest.mark.parametrize(
    ("marked", "label", "expected"),
    [
        ("{|}", "session", '{"session": {|}}'),
        ('{"ses|"}', "session", '{"session": {|}}'),
        ('{"ses|": {}}', "session", '{"session"|: {}}'),
        ('{|"request": {}}', "session", '{"session": {|},"request": {}}'),
        ('{"session": {"channel": {"me|', "medium", '{"session": {"channel": {"medium": "|"'),
        ('{"session": {"channel": {"medium": |}}}', "voice", '{"session": {"channel": {"medium": "voice"|}}}'),
        ('{"session": {"channel": {"medium": "v|"}}}', "voice", '{"session": {"channel": {"medium": "voice"|}}}'),
        ('{"request": {"settings": {"disableTools": f|', "false", '{"request": {"settings": {"disableTools": false|'),
    ],
)  # fmt: skip
def test_what_is_taken_takes_the_place_of_what_was_begun(marked, label, expected):
    assert taken(marked, label) == expected


def test_known_ids_are_proposed_for_their_key_those_of_the_text_first():
    marked = (
        '{"request": {"scope": {"conversations": [{"participants": [{"participantId": "p-1"}],'
        ' "messages": [{"participantId": "|"}]}]}}}'
    )
    found = proposals(marked, known={"participantId": ["p-2"], "threadId": ["t"]})
    assert [(one.label, one.detail) for one in found] == [("p-1", "in this text"), ("p-2", "seen in this capture")]


@pytest.mark.parametrize("marked", ["|", '{"a"|}', '{"a": 1 |}', '{"nothing": {|}}', '{"session": "x"}|', "no |JSON"])
def test_where_nothing_known_can_stand_nothing_is_proposed(marked):
    assert labels(marked) == []


def test_the_whole_message_has_headers_and_the_payload_below():
    setting = Setting(Action.ADJUST, whole=True)
    assert labels("{|}", setting=setting) == ["action", "headers", "payload"]
    assert labels('{"headers": {"schemaRef": "|"}}', setting=setting) == ["optave.message.v3"]
    found = proposals('{"payload": {"request": {"connections": {"thr|"}}}}', setting=setting)
    assert "Required for adjust by the SDK and the documentation." in found[0].help


def test_help_stands_on_keys_and_values_and_nowhere_else():
    text = '{"session": {"channel": {"medium": "chat"}}, "odd": 1}'
    words = help_at(text, text.index("medium"), ADJUST, FIELDS)
    assert words.splitlines()[:3] == ["medium (text)", "How the customer talks.", "One of: chat, voice, email."]
    assert help_at(text, text.index("chat"), ADJUST, FIELDS) == words
    assert help_at(text, text.index("odd"), ADJUST, FIELDS) == ""
    assert help_at(text, 0, ADJUST, FIELDS) == ""


def test_every_required_field_of_every_action_is_a_field_of_the_contract():
    for action in Action:
        for path in ("request.connections.threadId", "request.scope.conversations", "request.requestId"):
            field = FIELDS.field(path.split("."))
            assert field is not None
            assert field.description
        assert "the documentation" in authorities(action, ("request", "context", "organizationId"))


@given(st.lists(st.binary(max_size=40)))
def test_no_message_keeps_ids_from_being_collected(messages):
    assert collect_ids([*messages, b'{"threadId": "t"}'])["threadId"] == ("t",)


def test_ids_are_collected_newest_first_and_requests_are_parents():
    older = b'{"headers": {"correlationId": "c-1"}, "payload": {"request": {"connections": {"threadId": "t-1"}}}}'
    newer = b'{"payload": {"request": {"requestId": "r-2", "connections": {"threadId": "t-2"}, "n": {"xId": 1}}}}'
    assert collect_ids([newer, older]) == {
        "requestId": ("r-2",),
        "parentId": ("r-2", "c-1"),
        "threadId": ("t-2", "t-1"),
        "correlationId": ("c-1",),
    }


def test_ids_are_bounded():
    many = json.dumps([{"threadId": str(number)} for number in range(1000)]).encode()
    assert len(collect_ids([many])["threadId"]) == 40
