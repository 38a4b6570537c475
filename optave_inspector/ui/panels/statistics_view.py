"""The table of the statistics panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

if TYPE_CHECKING:
    from ..models.statistics_table import StatisticsTableModel

_PAD = 18


class StatisticsView(QTableView):
    """Rows are actions, whose names stay at the left while the numbers are scrolled. Columns fit what they hold."""

    def __init__(self, model: StatisticsTableModel) -> None:
        super().__init__()
        self.setObjectName("statisticsTable")
        self.setAccessibleName("Statistics by action")
        self.setAccessibleDescription("One row over all and one per action: counts, percentiles of times, the rate.")
        self.setModel(model)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        columns = self.horizontalHeader()
        columns.setObjectName("statisticsColumns")
        columns.setSectionsClickable(False)
        columns.setHighlightSections(False)
        columns.setMinimumSectionSize(34)
        columns.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows = self.verticalHeader()
        rows.setObjectName("statisticsRows")
        rows.setSectionsClickable(False)
        rows.setHighlightSections(False)
        rows.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        # The names stand in the rows of the table, so they have no lines of their own.
        rows.setStyleSheet("QHeaderView::section { border: none; }")
        self.setStyleSheet("QTableCornerButton::section { border: none; background: transparent; }")
        self._widths: list[int] = []
        self._set_row_height()

    def fit(self) -> None:
        """Make columns as wide as they need to be; they never get narrower, so that nothing jumps. Idle ones leave."""
        model, metrics = self.model(), self.fontMetrics()
        for column in range(model.columnCount()):
            self.setColumnHidden(column, model.is_idle(column))
            title = model.headerData(column, Qt.Orientation.Horizontal)
            texts = [*title.split("\n"), *(model.index(row, column).data() for row in range(model.rowCount()))]
            width = max(metrics.horizontalAdvance(text) for text in texts) + _PAD
            if column == len(self._widths):
                self._widths.append(0)
            if width > self._widths[column]:
                self._widths[column] = width
                self.setColumnWidth(column, width)

    def changeEvent(self, event: QEvent) -> None:
        """Another font asks for other sizes."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._widths = []
            self._set_row_height()
            self.fit()

    def _set_row_height(self) -> None:
        rows = self.verticalHeader()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
