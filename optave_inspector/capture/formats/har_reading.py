"""Reading HAR: our own, with all that :mod:`.har` wrote, and that of others, with what is there."""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec

from ...protocol.codec import peek
from ...protocol.timestamps import parse_timestamp
from ..entry import Entry, EntryFlag, EntryKind
from ..progress import Stopped
from ..redaction import Redactor
from .about import VERSION, About
from .errors import FormatError
from .har import HarMessage
from .har_handshake import handshake_of, summary_of
from .json_stream import JsonStream
from .record import Imported, Record, RecordError, entry_of, from_base64, one_line, payload_of

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator
    from pathlib import Path

    from ..progress import Progress, Stop

_MESSAGES, _OTHERS, _ATTEMPT = "_webSocketMessages", "_optaveEntries", "_optaveAttempt"
_OF_OTHERS = frozenset({"request", "response", "timings", "startedDateTime", "serverIPAddress", "_resourceType"})
_TAKEN = frozenset({_ATTEMPT, *_OF_OTHERS})
_DIRECTIONS = {"receive": 0, "send": 1}
_OPCODES = frozenset({0, 1, 2, 8, 9, 10})
_LATEST_S = 2**63 / 1e9
_ELEMENTS_AT_ONCE = 256


@dataclass(slots=True)
class _Connection:
    """A HAR entry that is a WebSocket connection, without its messages."""

    index: int
    position: int
    is_own: bool = False
    messages: int | None = None
    """Position of the array; None where there is none."""
    others: int | None = None
    parts: dict[str, Any] = field(default_factory=dict)


class _Element(NamedTuple):
    """One entry on its way into the capture, in the order that these fields give."""

    connection: int
    number: int
    tie: int
    make: Callable[[], Imported]


def read_har(path: Path, progress: Progress, stop: Stop) -> Generator[Imported, None, None]:
    """The entries of a HAR with their payloads and notes, numbered 0. Raises :class:`FormatError` and ``Stopped``.

    Connections come one after the other, each in its order; a HAR of another program gives messages, and a handshake
    made of request and response, whose secrets are taken out as those of every stored handshake. ``progress`` counts
    bytes, of two readings.
    """
    size = path.stat().st_size
    connections = _connections(path, lambda done: progress(done, 2 * size), stop)
    if not connections:
        raise FormatError(path, "It has no WebSocket connections.")
    attempts = {connection.index: number for number, connection in enumerate(connections, 1)}
    sources: list[Generator[_Element, None, None]] = [
        _handshakes([each for each in connections if not each.is_own], attempts),
        _messages(path, connections, attempts, lambda done: progress(size + done, 2 * size), stop),
        _others(path, connections),
    ]
    try:
        for element in heapq.merge(*sources, key=lambda element: element[:3]):
            yield element.make()
    finally:
        for source in sources:
            source.close()
    progress(2 * size, 2 * size)


def _connections(path: Path, progress: Callable[[int], None], stop: Stop) -> list[_Connection]:
    found = []
    with path.open("rb") as file:
        stream = JsonStream(file, path)
        for index in _entries(stream):
            if index % _ELEMENTS_AT_ONCE == 0:
                progress(stream.position)
                if stop():
                    raise Stopped
            connection = _connection(stream, index)
            if connection is not None:
                found.append(connection)
        stream.end()
    return found


def _entries(stream: JsonStream) -> Iterator[int]:
    """Stand before each of ``log.entries``, one after the other, at its object."""
    for key in stream.members():
        if key != "log":
            stream.skip()
            continue
        for inner in stream.members():
            if inner == "entries":
                yield from stream.items()
            elif inner == "_optave":
                position = stream.position
                about = _from(stream, stream.take(), position, msgspec.json.Decoder(About))
                if about.version > VERSION:
                    raise stream.error(
                        f"It was written by a newer Optave Inspector (version {about.version} of the format)."
                    )
            else:
                stream.skip()


def _connection(stream: JsonStream, index: int) -> _Connection | None:
    connection = _Connection(index, stream.position)
    raw: dict[str, bytes] = {}
    for key in stream.members():
        if key in _TAKEN:
            raw[key] = stream.take()
            continue
        if key == _MESSAGES:
            connection.messages = stream.position
        elif key == _OTHERS:
            connection.others = stream.position
        stream.skip()
    connection.is_own = _ATTEMPT in raw
    has_arrays = connection.messages is not None or connection.others is not None
    if not has_arrays and raw.get("_resourceType") != b'"websocket"':
        return None
    if not connection.is_own:
        for key in _OF_OTHERS.intersection(raw):
            connection.parts[key] = _from(stream, raw[key], connection.position)
    return connection


