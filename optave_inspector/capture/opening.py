"""Opening a capture that exists: to go on writing it, or to look without leaving a trace."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .info import CaptureInfo, read_info, write_value
from .schema import APPLICATION_ID, RECOVER, SCHEMA_VERSION, StoreError, connect, in_words

if TYPE_CHECKING:
    from pathlib import Path

COMPANIONS = ("-wal", "-shm", "-journal")
"""What SQLite puts beside a database: the file's own name with one of these at the end."""

Connect = Callable[[], sqlite3.Connection]


@dataclass(frozen=True, slots=True)
class Contents:
    """What a capture held when it was opened."""

    count: int
    info: CaptureInfo
    bookmarks: dict[int, str]
    """Notes by entry number; an empty note is a bookmark too."""


class DamagedCaptureError(StoreError):
    """The file is no longer whole, or never was a database."""


class NoCaptureError(DamagedCaptureError):
    """The file is a sound database, but no capture."""


class NewerCaptureError(StoreError):
    """A newer version wrote the file. It is left alone."""


def open_for_writing(path: Path) -> tuple[sqlite3.Connection, Contents]:
    """The connection that goes on writing ``path``, and what it holds.

    What a crashed session left in the write-ahead log comes with it, and the capture is marked as recovered.
    Raises :class:`StoreError` for a file that is missing, damaged, newer, or being written by another session.
    """
    _check_is_file(path)
    try:
        connection = connect(path)
        try:
            contents = _contents(connection, path)
        finally:
            connection.close()
        if not contents.info.closed and in_use(path):
            raise StoreError(
                f"The capture {path} is being written by another session.", "Open it for reading, or end that session."
            )
        connection = connect(path)
    except sqlite3.Error as error:
        raise _failure(path, error, RECOVER) from error
    try:
        connection.execute("PRAGMA journal_mode = WAL")
        if not contents.info.closed:
            connection.execute("BEGIN IMMEDIATE")
            write_value(connection, "closed", value=True)
            write_value(connection, "recovered", value=True)
            connection.execute("COMMIT")
        return connection, _contents(connection, path)
    except sqlite3.Error as error:
        connection.close()
        raise StoreError(
            f"The capture {path} cannot be opened for writing: {in_words(error)}.", "Open it for reading."
        ) from error
    except StoreError:
        connection.close()
        raise


def open_for_reading(path: Path) -> tuple[Connect, Contents]:
    """A maker of connections that change nothing, and what the capture holds. Raises :class:`StoreError`.

    Works for a capture that a session is writing (its entries up to now), for one that a crash left, and on a medium
    that cannot be written.
    """
    _check_is_file(path)

    def connect_here() -> sqlite3.Connection:
        return _connect_for_reading(path)

    try:
        with closing(connect_here()) as connection:
            return connect_here, _contents(connection, path)
    except sqlite3.Error as error:
        hint = RECOVER
        if error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_CANTOPEN and _has_log(path):
            hint = f"Copy it, together with {path.name}-wal, to a folder that can be written."
        raise _failure(path, error, hint) from error


def in_use(path: Path) -> bool:
    """Whether anybody has the capture open, in this process or another; a dead process never has.

    SQLite's own locks answer. A file that is no sound database is in nobody's use. What a crash left in the write-ahead
    log may move into the file.
    """
    try:
        with closing(_connect(path, "mode=rw", timeout_s=0)) as connection:
            # In WAL mode, every open connection shares a lock that this one wants for itself.
            connection.execute("PRAGMA locking_mode = EXCLUSIVE")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
    return False


def companions(path: Path) -> list[Path]:
    """The files that SQLite may have put beside ``path``, there or not."""
    return [path.with_name(path.name + ending) for ending in COMPANIONS]


def _connect_for_reading(path: Path) -> sqlite3.Connection:
    if _has_log(path):
        # Closing this kind leaves the log as it was; it is evidence, or another session's.
        return _connect(path, "mode=ro")
    try:
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            return _connect_unchanging(path)
        # SQLite clears its companion files away only behind a connection that may write.
        connection = _connect(path, "mode=rw")
        try:
            connection.execute("PRAGMA query_only = 1")
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except sqlite3.Error:
            connection.close()
            raise
        return connection
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}:
            raise
        return _connect_unchanging(path)


def _connect_unchanging(path: Path) -> sqlite3.Connection:
    return _connect(path, "mode=ro&immutable=1")


def _connect(path: Path, how: str, *, timeout_s: float = 10.0) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}", uri=True, isolation_level=None, check_same_thread=False, timeout=timeout_s
    )


def _has_log(path: Path) -> bool:
    try:
        return path.with_name(f"{path.name}-wal").stat().st_size > 0
    except OSError:
        return False


def _failure(path: Path, error: sqlite3.Error, hint: str) -> StoreError:
    damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
    kind = DamagedCaptureError if damaged else StoreError
    return kind(f"The capture {path} cannot be opened: {in_words(error)}.", hint)


def _check_is_file(path: Path) -> None:
    if not path.is_file():
        raise StoreError(f"There is no capture {path}.", "Choose another file.")


def _contents(connection: sqlite3.Connection, path: Path) -> Contents:
    try:
        application_id = connection.execute("PRAGMA application_id").fetchone()[0]
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        if application_id != APPLICATION_ID:
            raise NoCaptureError(f"{path} is no capture of Optave Inspector.", "Choose another file.")
        if version > SCHEMA_VERSION:
            raise NewerCaptureError(
                f"The capture {path} was written by a newer Optave Inspector "
                f"(schema {version}; this one reads up to {SCHEMA_VERSION}).",
                "Open it with that version.",
            )
        entries = connection.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()[0]
        payloads = connection.execute("SELECT coalesce(max(number), 0) FROM payloads").fetchone()[0]
        bookmarks = {
            int(number): str(note)
            for number, note in connection.execute("SELECT number, note FROM bookmarks ORDER BY number")
        }
        info = read_info(connection)
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", 0) & 0xFF in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY}:
            raise
        raise DamagedCaptureError(f"The capture {path} cannot be read: {in_words(error)}.", RECOVER) from error
    if entries != payloads:
        raise DamagedCaptureError(
            f"The capture {path} is damaged: it holds {entries} entries, and payloads for {payloads}.", RECOVER
        )
    return Contents(int(entries), info, bookmarks)
