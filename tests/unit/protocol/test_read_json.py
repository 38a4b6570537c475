"""Reading JSON of unknown origin."""

import json
import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from optave_inspector.protocol.read_json import TOO_DEEP, json_text, read_json, without_surrogates

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(), below, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        (b"", "blank"),
        (b" \r\n\t", "blank"),
        (b"{", "breaks off at its end, line 1, column 2"),
        (b'{"a":1', "breaks off"),
        (b'["a"\n "b"]', "line 2, column 2"),
        (b'{"a":1} x', 'More text follows the JSON value, from line 1, column 9 on: "x"'),
        (b"{'a':1}", "This is no JSON from line 1, column 2 on"),
        (b"[01]", "This is no JSON"),
        (b'["\x01"]', "This is no JSON"),
        (b"undefined", "This is no JSON"),
    ],
)
def test_broken_json_has_no_value_and_says_where_it_breaks(text: bytes, part: str) -> None:
    reading = read_json(text)
    assert reading.value is None
    assert part in reading.problem
    assert reading.problem.endswith(".")


@pytest.mark.parametrize("opening", ["[", '{"a":', '[{"a":'])
def test_deep_nesting_is_said_to_be_too_deep(opening: str) -> None:
    reading = read_json(opening * 100_000)
    assert reading.problem == TOO_DEEP
    assert reading.value is None


def test_text_that_is_no_utf8_is_read_with_replacement_characters() -> None:
    reading = read_json(b'{"a":"x\xffy"}')
    assert reading.value == {"a": "x\ufffdy"}
    assert "no UTF-8 from byte 7 on" in reading.problem


@pytest.mark.parametrize("payload", [b'\xef\xbb\xbf{"a":1}', '\ufeff{"a":1}'])
def test_a_byte_order_mark_is_a_problem_and_the_value_is_read(payload: bytes | str) -> None:
    reading = read_json(payload)
    assert reading.value == {"a": 1}
    assert "byte order mark" in reading.problem


def test_nan_and_infinity_are_a_problem_and_are_read() -> None:
    reading = read_json("[NaN, Infinity, -Infinity]")
    assert math.isnan(reading.value[0])
    assert reading.value[1:] == [math.inf, -math.inf]
    assert reading.problem.startswith("NaN is no JSON value")


def test_duplicate_keys_are_noted_once_each_and_the_last_counts() -> None:
    reading = read_json('{"a":1,"b":2,"a":3,"a":4,"c":{"b":5,"b":6}}')
    assert reading.value == {"a": 4, "b": 2, "c": {"b": 6}}
    assert not reading.problem
    assert [note for note in reading.notes if "more than once" in note] == list(reading.notes)
    assert len(reading.notes) == 2


def test_no_more_than_ten_duplicate_keys_are_named() -> None:
    text = "{" + ",".join(f'"k{n}":1,"k{n}":2' for n in range(50)) + "}"
    assert len(read_json(text).notes) == 10


@pytest.mark.parametrize("text", [r'["\ud800"]', r'{"\udfff":1}', r'{"a":["x\ud83dy"]}'])
def test_lone_surrogates_are_noted(text: str) -> None:
    reading = read_json(text)
    assert not reading.problem
    assert "surrogate" in reading.notes[0]


def test_a_whole_surrogate_pair_is_one_character_and_not_noted() -> None:
    reading = read_json(r'["\ud83d\ude00"]')
    assert reading.value == ["😀"]
    assert reading.notes == ()


def test_huge_integers_are_read_exactly_up_to_4000_digits_and_as_floats_beyond() -> None:
    assert read_json("9" * 4000).value == int("9" * 4000)
    assert read_json("9" * 5000).value == math.inf
    assert read_json("-" + "9" * 100_000).value == -math.inf


@given(JSON_VALUES)
def test_sound_json_is_read_as_the_json_module_reads_it(value: object) -> None:
    text = json.dumps(value)
    reading = read_json(text.encode())
    assert reading.value == json.loads(text)
    assert reading.problem == ""
    assert read_json(json.dumps(value, ensure_ascii=False)).value == value


@given(st.binary() | st.text() | st.text('{}[]",:\\u0aNIe+-.tf \n', max_size=30))
@example(b'"\xed\xa0\x80"')
@example(b"\xff\xfe{\x00}\x00")
def test_no_input_raises_and_every_problem_is_a_sentence(payload: bytes | str) -> None:
    reading = read_json(payload)
    assert reading.problem == "" or reading.problem.endswith(".")
    if not reading.problem:
        text = payload if isinstance(payload, str) else payload.decode()
        assert json.loads(text) == reading.value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "null"),
        (True, "true"),
        ({"a": [1, "é"]}, '{"a":[1,"é"]}'),
        ("\ud800", '"\ufffd"'),
        (10**30, "1" + "0" * 30),
        ({"a": "\ud800"}, '{"a":"\ufffd"}'),
        (math.inf, "inf"),
        ({"a": {1, 2}}, '{"a":[1,2]}'),
        (object, "<type>"),
    ],
)
def test_any_value_has_a_short_text(value: object, text: str) -> None:
    assert json_text(value) == text


def test_a_long_text_is_cut() -> None:
    assert len(json_text("x" * 1000)) == 200
    assert json_text("x" * 1000).endswith("…")


@given(st.text(st.characters(codec=None) | st.characters(categories=["Cs"])))
def test_without_surrogates_every_text_can_be_encoded(text: str) -> None:
    clean = without_surrogates(text)
    clean.encode()
    assert without_surrogates(clean) == clean
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert clean == text
