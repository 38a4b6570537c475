"""What can still be read of a damaged SQLite file, page by page, without SQLite: it refuses the whole for one page.

The format is https://www.sqlite.org/fileformat2.html, of which this reads leaf pages (section 1.6), records (2.1),
overflow pages (1.7) and the write-ahead log (4). A page is taken for what it says that it is; which table a row belongs
to is for the caller to tell by its values. Nothing is written.
"""

from __future__ import annotations

import os
import struct
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Value = int | float | str | bytes | None

_TABLE_LEAF, _INDEX_LEAF = 0x0D, 0x0A
_FILE_HEADER, _LOG_HEADER, _FRAME_HEADER = 100, 32, 24
_LOG_MAGIC = (0x377F0682, 0x377F0683)
_INTEGERS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its serial type."""
_MOST_CELLS = 1 << 14


class Row(NamedTuple):
    """One row that could be read."""

    number: int
    """Its row ID; 0 in a table without."""
    values: tuple[Value, ...]
    """As stored: the column that is the row ID is None."""
    whole: bool
    """False where the last value ends early, because pages are missing."""


class _Unreadable(Exception):  # noqa: N818 - never leaves this module
    """A cell that is none."""


class DamagedFile:
    """The pages of a database and of its write-ahead log, as far as they are there. Close it."""

    def __init__(self, path: Path, page_size: int) -> None:
        """``page_size`` is what to expect where the file does not say. Raises OSError."""
        self._files = [path.open("rb", buffering=0)]
        head = self._read(0, 0, _FILE_HEADER)
        self._page_size = _page_size(head) or page_size
        size = os.fstat(self._files[0].fileno()).st_size
        told_pages = int.from_bytes(head[28:32], "big") if _page_size(head) else 0
        self.cut_off = told_pages * self._page_size > size
        """The file is shorter than it says itself."""
        self._where: dict[int, tuple[int, int]] = {}
        """The newest place of each page that is in the log."""
        self._places = [(0, number * self._page_size) for number in range(-(-size // self._page_size))]
        self._add_log(path.with_name(f"{path.name}-wal"))

    def close(self) -> None:
        """Let go of the files."""
        for file in self._files:
            file.close()

    @property
    def page_count(self) -> int:
        """How many pages there are to look at."""
        return len(self._places)

    def rows(self, page: int) -> Iterator[Row]:
        """What the page at this place holds, from 0 on; nothing where it is no leaf. Raises OSError."""
        source, offset = self._places[page]
        data = self._read(source, offset, self._page_size)
        start = _FILE_HEADER if source == 0 and offset == 0 and data.startswith(b"SQLite format 3\0") else 0
        if len(data) < start + 8 or data[start] not in (_TABLE_LEAF, _INDEX_LEAF):
            return
        count = min(int.from_bytes(data[start + 3 : start + 5], "big"), _MOST_CELLS)
        for cell in range(count):
            at = start + 8 + 2 * cell
            try:
                yield self._cell(data, int.from_bytes(data[at : at + 2], "big"), is_table=data[start] == _TABLE_LEAF)
            except (_Unreadable, IndexError, struct.error, UnicodeDecodeError, MemoryError):
                continue

    def _cell(self, data: bytes, at: int, *, is_table: bool) -> Row:
        if not 8 <= at < len(data):
            raise _Unreadable
        size, at = _varint(data, at)
        number = 0
        if is_table:
            number, at = _varint(data, at)
        local = self._local(size, is_table=is_table)
        record = data[at : at + local]
        if len(record) < local:
            raise _Unreadable
        if local < size:
            record = b"".join(
                (record, *self._overflow(int.from_bytes(data[at + local : at + local + 4], "big"), size - local))
            )
        return Row(number, *_values(record))

    def _local(self, size: int, *, is_table: bool) -> int:
        """How many bytes of a record are in its cell (section 1.6)."""
        usable = self._page_size
        most = usable - 35 if is_table else (usable - 12) * 64 // 255 - 23
        if size <= most:
            return size
        least = (usable - 12) * 32 // 255 - 23
        some = least + (size - least) % (usable - 4)
        return some if some <= most else least

    def _overflow(self, page: int, left: int) -> Iterator[bytes]:
        seen: set[int] = set()
        while left > 0 and page and page not in seen:
            seen.add(page)
            source, offset = self._where.get(page, (0, (page - 1) * self._page_size))
            data = self._read(source, offset, min(self._page_size, left + 4))
            if len(data) <= 4:
                return
            yield data[4:]
            left -= len(data) - 4
            page = int.from_bytes(data[:4], "big")

    def _read(self, source: int, offset: int, size: int) -> bytes:
        file = self._files[source]
        file.seek(offset)
        return file.read(size) or b""

    def _add_log(self, path: Path) -> None:
        try:
            self._files.append(path.open("rb", buffering=0))
        except OSError:
            return
        head = self._read(1, 0, _LOG_HEADER)
        sound = len(head) == _LOG_HEADER and int.from_bytes(head[:4], "big") in _LOG_MAGIC
        end = os.fstat(self._files[1].fileno()).st_size
        at = _LOG_HEADER
        while at + _FRAME_HEADER < end:
            frame = self._read(1, at, _FRAME_HEADER)
            # Frames of an earlier round have other salts: the file holds what they hold, or newer.
            if not sound or frame[8:16] == head[16:24]:
                place = (1, at + _FRAME_HEADER)
                self._places.append(place)
                if at + _FRAME_HEADER + self._page_size <= end:
                    self._where[int.from_bytes(frame[:4], "big")] = place
            at += _FRAME_HEADER + self._page_size


def _page_size(head: bytes) -> int:
    """The page size that a file's header tells; 0 where it is no header."""
    if not head.startswith(b"SQLite format 3\0") or len(head) < _FILE_HEADER:
        return 0
    size = int.from_bytes(head[16:18], "big")
    size = 65536 if size == 1 else size
    return size if size >= 512 and not size & (size - 1) else 0


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for place in range(8):
        byte = data[at + place]
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at + place + 1
    value = value << 8 | data[at + 8]
    return value - (1 << 64 if value >= 1 << 63 else 0), at + 9


def _values(record: bytes) -> tuple[tuple[Value, ...], bool]:
    header_end, at = _varint(record, 0)
    kinds = []
    while at < header_end:
        kind, at = _varint(record, at)
        kinds.append(kind)
    values: list[Value] = []
    whole = True
    for kind in kinds:
        size = _INTEGERS.get(kind, 0) if kind < 7 else 8 if kind == 7 else (kind - 12) // 2 if kind >= 12 else 0
        if not whole or size < 0:
            raise _Unreadable
        part = record[at : at + size]
        whole = len(part) == size
        if kind >= 12:
            values.append(part if kind % 2 == 0 else part.decode("utf-8", "strict" if whole else "ignore"))
        elif not whole or kind in (10, 11):
            raise _Unreadable
        elif kind == 7:
            values.append(struct.unpack(">d", part)[0])
        else:
            values.append(None if kind == 0 else int.from_bytes(part, "big", signed=True) if kind < 7 else kind - 8)
        at += size
    return tuple(values), whole
