"""How dense the exchanges are that a filter leaves, counted off the window's thread."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from .background import Background
from .exchange_density import Density

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...tracing.exchange import Exchange

_log = logging.getLogger(__name__)


class MatchedDensity(QObject):
    """Counts anew when the matches change; meanwhile the former counts stay."""

    changed = Signal()
    """``density`` is another one."""

    def __init__(self, exchanges: Sequence[Exchange], parent: QObject) -> None:
        super().__init__(parent)
        self._exchanges = exchanges
        self._work = Background("count matches", self)
        self._matches: bytearray | None = None
        self._stale = False
        self.density: Density | None = None
        """Of the exchanges that match; None while there is no filter."""

    def count(self, matches: bytearray | None) -> None:
        """Count the exchanges whose byte is 1, by number; nothing for None."""
        self._work.cancel()
        self._matches = matches
        if matches is None:
            self.density = None
            self.changed.emit()
        else:
            self._start(matches)

    def count_again(self) -> None:
        """Bytes of the array that was given changed."""
        self._stale = True
        if self._matches is not None and not self._work.busy:
            self._start(self._matches)

    def _start(self, matches: bytearray) -> None:
        self._stale = False
        exchanges, marked = self._exchanges, bytes(matches)

        def work(_job: object) -> Density:
            density = Density()
            density.update(exchanges[number - 1] for number in range(1, len(marked)) if marked[number])
            return density

        self._work.start(work, self._done, self._failed)

    def _done(self, density: Density) -> None:
        self.density = density
        self.changed.emit()
        if self._stale and self._matches is not None:
            self._start(self._matches)

    def _failed(self, error: Exception) -> None:
        # The strip is a help: the table has the result of the filter.
        _log.warning("The matches could not be counted: %s", error)
