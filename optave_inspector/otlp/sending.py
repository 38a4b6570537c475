"""Sending a stored capture to a collector, to the end or until that is hopeless."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

import msgspec

from ..capture.progress import Stopped, never, unheard
from ..capture.redaction import Redactor
from ..tracing.selection import exchanges_with
from .attempts import Attempts
from .batches import chosen_attempts, exchange_spans, in_batches
from .exporter import CollectorExporter
from .spans import SpanMaker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..capture.progress import Progress, Stop
    from ..capture.redaction import RedactionRules
    from ..capture.store import CaptureStore
    from ..tracing.exchange import Exchange
    from .settings import Collector

_GIVE_UP_AFTER = 3
"""Batches in a row that were not delivered."""


class Sent(msgspec.Struct, frozen=True):
    """What became of a capture's spans; the two counts of spans make up connections and exchanges."""

    connections: int
    exchanges: int
    delivered: int
    not_delivered: int
    problem: str
    """What was last in the way, in words; empty when nothing was."""


def send_capture(
    store: CaptureStore,
    exchanges: Sequence[Exchange],
    collector: Collector,
    *,
    numbers: Sequence[int] | None = None,
    rules: RedactionRules | None = None,
    with_contents: bool = False,
    progress: Progress = unheard,
    stop: Stop = never,
) -> Sent:
    """Send the connections and ``exchanges`` of a capture, or of those only that have an entry among ``numbers``.

    ``rules`` say what is taken out besides tokens and secrets. What is not delivered is counted, not raised.
    ``progress`` counts spans. Blocks. Raises StoreError, PathError, Stopped, and TrustError for the CA file.
    """
    redactor = Redactor(rules)
    exporter = CollectorExporter(collector, patient=False)
    try:
        attempts = Attempts(redactor)
        attempts.read(store, stop)
        if numbers is None:
            some, connections = exchanges, list(attempts.by_number.values())
        else:
            some = exchanges_with(exchanges, numbers)
            connections = chosen_attempts(attempts.by_number, some, numbers)
        connections = [attempt for attempt in connections if attempt.is_connection]
        maker = SpanMaker(redactor, with_contents=with_contents)
        total = len(connections) + len(some)
        spans = chain(map(maker.connection, connections), exchange_spans(store, maker, attempts.by_number, some))
        in_a_row = 0
        for batch in in_batches(spans):
            if stop():
                raise Stopped
            exporter.export(batch)
            progress(exporter.delivered + exporter.not_delivered, total)
            in_a_row = 0 if exporter.verdict.delivered else in_a_row + 1
            if exporter.verdict.hopeless or in_a_row == _GIVE_UP_AFTER:
                break
        delivered = exporter.delivered
        return Sent(len(connections), len(some), delivered, total - delivered, exporter.problem)
    finally:
        exporter.shutdown()
