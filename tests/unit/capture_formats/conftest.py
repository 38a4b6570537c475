"""Captures to look into: made here, and by processes that are killed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest

from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore

if sys.platform != "win32":
    import resource

WAIT_S = 20.0
ROOT = Path(__file__).resolve().parents[3]
WALL_NS = 1_767_323_045_678_901_234

Stored = tuple[Entry, bytes]
MakeEntry = Callable[..., Entry]
Fill = Callable[[CaptureStore, Sequence[Stored]], None]
MakeCapture = Callable[..., Path]

_HOLD = """
import sys, threading, time
from pathlib import Path
from optave_inspector.capture.entry import Entry
from optave_inspector.capture.store import CaptureStore

path = Path(sys.argv[1])
if sys.argv[2] == "write":
    store = CaptureStore.create(path)
    done = threading.Event()
    store.append([(Entry(n, 1, 0, 1, n, n, 6, 8), b"kept %d" % n) for n in range(1, 8)], lambda _count: done.set())
    done.wait()
else:
    store = CaptureStore.open(path, read_only=True)
    store.page(1, 1)
print("ready", flush=True)
sys.stdin.read()
"""


def make_entry(number: int, payload: bytes = b"", **fields: object) -> Entry:
    """An incoming text entry; all other fields by name."""
    given = {
        "attempt": 1,
        "direction": 0,
        "kind": 1,
        "monotonic_ns": number * 1_000,
        "wall_ns": WALL_NS + number,
        "size": len(payload),
        "wire_size": len(payload) + 2,
    }
    return Entry(number, **(given | fields))  # type: ignore[arg-type]


@pytest.fixture
def entry_of() -> MakeEntry:
    """:func:`make_entry`."""
    return make_entry


@pytest.fixture
def fill() -> Fill:
    """Append entries with payloads and wait until they can be read."""

    def append_and_wait(store: CaptureStore, batch: Sequence[Stored]) -> None:
        done = threading.Event()
        store.append(list(batch), lambda _count: done.set())
        assert done.wait(WAIT_S), "the batch was never announced"

    return append_and_wait


@pytest.fixture
def capture(tmp_path: Path, fill: Fill) -> MakeCapture:
    """Make a closed capture of text entries with these payloads; its path."""

    def make(payloads: Sequence[bytes], path: Path | None = None) -> Path:
        path = path or tmp_path / "made.optave-capture"
        store = CaptureStore.create(path)
        if payloads:
            fill(store, [(make_entry(number, payload), payload) for number, payload in enumerate(payloads, 1)])
        store.close()
        return path

    return make


@contextmanager
def _holding(path: Path, how: str) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-c", _HOLD, str(path), how],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=ROOT,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def holding() -> Callable[[Path, str], object]:
    """A process that has a capture open: ``with holding(path, "write")`` (makes seven entries) or ``"read"``."""
    return _holding


@pytest.fixture
def crashed(tmp_path: Path) -> Path:
    """A capture of seven entries whose process was killed."""
    path = tmp_path / "crashed.optave-capture"
    with _holding(path, "write") as process:
        process.kill()
        process.wait(WAIT_S)
    return path


@pytest.fixture(params=["full disk", "file size limit"])
def small_disk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A folder in which no more than 1 MiB can be written: a disk of that size, where this user may mount one, or a
    limit on the size of files.
    """
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    may_mount = request.param == "full disk" and os.geteuid() == 0 and shutil.which("mount") is not None
    if may_mount and not subprocess.run(mount, check=False, capture_output=True).returncode:
        yield folder
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1024 * 1024, hard))
    yield folder
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
