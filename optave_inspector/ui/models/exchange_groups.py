"""What exchanges are grouped by, in words for the heading of a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...tracing.grouping import GroupBy, Grouping
from .exchange_rows import GroupOf

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...tracing.exchange import Exchange

CHOICES: tuple[tuple[GroupBy | None, str], ...] = (
    (None, "No groups"),
    (GroupBy.TRACE, "By trace"),
    (GroupBy.THREAD, "By thread"),
    (GroupBy.SESSION, "By customer session"),
    (GroupBy.PARENT, "By parent chain"),
    (GroupBy.ATTEMPT, "By connection"),
)
_WORDS = {
    GroupBy.TRACE: ("trace", "no trace ID"),
    GroupBy.THREAD: ("thread", "no thread ID"),
    GroupBy.SESSION: ("session", "no session ID"),
    GroupBy.PARENT: ("chain from", "no chain: neither an ID nor a parent"),
    GroupBy.ATTEMPT: ("connection", "no connection"),
}
_LONGEST = 24


def group_of(grouping: Grouping) -> Callable[[Exchange], GroupOf]:
    """Which group an exchange is in, by ``grouping``, which must know it."""
    word, without = _WORDS[grouping.by]

    def told(exchange: Exchange) -> GroupOf:
        group = grouping.group_of(exchange.number)
        key = group.key if group is not None else ""
        shown = key if len(key) <= _LONGEST else f"…{key[-_LONGEST:]}"
        return GroupOf(key, f"{word} {shown}" if key else without)

    return told
