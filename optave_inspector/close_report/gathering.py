"""All attempts of a session or capture with what their ends cut off, kept up to date at little cost."""

from __future__ import annotations

from array import array
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..tracing.chosen import Chosen, numbers_with
from ..tracing.exchange import ExchangeStatus
from .case import Case
from .patterns import Pattern, patterns_of
from .reading import read_attempts

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..capture.store import CaptureStore
    from ..tracing.exchange import Exchange
    from .facts import Attempt


@dataclass(frozen=True, slots=True)
class Gathered:
    """What is known at one moment."""

    cases: tuple[Case, ...] = ()
    """One for each attempt, in order; the last one may not be over."""
    patterns: tuple[Pattern, ...] = ()

    def case(self, attempt: int) -> Case | None:
        """The attempt of this number."""
        return next((case for case in self.cases if case.attempt.number == attempt), None)

    @property
    def newest_over(self) -> Case | None:
        """The newest attempt that has ended or failed."""
        return next((case for case in reversed(self.cases) if case.attempt.over), None)


def gather(store: CaptureStore, exchanges: Sequence[Exchange], before: Gathered | None = None) -> Gathered:
    """Read what is new since ``before``, the last known attempt included; everything without it.

    Not for the window's thread. Raises StoreError.
    """
    known = before.cases[:-1] if before is not None else ()
    begun = before.cases[-1].attempt.began.number if before is not None and before.cases else 1
    attempts = read_attempts(store, begun - 1)
    # An attempt of which entries come after those of a later one (imports do that) is read as a whole.
    if any(attempt.number <= case.attempt.number for attempt in attempts for case in known):
        known, attempts = (), read_attempts(store)
    return _joined((*(case.attempt for case in known), *attempts), exchanges)


def rejoined(before: Gathered, exchanges: Sequence[Exchange]) -> Gathered:
    """The same attempts with other exchanges: those of a capture come later than its entries."""
    return _joined(tuple(case.attempt for case in before.cases), exchanges)


def _joined(attempts: Sequence[Attempt], exchanges: Sequence[Exchange]) -> Gathered:
    cut_off: dict[int, array[int]] = defaultdict(lambda: array("I"))
    for number in numbers_with(exchanges, ExchangeStatus.CUT_OFF):
        cut_off[exchanges[number - 1].attempt].append(number)
    cases = tuple(Case(attempt, Chosen(exchanges, cut_off[attempt.number])) for attempt in attempts)
    return Gathered(cases, patterns_of(cases))
