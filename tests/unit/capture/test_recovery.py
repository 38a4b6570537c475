"""Captures that are cut off, holed or without their write-ahead log: what can be read is, and the rest is counted."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.opening import companions
from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.recovery import recover_readable
from optave_inspector.capture.schema import PART_BYTES
from optave_inspector.capture.store import CaptureStore, StoreError

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.capture.entry import Entry

COUNT = 1_500
LIVE = 4_200
PAGE = 16384
Append = Callable[[CaptureStore, Sequence[bytes]], int]
Read = tuple[list["Entry"], list[bytes]]


def payload(number: int) -> bytes:
    """Short ones, and each hundredth longer than three pages."""
    return b"entry %d " % number + b"x" * (50_000 if number % 100 == 0 else 500)


def read(path: Path) -> Read:
    """All of a capture."""
    store = CaptureStore.open(path, read_only=True)
    try:
        numbers = range(1, store.count + 1)
        return store.entries(numbers), store.payloads(numbers)
    finally:
        store.close()


def fill(store: CaptureStore, append: Append, count: int = COUNT) -> None:
    for start in range(1, count + 1, 100):
        append(store, [payload(number) for number in range(start, min(start + 100, count + 1))])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed capture with a note."""
    from tests.unit.capture.conftest import make_entry

    path = tmp_path_factory.mktemp("whole") / "whole.optave-capture"
    store = CaptureStore.create(path)
    for start in range(1, COUNT + 1, 100):
        batch = [(make_entry(number, payload(number)), payload(number)) for number in range(start, start + 100)]
        store.append(batch, lambda _count: None)
    store.describe(profile="Acme", tenant="ws.example")
    store.close()
    again = CaptureStore.open(path)
    again.set_bookmark(700, "look here")
    again.close()
    return path


@pytest.fixture(scope="module")
def sound(whole: Path) -> Read:
    return read(whole)


def check(recovered: Path, sound: Read) -> tuple[int, int]:
    """What was recovered is what there was, or says that it is not; how many whole entries, and how many others."""
    entries, payloads = read(recovered)
    good = other = 0
    for entry, data, was, had in zip(entries, payloads, *sound, strict=False):
        assert entry.number == was.number
        assert entry.size == len(data)
        if entry.flags & EntryFlag.PROBLEM:
            assert "could be read" in entry.summary or "could not be read" in entry.summary
            assert had.startswith(data)
            other += 1
        else:
            assert (entry, data) == (was, had)
            good += 1
    return good, other


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9, 0.999])
def test_of_a_capture_that_is_cut_off_all_that_is_left_is_recovered(
    tmp_path: Path, whole: Path, sound: Read, part: float
) -> None:
    cut, new = tmp_path / "cut.optave-capture", tmp_path / "new.optave-capture"
    left = whole.read_bytes()[: int(whole.stat().st_size * part)]
    cut.write_bytes(left)
    done = recover_readable(cut, new)
    good, other = check(new, sound)
    assert done.entries == good + other - done.lost
    assert good + done.bare > COUNT * part * 0.7
    assert done.cut_off
    assert "the file is cut off, so what came after the last of them is lost" in done.in_words()
    assert cut.read_bytes() == left
    assert [each.name for each in tmp_path.iterdir() if each.name.startswith("new")] == [new.name]


def test_without_its_first_pages_the_rest_is_recovered(tmp_path: Path, whole: Path, sound: Read) -> None:
    """They hold the schema and the roots of the tables: SQLite can do nothing without them."""
    holed, new = tmp_path / "holed.optave-capture", tmp_path / "new.optave-capture"
    holed.write_bytes(bytes(6 * PAGE) + whole.read_bytes()[6 * PAGE :])
    with pytest.raises(StoreError):
        read(holed)
    done = recover_readable(holed, new)
    good, _ = check(new, sound)
    assert good > COUNT * 0.9
    assert done.lost + done.entries >= COUNT - 40


def test_holes_are_counted_and_stand_in_the_log(tmp_path: Path, whole: Path, sound: Read) -> None:
    holed, new = tmp_path / "holed.optave-capture", tmp_path / "new.optave-capture"
    data = bytearray(whole.read_bytes())
    for page in (20, 21, 50):
        data[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)
    holed.write_bytes(data)
    done = recover_readable(holed, new)
    good, other = check(new, sound)
    assert good + other == COUNT
    assert other == done.lost + done.broken
    assert 0 < other < 200
    assert f"{done.entries:,} entries of holed.optave-capture could be read" in done.in_words()
    store = CaptureStore.open(new, read_only=True)
    assert store.info.profile == "Acme"
    assert store.info.origin == "damaged capture holed.optave-capture"
    assert store.info.closed
    assert dict(store.bookmarks) == {700: "look here"}
    store.close()


def test_an_undamaged_capture_is_recovered_whole(tmp_path: Path, whole: Path, sound: Read) -> None:
    new = tmp_path / "new.optave-capture"
    done = recover_readable(whole, new)
    assert read(new) == sound
    assert (done.entries, done.lost, done.broken, done.cut_off) == (COUNT, 0, 0, False)
    assert "nothing is missing between them" in done.in_words()


