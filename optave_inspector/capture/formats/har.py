"""HAR 1.2 with WebSocket messages in the shape that Chrome gives them.

A HAR entry is a connection. Whole messages are its ``_webSocketMessages``, each with all that a capture knows of it in
``_optave``. What Chrome has no place for (control frames, fragments, handshakes, endings, notes) is in
``_optaveEntries``, as :class:`~.record.Record`; other programs pass over it, and :mod:`.har_reading` puts both together
again.
"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING, Any, BinaryIO

import msgspec

from ...protocol.timestamps import iso_millis
from ..entry import EntryKind
from .har_handshake import har_parts, read_handshake
from .record import Record, record_of, text_or_base64, to_base64, without_payload

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..entry import Entry
    from .about import About

_TEXT, _BINARY, _HANDSHAKE = int(EntryKind.TEXT), int(EntryKind.BINARY), int(EntryKind.HANDSHAKE)
_TYPES = {0: "receive", 1: "send"}
_IN_MEMORY = 4 * 1024 * 1024
_COPY_BYTES = 1024 * 1024


class HarMessage(msgspec.Struct, kw_only=True):
    """One of ``_webSocketMessages``."""

    type: str
    """``send`` or ``receive``; ``error`` in Chrome's own files."""
    time: float
    """Unix time in s."""
    opcode: int = -1
    data: str = ""
    """Text, or base64 of a binary message."""
    optave: Record | None = msgspec.field(default=None, name="_optave")


class HarWriter:
    """Writes connections in the order in which their entries are handed in. ``out`` stays open.

    What goes after a connection's messages waits in a temporary file in ``scratch`` where it is much. ``handshake_of``
    gives the payload of an attempt's handshake, or nothing, where that is not among the entries: a HAR entry has a URL.
    """

    def __init__(
        self,
        out: BinaryIO,
        about: About,
        scratch: Path | None = None,
        handshake_of: Callable[[int], bytes] = lambda _attempt: b"",
    ) -> None:
        self._out = out
        self._about = about
        self._handshake_of = handshake_of
        self._encode = msgspec.json.Encoder().encode
        self._attempt: int | None = None
        self._head_written = False
        self._first_ns = 0
        self._handshake: dict[str, Any] = {}
        self._connections = self._messages = self._others = 0
        self._waiting = tempfile.SpooledTemporaryFile(_IN_MEMORY, dir=None if scratch is None else str(scratch))  # noqa: SIM115 - see close
        creator = {"name": "Optave Inspector", "version": about.app_version}
        self._out.write(b'{"log":{"version":"1.2","creator":' + self._encode(creator) + b',"pages":[],"_optave":')
        self._out.write(self._encode(about) + b',"entries":[')

    def write(self, entry: Entry, payload: bytes, note: str | None) -> None:
        """One entry; a new attempt begins a new connection."""
        if entry.attempt != self._attempt:
            self._end_connection()
            self._attempt, self._first_ns, self._handshake = entry.attempt, entry.wall_ns, {}
        if entry.kind in {_TEXT, _BINARY} and entry.direction in _TYPES:
            self._begin_messages()
            self._out.write(b",\n" if self._messages else b"\n")
            self._out.write(self._encode(_message(entry, payload, note)))
            self._messages += 1
            return
        if entry.kind == _HANDSHAKE and not self._handshake:
            self._handshake = read_handshake(payload)
            self._first_ns = entry.wall_ns
        self._waiting.write(b",\n" if self._others else b"\n")
        self._waiting.write(self._encode(record_of(entry, payload, note)))
        self._others += 1

    def finish(self) -> None:
        """End the last connection and the file."""
        self._end_connection()
        self._out.write(b"\n]}}\n")

    def close(self) -> None:
        """Remove the temporary file, whether the writing was finished or not."""
        self._waiting.close()

    def _begin_messages(self) -> None:
        if self._head_written:
            return
        known = self._handshake or read_handshake(self._handshake_of(self._attempt or 0))
        parts = har_parts(known, self._about.tenant)
        head = {"_optaveAttempt": self._attempt, "startedDateTime": iso_millis(self._first_ns), **parts}
        self._out.write(b",\n" if self._connections else b"\n")
        self._out.write(self._encode(head)[:-1] + b',"_resourceType":"websocket","_webSocketMessages":[')
        self._connections += 1
        self._head_written = True

    def _end_connection(self) -> None:
        if self._attempt is None:
            return
        self._begin_messages()
        self._out.write(b'\n],"_optaveEntries":[')
        self._waiting.seek(0)
        while chunk := self._waiting.read(_COPY_BYTES):
            self._out.write(chunk)
        self._waiting.seek(0)
        self._waiting.truncate()
        self._out.write(b"\n]}")
        self._messages = self._others = 0
        self._head_written = False
        self._attempt = None


def _message(entry: Entry, payload: bytes, note: str | None) -> HarMessage:
    record = without_payload(entry, note)
    if entry.kind == _BINARY:
        data = to_base64(payload)
    else:
        text, record.base64 = text_or_base64(payload)
        data = payload.decode("utf-8", "replace") if text is None else text
    return HarMessage(
        type=_TYPES[entry.direction], time=entry.wall_ns / 1e9, opcode=entry.kind, data=data, optave=record
    )
