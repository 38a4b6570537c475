"""What every leaf of a query can do."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from .judged import Judged
    from .sql import Bounds, Context


class Cost(IntEnum):
    """What it takes to judge one entry; the cheap conditions are asked first."""

    NUMBER = 0
    FIELD = 1
    PAYLOAD = 2
    JSON = 3
    PATTERN = 4


class Condition(Protocol):
    """Judges an entry twice, with one verdict: in SQL, as far as that goes, and in Python."""

    @property
    def cost(self) -> Cost:
        """How dear it is."""

    @property
    def reads_entry(self) -> bool:
        """Whether it looks at the entry's fields and not at the payload alone."""

    def bounds(self, context: Context) -> Bounds:
        """What SQLite can say."""

    def holds(self, judged: Judged) -> bool:
        """The verdict."""
