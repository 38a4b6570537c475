"""How two messages differ."""

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.json_diff import MAX_CHANGES, MAX_DEPTH
from optave_inspector.protocol.message_diff import (
    MAX_DIFF_BYTES,
    ChangeKind,
    Form,
    MessageDiff,
    SegmentKind,
    diff,
)
from tests.unit.protocol_lens.test_javascript import JSON


def compare(before: Any, after: Any) -> MessageDiff:
    return diff(json.dumps(before).encode(), json.dumps(after).encode())


def changes(before: Any, after: Any) -> list[tuple[str, str, str, str]]:
    found = compare(before, after)
    assert found.form is Form.JSON
    return [(change.kind.value, change.path, change.before, change.after) for change in found.changes]


def test_the_same_message_has_no_difference() -> None:
    for message in (b"", b"{}", b"no json", b"\xff", b"x" * (MAX_DIFF_BYTES + 1)):
        found = diff(message, message)
        assert found.same_bytes
        assert found.changes == ()
        assert {segment.kind for segment in found.segments} <= {SegmentKind.EQUAL}
        assert found.sentence == "Both messages are the same, byte for byte."


def test_what_is_only_written_differently_is_no_change() -> None:
    found = diff(b'{"a":1,"b":"\xc3\xa9"}', b'{ "b": "\\u00e9", "a": 1 }')
    assert not found.same_bytes
    assert found.changes == ()
    assert "say the same" in found.sentence


def test_each_kind_of_change_has_its_path_and_values() -> None:
    assert changes({"a": {"b": 1, "c": [True]}, "d": None}, {"a": {"b": 2, "c": [True, "x"]}, "e e": {}}) == [
        ("changed", "$.a.b", "1", "2"),
        ("added", "$.a.c[1]", "", '"x"'),
        ("removed", "$.d", "null", ""),
        ("added", '$["e e"]', "", "{}"),
    ]
    assert compare({"a": 1}, {"a": 2}).sentence == "1 place differs: 1 changed."
    assert compare({"a": 1}, {"b": 2}).sentence == "2 places differ: 1 added, 1 removed."


@pytest.mark.parametrize(
    ("before", "after"), [(1, True), (0, False), (1, 1.0), (1, "1"), (None, 0), ([], {}), ("", None)]
)
def test_values_that_python_or_javascript_may_take_for_equal_differ(before: Any, after: Any) -> None:
    assert len(changes({"a": before}, {"a": after})) == 1


def test_an_array_item_that_came_or_went_leaves_the_others_alone() -> None:
    items = [{"id": number} for number in range(6)]
    assert changes(items, [{"id": 9}, *items]) == [("added", "$[0]", "", '{"id":9}')]
    assert changes(items, [*items[:2], *items[3:]]) == [("removed", "$[2]", '{"id":2}', "")]


def test_behind_an_item_that_came_the_former_path_is_another_one() -> None:
    found = compare(["a", {"b": 1}, "c"], ["new", "a", {"b": 2}, "c"]).changes
    assert [(change.kind, change.path, change.before_path) for change in found] == [
        (ChangeKind.ADDED, "$[0]", ""),
        (ChangeKind.CHANGED, "$[2].b", "$[1].b"),
    ]


def test_unequal_items_between_equal_ones_are_compared_in_order() -> None:
    assert changes([0, {"x": 1}, {"x": 2}, 9], [0, {"x": 3}, 9]) == [
        ("changed", "$[1].x", "1", "3"),
        ("removed", "$[2]", '{"x":2}', ""),
    ]


def test_a_changed_text_shows_what_was_added() -> None:
    (change,) = compare({"content": "Hello"}, {"content": "Hello world"}).changes
    assert [(segment.kind, segment.text) for segment in change.segments] == [
        (SegmentKind.EQUAL, "Hello"),
        (SegmentKind.ADDED, " world"),
    ]
    assert compare({"content": "Hello"}, {"content": 5}).changes[0].segments == ()


def test_very_deep_values_are_compared_as_wholes() -> None:
    before, after = '{"a":' * 500 + "1" + "}" * 500, '{"a":' * 500 + "2" + "}" * 500
    (change,) = diff(before.encode(), after.encode()).changes
    assert change.path == "$" + ".a" * MAX_DEPTH


def test_too_deep_for_json_is_compared_as_text() -> None:
    found = diff(b"[" * 200_000, b"[" * 200_001)
    assert found.form is Form.TEXT
    assert "nested too deeply" in found.limits[0]


