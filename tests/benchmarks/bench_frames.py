"""Frames per second and event-loop gaps: plain websockets, the session without a window, and the window.

Each way runs in a process of its own against the same flooding server, in turn, several rounds; medians and the
ratios of the medians are told.
"""

from __future__ import annotations

import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COUNT = 60_000
SIZE = 700
ROUNDS = 3
WAYS = ("plain", "session", "window")


class Gaps:
    """How long the event loop was not at hand, beyond the 2 ms that this task sleeps."""

    def __init__(self) -> None:
        self.ms: list[float] = []
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="gaps")

    async def _watch(self) -> None:
        last = time.perf_counter()
        while True:
            await asyncio.sleep(0.002)
            now = time.perf_counter()
            self.ms.append((now - last) * 1000 - 2)
            last = now

    async def stop(self) -> dict[str, float]:
        """p50, p99 and max in milliseconds."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        ordered = sorted(self.ms)
        return {
            "gap_p50": ordered[len(ordered) // 2],
            "gap_p99": ordered[int(len(ordered) * 0.99)],
            "gap_max": ordered[-1],
        }


def resident_mb() -> float:
    """Memory of this process that is in RAM, in MiB; 0 where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0.0
    return pages * os.sysconf("SC_PAGESIZE") / 2**20


async def plain(url: str, count: int, size: int) -> dict[str, float]:
    """A bare receive loop."""
    from websockets.asyncio.client import connect

    async with connect(url, subprotocols=["optave-v1"], compression=None, max_size=None, proxy=None) as connection:  # type: ignore[list-item]
        gaps = Gaps()
        await connection.send(f"{count} {size}")
        await connection.recv()
        start, got = time.perf_counter(), 1
        while await connection.recv() != "end":
            got += 1
        took = time.perf_counter() - start
        return {"frames": got, "rate": got / took, **await gaps.stop()}


async def _flood_session(session: Any, url: str, count: int, size: int) -> dict[str, float]:
    from optave_inspector.capture.entry import EntryKind
    from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken

    await session.connect(ConnectionConfig(url, AuthTransport.NONE, compression=False), NoToken())
    gaps = Gaps()
    first = asyncio.Event()
    session.entries_added.connect(lambda _count: first.set())
    await session.settled()
    first.clear()
    before = session.store.count
    await session.send_text(f"{count} {size}")
    start = time.perf_counter()
    while session.received < count + 1:
        first.clear()
        await first.wait()
    await session.settled()
    took = time.perf_counter() - start
    stored = session.store.marks(before + 1, session.store.count - before)
    # Pings of the server may be among them.
    result = {"frames": stored.count(EntryKind.TEXT) - 1, "rate": count / took, **await gaps.stop()}
    result["resident"] = resident_mb()
    await session.close()
    return result


async def session_alone(url: str, count: int, size: int) -> dict[str, float]:
    """The session with its store and correlator, no window."""
    from optave_inspector.capture.store import CaptureStore
    from optave_inspector.protocol.contract import Contract
    from optave_inspector.resources import schemas
    from optave_inspector.session import Session

    store = CaptureStore.create(None)
    session = Session(store, Contract(schemas()))
    try:
        return await _flood_session(session, url, count, size)
    finally:
        await session.aclose()
        store.close()


def window(url: str, count: int, size: int) -> dict[str, float]:
    """The whole window, shown on the offscreen platform, with a home of its own."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    os.environ["OPTAVE_INSPECTOR_HOME"] = tempfile.mkdtemp(prefix="optave-inspector-bench-")
    import qasync
    from PySide6.QtWidgets import QApplication

    from optave_inspector.app import build_window, take_apart

    app = QApplication.instance() or QApplication([])
    assert isinstance(app, QApplication)
    app.setQuitOnLastWindowClosed(False)

    async def main() -> dict[str, float]:
        parts = await build_window()
        parts.window.resize(1280, 800)
        parts.window.show()
        try:
            return await _flood_session(parts.session, url, count, size)
        finally:
            await take_apart(parts)

    result: dict[str, float] = qasync.run(main())
    return result


def _measure(way: str, url: str, count: int, size: int) -> dict[str, float]:
    told = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.bench_frames", way, url, str(count), str(size)],
        stdout=subprocess.PIPE,
        check=True,
        timeout=900,
    )
    result: dict[str, float] = json.loads(told.stdout.splitlines()[-1])
    return result


def run() -> list[dict[str, Any]]:
    """Rows for the table of ``make bench``."""
    return flooded(COUNT, SIZE, ROUNDS)


def flooded(count: int, size: int, times: int, label: str = "") -> list[dict[str, Any]]:
    """Rows for ``count`` frames of ``size`` bytes, each way ``times`` times; names begin with ``label``."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.benchmarks.flood"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert server.stdout is not None
    assert server.stdin is not None
    try:
        url = f"ws://127.0.0.1:{server.stdout.readline().strip()}"
        rounds = [{way: _measure(way, url, count, size) for way in WAYS} for _ in range(times)]
    finally:
        server.stdin.close()
        server.wait(10)
        server.stdout.close()
    rows: list[dict[str, Any]] = []
    rates = {way: statistics.median(measured[way]["rate"] for measured in rounds) for way in WAYS}
    for way in WAYS:
        rows.append(
            {
                "name": f"{label}frames/s, {way}",
                "value": round(rates[way]),
                "unit": "frames/s",
                "target": None,
                "holds": True,
            }
        )
        for gap in ("gap_p50", "gap_p99", "gap_max"):
            value = statistics.median(measured[way][gap] for measured in rounds)
            target = 33 if (gap, way) == ("gap_p99", "window") else None
            rows.append(
                {
                    "name": f"{label}{gap}, {way}",
                    "value": round(value, 1),
                    "unit": "ms",
                    "target": target,
                    "holds": target is None or value < target,
                }
            )
        lost = max(count - measured[way]["frames"] for measured in rounds)
        rows.append(
            {"name": f"{label}frames lost, {way}", "value": lost, "unit": "frames", "target": "0", "holds": lost == 0}
        )
    for way in WAYS[1:]:
        value = statistics.median(measured[way]["resident"] for measured in rounds)
        rows.append(
            {
                "name": f"{label}resident memory after it, {way}",
                "value": round(value),
                "unit": "MiB",
                "target": 350,
                "holds": value < 350,
            }
        )
    for way, target in (("session", 0.5), ("window", 1 / 3)):
        ratio = rates[way] / rates["plain"]
        rows.append(
            {
                "name": f"{label}frame rate, {way} to plain websockets",
                "value": round(ratio, 2),
                "unit": "ratio",
                "target": f">= {target:.2f}",
                "holds": ratio >= target,
            }
        )
    return rows


if __name__ == "__main__":
    chosen, address = sys.argv[1:3]
    asked = (int(sys.argv[3]), int(sys.argv[4]))
    if chosen == "window":
        print(json.dumps(window(address, *asked)))
    else:
        print(json.dumps(asyncio.run({"plain": plain, "session": session_alone}[chosen](address, *asked))))