def test_of_a_huge_message_the_beginning_is_kept(tmp_path: Path, append: Append) -> None:
    path, cut, new = (tmp_path / f"{name}.optave-capture" for name in ("huge", "cut", "new"))
    store = CaptureStore.create(path)
    huge = b"".join(number.to_bytes(4) for number in range((2 * PART_BYTES + 5_000_000) // 4))
    append(store, [b"before"])
    append(store, [huge])
    append(store, [b"after"])
    store.close()
    assert recover_readable(path, new).broken == 0
    assert read(new)[1] == [b"before", huge, b"after"]
    new.unlink()
    cut.write_bytes(path.read_bytes()[: PART_BYTES + PART_BYTES // 2])
    done = recover_readable(cut, new)
    entries, payloads = read(new)
    kept = next(data for data in payloads if len(data) > 1000)
    assert done.broken == 1
    assert len(kept) >= PART_BYTES
    assert huge.startswith(kept)
    broken = next(each for each in entries if each.size == len(kept))
    assert broken.summary.startswith(f"Damaged: only {len(kept):,} of {len(huge):,} bytes could be read.")


def test_what_is_no_capture_leaves_nothing_behind(tmp_path: Path) -> None:
    nothing, new = tmp_path / "nothing.optave-capture", tmp_path / "new.optave-capture"
    for content in (b"", b"no capture " * 10_000, bytes(100_000)):
        nothing.write_bytes(content)
        with pytest.raises(StoreError, match=r"Nothing in .* can be read as a capture"):
            recover_readable(nothing, new)
        assert not new.exists()
    with pytest.raises(StoreError, match="cannot be read"):
        recover_readable(tmp_path / "missing", new)


def test_stopping_leaves_nothing_behind_and_a_name_that_is_taken_is_left_alone(tmp_path: Path, whole: Path) -> None:
    new = tmp_path / "new.optave-capture"
    with pytest.raises(Stopped):
        recover_readable(whole, new, stop=lambda: True)
    assert list(tmp_path.iterdir()) == []
    new.write_bytes(b"mine")
    with pytest.raises(StoreError, match="exists already"):
        recover_readable(whole, new)
    assert new.read_bytes() == b"mine"


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    holes=st.lists(st.tuples(st.floats(0, 1), st.binary(min_size=1, max_size=64), st.integers(1, 2000)), max_size=8),
    part=st.floats(0.0, 1.0),
)
def test_whatever_is_broken_nothing_is_raised_but_the_reason_and_nothing_is_made_up(
    tmp_path: Path, whole: Path, holes: list[tuple[float, bytes, int]], part: float
) -> None:
    path, new = tmp_path / "broken.optave-capture", tmp_path / "new.optave-capture"
    new.unlink(missing_ok=True)
    data = bytearray(whole.read_bytes())
    data = data[: int(len(data) * part)]
    for at, junk, times in holes:
        start = int(at * len(data))
        data[start : start + len(junk) * times] = (junk * times)[: max(len(data) - start, 0)]
    path.write_bytes(data)
    try:
        done = recover_readable(path, new)
    except StoreError:
        assert not new.exists()
        return
    entries, payloads = read(new)
    assert len(entries) == done.entries + done.lost
    assert [each.size for each in entries if each.flags & EntryFlag.PROBLEM and each.kind == EntryKind.STATE] == [
        len(data)
        for each, data in zip(entries, payloads, strict=True)
        if each.flags & EntryFlag.PROBLEM and each.kind == EntryKind.STATE
    ]


@pytest.fixture
def crashed(tmp_path: Path, append: Append) -> Path:
    """A folder with what ``kill -9`` leaves: the file up to its last checkpoint, and the log after it."""
    store = CaptureStore.create(tmp_path / "live.optave-capture")
    for start in range(0, LIVE, 200):
        append(store, [b"entry %d " % number + b"x" * 9_000 for number in range(start + 1, start + 201)])
    folder = tmp_path / "crashed"
    folder.mkdir()
    shutil.copy(store.path, folder / "crashed.optave-capture")
    shutil.copy(companions(store.path)[0], folder / "crashed.optave-capture-wal")
    store.close()
    return folder / "crashed.optave-capture"


def numbers_in(path: Path) -> list[int]:
    """The entries that can be read in order, each with its own payload."""
    entries, payloads = read(path)
    assert [data.startswith(b"entry %d " % entry.number) for entry, data in zip(entries, payloads, strict=True)] == [
        True
    ] * len(entries)
    return [entry.number for entry in entries]


@pytest.mark.parametrize("part", [0.0, 0.001, 0.3, 0.7, 0.999])
def test_with_a_log_that_is_cut_the_capture_opens_up_to_the_cut(crashed: Path, part: float) -> None:
    log = companions(crashed)[0]
    data = log.read_bytes()
    log.write_bytes(data[: int(len(data) * part)])
    count = len(numbers_in(crashed))
    assert count % 200 == 0, "only whole batches were ever announced"
    assert count >= LIVE * part * 0.4
    store = CaptureStore.open(crashed)
    assert store.count == count
    assert store.info.recovered
    store.close()


def test_without_its_log_a_capture_ends_at_the_last_checkpoint_or_says_that_it_is_damaged(
    tmp_path: Path, crashed: Path
) -> None:
    companions(crashed)[0].unlink()
    try:
        numbers = numbers_in(crashed)
    except StoreError:
        recover_readable(crashed, tmp_path / "new.optave-capture")
        numbers = [each.number for each in read(tmp_path / "new.optave-capture")[0]]
    assert numbers == list(range(1, len(numbers) + 1))


def test_a_log_whose_head_is_gone_is_recovered_page_by_page(tmp_path: Path, crashed: Path) -> None:
    """SQLite passes over the whole of it."""
    log = companions(crashed)[0]
    without = len(numbers_in(shutil.copy(crashed, tmp_path / "alone.optave-capture")))
    log.write_bytes(bytes(32) + log.read_bytes()[32:])
    done = recover_readable(crashed, tmp_path / "new.optave-capture")
    assert done.entries == LIVE > without
    assert len(numbers_in(tmp_path / "new.optave-capture")) == LIVE
