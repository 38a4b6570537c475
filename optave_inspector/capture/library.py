"""The captures of this user in one folder: new ones, what is there, and what a crash left."""

from __future__ import annotations

import os
import re
import sqlite3
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

from .. import __version__
from .info import CaptureInfo
from .opening import (
    Contents,
    DamagedCaptureError,
    NewerCaptureError,
    companions,
    in_use,
    open_for_reading,
    open_for_writing,
)
from .schema import StoreError, in_words
from .store import CaptureStore

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

SUFFIX = ".optave-capture"
_MOST_TRIES = 1_000
_LONGEST_NAME = 60


class CaptureState(StrEnum):
    """What can be told of a capture's file."""

    CLOSED = "closed"
    OPEN = "open"
    """A session is writing it, in this process or another."""
    CRASHED = "crashed"
    """Its session did not end well, and nobody has it open: to be offered to the user."""
    DAMAGED = "damaged"
    NEWER = "newer"
    UNREADABLE = "unreadable"
    """The system refuses to read it."""


class CaptureFile(msgspec.Struct, frozen=True):
    """One capture of the folder."""

    path: Path
    state: CaptureState
    size_bytes: int
    """With SQLite's companion files."""
    changed_wall_ns: int
    """Unix time of the last change."""
    entries: int | None = None
    """None where they cannot be counted."""
    bookmarks: int = 0
    info: CaptureInfo = CaptureInfo()
    problem: str = ""
    """Why it cannot be read, as a sentence."""


class Recovered(msgspec.Struct, frozen=True):
    """What was found in a capture that a crash left."""

    path: Path
    entries: int
    last_wall_ns: int
    """When the last of its entries came or went; 0 where there is none."""


class CaptureLibrary:
    """The captures in ``folder`` (see ``paths.captures_dir``). Blocking; ask it from a thread of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new_capture_path(self, now: datetime, profile_name: str) -> Path:
        """A path that nothing has yet, named by time and profile."""
        name = re.sub(r"[^\w.-]+", "-", profile_name)[:_LONGEST_NAME].strip("-. ")
        stem = f"{now:%Y-%m-%d %H-%M-%S} {name}".strip()
        candidates = [stem, *(f"{stem} ({number})" for number in range(2, _MOST_TRIES))]
        for candidate in candidates:
            path = self.folder / f"{candidate}{SUFFIX}"
            if not any(each.exists() for each in (path, *companions(path))):
                return path
        raise StoreError(f"There are {_MOST_TRIES} captures {stem} already.", "Remove some of them.")

    def create(
        self,
        now: datetime,
        profile_name: str,
        tenant: str = "",
        on_failed: Callable[[StoreError], None] | None = None,
    ) -> CaptureStore:
        """A new capture in the folder. Raises :class:`StoreError` where it cannot be made."""
        info = CaptureInfo(__version__, int(now.timestamp() * 1e9), profile_name, tenant)
        for _ in range(_MOST_TRIES):
            path = self.new_capture_path(now, profile_name)
            try:
                return CaptureStore.create(path, on_failed, info)
            except StoreError as error:
                # Another session of this second may have been quicker.
                if not isinstance(error.__cause__, FileExistsError):
                    raise
        raise StoreError(f"No capture can be made in {self.folder}: its names are taken again and again.")

    def captures(self) -> list[CaptureFile]:
        """All captures, the newest first. Raises :class:`StoreError` where the folder cannot be read."""
        try:
            paths = [path for path in self.folder.glob(f"*{SUFFIX}") if path.is_file() and not path.is_symlink()]
        except OSError as error:
            raise StoreError(f"The folder {self.folder} cannot be read: {error.strerror or error}.") from error
        found = []
        for path in paths:
            with suppress(FileNotFoundError):  # removed meanwhile
                found.append(look_at(path))
        return sorted(found, key=lambda each: (each.changed_wall_ns, each.path), reverse=True)

    def crashed(self) -> list[CaptureFile]:
        """The captures of sessions that did not end well and hold something, the newest first."""
        return [each for each in self.captures() if each.state is CaptureState.CRASHED and each.entries]


def look_at(path: Path) -> CaptureFile:
    """What can be told of one capture without changing its content. Raises FileNotFoundError."""
    size, changed = _size_and_change(path)
    contents: Contents | None = None
    problem = ""
    try:
        _, contents = open_for_reading(path)
        state = CaptureState.CLOSED
        if not contents.info.closed:
            state = CaptureState.OPEN
            if not in_use(path):
                state = CaptureState.CRASHED
                # Finding out may have moved the log into the file, which is no change of the capture.
                os.utime(path, ns=(changed, changed))
    except NewerCaptureError as error:
        state, problem = CaptureState.NEWER, str(error)
    except DamagedCaptureError as error:
        state, problem = CaptureState.DAMAGED, str(error)
    except (StoreError, PermissionError) as error:
        state, problem = CaptureState.UNREADABLE, str(error)
    if contents is None:
        path.stat()  # gone meanwhile is no damage
        return CaptureFile(path, state, size, changed, problem=problem)
    return CaptureFile(path, state, size, changed, contents.count, len(contents.bookmarks), contents.info)


def recover(path: Path) -> Recovered:
    """Take over what a crashed session left: the write-ahead log goes into the file, which is marked as recovered.

    At most what the session had not yet stored is missing, the last second as a rule. Raises :class:`StoreError`
    for a capture that is open, damaged or newer.
    """
    connection, contents = open_for_writing(path)
    try:
        there = connection.execute("SELECT count(*) FROM entries").fetchone()[0]
        if there != contents.count:
            raise DamagedCaptureError(f"The capture {path} is damaged: {contents.count - there} entries are missing.")
        row = connection.execute("SELECT wall_ns FROM entries WHERE number = ?", (contents.count,)).fetchone()
    except sqlite3.Error as error:
        raise DamagedCaptureError(f"The capture {path} cannot be read: {in_words(error)}.") from error
    finally:
        connection.close()
    return Recovered(path, contents.count, row[0] if row else 0)


def _size_and_change(path: Path) -> tuple[int, int]:
    whole = path.stat()
    size, changed = whole.st_size, whole.st_mtime_ns
    for companion in companions(path):
        with suppress(OSError):
            found = companion.stat()
            size += found.st_size
            if not companion.name.endswith("-shm"):  # reading changes that one
                changed = max(changed, found.st_mtime_ns)
    return size, changed
