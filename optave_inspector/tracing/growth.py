"""How an answer grew, update by update: time, size and text. Read from the payloads when somebody asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..protocol.stream_growth import stream_growth

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ..protocol.stream_growth import Growth
    from .exchange import Exchange


@dataclass(frozen=True, slots=True)
class Update:
    """One answer of an exchange, beside the one before it."""

    entry: int
    after_ns: int
    """Since the request."""
    since_ns: int
    """Since the answer before it; for the first one since the request."""
    size: int
    """Bytes of payload."""
    added_size: int
    """Bytes more than the answer before it; fewer where negative."""
    growth: Growth | None
    """What became of the text, which should only grow (``protocol.md`` section 8.3); None for the first answer."""

    @property
    def added_text(self) -> int | None:
        """Characters that were added to the text; None where no text was found to compare."""
        return None if self.growth is None or not self.growth.comparable else len(self.growth.added_text)


def updates(exchange: Exchange, payload: Callable[[int], bytes]) -> Iterator[Update]:
    """All answers of an exchange in the order of their arrival, late ones included. Holds two payloads at a time.

    ``payload`` gives that of an entry; what it raises goes through.
    """
    before: bytes | None = None
    before_ns = exchange.sent_ns
    for entry, arrived_ns in zip(exchange.answers, exchange.update_ns, strict=True):
        now = payload(entry)
        yield Update(
            entry,
            arrived_ns - exchange.sent_ns,
            arrived_ns - before_ns,
            len(now),
            len(now) - len(before or b""),
            None if before is None else stream_growth(before, now),
        )
        before, before_ns = now, arrived_ns
