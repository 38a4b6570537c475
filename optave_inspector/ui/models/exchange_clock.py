"""When the tenant wrote an answer, by its own clock: estimated, and always told apart from what was measured."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ...protocol.message_times import read_times
from ...tracing.clock_offset import estimate, own_time
from .background import Background
from .formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.entry import Entry
    from ...capture.store import CaptureStore
    from ...session import Session
    from ...tracing.exchange import Exchange

_AROUND = 40
"""So many exchanges before and after tell the clock well enough."""
_MOST_BYTES = 1_000_000
"""Larger messages are passed over: their times are not worth the reading."""


class ExchangeClock(QObject):
    """Reads the messages around an exchange in a thread; a newer question replaces the former one."""

    told = Signal(str)
    """Two sentences, or an empty text where the messages carry no times."""

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._work = Background("estimate clock", self)

    def ask(self, exchange: Exchange, answer: int) -> None:
        """What the tenant's clock says of ``answer``, an entry of ``exchange``."""
        session, at = self._session, exchange.number - 1
        around = [
            session.exchanges[place]
            for place in range(max(at - _AROUND, 0), min(at + _AROUND + 1, len(session.exchanges)))
            if session.exchanges[place].attempt == exchange.attempt and len(session.exchanges[place].answers) <= _AROUND
        ]
        if exchange not in around:
            around.append(exchange)
        self._work.start(
            lambda job: clock_words(session.store, around, exchange, answer, job.stopped),
            self.told.emit,
            lambda _error: self.told.emit(""),
        )

    def cancel(self) -> None:
        """Ask no more."""
        self._work.cancel()


def clock_words(
    store: CaptureStore, around: list[Exchange], exchange: Exchange, answer: int, stop: Callable[[], bool]
) -> str:
    """How far the tenant's clock is from ours, and when it wrote the answer by it; empty without times to tell by."""

    def read(numbers: list[int]) -> list[tuple[Entry, bytes]]:
        entries = [store.entry(number) for number in numbers]
        return [(entry, store.payload(entry.number) if entry.size <= _MOST_BYTES else b"") for entry in entries]

    found = estimate(around, read, stop)
    (request, asked), (answered, told) = read([exchange.request_entry, answer])
    claimed = own_time(read_times(asked), read_times(told))
    offset = found.at(answered.monotonic_ns)
    if offset is None:
        return ""
    words = str(offset)
    written = found.written(request, answered, claimed) if claimed is not None else None
    if written is None:
        return words
    earliest, latest = duration_text(written.earliest_ns), duration_text(written.latest_ns)
    return f"{words} By that it wrote this answer {earliest} to {latest} after the request left."
