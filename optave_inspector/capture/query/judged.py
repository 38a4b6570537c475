"""One entry while a query judges it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import msgspec

from ...protocol.codec import read_json
from ..entry import Entry
from ..schema import PART_BYTES

More = Callable[[], Iterable[bytes]]
"""Gives the parts of a payload after its first 16 MiB."""
Load = Callable[[], tuple[bytes, More | None]]
"""Gives a payload's first 16 MiB, and how to get the rest, if there is any."""

UNREADABLE = object()
"""In place of a JSON value: the payload is none, or too large to be read."""
WINDOW_BYTES = 1024 * 1024

_decode = msgspec.json.Decoder().decode
_NOT_READ = object()
_NO_ENTRY = Entry(0, 0, 0, 0, 0, 0, 0, 0)


class Judged:
    """The fields of an entry and its payload, which is fetched and decoded at most once, and only when asked for."""

    __slots__ = ("_head", "_json", "_load", "_more", "_text", "bookmarked", "entry")

    def __init__(self, entry: Entry | None, bookmarked: frozenset[int], load: Load | None) -> None:
        self.entry = entry or _NO_ENTRY
        self.bookmarked = bookmarked
        self._load = load
        self._head = b""
        self._more: More | None = None
        self._text: str | None = None
        self._json: Any = _NOT_READ

    @classmethod
    def live(cls, entry: Entry, load: Callable[[], bytes], bookmarked: frozenset[int]) -> Judged:
        """An entry of which ``load`` gives the whole payload."""

        def parts() -> tuple[bytes, More | None]:
            payload = load()
            return payload[:PART_BYTES], (lambda: [payload[PART_BYTES:]]) if len(payload) > PART_BYTES else None

        return cls(entry, bookmarked, parts)

    @classmethod
    def stored(cls, entry: Entry | None, bookmarked: frozenset[int], head: bytes, more: More | None) -> Judged:
        """An entry as the store keeps it; without the entry's fields, where nothing asks for them."""
        judged = cls(entry, bookmarked, None)
        judged._head = head
        judged._more = more
        return judged

    @property
    def head(self) -> bytes:
        """The payload, or its first 16 MiB."""
        if self._load is not None:
            load, self._load = self._load, None
            self._head, self._more = load()
        return self._head

    def windows(self, overlap: int) -> Iterator[bytes]:
        """The whole payload in pieces that overlap by ``overlap`` bytes, so that no shorter match is cut."""
        head = self.head
        if len(head) <= WINDOW_BYTES:
            yield head
            return
        tail = b""
        for part in itertools.chain((head,), self._more() if self._more else ()):
            for start in range(0, len(part), WINDOW_BYTES):
                window = tail + part[start : start + WINDOW_BYTES]
                yield window
                tail = window[-overlap:] if overlap else b""

    def text(self, limit: int) -> str:
        """The first ``limit`` bytes of the payload as text, with U+FFFD where it is no UTF-8."""
        if self._text is None:
            self._text = self.head[:limit].decode("utf-8", "replace")
        return self._text

    def json(self) -> Any:
        """The payload's JSON value, read tolerantly, or :data:`UNREADABLE`."""
        if self._json is _NOT_READ:
            self._json = self._read_json()
        return self._json

    def _read_json(self) -> Any:
        head = self.head
        if not head or self._more:
            return UNREADABLE
        try:
            return _decode(head)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            value, problem, _ = read_json(head)
            return UNREADABLE if value is None and problem else value
