"""The thread that writes a capture: one transaction for all that waits, and memory when the disk fails."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .info import read_info, write_value
from .inserts import Stored, insert
from .schema import StoreError, in_words

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)

Batch = tuple[Sequence[Stored], Callable[[int], None]]
Order = Callable[[sqlite3.Connection], None]
"""Something small to write beside entries, such as a bookmark; run again when the disk failed."""

_MOST_ENTRIES = 20_000
_MOST_BYTES = 64 * 1024 * 1024
"""What one transaction takes at most, so that a flood is announced in steps."""
_RETRY_AFTER_S = 5.0


class Writer:
    """Owns the writing connection of one capture and the thread that uses it.

    Entries are in exactly one of two places: the file holds those up to a number, ``kept`` those after it. Normally
    ``kept`` is what the running transaction writes; while the disk fails, it is what can only be kept in memory, and
    writing is tried again with later batches and at the end.
    """

    def __init__(
        self,
        path: Path | None,
        connection: sqlite3.Connection | None,
        count: int,
        problem: str,
        on_failed: Callable[[StoreError], None] | None,
        *,
        is_new: bool = True,
    ) -> None:
        self.path = path
        """The capture's file; None when there is none, and all stays in memory."""
        self.count = count
        """Entries that were announced as stored: readable by everyone."""
        self.kept: tuple[int, list[Stored]] = (count + 1, [])
        """First number that is not in the file, and the entries from there on; replaced as a whole."""
        self.problem = problem
        """Why entries are in memory only, as a sentence; empty while all is well."""
        self.unsaved_bytes = 0
        """Payload bytes of what is in memory only."""
        self._connection = connection
        self._on_failed = on_failed
        self._retry_at = 0.0
        self._marked = is_new
        """The file says that it is being written."""
        self._orders: list[Order] = []
        self._queue: queue.SimpleQueue[Batch | Order | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="capture writer", daemon=True)
        self._thread.start()

    @property
    def unsaved(self) -> int:
        """Announced entries that are in memory only."""
        return max(0, self.count - self.kept[0] + 1)

    @property
    def unwritten_orders(self) -> int:
        """Orders that could not be carried out yet."""
        return len(self._orders)

    def append(self, batch: Batch) -> None:
        """Hand a batch to the thread; returns at once."""
        self._queue.put(batch)

    def order(self, order: Order) -> None:
        """Hand over something small to write, after the batches before it; returns at once."""
        self._queue.put(order)

    def stop(self) -> None:
        """Write what waits, then end the thread and close the connection. Blocks until done."""
        self._queue.put(None)
        # A store that nobody closed may be collected on the writer's own thread.
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _run(self) -> None:
        going = True
        while going:
            batches, going = self._take()
            for entries, _ in batches:
                self.kept[1].extend(entries)
            if self._connection is not None and (not self.problem or time.monotonic() >= self._retry_at or not going):
                self._save(self._connection)
            elif self.problem:
                self.unsaved_bytes += sum(_size(entries) for entries, _ in batches)
            first, kept = self.kept
            self.count = first + len(kept) - 1
            for _, on_stored in batches:
                self._tell(on_stored)
        if self._connection is not None:
            self._end(self._connection)

    def _end(self, connection: sqlite3.Connection) -> None:
        try:
            try:
                if self._marked and not self.problem:
                    write_value(connection, "closed", value=True)
            finally:
                connection.close()
        except sqlite3.Error:
            _log.exception("The capture %s could not be closed cleanly", self.path)

    def _take(self) -> tuple[list[Batch], bool]:
        """All batches that wait, up to the size of one transaction, and whether to go on after them; orders are kept.

        Waits for the first one; while the disk fails, only until writing is to be tried again.
        """
        batches: list[Batch] = []
        entries = size = 0
        timeout = _RETRY_AFTER_S if self.problem else None
        waits = True
        while entries < _MOST_ENTRIES and size < _MOST_BYTES:
            try:
                work = self._queue.get(waits, timeout)
            except queue.Empty:
                break
            if work is None:
                return batches, False
            if not isinstance(work, tuple):
                self._orders.append(work)
            else:
                batches.append(work)
                entries += len(work[0])
                size += _size(work[0])
            waits = False
        return batches, True

    def _save(self, connection: sqlite3.Connection) -> None:
        """Move what is in memory to the file, as many transactions as it takes; on failure the rest stays in memory."""
        first, kept = self.kept
        start = 0
        try:
            while start < len(kept):
                end = _end_of_transaction(kept, start)
                self._write(connection, kept[start:end])
                start = end
                self.kept = (first + start, kept[start:])
            if self._orders:
                self._write(connection, ())
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the entries stay readable in memory
            self._failed(error)
        else:
            if self.problem:
                _log.info("The capture %s is written again", self.path)
            self.problem, self.unsaved_bytes = "", 0

    def _write(self, connection: sqlite3.Connection, entries: Sequence[Stored]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        try:
            if entries and not self._marked:
                _mark(connection)
            insert(connection, entries)
            for order in self._orders:
                order(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        self._marked = self._marked or bool(entries)
        self._orders.clear()

    def _failed(self, error: Exception) -> None:
        self._retry_at = time.monotonic() + _RETRY_AFTER_S
        self.unsaved_bytes = _size(self.kept[1])
        before, self.problem = self.problem, f"New entries are kept in memory only: {in_words(error)} ({self.path})."
        if before:
            return
        _log.error("The capture %s cannot be written", self.path, exc_info=error)
        if self._on_failed is not None:
            failure = StoreError(self.problem, "Free some space; writing is tried again every few seconds.")
            failure.__cause__ = error
            try:
                self._on_failed(failure)
            except Exception:  # noqa: BLE001 - whatever a listener does, the writing goes on
                _log.exception("The listener to failures of the capture failed")

    def _tell(self, on_stored: Callable[[int], None]) -> None:
        try:
            on_stored(self.count)
        except Exception:  # noqa: BLE001 - whatever a listener does, the writing goes on
            _log.exception("The listener to stored entries failed")


class NoWriter:
    """Stands in a writer's place for a capture that is only read."""

    def __init__(self, path: Path, count: int) -> None:
        self.path: Path | None = path
        self.count = count
        self.kept: tuple[int, list[Stored]] = (count + 1, [])
        self.problem = ""
        self.unsaved = self.unsaved_bytes = 0
        self.unwritten_orders = 0

    def append(self, _batch: Batch) -> None:
        """Refused: StoreError."""
        raise StoreError("The capture is open for reading only.", "Save a copy and open that.")

    def order(self, _order: Order) -> None:
        """Refused: StoreError."""
        raise StoreError("The capture is open for reading only.", "Save a copy and open that.")

    def stop(self) -> None:
        """Nothing waits."""


def _size(entries: Sequence[Stored]) -> int:
    return sum(len(payload) for _, payload in entries)


def _end_of_transaction(entries: Sequence[Stored], start: int) -> int:
    size = 0
    for index in range(start, min(start + _MOST_ENTRIES, len(entries))):
        size += len(entries[index][1])
        if size > _MOST_BYTES:
            return index + 1
    return min(start + _MOST_ENTRIES, len(entries))


def _mark(connection: sqlite3.Connection) -> None:
    """Say in the file that it is being written; asked for when a capture goes on that was opened."""
    if not read_info(connection).closed:
        raise StoreError("another session writes this capture")
    write_value(connection, "closed", value=False)
