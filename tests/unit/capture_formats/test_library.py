"""The folder of captures: names, what is there, what a crash left."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
import subprocess
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from optave_inspector.capture.library import CaptureLibrary, CaptureState, look_at, recover
from optave_inspector.capture.new_file import WriteError
from optave_inspector.capture.recent import RecentCaptures
from optave_inspector.capture.schema import SCHEMA_VERSION
from optave_inspector.capture.store import CaptureStore, StoreError

Holding = Callable[[Path, str], AbstractContextManager[subprocess.Popen[str]]]
MakeCapture = Callable[..., Path]
NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


@pytest.fixture
def library(tmp_path: Path) -> CaptureLibrary:
    """An empty folder of captures."""
    folder = tmp_path / "captures"
    folder.mkdir()
    return CaptureLibrary(folder)


def states(library: CaptureLibrary) -> dict[str, CaptureState]:
    return {each.path.name.removesuffix(".optave-capture"): each.state for each in library.captures()}


@pytest.mark.parametrize(
    ("profile", "name"),
    [
        ("Acme", "2026-03-04 05-06-07 Acme"),
        ("", "2026-03-04 05-06-07"),
        ("../../etc/passwd", "2026-03-04 05-06-07 etc-passwd"),
        ("Büro: München / Test?", "2026-03-04 05-06-07 Büro-München-Test"),
        ("x" * 300, "2026-03-04 05-06-07 " + "x" * 60),
        ("\0\n:", "2026-03-04 05-06-07"),
        ("...", "2026-03-04 05-06-07"),
    ],
)
def test_a_capture_is_named_by_time_and_profile(library: CaptureLibrary, profile: str, name: str) -> None:
    path = library.new_capture_path(NOW, profile)
    assert path.name == f"{name}.optave-capture"
    assert path.parent == library.folder


def test_captures_of_the_same_second_get_names_of_their_own(library: CaptureLibrary) -> None:
    made = [library.create(NOW, "Acme", "ws-acme.example") for _ in range(3)]
    assert [store.path.name for store in made] == [
        "2026-03-04 05-06-07 Acme.optave-capture",
        "2026-03-04 05-06-07 Acme (2).optave-capture",
        "2026-03-04 05-06-07 Acme (3).optave-capture",
    ]
    assert made[0].info.tenant == "ws-acme.example"
    assert made[0].info.created_wall_ns == int(NOW.timestamp()) * 10**9
    for store in made:
        store.close()


def test_sessions_that_begin_at_once_do_not_take_each_others_capture(library: CaptureLibrary) -> None:
    made: list[CaptureStore] = []
    threads = [threading.Thread(target=lambda: made.append(library.create(NOW, "Acme"))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({store.path for store in made}) == 8
    for store in made:
        store.close()


def test_a_name_is_not_used_again_while_a_log_of_it_lies_there(library: CaptureLibrary) -> None:
    (library.folder / "2026-03-04 05-06-07 Acme.optave-capture-wal").write_bytes(b"left behind")
    assert library.new_capture_path(NOW, "Acme").name == "2026-03-04 05-06-07 Acme (2).optave-capture"


def test_a_folder_that_cannot_be_written_is_said(library: CaptureLibrary) -> None:
    library.folder.rmdir()
    with pytest.raises(StoreError, match="cannot be created"):
        library.create(NOW, "Acme")


def test_the_folder_tells_what_each_capture_is(
    library: CaptureLibrary, capture: MakeCapture, crashed: Path, holding: Holding
) -> None:
    folder = library.folder
    capture([b"one", b"two"], folder / "closed.optave-capture")
    for each in crashed.parent.glob(f"{crashed.name}*"):
        each.rename(folder / each.name)
    (folder / "damaged.optave-capture").write_bytes(b"not a database, by far not one " * 100)
    newer = capture([b"one"], folder / "newer.optave-capture")
    with sqlite3.connect(newer) as connection:
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    connection.close()
    (folder / "a note.txt").write_text("not a capture")
    (folder / "link.optave-capture").symlink_to(folder / "closed.optave-capture")
    (folder / "folder.optave-capture").mkdir()
    mine = library.create(NOW, "")
    with holding(folder / "theirs.optave-capture", "write"):
        assert states(library) == {
            "closed": CaptureState.CLOSED,
            "crashed": CaptureState.CRASHED,
            "damaged": CaptureState.DAMAGED,
            "newer": CaptureState.NEWER,
            "2026-03-04 05-06-07": CaptureState.OPEN,
            "theirs": CaptureState.OPEN,
        }
        found = {each.path.name: each for each in library.captures()}
    mine.close()
    assert found["closed.optave-capture"].entries == 2
    assert found["crashed.optave-capture"].entries == 7
    assert found["theirs.optave-capture"].entries == 7
    assert "no SQLite database" in found["damaged.optave-capture"].problem
    assert "newer Optave Inspector" in found["newer.optave-capture"].problem
    assert found["newer.optave-capture"].entries is None
    assert all(each.size_bytes > 0 and each.changed_wall_ns > 0 for each in found.values())
    assert [each.path.stem for each in library.crashed()] == ["theirs", "crashed"]


def test_looking_does_not_make_a_capture_younger(crashed: Path) -> None:
    for each in (crashed, Path(f"{crashed}-wal")):
        os.utime(each, ns=(10**18, 10**18))
    assert [look_at(crashed).changed_wall_ns for _ in range(2)] == [10**18, 10**18]


def test_the_size_counts_what_is_still_in_the_log(crashed: Path) -> None:
    whole = sum(each.stat().st_size for each in crashed.parent.glob(f"{crashed.name}*"))
    assert look_at(crashed).size_bytes == whole > crashed.stat().st_size


def test_recovering_says_how_much_there_is_and_makes_it_an_ordinary_capture(crashed: Path) -> None:
    found = recover(crashed)
    assert (found.path, found.entries, found.last_wall_ns) == (crashed, 7, 7)
    assert look_at(crashed).state is CaptureState.CLOSED
    assert look_at(crashed).info.recovered
    assert not Path(f"{crashed}-wal").exists()
    assert recover(crashed).entries == 7


def test_an_empty_capture_can_be_recovered(tmp_path: Path, capture: MakeCapture) -> None:
    assert recover(capture([])).entries == 0


def test_a_running_session_is_not_recovered(tmp_path: Path, holding: Holding) -> None:
    path = tmp_path / "live.optave-capture"
    with holding(path, "write"):
        with pytest.raises(StoreError, match="is being written by another session"):
            recover(path)
        assert look_at(path).state is CaptureState.OPEN


def test_a_log_that_was_cut_loses_only_what_was_in_the_missing_part(crashed: Path) -> None:
    log = Path(f"{crashed}-wal")
    log.write_bytes(log.read_bytes()[:-1_000])
    assert recover(crashed).entries == 0


def test_a_capture_with_gaps_is_not_recovered_but_said_to_be_damaged(crashed: Path) -> None:
    connection = sqlite3.connect(crashed, isolation_level=None)
    connection.execute("DELETE FROM entries WHERE number IN (2, 3)")
    connection.close()
    with pytest.raises(StoreError, match="2 entries are missing"):
        recover(crashed)


def test_a_missing_capture_cannot_be_looked_at(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        look_at(tmp_path / "none.optave-capture")


@pytest.mark.skipif(os.name != "posix", reason="about POSIX modes")
def test_a_recent_list_is_the_newest_first_each_once_for_its_owner(tmp_path: Path, capture: MakeCapture) -> None:
    recent = RecentCaptures(tmp_path / "recent.json")
    assert recent.all() == []
    there = capture([b"one"])
    for when, path in enumerate([there, tmp_path / "gone", tmp_path / "other", there], 1):
        recent.add(path, when)
    assert [(Path(each.path).name, each.opened_wall_ns, each.is_there) for each in recent.all()] == [
        ("made.optave-capture", 4, True),
        ("other", 3, False),
        ("gone", 2, False),
    ]
    assert stat.S_IMODE((tmp_path / "recent.json").stat().st_mode) == 0o600
    recent.remove(there)
    assert [Path(each.path).name for each in recent.all()] == ["other", "gone"]
    recent.clear()
    assert recent.all() == []
    assert there.exists()


def test_a_recent_list_forgets_the_oldest(tmp_path: Path) -> None:
    recent = RecentCaptures(tmp_path / "recent.json")
    for number in range(30):
        recent.add(tmp_path / str(number), number)
    assert [Path(each.path).name for each in recent.all()] == [str(number) for number in range(29, 9, -1)]


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"recent": [{"path": 1}]}', '{"recent": {"a": 1}}', "[" * 100_000, "\xff"]
)
def test_a_recent_list_that_makes_no_sense_counts_as_empty(tmp_path: Path, text: str) -> None:
    file = tmp_path / "recent.json"
    file.write_bytes(text.encode("latin-1"))
    recent = RecentCaptures(file)
    assert recent.all() == []
    recent.add(tmp_path / "a", 1)
    assert len(recent.all()) == 1
    assert json.loads(file.read_text())["version"] == 1


def test_a_recent_list_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="There is no folder"):
        RecentCaptures(tmp_path / "none" / "recent.json").add(tmp_path, 1)
