"""The thread that writes a capture: one transaction for all that waits, and memory when the disk fails."""

from __future__ import annotations

import logging
import queue
import sqlite3
import threading
import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from .inserts import Stored, insert
from .schema import StoreError, in_words

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)

Batch = tuple[Sequence[Stored], Callable[[int], None]]

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
    ) -> None:
        self.path = path
        """The capture's file; None when there is none, and all stays in memory."""
        self.count = count
        """Entries that were announced as stored: readable by everyone."""
        self.kept: tuple[int, list[Stored]] = (count + 1, [])
        """First number that is not in the file, and the entries from there on; replaced as a whole."""
        self.problem = problem
        """Why entries are in memory only, as a sentence; empty while all is well."""
        self._connection = connection
        self._on_failed = on_failed
        self._retry_at = 0.0
        self._queue: queue.SimpleQueue[Batch | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name="capture writer", daemon=True)
        self._thread.start()

    @property
    def unsaved(self) -> int:
        """Announced entries that are in memory only."""
        return max(0, self.count - self.kept[0] + 1)

    def append(self, batch: Batch) -> None:
        """Hand a batch to the thread; returns at once."""
        self._queue.put(batch)

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
            first, kept = self.kept
            self.count = first + len(kept) - 1
            for _, on_stored in batches:
                self._tell(on_stored)
        if self._connection is not None:
            try:
                self._connection.close()
            except sqlite3.Error:
                _log.exception("The capture %s could not be closed cleanly", self.path)

    def _take(self) -> tuple[list[Batch], bool]:
        """All batches that wait, up to the size of one transaction, and whether to go on after them.

        Waits for the first one; while the disk fails, only until writing is to be tried again.
        """
        batches: list[Batch] = []
        entries = size = 0
        timeout = _RETRY_AFTER_S if self.problem else None
        while entries < _MOST_ENTRIES and size < _MOST_BYTES:
            try:
                batch = self._queue.get(not batches, timeout)
            except queue.Empty:
                break
            if batch is None:
                return batches, False
            batches.append(batch)
            entries += len(batch[0])
            size += sum(len(payload) for _, payload in batch[0])
        return batches, True

    def _save(self, connection: sqlite3.Connection) -> None:
        """Move what is in memory to the file, as many transactions as it takes; on failure the rest stays in memory."""
        first, kept = self.kept
        start = 0
        try:
            while start < len(kept):
                end = _end_of_transaction(kept, start)
                _write(connection, kept[start:end])
                start = end
                self.kept = (first + start, kept[start:])
        except Exception as error:  # noqa: BLE001 - whatever went wrong, the entries stay readable in memory
            self._failed(error)
        else:
            if self.problem:
                _log.info("The capture %s is written again", self.path)
            self.problem = ""

    def _failed(self, error: Exception) -> None:
        self._retry_at = time.monotonic() + _RETRY_AFTER_S
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


def _end_of_transaction(entries: Sequence[Stored], start: int) -> int:
    size = 0
    for index in range(start, min(start + _MOST_ENTRIES, len(entries))):
        size += len(entries[index][1])
        if size > _MOST_BYTES:
            return index + 1
    return min(start + _MOST_ENTRIES, len(entries))


def _write(connection: sqlite3.Connection, entries: Sequence[Stored]) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        insert(connection, entries)
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise
