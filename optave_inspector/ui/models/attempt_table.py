"""The connection attempts of a session as a table, newest at the bottom."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt

from ...close_report.facts import IN, MESSAGES, OUT
from ...close_report.report import headline_of
from ...close_report.words import spoken_duration
from .. import theme
from .formats import wall_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...close_report.case import Case

_ROOT = QModelIndex()
_GLYPHS = {"ok": "✓", "neutral": "○", "warning": "⚠", "error": "✗"}


class AttemptColumn(IntEnum):
    """The columns from left to right."""

    NUMBER = 0
    BEGAN = 1
    LASTED = 2
    SENT = 3
    RECEIVED = 4
    ENDING = 5
    NEXT = 6


_TITLES = ("#", "began", "lasted", "↑", "↓", "ending", "then")
_TIPS = (
    "Number of the attempt",
    "When it began",
    "How long the connection was open",
    "Messages sent",
    "Messages received",
    "Code and name of the close, or why no connection opened",
    "What the inspector did next by itself",
)
_RIGHT = frozenset({AttemptColumn.NUMBER, AttemptColumn.LASTED, AttemptColumn.SENT, AttemptColumn.RECEIVED})


class AttemptTableModel(QAbstractTableModel):
    """Rows over the gathered cases. Rows are added and changed, never reset while attempts only come."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._cases: Sequence[Case] = ()
        self._rows: list[tuple[tuple[str, ...], str]] = []
        theme.theme_switch().changed.connect(self._recolor)

    def show(self, cases: Sequence[Case]) -> None:
        """Show these attempts."""
        rows = [_texts(case) for case in cases]
        if len(rows) < len(self._rows):
            self.beginResetModel()
            self._cases, self._rows = cases, rows
            self.endResetModel()
            return
        old, common = self._rows, len(self._rows)
        if len(rows) > common:
            self.beginInsertRows(_ROOT, common, len(rows) - 1)
        self._cases, self._rows = cases, rows
        if len(rows) > common:
            self.endInsertRows()
        for row in range(common):
            if rows[row] != old[row]:
                self.dataChanged.emit(self.index(row, 0), self.index(row, len(AttemptColumn) - 1))

    def attempt(self, row: int) -> int:
        """The number of the attempt in a row."""
        return self._cases[row].attempt.number

    def row_of(self, attempt: int) -> int:
        """The row of an attempt; -1 for none."""
        return next((row for row, case in enumerate(self._cases) if case.attempt.number == attempt), -1)

    @property
    def has_next_steps(self) -> bool:
        """Whether the inspector did anything by itself after an end."""
        return any(texts[AttemptColumn.NEXT] for texts, _look in self._rows)

    def rowCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: QModelIndex = _ROOT) -> int:
        return 0 if parent.isValid() else len(AttemptColumn)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return _TIPS[section]
        return _alignment(section) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        texts, look = self._rows[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return texts[index.column()]
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{_TITLES[index.column()]} {texts[index.column()]}"
        if role == Qt.ItemDataRole.ForegroundRole and index.column() == AttemptColumn.ENDING:
            return theme.current().color({"neutral": "text"}.get(look, look))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(index.column())
        return None

    def _recolor(self) -> None:
        if self._rows:
            last = self.index(len(self._rows) - 1, len(AttemptColumn) - 1)
            self.dataChanged.emit(self.index(0, 0), last, [Qt.ItemDataRole.ForegroundRole])


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


def _texts(case: Case) -> tuple[tuple[str, ...], str]:
    attempt = case.attempt
    ending, look, lasted = "… connecting", "warning", ""
    if attempt.over:
        headline, look = headline_of(case)
        words = f"{headline} · {attempt.failure}" if attempt.ending is None and case.status is None else headline
        ending = f"{_GLYPHS[look]} {' '.join(words.split())}"
        lasted = spoken_duration(case.connected_ns) if case.connected_ns is not None else ""
    elif attempt.opened:
        ending, look = "● open", "ok"
    texts = (
        str(attempt.number),
        wall_text(attempt.began.wall_ns).partition(".")[0],
        lasted,
        f"{attempt.count(OUT, MESSAGES):,}" if attempt.over else "",
        f"{attempt.count(IN, MESSAGES):,}" if attempt.over else "",
        ending,
        attempt.next_step,
    )
    return texts, look
