"""A million entries of 1 KB: taken in from a socket, opened, jumped about in, filtered, in one run.

Each window runs in a process of its own on the offscreen platform; nothing is computed from fewer entries. In the
capture that is opened every other entry is a request, which is the most that traces can cost.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_frames import Gaps, flooded, resident_mb
from tests.benchmarks.bench_query import fill

COUNT = 1_000_000
FEW = 1_000
SIZE = 1_024
JUMPS = 60
FILTERS = (
    ("one number", "latency>3.9s", 300.0, None),
    ("three fields", "dir:in action:adjust -state:error", 300.0, None),
    ("part of an ID", "corr:9f3c", 300.0, None),
    ("text in every entry", "payload", 5_000.0, 200.0),
    ("text in a few entries", '"word17 word4 "', 5_000.0, None),
    ("text that is nowhere", '"no such text"', 5_000.0, None),
)


async def _look(path: Path) -> dict[str, float]:
    from optave_inspector.protocol.contract import Contract
    from optave_inspector.resources import schemas
    from optave_inspector.ui.capture_windows import CaptureWindows

    told: dict[str, float] = {}
    windows = CaptureWindows(Contract(schemas()), print)
    gaps = Gaps()
    started = time.perf_counter()
    window = await windows.open(path)
    view = window.frames.view
    view.viewport().repaint()
    told["open"] = (time.perf_counter() - started) * 1e3
    while window.rebuilding:  # noqa: ASYNC110 - nothing tells the end of it
        await asyncio.sleep(0.001)
    told["traces"] = (time.perf_counter() - started) * 1e3
    count = window.replay.store.count
    shuffle = random.Random(2)
    jumps = []
    for _ in range(JUMPS):
        started = time.perf_counter()
        view.select_number(shuffle.randint(1, count), reveal=True)
        view.viewport().repaint()
        jumps.append((time.perf_counter() - started) * 1e3)
        await asyncio.sleep(0.002)
    told["jump"], told["jump_p95"] = statistics.median(jumps), sorted(jumps)[len(jumps) * 95 // 100]
    told["resident"] = resident_mb()
    told["gap_max"] = (await gaps.stop())["gap_max"]
    await windows.aclose()
    await asyncio.sleep(0)
    return told


def _filters(path: Path) -> dict[str, float]:
    from optave_inspector.capture.query import numbers_matching, parse

    told: dict[str, float] = {}
    for name, text, _all_ms, _first_ms in FILTERS:
        first: list[float] = []
        started = time.perf_counter()

        def found(_numbers: list[int], first: list[float] = first, started: float = started) -> None:
            first.append((time.perf_counter() - started) * 1e3)

        numbers_matching(path, parse(text), found=found)
        told[name] = (time.perf_counter() - started) * 1e3
        if first:
            told[f"{name}, first"] = first[0]
    return told


def measure(path: Path) -> dict[str, float]:
    """All figures of one capture, in this process, which should be a fresh one. Times in ms, memory in MiB."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    import qasync
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)
    told: dict[str, float] = qasync.run(_look(path))
    return told | _filters(path)


def _in_a_process(path: Path) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="optave-bench-home-") as home:
        done = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.bench_million", str(path)],
            stdout=subprocess.PIPE,
            check=True,
            timeout=600,
            env={**os.environ, "OPTAVE_INSPECTOR_HOME": home},
        )
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def run(entries: int = COUNT) -> list[dict[str, Any]]:
    """Rows for the table of ``make bench``."""
    with tempfile.TemporaryDirectory(prefix="optave-bench-") as folder:
        many, few = Path(folder) / "many.optave-capture", Path(folder) / "few.optave-capture"
        fill(few, FEW)
        fill(many, entries)
        small, large = _in_a_process(few), _in_a_process(many)
    rows = [
        _row("opening, to the first rows", large["open"], "ms", 1_000),
        _row("opening, to that of a thousand", large["open"] / small["open"], "ratio", None),
        _row("traces rebuilt, in the background", large["traces"], "ms", None),
        _row("jump anywhere, painted, median", large["jump"], "ms", 16),
        _row("jump anywhere, painted, p95", large["jump_p95"], "ms", 16),
        _row("jump, to that in a thousand", large["jump"] / small["jump"], "ratio", None),
        _row("longest gap of the event loop while opening and jumping", large["gap_max"], "ms", None),
        _row("resident memory, all on show", large["resident"], "MiB", 350),
    ]
    for name, _text, all_ms, first_ms in FILTERS:
        rows.append(_row(f"filter: {name}", large[name], "ms", all_ms))
        if first_ms is not None:
            rows.append(_row(f"filter: {name}, first hits", large[f"{name}, first"], "ms", first_ms))
    return flooded(entries, SIZE, 1, "a million: ") + rows


def _row(name: str, value: float, unit: str, target: float | None) -> dict[str, Any]:
    value = float(f"{value:.3g}")
    holds = target is None or value <= target
    return {"name": f"a million: {name}", "value": value, "unit": unit, "target": target, "holds": holds}


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]))))
