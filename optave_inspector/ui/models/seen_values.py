"""The values that entries of a capture have, for the completion of queries."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ...capture.query.completion import KnownValues
from ...capture.schema import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...capture.store import CaptureStore

_log = logging.getLogger(__name__)
_MOST_READ = 1_000
"""Entries looked at between two proposals: some 5 ms, since this happens while one types."""


class SeenValues:
    """Looks at the latest entries only, and at each of them once. ``states`` are known beforehand."""

    def __init__(self, store: CaptureStore, states: Iterable[str] = ()) -> None:
        self._store = store
        self._known = KnownValues()
        self._known.remember("state", states)
        self._through = 0

    def latest(self) -> KnownValues:
        """What is known, the latest entries of the capture included."""
        count = self._store.count
        first = max(self._through, count - _MOST_READ) + 1
        if first <= count:
            try:
                for entry in self._store.page(first, count - first + 1):
                    self._known.note(entry)
            except StoreError as error:
                # Proposals are a help, not a result: the log itself tells that the capture cannot be read.
                _log.warning("No values for the completion: %s", error)
            self._through = count
        return self._known
