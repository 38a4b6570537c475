"""How long two ways to run the app take until the window has been painted, side by side."""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import time

ROUNDS = 7
MOST = 1.5


def time_to_window(command: list[str]) -> float:
    """Seconds from starting the process to the line which says that the window has been painted."""
    begin = time.perf_counter()
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
    with subprocess.Popen(
        [*command, "self-test", "--start-only"], stdout=subprocess.PIPE, env=environment, text=True
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        took = time.perf_counter() - begin
        process.stdout.read()
    if "open the window" not in line or process.returncode != 0:
        raise RuntimeError(f"{command[0]} opened no window: {line}")
    return took


def compare_starts(unfrozen: list[str], frozen: list[str]) -> bool:
    """Print both, and whether the frozen app starts within 1.5 times of the unfrozen one. One round each warms up."""
    times: dict[str, list[float]] = {"unfrozen": [], "frozen": []}
    for _round in range(ROUNDS + 1):
        times["unfrozen"].append(time_to_window(unfrozen))
        times["frozen"].append(time_to_window(frozen))
    medians = {name: statistics.median(each[1:]) for name, each in times.items()}
    ratio = medians["frozen"] / medians["unfrozen"]
    held = ratio <= MOST
    told = ", ".join(f"{name} {median * 1000:.0f} ms" for name, median in medians.items())
    verdict = "ok  " if held else "FAIL"
    print(f"{verdict} time to the window, median of {ROUNDS}: {told}, ratio {ratio:.2f} (at most {MOST})")
    return held


if __name__ == "__main__":
    sys.exit(not compare_starts([sys.executable, "-m", "optave_inspector"], sys.argv[1:]))
