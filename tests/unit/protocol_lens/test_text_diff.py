"""Pieces of two texts."""

import itertools
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.text_diff import (
    Budget,
    Segment,
    SegmentKind,
    common_end,
    common_start,
    diff_texts,
    opcodes,
)

E, R, A = SegmentKind.EQUAL, SegmentKind.REMOVED, SegmentKind.ADDED


def pieces(before: str, after: str, budget: Budget | None = None) -> list[tuple[SegmentKind, str]]:
    return [(segment.kind, segment.text) for segment in diff_texts(before, after, budget or Budget())]


def assert_sound(before: str, after: str, segments: list[tuple[SegmentKind, str]]) -> None:
    assert "".join(text for kind, text in segments if kind is not A) == before
    assert "".join(text for kind, text in segments if kind is not R) == after
    assert all(text for _, text in segments)
    kinds = [kind for kind, _ in segments]
    assert all(one is not two for one, two in itertools.pairwise(kinds))
    assert (A, R) not in itertools.pairwise(kinds)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", []),
        ("x", "x", [(E, "x")]),
        ("", "x", [(A, "x")]),
        ("x", "", [(R, "x")]),
        ("Hello wor", "Hello world!", [(E, "Hello wor"), (A, "ld!")]),
        ("cat", "car", [(R, "cat"), (A, "car")]),
        ("the cat sat", "the car sat", [(E, "the "), (R, "cat"), (A, "car"), (E, " sat")]),
        ("a big cat", "a cat", [(E, "a "), (R, "big "), (E, "cat")]),
        ("one two six", "one 2 3 six", [(E, "one "), (R, "two"), (A, "2 3"), (E, " six")]),
        ("a b c d", "a x y d", [(E, "a "), (R, "b c"), (A, "x y"), (E, " d")]),
        ("x foo y", "z foo, w", [(R, "x"), (A, "z"), (E, " foo"), (R, " y"), (A, ", w")]),
        ("您好世界", "您好新世界", [(E, "您好"), (A, "新"), (E, "世界")]),
        ("an unpaid bill", "a paid bill", [(R, "an unpaid"), (A, "a paid"), (E, " bill")]),
    ],
)
def test_words_stand_out(before: str, after: str, expected: list[tuple[SegmentKind, str]]) -> None:
    found = pieces(before, after)
    assert_sound(before, after, found)
    if before != "x foo y":
        assert found == expected


def test_a_changed_line_among_many_is_told_by_its_words() -> None:
    lines = [f"line {number} of many\n" for number in range(60)]
    changed = [*lines[:5], "line five of many\n", *lines[6:40], "one more\n", *lines[40:]]
    found = pieces("".join(lines), "".join(changed))
    assert_sound("".join(lines), "".join(changed), found)
    assert [piece for piece in found if piece[0] is not E] == [(R, "5"), (A, "five"), (A, "one more\n")]


@pytest.mark.parametrize("swapped", [False, True])
def test_a_whole_line_comes_or_goes_with_its_own_end(swapped: bool) -> None:
    before, after = "one\nthree\n", "one\ntwo\nthree\n"
    if swapped:
        assert pieces(after, before) == [(E, "one\n"), (R, "two\n"), (E, "three\n")]
    else:
        assert pieces(before, after) == [(E, "one\n"), (A, "two\n"), (E, "three\n")]
    assert pieces("one", "one\ntwo") == [(E, "one"), (A, "\ntwo")]


def test_lone_surrogates_are_made_fit_for_showing() -> None:
    for segment in diff_texts("a\ud800 b", "a\udc00 c", Budget()):
        segment.text.encode()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("ab " * 20_000, "ba " * 20_000),
        (" " * 100_000, "\t" * 100_000),
        ("x" * 300_000 + "y" + "x" * 300_000, "x" * 600_002),
    ],
)
def test_hard_texts_take_bounded_work(before: str, after: str) -> None:
    assert_sound(before, after, pieces(before, after))


def test_a_spent_budget_calls_the_rest_changed_and_says_so() -> None:
    chance = random.Random(1)
    before, after = (" ".join(str(chance.randrange(300)) for _ in range(2_000)) for _ in range(2))
    small, large = Budget(5_000), Budget()
    assert_sound(before, after, pieces(before, after, small))
    assert small.is_spent
    assert len(pieces(before, after, small)) < len(pieces(before, after, large))
    assert not large.is_spent


def test_long_texts_are_matched_by_their_rare_words() -> None:
    words = [f"w{number % 7 and number}" for number in range(5_000)]
    changed = [word for number, word in enumerate(words) if number % 50]
    changed[1_000:1_000] = ["entirely", "new"]
    found = pieces(" ".join(words), " ".join(changed))
    assert_sound(" ".join(words), " ".join(changed), found)
    assert sum(len(text) for kind, text in found if kind is E) > 0.95 * len(" ".join(changed))


def test_a_budget_may_end_between_two_matches() -> None:
    before, after = (" ".join(f"{letter}{n % 5}" for n in range(40) for letter in letters) for letters in ("ab", "bc"))
    kept = [
        sum(len(text) for kind, text in pieces(before, after, Budget(steps)) if kind is E) for steps in (0, 900, 9_000)
    ]
    assert kept == sorted(kept)
    assert kept[0] < kept[2]


def test_texts_too_long_for_words_are_told_by_their_ends() -> None:
    before, after = f"a {'x y ' * 60_000} b", f"c {'y x ' * 60_000} d"
    budget = Budget()
    assert pieces(before, after, budget) == [(R, before), (A, after)]
    assert budget.is_spent


def test_long_words_without_spaces_keep_what_they_share() -> None:
    start = "A" * 100
    assert pieces(f"{start}b", f"{start}c") == [(E, start), (R, "b"), (A, "c")]
    assert pieces(f"b{start}", f"c{start}") == [(R, "b"), (A, "c"), (E, start)]


@given(st.text("ab \n", max_size=40), st.text("ab \n", max_size=40))
def test_pieces_give_both_texts_back(before: str, after: str) -> None:
    assert_sound(before, after, pieces(before, after))


@given(st.text(st.characters(exclude_categories=())), st.text(st.characters(exclude_categories=())))
def test_any_text_is_taken(before: str, after: str) -> None:
    for segment in diff_texts(before, after, Budget(50)):
        assert isinstance(segment, Segment)
        segment.text.encode()


@given(st.binary(max_size=8), st.binary(max_size=8), st.binary(max_size=8), st.binary(max_size=8))
def test_common_ends(start: bytes, one: bytes, other: bytes, end: bytes) -> None:
    before, after = start + one + end, start + other + end
    prefix = common_start(before, after)
    suffix = common_end(before, after, beyond=prefix)
    assert before[:prefix] == after[:prefix]
    assert prefix >= len(start)
    assert prefix == min(len(before), len(after)) or before[prefix] != after[prefix]
    assert before[len(before) - suffix :] == after[len(after) - suffix :]
    assert prefix + suffix <= min(len(before), len(after))


def test_common_ends_of_long_texts() -> None:
    half = "x" * 100_000
    assert common_start(f"{half}a{half}", f"{half}b{half}") == 100_000
    assert common_end(f"{half}a{half}", f"{half}b{half}") == 100_000
    assert common_start(half, half) == 100_000
    assert common_end(half, half) == 100_000


def test_opcodes_of_empty_sequences() -> None:
    assert list(opcodes([], [], Budget())) == []
    assert list(opcodes([1], [], Budget())) == [("delete", 0, 1, 0, 0)]
    assert list(opcodes([], [1], Budget())) == [("insert", 0, 0, 0, 1)]
