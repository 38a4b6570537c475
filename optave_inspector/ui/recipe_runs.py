"""Recipes that run in a window's session: several runs in a row, or shrinking; stopped at any time."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..errors import InspectorError
from ..repro.attempts import Attempts
from ..repro.reading import read_recipe
from ..repro.recipe import every_step
from ..repro.report import Reported
from ..repro.results import Series
from ..repro.shrinking import shrink
from ..repro.targets import Targets
from ..repro.tenants import Tenants

if TYPE_CHECKING:
    from pathlib import Path

    from ..repro.recipe import Recipe
    from ..repro.results import RunResult, StepEvent
    from .bridge import SessionBridge
    from .profile_book import ProfileBook


class RecipeRuns(QObject):
    """Runs recipes on the session of ``bridge``; profiles and secrets come from ``book``.

    A local tenant that a recipe asks for is one of its own, which ends with the runs.
    """

    busyChanged = Signal()
    runBegan = Signal(int, int)
    """A run begins: which of how many."""
    stepChanged = Signal(object)
    """A :class:`StepEvent` of the run that is on."""
    runEnded = Signal(object)
    """Its :class:`RunResult`."""
    finished = Signal(object)
    """All runs are over, or were stopped: a :class:`Reported` of those that ended."""
    shrinkProgress = Signal(int, int)
    """Tries so far, and the steps of the one that is on."""
    shrunk = Signal(object)
    """A :class:`Shrunk`."""
    failed = Signal(str)
    """Nothing could be run, in words."""

    def __init__(self, bridge: SessionBridge, book: ProfileBook, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._book = book
        self._attempts: Attempts | None = None
        self._busy = False
        self._stopping = False

    @property
    def busy(self) -> bool:
        """Whether something runs."""
        return self._busy

    def start(self, recipe: Recipe, folder: Path | None, times: int = 1) -> None:
        """Run ``recipe`` several times; ``folder`` is where it stands. Nothing happens while something runs."""
        if not self._busy:
            self._begin(self._run(recipe, folder, times), "run recipe")

    def shrink(self, text: str, name: str, folder: Path | None) -> None:
        """Find the fewest steps of the recipe ``text``. Nothing happens while something runs."""
        if not self._busy:
            self._begin(self._shrink(text, name, folder), "shrink recipe")

    def stop(self) -> None:
        """Give up what runs; what it opened is closed."""
        self._stopping = True
        if self._attempts is not None:
            self._attempts.stop()

    def _begin(self, work, name: str) -> None:
        self._busy, self._stopping = True, False
        self.busyChanged.emit()
        self._bridge.start(self._guarded(work), name)

    async def _guarded(self, work) -> None:
        try:
            await work
        except InspectorError as error:
            self.failed.emit(str(error))
        finally:
            self._attempts = None
            self._busy = False
            self.busyChanged.emit()

    async def _run(self, recipe: Recipe, folder: Path | None, times: int) -> None:
        runs: list[RunResult] = []
        async with Tenants() as tenants:
            attempts = self._new_attempts(tenants, folder)
            attempts.changed.connect(self._on_step)
            for number in range(1, times + 1):
                if self._stopping:
                    break
                self.runBegan.emit(number, times)
                runs.append(await attempts.once(recipe))
                self.runEnded.emit(runs[-1])
        words = {step.number: step.words for step in every_step(recipe.steps)}
        self.finished.emit(Reported(Series(runs), words))

    async def _shrink(self, text: str, name: str, folder: Path | None) -> None:
        recipe = read_recipe(text, name)
        self.runBegan.emit(1, 1)
        async with Tenants() as tenants:
            attempts = self._new_attempts(tenants, folder)
            first = True

            async def once(candidate: Recipe) -> RunResult:
                nonlocal first
                if first:
                    attempts.changed.connect(self._on_step)
                result = await attempts.once(candidate)
                if first:
                    attempts.changed.disconnect(self._on_step)
                    first = False
                if self._stopping:
                    raise InspectorError("Shrinking was stopped; the recipe is as it was.")
                return result

            done = await shrink(text, recipe.name, once, self.shrinkProgress.emit)
        self.shrunk.emit(done)

    def _on_step(self, event: StepEvent) -> None:
        self.stepChanged.emit(event)

    def _new_attempts(self, tenants: Tenants, folder: Path | None) -> Attempts:
        book = self._book
        targets = Targets(tenants, lambda: [book[each] for each, _ in book.names()], book.secrets, os.environ)
        self._attempts = Attempts(self._bridge.session, targets, folder)
        return self._attempts
