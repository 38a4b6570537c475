"""Whether a streamed answer extends the one before it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.message_diff import Growth, stream_growth
from optave_inspector.protocol.stream_growth import MAX_GROWTH_BYTES
from tests.unit.protocol_lens.test_javascript import JSON

Make = Callable[..., dict[str, Any]]
PATH = "$.payload.message.results[0].response[0].content"


def grow(before: Any, after: Any) -> Growth:
    growth = stream_growth(json.dumps(before).encode(), json.dumps(after).encode())
    growth.added_text.encode()
    assert growth.sentence.endswith(".")
    return growth


@pytest.fixture
def streamed(answer: Make) -> Callable[..., dict[str, Any]]:
    """An answer with these contents, in one item each."""
    return lambda *contents, **places: answer(
        payload__message={"results": [{"response": [{"content": content} for content in contents]}]}, **places
    )


def test_an_update_that_carries_the_former_text_extends_it(streamed: Make) -> None:
    growth = grow(streamed("Hello wor", payload__state="started"), streamed("Hello world."))
    assert growth == Growth(PATH, "ld.", extends=True, sentence=f"3 characters were added to the text at {PATH}.")
    assert grow(streamed("a"), streamed("ab")).sentence.startswith("1 character was added")


def test_bare_superpowers_are_followed_too(superpower: Make) -> None:
    growth = grow(superpower(), superpower(message__results=[{"response": [{"content": "Sorry for the wait. Bye."}]}]))
    assert growth.added_text == " Bye."
    assert growth.path == "$.message.results[0].response[0].content"


def test_the_first_text_and_the_same_text_extend(streamed: Make, answer: Make) -> None:
    assert grow(answer(payload__message={"results": []}), streamed("Hi")).added_text == "Hi"
    assert grow(answer(payload__message=...), streamed("Hi")).extends
    same = grow(streamed("Hi", payload__state="started"), streamed("Hi"))
    assert (same.extends, same.added_text, same.path, same.sentence) == (True, "", PATH, "No text was added.")


def test_a_piece_to_append_is_flagged(streamed: Make) -> None:
    growth = grow(streamed("Hello "), streamed("world"))
    assert not growth.extends
    assert growth.comparable
    assert growth.added_text == "world"
    assert "begins anew" in growth.sentence


def test_a_text_that_was_changed_on_the_way_is_flagged(streamed: Make) -> None:
    growth = grow(streamed("Hello world"), streamed("Hello word and more"))
    assert not growth.extends
    assert "part at character 10" in growth.sentence
    assert growth.added_text == "d and more"


def test_a_shorter_text_is_flagged(streamed: Make) -> None:
    assert "its end is missing, 6 of 11 characters" in grow(streamed("Hello world"), streamed("Hello")).sentence
    blank = grow(streamed("Hello  "), streamed("Hello"))
    assert not blank.extends
    assert "only white space is missing" in blank.sentence


def test_a_text_that_is_gone_is_flagged(streamed: Make) -> None:
    growth = grow(streamed("a", "b"), streamed("a"))
    assert not growth.extends
    assert "response[1].content is gone" in growth.sentence


def test_several_texts_may_grow_at_once(streamed: Make) -> None:
    growth = grow(streamed("a", "b"), streamed("ab", "bcd", "e"))
    assert growth.path.endswith("response[1].content")
    assert growth.added_text == "cd"
    assert growth.sentence.endswith("2 other texts grew too.")
    assert grow(streamed("a", "b"), streamed("ab", "bcd")).sentence.endswith("1 other text grew too.")


def test_other_fields_of_an_item_do_not_matter_where_there_is_content(answer: Make) -> None:
    def message(content: str, mark: str) -> dict[str, Any]:
        return answer(payload__message={"results": [{"response": [{"content": content, "mark": mark}]}]})

    assert grow(message("a", "x"), message("ab", "y")).extends


def test_items_without_content_are_followed_by_all_their_texts(answer: Make) -> None:
    def message(**item: Any) -> dict[str, Any]:
        return answer(payload__message={"results": [{"response": [item, 5]}, {}, {"response": 5}]})

    growth = grow(message(parts=["a", {"b": "c"}], id="1"), message(parts=["a", {"b": "cd"}], id="2"))
    assert growth.extends
    assert growth.path.endswith("response[0].parts[1].b")


def test_messages_of_other_forms_are_followed_by_all_their_texts() -> None:
    growth = grow({"delta": "a", "state": "started"}, {"delta": "ab", "state": "completed"})
    assert (growth.path, growth.added_text, growth.extends) == ("$.delta", "b", True)


def test_what_is_no_json_is_compared_as_a_whole() -> None:
    assert stream_growth(b"Hello", b"Hello world").added_text == " world"
    assert not stream_growth(b"Hello", b"Bye").extends


@pytest.mark.parametrize(
    ("before", "after", "reason"),
    [
        (b"{", b"{}", "The former message cannot be read"),
        (b"{}", b"{", "The new message cannot be read"),
        (b"{}", b"[1]", "Neither message has a text"),
        (b"\xff", b"\xfe", "no text"),
        (b"", b"x" * (MAX_GROWTH_BYTES + 1), "8 MiB"),
    ],
)
def test_what_cannot_be_compared_says_why(before: bytes, after: bytes, reason: str) -> None:
    growth = stream_growth(before, after)
    assert not growth.comparable
    assert not growth.extends
    assert reason in growth.sentence


def test_a_character_cut_in_two_is_completed(streamed: Make) -> None:
    growth = grow(streamed("Hi \ud83d"), streamed("Hi 😀!"))
    assert growth.extends
    assert growth.added_text == "😀!"
    assert not grow(streamed("Hi \ud83d"), streamed("Hi x")).extends
    assert not grow(streamed("Hi \ud83d"), streamed("Hi ")).extends
    assert not grow(streamed("Hi \ud83d"), streamed("Hi \U00010000")).extends


@given(st.text(), st.text())
def test_whatever_is_appended_is_found(before: str, added: str) -> None:
    growth = grow({"content": before}, {"content": before + added})
    assert growth.extends
    assert growth.added_text == added


@given(JSON, JSON)
def test_nothing_raises_on_json(before: Any, after: Any) -> None:
    grow(before, after)
    grow({"message": before}, {"message": {"results": after}})


@given(st.binary(max_size=30), st.binary(max_size=30))
def test_nothing_raises_on_bytes(before: bytes, after: bytes) -> None:
    assert stream_growth(before, after).sentence
