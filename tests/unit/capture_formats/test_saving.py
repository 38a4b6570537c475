"""Saving a copy: whole or not at all, from a live session, from a full disk, onto a full disk."""

from __future__ import annotations

import os
import sqlite3
import stat
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from optave_inspector.capture.new_file import WriteError
from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.schema import PART_BYTES
from optave_inspector.capture.store import CaptureStore, StoreError

MakeCapture = Callable[..., Path]
Fill = Callable[..., None]
MakeEntry = Callable[..., object]
WAIT_S = 20.0


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def contents(path: Path) -> list[bytes]:
    store = CaptureStore.open(path, read_only=True)
    try:
        assert store.info.closed
        return store.payloads(range(1, store.count + 1))
    finally:
        store.close()


@pytest.fixture
def large(tmp_path: Path, fill: Fill, entry_of: MakeEntry) -> Iterator[CaptureStore]:
    """An open capture of some 40 MB."""
    (tmp_path / "from").mkdir()
    store = CaptureStore.create(tmp_path / "from" / "large.optave-capture")
    fill(store, [(entry_of(number, b"x" * 20_000), b"x" * 20_000) for number in range(1, 2_001)])
    yield store
    store.close()


def test_a_stopped_copy_leaves_nothing_and_the_old_file_as_it_was(large: CaptureStore, tmp_path: Path) -> None:
    target = tmp_path / "copy.optave-capture"
    target.write_bytes(b"old")
    asked: list[int] = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 3

    with pytest.raises(Stopped):
        large.save_as(target, stop=stop)
    assert target.read_bytes() == b"old"
    assert files(tmp_path) == ["copy.optave-capture", "from"]


@pytest.mark.skipif(os.name != "posix", reason="disks are made full by means of POSIX")
def test_a_full_disk_is_said_in_words_and_leaves_nothing(large: CaptureStore, small_disk: Path) -> None:
    with pytest.raises(WriteError, match=r"cannot be written: (the disk|No space left|File too large)") as caught:
        large.save_as(small_disk / "copy.optave-capture")
    assert caught.value.hint
    assert files(small_disk) == []
    assert large.payload(2_000) == b"x" * 20_000


@pytest.mark.parametrize("name", ["large.optave-capture", "large.optave-capture-wal", "link"])
def test_a_capture_is_not_saved_over_itself(large: CaptureStore, name: str) -> None:
    folder = large.path.parent
    (folder / "link").symlink_to(large.path)
    with pytest.raises(WriteError, match="is the capture itself"):
        large.save_as(folder / name)
    assert large.count == 2_000


def test_a_capture_that_is_open_is_not_replaced(large: CaptureStore, tmp_path: Path) -> None:
    other = CaptureStore.create(tmp_path / "other.optave-capture")
    with pytest.raises(WriteError, match="is open at this moment"):
        large.save_as(other.path)
    other.close()


def test_a_missing_folder_and_a_folder_in_the_targets_place_are_said(large: CaptureStore, tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="There is no folder"):
        large.save_as(tmp_path / "none" / "copy.optave-capture")
    (tmp_path / "taken").mkdir()
    with pytest.raises(WriteError, match="is no regular file"):
        large.save_as(tmp_path / "taken")


def test_what_sqlite_left_beside_a_replaced_file_does_not_spoil_the_copy(
    crashed: Path, capture: MakeCapture, tmp_path: Path
) -> None:
    store = CaptureStore.open(capture([b"mine"]), read_only=True)
    assert Path(f"{crashed}-wal").stat().st_size
    store.save_as(crashed)
    store.close()
    assert contents(crashed) == [b"mine"]


def test_the_copy_is_one_file_for_its_owner_with_all_that_was_in_the_original(
    tmp_path: Path, fill: Fill, entry_of: MakeEntry
) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    huge = os.urandom(PART_BYTES + 100)
    fill(store, [(entry_of(1, b"one"), b"one"), (entry_of(2, huge), huge)])
    store.set_bookmark(2, "huge")
    store.describe(profile="Acme", tenant="ws.example", kept=True)
    told: list[tuple[int, int]] = []
    (tmp_path / "to").mkdir()
    target = tmp_path / "to" / "b.optave-capture"
    assert store.save_as(target, lambda done, total: told.append((done, total))) == 2
    store.close()
    assert files(target.parent) == ["b.optave-capture"]
    if os.name == "posix":
        assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert told
    assert contents(target) == [b"one", huge]
    copy = CaptureStore.open(target, read_only=True)
    assert copy.bookmarks == {2: "huge"}
    assert (copy.info.profile, copy.info.tenant, copy.info.kept) == ("Acme", "ws.example", True)
    copy.close()