def test_the_list_of_changes_is_bounded_and_says_so() -> None:
    for before, after in (
        ({str(n): n for n in range(5_000)}, {str(n): n + 1 for n in range(5_000)}),
        (list(range(5_000)), []),
        ([], list(range(5_000))),
        ([[n] for n in range(5_000)], [[-n] for n in range(1, 5_001)]),
        ([0, *range(3_000), 0, *range(3_000, 6_000)], [1, 0, 1]),
    ):
        found = compare(before, after)
        assert len(found.changes) == MAX_CHANGES
        assert found.sentence.startswith("More than 2,000 places differ")
        assert "Only the first 2,000" in found.limits[0]


def test_many_long_texts_share_one_budget() -> None:
    def texts(step: int) -> list[str]:
        return [" ".join(str((number * step) % 97) for number in range(300)) for _ in range(600)]

    found = compare(texts(5), texts(7))
    assert any("comparisons" in limit for limit in found.limits)


def test_readable_json_with_a_problem_is_compared_all_the_same() -> None:
    found = diff(b'\xef\xbb\xbf{"a":1,"a":2}', b'{"a":NaN}')
    assert [change.path for change in found.changes] == ["$.a"]
    assert [limit.partition(":")[0] for limit in found.limits] == [
        "The former message",
        "The former message",
        "The new message",
    ]


def test_what_is_no_json_is_compared_as_text() -> None:
    found = diff(b'{"a": "cat"', b'{"a": "car"')
    assert found.form is Form.TEXT
    assert [(segment.kind, segment.text) for segment in found.segments if segment.kind is not SegmentKind.EQUAL] == [
        (SegmentKind.REMOVED, "cat"),
        (SegmentKind.ADDED, "car"),
    ]
    assert found.sentence == "3 characters added, 3 removed."
    assert len(found.limits) == 2
    assert diff(b"{}", b"{").limits[0].startswith("The new message")


def test_text_that_takes_too_long_says_so() -> None:
    found = diff(b"ab " * 90_000, b"ba " * 90_000)
    assert any("comparisons" in limit for limit in found.limits)


def test_bytes_are_compared_at_both_ends() -> None:
    found = diff(b"\x00\xff\x01\x02", b"\x00\xff\x03\x02")
    assert found.form is Form.BYTES
    assert [(segment.kind.value, segment.text) for segment in found.segments] == [
        ("equal", "00 ff"),
        ("removed", "01"),
        ("added", "03"),
        ("equal", "02"),
    ]
    assert diff(b"\xff", b"").form is Form.BYTES


def test_huge_messages_are_compared_at_both_ends_and_cut() -> None:
    head, tail = b"a" * MAX_DIFF_BYTES, b"z" * MAX_DIFF_BYTES
    found = diff(head + "é".encode() + tail, head + "è".encode() + tail)
    assert found.form is Form.TEXT
    assert [(segment.kind.value, segment.text[-3:], bool(segment.omitted)) for segment in found.segments] == [
        ("equal", "aaa", True),
        ("removed", "é", False),
        ("added", "è", False),
        ("equal", "zzz", True),
    ]
    assert "1 MiB" in found.limits[0]
    sizes = [len(segment.text) + segment.omitted for segment in found.segments]
    assert sizes == [MAX_DIFF_BYTES, 1, 1, MAX_DIFF_BYTES]


def test_characters_that_end_alike_are_kept_whole_in_huge_messages() -> None:
    head = b"a" * MAX_DIFF_BYTES
    found = diff(head + "é".encode(), head + "ũ".encode()[:1] + b"\xa9" + b"z")
    assert [segment.text for segment in found.segments if segment.kind is not SegmentKind.EQUAL] == ["é", "ũz"]
    found = diff(head + "é-".encode(), head + "ũ-".encode())
    assert [segment.text for segment in found.segments][1:] == ["é", "ũ", "-"]


def test_a_long_piece_is_cut_between_characters() -> None:
    text = "a" + "é" * MAX_DIFF_BYTES
    (segment,) = diff(b"", text.encode()).segments
    assert set(segment.text[1:]) == {"é"}
    assert len(segment.text.encode()) + segment.omitted == len(text.encode())


@given(JSON, JSON)
def test_changes_tell_apart_exactly_what_differs(before: Any, after: Any) -> None:
    before, after = json.loads(json.dumps(before)), json.loads(json.dumps(after))
    found = compare(before, after)
    assert bool(found.changes) is (repr_of(before) != repr_of(after))
    for change in found.changes:
        assert bool(change.before_path) is (change.kind is not ChangeKind.ADDED)
        assert change.path


def repr_of(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@given(st.binary(max_size=40), st.binary(max_size=40))
@example(b"\xef\xbb\xbfnull", b"null")
@example(b"\xff", b"{}")
@example(b'"\\ud800"', b'"\\udc00"')
def test_nothing_raises(before: bytes, after: bytes) -> None:
    found = diff(before, after)
    assert found.sentence.endswith(".")
    assert found.same_bytes is (before == after)
    for segment in found.segments:
        segment.text.encode()
