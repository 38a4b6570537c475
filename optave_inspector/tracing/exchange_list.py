"""All exchanges of a session, of which those that have ended take little memory.

Where very many are open, those that have waited longest are packed as well. Measured: 170 bytes for one with two IDs of
its own, against 680 for the object with its texts and lists.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, overload

import msgspec

from .exchange import Exchange, ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Iterator

_AS_OBJECTS = 2_000
"""So many of those that ended last stay objects: they are on show, and more may come for them."""
_OPEN_AS_OBJECTS = 100_000
"""So many of those that are open and were begun or answered last stay objects."""
_MOST_WORDS = 50_000
"""Texts that many exchanges have in common, such as actions and threads; where they are no more than that."""
_USUAL: tuple[object, ...] = ("", "", 0, -1, [], 0, "")
"""Of the fields that most exchanges have no use for; see :meth:`ExchangeList._pack`."""

_CORRELATION_ID, _REQUEST_ID, _STATUS = 2, 9, 10
_WORDS = (1, 6, 7, 8)
"""Places in what is packed: action, thread, session and parent."""
_STATUSES = tuple(ExchangeStatus)


class ExchangeList(Sequence[Exchange]):
    """Exchange ``n`` stands at index ``n - 1``. Reading is safe in any thread, changing is for one.

    What ended some time ago is packed into bytes, a quarter of an object with its texts and lists, and is unpacked
    for each reader: change an exchange only as :meth:`changeable` gives it. So are open ones where they are very many.
    """

    def __init__(self) -> None:
        self._all: list[Exchange | bytes] = []
        self._over = bytearray()
        """By index: the status of what has ended, 0 before."""
        self._opened: deque[int] = deque()
        """Numbers of those that became objects while they were open, oldest first; some may have ended since."""
        self._ended: deque[int] = deque()
        """Numbers of those that have ended and are no bytes yet, oldest first."""
        self._words: dict[str, int] = {}
        self._texts: list[str] = []
        self._encode = msgspec.msgpack.Encoder().encode
        self._decode = msgspec.msgpack.Decoder(list).decode

    def __len__(self) -> int:
        return len(self._all)

    @overload
    def __getitem__(self, index: int) -> Exchange: ...
    @overload
    def __getitem__(self, index: slice) -> list[Exchange]: ...
    def __getitem__(self, index: int | slice) -> Exchange | list[Exchange]:
        if isinstance(index, slice):
            return [self[each] for each in range(*index.indices(len(self._all)))]
        found = self._all[index]
        if isinstance(found, Exchange):
            return found
        return self._unpack(index + 1 if index >= 0 else len(self._all) + index + 1, found)

    def append(self, exchange: Exchange) -> None:
        """Add the next one, which has not ended."""
        self._all.append(exchange)
        self._over.append(0)
        self._keep_open(exchange.number)

    def is_open(self, number: int) -> bool:
        """Whether an exchange has not ended; quick."""
        return not self._over[number - 1]

    def numbers_with(self, status: ExchangeStatus) -> Iterator[int]:
        """The numbers of those that ended so and are there now, ascending; quick where few did."""
        over, wanted = bytes(self._over), bytes((status,))
        place = over.find(wanted)
        while place >= 0:
            yield place + 1
            place = over.find(wanted, place + 1)

    def changeable(self, number: int) -> Exchange:
        """An exchange that the caller may change, at once."""
        found = self._all[number - 1]
        if isinstance(found, Exchange):
            return found
        self._all[number - 1] = exchange = self._unpack(number, found)
        if self._over[number - 1]:
            self.ended(number)
        else:
            self._keep_open(number)
        return exchange

    def ended(self, number: int) -> None:
        """Note that an exchange has its last status: it is packed when enough others have ended after it."""
        self._over[number - 1] = self[number - 1].status
        self._ended.append(number)
        if len(self._ended) > 2 * _AS_OBJECTS:
            for _ in range(_AS_OBJECTS):
                self._put_away(self._ended.popleft())

    def _keep_open(self, number: int) -> None:
        self._opened.append(number)
        if len(self._opened) > _OPEN_AS_OBJECTS + _AS_OBJECTS:
            for _ in range(_AS_OBJECTS):
                old = self._opened.popleft()
                if not self._over[old - 1]:
                    self._put_away(old)

    def _put_away(self, number: int) -> None:
        exchange = self._all[number - 1]
        if isinstance(exchange, Exchange):
            self._all[number - 1] = self._pack(exchange)

    def _pack(self, one: Exchange) -> bytes:
        word = self._word
        rare = (one.error_code, one.guessed, one.late, one.late_end_ns, one.duplicates, one.reused, one.note)
        return self._encode(
            (
                one.attempt,
                word(one.action),
                one.correlation_id,
                one.request_entry,
                one.sent_ns,
                one.trace_id,
                word(one.thread_id),
                word(one.session_id),
                word(one.parent_id),
                # The SDK takes one for the other (protocol.md section 4).
                None if one.request_id == one.correlation_id else one.request_id,
                one.status,
                one.answers,
                one.update_ns,
                one.ended_ns,
                *(() if rare == _USUAL else rare),
            )
        )

    def _unpack(self, number: int, packed: bytes) -> Exchange:
        values: list[Any] = self._decode(packed)
        for place in _WORDS:
            if isinstance(values[place], int):
                values[place] = self._texts[values[place]]
        if values[_REQUEST_ID] is None:
            values[_REQUEST_ID] = values[_CORRELATION_ID]
        values[_STATUS] = _STATUSES[values[_STATUS]]
        return Exchange(number, *values)

    def _word(self, text: str) -> int | str:
        """The place of a text among those that exchanges have in common; the text itself where they are too many."""
        place = self._words.get(text)
        if place is None:
            if len(self._texts) >= _MOST_WORDS:
                return text
            place = self._words[text] = len(self._texts)
            self._texts.append(text)
        return place
