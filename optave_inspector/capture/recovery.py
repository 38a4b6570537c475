"""Making a sound capture of what can be read of a damaged one, with the numbers that the entries had."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import msgspec

from .. import __version__
from .entry import Entry, EntryFlag, EntryKind
from .info import CaptureInfo, write_info
from .made_parts import write_parts_text
from .opening import companions
from .progress import Stopped, never, unheard
from .salvage import DamagedFile
from .schema import COLUMN_LIST, COLUMNS, PART_BYTES, StoreError, create_file, in_words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .progress import Progress, Stop
    from .salvage import Row

_PAGE_BYTES = 16384
_PAGES_AT_ONCE = 64
_SMALLEST_ENTRY = 64
"""An entry takes more bytes than that; a number beyond the file's size in these is none."""
_PROBLEM = int(EntryFlag.PROBLEM)
_TYPES = tuple(field.type for field in msgspec.structs.fields(Entry))
_NEEDED = sum(field.required for field in msgspec.structs.fields(Entry))
_ENTRY = f"INSERT OR REPLACE INTO entries ({COLUMN_LIST}) VALUES ({', '.join('?' * len(COLUMNS))})"  # noqa: S608 - our own names
_LOST = "This entry could not be read: the capture is damaged here."
_ROW_LOST = "Only the payload of this entry could be read, not when it came and what it was."


@dataclass(frozen=True, slots=True)
class Recovery:
    """What became of a damaged capture."""

    source: Path
    path: Path
    """The new capture."""
    entries: int
    """Those that could be read, with or without their payload."""
    lost: int
    """Entries in between that could not; rows in their places say so."""
    bare: int
    """Of these, as many have their payload all the same."""
    gaps: int
    """In as many places."""
    broken: int
    """Payloads that are missing or end early."""
    cut_off: bool
    """The file ends before its end: what came last is not in it."""

    @property
    def is_less(self) -> bool:
        """Something is known to be missing."""
        return bool(self.lost or self.broken or self.cut_off)

    def in_words(self) -> str:
        """All of it, in a line."""
        read = f"{self.entries:,} {'entry' if self.entries == 1 else 'entries'} of {self.source.name} could be read"
        parts = [read]
        if self.lost:
            places = "in one place" if self.gaps == 1 else f"in {self.gaps:,} places"
            bare = f", {self.bare:,} of them have their payload" if self.bare else ""
            parts.append(f"{self.lost:,} could not ({places}; rows there say so{bare})")
        if self.broken:
            parts.append(f"{self.broken:,} {'payload is' if self.broken == 1 else 'payloads are'} missing or cut")
        if self.cut_off:
            parts.append("the file is cut off, so what came after the last of them is lost")
        if not self.is_less:
            parts.append("nothing is missing between them")
        return f"{'; '.join(parts)}. They are in {self.path.name} now; the damaged file is as it was."


def recover_readable(source: Path, target: Path, progress: Progress = unheard, stop: Stop = never) -> Recovery:
    """Put all that can be read of ``source`` and of its write-ahead log into ``target``, which must not exist.

    ``source`` is only read. Entries keep their numbers; where one is missing, a row says so. Raises :class:`StoreError`
    when nothing can be read or ``target`` cannot be written, and ``Stopped``; nothing of ``target`` remains then.
    """
    try:
        damaged = DamagedFile(source, _PAGE_BYTES)
    except OSError as error:
        raise StoreError(f"{source} cannot be read: {error.strerror or error}.") from error
    try:
        connection = create_file(target, CaptureInfo())
        try:
            with closing(connection):
                recovery = _Recovering(source, target, connection, damaged).run(progress, stop)
                connection.execute("PRAGMA journal_mode = DELETE")
        except BaseException:
            for path in (target, *companions(target)):
                path.unlink(missing_ok=True)
            raise
    except sqlite3.Error as error:
        raise StoreError(
            f"{target} cannot be written: {in_words(error)}.", "Free some space, or choose another folder."
        ) from error
    except OSError as error:
        raise StoreError(f"{source} cannot be read: {error.strerror or error}.") from error
    finally:
        damaged.close()
    return recovery


