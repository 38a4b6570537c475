import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.form_fields import form_groups, other_needs
from optave_inspector.compose.json_edit import Number, read_values, remove, set_value
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract_fields import ContractFields
from optave_inspector.resources import schemas

FIELDS = ContractFields(schemas())
_EVERY = [one for group in form_groups(Action.ADJUST, FIELDS) for one in group.fields]


def at(value, path):
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


@pytest.mark.parametrize("action", list(Action))
def test_every_action_has_every_field_once_and_what_it_needs_first(action):
    groups = form_groups(action, FIELDS)
    paths = [one.path for group in groups for one in group.fields]
    assert len(paths) == len(set(paths)) == len(_EVERY)
    assert all(one.required for one in groups[0].fields)
    assert not any(one.required for group in groups[1:] for one in group.fields)
    assert ("request", "connections", "threadId") in [one.path for one in groups[0].fields]


def test_lists_that_a_form_does_not_fill_in_are_named():
    assert other_needs(Action.SUMMARIZE) == ()
    (need,) = other_needs(Action.RECOMMEND)
    assert need.startswith("request.resources.offers: ")


@given(st.data(), st.lists(st.tuples(st.sampled_from(_EVERY), st.text(max_size=8), st.booleans()), max_size=6))
def test_any_filling_in_of_any_template_reads_back_and_touches_nothing_else(data, steps):
    text = data.draw(st.sampled_from([one for action in Action for one in templates(action)])).text
    expected = read_values(text)
    for one, typed, gone in steps:
        value = Number("7") if one.field.kind == "number" else True if one.field.kind == "boolean" else typed
        text = (remove(text, one.path) if gone else set_value(text, one.path, value)).apply(text)
        read = read_values(text)
        assert at(read, one.path) == (None if gone else value)
        owner = expected
        for step in one.path[:-1]:
            owner = owner.setdefault(step, {}) if not gone else owner.get(step, {})
        if gone:
            owner.pop(one.path[-1], None)
        else:
            owner[one.path[-1]] = value
        assert read == expected
    json.loads(text)
