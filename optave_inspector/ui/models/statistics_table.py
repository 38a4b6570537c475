"""What exchanges add up to, as a table: a row over all and one per action."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...tracing.exchange import ExchangeStatus
from .. import theme
from .exchange_words import STATUS_LOOK
from .formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...tracing.statistics import Statistics, Summary

_ROOT = QModelIndex()
_NONE = "–"
ALL = "all"
"""Name of the row over all actions."""
PERCENTS = (50, 90, 95, 99, 100)
"""Which percentiles are shown; the last one is the longest."""


@dataclass(frozen=True, slots=True)
class _Column:
    title: str
    tip: str
    value: Callable[[Summary], float]
    """The number; below 0 for none."""
    is_time: bool = False
    color: str = ""
    """The theme's name of the colour that a number above 0 has."""
    rare: bool = False
    """Not worth the room while it is 0 everywhere."""


_USUAL = frozenset({ExchangeStatus.COMPLETED, ExchangeStatus.ERROR, ExchangeStatus.TIMED_OUT})


def _of_status(status: ExchangeStatus) -> _Column:
    glyph, word, color = STATUS_LOOK[status]
    alarming = color if status.ended and status is not ExchangeStatus.COMPLETED else ""
    return _Column(
        f"{glyph}\n{word}",
        f"Exchanges whose status is “{word}”",
        lambda summary: summary.by_status[status],
        color=alarming,
        rare=status not in _USUAL,
    )


def _of_time(which: str, tip: str, percent: int) -> _Column:
    name = "max" if percent == 100 else f"p{percent}"
    what = "The longest time" if percent == 100 else f"What {percent} of 100 did not exceed of the times"
    return _Column(
        f"{which}\n{name}",
        f"{what} {tip}",
        lambda summary: getattr(summary, which).percentile(percent),
        is_time=True,
    )


_ENDED = sorted((status for status in STATUS_LOOK if status.ended), key=int)
COLUMNS: tuple[_Column, ...] = (
    _Column("↑\nsent", "Requests that were sent", lambda summary: summary.sent),
    *(_of_status(status) for status in _ENDED),
    _Column(
        "…\nopen",
        "Exchanges that still wait for their first or next answer",
        lambda summary: summary.open,
        rare=True,
    ),
    *(_of_time("total", "from the request to an answer that ended it", percent) for percent in PERCENTS),
    *(_of_time("first", "from the request to the first answer", percent) for percent in PERCENTS),
)
"""All but the rate, which is the last column: it needs to know how long the part of time is."""


