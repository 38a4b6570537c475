"""What the keys ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.query import parse

if TYPE_CHECKING:
    from optave_inspector.capture.entry import Entry
    from optave_inspector.capture.store import CaptureStore

MakeEntry = Callable[..., "Entry"]
Capture = Callable[..., "CaptureStore"]
Ask = Callable[..., list[int]]


def entries(make: MakeEntry, field: str, values: list[object]) -> list[tuple[Entry, bytes]]:
    return [(make(number, **{field: value}), b"") for number, value in enumerate(values, 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("dir:in", [1]),
        ("dir=out", [2]),
        ("DIR:None", [3]),
        ("direction:out", [2]),
        ("-dir:in", [2, 3]),
        ("not dir:in", [2, 3]),
    ],
)
def test_directions(capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]) -> None:
    assert ask(capture(entries(entry_of, "direction", [0, 1, 2])), query) == expected


def test_every_kind_has_a_word_and_groups_have_one(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    kinds = list(EntryKind)
    store = capture(entries(entry_of, "kind", [int(kind) for kind in kinds]))
    for number, kind in enumerate(kinds, 1):
        assert ask(store, f"kind:{kind.name.lower()}") == [number]
    named = {"message": (1, 2), "control": (8, 9, 10), "event": (16, 17, 18, 19, 20)}
    for word, members in named.items():
        assert ask(store, f"kind:{word}") == [number for number, kind in enumerate(kinds, 1) if kind in members]


@pytest.mark.parametrize(
    ("word", "fields"),
    [
        ("orphan", {"flags": EntryFlag.ORPHAN}),
        ("late", {"flags": EntryFlag.LATE | EntryFlag.PROBLEM}),
        ("duplicate", {"flags": EntryFlag.DUPLICATE}),
        ("guessed", {"flags": EntryFlag.GUESSED}),
        ("invalid", {"flags": EntryFlag.PROBLEM}),
        ("tool-made", {"flags": EntryFlag.TOOL_MADE}),
        ("compressed", {"flags": EntryFlag.COMPRESSED}),
        ("fragmented", {"frames": 2}),
    ],
)
def test_marks(capture: Capture, ask: Ask, entry_of: MakeEntry, word: str, fields: dict[str, int]) -> None:
    given = {name: int(value) for name, value in fields.items()}
    store = capture([(entry_of(1), b""), (entry_of(2, **given), b"")])
    assert ask(store, f"is:{word}") == [2]
    assert ask(store, f"-is:{word}") == [1]


def test_bookmarks_are_those_that_the_asker_names(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number), b"") for number in range(1, 5)])
    assert ask(store, "is:bookmarked") == []
    assert ask(store, "is:bookmarked", frozenset({2, 4, 99})) == [2, 4]
    assert ask(store, "is:bookmarked number>2", frozenset({2, 4})) == [4]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("action:adjust", [1, 2]),
        ("action:ADJUST", [1, 2]),
        ("action=Adjust", [2]),
        ("action:adj", []),
        ('action=""', [4]),
        ("action:*", [1, 2, 3, 5, 6]),
        ('action:"*"', [5]),
        ("action=*", [5]),
        ('action:"two words"', [6]),
        ("action:customerInteraction", [3]),
    ],
)
def test_actions_are_whole_words_in_any_case(
    capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]
) -> None:
    actions = ["adjust", "Adjust", "customerinteraction", "", "*", "two words"]
    assert ask(capture(entries(entry_of, "action", actions)), query) == expected


@pytest.mark.parametrize(("key", "field"), [("corr", "correlation_id"), ("trace", "trace_id"), ("thread", "thread_id")])
def test_a_part_of_an_id_is_enough(capture: Capture, ask: Ask, entry_of: MakeEntry, key: str, field: str) -> None:
    store = capture(entries(entry_of, field, ["0190-9F3c-aa", "0190-77", "", "100%_\\"]))
    assert ask(store, f"{key}:9f3C") == [1]
    assert ask(store, f"{key}:0190") == [1, 2]
    assert ask(store, f"{key}:%_\\") == [4]
    assert ask(store, f"{key}=0190-77") == [2]
    assert ask(store, f"{key}=0190") == []
    assert ask(store, f'{key}=""') == [3]
    assert ask(store, f"{key}:*") == [1, 2, 4]


def test_ids_beyond_ascii_are_found_in_the_usual_spellings(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture(entries(entry_of, "thread_id", ["Fall-Größe", "FALL-GRÖSSE", "fall-größe", "случай", "Случай"]))
    assert ask(store, "thread:größe") == [1, 2, 3]
    assert ask(store, "thread:Случай") == [4, 5]


def test_codes_and_what_has_none(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture(entries(entry_of, "code", [0, 101, 1000, 1011, 4001]))
    assert ask(store, "code:1011") == [4]
    assert ask(store, "code<1011") == [2, 3]
    assert ask(store, "code<=1011") == [2, 3, 4]
    assert ask(store, "code>=1011") == [4, 5]
    assert ask(store, "code:none") == [1]
    assert ask(store, "code=0") == [1]
    assert ask(store, "-code:none -code>1011") == [2, 3, 4]
    assert ask(store, "code<99999999999999999999999") == [2, 3, 4, 5]
    assert ask(store, "code>99999999999999999999999") == []


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("size:0", [1]),
        ("size:999B", [2]),
        ("size>1kB", [4, 5, 6, 7]),
        ("size>=1kB", [3, 4, 5, 6, 7]),
        ("size:1kb", [3, 4, 5]),
        ("size=1kB", [3]),
        ("size:1.0kB", [3, 4]),
        ("size:1KiB", [4, 5, 6]),
        ("size=1.024kB", [4]),
        ("size<1kB", [1, 2]),
        ("size>2MB", [7]),
        ("size:2MiB", [7]),
        ("size>1.9995kB size<2MB", [6]),
    ],
)
def test_sizes(capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]) -> None:
    sizes = [0, 999, 1000, 1024, 1999, 2000, 2_097_152]
    stored = [(entry_of(number), bytes(size)) for number, size in enumerate(sizes, 1)]
    for entry, payload in stored:
        entry.size = len(payload)
    assert ask(capture(stored), query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("latency>2s", [4, 5, 6]),
        ("latency>=2s", [3, 4, 5, 6]),
        ("latency:2s", [3, 4]),
        ("latency:2.4s", [4]),
        ("latency=2s", [3]),
        ("latency<610ms", [2]),
        ("latency:1min", [6]),
        ("latency>0.9min", [6]),
        ("latency:2412ms", [4]),
        ("latency=2412345678ns", [4]),
        ("latency<2000000µs", [2]),
        ("latency<2000000us", [2]),
        ("latency:none", [1]),
        ("latency=NONE", [1]),
        ("-latency>2s", [1, 2, 3]),
        ("latency<1h", [2, 3, 4, 5, 6]),
    ],
)
def test_latencies(capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]) -> None:
    latencies = [-1, 600_000_000, 2_000_000_000, 2_412_345_678, 3_000_000_000, 60_000_000_000]
    assert ask(capture(entries(entry_of, "latency_ns", latencies)), query) == expected


def test_numbers_attempts_and_exchanges(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number, attempt=number // 3, exchange=number // 2), b"") for number in range(1, 9)])
    assert ask(store, "number:3") == [3]
    assert ask(store, "number>5") == [6, 7, 8]
    assert ask(store, "number>=3 number<5") == [3, 4]
    assert ask(store, "attempt:2") == [6, 7, 8]
    assert ask(store, "exchange:2") == [4, 5]
    assert ask(store, "exchange:none") == [1]
    assert ask(store, "exchange<2") == [2, 3]


def test_summaries_are_searched_in_part_and_compared_as_a_whole(
    capture: Capture, ask: Ask, entry_of: MakeEntry
) -> None:
    store = capture(entries(entry_of, "summary", ["Refund please", "please refund (now)", "nothing"]))
    assert ask(store, "summary:refund") == [1, 2]
    assert ask(store, 'summary:"refund (now)"') == [2]
    assert ask(store, 'summary="Refund please"') == [1]
    assert ask(store, 'summary="refund please"') == []


def test_what_follows_a_zero_character_in_a_field_is_not_searched(
    capture: Capture, ask: Ask, entry_of: MakeEntry
) -> None:
    store = capture(entries(entry_of, "summary", ["before\0after", "after\0before"]))
    assert ask(store, "summary:before") == [1]
    assert ask(store, "before") == [1]
    assert ask(store, r'summary="before\u0000after"') == [1]
    store = capture(entries(entry_of, "action", ["a\0b", "a\0c", "A\0B"]))
    assert ask(store, r'action:"a\u0000b"') == [1, 3]
    assert ask(store, r'action="a\u0000b"') == [1]


def test_the_columns_can_be_asked_by_others(capture: Capture, entry_of: MakeEntry) -> None:
    query = parse("dir:in size>5 payload.x:1 is:bookmarked")
    where, parameters = query.sql(frozenset({7}))
    assert "p." not in where
    assert parameters == (0, 6, "[7]")
    assert query.needs_payload
    assert not parse("dir:in corr:9f3c").needs_payload
    assert parse("").sql() == ("1", ())
