"""Terms made from values: filter by this, exclude this."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.query import QueryError, and_, exclude, parse, term_at, term_for, text_term
from optave_inspector.capture.query.terms import KEYS, ValueKind
from optave_inspector.protocol.codec import read_json

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry

MakeEntry = Callable[..., "Entry"]

int64 = st.integers(-(2**63), 2**63 - 1)
texts = st.text() | st.sampled_from(
    ["", "*", "none", "a b", "-x", ">1", 'q"', "and", "\n", "Größe", "back\\slash", "true", "7"]
)
values: dict[ValueKind, st.SearchStrategy[Any]] = {
    ValueKind.WORD: texts,
    ValueKind.PART: texts,
    ValueKind.NUMBER: st.integers(0, 2**63 - 1),
    ValueKind.SIZE: st.integers(0, 2**63 - 1),
    ValueKind.DURATION: st.integers(-1, 2**63 - 1),
    ValueKind.TIME: int64,
}


@pytest.mark.parametrize("key", [key for key in KEYS.values() if key.kind in values], ids=lambda key: key.name)
def test_a_term_holds_for_the_entries_with_its_value_and_for_no_others(entry_of: MakeEntry, key: Any) -> None:
    @settings(deadline=None)
    @given(value=values[key.kind], other=values[key.kind])
    def check(value: Any, other: Any) -> None:
        query = parse(term_for(key.name, value))
        entry = entry_of(1)
        assert query.matches(msgspec.structs.replace(entry, **{key.column: value}), bytes)
        assert query.matches(msgspec.structs.replace(entry, **{key.column: other}), bytes) == (value == other)
        assert str(query).isprintable()

    check()


def test_the_choices_have_terms() -> None:
    assert [term_for("dir", value) for value in (0, 1, 2)] == ["dir:in", "dir:out", "dir:none"]
    assert [term_for("kind", kind) for kind in EntryKind] == [f"kind:{kind.name.lower()}" for kind in EntryKind]
    assert term_for("is", "tool-made") == "is:tool-made"
    assert term_for("is", EntryFlag.LATE) == "is:late"
    assert term_for("is", "bookmarked") == "is:bookmarked"
    with pytest.raises(ValueError, match="kind is never 7"):
        term_for("kind", 7)
    with pytest.raises(KeyError):
        term_for("colour", "red")


@pytest.mark.parametrize(
    ("key", "value", "term"),
    [
        ("action", "adjust", "action=adjust"),
        ("corr", "", 'corr=""'),
        ("summary", 'say "hi"', r'summary="say \"hi\""'),
        ("code", 1011, "code=1011"),
        ("code", 0, "code:none"),
        ("latency", -1, "latency:none"),
        ("latency", 2_412_345_678, "latency=2412345678ns"),
        ("size", 0, "size=0"),
        ("number", 7, "number=7"),
    ],
)
def test_terms_are_as_a_person_would_write_them(key: str, value: int | str, term: str) -> None:
    assert term_for(key, value) == term
    assert str(parse(term)) == term


json_texts = st.text() | st.sampled_from(["*", "true", "null", "7", "-1.5e3", "NaN", "\ud800", "a b", ""])
plain = st.none() | st.booleans() | st.integers() | st.floats() | json_texts
paths = st.lists(json_texts | st.integers(0, 2), min_size=1, max_size=4)


def nested(path: list[str | int], value: Any) -> bytes:
    for step in reversed(path):
        value = {step: value} if isinstance(step, str) else [*([None] * step), value]
    return json.dumps(value).encode()


@settings(deadline=None)
@given(path=paths, value=plain, other=plain)
def test_a_term_for_a_json_value_holds_where_it_stands_and_nowhere_else(
    entry_of: MakeEntry, path: list[str | int], value: Any, other: Any
) -> None:
    query = parse(term_at(path, value))
    assert query.matches(entry_of(1), lambda: nested(path, value))
    assert not query.matches(entry_of(1), lambda: nested([*path, 0], value))
    same = repr(value) == repr(other) or (type(value) is type(other) and value == other)
    if {type(value), type(other)} == {int, float}:
        same = value == other
    # What is read again may differ from what was written: surrogate pairs, floats.
    if read_json(nested([], other)).value == other:
        assert query.matches(entry_of(1), lambda: nested(path, other)) == same


@pytest.mark.parametrize(
    ("value", "term"),
    [
        (None, "$.a=null"),
        (True, "$.a=true"),
        (1.5, "$.a=1.5"),
        (1e300, "$.a=1e+300"),
        (float("nan"), "$.a=NaN"),
        (float("inf"), "$.a=Infinity"),
        (float("-inf"), "$.a=-Infinity"),
        ("NaN", '$.a="NaN"'),
        ("text", "$.a=text"),
        ("", '$.a=""'),
    ],
)
def test_json_values_are_written_as_json_does(entry_of: MakeEntry, value: Any, term: str) -> None:
    assert term_at(["a"], value) == term
    assert parse(term).matches(entry_of(1), lambda: json.dumps({"a": value}).encode())


@pytest.mark.parametrize("value", [{}, [], {"a": 1}, [1]])
def test_objects_and_arrays_are_asked_for_by_being_there(entry_of: MakeEntry, value: Any) -> None:
    term = term_at(["payload", "scope"], value)
    assert term == "payload.scope:*"
    assert parse(term).matches(entry_of(1), lambda: msgspec.json.encode({"payload": {"scope": value}}))
    assert not parse(term).matches(entry_of(1), lambda: b'{"payload":{}}')


@settings(deadline=None)
@given(texts.filter(bool))
def test_any_text_can_be_searched_for(text: str) -> None:
    query = parse(text_term(text))
    assert str(query) == text_term(text)


@pytest.mark.parametrize(
    ("query", "term", "narrowed"),
    [
        ("", "dir:in", "dir:in"),
        ("action:adjust", "dir:in", "action:adjust dir:in"),
        ("a or b", "dir:in", "(a or b) dir:in"),
        ("dir:in a", "dir:in", "dir:in a"),
        ("a", "b or c", "a (b or c)"),
        ("a", "-b", "a -b"),
        ("a -dir:in", "dir:in", "a dir:in"),
        ("a dir:in", "-dir:in", "a -dir:in"),
        ("dir:in", "", "dir:in"),
        ("", "", ""),
    ],
)
def test_a_query_is_narrowed(query: str, term: str, narrowed: str) -> None:
    assert and_(query, term) == narrowed


def test_terms_are_excluded() -> None:
    assert exclude("dir:in") == "-dir:in"
    assert exclude("-dir:in") == "dir:in"
    assert exclude("a b") == "-(a b)"
    assert exclude("a or b") == "-(a or b)"
    with pytest.raises(QueryError):
        exclude("dir:up")
    with pytest.raises(QueryError):
        and_("dir:", "a")
