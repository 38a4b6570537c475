"""Captures to be asked, and how to ask them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.query import numbers_matching, parse
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from pathlib import Path

WAIT_S = 20.0
NOON_NS = 1_767_268_800_000_000_000
"""2026-01-01T12:00:00Z."""

Stored = tuple[Entry, bytes]
MakeEntry = Callable[..., Entry]
Capture = Callable[[Sequence[Stored]], CaptureStore]
Ask = Callable[..., list[int]]
Fill = Callable[[CaptureStore, Sequence[Stored]], None]


def make_entry(number: int, payload: bytes = b"", **fields: object) -> Entry:
    """An incoming text entry; all other fields by name."""
    given = {
        "attempt": 1,
        "direction": 0,
        "kind": 1,
        "monotonic_ns": number * 1_000,
        "wall_ns": NOON_NS + number,
        "size": len(payload),
        "wire_size": len(payload) + 2,
    }
    return Entry(number, **(given | fields))  # type: ignore[arg-type]


def fill(store: CaptureStore, stored: Sequence[Stored]) -> None:
    """Append entries and wait until they are announced."""
    done = threading.Event()
    store.append(list(stored), lambda _count: done.set())
    assert done.wait(WAIT_S), "the batch was never announced"


@pytest.fixture(scope="session")
def entry_of() -> MakeEntry:
    """:func:`make_entry`."""
    return make_entry


@pytest.fixture
def capture(tmp_path: Path) -> Iterator[Capture]:
    """Makes captures with the given entries, each in a file of its own."""
    stores: list[CaptureStore] = []

    def make(stored: Sequence[Stored]) -> CaptureStore:
        store = CaptureStore.create(tmp_path / f"{len(stores)}.optave-capture")
        stores.append(store)
        if stored:
            fill(store, stored)
        return store

    yield make
    for store in stores:
        store.close()


@pytest.fixture(scope="session")
def fill_store() -> Fill:
    """:func:`fill`."""
    return fill


@pytest.fixture(scope="session")
def ask() -> Ask:
    """The numbers that match a query, told by the search and by judging each entry; both must agree."""
    return both


def both(store: CaptureStore, text: str, bookmarked: frozenset[int] = frozenset()) -> list[int]:
    """Ask twice, and compare."""
    query = parse(text)
    found: list[int] = []
    assert numbers_matching(store, query, found=found.extend, bookmarked=bookmarked)
    assert found == sorted(set(found))
    judged = [
        entry.number
        for entry in store.page(1, store.count)
        if query.matches(entry, lambda number=entry.number: store.payload(number), bookmarked)  # type: ignore[misc]
    ]
    assert found == judged, f"the search and the judging of single entries differ for {text!r}"
    return found


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Sets the time zone of this process."""
    if not hasattr(time, "tzset"):
        pytest.skip("the time zone of a process cannot be set here")

    def set_zone(name: str) -> None:
        monkeypatch.setenv("TZ", name)
        time.tzset()

    before = os.environ.get("TZ")
    yield set_zone
    if before is None:
        monkeypatch.delenv("TZ", raising=False)
    else:
        monkeypatch.setenv("TZ", before)
    time.tzset()
