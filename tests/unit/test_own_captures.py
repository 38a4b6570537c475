"""The captures that the app keeps by itself: begun, ended, found after a crash, cleaned up by the user's limits."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.library import CaptureState, look_at
from optave_inspector.capture.retention import Retention
from optave_inspector.capture.schema import StoreError
from optave_inspector.errors import InspectorError
from optave_inspector.own_captures import OwnCaptures

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.capture.store import CaptureStore

CRASH = """
import sys, threading
from pathlib import Path
from optave_inspector.capture.entry import Entry
from optave_inspector.own_captures import OwnCaptures
home = Path(sys.argv[1])
store = OwnCaptures(lambda: home, home / "limits.json", home / "recent.json").begin().store
stored = threading.Event()
store.append([(Entry(n, 1, 0, 1, n, n, 2, 4), b"{}") for n in (1, 2, 3)], lambda count: stored.set())
stored.wait()
print(store.path, flush=True)
threading.Event().wait()
"""


@pytest.fixture
def captures(tmp_path: Path) -> OwnCaptures:
    return OwnCaptures(lambda: tmp_path, tmp_path / "limits.json", tmp_path / "recent.json")


def fill(store: CaptureStore, count: int = 1) -> None:
    store.append([(Entry(number, 1, 0, 1, number, number, 2, 4), b"{}") for number in range(1, count + 1)], lambda _: 0)


def crash(home: Path) -> Path:
    """The capture of a real process that was killed while it wrote."""
    process = subprocess.Popen([sys.executable, "-c", CRASH, str(home)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    with process, process.stdout:
        path = process.stdout.readline().strip()
        os.kill(process.pid, signal.SIGKILL)
    return next(each for each in home.glob("*.optave-capture") if str(each) == path)


def test_a_folder_that_cannot_be_made_leaves_a_temporary_capture_and_says_so(tmp_path: Path) -> None:
    def refused() -> Path:
        raise InspectorError("The folder cannot be made: No space left on device.", "Make room.")

    captures = OwnCaptures(refused, tmp_path / "limits.json", tmp_path / "recent.json")
    new = captures.begin()
    assert new.store.is_temporary
    assert "No space left on device" in new.problem
    assert "goes when the app ends" in new.problem
    fill(new.store)
    captures.end(new.store)
    assert not new.store.path.exists()


def test_a_folder_that_is_gone_leaves_a_temporary_capture_and_says_so(tmp_path: Path) -> None:
    captures = OwnCaptures(lambda: tmp_path / "gone", tmp_path / "limits.json", tmp_path / "recent.json")
    new = captures.begin()
    assert new.store.is_temporary
    assert new.problem
    captures.end(new.store)


def test_a_capture_is_readable_by_its_owner_alone_and_stays(captures: OwnCaptures, tmp_path: Path) -> None:
    new = captures.begin()
    assert not new.problem
    assert new.store.path.parent == tmp_path
    assert new.store.path.stat().st_mode & 0o777 == 0o600
    fill(new.store)
    captures.end(new.store)
    assert look_at(new.store.path).entries == 1
    assert look_at(new.store.path).state is CaptureState.CLOSED


def test_a_capture_without_entries_goes_with_all_that_lies_beside_it(captures: OwnCaptures, tmp_path: Path) -> None:
    captures.end(captures.begin().store)
    assert list(tmp_path.iterdir()) == []


def test_two_sessions_of_one_moment_have_captures_of_their_own(captures: OwnCaptures) -> None:
    one, other = captures.begin(), captures.begin()
    assert one.store.path != other.store.path
    captures.end(one.store)
    captures.end(other.store)


def test_a_running_session_is_not_taken_for_a_crashed_one(captures: OwnCaptures) -> None:
    new = captures.begin()
    fill(new.store)
    assert captures.crashed() == []
    with pytest.raises(StoreError, match="is open"):
        captures.discard(new.store.path)
    captures.end(new.store)
    assert captures.crashed() == []


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_what_a_killed_process_left_is_found_and_taken_over_whole(captures: OwnCaptures, tmp_path: Path) -> None:
    path = crash(tmp_path)
    assert [(each.path, each.entries) for each in captures.crashed()] == [(path, 3)]
    captures.take_over(path, keep=True)
    assert captures.crashed() == []
    found = look_at(path)
    assert (found.state, found.entries, found.info.kept) == (CaptureState.CLOSED, 3, True)


@pytest.mark.skipif(os.name != "posix", reason="kills a process")
def test_what_a_killed_process_left_can_be_discarded(captures: OwnCaptures, tmp_path: Path) -> None:
    captures.discard(crash(tmp_path))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("text", ["", "[", '{"version": 99}', '{"retention": {"keep_days": "x"}}'])
def test_limits_that_cannot_be_understood_are_the_default_ones(
    captures: OwnCaptures, tmp_path: Path, text: str
) -> None:
    (tmp_path / "limits.json").write_text(text)
    assert captures.retention() == Retention()


def test_limits_are_kept(captures: OwnCaptures, tmp_path: Path) -> None:
    assert captures.retention() == Retention()
    captures.set_limits(Retention(None, 1_000_000))
    again = OwnCaptures(lambda: tmp_path, tmp_path / "limits.json", tmp_path / "recent.json")
    assert again.retention() == Retention(None, 1_000_000)


def test_a_clean_up_by_size_removes_the_oldest_and_tells_before(captures: OwnCaptures, tmp_path: Path) -> None:
    paths = []
    for age in (2, 1):
        store = captures.begin().store
        fill(store, 3)
        captures.end(store)
        then = store.path.stat().st_mtime_ns - age * 10**9
        os.utime(store.path, ns=(then, then))
        paths.append(store.path)
    limits = Retention(None, sum(path.stat().st_size for path in paths) - 1)
    told = captures.preview(limits, "")
    assert [each.path for each in told.removals] == paths[:1]
    assert paths[0].exists()
    captures.set_limits(limits)
    assert [each.removed for each in captures.clean_up().removals] == [True]
    assert not paths[0].exists()
    assert paths[1].exists()


def test_a_folder_that_takes_no_files_is_refused_in_words_and_the_former_stays(
    captures: OwnCaptures, tmp_path: Path
) -> None:
    file = tmp_path / "a file"
    file.write_text("")
    for folder, said, told_before in (
        (str(file), "Captures cannot be kept", "is a file, not a folder"),
        ("captures", "not the whole path", "not the whole path"),
    ):
        with pytest.raises(StoreError, match=said):
            captures.set_limits(Retention(7, None), folder)
        with pytest.raises(StoreError, match=told_before):
            captures.preview(Retention(), folder)
    assert captures.folder() == tmp_path
    assert captures.retention() == Retention()


def test_sessions_are_kept_in_the_chosen_folder_from_then_on_whatever_limits_change(
    captures: OwnCaptures, tmp_path: Path
) -> None:
    chosen = tmp_path / "far" / "away"
    captures.set_limits(Retention(), str(chosen))
    captures.set_limits(Retention(7, None))
    again = OwnCaptures(lambda: tmp_path, tmp_path / "limits.json", tmp_path / "recent.json")
    assert again.chosen_folder() == str(chosen)
    assert again.retention() == Retention(7, None)
    store = again.begin().store
    fill(store)
    again.end(store)
    assert store.path.parent == chosen
    again.set_limits(Retention(), "")
    assert again.folder() == tmp_path
    assert store.path.exists()


def test_a_chosen_folder_that_is_gone_leaves_a_temporary_capture_and_says_so(
    captures: OwnCaptures, tmp_path: Path
) -> None:
    chosen = tmp_path / "stick"
    captures.set_limits(Retention(), str(chosen))
    chosen.rmdir()
    begun = captures.begin()
    begun.store.close()
    assert begun.store.is_temporary
    assert "is not there" in begun.problem
    assert not chosen.exists()
    with pytest.raises(InspectorError, match="Choose one in File"):
        captures.crashed()


def test_what_a_crash_left_is_offered_although_captures_live_elsewhere_since(
    captures: OwnCaptures, tmp_path: Path
) -> None:
    left = crash(tmp_path)
    captures.set_limits(Retention(), str(tmp_path / "second"))
    captures.set_limits(Retention(), str(tmp_path / "third"))
    (tmp_path / "second").rmdir()
    assert [each.path for each in captures.crashed()] == [left]


def test_what_limits_would_remove_is_told_for_the_folder_that_is_to_be_chosen(
    captures: OwnCaptures, tmp_path: Path
) -> None:
    other = OwnCaptures(lambda: tmp_path / "other", tmp_path / "other.json", tmp_path / "recent.json")
    (tmp_path / "other").mkdir()
    store = other.begin().store
    fill(store, 1)
    other.end(store)
    assert captures.preview(Retention(None, 1), "").removals == []
    (going,) = captures.preview(Retention(None, 1), str(tmp_path / "other")).removals
    assert going.path == store.path
    assert captures.preview(Retention(None, 1), str(tmp_path / "not there")).removals == []
    assert not (tmp_path / "not there").exists()
    assert store.path.exists()
