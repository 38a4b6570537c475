"""Cutting and pacing of streams."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.local_tenant.streaming import PARTS, growing, paced


@given(st.text())
def test_each_step_begins_with_the_one_before_and_the_last_is_the_whole(text):
    steps = growing(text)
    assert steps[-1] == text
    assert 1 <= len(steps) <= PARTS
    assert all(later.startswith(earlier) and len(later) > len(earlier) for earlier, later in pairwise(steps))
    assert all(steps[:-1])


@pytest.mark.parametrize("one", ["e\u0301", "👩‍🚒", "🇫🇷", "👍🏽", "❤️"])
@given(count=st.integers(1, 40))
def test_no_cut_is_inside_what_reads_as_one_character(one, count):
    for step in growing(f"{one} " * count):
        assert step.replace(one, "").strip(" ") == ""


def test_words_stay_whole_where_there_are_any():
    text = "Thank you for your message, which we answer tomorrow morning at the latest."
    words = text.split()
    for step in growing(text):
        assert step.split() == words[: len(step.split())]


def test_text_without_spaces_is_cut_as_well():
    assert [len(step) for step in growing("日" * 400)] == [100, 200, 300, 400]


@pytest.mark.parametrize(
    ("steps", "expected"), [(["a", "ab"], [("a", False), ("ab", True)]), (["a"], [("a", False), ("a", True)])]
)
async def test_a_stream_has_a_partial_frame_first_even_when_it_is_short(steps, expected):
    assert [frame async for frame in paced(steps, 0.001)] == expected
