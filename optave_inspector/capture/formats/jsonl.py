"""JSON Lines, lossless both ways: a head, then one entry with its payload a line.

The head is ``{"optaveCapture": {"version": 1, …}}``; each other line is a :class:`~.record.Record`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, BinaryIO, TypeVar

import msgspec

from ..progress import Stopped
from .about import VERSION, About
from .errors import FormatError
from .record import Imported, Record, RecordError, entry_of, payload_of, record_of

if TYPE_CHECKING:
    from collections.abc import Generator
    from pathlib import Path

    from ..entry import Entry
    from ..progress import Progress, Stop

T = TypeVar("T")

LONGEST_LINE = 1024**3
"""Bytes; a longer line is no entry that could have been captured."""
_LINES_AT_ONCE = 256


class _Head(msgspec.Struct, rename="camel"):
    optave_capture: About


class JsonLinesWriter:
    """Writes entries in the order in which they are handed in. ``out`` stays open."""

    def __init__(self, out: BinaryIO, about: About) -> None:
        self._out = out
        self._encode = msgspec.json.Encoder().encode
        self._out.write(self._encode(_Head(about)) + b"\n")

    def write(self, entry: Entry, payload: bytes, note: str | None) -> None:
        """One line."""
        self._out.write(self._encode(record_of(entry, payload, note)))
        self._out.write(b"\n")

    def finish(self) -> None:
        """Nothing comes after the last entry."""

    def close(self) -> None:
        """Nothing is held."""


def read_json_lines(path: Path, progress: Progress, stop: Stop) -> Generator[Imported, None, None]:
    """The entries of a file with their payloads and notes, numbered 0. Raises :class:`FormatError` and ``Stopped``.

    ``progress`` counts bytes. A file without head is taken for one of this version; empty lines are skipped.
    """
    head, record = msgspec.json.Decoder(_Head), msgspec.json.Decoder(Record)
    total = path.stat().st_size
    position = 0
    with path.open("rb") as file:
        line_number = 0
        while line := file.readline(LONGEST_LINE):
            line_number += 1
            start, position = position, position + len(line)
            if line_number % _LINES_AT_ONCE == 0:
                progress(position, total)
                if stop():
                    raise Stopped
            if line_number == 1:
                line = line.removeprefix(b"\xef\xbb\xbf")
                if line.lstrip().startswith(b'{"optaveCapture"'):
                    _check(path, _decoded(path, line, head, line_number, start).optave_capture)
                    continue
            if line.isspace():
                continue
            if not line.endswith(b"\n") and len(line) >= LONGEST_LINE:
                raise FormatError(path, "The line is too long for an entry.", line=line_number, position=start)
            each = _decoded(path, line, record, line_number, start)
            try:
                payload = payload_of(each)
                yield entry_of(each, payload), payload, each.note, True
            except RecordError as error:
                raise FormatError(path, str(error), line=line_number, position=start) from error
    progress(total, total)


def _decoded(path: Path, line: bytes, decoder: msgspec.json.Decoder[T], line_number: int, position: int) -> T:
    try:
        return decoder.decode(line)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise FormatError(path, f"This is no entry: {error}.", line=line_number, position=position) from error


def _check(path: Path, about: About) -> None:
    if about.version > VERSION:
        raise FormatError(path, f"It was written by a newer Optave Inspector (version {about.version} of the format).")
