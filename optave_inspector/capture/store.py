"""The capture of a session while it is open: appended to by its own thread, read by anyone."""

from __future__ import annotations

import bisect
import shutil
import tempfile
import threading
import time
import weakref
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
from psygnal import Signal

from .. import __version__
from .entry import Entry
from .info import CaptureInfo, write_value
from .made_parts import read_parts_of, write_parts
from .opening import open_for_reading, open_for_writing
from .progress import never, unheard
from .readers import Readers
from .saving import save_copy
from .schema import COLUMN_LIST, PART_BYTES, RECOVER, StoreError, create_file
from .text_search import read_parts, search_file, search_memory
from .writer import NoWriter, Writer

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence

    from .progress import Progress, Stop

_AT_ONCE = 500
_PAGE = f"SELECT {COLUMN_LIST} FROM entries WHERE number >= ? ORDER BY number LIMIT ?"  # noqa: S608 - our own names
_MARKS = """
SELECT group_concat(char(mark), '') FROM (
  SELECT (direction & 3) * 32 + (kind & 31) + 1 AS mark FROM entries WHERE number BETWEEN ? AND ? ORDER BY number)
"""
_WITHOUT_ONE = bytes([0, *range(255)])
_open: weakref.WeakValueDictionary[Path, weakref.WeakSet[CaptureStore]] = weakref.WeakValueDictionary()
_open_lock = threading.Lock()


