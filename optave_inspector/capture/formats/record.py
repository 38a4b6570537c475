"""An entry with its payload as JSON: every field, under names that people can read."""

from __future__ import annotations

import base64
import binascii
import functools
from typing import Annotated

import msgspec

from ...protocol.timestamps import iso_millis
from ..entry import Entry, EntryFlag, EntryKind

SUMMARY_CHARACTERS = 200

_DIRECTIONS = {0: "in", 1: "out", 2: "none"}
_DIRECTION_NUMBERS = {name: number for number, name in _DIRECTIONS.items()}
_KINDS = {int(kind): kind.name.lower() for kind in EntryKind}
_KIND_NUMBERS = {name: number for number, name in _KINDS.items()}
_FLAGS = {flag.value: flag.name.lower().replace("_", "-") for flag in EntryFlag if flag.name}
_FLAG_NUMBERS = {name: number for number, name in _FLAGS.items()}

Imported = tuple[Entry, bytes, str | None, bool]
"""An entry with its payload, the user's note on it, and whether the inspector wrote it."""

Integer = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
Count = Annotated[int, msgspec.Meta(ge=0, le=2**53)]


class RecordError(ValueError):
    """A record that makes no entry; the text says why."""


class Record(msgspec.Struct, rename="camel", omit_defaults=True, kw_only=True):
    """One entry. ``text`` or ``base64`` is the payload: the latter where the bytes are no UTF-8."""

    number: Count = 0
    """In the capture that it was taken from."""
    time: str = ""
    """``wall_ns`` for people."""
    direction: str
    """``in``, ``out``, ``none``."""
    kind: str
    """A name of ``EntryKind`` in small letters."""
    attempt: Integer = 1
    wall_ns: Integer
    monotonic_ns: Integer | None = None
    size: Count | None = None
    wire_size: Integer = 0
    frames: Integer = 1
    flags: list[str] = []
    code: Integer = 0
    exchange: Integer = 0
    latency_ns: Integer = -1
    action: str = ""
    state: str = ""
    correlation_id: str = ""
    trace_id: str = ""
    thread_id: str = ""
    summary: str = ""
    note: str | None = None
    """The user's note on it; an empty one is a bookmark."""
    text: str | None = None
    base64: str | None = None


def record_of(entry: Entry, payload: bytes, note: str | None) -> Record:
    """An entry as it is written."""
    text, coded = text_or_base64(payload)
    record = without_payload(entry, note)
    record.text = text
    record.base64 = coded
    return record


def without_payload(entry: Entry, note: str | None) -> Record:
    """An entry as it is written where its payload stands elsewhere."""
    return Record(
        number=entry.number,
        time=iso_time(entry.wall_ns),
        direction=_DIRECTIONS.get(entry.direction, "none"),
        kind=kind_name(entry.kind),
        attempt=entry.attempt,
        wall_ns=entry.wall_ns,
        monotonic_ns=entry.monotonic_ns,
        size=entry.size,
        wire_size=entry.wire_size,
        frames=entry.frames,
        flags=flag_names(entry.flags),
        code=entry.code,
        exchange=entry.exchange,
        latency_ns=entry.latency_ns,
        action=entry.action,
        state=entry.state,
        correlation_id=entry.correlation_id,
        trace_id=entry.trace_id,
        thread_id=entry.thread_id,
        summary=entry.summary,
        note=note,
    )


def entry_of(record: Record, payload: bytes) -> Entry:
    """The entry that a record tells of, numbered 0. Raises :class:`RecordError` for names that nobody knows."""
    if record.kind not in _KIND_NUMBERS:
        raise RecordError(f"{record.kind[:40]!r} is no kind of entry.")
    if record.direction not in _DIRECTION_NUMBERS:
        raise RecordError(f"{record.direction[:40]!r} is no direction; there are in, out and none.")
    unknown = [flag for flag in record.flags if flag not in _FLAG_NUMBERS]
    if unknown:
        raise RecordError(f"{unknown[0][:40]!r} is no flag of an entry.")
    return Entry(
        0,
        record.attempt,
        _DIRECTION_NUMBERS[record.direction],
        _KIND_NUMBERS[record.kind],
        record.wall_ns if record.monotonic_ns is None else record.monotonic_ns,
        record.wall_ns,
        len(payload) if record.size is None else record.size,
        record.wire_size,
        record.frames,
        sum({_FLAG_NUMBERS[flag] for flag in record.flags}),
        record.code,
        record.exchange,
        record.latency_ns,
        record.action,
        record.state,
        record.correlation_id,
        record.trace_id,
        record.thread_id,
        one_line(record.summary),
    )


def payload_of(record: Record) -> bytes:
    """The payload of a record; empty where it has none. Raises :class:`RecordError`."""
    if record.base64 is not None:
        return from_base64(record.base64)
    return b"" if record.text is None else record.text.encode()


def text_or_base64(payload: bytes) -> tuple[str | None, str | None]:
    """A payload as text where it is UTF-8, else as base64."""
    try:
        return payload.decode(), None
    except UnicodeDecodeError:
        return None, to_base64(payload)


def to_base64(payload: bytes) -> str:
    """Bytes in base64."""
    return base64.b64encode(payload).decode()


def from_base64(text: str) -> bytes:
    """The bytes of a text in base64. Raises :class:`RecordError`."""
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RecordError("A payload is no sound base64.") from error


def iso_time(wall_ns: int) -> str:
    """Unix time as it is written; remembers the second, as entries come many in one."""
    seconds, rest = divmod(wall_ns, 10**9)
    return f"{_to_the_second(seconds)}.{rest // 10**6:03}Z"


@functools.lru_cache(maxsize=64)
def _to_the_second(seconds: int) -> str:
    return iso_millis(seconds * 10**9)[:-5]


def kind_name(kind: int) -> str:
    """A kind as it is written."""
    return _KINDS.get(kind, str(kind))


def direction_name(direction: int) -> str:
    """A direction as it is written."""
    return _DIRECTIONS.get(direction, "none")


def flag_names(flags: int) -> list[str]:
    """Flags as they are written."""
    return [name for flag, name in _FLAGS.items() if flags & flag] if flags else []


def one_line(text: str) -> str:
    """A summary that fits an entry."""
    line = " ".join(text.split())
    return line if len(line) <= SUMMARY_CHARACTERS else f"{line[: SUMMARY_CHARACTERS - 1]}…"
