"""A disk that takes no more: nothing is lost, everything stays readable, and it is said."""

from __future__ import annotations

import contextlib
import queue
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence

import pytest

from optave_inspector.capture import writer
from optave_inspector.capture.store import CaptureStore, StoreError

if sys.platform == "win32":
    pytest.skip("disks are made full by means of POSIX", allow_module_level=True)
import resource
from typing import TYPE_CHECKING

from tests.small_disk import SMALL, SmallDisk, full_disk, small_files

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.capture.entry import Entry

WAIT_S = 20.0

Append = Callable[[CaptureStore, Sequence[bytes]], int]


@pytest.fixture(params=["full disk", "file size limit"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SmallDisk]:
    """A really full disk where this user may mount one; the limit on a file's size stands in for it elsewhere."""
    with (full_disk if request.param == "full disk" else small_files)(tmp_path) as disk:
        yield disk


def payload(number: int) -> bytes:
    return b"entry %d " % number + bytes([number % 256]) * 900


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < deadline, "it did not happen in time"
        threading.Event().wait(0.01)


def fill(store: CaptureStore, append: Append, batches: int = 20) -> None:
    for start in range(1, batches * 100 + 1, 100):
        append(store, [payload(number) for number in range(start, start + 100)])


def test_nothing_is_lost_when_the_disk_is_full(small_disk: SmallDisk, append: Append) -> None:
    failures: list[StoreError] = []
    store = CaptureStore.create(small_disk.folder / "full.optave-capture", failures.append)
    fill(store, append)
    assert store.count == 2_000
    assert 0 < store.unsaved < 2_000
    assert "kept in memory only" in store.lost_persistence
    assert str(store.path) in store.lost_persistence
    assert [failure.sentence for failure in failures] == [store.lost_persistence]
    assert failures[0].hint
    assert [store.payload(number) for number in range(1, 2_001)] == [payload(number) for number in range(1, 2_001)]
    assert [entry.number for entry in store.page(1, 2_000)] == list(range(1, 2_001))
    saved = store.count - store.unsaved
    assert [entry.number for entry in store.page(saved - 5, 11)] == list(range(saved - 5, saved + 6))
    assert store.entry(2_000).size == len(payload(2_000))
    assert store.payload_head(2_000, 10) == b"entry 2000"
    found: list[int] = []
    store.numbers_with_text("ENTRY 199", lambda: False, found.extend)
    assert found == [199, *range(1_990, 2_000)]
    with pytest.raises(StoreError, match=f"{store.unsaved} entries could not be saved"):
        store.close()


def test_what_was_saved_before_the_disk_was_full_stays_sound(small_disk: SmallDisk, append: Append) -> None:
    path = small_disk.folder / "full.optave-capture"
    store = CaptureStore.create(path)
    fill(store, append)
    saved = store.count - store.unsaved
    with pytest.raises(StoreError):
        store.close()
    small_disk.make_room()
    again = CaptureStore.open(path)
    assert again.count == saved
    assert [again.payload(number) for number in range(1, saved + 1)] == [
        payload(number) for number in range(1, saved + 1)
    ]
    again.close()


def test_entries_move_to_the_disk_when_there_is_room_again(
    small_disk: SmallDisk, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_RETRY_AFTER_S", 0.05)
    path = small_disk.folder / "again.optave-capture"
    store = CaptureStore.create(path)
    fill(store, append)
    assert store.unsaved
    small_disk.make_room()
    wait_until(lambda: not store.lost_persistence)
    assert store.unsaved == 0
    append(store, [payload(2_001)])
    store.close()
    again = CaptureStore.open(path)
    assert again.count == 2_001
    assert [again.payload(number) for number in (1, 1_500, 2_001)] == [payload(number) for number in (1, 1_500, 2_001)]
    again.close()


def test_closing_tries_once_more(small_disk: SmallDisk, append: Append) -> None:
    path = small_disk.folder / "late.optave-capture"
    store = CaptureStore.create(path)
    fill(store, append)
    small_disk.make_room()
    store.close()
    again = CaptureStore.open(path)
    assert again.count == 2_000
    again.close()


def test_reading_goes_on_while_writing_fails_and_recovers(
    small_disk: SmallDisk, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer, "_RETRY_AFTER_S", 0.02)
    store = CaptureStore.create(small_disk.folder / "race.optave-capture")
    wrong: list[int] = []
    going = threading.Event()
    going.set()

    def read() -> None:
        while going.is_set():
            count = store.count
            page = store.page(1, count)
            if [entry.number for entry in page] != list(range(1, count + 1)):
                wrong.append(count)
            if count and store.payload(count) != payload(count):
                wrong.append(-count)

    reader = threading.Thread(target=read)
    reader.start()
    fill(store, append, 15)
    small_disk.make_room()
    wait_until(lambda: not store.lost_persistence)
    going.clear()
    reader.join(WAIT_S)
    assert wrong == []
    store.close()


def test_a_disk_that_is_full_from_the_start_is_said_before_anything_is_lost(small_disk: SmallDisk) -> None:
    (small_disk.folder / "filler").write_bytes(b"x" * (SMALL - 8192))
    folder = small_disk.folder / "sub"
    with contextlib.suppress(OSError):
        folder.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(StoreError, match="cannot be created") as caught:
            CaptureStore.create(folder / "none.optave-capture")
        in_memory = CaptureStore.create(None)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert caught.value.hint
    assert list(small_disk.folder.rglob("none*")) == []
    assert "no temporary file can be created" in in_memory.lost_persistence
    in_memory.close()


def test_an_entry_that_the_file_refuses_stays_readable(tmp_path: Path, entry_of: Callable[..., Entry]) -> None:
    store = CaptureStore.create(tmp_path / "odd.optave-capture")
    counts: queue.SimpleQueue[int] = queue.SimpleQueue()
    store.append([(entry_of(1), b"good")], counts.put)
    assert counts.get(timeout=WAIT_S) == 1
    store.append([(entry_of(2, summary=None), b"odd"), (entry_of(3), b"good again")], counts.put)
    assert counts.get(timeout=WAIT_S) == 3
    assert "NOT NULL" in store.lost_persistence
    assert [store.payload(number) for number in (1, 2, 3)] == [b"good", b"odd", b"good again"]
    assert store.unsaved == 2
    with pytest.raises(StoreError, match="2 entries could not be saved"):
        store.close()


def test_without_any_place_for_temporary_files_a_session_runs_in_memory(
    tmp_path: Path, append: Append, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "missing"))
    store = CaptureStore.create(None)
    assert "no temporary file can be created" in store.lost_persistence
    fill(store, append, 2)
    assert store.unsaved == 200
    assert store.payload(200) == payload(200)
    assert [entry.number for entry in store.page(1, 500)] == list(range(1, 201))
    store.close()


def test_a_failing_listener_to_failures_does_not_stop_the_store(
    small_disk: SmallDisk, append: Append, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_error: StoreError) -> None:
        raise RuntimeError("listener")

    store = CaptureStore.create(small_disk.folder / "x.optave-capture", fail)
    fill(store, append)
    assert store.payload(2_000) == payload(2_000)
    assert "listener to failures of the capture failed" in caplog.text
    with pytest.raises(StoreError):
        store.close()
