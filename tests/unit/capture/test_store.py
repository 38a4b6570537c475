"""What is appended to a capture, and how it comes back."""

from __future__ import annotations

import gc
import logging
import os
import stat
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import Entry, EntryFlag
from optave_inspector.capture.schema import PART_BYTES
from optave_inspector.capture.store import CaptureStore, StoreError

if TYPE_CHECKING:
    from pathlib import Path

WAIT_S = 20.0

Append = Callable[[CaptureStore, Sequence[bytes]], int]
MakeEntry = Callable[..., Entry]


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def ignore(_count: int) -> None:
    """For batches whose announcement does not matter."""


def test_a_number_out_of_order_is_refused_and_nothing_of_its_batch_is_kept(
    store: CaptureStore, append: Append, entry_of: MakeEntry
) -> None:
    append(store, [b"first"])
    for numbers in ([3], [2, 4], [1], [2, 2]):
        with pytest.raises(ValueError, match="was next"):
            store.append([(entry_of(number), b"") for number in numbers], ignore)
    assert append(store, [b"second"]) == 2
    assert store.payload(2) == b"second"


def test_unknown_numbers_are_key_errors(store: CaptureStore, append: Append) -> None:
    append(store, [b"only"])
    for number in (0, -1, 2, 10**30):
        for read in (store.entry, store.payload, lambda number: store.payload_head(number, 10)):
            with pytest.raises(KeyError):
                read(number)


def test_a_closed_store_says_so(tmp_path: Path, append: Append, entry_of: MakeEntry) -> None:
    store = CaptureStore.create(tmp_path / "closed.optave-capture")
    append(store, [b"x"])
    store.close()
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.append([(entry_of(2), b"")], ignore)
    with pytest.raises(StoreError, match="closed"):
        store.payload(1)


def test_an_existing_file_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "taken.optave-capture"
    path.write_bytes(b"something else")
    with pytest.raises(StoreError, match="exists already"):
        CaptureStore.create(path)
    assert path.read_bytes() == b"something else"


def test_a_missing_folder_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file or directory") as caught:
        CaptureStore.create(tmp_path / "missing" / "x.optave-capture")
    assert caught.value.hint


def test_a_listener_that_raises_does_not_stop_the_writing(
    store: CaptureStore, append: Append, entry_of: MakeEntry, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_count: int) -> None:
        raise RuntimeError("listener")

    with caplog.at_level(logging.CRITICAL, "optave_inspector.capture.writer"):
        store.append([(entry_of(1), b"one")], fail)
    store.append([(entry_of(2), b"two")], ignore)
    store.append([(entry_of(3), b"three")], ignore)
    done = threading.Event()
    store.append([(entry_of(4), b"four")], lambda _count: done.set())
    assert done.wait(WAIT_S)
    assert [store.payload(number) for number in (1, 2, 3, 4)] == [b"one", b"two", b"three", b"four"]
    assert "listener to stored entries failed" in caplog.text


def test_entries_and_payloads_come_back_as_they_were(store: CaptureStore) -> None:
    done = threading.Event()
    sent = Entry(
        1,
        3,
        1,
        8,
        123,
        456,
        5,
        11,
        2,
        EntryFlag.PROBLEM | EntryFlag.LATE,
        1011,
        7,
        89,
        "adjust",
        "error",
        "0190",
        "t",
        "th",
        "s\0x",
    )
    store.append([(sent, b"\x00\xff{\xf0")], lambda _count: done.set())
    assert done.wait(WAIT_S)
    assert store.entry(1) == sent
    assert store.payload(1) == b"\x00\xff{\xf0"


def test_pages_end_where_the_entries_end(store: CaptureStore, append: Append) -> None:
    append(store, [b"%d" % number for number in range(1, 101)])

    def numbers(first: int, count: int) -> list[int]:
        return [entry.number for entry in store.page(first, count)]

    assert numbers(1, 10) == list(range(1, 11))
    assert numbers(95, 10) == list(range(95, 101))
    assert numbers(101, 10) == []
    assert numbers(-5, 3) == [1, 2, 3]
    assert numbers(50, 0) == []
    assert numbers(50, -1) == []
    assert numbers(1, 10**12) == list(range(1, 101))


