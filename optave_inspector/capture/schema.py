"""How a capture file is laid out, and how one is created.

A capture is a SQLite database in WAL mode. ``entries`` holds the fields of :class:`~.entry.Entry` under their own
names, ``payloads`` the bytes under the same number, and ``payload_parts`` what exceeds :data:`PART_BYTES`. The row ID
is the entry's number, so that a page of rows is one seek. ``meta`` holds :class:`~.info.CaptureInfo`, ``bookmarks`` the
entries that the user marked, with a note or without. A copy that was saved is no different, but in rollback mode: one
file without companions.
"""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from .entry import Entry
from .info import CaptureInfo, write_info

if TYPE_CHECKING:
    from pathlib import Path

APPLICATION_ID = 0x4F70_7443
"""In the file's header (``PRAGMA application_id``); "OptC" in ASCII."""
SCHEMA_VERSION = 1
"""``PRAGMA user_version``. A file with a higher one is left alone."""
PART_BYTES = 16 * 1024 * 1024
"""Payloads above this size are stored in parts: SQLite holds at most 1,000,000,000 bytes in one value, and no thread
should wait for the copying of so many."""

COLUMNS = tuple(field.name for field in msgspec.structs.fields(Entry))
COLUMN_LIST = ", ".join(COLUMNS)

_INTEGERS = {field.name for field in msgspec.structs.fields(Entry) if field.type is int}
_ENTRY_COLUMNS = ", ".join(
    "number INTEGER PRIMARY KEY"
    if name == "number"
    else f"{name} {'INTEGER' if name in _INTEGERS else 'TEXT'} NOT NULL"
    for name in COLUMNS
)
_SCHEMA = f"""
CREATE TABLE entries ({_ENTRY_COLUMNS});
CREATE TABLE payloads (number INTEGER PRIMARY KEY, plain INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE payload_parts (
    number INTEGER NOT NULL, part INTEGER NOT NULL, data BLOB NOT NULL, PRIMARY KEY (number, part)
);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE bookmarks (number INTEGER PRIMARY KEY, note TEXT NOT NULL);
"""


RECOVER = (
    "Recover what can be read of it (File, Recover a damaged capture, or optave-inspector recover), "
    "or restore it from a copy."
)
"""What to do about a damaged capture."""


class StoreError(InspectorError):
    """The capture could not be created, opened, written or read."""


def create_file(path: Path, info: CaptureInfo) -> sqlite3.Connection:
    """Create a capture that does not exist yet and return the connection that writes it.

    The file and its ``-wal`` and ``-shm`` companions are readable by their owner only, whatever the umask: SQLite gives
    the companions the mode of the file. Raises :class:`StoreError`.
    """
    try:
        descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600)
        try:
            if hasattr(os, "fchmod"):
                os.fchmod(descriptor, 0o600)
        finally:
            os.close(descriptor)
    except FileExistsError as error:
        raise StoreError(f"The capture {path} exists already.", "Choose another name.") from error
    except OSError as error:
        raise StoreError(
            f"The capture {path} cannot be created: {error.strerror or error}.",
            "Choose another folder, or free some space.",
        ) from error
    connection = None
    try:
        connection = connect(path)
        # Larger pages than SQLite's default: a page holds some 20 payloads of usual size, which makes writing cheaper.
        connection.execute("PRAGMA page_size = 16384")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.executescript(
            f"BEGIN; {_SCHEMA} PRAGMA application_id = {APPLICATION_ID}; PRAGMA user_version = {SCHEMA_VERSION};"
        )
        write_info(connection, info)
        connection.execute("COMMIT")
    except sqlite3.Error as error:
        if connection is not None:
            connection.close()
        path.unlink(missing_ok=True)
        raise StoreError(
            f"The capture {path} cannot be created: {in_words(error)}.", "Choose another folder, or free some space."
        ) from error
    return connection


def connect(path: Path) -> sqlite3.Connection:
    """A connection to an existing capture, usable by one thread at a time. Raises ``sqlite3.Error``."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, isolation_level=None, check_same_thread=False, timeout=10.0
    )
    try:
        connection.execute("PRAGMA synchronous = NORMAL")
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def in_words(error: BaseException) -> str:
    """What a failure of SQLite or of the system means, as the end of a sentence."""
    if isinstance(error, OSError):
        return error.strerror or str(error)
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return {
        sqlite3.SQLITE_FULL: "the disk is full",
        sqlite3.SQLITE_IOERR: "the disk refuses to write or read (is it full, or gone?)",
        sqlite3.SQLITE_READONLY: "the file may not be written",
        sqlite3.SQLITE_CANTOPEN: "the file cannot be opened",
        sqlite3.SQLITE_CORRUPT: "its content is damaged",
        sqlite3.SQLITE_NOTADB: "it is no SQLite database",
        sqlite3.SQLITE_BUSY: "another program holds it locked",
        sqlite3.SQLITE_NOMEM: "memory is short",
    }.get(code, str(error))
