"""One possible cause, how well it fits, and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from .case import Case


class Fit(IntEnum):
    """How well a cause fits the evidence. There is no certainty among them."""

    WEAK = 1
    FAIR = 2
    STRONG = 3

    @property
    def words(self) -> str:
        """As it is shown."""
        return {Fit.WEAK: "worth ruling out", Fit.FAIR: "possible", Fit.STRONG: "fits well"}[self]


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause in a few words, and what speaks for it."""

    title: str
    fit: Fit
    reasons: tuple[str, ...]
    """Sentences."""
    entry: int = 0
    """Where to look; 0 for nowhere in particular."""


Rule = Callable[[Case], Cause | None]
