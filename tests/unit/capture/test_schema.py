"""Opening what may or may not be a capture."""

from __future__ import annotations

import errno
import sqlite3
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.schema import SCHEMA_VERSION, in_words
from optave_inspector.capture.store import CaptureStore, StoreError

if TYPE_CHECKING:
    from pathlib import Path

Append = Callable[[CaptureStore, Sequence[bytes]], int]


@pytest.fixture
def capture(tmp_path: Path, append: Append) -> Path:
    """A closed capture of 500 entries."""
    path = tmp_path / "kept.optave-capture"
    store = CaptureStore.create(path)
    append(store, [b"payload %d " % number * 20 for number in range(500)])
    store.close()
    return path


def test_a_missing_file_is_not_created(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="There is no capture"):
        CaptureStore.open(tmp_path / "nothing.optave-capture")
    assert list(tmp_path.glob("nothing*")) == []


def test_a_file_that_is_no_database_is_said_to_be_none(tmp_path: Path) -> None:
    path = tmp_path / "text.optave-capture"
    path.write_bytes(b"just some text, but more than a hundred bytes of it " * 10)
    with pytest.raises(StoreError, match="is no SQLite database"):
        CaptureStore.open(path)
    assert path.read_bytes().startswith(b"just some text")


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.optave-capture"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE entries (number INTEGER)")
    connection.close()
    with pytest.raises(StoreError, match="is no capture of Optave Inspector"):
        CaptureStore.open(path)


def test_an_empty_file_is_no_capture(tmp_path: Path) -> None:
    path = tmp_path / "empty.optave-capture"
    path.touch()
    with pytest.raises(StoreError, match="is no capture"):
        CaptureStore.open(path)


def test_a_newer_capture_is_left_alone_and_said_to_be_newer(capture: Path) -> None:
    connection = sqlite3.connect(capture)
    connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    before = capture.read_bytes()
    with pytest.raises(StoreError, match="newer Optave Inspector"):
        CaptureStore.open(capture)
    assert capture.read_bytes() == before


def test_a_capture_without_its_payloads_is_said_to_be_damaged(capture: Path) -> None:
    connection = sqlite3.connect(capture)
    connection.execute("DELETE FROM payloads WHERE number > 400")
    connection.commit()
    connection.close()
    with pytest.raises(StoreError, match="500 entries, and payloads for 400"):
        CaptureStore.open(capture)


def test_a_capture_cut_off_in_the_middle_says_so_instead_of_showing_half_a_truth(capture: Path) -> None:
    whole = capture.read_bytes()
    capture.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(StoreError, match="damaged"):
        CaptureStore.open(capture)


def test_damage_that_is_met_while_reading_is_said_in_words(capture: Path) -> None:
    whole = bytearray(capture.read_bytes())
    place = whole.index(b"payload 250 ") // 16384 * 16384
    whole[place : place + 16384] = b"\x55" * 16384
    capture.write_bytes(whole)
    store = CaptureStore.open(capture)
    try:
        with pytest.raises(StoreError, match="cannot be read: its content is damaged"):
            [store.payload(number) for number in range(1, store.count + 1)]
        assert store.payload(1).startswith(b"payload 0 ")
    finally:
        store.close()


def test_a_capture_that_exists_goes_on_where_it_ended(capture: Path, append: Append) -> None:
    store = CaptureStore.open(capture)
    assert store.count == 500
    assert append(store, [b"one more"]) == 501
    store.close()
    store = CaptureStore.open(capture)
    assert store.payload(501) == b"one more"
    store.close()


@pytest.mark.parametrize("name", ["a b?c#d%41.optave-capture", "ünï-код.optave-capture"])
def test_any_file_name_will_do(tmp_path: Path, append: Append, name: str) -> None:
    if sys.platform == "win32":
        name = name.replace("?", "")
    store = CaptureStore.create(tmp_path / name)
    append(store, [b"x"])
    store.close()
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".optave-capture"] == [name]


def test_failures_of_the_system_are_told_as_the_system_names_them() -> None:
    assert in_words(OSError(errno.ENOSPC, "No space left on device")) == "No space left on device"
    assert in_words(sqlite3.OperationalError("something odd")) == "something odd"
