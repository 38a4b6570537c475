"""Writes down what a session sends, whoever asked for it, and what became of it; never a secret in it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..capture.entry import EntryKind
from ..capture.redaction import Redactor
from ..compose.history import MOST_REQUESTS, Outcome, Sent
from ..errors import InspectorError
from .entry_evidence import was_own

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..capture.entry import Entry
    from ..compose.history import SentHistory
    from ..tracing.exchange import Exchange
    from .bridge import SessionBridge


class HistoryKeeping(QObject):
    """Follows the capture of ``bridge``. Under a flood the newest are kept: more would not stay anyhow."""

    changed = Signal()
    """What the history holds is other than before."""

    def __init__(
        self, bridge: SessionBridge, history: SentHistory, profile_id: Callable[[], str], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._history = history
        self._profile_id = profile_id
        self._redactor = Redactor()
        self._seen = bridge.session.store.count
        self._waiting: list[tuple[str, Entry]] = []
        self._kept: dict[int, int] = {}
        """IDs in the history by number of the exchange that has not ended."""
        self._settled: dict[int, Outcome] = {}
        self._failed = ""
        self._busy = False
        bridge.entriesAdded.connect(self._on_entries)
        bridge.exchangesChanged.connect(self._on_exchanges)

    def _on_entries(self, count: int) -> None:
        first, self._seen = max(self._seen + 1, count - 10 * MOST_REQUESTS), count
        try:
            entries = self._bridge.session.store.page(first, count - first + 1)
        except InspectorError as error:
            self._tell(error)
            return
        profile = self._profile_id()
        self._waiting += [(profile, entry) for entry in entries if was_own(entry) or _is_own_binary(entry)]
        del self._waiting[:-MOST_REQUESTS]
        self._work_on()

    def _on_exchanges(self, numbers: list[int]) -> None:
        for number in numbers:
            sent_id = self._kept.get(number)
            exchange = self._bridge.exchange(number)
            if sent_id is not None and exchange is not None and exchange.status.ended:
                del self._kept[number]
                self._settled[sent_id] = _outcome(sent_id, exchange)
        self._work_on()

    def _work_on(self) -> None:
        if (self._waiting or self._settled) and not self._busy:
            self._busy = True
            self._bridge.start(self._work(), "keep the history")

    async def _work(self) -> None:
        try:
            while self._waiting or self._settled:
                waiting, self._waiting = self._waiting, []
                outcomes, self._settled = list(self._settled.values()), {}
                ids = await asyncio.to_thread(self._write, waiting, outcomes)
                for sent_id, (_, entry) in zip(ids, waiting, strict=True):
                    exchange = self._bridge.exchange(entry.exchange)
                    if exchange is None or exchange.request_entry != entry.number:
                        continue
                    if exchange.status.ended:
                        self._settled[sent_id] = _outcome(sent_id, exchange)
                    else:
                        self._kept[entry.exchange] = sent_id
                self._failed = ""
                self.changed.emit()
        except InspectorError as error:
            self._tell(error)
        finally:
            self._busy = False

    def _write(self, waiting: list[tuple[str, Entry]], outcomes: list[Outcome]) -> list[int]:
        """In a thread."""
        store = self._bridge.session.store
        sent = []
        for profile, entry in waiting:
            clean = self._redactor.redact(entry, store.payload(entry.number))
            sent.append(
                Sent(
                    profile=profile,
                    at_ns=entry.wall_ns,
                    action=clean.entry.action,
                    correlation_id=clean.entry.correlation_id,
                    size=entry.size,
                    masked=sum(removal.count for removal in clean.removals),
                    summary=clean.entry.summary,
                    text=clean.payload.decode(errors="replace") if entry.kind != EntryKind.BINARY else None,
                    status="not_sent" if entry.kind == EntryKind.NOT_SENT else "",
                )
            )
        ids = self._history.add(sent) if sent else []
        if outcomes:
            self._history.settle(outcomes)
        return ids

    def _tell(self, error: InspectorError) -> None:
        if self._failed != str(error):  # once, not for each message
            self._failed = str(error)
            self._bridge.warned.emit("warning", f"{error} What is sent is in the capture all the same.")


def _is_own_binary(entry: Entry) -> bool:
    return entry.kind == EntryKind.BINARY and entry.direction == 1


def _outcome(sent_id: int, exchange: Exchange) -> Outcome:
    return Outcome(sent_id, exchange.status.name.lower(), exchange.total_ns, exchange.error_code)