class _Recovering:
    def __init__(self, source: Path, target: Path, connection: sqlite3.Connection, damaged: DamagedFile) -> None:
        self._source = source
        self._target = target
        self._connection = connection
        self._damaged = damaged
        self._highest = damaged.page_count * _PAGE_BYTES // _SMALLEST_ENTRY
        self._broken: set[int] = set()
        self._info: dict[str, str] = {}

    def run(self, progress: Progress, stop: Stop) -> Recovery:
        execute = self._connection.execute
        execute("PRAGMA synchronous = OFF")
        total = self._damaged.page_count
        for page in range(total):
            if page % _PAGES_AT_ONCE == 0:
                if stop():
                    raise Stopped
                progress(page, total)
                if page:
                    execute("COMMIT")
                execute("BEGIN")
            for row in self._damaged.rows(page):
                self._take(row)
        self._join_parts()
        read = execute("SELECT count(*) FROM entries").fetchone()[0]
        if not read and not execute("SELECT count(*) FROM payloads").fetchone()[0]:
            raise StoreError(f"Nothing in {self._source} can be read as a capture.", "Restore it from a copy.")
        lost, bare, gaps = self._fill_gaps()
        broken = self._mark_broken()
        self._connection.execute("DELETE FROM bookmarks WHERE number NOT IN (SELECT number FROM entries)")
        write_info(self._connection, self._told())
        execute("COMMIT")
        progress(total, total)
        return Recovery(self._source, self._target, read, lost, bare, gaps, broken, self._damaged.cut_off)

    def _take(self, row: Row) -> None:
        """Put a row into the table that it must be of."""
        number, values, whole = row
        execute = self._connection.execute
        if number and not 0 < number <= self._highest:
            return
        match values:
            case (None, 0 | 1 as plain, bytes(data)) if number:
                if whole and not (plain and b"\0" in data):
                    self._broken.discard(number)
                    execute("INSERT OR REPLACE INTO payloads VALUES (?, ?, ?)", (number, plain, data))
                elif not execute("SELECT 1 FROM payloads WHERE number = ?", (number,)).fetchone():
                    self._broken.add(number)
                    execute("INSERT INTO payloads VALUES (?, ?, ?)", (number, b"\0" not in data, data))
            case (int(of), int(part), bytes(data)) if number and whole and 0 < of <= self._highest and part > 0:
                execute("INSERT OR REPLACE INTO payload_parts VALUES (?, ?, ?)", (of, part, data))
            case (None, int(count), str(parts)) if number and whole:
                write_parts_text(self._connection, number, count, parts)
            case (None, str(note)) if number and whole:
                execute("INSERT OR REPLACE INTO bookmarks VALUES (?, ?)", (number, note))
            case (str(name), str(value)) if not number and whole:
                self._info[name] = value
            case (None, *rest) if number and whole and _is_entry(rest):
                entry = Entry(number, *cast("list[Any]", rest))  # each was looked at
                execute(_ENTRY, msgspec.structs.astuple(entry))

    def _join_parts(self) -> None:
        """Of a huge payload, keep what hangs together from its beginning."""
        execute = self._connection.execute
        long = execute("SELECT number FROM payloads WHERE length(data) = ?", (PART_BYTES,)).fetchall()
        for (number,) in long:
            size, last = PART_BYTES, 0
            parts = execute("SELECT part, length(data) FROM payload_parts WHERE number = ? ORDER BY part", (number,))
            for part, length in parts.fetchall():
                if part != last + 1:
                    break
                size, last = size + length, part
                if length < PART_BYTES:
                    break
            execute("DELETE FROM payload_parts WHERE number = ? AND part > ?", (number, last))
            told = execute("SELECT size FROM entries WHERE number = ?", (number,)).fetchone()
            if told is not None and told[0] > size:
                self._broken.add(number)
        execute(
            "DELETE FROM payload_parts WHERE number NOT IN (SELECT number FROM payloads WHERE length(data) = ?)",
            (PART_BYTES,),
        )

    def _fill_gaps(self) -> tuple[int, int, int]:
        """A row for each missing entry; how many, how many of them with a payload, and in how many places."""
        execute = self._connection.execute
        there = {number for (number,) in execute("SELECT number FROM entries")}
        with_payload = {number for (number,) in execute("SELECT number FROM payloads")}
        highest = max(there | with_payload)
        lost = bare = gaps = 0
        before: tuple[int, int, int] | None = None
        for number in range(1, highest + 1):
            if number in there:
                before = None
                if number not in with_payload:
                    self._broken.add(number)
                    execute("INSERT INTO payloads VALUES (?, 1, x'')", (number,))
                continue
            if before is None:
                gaps += 1
                before = self._moment_near(number)
            has_payload = number in with_payload
            lost += 1
            bare += has_payload
            attempt, monotonic_ns, wall_ns = before
            entry = Entry(
                number, attempt, 2, int(EntryKind.STATE), monotonic_ns, wall_ns, 0, 0, frames=0, flags=_PROBLEM
            )
            entry.summary = _ROW_LOST if has_payload else _LOST
            execute(_ENTRY, msgspec.structs.astuple(entry))
            if not has_payload:
                execute("INSERT INTO payloads VALUES (?, 1, x'')", (number,))
            self._broken.discard(number)
        execute(
            "UPDATE entries SET size = (SELECT length(data) FROM payloads WHERE payloads.number = entries.number) "
            "WHERE summary = ?",
            (_ROW_LOST,),
        )
        return lost, bare, gaps

    def _moment_near(self, number: int) -> tuple[int, int, int]:
        for order in ("number < ? ORDER BY number DESC", "number > ? ORDER BY number"):
            row: tuple[int, int, int] | None = self._connection.execute(
                f"SELECT attempt, monotonic_ns, wall_ns FROM entries WHERE {order} LIMIT 1",  # noqa: S608 - our own words
                (number,),
            ).fetchone()
            if row is not None:
                return row
        return 1, 0, 0

    def _mark_broken(self) -> int:
        """Say in its row how much of a payload is there."""
        execute = self._connection.execute
        for number in self._broken:
            size, summary, flags = execute(
                "SELECT size, summary, flags FROM entries WHERE number = ?", (number,)
            ).fetchone()
            there = execute(
                "SELECT length(data) + coalesce((SELECT sum(length(data)) FROM payload_parts WHERE number = ?1), 0) "
                "FROM payloads WHERE number = ?1",
                (number,),
            ).fetchone()[0]
            words = f"Damaged: only {there:,} of {size:,} bytes could be read. {summary}"[:200]
            execute(
                "UPDATE entries SET size = ?, flags = ?, summary = ? WHERE number = ?",
                (there, flags | _PROBLEM, words, number),
            )
        return len(self._broken)

    def _told(self) -> CaptureInfo:
        """What the capture said of itself, as far as it can be read."""
        created = self._info.get("created_wall_ns", "")
        first = self._connection.execute("SELECT min(wall_ns) FROM entries WHERE wall_ns > 0").fetchone()[0]
        return CaptureInfo(
            app_version=self._info.get("app_version", __version__),
            created_wall_ns=int(created) if created.isascii() and created.isdigit() else first or 0,
            profile=self._info.get("profile", ""),
            tenant=self._info.get("tenant", ""),
            origin=f"damaged capture {self._source.name}",
            kept=self._info.get("kept") == "1",
            closed=True,
        )


def _is_entry(values: Sequence[object]) -> bool:
    """Whether these can be an entry's fields after its number; fields that came later may be missing."""
    return _NEEDED <= len(values) + 1 <= len(_TYPES) and all(
        type(value) is kind for value, kind in zip(values, _TYPES[1:], strict=False)
    )
