"""The upper part of the endings panel: all attempts, as high as it needs to be for a few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QSizePolicy, QTableView

from ..models.attempt_table import AttemptColumn

if TYPE_CHECKING:
    from ..models.attempt_table import AttemptTableModel

_MOST_ROWS = 3
_LEFT_TO_THE_REPORT = 170
"""Pixels that the report should have before the table gets a further row."""
_SAMPLES = {
    AttemptColumn.NUMBER: "999",
    AttemptColumn.BEGAN: "12:40:03",
    AttemptColumn.LASTED: "59 min 59 s",
    AttemptColumn.SENT: "9,999",
    AttemptColumn.RECEIVED: "99,999",
}
_PAD = 16


class AttemptView(QTableView):
    """One row for each attempt; selecting one shows its report."""

    attemptChosen = Signal(int)

    def __init__(self, model: AttemptTableModel) -> None:
        super().__init__()
        self.setObjectName("endingsTable")
        self.setAccessibleName("Connection attempts")
        self.setAccessibleDescription("One row for each attempt. Selecting one shows its report below.")
        self.setModel(model)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.verticalHeader().hide()
        header = self.horizontalHeader()
        header.setObjectName("endingsColumns")
        header.setSectionsClickable(False)
        header.setHighlightSections(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setSectionResizeMode(AttemptColumn.ENDING, QHeaderView.ResizeMode.Stretch)
        header.setSectionResizeMode(AttemptColumn.NEXT, QHeaderView.ResizeMode.Stretch)
        self._told_from_outside = False
        self._set_sizes()
        self._most = _MOST_ROWS
        for signal in (model.rowsInserted, model.modelReset, model.dataChanged):
            signal.connect(self._fit)
        self._fit()

    def suit(self, height: int) -> None:
        """Take as many rows as ``height``, which is shared with the report, has room for."""
        free = height - _LEFT_TO_THE_REPORT
        most = min(max(free // self.verticalHeader().defaultSectionSize(), 1), _MOST_ROWS)
        if most != self._most:
            self._most = most
            self.updateGeometry()

    def sizeHint(self) -> QSize:
        """High enough for the first few rows."""
        rows = min(max(self.model().rowCount(), 1), self._most)
        height = self.horizontalHeader().sizeHint().height() + rows * self.verticalHeader().defaultSectionSize()
        return QSize(300, height + 2 * self.frameWidth())

    def minimumSizeHint(self) -> QSize:
        """No less: it would be no table."""
        return QSize(200, self.sizeHint().height())

    def select_attempt(self, row: int) -> None:
        """Select a row from outside; nothing is told."""
        self._told_from_outside = True
        self.selectRow(row)
        self.scrollTo(self.model().index(row, 0))
        self._told_from_outside = False

    def currentChanged(self, current, previous) -> None:
        super().currentChanged(current, previous)
        if current.isValid() and current.row() != previous.row() and not self._told_from_outside:
            self.attemptChosen.emit(self.model().attempt(current.row()))

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if self.currentIndex().isValid():
            self.scrollTo(self.currentIndex())

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._set_sizes()

    def _fit(self) -> None:
        self.setColumnHidden(AttemptColumn.NEXT, not self.model().has_next_steps)
        self.updateGeometry()

    def _set_sizes(self) -> None:
        metrics = self.fontMetrics()
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.verticalHeader().setDefaultSectionSize(metrics.height() + 4)
        for column, sample in _SAMPLES.items():
            self.setColumnWidth(column, metrics.horizontalAdvance(sample) + _PAD)
