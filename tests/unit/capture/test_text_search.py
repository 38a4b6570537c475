"""Text in whole payloads and in fields."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture import text_search
from optave_inspector.capture.entry import Entry
from optave_inspector.capture.schema import PART_BYTES
from optave_inspector.capture.store import CaptureStore

WAIT_S = 20.0

Append = Callable[[CaptureStore, Sequence[bytes]], int]
MakeEntry = Callable[..., Entry]


def search(store: CaptureStore, text: str, first: int = 1, last: int | None = None) -> list[int]:
    found: list[int] = []
    store.numbers_with_text(text, lambda: False, found.extend, first, last)
    assert found == sorted(set(found))
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("needle", [1, 2]),
        ("NEEDLE", [1, 2]),
        ("100%", [3]),
        ("100_", []),
        ("a_b", [4]),
        ("back\\slash", [5]),
        ("grüße", [6, 7]),
        ("GRÜßE", [6, 7]),
        ("привет", [8, 9, 10]),
        ("Привет", [8, 9, 10]),
        ('say "hi"', [11]),
        ("[*?]", [12]),
        ("😀", [13, 14]),
        ("nowhere", []),
        ("'; DROP TABLE entries; --", []),
        ("line\nbreak", [15]),
        ("https://HOST/äpfel", [16, 17, 18]),
    ],
)
def test_text_is_found_whatever_its_case_and_however_json_writes_it(
    store: CaptureStore, append: Append, text: str, expected: list[int]
) -> None:
    texts = ["a needle here", "A NeedLE", "100% sure", "a_b", "back\\slash", "Grüße", "GRÜßE"]
    texts += ["привет", "ПРИВЕТ"]
    payloads = [text.encode() for text in texts]
    payloads.append(json.dumps({"text": "Привет"}).encode())
    payloads += [json.dumps({"text": 'say "hi"'}).encode(), b"[*?]", "x😀".encode(), json.dumps("😀").encode()]
    payloads.append(json.dumps("line\nbreak").encode())
    payloads += ['"https://host/äpfel"'.encode(), '"https:\\/\\/host\\/Äpfel"'.encode()]
    payloads.append(rb'"https:\/\/host\/\u00e4pfel" \0'.replace(rb"\0", b"\0"))
    append(store, payloads)
    assert search(store, text) == expected


@pytest.mark.parametrize("field", ["action", "state", "correlation_id", "summary"])
def test_text_is_found_in_the_fields(store: CaptureStore, entry_of: MakeEntry, field: str) -> None:
    done = threading.Event()
    store.append(
        [
            (entry_of(1), b""),
            (entry_of(2, **{field: "The Needle"}), b"\0"),
            (entry_of(3, **{field: "The Needle"}), b""),
        ],
        lambda _count: done.set(),
    )
    assert done.wait(WAIT_S)
    assert search(store, "needle") == [2, 3]


def test_binary_payloads_are_searched_past_their_zero_bytes(store: CaptureStore, append: Append) -> None:
    append(store, [b"\0\0needle", b"\xff\xfe needle", b"nee\0dle", "\0ÄRGER".encode()])
    assert search(store, "NEEDLE") == [1, 2]
    assert search(store, "ärger") == [4]
    assert search(store, "nee\0dle") == [3]


@pytest.mark.parametrize("place", [5, PART_BYTES - 3, PART_BYTES + 1024**2 - 2, 2 * PART_BYTES - 1])
def test_a_huge_message_is_searched_whole_also_where_it_is_cut(store: CaptureStore, append: Append, place: int) -> None:
    payload = bytearray(b"." * (2 * PART_BYTES + 100))
    needle = "наШёл".encode()
    payload[place : place + len(needle)] = needle
    append(store, [b"small", bytes(payload), b"small"])
    assert search(store, "НАШЁЛ") == [2]
    assert search(store, "nothing") == []


def test_odd_searches_find_nothing_and_do_not_fail(store: CaptureStore, append: Append) -> None:
    append(store, [b"x" * 100, b'{"a": "b"}', b"\0"])
    for text in ("\ud800", "y" * 60_000, "\0\0", "ß" * 20_000, "%" * 30_000):
        assert search(store, text) == []
    assert search(store, "x" * 60_000) == []


def test_a_long_text_is_found(store: CaptureStore, append: Append) -> None:
    text = "long text " * 6_000
    append(store, [b"no", text.encode(), text.upper().encode()])
    assert search(store, text) == [2, 3]


def test_the_empty_text_is_everywhere(store: CaptureStore, append: Append) -> None:
    append(store, [b"a", b"", b"\0"])
    assert search(store, "") == [1, 2, 3]


def test_a_search_can_be_limited_to_what_is_new(store: CaptureStore, append: Append) -> None:
    append(store, [b"needle"] * 100)
    assert search(store, "needle", 90) == list(range(90, 101))
    assert search(store, "needle", 50, 60) == list(range(50, 61))
    assert search(store, "needle", -5, 2) == [1, 2]
    assert search(store, "needle", 101) == []
    assert search(store, "needle", 60, 50) == []


def test_hits_come_while_the_search_goes_on_and_a_stopped_search_ends(store: CaptureStore, append: Append) -> None:
    append(store, [b"needle %d" % number for number in range(20_000)])
    pieces: list[list[int]] = []
    store.numbers_with_text("needle", lambda: False, pieces.append)
    assert len(pieces) > 1
    assert len(pieces[0]) < 1_000
    assert [number for piece in pieces for number in piece] == list(range(1, 20_001))

    stopped: list[int] = []
    store.numbers_with_text("needle", lambda: len(stopped) > 0, stopped.extend)
    assert 0 < len(stopped) < 1_000

    never: list[int] = []
    store.numbers_with_text("needle", lambda: True, never.extend)
    assert never == []


def test_a_search_among_binary_entries_stops_between_any_two(store: CaptureStore, append: Append) -> None:
    append(store, [b"\0needle"] * 50)
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 10

    found: list[int] = []
    store.numbers_with_text("needle", stop, found.extend)
    assert asked == 11
    assert found == []


def test_large_messages_make_small_chunks(store: CaptureStore, append: Append) -> None:
    append(store, [b"needle" + b"." * 4_000_000] * 30)
    pieces: list[list[int]] = []
    store.numbers_with_text("needle", lambda: False, pieces.append)
    assert [number for piece in pieces for number in piece] == list(range(1, 31))
    assert max(map(len, pieces)) <= 10


def test_a_search_runs_beside_the_writer(store: CaptureStore, append: Append, entry_of: MakeEntry) -> None:
    append(store, [b"needle"] * 5_000)
    done = threading.Event()
    for start in range(5_001, 15_001, 100):
        store.append(
            [(entry_of(number), b"needle") for number in range(start, start + 100)],
            lambda count: done.set() if count == 15_000 else None,
        )
    found = search(store, "needle")
    assert found[:5_000] == list(range(1, 5_001))
    assert found == list(range(1, len(found) + 1))
    assert done.wait(WAIT_S)


alphabet = st.sampled_from(["a", "A", "b", "%", "_", "\\", '"', "é", "É", "ж", "Ж", "\n", "\0", "1", "*", "["])
texts = st.text(alphabet, max_size=12)


@settings(max_examples=60, deadline=None)
@given(payloads=st.lists(texts, min_size=1, max_size=20), needle=st.text(alphabet, min_size=1, max_size=3))
def test_the_file_is_searched_as_memory_is(payloads: list[str], needle: str) -> None:
    store = CaptureStore.create(None)
    try:
        done = threading.Event()
        rows = [
            (Entry(number, 1, 0, 1, 0, 0, 0, 0), text.encode() if number % 2 else json.dumps(text).encode())
            for number, text in enumerate(payloads, 1)
        ]
        store.append(rows, lambda _count: done.set())
        assert done.wait(WAIT_S)
        in_memory: list[int] = []
        text_search.search_memory(needle, rows, lambda: False, in_memory.extend)
        in_file = search(store, needle)
        assert set(in_file) <= set(in_memory)
        for entry, payload in rows:
            usual = {needle, needle.lower(), needle.upper()}
            if any(spelling.encode() in payload for spelling in usual):
                assert entry.number in in_file
        if needle.isascii():
            assert in_file == in_memory
    finally:
        store.close()


def test_a_search_in_memory_stops(entry_of: MakeEntry) -> None:
    rows = [(entry_of(number), b"needle") for number in range(1, 2_001)]
    found: list[int] = []
    assert not text_search.search_memory("needle", rows, lambda: len(found) >= 500, found.extend)
    assert found == list(range(1, 501))
