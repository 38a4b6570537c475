"""Searching captures: text, ranges, stopping, progress, and captures that are not as usual."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.query import numbers_matching, parse
from optave_inspector.capture.schema import PART_BYTES, StoreError
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.capture.entry import Entry

MakeEntry = Callable[..., "Entry"]
Capture = Callable[..., CaptureStore]
Ask = Callable[..., list[int]]
Fill = Callable[..., None]


def with_payloads(make: MakeEntry, payloads: list[bytes]) -> list[tuple[Entry, bytes]]:
    return [(make(number, payload), payload) for number, payload in enumerate(payloads, 1)]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("needle", [1, 2]),
        ("NEEDLE", [1, 2]),
        ('"a needle"', [1, 2]),
        ("100%", [3]),
        ("100_", []),
        (r'"back\\slash"', [4]),
        ("grüße", [5, 6, 7]),
        ("GRÜßE", [5, 6, 7]),
        ("привет", [8, 9, 10]),
        (r'"say \"hi\""', [11]),
        ("😀", [12, 13]),
        (r'"line\nbreak"', [14]),
        ('"a/b"', [15, 16]),
        ('"<b>"', [17]),
        ("nowhere", []),
        ('"\'; DROP TABLE entries; --"', []),
        ("-needle -grüße -привет", [3, 4, 11, 12, 13, 14, 15, 16, 17, 18]),
        ("Größe-7a", [18]),
    ],
)
def test_text_is_found_whatever_its_case_and_however_json_writes_it(
    capture: Capture, ask: Ask, entry_of: MakeEntry, query: str, expected: list[int]
) -> None:
    texts = ["a needle here", "A NeedLE", "100% sure", "back\\slash", "Grüße", "GRÜßE"]
    payloads = [text.encode() for text in texts] + [json.dumps("Grüße").encode()]
    payloads += ["привет".encode(), "ПРИВЕТ".encode(), json.dumps({"text": "Привет"}).encode()]
    payloads += [json.dumps({"text": 'say "hi"'}).encode(), "x😀".encode(), json.dumps("😀").encode()]
    payloads += [json.dumps("line\nbreak").encode(), b"a/b", rb'{"x":"a\/b"}', rb'{"x":"\u003cb\u003e"}']
    payloads += ["größe-7A".encode()]
    assert ask(capture(with_payloads(entry_of, payloads)), query) == expected


@pytest.mark.parametrize("field", ["action", "state", "correlation_id", "summary"])
def test_text_is_found_in_the_fields(capture: Capture, ask: Ask, entry_of: MakeEntry, field: str) -> None:
    store = capture([(entry_of(1), b""), (entry_of(2, **{field: "The Nädle"}), b"\0"), (entry_of(3), b"\0nothing")])
    assert ask(store, "nÄdle") == [2]
    assert ask(store, '"the n"') == [2]


def test_payloads_are_searched_past_their_zero_bytes(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture(with_payloads(entry_of, [b"one\0Needle", b"\0\xff" + "Größe".encode(), b"\0nothing"]))
    assert ask(store, "needle") == [1]
    assert ask(store, "GRÖßE") == [2]
    assert ask(store, r'"e\u0000n"') == [1]
    assert ask(store, "/Needle/") == [1]


def test_bytes_that_are_no_utf_8_hide_nothing_beside_them(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture(with_payloads(entry_of, [b"\xffneedle\xc3", b"\xc3\xb6\xb6 \xe0needle", b"\xe0\x83\xb6"]))
    assert ask(store, "needle") == [1, 2]
    assert ask(store, "ö") == [2]
    assert ask(store, '"�"') == []


def test_a_message_of_many_megabytes_is_searched_whole(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    in_parts = b'{"first":"here",' + b" " * PART_BYTES + '"last":"ENDß"}'.encode()
    across = b"x" * (PART_BYTES - 3) + b"across the border" + b"y" * 100
    whole = b"z" * (PART_BYTES - 4) + b"last"
    store = capture(with_payloads(entry_of, [b"here last across", in_parts, across, whole, b"last"]))
    assert ask(store, "here") == [1, 2]
    assert ask(store, "last") == [1, 2, 4, 5]
    assert ask(store, "endß") == [2]
    assert ask(store, '"across the border"') == [3]
    assert ask(store, "-last number>1") == [3]
    # Too large to be read as JSON; an expression sees the beginning.
    assert ask(store, "$.first:*") == []
    assert ask(store, "/here/ or /last/") == [1, 2, 5]


def test_very_long_and_odd_texts_are_searched(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    long = "a long text, " * 5_000
    store = capture(with_payloads(entry_of, [long.encode(), long[1:].encode(), "\ufffd!".encode(), b"\xff!"]))
    assert ask(store, f'"{long.upper()}"') == [1]
    assert ask(store, '"\ufffd!"') == [3]


def test_what_json_writes_with_escapes_is_found_by_its_path(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    payloads = [rb'{"\u0073tate":"x"}', rb'{"state":"\u0078"}', rb'{"st\/ate":1}', b'{"state":"y"}']
    store = capture(with_payloads(entry_of, payloads))
    assert ask(store, "$.state:x") == [1, 2]
    assert ask(store, "$.state=x") == [1, 2]
    assert ask(store, '$["st/ate"]:*') == [3]


def test_a_range_of_entries_is_searched_and_no_others(capture: Capture, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number, b"x"), b"x") for number in range(1, 2_001)])
    for query in ("x", "dir:in", "/x/", "-$.a:1"):
        found: list[int] = []
        numbers_matching(store, parse(query), first=998, last=1_500, found=found.extend)
        assert found == list(range(998, 1_501))
        found.clear()
        assert numbers_matching(store, parse(query), first=-5, last=3, found=found.extend)
        assert found == [1, 2, 3]
        assert numbers_matching(store, parse(query), first=1_999, last=99_999, found=found.extend)
        assert found == [1, 2, 3, 1_999, 2_000]
        assert numbers_matching(store, parse(query), first=3_000, found=pytest.fail)


def test_hits_come_as_they_are_found_and_progress_is_told(capture: Capture, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number, b"x"), b"x") for number in range(1, 5_001)])
    told: list[int] = []
    parts: list[list[int]] = []
    assert numbers_matching(store, parse("x"), found=parts.append, progress=told.append)
    assert len(parts) > 1
    assert [number for part in parts for number in part] == list(range(1, 5_001))
    assert told == [part[-1] for part in parts]


@pytest.mark.parametrize("query", ["dir:in", "x", "/x/", "$:x"])
def test_a_search_that_is_not_wanted_any_more_stops(capture: Capture, entry_of: MakeEntry, query: str) -> None:
    payload = b'"x"'
    store = capture([(entry_of(number, payload), payload) for number in range(1, 3_001)])
    found: list[int] = []
    assert not numbers_matching(store, parse(query), stop=lambda: bool(found), found=found.extend)
    assert 0 < len(found) < 3_000
    found.clear()
    assert not numbers_matching(store, parse(query), stop=lambda: True, found=found.extend)
    assert found == []


def test_a_slow_expression_stops_within_a_chunk(capture: Capture, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number, b"x"), b"x") for number in range(1, 401)])
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 50

    assert not numbers_matching(store, parse("/[yz]/"), stop=stop, found=pytest.fail)
    assert asked == 51


def test_a_path_is_enough_and_another_thread_may_ask_while_the_capture_grows(
    capture: Capture, entry_of: MakeEntry, fill_store: Fill
) -> None:
    store = capture([(entry_of(1, b"x"), b"x")])
    found: list[int] = []
    thread = threading.Thread(target=lambda: numbers_matching(store.path, parse("x"), found=found.extend))
    thread.start()
    thread.join()
    assert found == [1]
    fill_store(store, [(entry_of(2, b"x"), b"x")])
    assert numbers_matching(store.path, parse("x"), first=2, found=found.extend)
    assert found == [1, 2]


def test_entries_that_are_in_memory_only_are_judged_as_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, entry_of: MakeEntry, fill_store: Fill, ask: Ask
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "missing"))
    # A file of the name that a capture without a file carries is not taken for it.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "session.optave-capture").write_bytes(b"no capture")
    store = CaptureStore.create(None)
    try:
        assert numbers_matching(store, parse(""), found=pytest.fail)
        fill_store(store, [(entry_of(number, b'{"a":1}'), b'{"a":1}') for number in range(1, 1_201)])
        assert store.unsaved == 1_200
        assert ask(store, "$.a=1 number>1199") == [1_200]
        told: list[int] = []
        assert numbers_matching(store, parse("dir:out"), found=pytest.fail, progress=told.append)
        assert told == [500, 1_000, 1_200]
        assert not numbers_matching(store, parse("dir:out"), stop=lambda: True, found=pytest.fail)
    finally:
        store.close()


def test_what_is_no_capture_is_an_error_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="cannot be read"):
        numbers_matching(tmp_path / "missing.optave-capture", parse("x"), found=pytest.fail)
    other = tmp_path / "other.optave-capture"
    other.write_bytes(b"no database at all, for sure" * 100)
    with pytest.raises(StoreError, match="no SQLite database"):
        numbers_matching(other, parse("x"), found=pytest.fail)


def test_the_empty_query_matches_everything(capture: Capture, ask: Ask, entry_of: MakeEntry) -> None:
    store = capture([(entry_of(number), b"") for number in range(1, 4)])
    assert ask(store, "") == [1, 2, 3]
    assert ask(capture([]), "") == []


def test_the_payload_is_not_asked_for_where_the_fields_decide(entry_of: MakeEntry) -> None:
    def load() -> bytes:
        raise AssertionError("the payload was loaded")

    assert not parse("dir:out $.a:1").matches(entry_of(1), load)
    assert parse("$.a:1 or dir:in").matches(entry_of(1), load)
    assert not parse("/x/ dir:out refund").matches(entry_of(1), load)
    assert parse("refund").matches(entry_of(1, summary="a Refund"), load)


def test_the_payload_is_loaded_once(entry_of: MakeEntry) -> None:
    loaded: list[int] = []

    def load() -> bytes:
        loaded.append(1)
        return b'{"a":1}'

    assert parse('$.a=1 /"a"/ "a -x $.b:1 or $.a:1"').matches(entry_of(1), load) is False
    assert parse("$.a=1 /a/ a -x").matches(entry_of(1), load)
    assert len(loaded) == 2


def test_the_deepest_and_longest_queries_do_not_ask_too_much_of_sqlite(
    capture: Capture, ask: Ask, entry_of: MakeEntry
) -> None:
    store = capture([(entry_of(number, b"Gr\xc3\xbc\xc3\x9fe"), b"Gr\xc3\xbc\xc3\x9fe") for number in range(1, 3)])
    text = "grüße"
    for level in range(8):
        text = f"(nix {text} or -ö{level})" if level % 2 else f"-(x (y or {text}))"
    ask(store, text)
    assert ask(store, " or ".join(f'"straße/{number} ÄÖÜ"' for number in range(99)) + " or grüße") == [1, 2]
    assert ask(store, " ".join(f"-é{number}" for number in range(100))) == [1, 2]
