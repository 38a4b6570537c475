"""The capture of a session while it is open: appended to by its own thread, read by anyone."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from pathlib import Path
from typing import TYPE_CHECKING

from .entry import Entry
from .readers import Readers
from .schema import COLUMN_LIST, StoreError, create_file, open_file
from .text_search import read_parts, search_file, search_memory
from .writer import Writer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PAGE = f"SELECT {COLUMN_LIST} FROM entries WHERE number >= ? ORDER BY number LIMIT ?"  # noqa: S608 - our own names
_MARKS = """
SELECT group_concat(char(mark), '') FROM (
  SELECT (direction & 3) * 32 + (kind & 31) + 1 AS mark FROM entries WHERE number BETWEEN ? AND ? ORDER BY number)
"""
_WITHOUT_ONE = bytes([0, *range(255)])


class CaptureStore:
    """The entries of one capture with their payloads, numbered from 1 without gaps.

    Use :meth:`create` for a new session. Append from one thread, read from any: reading never waits for the writer and
    sees every entry that was announced. Nothing appended is ever dropped: when the disk fails, entries stay in memory,
    readable like the others, and :attr:`lost_persistence` says so.
    """

    def __init__(self, path: Path, writer: Writer, temporary_folder: Path | None = None) -> None:
        self.path = path
        """The capture's file; for a temporary one it goes with the store."""
        self._writer = writer
        self._readers = Readers(path)
        self._next = writer.count + 1
        self._append_lock = threading.Lock()
        self._closed = False
        self._shut = weakref.finalize(self, _shut, writer, self._readers, temporary_folder)

    @classmethod
    def create(cls, path: Path | None, on_failed: Callable[[StoreError], None] | None = None) -> CaptureStore:
        """Start a new capture in ``path``, which must not exist, or in a temporary file that ends with the store.

        ``on_failed`` is called on the writer's thread when the disk begins to fail. Raises :class:`StoreError` when
        ``path`` cannot be created. A temporary capture that has no disk to go to starts in memory.
        """
        if path is not None:
            return cls(path, Writer(path, create_file(path), 0, "", on_failed))
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(prefix="optave-inspector-"))
            folder.chmod(0o700)  # mkdtemp gives less where the umask takes away from the owner, too
            path = folder / "session.optave-capture"
            return cls(path, Writer(path, create_file(path), 0, "", on_failed), folder)
        except (OSError, StoreError) as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            problem = f"New entries are kept in memory only: no temporary file can be created ({error})."
            return cls(Path("session.optave-capture"), Writer(None, None, 0, problem, on_failed))

    @classmethod
    def open(cls, path: Path, on_failed: Callable[[StoreError], None] | None = None) -> CaptureStore:
        """Open a capture that exists, to read it and to append to it.

        Raises :class:`StoreError`, saying why: missing, no capture, written by a newer version, damaged.
        """
        connection, count = open_file(path)
        return cls(path, Writer(path, connection, count, "", on_failed))

    @property
    def count(self) -> int:
        """How many entries can be read; their numbers are 1 to ``count``."""
        return self._writer.count

    @property
    def lost_persistence(self) -> str:
        """Why new entries are in memory only, as a sentence; empty while all goes to disk, and again once it does."""
        return self._writer.problem

    @property
    def unsaved(self) -> int:
        """How many of the entries are in memory only."""
        return self._writer.unsaved

    def append(self, batch: Sequence[tuple[Entry, bytes]], on_stored: Callable[[int], None]) -> None:
        """Hand entries with their payloads to the writer and return at once.

        Numbers continue where the last batch ended, else ValueError. ``on_stored`` is called on the writer's thread,
        with the new :attr:`count`, when the batch can be read: committed, or kept in memory because the disk failed.
        The entries and the list belong to the store from here on.
        """
        with self._append_lock:
            expected = self._next
            for entry, _ in batch:
                if entry.number != expected:
                    raise ValueError(f"Entry {entry.number} was appended where {expected} was next.")
                expected += 1
            if self._closed:
                raise StoreError("The capture is closed.")
            self._next = expected
            self._writer.append((batch, on_stored))

    def page(self, first_number: int, count: int) -> list[Entry]:
        """Up to ``count`` entries from ``first_number`` on, in order; fewer at the end. Raises :class:`StoreError`."""
        first_number = max(1, first_number)
        last = min(first_number + count - 1, self._writer.count)
        # In this order: what leaves memory after this line is in the file before it leaves.
        first_kept, kept = self._writer.kept
        entries: list[Entry] = []
        if first_number < first_kept and first_number <= last:
            with self._readers.borrow() as connection:
                rows = connection.execute(
                    _PAGE, (first_number, min(last, first_kept - 1) - first_number + 1)
                ).fetchall()
            entries = [Entry(*row) for row in rows]
        if last >= first_kept:
            entries += [entry for entry, _ in kept[max(first_number, first_kept) - first_kept : last - first_kept + 1]]
        return entries

    def marks(self, first_number: int, count: int) -> bytes:
        """One byte for each of up to ``count`` entries from ``first_number`` on: 32 times its direction, plus its kind.

        Use it where all entries matter and nothing else of them: it takes a tenth of the time of :meth:`page`.
        Raises :class:`StoreError`.
        """
        first_number = max(1, first_number)
        last = min(first_number + count - 1, self._writer.count)
        first_kept, kept = self._writer.kept
        marks = b""
        if first_number < first_kept and first_number <= last:
            with self._readers.borrow() as connection:
                text = connection.execute(_MARKS, (first_number, min(last, first_kept - 1))).fetchone()[0]
            # SQLite may end a text at a zero, so each mark travels one higher.
            marks = text.encode("latin-1").translate(_WITHOUT_ONE)
        if last >= first_kept:
            shown = kept[max(first_number, first_kept) - first_kept : last - first_kept + 1]
            marks += bytes(entry.direction * 32 + entry.kind for entry, _ in shown)
        return marks

    def entry(self, number: int) -> Entry:
        """One entry. Raises KeyError for a number that is not stored, and :class:`StoreError`."""
        self._check(number)
        return self.page(number, 1)[0]

    def payload(self, number: int) -> bytes:
        """The whole payload of an entry. Raises KeyError for a number that is not stored, and :class:`StoreError`."""
        self._check(number)
        first_kept, kept = self._writer.kept
        if number >= first_kept:
            return kept[number - first_kept][1]
        with self._readers.borrow() as connection:
            return b"".join(read_parts(connection, number))

    def payload_head(self, number: int, size: int) -> bytes:
        """The first ``size`` bytes of a payload, at most 16 MiB; use it to show a message that may be huge.

        Raises as :meth:`payload` does.
        """
        self._check(number)
        first_kept, kept = self._writer.kept
        if number >= first_kept:
            return kept[number - first_kept][1][:size]
        with (
            self._readers.borrow() as connection,
            connection.blobopen("payloads", "data", number, readonly=True) as blob,
        ):
            return blob.read(size)

    def numbers_with_text(
        self,
        text: str,
        stop: Callable[[], bool],
        found: Callable[[list[int]], None],
        first_number: int = 1,
        last_number: int | None = None,
    ) -> None:
        """Search all that is stored for ``text``, in the caller's thread, which should not be the window's.

        Looks into whole payloads and into action, state, correlation ID and summary, without regard to case.
        ``found`` is called with ascending numbers as they come, ``stop`` is asked every few hundredths of a second.
        The two numbers limit the search to those entries. Raises :class:`StoreError`.
        """
        first = max(1, first_number)
        last = self.count if last_number is None else min(last_number, self.count)
        first_kept, kept = self._writer.kept
        if first < first_kept and not search_file(text, self._readers, first, min(last, first_kept - 1), stop, found):
            return
        if last >= first_kept:
            search_memory(text, kept[max(first, first_kept) - first_kept : last - first_kept + 1], stop, found)

    def close(self) -> None:
        """Write what waits and end the writer; a temporary capture is removed. Closing again does nothing.

        Raises :class:`StoreError` when entries could not be saved in a file that stays.
        """
        with self._append_lock:
            self._closed = True
        problem = self._shut()
        if problem:
            raise StoreError(problem)

    def _check(self, number: int) -> None:
        if not 1 <= number <= self._writer.count:
            raise KeyError(number)


def _shut(writer: Writer, readers: Readers, temporary_folder: Path | None) -> str:
    writer.stop()
    readers.close()
    if temporary_folder is not None:
        shutil.rmtree(temporary_folder, ignore_errors=True)
        return ""
    if writer.unsaved and writer.path is not None:
        return f"{writer.unsaved} entries could not be saved. {writer.problem}"
    return ""
