"""What of a sent message nobody typed: by entry, the places of what was generated or put in, and what stands there."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping

_TABLE = (
    "CREATE TABLE IF NOT EXISTS made_parts (number INTEGER PRIMARY KEY, count INTEGER NOT NULL, parts TEXT NOT NULL)"
)
"""In captures in which something was generated only: those of earlier versions are read and written on as they are."""
_INSERT = "INSERT OR REPLACE INTO made_parts VALUES (?, ?, ?)"
_SELECT = "SELECT parts FROM made_parts WHERE number = ?"
_decode = msgspec.json.Decoder(dict[str, str]).decode


def write_parts(connection: sqlite3.Connection, number: int, parts: Mapping[str, str]) -> None:
    """Keep the parts of one entry, by JSON path: ``generated``, or the variable. Raises ``sqlite3.Error``."""
    write_parts_text(connection, number, len(parts), msgspec.json.encode(dict(parts)).decode())


def write_parts_text(connection: sqlite3.Connection, number: int, count: int, text: str) -> None:
    """The same for a row as it was read. Raises ``sqlite3.Error``."""
    connection.execute(_TABLE)
    connection.execute(_INSERT, (number, count, text))


def read_parts_of(connection: sqlite3.Connection, number: int) -> dict[str, str]:
    """The parts of one entry; none where the capture tells of none. Raises ``sqlite3.Error`` for a damaged file."""
    try:
        row = connection.execute(_SELECT, (number,)).fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode == sqlite3.SQLITE_ERROR:  # there is no such table
            return {}
        raise
    try:
        return _decode(row[0]) if row is not None else {}
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
