"""One byte an entry: direction and kind, from the file and from memory alike."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.store import CaptureStore, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KINDS = [(kind, direction) for kind in EntryKind for direction in (0, 1, 2)]
EXPECTED = bytes(direction * 32 + kind for kind, direction in KINDS)


def store_all_kinds(store: CaptureStore, entry_of: Callable[..., object]) -> None:
    done = threading.Event()
    batch = [
        (entry_of(number, b"", kind=kind, direction=direction), b"")
        for number, (kind, direction) in enumerate(KINDS, 1)
    ]
    store.append(batch, lambda _count: done.set())
    assert done.wait(20)


def test_marks_tell_direction_and_kind_of_every_entry_in_order(tmp_path: Path, entry_of: Callable[..., object]) -> None:
    store = CaptureStore.create(tmp_path / "a.optave-capture")
    store_all_kinds(store, entry_of)
    assert store.marks(1, 1_000) == EXPECTED
    assert store.marks(4, 3) == EXPECTED[3:6]
    assert store.marks(0, 1) == EXPECTED[:1]
    assert store.marks(len(EXPECTED) + 1, 5) == b""
    assert store.marks(1, 0) == b""
    store.close()
    with pytest.raises(StoreError):
        store.marks(1, 1)


def test_marks_of_entries_in_memory_join_those_in_the_file(
    tmp_path: Path, entry_of: Callable[..., object], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("optave_inspector.capture.store.create_file", _no_file)
    store = CaptureStore.create(None)
    assert store.lost_persistence
    store_all_kinds(store, entry_of)
    assert store.marks(1, 1_000) == EXPECTED
    assert store.marks(2, 2) == EXPECTED[1:3]
    store.close()


def _no_file(path: Path, _info: object) -> object:
    raise StoreError(f"{path} cannot be created.")
