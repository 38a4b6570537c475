"""JavaScript's rules on JSON values. Expectations are what Node prints."""

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.protocol.javascript import (
    UNDEFINED,
    JavaScriptTypeError,
    first_truthy,
    get,
    number_text,
    stringify,
    to_text,
    truthy,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=())),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
)


@pytest.mark.parametrize("value", [None, False, 0, -0.0, 0.0, math.nan, "", UNDEFINED])
def test_falsy(value: Any) -> None:
    assert not truthy(value)


@pytest.mark.parametrize("value", [True, 1, -1, math.inf, 5e-324, " ", "0", "false", [], {}, [0], "\ud800", 10**400])
def test_truthy(value: Any) -> None:
    assert truthy(value)


def test_a_property_of_anything_but_an_object_is_undefined() -> None:
    for value in (None, "text", 5, True, [1], {}, {"a": None}, {"a": "b"}):
        assert get(value, "a", "b") is UNDEFINED
    assert get({"a": {"b": None}}, "a", "b") is None


def test_or_gives_its_first_truthy_operand_or_its_last() -> None:
    assert first_truthy(0, "", "x", "y") == "x"
    assert first_truthy(None, "", 0) == 0


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (1.0, "1"),
        (-7, "-7"),
        (100, "100"),
        (0.5, "0.5"),
        (123.456, "123.456"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e21, "1.5e+21"),
        (123456789012345678901, "123456789012345680000"),
        (2**53 + 1, "9007199254740992"),
        (1e-6, "0.000001"),
        (1.25e-6, "0.00000125"),
        (1e-7, "1e-7"),
        (-1.5e-9, "-1.5e-9"),
        (5e-324, "5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (10**400, "Infinity"),
        (-(10**400), "-Infinity"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
        (math.nan, "NaN"),
    ],
)
def test_number_as_text(number: float, text: str) -> None:
    assert number_text(number) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (UNDEFINED, "undefined"),
        (None, "null"),
        (True, "true"),
        (False, "false"),
        ("x", "x"),
        (5, "5"),
        ({}, "[object Object]"),
        ({"valueOf": 1}, "[object Object]"),
        ([], ""),
        ([[]], ""),
        ([[], []], ","),
        ([None, 1, ["a", [None, {}]], "b"], ",1,a,,[object Object],b"),
        ([True, 1.5], "true,1.5"),
    ],
)
def test_value_as_text(value: Any, text: str) -> None:
    assert to_text(value) == text


@pytest.mark.parametrize("value", [{"toString": 1}, [1, [{"toString": None}]]])
def test_an_own_to_string_that_is_no_function_throws(value: Any) -> None:
    with pytest.raises(JavaScriptTypeError, match="toString"):
        to_text(value)


def test_deep_arrays_become_text() -> None:
    deep: list[Any] = ["x"]
    for _ in range(100_000):
        deep = [deep]
    assert to_text(deep) == "x"
    assert stringify(deep) == "[" * 100_001 + '"x"' + "]" * 100_001
    while isinstance(deep[0], list):  # Taken apart here, for Python's own way is recursive.
        deep = deep[0]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "{}"),
        ([], "[]"),
        ({"a": UNDEFINED}, "{}"),
        ({"a": UNDEFINED, "b": 1, "c": [None, True, False, {}]}, '{"b":1,"c":[null,true,false,{}]}'),
        ([math.inf, math.nan, 10**400, -0.0], "[null,null,null,0]"),
        ('é\u2028\x7f\x00\b\t\n\f\r"\\/', '"é\u2028\x7f\\u0000\\b\\t\\n\\f\\r\\"\\\\/"'),
        ("\ud800x\udfff😀", '"\\ud800x\\udfff😀"'),
        (UNDEFINED, "null"),
    ],
)
def test_stringify(value: Any, text: str) -> None:
    assert stringify(value) == text


@given(JSON)
def test_what_is_stringified_reads_back(value: Any) -> None:
    def as_javascript(one: Any) -> Any:
        if isinstance(one, list):
            return [as_javascript(item) for item in one]
        if isinstance(one, dict):
            return {key: as_javascript(item) for key, item in one.items()}
        if isinstance(one, (int, float)) and not isinstance(one, bool):
            text = number_text(one)
            return float(text) if text not in ("NaN", "Infinity", "-Infinity") else None
        return one

    read = json.loads(stringify(value), parse_int=float)
    assert read == as_javascript(value)
    stringify(value).encode()
