"""What a clean-up removes, what it leaves, and what it says."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from optave_inspector.capture.library import CaptureLibrary
from optave_inspector.capture.retention import CleanUp, Retention, clean_up, in_units
from optave_inspector.capture.store import CaptureStore

Holding = Callable[[Path, str], AbstractContextManager[subprocess.Popen[str]]]
MakeCapture = Callable[..., Path]
DAY_NS = 24 * 3600 * 10**9


@pytest.fixture
def library(tmp_path: Path) -> CaptureLibrary:
    """An empty folder of captures."""
    folder = tmp_path / "captures"
    folder.mkdir()
    return CaptureLibrary(folder)


@pytest.fixture
def aged(library: CaptureLibrary, capture: MakeCapture) -> Callable[..., Path]:
    """Make a capture in the folder that was last changed that many days ago."""

    def make(name: str, days: float, *, payloads: int = 10, bookmark: bool = False, kept: bool = False) -> Path:
        path = capture([os.urandom(10_000)] * payloads, library.folder / f"{name}.optave-capture")
        if bookmark or kept:
            store = CaptureStore.open(path)
            if bookmark:
                store.set_bookmark(1, "important")
            store.describe(kept=kept)
            store.close()
        age(path, days)
        return path

    return make


def age(path: Path, days: float) -> None:
    when = time.time_ns() - int(days * DAY_NS) - 10**9
    for each in path.parent.glob(f"{path.name}*"):
        os.utime(each, ns=(when, when))


def clean(library: CaptureLibrary, days: int | None, size: int | None, *, preview: bool = False) -> CleanUp:
    return clean_up(library, Retention(days, size), time.time_ns(), preview=preview)


def removed(done: CleanUp) -> list[str]:
    return [each.path.name.removesuffix(".optave-capture") for each in done.removals if each.removed]


def left(library: CaptureLibrary) -> list[str]:
    return sorted(path.name.removesuffix(".optave-capture") for path in library.folder.glob("*.optave-capture"))


def test_without_limits_nothing_goes(library: CaptureLibrary, aged: Callable[..., Path]) -> None:
    aged("old", 5_000)
    done = clean(library, None, None)
    assert done.removals == []
    assert done.total_bytes > 100_000
    assert left(library) == ["old"]


def test_a_preview_removes_nothing_and_says_what_would_go(library: CaptureLibrary, aged: Callable[..., Path]) -> None:
    aged("old", 31)
    aged("new", 1)
    told = clean(library, 30, None, preview=True)
    assert [(each.path.name, each.reason, each.removed, each.left_because) for each in told.removals] == [
        ("old.optave-capture", "It is 31 days old; captures are kept for 30 days.", False, "")
    ]
    assert told.is_preview
    assert left(library) == ["new", "old"]
    assert removed(clean(library, 30, None)) == ["old"]
    assert left(library) == ["new"]


def test_the_oldest_go_until_the_rest_fits(library: CaptureLibrary, aged: Callable[..., Path]) -> None:
    for number in range(1, 6):
        aged(f"{number} days", number)
    size = max(each.size_bytes for each in library.captures())
    done = clean(library, None, int(size * 2.5))
    assert removed(done) == ["5 days", "4 days", "3 days"]
    assert "more than" in done.removals[0].reason
    assert done.total_bytes <= size * 2.5


def test_what_the_user_marked_stays_and_the_reason_is_told(library: CaptureLibrary, aged: Callable[..., Path]) -> None:
    aged("bookmarked", 100, bookmark=True)
    aged("kept", 100, kept=True)
    aged("plain", 100)
    done = clean(library, 10, 0)
    assert removed(done) == ["plain"]
    assert {each.path.stem: each.left_because for each in done.removals} == {
        "bookmarked": "It has a bookmark.",
        "kept": "It is marked to be kept.",
        "plain": "",
    }
    assert left(library) == ["bookmarked", "kept"]


def test_what_is_open_in_any_process_for_any_purpose_stays(
    library: CaptureLibrary, aged: Callable[..., Path], holding: Holding, tmp_path: Path
) -> None:
    read, spared = aged("read", 100), aged("spared", 100)
    written = library.folder / "written.optave-capture"
    mine = CaptureStore.create(library.folder / "mine.optave-capture")
    with holding(read, "read"), holding(written, "write"):
        age(written, 100)
        done = clean_up(library, Retention(10, 0), time.time_ns(), spare=[spared])
    mine.close()
    assert removed(done) == []
    assert {each.path.stem: each.left_because for each in done.removals} == dict.fromkeys(
        ["read", "spared", "written", "mine"], "It is open."
    )
    assert len(left(library)) == 4


def test_a_dead_process_with_a_reused_number_holds_nothing(library: CaptureLibrary, crashed: Path) -> None:
    for each in crashed.parent.glob(f"{crashed.name}*"):
        each.rename(library.folder / each.name)
    age(library.folder / crashed.name, 100)
    assert removed(clean(library, 10, None)) == ["crashed"]
    assert list(library.folder.iterdir()) == []


def test_what_a_crash_left_does_not_go_for_its_size(library: CaptureLibrary, crashed: Path) -> None:
    for each in crashed.parent.glob(f"{crashed.name}*"):
        each.rename(library.folder / each.name)
    assert clean(library, 10, 0).removals == []


def test_what_nobody_can_look_into_stays(library: CaptureLibrary) -> None:
    path = library.folder / "damaged.optave-capture"
    path.write_bytes(b"who knows what this was " * 1_000)
    age(path, 100)
    done = clean(library, 10, 0)
    assert [each.removed for each in done.removals] == [False]
    assert "no SQLite database" in done.removals[0].left_because
    assert path.exists()


def test_a_capture_without_entries_goes_at_once(library: CaptureLibrary, capture: MakeCapture) -> None:
    capture([], library.folder / "empty.optave-capture")
    assert removed(clean(library, None, None)) == ["empty"]


def test_a_capture_that_cannot_be_removed_is_said_to_stay(
    library: CaptureLibrary, aged: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = aged("old", 100)

    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    done = clean(library, 10, None)
    monkeypatch.undo()
    assert [each.left_because for each in done.removals] == ["It cannot be removed: Permission denied."]
    assert path.exists()


def test_a_clock_that_was_set_back_makes_nothing_old(library: CaptureLibrary, aged: Callable[..., Path]) -> None:
    aged("of tomorrow", -1)
    assert clean(library, 0, None).removals == []


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (999, "999 bytes"),
        (1_000, "1.0 kB"),
        (99_949, "99.9 kB"),
        (999_999, "1.0 MB"),
        (5 * 10**9, "5.0 GB"),
        (123 * 10**15, "123000 TB"),
    ],
)
def test_sizes_are_told_in_units(size: int, text: str) -> None:
    assert in_units(size) == text