class CaptureStore:
    """The entries of one capture with their payloads, numbered from 1 without gaps.

    Use :meth:`create` for a new session. Append from one thread, read from any: reading never waits for the writer and
    sees every entry that was announced. Nothing appended is ever dropped: when the disk fails, entries stay in memory,
    readable like the others, and :attr:`lost_persistence` says so.
    """

    bookmarks_changed = Signal()
    """Bookmarks or notes changed, through this store or another one of the same capture in this process; emitted on the
    thread that changed them."""

    def __init__(
        self,
        path: Path,
        writer: Writer | NoWriter,
        info: CaptureInfo,
        *,
        bookmarks: Mapping[int, str] | None = None,
        readers: Readers | None = None,
        temporary_folder: Path | None = None,
    ) -> None:
        self.path = path
        """The capture's file; for a temporary one it goes with the store."""
        self.info = info
        """What the capture says of itself; change it by :meth:`describe`."""
        self.is_temporary = temporary_folder is not None
        """The file ends with the store, unless a copy is saved."""
        self._writer = writer
        self._bookmarks = dict(bookmarks or {})
        self._made_parts: dict[int, Mapping[str, str]] = {}
        """Those of entries that were appended through this store."""
        self._same_capture = _stores_of(path) if writer.path is not None else weakref.WeakSet()
        self._same_capture.add(self)
        self._readers = readers or Readers(path)
        self._next = writer.count + 1
        self._append_lock = threading.Lock()
        self._closed = False
        self._shut = weakref.finalize(self, _shut, writer, self._readers, temporary_folder)

    @classmethod
    def create(
        cls,
        path: Path | None,
        on_failed: Callable[[StoreError], None] | None = None,
        info: CaptureInfo | None = None,
    ) -> CaptureStore:
        """Start a new capture in ``path``, which must not exist, or in a temporary file that ends with the store.

        ``on_failed`` is called on the writer's thread when the disk begins to fail. Raises :class:`StoreError` when
        ``path`` cannot be created. A temporary capture that has no disk to go to starts in memory.
        """
        info = info or CaptureInfo(app_version=__version__, created_wall_ns=time.time_ns())
        if path is not None:
            return cls(path, Writer(path, create_file(path, info), 0, "", on_failed), info)
        folder = None
        try:
            folder = Path(tempfile.mkdtemp(prefix="optave-inspector-"))
            folder.chmod(0o700)  # mkdtemp gives less where the umask takes away from the owner, too
            path = folder / "session.optave-capture"
            writer = Writer(path, create_file(path, info), 0, "", on_failed)
            return cls(path, writer, info, temporary_folder=folder)
        except (OSError, StoreError) as error:
            if folder is not None:
                shutil.rmtree(folder, ignore_errors=True)
            problem = f"New entries are kept in memory only: no temporary file can be created ({error})."
            return cls(Path("session.optave-capture"), Writer(None, None, 0, problem, on_failed), info)

    @classmethod
    def open(
        cls, path: Path, on_failed: Callable[[StoreError], None] | None = None, *, read_only: bool = False
    ) -> CaptureStore:
        """Open a capture that exists, to read it and to append to it, or with ``read_only`` to change nothing.

        Reading only works for a capture that another session writes (the entries up to now) and on media that cannot
        be written. Raises :class:`StoreError`, saying why: missing, no capture, written by a newer version, damaged,
        or, unless ``read_only``, being written by another session.
        """
        if read_only:
            connect, contents = open_for_reading(path)
            readers = Readers(path, connect)
            writer: Writer | NoWriter = NoWriter(path, contents.count)
        else:
            connection, contents = open_for_writing(path)
            readers = Readers(path)
            writer = Writer(path, connection, contents.count, "", on_failed, is_new=False)
        return cls(path, writer, contents.info, bookmarks=contents.bookmarks, readers=readers)

    @property
    def read_only(self) -> bool:
        """Nothing can be appended or marked."""
        return isinstance(self._writer, NoWriter)

    @property
    def readers(self) -> Readers:
        """Connections for queries of one's own to the file, which may lack the newest entries."""
        return self._readers

    @property
    def bookmarks(self) -> Mapping[int, str]:
        """The entries that the user marked: notes by number, an empty note where there is none. A copy."""
        return dict(self._bookmarks)

    def set_bookmark(self, number: int, note: str = "") -> None:
        """Mark an entry, or change its note. Raises KeyError for an entry that is not stored, and :class:`StoreError`.

        Returns at once; the file has it a moment later.
        """
        self._check(number)
        note = note.encode("utf-8", "replace").decode()
        statement = (
            "INSERT INTO bookmarks (number, note) VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET note = excluded.note"
        )
        self._order(lambda connection: connection.execute(statement, (number, note)))
        self._tell_bookmark(number, note)

    def set_made_parts(self, number: int, parts: Mapping[str, str]) -> None:
        """Say what of an appended entry nobody typed: by JSON path, ``generated`` or the variable that was put in.

        Returns at once; the file has it a moment later. Raises :class:`StoreError`.
        """
        self._made_parts[number] = parts
        self._order(lambda connection: write_parts(connection, number, parts))

    def made_parts(self, number: int) -> Mapping[str, str]:
        """What of an entry nobody typed, see :meth:`set_made_parts`; nothing for most. Raises :class:`StoreError`."""
        known = self._made_parts.get(number)
        if known is not None or self._writer.path is None:
            return known or {}
        with self._readers.borrow() as connection:
            return read_parts_of(connection, number)

    def remove_bookmark(self, number: int) -> None:
        """Take a mark away with its note, if there is one. Raises :class:`StoreError`."""
        self._order(lambda connection: connection.execute("DELETE FROM bookmarks WHERE number = ?", (number,)))
        self._tell_bookmark(number, None)

    def describe(self, *, profile: str | None = None, tenant: str | None = None, kept: bool | None = None) -> None:
        """Change what the capture says of itself; None leaves a field as it is. Raises :class:`StoreError`."""
        asked = {"profile": profile, "tenant": tenant, "kept": kept}
        changes: dict[str, str | bool] = {name: value for name, value in asked.items() if value is not None}

        def write(connection: sqlite3.Connection) -> None:
            for name, value in changes.items():
                write_value(connection, name, value)

        self._order(write)
        self.info = msgspec.structs.replace(self.info, **changes)

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

    @property
    def unsaved_bytes(self) -> int:
        """The size of their payloads together."""
        return self._writer.unsaved_bytes

    @property
    def has_file(self) -> bool:
        """Whether there is a file that could take entries again; false for a session that began in memory."""
        return self._writer.path is not None

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

    def entries(self, numbers: Sequence[int]) -> list[Entry]:
        """The entries of these ascending numbers.

        Raises KeyError for one that is not stored, and :class:`StoreError`.
        """
        # In this order: what leaves memory after this line is in the file before it leaves.
        first_kept, kept = self._writer.kept
        rows = self._rows(f"SELECT {COLUMN_LIST} FROM entries", numbers, first_kept)  # noqa: S608 - our own names
        return [Entry(*row) for row in rows] + [kept[number - first_kept][0] for number in numbers[len(rows) :]]

    def payloads(self, numbers: Sequence[int]) -> list[bytes]:
        """The whole payloads of these ascending numbers; all are in memory at once. Raises as :meth:`entries` does."""
        first_kept, kept = self._writer.kept
        rows = self._rows("SELECT data FROM payloads", numbers, first_kept)
        found: list[bytes] = [
            self.payload(number) if len(row[0]) == PART_BYTES else row[0]
            for row, number in zip(rows, numbers, strict=False)
        ]
        return found + [kept[number - first_kept][1] for number in numbers[len(found) :]]

    def _rows(self, select: str, numbers: Sequence[int], before: int) -> list[Any]:
        for number in numbers[:1], numbers[-1:]:
            if number:
                self._check(number[0])
        in_file = numbers[: bisect.bisect_left(numbers, before)]
        rows: list[Any] = []
        if in_file:
            with self._readers.borrow() as connection:
                for start in range(0, len(in_file), _AT_ONCE):
                    some = in_file[start : start + _AT_ONCE]
                    marks = ", ".join("?" * len(some))
                    rows += connection.execute(f"{select} WHERE number IN ({marks}) ORDER BY number", list(some))
        if len(rows) != len(in_file):
            raise StoreError(f"The capture {self.path} is damaged: entries are missing in it.", RECOVER)
        return rows

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

    def save_as(self, target: Path, progress: Progress = unheard, stop: Stop = never) -> int:
        """Save a copy of all that is stored now, while a session may go on; how many entries it holds.

        See :func:`~.saving.save_copy`. Blocks; call it from a thread of its own.
        """
        return save_copy(self, self._readers if self._writer.path else None, target, progress, stop)

    def close(self) -> None:
        """Write what waits and end the writer; a temporary capture is removed. Closing again does nothing.

        Raises :class:`StoreError` when entries could not be saved in a file that stays.
        """
        with self._append_lock:
            self._closed = True
        problem = self._shut()
        if problem:
            raise StoreError(problem)

    def _order(self, order: Callable[[sqlite3.Connection], object]) -> None:
        def carry_out(connection: sqlite3.Connection) -> None:
            order(connection)

        with self._append_lock:
            if self._closed:
                raise StoreError("The capture is closed.")
            self._writer.order(carry_out)

    def _tell_bookmark(self, number: int, note: str | None) -> None:
        """Keep a mark, or with None its end, in all stores of this capture, and tell."""
        for store in list(self._same_capture):
            if note is None:
                store._bookmarks.pop(number, None)
            elif number <= store.count:
                store._bookmarks[number] = note
            store.bookmarks_changed.emit()

    def _check(self, number: int) -> None:
        if not 1 <= number <= self._writer.count:
            raise KeyError(number)


def _stores_of(path: Path) -> weakref.WeakSet[CaptureStore]:
    """The stores of this process that have a capture open: what is marked in one is marked in all."""
    with _open_lock:
        return _open.setdefault(path.resolve(), weakref.WeakSet())


def _shut(writer: Writer | NoWriter, readers: Readers, temporary_folder: Path | None) -> str:
    writer.stop()
    readers.close()
    if temporary_folder is not None:
        shutil.rmtree(temporary_folder, ignore_errors=True)
        return ""
    if writer.unsaved and writer.path is not None:
        return f"{writer.unsaved} entries could not be saved. {writer.problem}"
    if writer.unwritten_orders and writer.path is not None:
        return f"Bookmarks or notes could not be saved. {writer.problem}"
    return ""
