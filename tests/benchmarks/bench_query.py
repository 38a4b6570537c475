"""What queries of the log cost, side by side with a plain LIKE over the payloads, in one run on one capture.

``python -m tests.benchmarks --only query`` prints a table; ``run()`` gives the same as dictionaries. Times are
those of a million entries of 1 KB, computed from fewer; the ratios hold for the machine at that moment.
"""

from __future__ import annotations

import random
import sqlite3
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.query import numbers_matching, parse
from optave_inspector.capture.store import CaptureStore

if TYPE_CHECKING:
    from collections.abc import Iterator

_MILLION = 1_000_000
_BATCH = 1_000
_PLAIN = "SELECT count(*) FROM payloads WHERE CAST(data AS TEXT) LIKE '%no such text%'"
_QUERIES = (
    ("one number", "latency>3.9s", 0.3),
    ("three fields", "dir:in action:adjust -state:error", 0.3),
    ("part of an ID", "corr:9f3c", 0.3),
    ("time of day", "time:12:40", 0.3),
    ("text that is nowhere", '"no such text"', 5.0),
    ("text in every entry", "payload", 5.0),
    ("text beyond ASCII", "grüße", 5.0),
    ("JSON field, by its value", "headers.correlationId:9f3c", None),
    ("JSON field, a few", "payload.request.settings.disableStream:false", None),
    ("JSON field, each read", "headers.networkLatencyMs>490", None),
    ("expression with a text", r"/word19\d9 word1\d/", None),
    ("expression without", "/[0-9][xyz][0-9]/", None),
)


def run(entries: int = 100_000) -> list[dict[str, Any]]:
    """Measure all; each result has name, value, unit, target (None where there is none) and holds."""
    with tempfile.TemporaryDirectory(prefix="optave-bench-") as folder:
        path = Path(folder) / "queries.optave-capture"
        fill(path, entries)
        plain = _plain_s(path) * _MILLION / entries
        results = [_result("query: a plain LIKE over the payloads, per 1,000,000 entries", plain, "s", None)]
        for name, text, target in _QUERIES:
            took, first = _query_s(path, text)
            took *= _MILLION / entries
            results.append(_result(f"query: {name}, per 1,000,000 entries", took, "s", target))
            results.append(_result(f"query: {name}, to the plain LIKE", took / plain, "ratio", None))
            if first is not None:
                results.append(_result(f"query: {name}, first hits", first * 1e3, "ms", 200))
        return results


def fill(path: Path, count: int) -> None:
    """A closed capture of ``count`` messages of 1 KB in ``path``; every other one is a request."""
    store = CaptureStore.create(path)
    done = threading.Event()
    rows = _rows(count)
    for start in range(0, count, _BATCH):
        batch = [next(rows) for _ in range(min(_BATCH, count - start))]
        store.append(batch, lambda stored: done.set() if stored == count else None)
    done.wait()
    store.close()


def _rows(count: int) -> Iterator[tuple[Entry, bytes]]:
    shuffle = random.Random(1)
    words = [f"word{number}" for number in range(2_000)]
    texts = [" ".join(shuffle.choices(words, k=88)) for _ in range(2_000)]
    actions = ("adjust", "elevate", "interaction", "reception", "summarize")
    states = ("", "processing", "completed", "error")
    for number in range(1, count + 1):
        text, action, state = texts[number % 2_000], actions[number % 5], states[number % 4]
        correlation = f"0190b3aa-7{number & 0xFFF:03x}-7000-8000-{number * 7919 % (1 << 48):012x}"
        stream = "true" if number % 10 else "false"
        payload = (
            f'{{"action":"message","headers":{{"correlationId":"{correlation}","action":"{action}",'
            f'"networkLatencyMs":{number % 500}}},"payload":{{"state":"{state}","request":{{"requestId":"r{number}",'
            f'"settings":{{"disableStream":{stream}}},"attributes":{{"content":"{text}"}}}}}}}}'
        ).encode()
        entry = Entry(
            number,
            1,
            number & 1,
            1,
            number * 10_000,
            1_700_000_000_000_000_000 + number * 1_000_000,
            len(payload),
            len(payload) + 4,
            latency_ns=number % 4_000 * 1_000_000 if number & 1 else -1,
            exchange=number // 2,
            action=action,
            state=state,
            correlation_id=correlation,
            trace_id=correlation[::-1],
            thread_id=f"thread-{number % 100}",
            summary=text[:100],
        )
        yield entry, payload


def _plain_s(path: Path) -> float:
    connection = sqlite3.connect(path)
    times = []
    for _ in range(3):
        started = time.perf_counter()
        connection.execute(_PLAIN).fetchone()
        times.append(time.perf_counter() - started)
    connection.close()
    return min(times)


def _query_s(path: Path, text: str) -> tuple[float, float | None]:
    """The best of three rounds: all, and up to the first hits; None where there are none."""
    times, firsts = [], []
    for _ in range(3):
        first: list[float] = []
        started = time.perf_counter()

        def found(_numbers: list[int], first: list[float] = first, started: float = started) -> None:
            if not first:
                first.append(time.perf_counter() - started)

        numbers_matching(path, parse(text), found=found)
        times.append(time.perf_counter() - started)
        firsts += first
    return min(times), min(firsts) if firsts else None


def _result(name: str, value: float, unit: str, target: float | None) -> dict[str, Any]:
    value = float(f"{value:.3g}")
    return {"name": name, "value": value, "unit": unit, "target": target, "holds": target is None or value <= target}