@pytest.mark.parametrize("size", [0, 1, 1024**2, PART_BYTES - 1, PART_BYTES, PART_BYTES + 1, 50_000_000])
def test_payloads_of_any_size_come_back_whole(store: CaptureStore, append: Append, size: int) -> None:
    payload = os.urandom(1000) * (size // 1000) + os.urandom(size % 1000)
    append(store, [b"before", payload, b"after"])
    assert store.payload(2) == payload
    assert store.payload(3) == b"after"
    assert store.payload_head(2, 700) == payload[:700]
    assert store.payload_head(1, 700) == b"before"


def test_a_batch_of_many_sizes_keeps_its_order(store: CaptureStore, append: Append) -> None:
    sizes = [10] * 300 + [9_000_000, 3, PART_BYTES + 5] + [20] * 40 + [1_000_000] * 12
    payloads = [bytes([number % 251]) * size for number, size in enumerate(sizes)]
    assert append(store, payloads) == len(payloads)
    assert [store.payload(number) for number in range(1, len(payloads) + 1)] == payloads
    assert [entry.size for entry in store.page(1, 1_000)] == sizes


def test_the_count_is_announced_on_the_writers_thread_when_the_rows_can_be_read(
    store: CaptureStore, entry_of: MakeEntry
) -> None:
    seen: list[tuple[int, int, str, bytes]] = []
    done = threading.Event()

    def stored(count: int) -> None:
        seen.append((count, store.count, threading.current_thread().name, store.payload(count)))
        done.set()

    store.append([(entry_of(1), b"a"), (entry_of(2), b"b")], stored)
    assert done.wait(WAIT_S)
    assert seen == [(2, 2, "capture writer", b"b")]


def test_batches_that_wait_are_stored_together_and_each_is_announced(store: CaptureStore, entry_of: MakeEntry) -> None:
    go_on, all_announced = threading.Event(), threading.Event()
    counts: list[int] = []

    def stored(count: int) -> None:
        counts.append(count)
        if len(counts) == 5:
            all_announced.set()

    store.append([(entry_of(1), b"")], lambda _count: go_on.wait(WAIT_S))
    for number in range(2, 7):
        store.append([(entry_of(number), b"")], stored)
    go_on.set()
    assert all_announced.wait(WAIT_S)
    assert counts == [6] * 5


def test_an_empty_batch_is_announced(store: CaptureStore, append: Append) -> None:
    assert append(store, []) == 0
    assert append(store, [b"x"]) == 1


def test_pages_read_while_writing_are_whole_and_hold_all_that_was_announced(
    store: CaptureStore, entry_of: MakeEntry
) -> None:
    announced = 0
    done = threading.Event()

    def stored(count: int) -> None:
        nonlocal announced
        announced = count
        if count == 20_000:
            done.set()

    for start in range(1, 20_001, 100):
        store.append([(entry_of(number), b"%d" % number) for number in range(start, start + 100)], stored)
    reads = 0
    while not done.is_set() or reads == 0:
        known = announced
        page = store.page(max(1, known - 49), 50)
        assert [entry.number for entry in page][: min(known, 50)] == list(range(max(1, known - 49), known + 1))
        if known:
            assert store.payload(known) == b"%d" % known
        reads += 1
    assert store.count == 20_000


def test_readers_in_many_threads_do_not_disturb_each_other(store: CaptureStore, append: Append) -> None:
    append(store, [b"%d" % number for number in range(1, 1_001)])
    wrong: list[int] = []

    def read(first: int) -> None:
        wrong.extend(number for number in range(first, 1_001, 7) if store.payload(number) != b"%d" % number)

    threads = [threading.Thread(target=read, args=(first,)) for first in range(1, 8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(WAIT_S)
    assert wrong == []


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_nobody_but_the_owner_may_read_the_files(tmp_path: Path, append: Append, umask: int) -> None:
    before = os.umask(umask)
    try:
        named = CaptureStore.create(tmp_path / "owner.optave-capture")
        temporary = CaptureStore.create(None)
        for store in (named, temporary):
            append(store, [b"x" * 1000])
            for suffix in ("", "-wal", "-shm"):
                assert mode_of(store.path.with_name(store.path.name + suffix)) == 0o600
        assert mode_of(temporary.path.parent) == 0o700
        named.close()
        temporary.close()
    finally:
        os.umask(before)


def test_a_temporary_capture_goes_with_its_store(append: Append) -> None:
    store = CaptureStore.create(None)
    append(store, [b"x"])
    folder = store.path.parent
    assert folder.is_dir()
    store.close()
    assert not folder.exists()


def test_a_temporary_capture_goes_with_a_store_that_nobody_closed(append: Append) -> None:
    store = CaptureStore.create(None)
    append(store, [b"x"])
    folder = store.path.parent
    del store
    gc.collect()
    assert not folder.exists()


def test_a_store_may_be_collected_on_its_own_thread(entry_of: MakeEntry) -> None:
    stores = [CaptureStore.create(None)]
    folder = stores[0].path.parent
    collected = threading.Event()

    def drop_the_last_reference(_count: int) -> None:
        stores.clear()
        gc.collect()
        collected.set()

    stores[0].append([(entry_of(1), b"x")], drop_the_last_reference)
    assert collected.wait(WAIT_S)
    assert not folder.exists()


def test_appending_while_closing_is_refused_and_does_not_hang(tmp_path: Path, entry_of: MakeEntry) -> None:
    store = CaptureStore.create(tmp_path / "closing.optave-capture")
    closing, refused = threading.Event(), threading.Event()

    def append_while_closing(_count: int) -> None:
        assert closing.wait(WAIT_S)
        while not refused.is_set():
            try:
                store.append([], ignore)
            except StoreError:
                refused.set()

    store.append([(entry_of(1), b"x")], append_while_closing)
    closing.set()
    store.close()
    assert refused.is_set()


def test_a_capture_that_is_closed_during_a_search_lets_it_finish_or_says_so(tmp_path: Path, append: Append) -> None:
    store = CaptureStore.create(tmp_path / "searched.optave-capture")
    append(store, [b"needle"] * 5_000)
    found: list[int] = []

    def found_and_close(numbers: list[int]) -> None:
        found.extend(numbers)
        store.close()

    store.numbers_with_text("needle", lambda: False, found_and_close)
    assert found == list(range(1, 5_001))
    with pytest.raises(StoreError, match="closed"):
        store.page(1, 10)
    assert [path.name for path in tmp_path.glob("searched*")] == ["searched.optave-capture"]


def test_a_closed_capture_is_one_file_that_holds_all(tmp_path: Path, entry_of: MakeEntry) -> None:
    store = CaptureStore.create(tmp_path / "whole.optave-capture")
    for number in range(1, 3_001):
        store.append([(entry_of(number), b"%d" % number)], ignore)
    store.close()
    assert [path.name for path in tmp_path.glob("whole*")] == ["whole.optave-capture"]
    again = CaptureStore.open(tmp_path / "whole.optave-capture")
    assert again.count == 3_000
    assert again.payload(3_000) == b"3000"
    again.close()


fields = st.text(max_size=50) | st.sampled_from(["\ud800", "a\0b", "é", "\U0001f600"])
integers = st.integers() | st.integers(-(2**63), 2**63 - 1)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(integers, integers, fields, fields, fields, st.binary(max_size=200)), min_size=1, max_size=40)
)
def test_whatever_stands_in_the_fields_the_payload_is_exact(
    rows: list[tuple[int, int, str, str, str, bytes]],
) -> None:
    batch = [
        (Entry(number, 1, 0, 1, monotonic, wall, len(payload), 0, action=action, state=state, summary=summary), payload)
        for number, (monotonic, wall, action, state, summary, payload) in enumerate(rows, 1)
    ]
    store = CaptureStore.create(None)
    try:
        done = threading.Event()
        store.append(batch, lambda _count: done.set())
        assert done.wait(WAIT_S)
        assert store.lost_persistence == ""
        for (sent, payload), got in zip(batch, store.page(1, len(batch)), strict=True):
            assert store.payload(got.number) == payload
            assert got.monotonic_ns == max(-(2**63), min(2**63 - 1, sent.monotonic_ns))
            assert got.summary == sent.summary.encode("utf-8", "replace").decode()
    finally:
        store.close()
