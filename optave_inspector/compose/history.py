"""What was sent, by profile, with what became of it: one file for all windows, kept across restarts and bounded."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from .own_files import put_aside, reason

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

MOST_REQUESTS = 2_000
MOST_CHARACTERS = 64_000_000
LONGEST_TEXT = 1_000_000
BOUNDS = f"The newest {MOST_REQUESTS:,} messages of a profile are kept, at most {MOST_CHARACTERS // 10**6} MB of them."
_BUSY_S = 2.0
_VERSION = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS sent (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    profile TEXT NOT NULL, at_ns INTEGER NOT NULL, action TEXT NOT NULL, correlation_id TEXT NOT NULL,
    size INTEGER NOT NULL, masked INTEGER NOT NULL, summary TEXT NOT NULL, text TEXT,
    status TEXT NOT NULL DEFAULT '', latency_ns INTEGER NOT NULL DEFAULT -1, error_code TEXT NOT NULL DEFAULT ''
);
CREATE INDEX IF NOT EXISTS by_profile ON sent (profile, id);
"""
_COLUMNS = "id, profile, at_ns, action, correlation_id, size, masked, summary, status, latency_ns, error_code"
_HEAD = 200


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """One message that was sent, or was to be."""

    id: int = 0
    profile: str
    at_ns: int
    """Wall clock, nanoseconds since 1970."""
    action: str = ""
    correlation_id: str = ""
    size: int = 0
    """Bytes."""
    masked: int = 0
    """Secrets that were taken out of the text before it was kept."""
    summary: str = ""
    """What it says, in a line."""
    status: str = ""
    """Of its exchange, in small letters as ``completed``; empty while nothing is known."""
    latency_ns: int = -1
    error_code: str = ""
    text: str | None = None
    """None where it is too long to be kept; in a list, the beginning alone."""


class Outcome(msgspec.Struct, frozen=True):
    """What became of one of them."""

    id: int
    status: str
    latency_ns: int
    error_code: str


class SentHistory:
    """Reads and writes the file at ``path``, from any thread. What goes wrong is an InspectorError in words.

    A file that is none is set aside, never lost; ``notices`` say so.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.notices: list[str] = []

    def add(self, sent: Sequence[Sent]) -> list[int]:
        """Keep what was sent; their IDs. The oldest of the same profiles go where there are too many."""
        with self._open() as connection, connection:
            ids = [
                connection.execute(
                    "INSERT INTO sent (profile, at_ns, action, correlation_id, size, masked, summary, text, status,"
                    " latency_ns, error_code) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    (
                        one.profile, one.at_ns, one.action, one.correlation_id, one.size, one.masked,
                        one.summary,
                        one.text if one.text is None or len(one.text) <= LONGEST_TEXT else None,
                        one.status, one.latency_ns, one.error_code,
                    ),
                ).lastrowid
                or 0
                for one in sent
            ]  # fmt: skip
            for profile in {one.profile for one in sent}:
                _trim(connection, profile)
        return ids

    def settle(self, outcomes: Sequence[Outcome]) -> None:
        """Write down what became of them."""
        with self._open() as connection, connection:
            connection.executemany(
                "UPDATE sent SET status = ?, latency_ns = ?, error_code = ? WHERE id = ?",
                [(one.status, one.latency_ns, one.error_code, one.id) for one in outcomes],
            )

    def find(self, profile: str, words: str = "", most: int = 500) -> tuple[list[Sent], int]:
        """What a profile sent, the newest first, where every word stands in it; and how many there are of those."""
        conditions, values = ["profile = ?"], [profile]
        for word in words.split():
            conditions.append(
                "(text LIKE ? ESCAPE '\\' OR action LIKE ? ESCAPE '\\' OR correlation_id LIKE ? ESCAPE '\\'"
                " OR status LIKE ? ESCAPE '\\' OR error_code LIKE ? ESCAPE '\\')"
            )
            values += [f"%{_plain(word)}%"] * 5
        where = " AND ".join(conditions)
        with self._open() as connection:
            (count,) = connection.execute(f"SELECT count(*) FROM sent WHERE {where}", values).fetchone()  # noqa: S608
            rows = connection.execute(
                f"SELECT {_COLUMNS}, substr(text, 1, {_HEAD}) FROM sent WHERE {where} ORDER BY id DESC LIMIT ?",  # noqa: S608
                [*values, most],
            ).fetchall()
        return [_sent(row) for row in rows], count

    def get(self, sent_id: int) -> Sent:
        """One of them, with its whole text."""
        with self._open() as connection:
            row = connection.execute(f"SELECT {_COLUMNS}, text FROM sent WHERE id = ?", (sent_id,)).fetchone()  # noqa: S608
        if row is None:
            raise InspectorError(
                "This message is no longer in the history.", "It was removed, or newer ones took its place."
            )
        return _sent(row)

    def remove(self, ids: Sequence[int]) -> None:
        """Forget some of them for good."""
        with self._open() as connection, connection:
            connection.executemany("DELETE FROM sent WHERE id = ?", [(one,) for one in ids])

    def clear(self, profile: str) -> None:
        """Forget all that a profile sent."""
        with self._open() as connection, connection:
            connection.execute("DELETE FROM sent WHERE profile = ?", (profile,))

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            with closing(self._connect()) as connection:
                yield connection
        except sqlite3.Error as error:
            raise InspectorError(f"The history of what was sent cannot be used: {error}.") from error
        except OSError as error:
            raise InspectorError(f"The history of what was sent cannot be used: {reason(error)}.") from error

    def _connect(self) -> sqlite3.Connection:
        # Made here, so that nobody else may read it from its first byte on.
        os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        try:
            return _prepared(self._path)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            aside = put_aside(self._path)
            self.notices.append(f"The history in {self._path} is broken ({error}). It was set aside as {aside}.")
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            return _prepared(self._path)


def _prepared(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=_BUSY_S)
    try:
        (version,) = connection.execute("PRAGMA user_version").fetchone()
        if version > _VERSION:
            raise sqlite3.OperationalError(f"{path} was written by a newer release")
        # What is removed must be gone from the file as well.
        connection.execute("PRAGMA secure_delete = ON")
        if version < _VERSION:
            connection.executescript(_SCHEMA)
            connection.execute(f"PRAGMA user_version = {_VERSION}")
        connection.execute("SELECT error_code FROM sent LIMIT 1")
    except BaseException:
        connection.close()
        raise
    return connection


def _trim(connection: sqlite3.Connection, profile: str) -> None:
    total = 0
    rows = connection.execute(
        "SELECT id, coalesce(length(text), 0) FROM sent WHERE profile = ? ORDER BY id DESC", (profile,)
    )
    for place, (sent_id, length) in enumerate(rows.fetchall(), 1):
        total += length
        if place > MOST_REQUESTS or total > MOST_CHARACTERS:
            connection.execute("DELETE FROM sent WHERE profile = ? AND id <= ?", (profile, sent_id))
            return


def _sent(row: tuple[object, ...]) -> Sent:
    names = [*_COLUMNS.split(", "), "text"]
    return msgspec.convert(dict(zip(names, row, strict=True)), Sent)


def _plain(word: str) -> str:
    return word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
