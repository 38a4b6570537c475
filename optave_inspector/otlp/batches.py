"""Spans of a stored capture in batches that a collector takes, made while they are sent."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from .spans import SpanMaker, entries_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from opentelemetry.sdk.trace import ReadableSpan

    from ..capture.store import CaptureStore
    from ..tracing.exchange import Exchange
    from .attempts import Attempt

MOST_SPANS = 512
_MOST_TOGETHER = 2000
"""Spans and events of one batch: with contents some megabytes, of which collectors take 20."""


def exchange_spans(
    store: CaptureStore, maker: SpanMaker, attempts: Mapping[int, Attempt], exchanges: Sequence[Exchange]
) -> Iterator[ReadableSpan]:
    """The spans of exchanges whose entries are stored. Raises StoreError."""
    for start in range(0, len(exchanges), MOST_SPANS):
        some = exchanges[start : start + MOST_SPANS]
        numbers = sorted({number for exchange in some for number in entries_of(exchange)})
        entries = {entry.number: entry for entry in store.entries(numbers)}
        for exchange in some:
            yield maker.exchange(exchange, attempts[exchange.attempt], entries, store.payload)


def in_batches(spans: Iterator[ReadableSpan]) -> Iterator[list[ReadableSpan]]:
    """Spans together, as many as one request should hold."""
    batch: list[ReadableSpan] = []
    together = 0
    for span in spans:
        weight = 1 + len(span.events)
        if batch and (len(batch) == MOST_SPANS or together + weight > _MOST_TOGETHER):
            yield batch
            batch, together = [], 0
        batch.append(span)
        together += weight
    if batch:
        yield batch


def chosen_attempts(
    attempts: Mapping[int, Attempt], exchanges: Sequence[Exchange], numbers: Sequence[int]
) -> list[Attempt]:
    """The attempts of these exchanges, and those with an entry of their own among ascending ``numbers``."""
    used = {exchange.attempt for exchange in exchanges}

    def has_one(attempt: Attempt) -> bool:
        at = bisect.bisect_left(numbers, attempt.first.number)
        return at < len(numbers) and numbers[at] <= attempt.last.number

    return [attempt for number, attempt in attempts.items() if number in used or has_one(attempt)]
