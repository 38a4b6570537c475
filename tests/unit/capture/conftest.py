"""Entries to store, and stores that are closed after each test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from pathlib import Path

WAIT_S = 20.0

Append = Callable[[CaptureStore, Sequence[bytes]], int]


def make_entry(number: int, payload: bytes = b"", **fields: object) -> Entry:
    """An incoming text entry; all other fields by name."""
    given = {
        "attempt": 1,
        "direction": 0,
        "kind": 1,
        "monotonic_ns": number * 1_000,
        "wall_ns": 1_700_000_000_000_000_000 + number,
        "size": len(payload),
        "wire_size": len(payload) + 2,
    }
    return Entry(number, **(given | fields))  # type: ignore[arg-type]


@pytest.fixture
def entry_of() -> Callable[..., Entry]:
    """:func:`make_entry`."""
    return make_entry


@pytest.fixture
def append() -> Append:
    """Append one entry per payload and wait until they are announced; the announced count."""

    def append_and_wait(store: CaptureStore, payloads: Sequence[bytes]) -> int:
        done = threading.Event()
        counts: list[int] = []

        def stored(count: int) -> None:
            counts.append(count)
            done.set()

        first = store.count + 1
        store.append([(make_entry(number, payload), payload) for number, payload in enumerate(payloads, first)], stored)
        assert done.wait(WAIT_S), "the batch was never announced"
        return counts[0]

    return append_and_wait


@pytest.fixture
def store(tmp_path: Path) -> Iterator[CaptureStore]:
    """An empty capture in a file of its own."""
    store = CaptureStore.create(tmp_path / "session.optave-capture")
    yield store
    store.close()
