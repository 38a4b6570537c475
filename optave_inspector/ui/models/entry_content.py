"""What an entry holds, read for the detail pane: at once when it is small, off the window's thread when it is not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ...capture.entry import Entry, EntryFlag, EntryKind
from ...capture.schema import StoreError
from ...protocol.close_codes import explain
from ...protocol.codec import Shape, peek
from ...protocol.limits import Size, measure
from ...protocol.read_json import ReadResult, read_json
from .background import Background, Job

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...capture.store import CaptureStore
    from ...protocol.contract import Contract
    from ...protocol.verdict import Verdict

AT_ONCE = 64 * 1024
"""Bytes up to which reading and checking does not hold up the window."""
MOST_AS_TREE = 32 * 1024 * 1024
"""Bytes up to which a message is read as a tree without being asked: the tree takes some ten times as much memory."""
_MOST_CHECKED = 4 * 1024 * 1024
_MOST_MEASURED = 8 * 1024 * 1024
_JSON_KINDS = (
    EntryKind.TEXT,
    EntryKind.HANDSHAKE,
    EntryKind.ENDING,
    EntryKind.NOT_SENT,
    EntryKind.CANCELLED,
)
_TEXT_KINDS = (*_JSON_KINDS, EntryKind.STATE)


@dataclass(frozen=True, slots=True)
class EntryContent:
    """An entry with all that the detail pane shows of it."""

    entry: Entry
    payload: bytes
    text: str | None
    """The payload as text, broken UTF-8 replaced; None for what is no text."""
    size: Size | None = None
    """Both sizes of a text, unless it is huge."""
    reading: ReadResult | None = None
    """The payload read as JSON, or what a close frame says; None while it is being read, and for anything else."""
    shape: Shape | None = None
    """The form of a text message, unless it is too large to be checked."""
    verdict: Verdict | None = None
    """What the contract says of the message; None where no schema is meant for it."""
    made_parts: Mapping[str, str] = field(default_factory=dict)
    """What of a sent message nobody typed: by JSON path, ``generated`` or the variable that was put in."""
    too_large: bool = False
    """The message is not read as a tree unless asked for."""

    @property
    def has_tree(self) -> bool:
        """Whether the payload could be read as JSON, whole or in spite of a problem."""
        return self.reading is not None and (self.reading.value is not None or not self.reading.problem)


class EntryReader(QObject):
    """Reads one entry at a time; a newer one replaces it."""

    payloadRead = Signal(object)
    """An :class:`EntryContent` without reading and verdict."""
    messageRead = Signal(object)
    """The same entry's, complete."""
    failed = Signal(str)
    """The payload could not be read, in words."""

    def __init__(self, store: CaptureStore, contract: Contract, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._contract = contract
        self._work = Background("read entry", self)

    @property
    def busy(self) -> bool:
        """Whether an entry is being read."""
        return self._work.busy

    def read(self, entry: Entry, *, however_large: bool = False) -> None:
        """Read an entry. ``however_large``: as a tree, whatever it costs."""
        self._work.cancel()
        store, contract = self._store, self._contract

        def work(job: Job | None) -> EntryContent:
            content = read_payload(entry, store.payload(entry.number))
            if entry.flags & EntryFlag.GENERATED:
                content = replace(content, made_parts=store.made_parts(entry.number))
            if job is not None:
                job.report(content)
            return read_message(content, contract, however_large=however_large)

        if entry.size > AT_ONCE:
            self._work.start(work, self.messageRead.emit, self._on_failed, self.payloadRead.emit)
            return
        try:
            content = work(None)
        except (StoreError, KeyError) as error:
            self._on_failed(error)
        else:
            self.messageRead.emit(content)

    def cancel(self) -> None:
        """Read nothing any more."""
        self._work.cancel()

    def _on_failed(self, error: Exception) -> None:
        self.failed.emit("The capture does not hold this entry." if isinstance(error, KeyError) else str(error))


def read_payload(entry: Entry, payload: bytes) -> EntryContent:
    """The first part of the reading: bytes and text."""
    text = payload.decode("utf-8", "replace") if entry.kind in _TEXT_KINDS else None
    size = measure(text) if text is not None and len(payload) <= _MOST_MEASURED else None
    return EntryContent(entry, payload, text, size)


def read_message(content: EntryContent, contract: Contract, *, however_large: bool = False) -> EntryContent:
    """The second part: JSON and verdict, for what can be JSON."""
    entry, payload = content.entry, content.payload
    if entry.kind == EntryKind.CLOSE:
        return replace(content, reading=_read_close(payload))
    if entry.kind not in _JSON_KINDS or not payload:
        return content
    if len(payload) > MOST_AS_TREE and not however_large:
        return replace(content, too_large=True)
    reading = read_json(payload)
    if entry.kind != EntryKind.TEXT or len(payload) > _MOST_CHECKED:
        return replace(content, reading=reading)
    shape = peek(payload, is_text=True).shape
    return replace(content, reading=reading, shape=shape, verdict=_check(contract, shape, reading.value))


def _check(contract: Contract, shape: Shape, value: Any) -> Verdict | None:
    checks = {
        Shape.REQUEST: contract.request_envelope,
        Shape.RESPONSE: contract.response_envelope,
        Shape.SUPERPOWER: contract.superpower,
        Shape.ERROR: contract.error,
    }
    check = checks.get(shape)
    return None if check is None else check(value)


def _read_close(payload: bytes) -> ReadResult | None:
    if len(payload) < 2:
        return None
    info = explain(int.from_bytes(payload[:2]))
    value = {
        "code": info.code,
        "name": info.name,
        "reason": payload[2:].decode("utf-8", "replace"),
        "meaning": info.meaning,
        "advice": info.advice_sentence,
    }
    return ReadResult(value, "", ("Made from the close frame's two bytes of code and its reason.",))
