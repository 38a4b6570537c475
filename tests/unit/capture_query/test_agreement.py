"""SQLite's search and the judging of single entries always give the same verdict."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.query import numbers_matching, parse
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry

MakeEntry = Callable[..., "Entry"]
Stored = list[tuple["Entry", bytes]]
Fill = Callable[[CaptureStore, Sequence[tuple["Entry", bytes]]], None]
Ask = Callable[..., list[int]]

WORDS = [
    "refund", "Refund", "REFUND", "a b", "Größe", "GRÖSSE", "größe", "ß", "привет", "Привет", "ПРИВЕТ", "😀",
    "100%", "a_b", "back\\slash", 'say "hi"', "line\nbreak", "a/b", "<b>&</b>", "\u2028", "ﬁ", "K", "ſ", "İ", "true",
    "7", "null", "\ud800", "\ufffd", "\uffff", "nul\0l", "é", "e\u0301", "*", "",
]  # fmt: skip
KEYS = ["state", "a", "b c", "Größe", "x/y", 'q"', "привет", "", "a.b", "nul\0l", "\ufffd"]
NUMBERS = [0, 1, -1, 7, 1.0, 1.5, 10**30, 1e400, float("nan"), -0.0, 2**53 + 1]
BROKEN = [
    b"", b"\0", b"refund\0refund", b"\xff\xfe", b"gr\xc3\xb6\xc3\x9fe", b"gr\xf6\xdfe", b"\xc3", b"\xd0\xbf\xd1",
    b'{"a":"\xff"}', b'{"a":1,"a":2}', b'{"a":NaN}', b'\xef\xbb\xbf{"a":1}', b'{"a":', b"[" * 3000 + b"]" * 3000,
    b'{"\\u0061":"\\u0072efund"}', b'{"a":"x\\/y a\\/b"}', b'{"a":"\0"}', b"null", b"7", b'"refund"', b"\xc3\xb6\xb6",
    b"\xe0\x83\xa9 overlong", b"ref\xedund", b"\xf0\x9f\x98\x80", b"a" * 5000 + "Größe".encode(), b"aaaaaaaaaaaaaaaa!",
]  # fmt: skip
PATHS = ["$", "$.a", "$.state", "a.b", "$.a.a", "$.a[0]", "$.a[*]", "$[*].a", "$.a[-1]", '$["b c"]', '$["Größe"]',
         "$.a.*", "$.*", '$["x/y"]', '$["q\\""]', '$["привет"]', '$[""]', '$["nul\\u0000l"]',
         '$["\\ufffd"]', '$.a["a.b"]']  # fmt: skip
PATTERNS = [
    "refund",
    "REF.*d",
    "^.efund",
    r"\\u00",
    "[ö-ü]",
    r"(?i:k)",
    "s",
    r"\bgr",
    "a{3,}!",
    "$",
    r"\x00",
    "😀",
    "i",
]
LITERALS = ["true", "false", "null", "7", "1", "1.0", "-1", "1e30", "NaN", "Infinity", "*", "refund"]
TEXT_KEYS = ["action", "state", "corr", "thread", "summary"]
ORDERS = [":", "=", "<", "<=", ">", ">="]


def quoted(text: str) -> str:
    return json.dumps(text)


def dumped(value: Any, how: int) -> bytes:
    text = json.dumps(value, ensure_ascii=how % 2 == 0)
    if how % 3 == 0:
        text = text.replace("/", "\\/")
    return text.encode("utf-8", "replace" if how % 5 == 0 else "surrogatepass")


json_values = st.recursive(
    st.sampled_from([None, True, False, *NUMBERS, *WORDS]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=3),
    max_leaves=6,
)
payloads = (
    st.sampled_from(BROKEN)
    | st.builds(dumped, json_values, st.integers(0, 29))
    | st.sampled_from(WORDS).map(lambda word: word.encode("utf-8", "surrogatepass"))
    | st.binary(max_size=12)
)
texts = st.sampled_from([*WORDS, "adjust", "Adjust", "error", "0190-9F3C"])
fields = st.fixed_dictionaries(
    {},
    optional={
        "attempt": st.integers(0, 3),
        "direction": st.integers(0, 2),
        "kind": st.sampled_from([int(kind) for kind in EntryKind]),
        "wall_ns": st.integers(-(2**63), 2**63 - 1)
        | st.integers(1_767_200_000, 1_800_000_000).map(lambda s: s * 10**9),
        "size": st.sampled_from([0, 999, 1000, 1024, 2**63 - 1]),
        "frames": st.integers(0, 2),
        "flags": st.integers(0, 127) | st.sampled_from([int(flag) for flag in EntryFlag]),
        "code": st.sampled_from([0, 101, 1000, 1011]),
        "exchange": st.integers(0, 2),
        "latency_ns": st.sampled_from([-1, 0, 2 * 10**9, 2_412_345_678]),
        "action": texts,
        "state": texts,
        "correlation_id": texts,
        "trace_id": texts,
        "thread_id": texts,
        "summary": texts,
    },
)
stored = st.tuples(fields, payloads)

times = st.sampled_from(
    ["00:00", "12:40", "12:40:03.5", "2026-01-02", "2026-06-01T12:40", "2026-01-01T12:00:00Z", "23:59:59"]
)
words = st.sampled_from(WORDS).filter(bool).map(quoted)
terms = st.one_of(
    st.sampled_from(["dir:in", "dir:out", "kind:control", "kind:text", "is:invalid", "is:fragmented", "is:bookmarked"]),
    st.builds("{}{}{}".format, st.sampled_from(TEXT_KEYS), st.sampled_from(":="), words),
    st.sampled_from(['action=""', "state:*", "corr:*", "latency:none", "code:none", "exchange=0"]),
    st.builds("code{}{}".format, st.sampled_from(ORDERS), st.sampled_from([0, 101, 1011, 10**25])),
    st.builds("size{}{}".format, st.sampled_from(ORDERS), st.sampled_from(["1kB", "1KiB", "999", "0.9995kB"])),
    st.builds("latency{}{}".format, st.sampled_from(ORDERS), st.sampled_from(["2s", "2.4s", "0ms", "1ns"])),
    st.builds("number{}{}".format, st.sampled_from(ORDERS), st.integers(0, 5)),
    st.builds("time{}{}".format, st.sampled_from(ORDERS), times),
    words,
    st.builds("/{}/{}".format, st.sampled_from(PATTERNS), st.sampled_from(["", "i", "s", "im"])),
    st.builds(
        "{}{}{}".format,
        st.sampled_from(PATHS),
        st.sampled_from(ORDERS),
        st.sampled_from(LITERALS) | words,
    ),
)  # fmt: skip
queries = st.recursive(
    terms,
    lambda inner: st.one_of(
        st.builds("({} {})".format, inner, inner),
        st.builds("({} or {})".format, inner, inner),
        st.builds("-{}".format, inner),
    ),
    max_leaves=5,
)
BOOKMARKED = frozenset({1, 3, 40})


@pytest.fixture(scope="module")
def corpus(
    tmp_path_factory: pytest.TempPathFactory, entry_of: MakeEntry, fill_store: Fill
) -> Iterator[tuple[CaptureStore, Stored]]:
    """Every odd payload and text once, in a file, and what it holds."""
    pick = random.Random(3)
    contents = [*BROKEN, *(word.encode("utf-8", "surrogatepass") for word in WORDS)]
    contents += [dumped({key: word}, pick.randrange(30)) for word in WORDS for key in KEYS[:4]]
    contents += [dumped({"a": [value, {"a": value}], "state": {"a": value}}, 1) for value in (*NUMBERS, True, None, "")]
    store = CaptureStore.create(tmp_path_factory.mktemp("corpus") / "odd.optave-capture")
    entries = [
        entry_of(
            number,
            payload,
            direction=number % 3,
            kind=pick.choice(list(EntryKind)).value,
            flags=pick.randrange(128),
            code=pick.choice([0, 1000, 1011]),
            latency_ns=pick.choice([-1, 2 * 10**9]),
            summary=pick.choice(WORDS),
            correlation_id=pick.choice(WORDS),
            wall_ns=pick.randrange(2**62),
        )
        for number, payload in enumerate(contents, 1)
    ]
    stored = list(zip(entries, contents, strict=True))
    fill_store(store, stored)
    yield store, stored
    store.close()


@settings(deadline=None, max_examples=200)
@given(text=queries)
def test_both_agree_on_odd_entries(corpus: tuple[CaptureStore, Stored], text: str) -> None:
    store, stored = corpus
    query = parse(text)
    found: list[int] = []
    numbers_matching(store, query, found=found.extend, bookmarked=BOOKMARKED)
    # The very entries as they were before they were stored, as in live filtering.
    assert found == [
        entry.number for entry, payload in stored if query.matches(entry, lambda payload=payload: payload, BOOKMARKED)
    ]


@settings(deadline=None, max_examples=80)
@given(contents=st.lists(stored, min_size=1, max_size=6), asked=st.lists(queries, min_size=1, max_size=8))
def test_both_agree_on_any_entries(
    tmp_path_factory: pytest.TempPathFactory,
    entry_of: MakeEntry,
    fill_store: Fill,
    ask: Ask,
    contents: list[tuple[dict[str, Any], bytes]],
    asked: list[str],
) -> None:
    path = Path(tmp_path_factory.mktemp("any")) / "any.optave-capture"
    store = CaptureStore.create(path)
    try:
        entries = [entry_of(number, payload, **given) for number, (given, payload) in enumerate(contents, 1)]
        fill_store(store, [(entry, payload) for entry, (_, payload) in zip(entries, contents, strict=True)])
        for query in asked:
            ask(store, query, BOOKMARKED)
    finally:
        store.close()


@pytest.mark.parametrize("name", ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kathmandu"])
def test_both_agree_on_times_of_day_around_every_change_of_the_clock(
    zone: Callable[[str], None], entry_of: MakeEntry, fill_store: Fill, ask: Ask, tmp_path: Path, name: str
) -> None:
    zone(name)
    store = CaptureStore.create(tmp_path / "year.optave-capture")
    hour, start = 3_600 * 10**9, 1_735_689_600 * 10**9
    moments = [start + step * 7 * hour for step in range(2_600)]
    fill_store(store, [(entry_of(number, wall_ns=moment), b"") for number, moment in enumerate(moments, 1)])
    every_day = ask(store, "time>=02:30 time<03:30")
    assert len(every_day) > 50
    assert ask(store, "time:12:40") == []
    assert len(ask(store, "time<12:00")) + len(ask(store, "time>=12:00")) == len(moments)
    store.close()
