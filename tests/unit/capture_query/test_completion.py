"""What is proposed while a query is typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.query import Completion, KnownValues, QueryError, complete, parse
from optave_inspector.capture.query.terms import KEYS

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry

MakeEntry = Callable[..., "Entry"]


@pytest.fixture(scope="module")
def known(entry_of: MakeEntry) -> KnownValues:
    """What was seen in a short session."""
    known = KnownValues()
    known.note(entry_of(1, action="Custom", state="completed", correlation_id="0190-9f3c", thread_id="case 7"))
    known.note(entry_of(2, action="adjust", state="error", code=1011, trace_id="*"))
    known.note(entry_of(3, code=101, correlation_id="0190-aaaa"))
    return known


def inserts(text: str, known: KnownValues, cursor: int | None = None) -> list[str]:
    return [one.insert for one in complete(text, len(text) if cursor is None else cursor, known)]


def after(text: str, one: Completion) -> str:
    return text[: one.start] + one.insert + text[one.end :]


def test_an_empty_line_proposes_all_keys_first(known: KnownValues) -> None:
    proposed = inserts("", known)
    assert [name.rstrip(":>") for name in proposed[: len(KEYS)]] == list(KEYS)
    assert "size>" in proposed
    assert "latency>" in proposed
    assert "payload.state:" in proposed
    assert proposed[-3:] == ["and", "or", "not"]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ac", ["action:"]),
        ("COR", ["corr:"]),
        ("dir:in st", ["state:"]),
        ("(la", ["latency>"]),
        ("-ki", ["kind:"]),
        ("--ki", ["kind:"]),
        ("payload.st", ["payload.state:"]),
        ("action:", ["adjust", "Custom"]),
        ("action:c", ["Custom", "customerinteraction"]),
        ("state:", ["error", "completed"]),
        ("code:", ["101", "1011", "none"]),
        ("code>10", ["101", "1011"]),
        ("corr:", ["0190-aaaa", "0190-9f3c"]),
        ("corr:9f", ["0190-9f3c"]),
        ("thread:", ['"case 7"']),
        ('thread:"cas', ['"case 7"']),
        ("trace:", ['"*"']),
        ("kind:cl", ["close"]),
        ('kind:"cl', ["close"]),
        ("is:tool", ["tool-made"]),
        ("IS:b", ["bookmarked"]),
        ("direction:o", ["out", "none"]),
        ("latency:n", ["none"]),
        ("$.a:f", ["false"]),
        ('"some text" di', ["dir:"]),
        ("/a b/ di", ["dir:"]),
    ],
)
def test_keys_and_values_are_proposed(known: KnownValues, text: str, first: list[str]) -> None:
    proposed = inserts(text, known)
    assert proposed[: len(first)] == first


@pytest.mark.parametrize("text", ['"free te', "/re", '"', "size>", "number:", "zzz", "nokey:", "(", "summary:a"])
def test_where_nothing_can_be_known_nothing_is_proposed(known: KnownValues, text: str) -> None:
    proposed = inserts(text, known)
    assert proposed == (inserts("", known) if text == "(" else ["true", "false", "null"] if text == "nokey:" else [])


def test_a_proposal_takes_the_place_of_the_whole_word(known: KnownValues) -> None:
    text = "dir:in action:adj  -state:err"
    (one,) = complete(text, text.index("adj") + 2, known)
    assert after(text, one) == "dir:in action:adjust  -state:err"
    (one,) = complete(text, len(text), known)
    assert after(text, one) == "dir:in action:adj  -state:error"
    one = complete(text, 2, known)[0]
    assert after(text, one) == "dir: action:adj  -state:err"


def test_proposals_say_what_they_mean(known: KnownValues) -> None:
    details = {one.insert: one.detail for one in complete("code:", 5, known)}
    assert details["101"] == "HTTP status"
    assert details["1011"]
    assert details["none"] == "entries without"
    assert {one.insert: one.detail for one in complete("dir:", 4, known)}["out"] == "sent to the tenant"
    assert complete("dir", 3, known)[0].detail == KEYS["dir"].sentence


def test_only_the_latest_values_are_remembered(entry_of: MakeEntry) -> None:
    known = KnownValues(paths=())
    for number in range(1, 2_001):
        known.note(entry_of(number, correlation_id=f"id-{number}", action="adjust"))
    known.note(entry_of(1, correlation_id="id-1999"))
    assert known.values("corr")[:3] == ["id-1999", "id-2000", "id-1998"]
    assert len(known.values("corr")) == 500
    assert known.values("action") == ["adjust"]
    assert known.values("size") == []
    assert len(complete("corr:", 5, known)) == 50


@settings(deadline=None)
@given(text=st.text(alphabet='a:"\\/()- =>.$[]*', max_size=20), cursor=st.integers(-3, 25))
def test_whatever_is_typed_a_proposal_fits_in(known: KnownValues, text: str, cursor: int) -> None:
    for one in complete(text, cursor, known):
        assert 0 <= one.start <= one.end <= len(text)


@settings(deadline=None)
@given(key=st.sampled_from([*KEYS, "nothing"]), typed=st.text(alphabet="a01bcdeinors", max_size=3))
def test_a_value_that_was_taken_can_be_read(known: KnownValues, key: str, typed: str) -> None:
    text = f"{key}:{typed}"
    for one in complete(text, len(text), known):
        if key != "nothing":
            parse(after(text, one))
        else:
            with pytest.raises(QueryError):
                parse(after(text, one))
