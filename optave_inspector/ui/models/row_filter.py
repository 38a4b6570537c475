"""Finding the entries that match a query, off the window's thread, and going on with those that arrive meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from ...capture.query.search import numbers_matching
from .background import Background, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.query.query import Query
    from ...capture.store import CaptureStore


class RowFilter(QObject):
    """One search over a growing log. A newer query replaces the search of the former one at once.

    ``found`` tells numbers, rising over all emissions of one search. The first emission of a search is marked and comes
    even where nothing is found, so that a table can keep the former rows for the moment until the new ones are there.
    """

    found = Signal(list, bool)
    """Numbers, and whether they begin a new search."""
    progressed = Signal(float)
    """How much of the log was searched, 0 to 1."""
    finished = Signal()
    """All entries known so far were searched."""
    failed = Signal(str)
    """The search could not go on, in words."""

    def __init__(self, store: CaptureStore, parent: QObject) -> None:
        super().__init__(parent)
        self._store = store
        self._work = Background("frame search", self)
        self._query: Query | None = None
        self._bookmarked: frozenset[int] = frozenset()
        self._wanted_through = 0
        self._begun = False
        self.searched_through = 0
        """Entries up to this number were searched."""

    @property
    def searching(self) -> bool:
        """Whether entries remain to be searched."""
        return self._work.busy

    def search(self, query: Query, through: int) -> None:
        """Search the entries 1 to ``through``, with the bookmarks as they are now, and forget the former search."""
        self._query = query
        self._bookmarked = frozenset(self._store.bookmarks)
        self._wanted_through = through
        self._begun = False
        self.searched_through = 0
        self._start(query)

    def extend(self, through: int) -> None:
        """Search the entries that were added up to ``through`` as well."""
        if self._query is None or through <= self._wanted_through:
            return
        self._wanted_through = through
        if not self._work.busy:
            self._start(self._query)

    def stop(self) -> None:
        """Give up what remains of the search, and search nothing more until asked again."""
        self._work.cancel()
        self._query = None

    def _start(self, query: Query) -> None:
        self._work.start(
            _search(self._store, query, self._bookmarked, self.searched_through, self._wanted_through),
            self._done,
            self._failed,
            self._progress,
        )

    def _progress(self, part: tuple[list[int], int]) -> None:
        numbers, through = part
        if numbers or (through and not self._begun):
            begins, self._begun = not self._begun, True
            self.found.emit(numbers, begins)
        if through:
            self.searched_through = through
            self.progressed.emit(through / max(self._wanted_through, 1))

    def _done(self, through: int) -> None:
        self.searched_through = through
        if not self._begun:
            self._begun = True
            self.found.emit([], True)
        if self._query is not None and self.searched_through < self._wanted_through:
            self._start(self._query)
        else:
            self.finished.emit()

    def _failed(self, error: Exception) -> None:
        self._query = None
        self.failed.emit(str(error))


def _search(
    store: CaptureStore, query: Query, bookmarked: frozenset[int], after: int, through: int
) -> Callable[[Job], Any]:
    def work(job: Job) -> int:
        numbers_matching(
            store,
            query,
            first=after + 1,
            last=through,
            stop=job.stopped,
            found=lambda numbers: job.report((numbers, 0)),
            progress=lambda last: job.report(([], last)),
            bookmarked=bookmarked,
        )
        return through

    return work