def _handshakes(connections: list[_Connection], attempts: dict[int, int]) -> Generator[_Element, None, None]:
    redactor = Redactor()
    for connection in connections:

        def make(connection: _Connection = connection) -> Imported:
            handshake = handshake_of(connection.parts)
            payload = msgspec.json.encode(handshake)
            started = connection.parts.get("startedDateTime")
            wall_ns = (parse_timestamp(started) if isinstance(started, str) else None) or 0
            status = handshake["status"] or 0
            entry = Entry(
                0,
                attempts[connection.index],
                2,
                int(EntryKind.HANDSHAKE),
                wall_ns,
                wall_ns,
                len(payload),
                0,
                frames=0,
                flags=0 if status == 101 else int(EntryFlag.PROBLEM),
                code=status,
                summary=one_line(summary_of(handshake)),
            )
            clean = redactor.redact(entry, payload)
            clean.entry.size = len(clean.payload)
            return clean.entry, clean.payload, None, False

        yield _Element(connection.index, -1, 0, make)


def _messages(
    path: Path, connections: list[_Connection], attempts: dict[int, int], progress: Callable[[int], None], stop: Stop
) -> Generator[_Element, None, None]:
    decoder = msgspec.json.Decoder(HarMessage)
    count = 0
    with path.open("rb") as file:
        stream = JsonStream(file, path)
        for connection in connections:
            number = 0
            for position, raw in _elements(stream, connection.messages):
                count += 1
                if count % _ELEMENTS_AT_ONCE == 0:
                    progress(stream.position)
                    if stop():
                        raise Stopped
                message = _from(stream, raw, position, decoder)
                number = message.optave.number if message.optave is not None else number + 1
                attempt = attempts[connection.index]

                def make(message: HarMessage = message, position: int = position, attempt: int = attempt) -> Imported:
                    try:
                        return _own(message, message.optave) if message.optave else _foreign(message, attempt)
                    except RecordError as error:
                        raise stream.error(str(error), position) from error

                yield _Element(connection.index, number, 0, make)


def _others(path: Path, connections: list[_Connection]) -> Generator[_Element, None, None]:
    decoder = msgspec.json.Decoder(Record)
    with path.open("rb") as file:
        stream = JsonStream(file, path)
        for connection in connections:
            for position, raw in _elements(stream, connection.others):
                record = _from(stream, raw, position, decoder)

                def make(record: Record = record, position: int = position) -> Imported:
                    try:
                        payload = payload_of(record)
                        return entry_of(record, payload), payload, record.note, True
                    except RecordError as error:
                        raise stream.error(str(error), position) from error

                yield _Element(connection.index, record.number, 1, make)


def _elements(stream: JsonStream, array: int | None) -> Iterator[tuple[int, bytes]]:
    """The elements of the array at a position, if there is one, with their own positions."""
    if array is None:
        return
    stream.go_to(array)
    for _ in stream.items():
        yield stream.position, stream.take()


def _own(message: HarMessage, record: Record) -> Imported:
    payload = _payload(message, record.base64)
    return entry_of(record, payload), payload, record.note, True


def _foreign(message: HarMessage, attempt: int) -> Imported:
    if not (math.isfinite(message.time) and abs(message.time) < _LATEST_S):
        raise RecordError("The time of a message is out of range.")
    wall_ns = round(message.time * 1e6) * 1_000  # a float of today has no more digits
    payload = _payload(message, None)
    direction = _DIRECTIONS.get(message.type, 2)
    if direction == 2:  # "error", or what nobody knows
        kind, flags = EntryKind.STATE, int(EntryFlag.PROBLEM)
    else:
        kind = EntryKind(message.opcode) if message.opcode in _OPCODES else EntryKind.RAW
        flags = 0
    entry = Entry(0, attempt, direction, int(kind), wall_ns, wall_ns, len(payload), 0, flags=flags)
    if kind in {EntryKind.TEXT, EntryKind.BINARY}:
        seen = peek(payload, is_text=kind is EntryKind.TEXT)
        entry.flags = int(EntryFlag.PROBLEM) if seen.problem else 0
        entry.action, entry.state, entry.summary = seen.action, seen.state, seen.summary or seen.problem
        entry.correlation_id, entry.trace_id, entry.thread_id = seen.correlation_id, seen.trace_id, seen.thread_id
    else:
        entry.summary = one_line(message.data)
    return entry, payload, None, False


def _payload(message: HarMessage, exact: str | None) -> bytes:
    if exact is not None:
        return from_base64(exact)
    return from_base64(message.data) if message.opcode == EntryKind.BINARY else message.data.encode()


def _from(stream: JsonStream, raw: bytes, position: int, decoder: msgspec.json.Decoder[Any] | None = None) -> Any:
    try:
        return msgspec.json.decode(raw) if decoder is None else decoder.decode(raw)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise stream.error(f"This makes no sense here: {error}.", position) from error
