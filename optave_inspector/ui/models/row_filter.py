"""Finding the entries that hold a text, off the window's thread, and going on with those that arrive meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from .background import Background, Job

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.store import CaptureStore

_SLICE = 20_000
"""Entries between two notes of progress."""


class RowFilter(QObject):
    """One search over a growing log. A newer text replaces the search of the former one at once.

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
        self._text = ""
        self._wanted_through = 0
        self._begun = False
        self.searched_through = 0
        """Entries up to this number were searched."""

    @property
    def text(self) -> str:
        """What is searched for; empty for no search."""
        return self._text

    @property
    def searching(self) -> bool:
        """Whether entries remain to be searched."""
        return self._work.busy

    def search(self, text: str, through: int) -> None:
        """Search the entries 1 to ``through`` for ``text``, which must not be empty, and forget the former search."""
        self._text = text
        self._wanted_through = through
        self._begun = False
        self.searched_through = 0
        self._start()

    def extend(self, through: int) -> None:
        """Search the entries that were added up to ``through`` as well."""
        if not self._text or through <= self._wanted_through:
            return
        self._wanted_through = through
        if not self._work.busy:
            self._start()

    def stop(self) -> None:
        """Give up what remains of the search, and search nothing more until asked again."""
        self._work.cancel()
        self._text = ""

    def _start(self) -> None:
        self._work.start(
            _search(self._store, self._text, self.searched_through, self._wanted_through),
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

    def _done(self, _result: Any) -> None:
        if not self._begun:
            self._begun = True
            self.found.emit([], True)
        if self.searched_through < self._wanted_through:
            self._start()
        else:
            self.finished.emit()

    def _failed(self, error: Exception) -> None:
        self._text = ""
        self.failed.emit(str(error))


def _search(store: CaptureStore, text: str, after: int, through: int) -> Callable[[Job], None]:
    def work(job: Job) -> None:
        def found(numbers: list[int]) -> None:
            job.report((numbers, 0))

        last = after
        while last < through and not job.stopped():
            first, last = last + 1, min(last + _SLICE, through)
            store.numbers_with_text(text, job.stopped, found, first, last)
            job.report(([], last))

    return work
