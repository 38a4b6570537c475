"""Reading a JSON file of any size piece by piece: into what matters, past what does not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

import msgspec

from .errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_READ_BYTES = 128 * 1024
LONGEST_VALUE = 1024**3
"""Bytes of one value that is taken whole."""
_LONGEST_KEY = 4096

_SPACE = re.compile(rb"[ \t\r\n]*+")
_STRING = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_SCALAR = re.compile(rb"[^\s{}\[\],:\"]++")
# All up to the next brace or bracket outside of strings.
_FLAT = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_OPEN, _CLOSED = b"{[", b"}]"


class JsonStream:
    """A cursor in a JSON text. Go into values with :meth:`members` and :meth:`items`, over them with :meth:`skip`.

    Holds one value or some hundred kilobytes at a time, whichever is larger. Every method raises :class:`FormatError`
    with the position of what is no JSON, as far as the structure goes; what is taken has still to be decoded.
    """

    def __init__(self, file: BinaryIO, path: Path) -> None:
        self._file = file
        self._path = path
        self.go_to(0)
        if self._buffer.startswith(b"\xef\xbb\xbf"):
            self._at = 3

    @property
    def position(self) -> int:
        """Bytes before the cursor."""
        return self._before + self._at

    def go_to(self, position: int) -> None:
        """Put the cursor where a value is known to begin; what stands around it is not seen any more."""
        self._file.seek(position)
        self._buffer = b""
        self._at = 0
        self._before = position
        """Position of the buffer in the file."""
        self._ended = False
        self._fill()

    def members(self) -> Iterator[str]:
        """The keys of the object at the cursor; take, skip or enter the value before asking for the next one."""
        self._expect(b"{")
        if self._next() == b"}":
            self._at += 1
            return
        while True:
            key = self._key()
            self._expect(b":")
            self._next()
            yield key
            if self._end_or_comma(b"}"):
                return

    def items(self) -> Iterator[int]:
        """The indexes of the array at the cursor; take, skip or enter each value before asking for the next one."""
        self._expect(b"[")
        if self._next() == b"]":
            self._at += 1
            return
        index = 0
        while True:
            self._next()
            yield index
            index += 1
            if self._end_or_comma(b"]"):
                return

    def skip(self) -> None:
        """Go past the value at the cursor."""
        self._pass(keep=False)

    def take(self) -> bytes:
        """The value at the cursor, as it stands; go past it."""
        start = self._pass(keep=True)
        return self._buffer[start : self._at]

    def at_object(self) -> bool:
        """Whether the value at the cursor is an object."""
        return self._next() == b"{"

    def at_array(self) -> bool:
        """Whether the value at the cursor is an array."""
        return self._next() == b"["

    def end(self) -> None:
        """Make sure that nothing follows."""
        if self._next() != b"":
            raise self.error("Something follows after the end of the JSON.")

    def error(self, problem: str, position: int | None = None) -> FormatError:
        """What is wrong at the cursor, or elsewhere."""
        at = self.position if position is None else position
        return FormatError(self._path, problem, line=_line(self._path, at), position=at)

    def _key(self) -> str:
        if self._next() != b'"':
            raise self.error("A key in quotes should stand here.")
        start = self._string()
        raw = self._buffer[start : self._at]
        if len(raw) > _LONGEST_KEY:
            raise self.error("A key is too long.")
        try:
            return msgspec.json.decode(raw, type=str)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise self.error("A key is no sound text.", self._before + start) from error

    def _end_or_comma(self, end: bytes) -> bool:
        found = self._next()
        if found == end:
            self._at += 1
            return True
        self._expect(b",")
        return False

    def _expect(self, sign: bytes) -> None:
        found = self._next()
        if found != sign:
            what = f"{found.decode('latin-1')!r} stands" if found else "The file ends"
            raise self.error(f"{what} where {sign.decode()!r} should be.")
        self._at += 1

    def _next(self) -> bytes:
        """The next character that is no white space, at which the cursor then stands; empty at the end."""
        while True:
            space = _SPACE.match(self._buffer, self._at)
            self._at = space.end() if space else self._at
            if self._at < len(self._buffer):
                return self._buffer[self._at : self._at + 1]
            if self._ended:
                return b""
            self._drop(self._at)
            self._fill()

    def _pass(self, *, keep: bool) -> int:
        """Go past a value; where it began in the buffer, if it was to be kept."""
        first = self._next()
        if not first or first in b",:}]":
            raise self.error("A value should stand here." if first else "The file ends where a value should be.")
        if first == b'"':
            return self._string()
        if first not in _OPEN:
            return self._scalar()
        start = self._at
        depth = 0
        while True:
            flat = _FLAT.match(self._buffer, self._at)
            self._at = flat.end() if flat else self._at
            if not keep:
                start = self._at
            if self._at >= len(self._buffer) or self._buffer[self._at : self._at + 1] == b'"':
                # The buffer ends here, or within a string that begins here.
                start = self._more(start)
                continue
            depth += 1 if self._buffer[self._at : self._at + 1] in _OPEN else -1
            self._at += 1
            if depth == 0:
                return start

    def _string(self) -> int:
        start = self._at
        while (found := _STRING.match(self._buffer, start)) is None:
            self._at = start
            start = self._more(start)
        self._at = found.end()
        return start

    def _scalar(self) -> int:
        start = self._at
        while (found := _SCALAR.match(self._buffer, start)) is not None:
            if found.end() < len(self._buffer) or self._ended:
                self._at = found.end()
                return start
            start = self._more(start)
        raise self.error("A value should stand here.")

    def _more(self, start: int) -> int:
        """Read on, keeping the buffer from ``start`` on; where that is then."""
        if self._ended:
            raise self.error("The file ends in the middle of a value.")
        if len(self._buffer) - start > LONGEST_VALUE:
            raise self.error("A value is too long for an entry.")
        self._drop(start)
        self._fill()
        return 0

    def _drop(self, count: int) -> None:
        if count:
            self._buffer = self._buffer[count:]
            self._before += count
            self._at -= count

    def _fill(self) -> None:
        # As much again as there is, so that a long value is not looked through too often.
        more = self._file.read(max(_READ_BYTES, len(self._buffer)))
        self._ended = not more
        self._buffer += more


def _line(path: Path, position: int) -> int:
    """The line, from 1, in which a byte stands."""
    line = 1
    with path.open("rb") as file:
        while position > 0 and (chunk := file.read(min(_READ_BYTES, position))):
            line += chunk.count(b"\n")
            position -= len(chunk)
    return line
