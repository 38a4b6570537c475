"""Regular expressions: what they see, and those that would never end."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.query import QueryError, parse
from optave_inspector.capture.query.payload_conditions import PATTERN_BYTES

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry
    from optave_inspector.capture.store import CaptureStore

MakeEntry = Callable[..., "Entry"]
Capture = Callable[..., "CaptureStore"]
Ask = Callable[..., list[int]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("/refund/", [1]),
        ("/refund/i", [1, 2]),
        ("/^refund/", [1]),
        ("/^two/", []),
        ("/^two/m", [3]),
        ("/one.two/", []),
        ("/one.two/s", [3]),
        (r"/\d{3}-\d+/", [4]),
        (r"/(?:refund|\d-)/", [1, 4]),
        (r"/re(?:fun)+d/", [1]),
        (r"/re(?:fun)*d\b/", [1]),
        (r"/\bkelvin/i", [5, 6]),
        ("/kelvin/", [5]),
        (r"/(?i:KELVIN)/", [5, 6]),
        (r"/größe/", [7]),
        (r"/\x00z/", [8]),
        ("/�/", [9]),
        (r"/\\u00e9/", [10]),
        (r"/100%_\\\\/", [11]),
        ("/a(?=b)/", []),
        ("/(?<!e)fund/", []),
        (r"/(.)\1/", [4, 6, 10, 11]),
        ("/REFUND/ or /^two/m", [2, 3]),
    ],
)
def test_expressions_see_the_text_of_payloads(
    capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]
) -> None:
    payloads = [b"refund it", b"a REFUND", b"one\ntwo", b"nr 555-12", b"kelvin", "!!\u212aelvin".encode()]
    payloads += ["Die größe".encode(), b"\0z", b"bad \xff", rb'"\u00e9"', rb"100%_\\"]
    entries = [
        (entry_of(number, payload, summary="a(?=b) refunds"), payload) for number, payload in enumerate(payloads, 1)
    ]
    assert ask(capture(entries), query) == expected


def test_an_expression_sees_the_first_256_kib(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    payloads = [b"x" * (PATTERN_BYTES - 3) + b"end", b"x" * (PATTERN_BYTES - 2) + b"end"]
    store = capture([(entry_of(number, payload), payload) for number, payload in enumerate(payloads, 1)])
    assert ask(store, "/end/") == [1]


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+b",
        r"(a*)*b",
        r"(a|a)*b",
        r"(foo|foo)*b",
        r"(?:(?:a*)?b)*c",
        r"(a|aa)+$",
        r"(aa|[a-c]+)+$",
        r"(.*)*x",
        r"(.*,)*x",
        r"(\w+\s?)*$",
        r"(\s*\w+\s*)*$",
        r"(?:a?b?)*c",
        r"(?:\w{1,20}){1,20}!",
        r"(?:a?){24}b",
        r"((a{1,7}){1,7}){1,7}b",
        r"^(([a-z])+.)+[A-Z]([a-z])+$",
        r"(?=(a+)+b)x",
        r"(?:(?i:A)|a)+b",
        r"(?s:.|\n)*x(?s:.|\n)*(?:.|\n|\s)*y",
        r"([^,]*|\d)*;",
        r"(a+?)+?b",
        r"(x)(?:\1|x)*y",
        r"(x)?(?(1)(?:y+)+|z)!",
        r"(?i)(?:ab|AB)+c",
        "(?:" + "|".join(f"a{number}" for number in range(200)) + ")*",
    ],
)
def test_expressions_that_could_take_forever_are_refused(pattern: str) -> None:
    with pytest.raises(QueryError, match="could take forever"):
        parse(f"/{pattern}/")


@pytest.mark.parametrize(
    "pattern",
    [
        r"refund",
        r".*a.*b.*c",
        r"\w+@[\w.]+\.\w+",
        r"(?:\w+\.)+\w+",
        r"(\d{1,3}\.){3}\d{1,3}",
        r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
        r'"(?:[^"\\]|\\.)*"',
        r'("[^"]*",?)*',
        r"(?:[^,]*,)*end",
        r"(foo|far)*",
        r"(?:a|b)+c",
        r"(?>a+)+b",
        r"(?:a++)+b",
        r"(?:ab?)*c",
        r"(a?)*b",
        r"\d{4}-\d{2}-\d{2}T",
        r"(?i)error|warning",
        r"\bstate\b.{0,40}completed",
        r"[[:a]",
        r"(?:.*\n)*end",
        r"^\s*$",
        r"(?P<one>a)(?P=one)b",
        r"a{0}b",
        r"(?!)x",
        r"(?:[0-9a-f]{32},)*",
        r"[^\d\s]+\S\D\W",
        r"(?a:\w)+",
        r"x*?y+?",
    ],
)
def test_usual_expressions_are_welcome(pattern: str) -> None:
    assert str(parse(f"/{pattern}/")) == f"/{pattern}/"


@pytest.mark.parametrize(
    "pattern",
    [
        "x" + "(|)" * 300,
        "(" * 90 + ")" + "{9})" * 89 + "{9}",
        "(" * 90 + "a" + "{3})" * 89 + "{3}",
        "(" * 90 + "|".join("abcdefghij" * 8) + ")*" * 90,
        "a?" * 490,
        r"(?:\w?\W?)*" * 80,
    ],
)
def test_the_guard_itself_does_not_take_forever(pattern: str) -> None:
    for text in (f"/{pattern}/", f"/{pattern}!/i"):
        with contextlib.suppress(QueryError):
            parse(text)


def test_very_long_expressions_are_refused() -> None:
    parse(f"/{'a' * 250}/")
    with pytest.raises(QueryError, match="longer than 1,000"):
        parse(f"/{'a' * 1001}/")
