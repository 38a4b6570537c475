"""Fields of payloads, named by their paths."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.query import EVERY, parse, parse_path, path_text

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry
    from optave_inspector.capture.store import CaptureStore

MakeEntry = Callable[..., "Entry"]
Capture = Callable[..., "CaptureStore"]
Ask = Callable[..., list[int]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$.a:true", [1, 3]),
        ("$.a=true", [1]),
        ('$.a="true"', [3]),
        ('$.a:"true"', [3]),
        ("$.a:tru", [3]),
        ("$.a:false", [2]),
        ("$.a:null", [4]),
        ("$.a=null", [4]),
        ("$.a:7", [5, 6, 8, 9]),
        ("$.a=7", [5, 6]),
        ("$.a=7.0", [5, 6]),
        ('$.a="7"', [8]),
        ("$.a=70e-1", [5, 6]),
        ("$.a>6", [5, 6, 7]),
        ("$.a>=7.5", [7]),
        ("$.a<7", []),
        ("$.a<=7", [5, 6]),
        ('$.a>"x"', [9]),
        ('$.a<"8"', [8]),
        ("$.a>true", [9]),
        ("$.a:*", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
        ('$.a:"*"', []),
        ("$.a=*", []),
        ("-$.a:*", [12, 13]),
        ("$.a:X", [9]),
        ("$.a=X", []),
        ('$.a="x = 7"', [9]),
        ("$.a:1", []),
        ("a.b:1", [10]),
        ("$.a[0]:1", [11]),
        ("$.a[-1]=3", [11]),
        ("$.a[1].c:deep", [11]),
        ("$.a[*]>2", [11]),
        ("$.a.*=1", [10, 11]),
        ("$.a[7]:*", []),
        ("$.a[-4]:*", []),
        ("$.a.b.c:*", []),
        ("$[0]:*", [12]),
        ("$[*].a:9", [12]),
        ("$:text", [13]),
        ("$.A:true", []),
    ],
)
def test_values_are_compared_as_json(
    capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]
) -> None:
    values = [True, False, "true", None, 7, 7.0, 8.5, "7", "x = 7", {"b": 1}, [1, {"c": "Deep"}, 3]]
    payloads = [json.dumps({"a": value}).encode() for value in values] + [b'[{"a":9}]', b'"some text"']
    store = capture([(entry_of(number, payload), payload) for number, payload in enumerate(payloads, 1)])
    assert ask(store, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("$.a=12345678901234567890123", [1]),
        ("$.a=12345678901234567890124", []),
        ("$.a:NaN", [2]),
        ("$.a=Infinity", [3, 4]),
        ("$.a=-Infinity", []),
        ("$.a>1e300", [3, 4]),
        ("$.a=2", [5]),
        ("$.a=1", [6]),
        ("$.a:*", [1, 2, 3, 4, 5, 6]),
        ('$["a"]:*', [1, 2, 3, 4, 5, 6]),
    ],
)
def test_json_that_others_refuse_is_read_tolerantly(
    capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]
) -> None:
    payloads = [b'{"a":12345678901234567890123}', b'{"a":NaN}', b'{"a":Infinity}', b'{"a":1e999}', b'{"a":1,"a":2}']
    payloads += [b'\xef\xbb\xbf{"a":1}', b'{"a":1', b"a:1", b"", b'{"a":1}\0', b'{"a":"\0"}', b"[" * 9_000]
    store = capture([(entry_of(number, payload), payload) for number, payload in enumerate(payloads, 1)])
    assert ask(store, query) == expected


def test_every_kind_of_entry_has_fields(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    payload = b'{"status":401,"response":{"server":"nginx"}}'
    store = capture([(entry_of(1, payload, kind=16, direction=2), payload)])
    assert ask(store, "$.status:401 response.server:nginx kind:handshake") == [1]


@pytest.mark.parametrize(
    ("text", "steps"),
    [
        ("$", ()),
        ("$.a", ("a",)),
        ("a.b", ("a", "b")),
        ("$.a[0][-1].b", ("a", 0, -1, "b")),
        ("a[*].*", ("a", EVERY, EVERY)),
        ('["a b"].c', ("a b", "c")),
        (r'$["a\"\\\u0041\ud83d\ude00"]', ('a"\\A😀',)),
        ("$a.b", ("$a", "b")),
        ("$.$", ("$",)),
        ("$.0", ("0",)),
    ],
)
def test_paths_are_read(text: str, steps: tuple[object, ...]) -> None:
    assert parse_path(text) == steps


steps = st.lists(st.text(max_size=8) | st.integers(-(10**9) + 1, 10**9 - 1) | st.just(EVERY), max_size=6)


@settings(deadline=None)
@given(steps)
def test_any_path_can_be_written_and_read(path: list[object]) -> None:
    text = path_text(path)  # type: ignore[arg-type]
    assert parse_path(text) == tuple(path)
    assert text.isprintable()
    assert str(parse(f"{text}:x")) == f"{text}:x"
