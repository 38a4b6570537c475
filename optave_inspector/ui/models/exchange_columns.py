"""The columns of the table of exchanges: their titles, how they sort, and what each says of an exchange or a group."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt

from .. import theme
from .exchange_words import STATUS_LOOK, is_missing, status_text
from .formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QColor

    from ...tracing.exchange import Exchange
    from .exchange_rows import Group


class ExchangeColumn(IntEnum):
    """The columns from left to right."""

    ACTION = 0
    CORRELATION = 1
    STATUS = 2
    FIRST = 3
    TOTAL = 4
    ANSWERS = 5
    TIME = 6
    """Painted as a waterfall; its raw value is the time of the request."""


TITLES = ("action", "corr", "status", "first", "total", "n", "time")
TIPS = (
    "Action of the request",
    "The last characters of the correlation ID, in the colour that it has in the frame log",
    "Where the exchange stands",
    "From the request to its first answer",
    "From the request to its end",
    "Answers, updates of a stream included",
    "When it began and how long it took",
)
_RIGHT = frozenset({ExchangeColumn.FIRST, ExchangeColumn.TOTAL, ExchangeColumn.ANSWERS})
_NEVER = 1 << 62
"""Sorts what has no time yet behind all that has one."""
KEYS: dict[ExchangeColumn, Callable[[Exchange], Any] | None] = {
    ExchangeColumn.ACTION: lambda exchange: exchange.action,
    ExchangeColumn.CORRELATION: lambda exchange: exchange.correlation_id,
    ExchangeColumn.STATUS: lambda exchange: (int(exchange.status), exchange.error_code),
    ExchangeColumn.FIRST: lambda exchange: exchange.first_ns if exchange.update_ns else _NEVER,
    ExchangeColumn.TOTAL: lambda exchange: exchange.total_ns if exchange.ended_ns >= 0 else _NEVER,
    ExchangeColumn.ANSWERS: lambda exchange: len(exchange.answers),
    ExchangeColumn.TIME: None,
}


def cell_text(exchange: Exchange, column: int, now_ns: int, first_ns: int) -> str:
    """What a row says of an exchange in a column; ``first_ns``: when the first request of all was sent."""
    if column == ExchangeColumn.ACTION:
        return exchange.action or "–"
    if column == ExchangeColumn.CORRELATION:
        return f"▮ {exchange.correlation_id[-4:]}" if exchange.correlation_id else "–"
    if column == ExchangeColumn.STATUS:
        if not exchange.status.ended and is_missing(exchange, now_ns):
            return f"⚠ {status_text(exchange)[2:]} long"
        return status_text(exchange)
    if column == ExchangeColumn.FIRST:
        return duration_text(exchange.first_ns) if exchange.update_ns else ""
    if column == ExchangeColumn.TOTAL:
        if exchange.ended_ns >= 0:
            return duration_text(exchange.total_ns)
        return f"{duration_text(max(now_ns - exchange.sent_ns, 0))} …"
    if column == ExchangeColumn.ANSWERS:
        return str(len(exchange.answers))
    return f"+{duration_text(exchange.sent_ns - first_ns)}"


def cell_color(exchange: Exchange, column: int, now_ns: int) -> QColor | None:
    """The colour of that text; None for that of all texts."""
    colors = theme.current()
    if column == ExchangeColumn.STATUS:
        if not exchange.status.ended and is_missing(exchange, now_ns):
            return colors.color("warning")
        return colors.color(STATUS_LOOK[exchange.status][2])
    if column == ExchangeColumn.CORRELATION and exchange.correlation_id:
        return colors.correlation_color(exchange.correlation_id)
    if column == ExchangeColumn.TOTAL and exchange.ended_ns < 0:
        return colors.color("muted")
    return None


def group_text(group: Group) -> str:
    """The heading of a group: what it is, how many exchanges it has, the status that deserves a look."""
    count = len(group.members)
    glyph, word, _ = STATUS_LOOK[group.worst]
    worst = group.counts[group.worst]
    if word == "error" and worst > 1:
        word = "errors"
    told = f"{glyph} {word}" if worst == count else f"{glyph} {worst:,} {word}"
    return f"{group.title} · {'1 exchange' if count == 1 else f'{count:,} exchanges'} · {told}"


def group_cell(group: Group, column: int) -> str:
    """A heading spans its row: its text stands in the first cell, and the view paints it over all."""
    if column == ExchangeColumn.ACTION:
        return f"{'▸' if group.folded else '▾'} {group_text(group)}"
    return ""


def alignment(column: int) -> Qt.AlignmentFlag:
    """Numbers stand at the right."""
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
