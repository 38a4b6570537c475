"""Saving a copy of a capture under another name, while a session may go on writing it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from .info import write_value
from .inserts import insert
from .iteration import stored
from .new_file import WriteError, is_same, replacing
from .opening import companions, in_use
from .progress import Stopped, never, unheard
from .schema import connect, create_file, in_words

if TYPE_CHECKING:
    from pathlib import Path

    from .inserts import Stored
    from .progress import Progress, Stop
    from .readers import Readers
    from .store import CaptureStore

_PAGES_AT_ONCE = 256
_ENTRIES_AT_ONCE = 500


def save_copy(
    store: CaptureStore,
    readers: Readers | None,
    target: Path,
    progress: Progress = unheard,
    stop: Stop = never,
) -> int:
    """Put all entries that are stored now, with bookmarks and notes, into ``target``; how many entries.

    Entries that are in memory because the disk failed go along. The copy is one file, readable by its owner alone, and
    takes the place of ``target`` at the end or not at all. ``readers`` is None when there is no file to copy from.
    Raises ``Stopped``, :class:`~.new_file.WriteError`, StoreError.
    """
    if is_same(target, store.path) or any(is_same(target, path) for path in companions(store.path)):
        raise WriteError(f"{target} is the capture itself.", "Choose another name.")
    if target.is_file() and in_use(target):
        raise WriteError(f"{target} is open at this moment.", "Close it first, or choose another name.")
    last = store.count
    with replacing(target) as temporary:
        if readers is None:
            temporary.unlink()
            create_file(temporary, store.info).close()
            _one_file(temporary)
        else:
            with readers.borrow() as source:
                _back_up(source, temporary, progress, stop)
        count = _complete(store, temporary, last, progress, stop)
        # SQLite would replay what a former database of this name left.
        for path in companions(target):
            path.unlink(missing_ok=True)
    return count


def _back_up(source: sqlite3.Connection, temporary: Path, progress: Progress, stop: Stop) -> None:
    def copied(_status: int, remaining: int, total: int) -> None:
        if stop():
            raise Stopped
        progress(total - remaining, total)

    # Within one transaction the source does not change, whatever its session writes meanwhile.
    source.execute("BEGIN")
    try:
        source.execute("SELECT count(*) FROM meta").fetchone()
        with closing(sqlite3.connect(temporary, isolation_level=None)) as copy:
            copy.execute("PRAGMA synchronous = OFF")  # synchronised once, at the end
            try:
                source.backup(copy, pages=_PAGES_AT_ONCE, progress=copied)
            except sqlite3.Error as error:
                if error.sqlite_errorcode & 0xFF in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}:
                    raise
                raise WriteError(
                    f"The copy cannot be written: {in_words(error)}.", "Free some space, or choose another folder."
                ) from error
    finally:
        source.execute("ROLLBACK")
    _one_file(temporary)


def _one_file(path: Path) -> None:
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")


def _complete(store: CaptureStore, temporary: Path, last: int, progress: Progress, stop: Stop) -> int:
    """Add what is not in the file, and say that the copy ended well."""
    with closing(connect(temporary)) as copy:
        copy.execute("PRAGMA synchronous = OFF")
        copied = int(copy.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()[0])
        copy.execute("BEGIN")
        batch: list[Stored] = []
        for each in stored(store, range(copied + 1, last + 1), progress, stop):
            batch.append(each)
            if len(batch) == _ENTRIES_AT_ONCE:
                insert(copy, batch)
                batch.clear()
        insert(copy, batch)
        copy.execute("DELETE FROM bookmarks")
        copy.executemany("INSERT INTO bookmarks (number, note) VALUES (?, ?)", store.bookmarks.items())
        for name in ("profile", "tenant", "kept"):
            write_value(copy, name, getattr(store.info, name))
        write_value(copy, "closed", value=True)
        copy.execute("COMMIT")
        return int(copy.execute("SELECT coalesce(max(number), 0) FROM entries").fetchone()[0])
