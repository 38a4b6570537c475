"""Drafts as an older release kept them, one a session, in the window's layout."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.old_draft import draft_of_old_layout

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)
KEYS = st.sampled_from(["action", "text", "template", "headers", "whole", "fronts"])
OLD = {"action": "adjust", "text": "mine", "template": "typical", "whole": True, "headers": {"traceId": "t", "x": ""}}


def templates(_action):
    return {"typical": "as shipped"}


def test_all_of_it_is_taken_over_and_the_same_each_time() -> None:
    draft = draft_of_old_layout(OLD, templates)
    assert draft is not None
    assert (draft.action, draft.text, draft.template, draft.whole) == ("adjust", "mine", "typical", True)
    assert draft.headers == {"traceId": "t"}
    again = draft_of_old_layout(dict(OLD), templates)
    assert again == draft
    assert draft_of_old_layout({**OLD, "text": "other"}, templates).id != draft.id


@pytest.mark.parametrize("state", [{}, {"text": 5}, {"text": "as shipped", "template": "typical"}])
def test_where_nothing_was_typed_there_is_none(state) -> None:
    assert draft_of_old_layout(state, templates) is None


@given(st.dictionaries(KEYS, JSON))
def test_whatever_the_layout_held_does_no_harm(state) -> None:
    draft = draft_of_old_layout(state, templates)
    assert draft is None or draft.text == state["text"]
