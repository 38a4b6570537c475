"""From what a panel shows to a recipe: read in a thread, then put into the panel Recipe, or into a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ..errors import InspectorError
from ..repro.from_evidence import MadeRecipe, Origin, from_attempt, from_entries
from .models.background import Background

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .bridge import SessionBridge


class RecipeEvidence(QObject):
    """Makes recipes of the log of ``bridge``; ``take`` gets each. What goes wrong is told in the message bar."""

    def __init__(
        self,
        bridge: SessionBridge,
        origin: Callable[[], Origin],
        take: Callable[[MadeRecipe], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._origin = origin
        self._take = take
        self._work = Background("make a recipe", self)

    def of_attempt(self, number: int) -> None:
        """Make one of an attempt and its ending."""
        store, origin = self._bridge.session.store, self._origin()
        self._start(lambda: from_attempt(store, number, origin))

    def of_entries(self, numbers: Sequence[int]) -> None:
        """Make one of some rows of the log."""
        store, origin = self._bridge.session.store, self._origin()
        self._start(lambda: from_entries(store, numbers, origin))

    def of_exchange(self, number: int) -> None:
        """Make one of a request and what answered it."""
        exchange = self._bridge.exchange(number)
        if exchange is not None:
            self.of_entries([exchange.request_entry, *exchange.answers])

    def stop(self) -> None:
        """Make nothing more; before the capture is closed."""
        self._work.cancel()

    def _start(self, make: Callable[[], MadeRecipe]) -> None:
        self._work.start(lambda _job: make(), self._take, self._failed)

    def _failed(self, error: Exception) -> None:
        sentence = str(error) if isinstance(error, InspectorError) else f"{type(error).__name__}: {error}"
        self._bridge.tell_error(f"No recipe was made. {sentence}")
