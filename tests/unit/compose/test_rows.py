"""Rows are read from CSV and JSON, and what is wrong is said with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.compose.rows import MOST_ROWS, read_rows
from optave_inspector.errors import InspectorError


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "no rows"),
        (b"name\n", "no rows"),
        (b"a,b\n1\n", "Line 2 has 1 values for 2 columns"),
        (b"a,a\n1,2\n", "Two columns are called a"),
        (b"a b,c\n1,2\n", "cannot be a variable"),
        (b"\xff\xfe", "no UTF-8"),
        (b'a\n"open', "Line 2"),
        (b'[{"a": 1}, 5]', "Item 2 of the file is no object"),
        (b"[1,", "no JSON"),
        (b"a\n" + b"1\n" * (MOST_ROWS + 1), "more than 100,000 rows"),
    ],
)
def test_what_is_wrong_is_said(data: bytes, said: str) -> None:
    with pytest.raises(InspectorError, match=said):
        read_rows(data)


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_of_any_usual_kind(separator: str) -> None:
    text = f'\ufeffname{separator}text\r\nAnna{separator}"one{separator} ""two""\nthree"\r\n\r\nBen{separator}\r\n'
    assert read_rows(text.encode()) == [
        {"name": "Anna", "text": f'one{separator} "two"\nthree'},
        {"name": "Ben", "text": ""},
    ]


def test_one_column_needs_no_separator() -> None:
    assert read_rows(b"id\n1\n2\n") == [{"id": "1"}, {"id": "2"}]


def test_json_values_are_put_in_as_json_and_texts_as_they_are() -> None:
    assert read_rows(b'[{"a": "x", "b": [1]}, {"a": null}]') == [{"a": "x", "b": "[1]"}, {"a": "null"}]


@given(st.binary(max_size=200))
def test_no_file_makes_it_raise_anything_else(data: bytes) -> None:
    try:
        assert read_rows(data)
    except InspectorError:
        return
