"""What the capture store costs, side by side with what it is built on, in one run.

``python tests/benchmarks/bench_store.py`` prints a table; ``run()`` gives the same as dictionaries. Numbers of one run
compare with each other, not with those of another machine or another day.
"""

from __future__ import annotations

import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from collections.abc import Callable

_BATCH = 1_000
_PAYLOAD_BYTES = 700
_SECOND = 10**9


def run(entries: int = 200_000, rounds: int = 3) -> list[dict[str, Any]]:
    """Measure all; each result has name, value, unit, target (None where there is none) and holds."""
    rows = _rows(entries)
    results = []
    with tempfile.TemporaryDirectory(prefix="optave-bench-") as folder:
        bare, store_idle, store_busy = [], [], []
        for number in range(rounds):
            bare.append(_bare_rate(Path(folder) / f"bare-{number}.sqlite", rows[: entries // 2]))
            store_idle.append(_store_rate(Path(folder) / f"idle-{number}", rows[: entries // 2]))
        for number in range(rounds):
            with _BusyLoop():
                store_busy.append(_store_rate(Path(folder) / f"busy-{number}", rows[: entries // 10]))
        results += [
            _result("store: entries appended per second", max(store_idle), "1/s", 100_000),
            _result("store: bare SQLite executemany, one table", max(bare), "1/s", None),
            _result("store: append rate to bare SQLite", max(store_idle) / max(bare), "ratio", 0.5),
            _result("store: entries per second beside a busy thread", max(store_busy), "1/s", None),
        ]
        results += _reading(Path(folder) / "read", rows)
    return results


def _rows(count: int) -> list[tuple[Entry, bytes]]:
    shuffle = random.Random(1)
    words = [f"word{number}" for number in range(2_000)]
    rows = []
    for number in range(1, count + 1):
        text = " ".join(shuffle.choices(words, k=110))
        payload = f'{{"payload":{{"state":"completed","text":"{text}"'.encode()[: _PAYLOAD_BYTES - 2] + b"}}"
        entry = Entry(
            number,
            1,
            number & 1,
            1,
            number * 10_000,
            1_700_000_000 * _SECOND + number * 10_000,
            len(payload),
            len(payload) + 4,
            action="adjust",
            state="completed",
            correlation_id=f"0190b3aa-7000-7000-8000-{number:012}",
            trace_id=f"0190b3aa-7000-7000-9000-{number:012}",
            thread_id=f"thread-{number % 100}",
            summary=text[:100],
        )
        rows.append((entry, payload))
    return rows


def _bare_rate(path: Path, rows: list[tuple[Entry, bytes]]) -> float:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("page_size = 16384", "journal_mode = WAL", "synchronous = NORMAL"):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("CREATE TABLE payloads (number INTEGER PRIMARY KEY, data BLOB)")
    started = time.perf_counter()
    for start in range(0, len(rows), _BATCH):
        connection.execute("BEGIN")
        connection.executemany(
            "INSERT INTO payloads VALUES (?, ?)",
            [(entry.number, payload) for entry, payload in rows[start : start + _BATCH]],
        )
        connection.execute("COMMIT")
    rate = len(rows) / (time.perf_counter() - started)
    connection.close()
    return rate


def _store_rate(path: Path, rows: list[tuple[Entry, bytes]]) -> float:
    store = CaptureStore.create(path)
    started = time.perf_counter()
    _fill(store, rows)
    rate = len(rows) / (time.perf_counter() - started)
    store.close()
    return rate


def _fill(store: CaptureStore, rows: list[tuple[Entry, bytes]]) -> None:
    done = threading.Event()

    def stored(count: int) -> None:
        if count == len(rows):
            done.set()

    for start in range(0, len(rows), _BATCH):
        store.append(rows[start : start + _BATCH], stored)
    done.wait()


def _reading(path: Path, rows: list[tuple[Entry, bytes]]) -> list[dict[str, Any]]:
    store = CaptureStore.create(path)
    half = len(rows) // 2
    _fill(store, rows[:half])
    idle = _page_times(store, half)
    writing = threading.Thread(target=_fill, args=(_Shifted(store), rows[half:]))
    writing.start()
    busy = _page_times(store, half)
    writing.join()
    hits: list[int] = []
    first: list[float] = []
    started = time.perf_counter()

    def found(numbers: list[int]) -> None:
        first.append(time.perf_counter() - started)
        hits.extend(numbers)

    store.numbers_with_text("WORD1234 ", lambda: False, found)
    took = time.perf_counter() - started
    store.close()
    return [
        _result(
            f"store: page of 50 at {half:,} entries, median", statistics.median(idle) * 1e3, "ms", 0.2, at_most=True
        ),
        _result("store: page of 50 while writing, median", statistics.median(busy) * 1e3, "ms", None),
        _result(
            "store: page of 50 while writing, p99", statistics.quantiles(busy, n=100)[98] * 1e3, "ms", 16, at_most=True
        ),
        _result("store: text search, first hits", first[0] * 1e3, "ms", 200, at_most=True),
        _result("store: text search, per 1,000,000 entries", took / len(rows) * 1e6, "s", 5, at_most=True),
    ]


class _Shifted:
    """Appends rows whose numbers go on after what the store holds."""

    def __init__(self, store: CaptureStore) -> None:
        self._store = store
        self._before = store.count

    def append(self, batch: list[tuple[Entry, bytes]], stored: Callable[[int], None]) -> None:
        self._store.append(batch, lambda count: stored(count - self._before))


def _page_times(store: CaptureStore, count: int) -> list[float]:
    places = random.Random(2)
    times = []
    for _ in range(1_000):
        first = places.randrange(1, count - 50)
        started = time.perf_counter()
        store.page(first, 50)
        times.append(time.perf_counter() - started)
    return times


class _BusyLoop(threading.Thread):
    """A thread that never gives Python's lock away by itself, as an event loop in a flood."""

    def __init__(self) -> None:
        super().__init__(daemon=True)
        self._going = True

    def run(self) -> None:
        while self._going:
            sum(range(100))

    def __enter__(self) -> None:
        self.start()

    def __exit__(self, *_: object) -> None:
        self._going = False
        self.join()


def _result(name: str, value: float, unit: str, target: float | None, *, at_most: bool = False) -> dict[str, Any]:
    holds = target is None or (value <= target if at_most else value >= target)
    value = round(value) if value >= 1_000 else float(f"{value:.3g}")
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": holds}


def main() -> None:
    """Print all results as a table."""
    for result in run():
        target = "" if result["target"] is None else f"target {result['target']:,}"
        verdict = "" if result["target"] is None else "holds" if result["holds"] else "falls short"
        print(f"{result['name']:<50} {result['value']:>14,} {result['unit']:<6} {target:<16} {verdict}")


if __name__ == "__main__":
    main()