class StatisticsTableModel(QAbstractTableModel):
    """Rows are the actions, in the order of their first use, below the row over all. ``show`` brings news."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._rows: list[tuple[str, list[str]]] = []
        self._codes: list[dict[str, int]] = []
        theme.theme_switch().changed.connect(self._on_theme)

    def show(self, statistics: Statistics, span_ns: int) -> None:
        """Take over what there is now. ``span_ns``: how long the time is in which the requests were sent."""
        summaries = [(ALL, statistics.overall), *statistics.by_action.items()]
        rows = [(name, _row(summary, span_ns)) for name, summary in summaries]
        codes = [dict(summary.errors_by_code) for _name, summary in summaries]
        before = len(self._rows)
        if len(rows) < before:
            self.beginRemoveRows(QModelIndex(), len(rows), before - 1)
            self._rows, self._codes = rows, codes
            self.endRemoveRows()
        elif len(rows) > before:
            self.beginInsertRows(QModelIndex(), before, len(rows) - 1)
            self._rows, self._codes = rows, codes
            self.endInsertRows()
        elif (rows, codes) == (self._rows, self._codes):
            return
        self._rows, self._codes = rows, codes
        last = len(rows) - 1
        self.dataChanged.emit(self.index(0, 0), self.index(last, self.columnCount() - 1))
        self.headerDataChanged.emit(Qt.Orientation.Vertical, 0, last)

    def is_idle(self, column: int) -> bool:
        """Whether a column has nothing to say at present: a count that is seldom needed and 0 over all."""
        return column < len(COLUMNS) and COLUMNS[column].rare and bool(self._rows) and self._rows[0][1][column] == "0"

    def errors_by_code(self, row: int) -> str:
        """How often each error code came, as a sentence; empty without errors."""
        codes = self._codes[row] if 0 <= row < len(self._codes) else {}
        if not codes:
            return ""
        ordered = sorted(codes.items(), key=lambda item: (-item[1], item[0]))
        listed = ", ".join(f"{code or 'without a code'} ×{count:,}" for code, count in ordered)
        name = self._rows[row][0]
        return f"Errors of {name or 'requests without an action'}: {listed}"

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """One over all, and one per action."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        """Counts, times and the rate."""
        return 0 if parent.isValid() else len(COLUMNS) + 1

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Numbers as they are read."""
        if role == Qt.ItemDataRole.DisplayRole:
            return self._rows[index.row()][1][index.column()]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            text = self._rows[index.row()][1][index.column()]
            if text in ("0", _NONE):
                return theme.current().color("muted")
            color = COLUMNS[index.column()].color if index.column() < len(COLUMNS) else ""
            return theme.current().color(color) if color else None
        if role == Qt.ItemDataRole.ToolTipRole:
            tip = f"{self._rows[index.row()][0]}: {_tip(index.column())}"
            codes = self.errors_by_code(index.row())
            return f"{tip}\n{codes}" if codes else tip
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles in two lines; the actions at the left, which stay in sight when the table is scrolled."""
        if orientation == Qt.Orientation.Vertical:
            if role == Qt.ItemDataRole.DisplayRole and 0 <= section < len(self._rows):
                return self._rows[section][0] or "no action"
            return None
        if not 0 <= section < self.columnCount():
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section].title if section < len(COLUMNS) else "↑\nrate"
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tip(section)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        return None

    def text(self, heading: str) -> str:
        """The table in columns of plain text, for a ticket."""
        titles = ["action", *(" ".join(self._title(column)) for column in range(self.columnCount()))]
        lines = [titles, *([name or "no action", *cells] for name, cells in self._rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(titles))]
        table = ["  ".join(_aligned(line, widths)).rstrip() for line in lines]
        codes = [told for row in range(len(self._rows)) if (told := self.errors_by_code(row))]
        return "\n".join([heading, "", *table, *(["", *codes] if codes else [])]) + "\n"

    def _title(self, column: int) -> list[str]:
        _glyph_or_group, name = self.headerData(column, Qt.Orientation.Horizontal).split("\n")
        is_time = column < len(COLUMNS) and COLUMNS[column].is_time
        return [_glyph_or_group, name] if is_time else [name]

    def _on_theme(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])


def rate_text(count: int, span_ns: int) -> str:
    """How often in a time: ``2.4 /s``, ``12 /min``; a dash where there is no time to speak of."""
    if count < 2 or span_ns <= 0:
        return _NONE
    per_s = count / span_ns * 1e9
    if per_s >= 1:
        return f"{per_s:,.0f} /s" if per_s >= 100 else f"{per_s:.1f} /s"
    per_min = per_s * 60
    return f"{per_min:.0f} /min" if per_min >= 10 else f"{per_min:.1f} /min"


def _row(summary: Summary, span_ns: int) -> list[str]:
    cells = []
    for column in COLUMNS:
        value = column.value(summary)
        if column.is_time:
            cells.append(duration_text(value) if value >= 0 else _NONE)
        else:
            cells.append(f"{value:,}")
    return [*cells, rate_text(summary.sent, span_ns)]


def _tip(column: int) -> str:
    if column < len(COLUMNS):
        return COLUMNS[column].tip
    return "How often requests were sent, from the first one to the last one of the time on show"


def _aligned(line: Sequence[str], widths: Sequence[int]) -> list[str]:
    first, *others = zip(line, widths, strict=True)
    return [first[0].ljust(first[1]), *(cell.rjust(width) for cell, width in others)]