def test_a_copy_goes_on_like_any_capture(capture: MakeCapture, tmp_path: Path, fill: Fill, entry_of: MakeEntry) -> None:
    store = CaptureStore.open(capture([b"one"]), read_only=True)
    store.save_as(tmp_path / "copy.optave-capture")
    store.close()
    copy = CaptureStore.open(tmp_path / "copy.optave-capture")
    fill(copy, [(entry_of(2, b"two"), b"two")])
    copy.close()
    assert contents(tmp_path / "copy.optave-capture") == [b"one", b"two"]


def test_a_copy_of_a_session_in_a_flood_ends_and_is_whole(tmp_path: Path, fill: Fill, entry_of: MakeEntry) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    fill(store, [(entry_of(number, b"y" * 5_000), b"y" * 5_000) for number in range(1, 3_001)])
    going = threading.Event()
    going.set()

    def flood() -> None:
        number = 3_001
        while going.is_set():
            done = threading.Event()
            batch = [(entry_of(each, b"y" * 5_000), b"y" * 5_000) for each in range(number, number + 100)]
            store.append(batch, lambda _count, done=done: done.set())  # type: ignore[misc]
            number += 100
            assert done.wait(WAIT_S)

    thread = threading.Thread(target=flood)
    thread.start()
    try:
        before = store.count
        saved = store.save_as(tmp_path / "copy.optave-capture")
        after = store.count
    finally:
        going.clear()
        thread.join(WAIT_S)
    store.close()
    assert before <= saved <= after
    assert contents(tmp_path / "copy.optave-capture") == [b"y" * 5_000] * saved


def test_entries_that_the_disk_refused_go_along(tmp_path: Path, fill: Fill, entry_of: MakeEntry) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    fill(store, [(entry_of(1, b"file"), b"file")])
    blocker = sqlite3.connect(store.path, isolation_level=None)
    blocker.execute("CREATE TRIGGER no BEFORE INSERT ON entries BEGIN SELECT RAISE(ABORT, 'refused'); END")
    blocker.close()
    fill(store, [(entry_of(number, b"memory"), b"memory") for number in range(2, 1_200)])
    assert store.unsaved == 1_198
    plain = sqlite3.connect(store.path, isolation_level=None)
    plain.execute("DROP TRIGGER no")
    plain.close()
    assert store.save_as(tmp_path / "copy.optave-capture") == 1_199
    assert contents(tmp_path / "copy.optave-capture") == [b"file"] + [b"memory"] * 1_198
    store.close()


def test_a_session_without_any_file_can_be_saved(
    tmp_path: Path, fill: Fill, entry_of: MakeEntry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(_path: Path, _info: object) -> object:
        raise StoreError("no disk")

    monkeypatch.setattr("optave_inspector.capture.store.create_file", none)
    store = CaptureStore.create(None)
    monkeypatch.undo()
    fill(store, [(entry_of(1, b"memory"), b"memory")])
    store.set_bookmark(1, "note")
    assert store.save_as(tmp_path / "saved.optave-capture") == 1
    store.close()
    assert contents(tmp_path / "saved.optave-capture") == [b"memory"]


def test_damage_in_the_original_is_not_taken_for_a_full_disk(capture: MakeCapture, tmp_path: Path) -> None:
    path = capture([b"payload %d " % number * 2_000 for number in range(500)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 3 * 16384])

    def save() -> None:
        store = CaptureStore.open(path, read_only=True)
        try:
            store.save_as(tmp_path / "copy.optave-capture")
        finally:
            store.close()

    with pytest.raises(StoreError, match="damaged"):
        save()
    assert not (tmp_path / "copy.optave-capture").exists()
