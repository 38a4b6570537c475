"""Making a capture of a file of another format."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from .. import __version__
from .formats.errors import FormatError
from .formats.har_reading import read_har
from .formats.jsonl import read_json_lines
from .info import CaptureInfo
from .opening import companions
from .progress import never, unheard
from .schema import StoreError
from .store import CaptureStore

if TYPE_CHECKING:
    from collections.abc import Callable, Generator
    from pathlib import Path

    from .entry import Entry
    from .formats.record import Imported
    from .progress import Progress, Stop

_ENTRIES_AT_ONCE = 500
_BYTES_AT_ONCE = 8 * 1024 * 1024
_BATCHES_WAITING = 4
_SQLITE = b"SQLite format 3\0"
_HEAD_BYTES = 64 * 1024


class ImportFormat(StrEnum):
    """What a capture can be made of."""

    HAR = "HAR"
    JSON_LINES = "JSON Lines"


def format_of(path: Path) -> ImportFormat:
    """The format of a file, by its content before its name. Raises :class:`FormatError`."""
    if not path.is_file():
        raise FormatError(path, "There is no such file.")
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf").lstrip()
    except OSError as error:
        raise FormatError(path, f"It cannot be read: {error.strerror or error}.") from error
    if head.startswith(_SQLITE):
        raise FormatError(path, "It is a capture or another database: open it rather than import it.")
    if not head.startswith(b"{"):
        raise FormatError(path, "It is neither HAR nor JSON Lines.")
    first_line = head.split(b"\n", 1)[0]
    if b'"optaveCapture"' in first_line or path.suffix.lower() in {".jsonl", ".ndjson"}:
        return ImportFormat.JSON_LINES
    return ImportFormat.HAR


def import_entries(
    source: Path,
    target: Path | None,
    *,
    annotate: Callable[[Entry, bytes], None] | None = None,
    progress: Progress = unheard,
    stop: Stop = never,
) -> CaptureStore:
    """A new capture in ``target``, which must not exist, or a temporary one for None; open, the caller closes it.

    Entries are numbered anew from 1. ``annotate`` is called for those that another program wrote, in order, and may add
    to them what it knows, such as the exchange. What is
    wrong with the file is a :class:`FormatError`; then, and when stopped, nothing of ``target`` remains. ``progress``
    counts bytes. Blocks; call it from a thread of its own. Raises StoreError and ``Stopped`` as well.
    """
    kind = format_of(source)
    read = read_har if kind is ImportFormat.HAR else read_json_lines
    info = CaptureInfo(app_version=__version__, created_wall_ns=time.time_ns(), origin=f"{kind} {source.name}")
    store = CaptureStore.create(target, info=info)
    entries = read(source, progress, stop)
    try:
        _fill(store, entries, annotate)
    except BaseException as error:
        with suppress(StoreError):
            store.close()
        if target is not None:
            for path in (target, *companions(target)):
                path.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise FormatError(source, f"It cannot be read: {error.strerror or error}.") from error
        raise
    finally:
        entries.close()
    return store


def _fill(
    store: CaptureStore,
    entries: Generator[Imported, None, None],
    annotate: Callable[[Entry, bytes], None] | None,
) -> None:
    room = threading.Semaphore(_BATCHES_WAITING)
    notes: dict[int, str] = {}
    batch: list[tuple[Entry, bytes]] = []
    size = 0

    def append() -> None:
        room.acquire()
        store.append(batch, lambda _count: room.release())
        if store.lost_persistence:
            raise StoreError(store.lost_persistence, "Free some space, or choose another folder.")

    for number, (entry, payload, note, is_own) in enumerate(entries, 1):
        entry.number = number
        if annotate is not None and not is_own:
            annotate(entry, payload)
        if note is not None:
            notes[number] = note
        batch.append((entry, payload))
        size += len(payload)
        if len(batch) >= _ENTRIES_AT_ONCE or size >= _BYTES_AT_ONCE:
            append()
            batch, size = [], 0
    append()
    for _ in range(_BATCHES_WAITING):  # all batches are stored when all room is free
        room.acquire()
    if store.lost_persistence:
        raise StoreError(store.lost_persistence, "Free some space, or choose another folder.")
    for number, note in notes.items():
        store.set_bookmark(number, note)
