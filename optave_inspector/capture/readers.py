"""Connections for reading a capture while it is written."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from .schema import RECOVER, StoreError, connect, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class Readers:
    """Lends connections to whatever thread reads, one borrower at a time, and keeps them for the next.

    In WAL mode a reader never waits for the writer, and sees all that was committed before its query.
    """

    def __init__(self, path: Path, make: Callable[[], sqlite3.Connection] | None = None) -> None:
        self._path = path
        self._make = make or (lambda: connect(path))
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        self._lock = threading.Lock()

    @contextmanager
    def borrow(self) -> Iterator[sqlite3.Connection]:
        """A connection for one query or a few. Raises :class:`StoreError`, also for what SQLite raises inside."""
        connection = None
        try:
            connection = self._take()
            yield connection
        except sqlite3.Error as error:
            # A connection that met an error may be the worse for it; the next borrower gets a new one.
            if connection is not None:
                connection.close()
                connection = None
            damaged = getattr(error, "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_CORRUPT
            hint = RECOVER if damaged else ""
            raise StoreError(f"The capture {self._path} cannot be read: {in_words(error)}.", hint) from error
        finally:
            if connection is not None:
                self._give_back(connection)

    def close(self) -> None:
        """Close all; connections on loan are closed when they come back."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
        for connection in idle:
            connection.close()

    def _take(self) -> sqlite3.Connection:
        with self._lock:
            if self._closed:
                raise StoreError("The capture is closed.")
            if self._idle:
                return self._idle.pop()
        return self._make()

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lock:
            if not self._closed:
                self._idle.append(connection)
                return
        connection.close()
