"""Sending spans as they come, on a thread of its own: nothing is lost without being counted."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from opentelemetry.sdk.trace.export import BatchSpanProcessor

from .delivery import Delivery
from .exporter import CollectorExporter

if TYPE_CHECKING:
    from collections.abc import Iterable

    from opentelemetry.sdk.trace import ReadableSpan

    from .settings import Collector

_MOST_WAITING = 20_000
_BATCH = 256
_EVERY_MS = 1000.0
_GIVING_UP_S = 0.5


class SpanSender:
    """Takes spans at any rate and sends them in batches, about once a second.

    Holds ``most_waiting`` spans at most: what comes beyond that is not delivered, and counted so. Any thread may call.
    Raises InspectorError for a CA file that cannot be used. End it by :meth:`close`.
    """

    def __init__(self, collector: Collector, most_waiting: int = _MOST_WAITING, every_ms: float = _EVERY_MS) -> None:
        self.collector = collector
        self._exporter = CollectorExporter(collector)
        self._processor = BatchSpanProcessor(
            self._exporter,
            max_queue_size=most_waiting,
            schedule_delay_millis=every_ms,
            max_export_batch_size=min(_BATCH, most_waiting),
            export_timeout_millis=collector.timeout_s * 1000,
        )
        self._most_waiting = most_waiting
        self._lock = threading.Lock()
        self._offered = 0
        self._dropped = 0
        self._closed = False

    @property
    def delivery(self) -> Delivery:
        """The account, as it stands now."""
        with self._lock:
            waiting = self._waiting()
            lost = self._exporter.not_delivered + self._dropped + (waiting if self._closed else 0)
            problem = str(self._exporter.verdict)
            if self._dropped and not problem:
                problem = "The collector is too slow for what comes."
            return Delivery(self._exporter.delivered, lost, 0 if self._closed else waiting, problem)

    @property
    def room(self) -> int:
        """How many spans it takes now."""
        with self._lock:
            return 0 if self._closed else max(0, self._most_waiting - self._waiting())

    def offer(self, spans: Iterable[ReadableSpan]) -> None:
        """Hand spans over; returns at once."""
        for span in spans:
            with self._lock:
                self._offered += 1
                # The SDK's queue drops without telling whom: it is never let run over.
                if self._closed or self._waiting() > self._most_waiting:
                    self._dropped += 1
                    continue
                self._processor.on_end(span)

    def drop(self, count: int) -> None:
        """Count spans that were not made because there was no room for them."""
        with self._lock:
            self._offered += count
            self._dropped += count

    def close(self, limit_s: float) -> None:
        """Send what waits, for at most ``limit_s`` and a moment; the rest counts as not delivered. Blocks."""
        ending = threading.Thread(target=self._processor.shutdown, name="end of the spans", daemon=True)
        ending.start()
        ending.join(limit_s)
        self._exporter.shutdown()
        ending.join(_GIVING_UP_S)
        with self._lock:
            self._closed = True

    def _waiting(self) -> int:
        return self._offered - self._dropped - self._exporter.delivered - self._exporter.not_delivered
