"""A process that is killed while it appends: what it reported as stored is in the file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from optave_inspector.capture.store import CaptureStore

ROOT = Path(__file__).resolve().parents[3]

FLOOD = """
import sys, threading
from pathlib import Path
from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore

def payload(number):
    return b"%d:" % number * 100

store = CaptureStore.create(Path(sys.argv[1]))
room = threading.Semaphore(20)

def stored(count):
    sys.stdout.write(f"{count}\\n")
    sys.stdout.flush()
    room.release()

number = 0
while True:
    room.acquire()
    batch = []
    for _ in range(int(sys.argv[2])):
        number += 1
        batch.append((Entry(number, 1, 0, 1, number, number, len(payload(number)), 0), payload(number)))
    store.append(batch, stored)
"""


@pytest.mark.parametrize("batch", [1, 250])
def test_all_that_was_reported_as_stored_survives_a_kill(tmp_path: Path, batch: int) -> None:
    path = tmp_path / "killed.optave-capture"
    with subprocess.Popen(
        [sys.executable, "-c", FLOOD, str(path), str(batch)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if int(line) >= 3_000:
                break
        process.kill()
        reported = max([int(line), *(int(rest) for rest in process.stdout.read().split("\n")[:-1])])
    store = CaptureStore.open(path)
    assert store.count >= reported >= 3_000
    assert [entry.number for entry in store.page(1, store.count)] == list(range(1, store.count + 1))
    for number in range(1, store.count + 1):
        assert store.payload(number) == b"%d:" % number * 100
    store.close()
