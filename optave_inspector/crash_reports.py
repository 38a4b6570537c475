"""What the app keeps of its own failures: a few text files that only their owner can read, without secrets.

Two ways lead to one: an error that nothing caught (:meth:`CrashReports.write`), and the end of the process within
native code, which leaves its traceback in a file that was opened for it (:class:`FaultWatch`), found at the next start.
"""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import platform
import time
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self, TextIO

import psutil

from . import __version__
from .log import redact
from .profiles.atomic_file import write_atomically

if TYPE_CHECKING:
    from collections.abc import Sequence

_log = logging.getLogger(__name__)
MOST = 10
"""As many reports are kept; the oldest go."""
_MOST_A_RUN = 5
_LOG_LINES = 40
_MOST_TEXT = 200_000
_PREFIX, _FAULT = "crash-", "fault-"


@dataclass(frozen=True, slots=True)
class CrashReport:
    """One report: where it is, and the line that says what happened."""

    path: Path
    summary: str
    wall: float
    """Unix time of the failure."""

    def text(self) -> str:
        """All of it. Raises OSError."""
        return self.path.read_text(encoding="utf-8", errors="replace")


class CrashReports:
    """The reports in ``folder``, at most ten. What cannot be written is logged, never raised."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._told: set[str] = set()

    def all(self) -> list[CrashReport]:
        """The newest first."""
        found = []
        for path in self.folder.glob(f"{_PREFIX}*.txt"):
            with contextlib.suppress(OSError):
                with path.open(encoding="utf-8", errors="replace") as file:
                    summary = file.readline(500).strip()
                found.append(CrashReport(path, summary or "The app failed.", path.stat().st_mtime))
        return sorted(found, key=lambda each: (each.wall, each.path.name), reverse=True)

    def write(self, error: BaseException, going_on: Sequence[str] = (), log_lines: Sequence[str] = ()) -> Path | None:
        """Keep a report of an error that nothing caught; None for one that this run has reported, or for too many.

        ``going_on`` says in lines what the app was at.
        """
        trace = "".join(traceback.format_exception(error))
        if trace in self._told or len(self._told) >= _MOST_A_RUN:
            return None
        self._told.add(trace)
        return self._keep(f"{type(error).__name__}: {error}", trace, going_on, log_lines, time.time())

    def collect(self, log_file: Path) -> None:
        """Make reports of what processes have left that ended within native code. Before this run logs anything."""
        for path in self.folder.glob(f"{_FAULT}*.txt"):
            try:
                if _is_running(path):
                    continue
                text = path.read_text(encoding="utf-8", errors="replace")
                wall = path.stat().st_mtime
                head, _, trace = text.partition("\n\n")
                if trace.strip():
                    first = trace.strip().splitlines()[0]
                    self._keep(first, trace, head.splitlines(), tail(log_file, _LOG_LINES), wall)
                path.unlink()
            except OSError as error:
                _log.warning("What a former run left in %s cannot be used: %s", path.name, error)

    @staticmethod
    def discard(report: CrashReport) -> None:
        """Remove a report. Raises OSError."""
        report.path.unlink(missing_ok=True)

    def _keep(
        self, what: str, trace: str, going_on: Sequence[str], log_lines: Sequence[str], wall: float
    ) -> Path | None:
        when = time.localtime(wall)
        text = "\n".join(
            [
                " ".join(what.split())[:300],
                "",
                f"Optave Inspector {__version__}, Python {platform.python_version()}, {platform.platform()}",
                time.strftime("%Y-%m-%d %H:%M:%S %z", when),
                "",
                "What was going on:",
                *([f"  {line}" for line in going_on] or ["  nothing is known"]),
                "",
                "Traceback:",
                trace.rstrip(),
                "",
                "The last lines of the log:",
                *(log_lines or ["  none"]),
                "",
            ]
        )
        text = shorten_home(redact(text))[:_MOST_TEXT]
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            path = _free_name(self.folder / f"{_PREFIX}{time.strftime('%Y%m%d-%H%M%S', when)}.txt")
            write_atomically(path, text.encode("utf-8", errors="backslashreplace"))
            os.utime(path, (wall, wall))
            for old in self.all()[MOST:]:
                old.path.unlink(missing_ok=True)
        except OSError as error:
            _log.warning("A crash report could not be kept: %s", error)
            return None
        return path


class FaultWatch:
    """While it is entered, a crash within native code leaves the traceback of all threads in a file."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / f"{_FAULT}{os.getpid()}.txt"
        self._file: TextIO | None = None

    def __enter__(self) -> Self:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            self._file = open(descriptor, "w", encoding="utf-8")  # noqa: PTH123 - a descriptor
            self._file.write(f"running since {time.strftime('%Y-%m-%d %H:%M:%S %z')}\n\n")
            self._file.flush()
            faulthandler.enable(self._file, all_threads=True)
        except OSError as error:
            _log.warning("Crashes within native code are not watched: %s", error)
        return self

    def __exit__(self, *_: object) -> None:
        faulthandler.disable()
        if self._file is not None:
            self._file.close()
            self._path.unlink(missing_ok=True)


def shorten_home(text: str) -> str:
    """``text`` with the user's home folder written as ``~``, so that it does not tell who they are."""
    home = str(Path.home())
    return text.replace(home, "~") if len(home) > 1 else text


def tail(path: Path, lines: int) -> list[str]:
    """The last lines of a text file; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            file.seek(max(path.stat().st_size - 64 * 1024, 0))
            return file.read().decode("utf-8", errors="replace").splitlines()[-lines:]
    except OSError:
        return []


def _is_running(path: Path) -> bool:
    """Whether the process that opened the file is still there; a number taken anew by a younger one is not."""
    number = path.stem.removeprefix(_FAULT)
    if not number.isdecimal():
        return False
    try:
        return bool(psutil.Process(int(number)).create_time() <= path.stat().st_mtime + 1)
    except (psutil.Error, OSError, OverflowError):
        return False


def _free_name(path: Path) -> Path:
    number, free = 1, path
    while free.exists():
        number += 1
        free = path.with_stem(f"{path.stem}-{number}")
    return free
