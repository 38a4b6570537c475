"""Opening captures without a trace, beside a session that writes, and after a crash."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from optave_inspector.capture.opening import DamagedCaptureError, in_use
from optave_inspector.capture.store import CaptureStore, StoreError

Holding = Callable[[Path, str], AbstractContextManager[subprocess.Popen[str]]]
MakeCapture = Callable[..., Path]
WAIT_S = 20.0
NOBODY = 65_534


def folder_of(path: Path) -> dict[str, bytes]:
    return {each.name: each.read_bytes() for each in path.parent.iterdir() if not each.name.endswith("-shm")}


def test_looking_into_a_capture_changes_no_byte_and_leaves_nothing_beside_it(capture: MakeCapture) -> None:
    path = capture([b"one", b"two"])
    before = folder_of(path)
    store = CaptureStore.open(path, read_only=True)
    assert store.read_only
    assert [store.payload(number) for number in (1, 2)] == [b"one", b"two"]
    store.close()
    assert folder_of(path) == before
    assert not list(path.parent.glob("*-shm"))


def test_what_is_open_for_reading_takes_nothing(capture: MakeCapture, entry_of: Callable[..., object]) -> None:
    store = CaptureStore.open(capture([b"one"]), read_only=True)
    for refused in (
        lambda: store.append([(entry_of(2), b"")], lambda _count: None),
        lambda: store.set_bookmark(1, "note"),
        lambda: store.remove_bookmark(1),
        lambda: store.describe(kept=True),
    ):
        with pytest.raises(StoreError, match="reading only"):
            refused()
    assert store.bookmarks == {}
    assert not store.info.kept
    store.close()


def test_a_capture_is_read_while_another_process_writes_it(tmp_path: Path, holding: Holding) -> None:
    path = tmp_path / "live.optave-capture"
    with holding(path, "write"):
        store = CaptureStore.open(path, read_only=True)
        assert store.payload(7) == b"kept 7"
        assert not store.info.closed
        store.close()
        with pytest.raises(StoreError, match="is being written by another session"):
            CaptureStore.open(path)


def test_a_capture_that_a_crash_left_is_read_without_changing_it(crashed: Path) -> None:
    before = folder_of(crashed)
    assert before[f"{crashed.name}-wal"]
    store = CaptureStore.open(crashed, read_only=True)
    assert [store.payload(number) for number in range(1, 8)] == [b"kept %d" % number for number in range(1, 8)]
    store.close()
    assert folder_of(crashed) == before


def test_opening_a_crashed_capture_for_writing_marks_it_as_recovered(crashed: Path) -> None:
    store = CaptureStore.open(crashed)
    assert store.count == 7
    assert store.info.recovered
    store.close()
    again = CaptureStore.open(crashed, read_only=True)
    assert again.info.closed
    assert again.info.recovered
    again.close()


@pytest.fixture
def unwritable(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Path]]:
    """Copy a capture to a folder that this process may read but not write; root becomes somebody else for that."""
    folder = Path(tempfile.mkdtemp(prefix="optave-inspector-test-"))

    def copy(path: Path) -> Path:
        for each in path.parent.glob(f"{path.name}*"):
            if not each.name.endswith("-shm"):
                shutil.copyfile(each, folder / each.name)
                (folder / each.name).chmod(0o444)
        folder.chmod(0o555)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
        return folder / path.name

    yield copy
    if os.getuid() == 0:
        os.seteuid(0)
    folder.chmod(0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only by means of POSIX")
def test_a_capture_where_nothing_can_be_written_is_read(
    capture: MakeCapture, unwritable: Callable[[Path], Path]
) -> None:
    store = CaptureStore.open(unwritable(capture([b"one"])), read_only=True)
    assert store.payload(1) == b"one"
    store.close()


@pytest.mark.skipif(os.name != "posix", reason="folders are made read-only by means of POSIX")
def test_a_crashed_capture_where_nothing_can_be_written_says_what_to_do(
    crashed: Path, unwritable: Callable[[Path], Path]
) -> None:
    with pytest.raises(StoreError) as caught:
        CaptureStore.open(unwritable(crashed), read_only=True)
    assert "-wal, to a folder that can be written" in caught.value.hint


def test_whoever_has_a_capture_open_is_noticed_and_nobody_after_them(
    capture: MakeCapture, tmp_path: Path, holding: Holding
) -> None:
    path = capture([b"one"])
    assert not in_use(path)
    with holding(path, "read"):
        assert in_use(path)
    assert not in_use(path)
    store = CaptureStore.create(tmp_path / "mine.optave-capture")
    assert in_use(store.path)
    store.close()
    assert not in_use(store.path)
    (tmp_path / "text").write_text("no database " * 1_000)
    assert not in_use(tmp_path / "text")
    assert not in_use(tmp_path / "missing")


def test_two_that_opened_a_capture_do_not_both_go_on_with_it(
    capture: MakeCapture, entry_of: Callable[..., object], fill: Callable[..., None]
) -> None:
    path = capture([b"one"])
    first, second = CaptureStore.open(path), CaptureStore.open(path)
    fill(first, [(entry_of(2, b"mine"), b"mine")])
    fill(second, [(entry_of(2, b"yours"), b"yours")])
    assert "another session writes this capture" in second.lost_persistence
    assert second.payload(2) == b"yours"
    with pytest.raises(StoreError, match="1 entries could not be saved"):
        second.close()
    first.close()
    again = CaptureStore.open(path, read_only=True)
    assert again.payload(2) == b"mine"
    assert again.info.closed
    again.close()


@pytest.mark.parametrize("read_only", [True, False])
def test_a_capture_without_its_tables_is_damaged(capture: MakeCapture, read_only: bool) -> None:
    path = capture([b"one"])
    with sqlite3.connect(path) as connection:
        connection.execute("DROP TABLE meta")
    connection.close()
    with pytest.raises(DamagedCaptureError, match="no such table"):
        CaptureStore.open(path, read_only=read_only)


def test_a_session_that_ends_well_says_so_in_the_file(tmp_path: Path) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    looking = CaptureStore.open(store.path, read_only=True)
    assert not looking.info.closed
    looking.close()
    store.close()
    looking = CaptureStore.open(store.path, read_only=True)
    assert looking.info.closed
    assert not looking.info.recovered
    assert looking.info.app_version
    assert looking.info.created_wall_ns
    looking.close()


def test_info_of_strange_kinds_counts_as_missing(capture: MakeCapture) -> None:
    path = capture([b"one"])
    with sqlite3.connect(path) as connection:
        connection.execute("UPDATE meta SET value = 'soon' WHERE name = 'created_wall_ns'")
        connection.execute("INSERT INTO meta VALUES ('of the future', 'x')")
    connection.close()
    store = CaptureStore.open(path, read_only=True)
    assert store.info.created_wall_ns == 0
    store.close()


def test_entries_and_payloads_of_any_numbers_come_in_order(
    tmp_path: Path, entry_of: Callable[..., object], fill: Callable[..., None]
) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    fill(store, [(entry_of(number, b"%d" % number), b"%d" % number) for number in range(1, 1_602)])
    for numbers in ([1], [2, 5, 1601], range(1, 1602), range(2, 1602, 3), []):
        assert [entry.number for entry in store.entries(numbers)] == list(numbers)
        assert store.payloads(numbers) == [b"%d" % number for number in numbers]
    for wrong in ([0], [1, 1602], [-1, 2]):
        with pytest.raises(KeyError):
            store.entries(wrong)
        with pytest.raises(KeyError):
            store.payloads(wrong)
    store.close()


def test_entries_missing_in_the_middle_are_said(capture: MakeCapture) -> None:
    path = capture([b"one", b"two", b"three"])
    with sqlite3.connect(path) as connection:
        connection.execute("DELETE FROM entries WHERE number = 2")
    connection.close()
    store = CaptureStore.open(path, read_only=True)
    with pytest.raises(StoreError, match="entries are missing"):
        store.entries([1, 2, 3])
    store.close()


def test_payloads_kept_in_memory_join_those_in_the_file(
    tmp_path: Path, entry_of: Callable[..., object], fill: Callable[..., None]
) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    fill(store, [(entry_of(1, b"file"), b"file")])
    fill(store, [(entry_of(2, summary=None), b"memory")])
    assert store.unsaved == 1
    assert store.payloads([1, 2]) == [b"file", b"memory"]
    assert [entry.number for entry in store.entries([2])] == [2]
    with pytest.raises(StoreError, match="could not be saved"):
        store.close()


def test_a_note_goes_into_the_file_and_out_again(capture: MakeCapture) -> None:
    path = capture([b"one", b"two", b"three"])
    store = CaptureStore.open(path)
    store.set_bookmark(2, "look \ud800 here")
    store.set_bookmark(3)
    store.set_bookmark(3, "and here")
    store.set_bookmark(1)
    store.remove_bookmark(1)
    store.remove_bookmark(1)
    store.describe(profile="Acme", kept=True)
    assert store.bookmarks == {2: "look ? here", 3: "and here"}
    for number in (0, 4):
        with pytest.raises(KeyError):
            store.set_bookmark(number)
    store.close()
    with pytest.raises(StoreError, match="closed"):
        store.set_bookmark(1)
    again = CaptureStore.open(path, read_only=True)
    assert again.bookmarks == {2: "look ? here", 3: "and here"}
    assert (again.info.profile, again.info.kept, again.info.closed) == ("Acme", True, True)
    again.close()


def test_notes_are_written_while_entries_come(
    tmp_path: Path, entry_of: Callable[..., object], fill: Callable[..., None]
) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    done = threading.Event()
    for number in range(1, 301):
        store.append([(entry_of(number, b"x"), b"x")], lambda count: done.set() if count == 300 else None)
        if store.count:
            store.set_bookmark(store.count, f"note {store.count}")
    assert done.wait(WAIT_S)
    store.set_bookmark(300, "the last")
    told = store.bookmarks
    store.close()
    again = CaptureStore.open(store.path, read_only=True)
    assert again.bookmarks == told
    again.close()
