"""Where the session's signals become Qt signals: in one place, so that no panel meets the core's way of telling."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ..errors import InspectorError
from ..tasks import Tasks

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Coroutine
    from typing import Any

    from ..session import Session
    from ..tracing.exchange import Exchange

_GATHER_MS = 50
_FLOOD_MS = 100
_FLOOD_ENTRIES = 500
"""New rows are announced every 50 ms, and every 100 ms once that many came in between: painting costs, adding does not
(measured: 23 % of a core at 50 ms, 11 % at 100 ms)."""


class SessionBridge(QObject):
    """A session as the panels see it. Emits after the change; rows and exchanges are gathered for 50 to 100 ms."""

    entriesAdded = Signal(int)
    """New number of entries that can be read from ``session.store``."""
    exchangesChanged = Signal(list)
    """Numbers of the exchanges that are new or changed."""
    stateChanged = Signal()
    """``session.state``, ``.attempt``, ``.token_use`` or ``.settings`` changed."""
    handshakeDone = Signal()
    """``session.handshake`` is new."""
    ended = Signal()
    """``session.ending`` is new: an open connection ended."""
    failed = Signal()
    """``session.failure`` is new: an attempt did not open."""
    bookmarksChanged = Signal()
    """``session.store.bookmarks`` changed, in this window or in another one that shows the same capture."""
    unsavedChanged = Signal()
    """``session.store.unsaved`` changed: entries that are in memory only."""
    warned = Signal(str, str)
    """Something to tell that is no failure: kind (``ok``, ``warning``, ``error``) and sentence."""
    entrySelected = Signal(int)
    """An entry was selected, in whichever panel; 0 for none."""
    exchangeSelected = Signal(int)
    """An exchange was selected, in whichever panel; 0 for none."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.session = session
        self._tasks = Tasks("window", on_error=self._on_error)
        self._changed: set[int] = set()
        self._count = 0
        self._told = 0
        self._selected_entry = 0
        self._selected_exchange = 0
        self._gather = QTimer(self)
        self._gather.setSingleShot(True)
        self._gather.setInterval(_GATHER_MS)
        self._gather.timeout.connect(self.flush)
        self._heard = (
            (session.entries_added, self._on_entries),
            (session.exchanges_changed, self._on_exchanges),
            (session.state_changed, lambda _state: self.stateChanged.emit()),
            (session.token_taken, lambda _use: self.stateChanged.emit()),
            (session.handshake_done, lambda _handshake: self.handshakeDone.emit()),
            (session.ended, lambda _ending: self.ended.emit()),
            (session.failed, lambda _failure: self.failed.emit()),
            (session.store.bookmarks_changed, self.bookmarksChanged.emit),
            (session.unsaved_changed, lambda _count: self.unsavedChanged.emit()),
            (session.warned, lambda sentence: self.warned.emit("warning", sentence)),
            (session.alarmed, lambda sentence: self.warned.emit("error", sentence)),
            (session.reassured, lambda sentence: self.warned.emit("ok", sentence)),
        )
        for signal, slot in self._heard:
            signal.connect(slot)

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Run a coroutine of the session from a slot. An error that it lets out is shown in the message bar."""
        return self._tasks.start(work, name)

    async def stop(self) -> None:
        """Cancel what still runs and hear no more of the session; before it is closed."""
        for signal, slot in self._heard:
            signal.disconnect(slot, missing_ok=True)
        self._gather.stop()
        await self._tasks.cancel()

    def exchange(self, number: int) -> Exchange | None:
        """An exchange by its number; None for 0, and while a stored capture's exchanges are still being rebuilt."""
        exchanges = self.session.exchanges
        return exchanges[number - 1] if 0 < number <= len(exchanges) else None

    def tell_error(self, sentence: str) -> None:
        """Show a sentence as an error in the message bar."""
        self.warned.emit("error", sentence)

    def select_entry(self, number: int) -> None:
        """Select an entry everywhere: the log, the detail pane, and its exchange."""
        if number == self._selected_entry:
            return
        self._selected_entry = number
        self.entrySelected.emit(number)
        exchange = self.session.store.entry(number).exchange if number else 0
        if exchange != self._selected_exchange:
            self._selected_exchange = exchange
            self.exchangeSelected.emit(exchange)

    def select_exchange(self, number: int) -> None:
        """Select an exchange everywhere; the log goes to its request."""
        if number == self._selected_exchange:
            return
        self._selected_exchange = number
        self.exchangeSelected.emit(number)
        if number:
            exchange = self.session.exchanges[number - 1]
            if self._selected_entry not in (exchange.request_entry, *exchange.answers):
                self._selected_entry = exchange.request_entry
                self.entrySelected.emit(exchange.request_entry)

    @property
    def selected_entry(self) -> int:
        """Number of the selected entry; 0 for none."""
        return self._selected_entry

    @property
    def selected_exchange(self) -> int:
        """Number of the selected exchange; 0 for none."""
        return self._selected_exchange

    def flush(self) -> None:
        """Tell what was gathered, now."""
        self._gather.stop()
        if self._count:
            count, self._count = self._count, 0
            self._gather.setInterval(_FLOOD_MS if count - self._told > _FLOOD_ENTRIES else _GATHER_MS)
            self._told = count
            self.entriesAdded.emit(count)
        if self._changed:
            changed, self._changed = sorted(self._changed), set()
            self.exchangesChanged.emit(changed)

    def _on_error(self, name: str, error: BaseException) -> None:
        if isinstance(error, InspectorError):
            self.warned.emit("error", str(error))
            return
        what = f"{type(error).__name__}: {error}".rstrip(": ")
        self.warned.emit("error", f"The inspector itself failed in “{name}” ({what}). Its log has the details.")

    def _on_entries(self, count: int) -> None:
        self._count = count
        self._arm()

    def _on_exchanges(self, numbers: list[int]) -> None:
        self._changed.update(numbers)
        self._arm()

    def _arm(self) -> None:
        if not self._gather.isActive():
            self._gather.start()
