"""Putting entries and payloads into a capture's tables."""

from __future__ import annotations

import functools
import itertools
from typing import TYPE_CHECKING

import msgspec

from .entry import Entry
from .schema import COLUMN_LIST, COLUMNS, PART_BYTES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

Stored = tuple[Entry, bytes]
"""An entry with its payload."""

# Rows are inserted many at a time, and not by executemany: SQLite's binding gives up Python's lock for each row, and a
# busy event loop then gives it back only after some milliseconds, each time.
_ROWS_AT_ONCE = (256, 32, 4)
_BYTES_AT_ONCE = 8 * 1024 * 1024
"""SQLite copies what is bound, so that much is in memory twice."""
_INSERT_PART = "INSERT INTO payload_parts (number, part, data) VALUES (?, ?, ?)"


def insert(connection: sqlite3.Connection, entries: Sequence[Stored]) -> None:
    """Insert within a transaction of the caller's. Raises ``sqlite3.Error``.

    What SQLite cannot hold is replaced in an entry's fields (lone surrogates, integers of more than 64 bits); payloads
    are stored byte for byte.
    """
    start = 0
    while start < len(entries):
        group = _group(entries, start)
        rows = [msgspec.structs.astuple(entry) for entry, _ in group]
        statement = _insert_entries(len(group))
        try:
            connection.execute(statement, list(itertools.chain.from_iterable(rows)))
        except (UnicodeEncodeError, OverflowError):
            connection.execute(statement, [_storable(value) for row in rows for value in row])
        if len(group) == 1 and len(group[0][1]) > PART_BYTES:
            _insert_in_parts(connection, *group[0])
        else:
            values: list[object] = []
            for entry, payload in group:
                values += (entry.number, b"\0" not in payload, payload)
            connection.execute(_insert_payloads(len(group)), values)
        start += len(group)


def _group(entries: Sequence[Stored], start: int) -> Sequence[Stored]:
    for count in _ROWS_AT_ONCE:
        group = entries[start : start + count]
        if len(group) == count and sum(len(payload) for _, payload in group) <= _BYTES_AT_ONCE:
            return group
    return entries[start : start + 1]


def _insert_in_parts(connection: sqlite3.Connection, entry: Entry, payload: bytes) -> None:
    whole = memoryview(payload)
    connection.execute(_insert_payloads(1), (entry.number, False, whole[:PART_BYTES]))
    for part, start in enumerate(range(PART_BYTES, len(payload), PART_BYTES), 1):
        connection.execute(_INSERT_PART, (entry.number, part, whole[start : start + PART_BYTES]))


@functools.cache
def _insert_entries(count: int) -> str:
    row = f"({', '.join('?' * len(COLUMNS))})"
    return f"INSERT INTO entries ({COLUMN_LIST}) VALUES {', '.join([row] * count)}"  # noqa: S608 - our own names


@functools.cache
def _insert_payloads(count: int) -> str:
    return "INSERT INTO payloads (number, plain, data) VALUES " + ", ".join(["(?, ?, ?)"] * count)  # noqa: S608 - our own names


def _storable(value: object) -> object:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int):
        return max(-(2**63), min(2**63 - 1, value))
    return value
