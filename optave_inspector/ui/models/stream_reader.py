"""Reads the answers to one exchange for the stream panel: a few at once, many or large ones off the window's thread."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ...capture.schema import StoreError
from ...tracing.stream import Stream, StreamUpdate
from .background import Background, Job

if TYPE_CHECKING:
    from ...capture.store import CaptureStore
    from ...tracing.exchange import Exchange

_AT_ONCE = 64 * 1024
_TOGETHER = 64
"""Updates that the thread tells of together."""
MOST_KEPT = 32 * 1024 * 1024
"""Characters. A stream that does not grow but begins anew with each update could fill the memory."""


class StreamReader(QObject):
    """Follows one exchange. ``updates`` has what was read so far, in the order in which the answers came."""

    changed = Signal()
    """``updates`` or ``problem`` changed."""

    def __init__(self, store: CaptureStore, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._work = Background("read stream", self)
        self._exchange: Exchange | None = None
        self._stream = Stream()
        self.updates: list[StreamUpdate] = []
        self.problem = ""
        """Why not all updates could be read, as a sentence; empty where they could."""

    @property
    def exchange(self) -> Exchange | None:
        """Whose answers are read."""
        return self._exchange

    @property
    def busy(self) -> bool:
        """Whether more is being read."""
        return self._work.busy

    def follow(self, exchange: Exchange | None) -> None:
        """Read the answers of an exchange; of the one that is followed already those that came since. None for none."""
        before, self._exchange = self._exchange, exchange
        if exchange is None or before is None or exchange.number != before.number:
            self._work.cancel()
            self._stream = Stream()
            self.updates, self.problem = [], ""
        self._read_on()

    def _read_on(self) -> None:
        exchange = self._exchange
        if exchange is None or self._work.busy or self.problem:
            return
        missing = list(zip(exchange.answers, exchange.update_ns, strict=False))[len(self.updates) :]
        missing = [(entry, at_ns - exchange.sent_ns) for entry, at_ns in missing]
        try:
            while missing and self._store.entry(missing[0][0]).size <= _AT_ONCE and len(missing) <= _TOGETHER:
                self.updates.append(self._read(*missing.pop(0)))
        except (StoreError, KeyError) as error:
            self._on_failed(error)
            return
        if missing:
            work = partial(self._read_many, self._stream, missing)
            self._work.start(work, self._on_done, self._on_failed, self._on_some)
        self.changed.emit()

    def _read(self, entry: int, at_ns: int) -> StreamUpdate:
        return self._stream.read(entry, at_ns, self._store.payload(entry))

    def _read_many(self, stream: Stream, missing: list[tuple[int, int]], job: Job) -> list[StreamUpdate]:
        some: list[StreamUpdate] = []
        for entry, at_ns in missing:
            if job.stopped() or stream.kept > MOST_KEPT:
                break
            some.append(stream.read(entry, at_ns, self._store.payload(entry)))
            if len(some) == _TOGETHER:
                job.report(some)
                some = []
        return some

    def _on_some(self, some: list[StreamUpdate]) -> None:
        self.updates += some
        self.changed.emit()

    def _on_done(self, rest: list[StreamUpdate]) -> None:
        self.updates += rest
        if self._stream.kept > MOST_KEPT:
            self.problem = f"The stream is too long: only its first {len(self.updates):,} updates are shown."
        self.changed.emit()
        self._read_on()

    def _on_failed(self, error: Exception) -> None:
        self.problem = "The capture does not hold this answer." if isinstance(error, KeyError) else str(error)
        self.changed.emit()
