"""Runs of recipes on one session, one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from psygnal import Signal

from .results import StepEvent
from .running import Run

if TYPE_CHECKING:
    from pathlib import Path

    from ..session import Session
    from .recipe import Recipe
    from .results import RunResult
    from .targets import Targets


class Attempts:
    """Runs recipes on ``session``; ``folder`` is where files that they send are, None where there is none."""

    changed = Signal(StepEvent)
    """A step of the run that is on began or ended."""

    def __init__(self, session: Session, targets: Targets, folder: Path | None) -> None:
        self._session = session
        self._targets = targets
        self._folder = folder
        self._run: Run | None = None
        self._stopped = False

    async def once(self, recipe: Recipe) -> RunResult:
        """Run ``recipe``. Raises InspectorError when there is nothing to connect to, or the session is connected."""
        target = await self._targets.target(recipe.connection)
        self._run = run = Run(recipe, self._session, target, self._folder, self._targets.environment)
        run.changed.connect(self._tell)
        if self._stopped:
            run.stop()
        try:
            return await run.run()
        finally:
            self._run = None

    def stop(self) -> None:
        """Give up the run that is on, and all that are to come."""
        self._stopped = True
        if self._run is not None:
            self._run.stop()

    def _tell(self, event: StepEvent) -> None:
        self.changed.emit(event)
