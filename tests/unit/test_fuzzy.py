"""What a few typed letters find, and in which order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.fuzzy import match, ranked

NAMES = ("Close session", "Clear", "Connect", "Close with code…", "Copy profile…", "Go to Connection", "Disconnect")


def best(query: str) -> list[str]:
    return [each.item for each in ranked(query, NAMES, lambda name: (name, ""))]


def test_letters_out_of_order_find_nothing() -> None:
    assert match("tcennoc", "Connect") is None
    assert best("zzz") == []


def test_letters_strewn_about_are_not_meant() -> None:
    assert match("theme", "the client sends a frame") is None
    assert match("dscn", "Disconnect") is not None


def test_the_beginnings_of_words_are_what_is_meant() -> None:
    assert best("cs")[0] == "Close session"
    assert best("cwc")[0] == "Close with code…"


def test_a_name_that_begins_so_comes_before_one_that_only_holds_it() -> None:
    assert best("connect") == ["Connect", "Go to Connection", "Disconnect"]


def test_words_may_stand_in_any_order() -> None:
    assert best("code close") == ["Close with code…"]


def test_a_word_that_only_the_detail_holds_finds_but_counts_less() -> None:
    rows = [("Alpha", "removes the profile"), ("Profile", "")]
    assert [each.item[0] for each in ranked("profile", rows, lambda row: row)] == ["Profile", "Alpha"]


def test_the_places_are_those_of_the_letters_that_count() -> None:
    found = match("sess", "Close session")
    assert found is not None
    assert found.places == (6, 7, 8, 9)


def test_an_empty_query_finds_all_as_they_came() -> None:
    assert best("  ") == list(NAMES)


@given(st.text(max_size=12), st.text(max_size=40), st.text(max_size=40))
def test_places_lie_in_the_name_and_hold_what_was_typed(query: str, name: str, detail: str) -> None:
    found = match(query, name, detail)
    if found is None:
        assert any(word not in detail.lower() for word in query.split())
        return
    assert list(found.places) == sorted(set(found.places))
    assert all(0 <= place < len(name) for place in found.places)
    assert {name[place].lower() for place in found.places} <= set(query.lower()) | {name[p] for p in found.places}


@given(st.text(min_size=1, max_size=30))
def test_every_name_finds_itself(name: str) -> None:
    assert match(name, name) is not None
