"""Two sides in numbers and step by step, as tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from .. import theme
from .exchange_words import STATUS_LOOK, status_text
from .formats import duration_text
from .statistics_table import ALL, PERCENTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...comparing import Compared
    from ...tracing.exchange import Exchange
    from ...tracing.statistics import Summary

_ROOT = QModelIndex()
_NONE = "–"
_SIDES = ("left", "right")
_NUMBERS = (2, 3)
"""Columns of the summaries that are read from the right."""


@dataclass(frozen=True, slots=True)
class _Row:
    action: str
    what: str
    left: str
    right: str
    difference: str


class SummaryTable(QAbstractTableModel):
    """What both sides add up to, over all and per action; only what one of them has."""

    TITLES = ("action", "what", *_SIDES, "right against left")

    def __init__(self, compared: Compared, parent: QObject | None = None) -> None:
        super().__init__(parent)
        result = compared.result
        self._rows = [
            row
            for action, (left, right) in ((ALL, result.overall), *result.by_action.items())
            for row in _rows(action or "no action", left, right)
        ]

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """One per number."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        """Action, what it is, both sides, the difference."""
        return 0 if parent.isValid() else len(self.TITLES)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts of a cell; the action stands in the first of its rows."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            repeated = column == 0 and index.row() > 0 and self._rows[index.row() - 1].action == row.action
            return "" if repeated else (row.action, row.what, row.left, row.right, row.difference)[column]
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            return row.action
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ForegroundRole and column == 1:
            return theme.current().color("muted")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.TITLES[section]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section in _NUMBERS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def text(self) -> str:
        """The table in columns of plain text."""
        lines = [self.TITLES, *((row.action, row.what, row.left, row.right, row.difference) for row in self._rows)]
        widths = [max(len(line[column]) for line in lines) for column in range(len(self.TITLES))]
        return "\n".join(
            "  ".join(
                cell.rjust(width) if place in _NUMBERS else cell.ljust(width)
                for place, (cell, width) in enumerate(zip(line, widths, strict=True))
            ).rstrip()
            for line in lines
        )


class StepsTable(QAbstractTableModel):
    """Both sides request by request; a row of one side may be empty. Columns of the left side come first."""

    TITLES = ("step", "action", "outcome", "total", "", "action", "outcome", "total")
    MARK = 4
    """The column between both sides, which says where they are not alike."""

    def __init__(self, compared: Compared, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._steps = compared.steps
        self._rule = compared.result.rule

    def exchange(self, row: int, side: int) -> Exchange | None:
        """The exchange of a side (0 left, 1 right) in a row; None where it has none."""
        steps = self._steps[side]
        return steps[row] if row < len(steps) else None

    @staticmethod
    def side_of(column: int) -> int:
        """Which side a column belongs to."""
        return int(column > StepsTable.MARK)

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        """As many as the longer side has."""
        return 0 if parent.isValid() else max(len(steps) for steps in self._steps)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        """Three for each side, the step and the mark."""
        return 0 if parent.isValid() else len(self.TITLES)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Texts and colours of a cell."""
        row, column = index.row(), index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            if column == 0:
                return f"{row + 1:,}"
            return self._mark(row) if column == self.MARK else self._text(row, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            if column in (0, self.MARK):
                return theme.current().color("warning" if column and self._mark(row) != "=" else "muted")
            exchange = self.exchange(row, self.side_of(column))
            is_outcome = self.TITLES[column] == "outcome" and exchange is not None
            return theme.current().color(STATUS_LOOK[exchange.status][2]) if is_outcome else None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.TITLES[column] in ("step", "total")
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return (Qt.AlignmentFlag.AlignHCenter if column == self.MARK else side) | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.ToolTipRole and column not in (0, self.MARK):
            return f"Enter or a double click opens it on the {_SIDES[self.side_of(column)]} side."
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles of the columns, with the side that they are of."""
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(self.TITLES):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            if section in (0, self.MARK):
                return self.TITLES[section]
            return f"{_SIDES[self.side_of(section)]}: {self.TITLES[section]}"
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.TITLES[section] in ("step", "total")
            return (
                Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            ) | Qt.AlignmentFlag.AlignVCenter
        return None

    def _text(self, row: int, column: int) -> str:
        exchange = self.exchange(row, self.side_of(column))
        title = self.TITLES[column]
        if exchange is None:
            return "(none)" if title == "action" else ""
        if title == "action":
            return exchange.action or "no action"
        if title == "outcome":
            return status_text(exchange)
        return duration_text(exchange.total_ns) if exchange.total_ns >= 0 else _NONE

    def _mark(self, row: int) -> str:
        left, right = self.exchange(row, 0), self.exchange(row, 1)
        if left is None or right is None:
            return "≠ only one side"
        if left.action != right.action:
            return "≠ action"
        if (left.status, left.error_code) != (right.status, right.error_code):
            return "≠ outcome"
        times = (left.total_ns, right.total_ns)
        if min(times) >= 0 and self._rule.differ(*times):
            return "◀ slower" if times[0] > times[1] else "slower ▶"
        return "="


def _rows(action: str, left: Summary, right: Summary) -> Iterator[_Row]:
    counts = [("sent", left.sent, right.sent)]
    counts += [
        (word, left.by_status[status], right.by_status[status])
        for status, (_glyph, word, _color) in STATUS_LOOK.items()
    ]
    codes = dict.fromkeys([*left.errors_by_code, *right.errors_by_code])
    counts += [
        (f"error {code or 'without a code'}", left.errors_by_code.get(code, 0), right.errors_by_code.get(code, 0))
        for code in codes
    ]
    for word, one, other in counts:
        if one or other:
            yield _Row(action, word, f"{one:,}", f"{other:,}", _count_difference(other - one))
    for which in ("total", "first"):
        for percent in PERCENTS:
            one, other = (getattr(summary, which).percentile(percent) for summary in (left, right))
            if one >= 0 or other >= 0:
                name = "max" if percent == 100 else f"p{percent}"
                texts = [duration_text(value) if value >= 0 else _NONE for value in (one, other)]
                yield _Row(action, f"{which} {name}", *texts, _time_difference(one, other))


def _count_difference(difference: int) -> str:
    return f"▲ {difference:,} more" if difference > 0 else f"▼ {-difference:,} fewer" if difference else "="


def _time_difference(one_ns: int, other_ns: int) -> str:
    if min(one_ns, other_ns) < 0:
        return _NONE
    difference = other_ns - one_ns
    if not difference:
        return "="
    shorter, longer = sorted((one_ns, other_ns))
    times = f" ({longer / shorter:.1f}×)" if shorter and longer >= 1.05 * shorter else ""
    if difference > 0:
        return f"▲ {duration_text(difference)} longer{times}"
    return f"▼ {duration_text(-difference)} shorter{times}"
