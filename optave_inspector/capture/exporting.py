"""Writing entries of a capture to a file of another format, without secrets unless they are asked for."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol

import msgspec

from .. import __version__
from ..protocol.timestamps import iso_millis
from .entry import EntryKind
from .formats.about import About
from .formats.csv_rows import CsvWriter
from .formats.har import HarWriter
from .formats.jsonl import JsonLinesWriter
from .iteration import selection, stored
from .new_file import WriteError, is_same, replacing
from .opening import companions
from .progress import never, unheard
from .redaction import RedactionRules, Redactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from .entry import Entry
    from .progress import Progress, Stop
    from .store import CaptureStore

_DEFAULT_RULES = RedactionRules()
_BUFFER_BYTES = 1024 * 1024


class ExportFormat(StrEnum):
    """What entries can be written as; the values are usual endings of file names."""

    HAR = "har"
    JSON_LINES = "jsonl"
    CSV = "csv"

    @classmethod
    def of_name(cls, path: Path) -> ExportFormat | None:
        """The format that a file's name tells."""
        ending = path.suffix.lower().removeprefix(".")
        return _OTHER_ENDINGS.get(ending) or next((each for each in cls if each.value == ending), None)


_OTHER_ENDINGS = {"ndjson": ExportFormat.JSON_LINES}


class Exported(msgspec.Struct, frozen=True):
    """What was written."""

    entries: int
    removed: dict[str, int]
    """How often something was taken out, by kind."""


class _Writer(Protocol):
    def write(self, entry: Entry, payload: bytes, note: str | None) -> None: ...

    def finish(self) -> None: ...

    def close(self) -> None: ...


def export_entries(
    store: CaptureStore,
    target: Path | BinaryIO,
    kind: ExportFormat,
    *,
    numbers: Sequence[int] | None = None,
    rules: RedactionRules | None = _DEFAULT_RULES,
    known_secrets: Iterable[str] = (),
    progress: Progress = unheard,
    stop: Stop = never,
) -> Exported:
    """Write the entries of ``numbers``, all that are stored now for None, in their order.

    ``rules`` is None for no redaction at all. A file is there whole or not at all, readable by its owner alone; a
    stream gets what comes as it comes. Blocks; call it from a thread of its own. Raises ``WriteError``, ``StoreError``,
    ``Stopped``, ``PathError``, and KeyError for a number that is not stored.
    """
    redactor = Redactor(rules, known_secrets) if rules is not None else None
    chosen = selection(store, numbers)
    if not isinstance(target, Path):
        return _write(store, target, kind, chosen, redactor, progress, stop, None)
    if any(is_same(target, path) for path in (store.path, *companions(store.path))):
        raise WriteError(f"{target} is the capture itself.", "Choose another name.")
    with replacing(target) as temporary, temporary.open("wb", _BUFFER_BYTES) as out:
        return _write(store, out, kind, chosen, redactor, progress, stop, temporary.parent)


def _write(
    store: CaptureStore,
    out: BinaryIO,
    kind: ExportFormat,
    numbers: Sequence[int],
    redactor: Redactor | None,
    progress: Progress,
    stop: Stop,
    scratch: Path | None,
) -> Exported:
    info = store.info
    about = About(
        app_version=__version__,
        created=iso_millis(info.created_wall_ns) if info.created_wall_ns else "",
        tenant=info.tenant,
        redacted=redactor is not None,
    )
    notes = store.bookmarks
    removed: Counter[str] = Counter()
    handshakes = {} if len(numbers) == store.count else _handshakes(store)

    def handshake_of(attempt: int) -> bytes:
        number = handshakes.get(attempt)
        if number is None:
            return b""
        payload = store.payload(number)
        return payload if redactor is None else redactor.redact(store.entry(number), payload).payload

    writer: _Writer
    if kind is ExportFormat.HAR:
        writer = HarWriter(out, about, scratch, handshake_of)
    else:
        writer = JsonLinesWriter(out, about) if kind is ExportFormat.JSON_LINES else CsvWriter(out, about)
    try:
        for entry, payload in stored(store, numbers, progress, stop):
            note = notes.get(entry.number)
            if redactor is None:
                writer.write(entry, payload, note)
                continue
            clean = redactor.redact(entry, payload, note)
            for removal in clean.removals:
                removed[removal.kind] += removal.count
            writer.write(clean.entry, clean.payload, clean.note)
        writer.finish()
    finally:
        writer.close()
    return Exported(len(numbers), dict(removed))


def _handshakes(store: CaptureStore) -> dict[int, int]:
    """The number of each attempt's handshake."""
    marks = store.marks(1, store.count)
    numbers = [number for number, mark in enumerate(marks, 1) if mark & 31 == EntryKind.HANDSHAKE]
    return {entry.attempt: entry.number for entry in store.entries(numbers)}
