"""The table of exchanges with its waterfall."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .. import theme
from ..delegates.exchange_correlation import CorrelationDelegate
from ..delegates.waterfall import WaterfallDelegate, WaterfallHeader, inner, paint_background
from ..models.exchange_table import ExchangeColumn, ExchangeTableModel

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QPaintEvent, QResizeEvent, QWheelEvent

    from ..delegates.waterfall_scale import WaterfallScale

_SAMPLES = {
    ExchangeColumn.ACTION: ("interaction", "interaction", "customerinteraction"),
    ExchangeColumn.CORRELATION: ("▮ 9f3c", "▮ 9f3c", "▮ 9f3c"),
    ExchangeColumn.STATUS: ("✓ completed", "✓ completed", "✗ error ORCH_TIMEOUT"),
    ExchangeColumn.FIRST: ("", "999 ms", "99 min 59 s"),
    ExchangeColumn.TOTAL: ("9.99 s …", "9.99 s …", "99 min 59 s"),
    ExchangeColumn.ANSWERS: ("", "n ▾", "999"),
}
"""What a column should hold in a narrow, a usual and a wide view. Columns without a sample leave; tooltips tell all."""
_USUAL_FROM, _WIDE_FROM = 580, 860
_STEP = 0.8
_MOVE = 0.15


class ExchangeView(QTableView):
    """Selects by row and sorts by a click on a title. The wheel zooms time with Ctrl and moves it with Shift."""

    currentExchangeChanged = Signal(int)
    """The user moved to the row of this exchange."""

    def __init__(self, model: ExchangeTableModel, scale: WaterfallScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._told_from_outside = False
        self.setObjectName("exchangesTable")
        self.setAccessibleName("Exchanges")
        self.setAccessibleDescription(
            "One row per request with its answers. Enter goes to the last answer. Ctrl and + or − zoom the time axis."
        )
        self.setHorizontalHeader(WaterfallHeader(scale, self))
        self.horizontalHeader().setObjectName("exchangesHeader")
        self.setModel(model)
        self._bars = WaterfallDelegate(scale, self)
        self.setItemDelegateForColumn(ExchangeColumn.TIME, self._bars)
        self._correlations = CorrelationDelegate(self)
        self.setItemDelegateForColumn(ExchangeColumn.CORRELATION, self._correlations)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._breadth = -1
        self._set_sizes()
        self.horizontalHeader().setSortIndicator(ExchangeColumn.TIME, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        self._at_end = True
        self.verticalScrollBar().valueChanged.connect(self._note_place)
        self.verticalScrollBar().rangeChanged.connect(self._keep_place)
        scale.changed.connect(self.update_time)

    def sort_by(self, column: ExchangeColumn) -> None:
        """Sort by a column as a click on its title does: a second time the other way round."""
        header = self.horizontalHeader()
        ascending = Qt.SortOrder.AscendingOrder
        again = header.sortIndicatorSection() == column and header.sortIndicatorOrder() == ascending
        self.sortByColumn(column, Qt.SortOrder.DescendingOrder if again else ascending)

    def update_time(self) -> None:
        """Paint again what depends on the time."""
        self.viewport().update()
        self.horizontalHeader().viewport().update()

    def select(self, row: int) -> None:
        """Show a row as selected without telling so; -1 for none."""
        self._told_from_outside = True
        try:
            if row < 0:
                self.clearSelection()
                self.selectionModel().clearCurrentIndex()
            else:
                self.selectRow(row)
                self.scrollTo(self.model().index(row, 0))
        finally:
            self._told_from_outside = False

    def currentChanged(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Tell which exchange the user moved to."""
        super().currentChanged(current, previous)
        if current.isValid() and current.row() != previous.row() and not self._told_from_outside:
            self.currentExchangeChanged.emit(self.model().exchange(current.row()).number)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom or move in time, or scroll."""
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        area = self._time_area()
        x = event.position().x() - area.left()
        axis = self._scale.axis()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            at_ns = axis.at(min(max(x, 0), area.width()), area.width())
            self._scale.zoom(_STEP**steps, at_ns)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y():
            self._scale.move(-_MOVE * steps)
        else:
            super().wheelEvent(event)
            return
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Carry the lines of the axis on below the last row."""
        super().paintEvent(event)
        rows = self.model().rowCount()
        below = self.rowViewportPosition(rows - 1) + self.rowHeight(rows - 1) if rows else 0
        left, width = self._time_column()
        rect = QRect(left, below, width, self.viewport().height() - below)
        if rect.height() > 0:
            painter = QPainter(self.viewport())
            paint_background(painter, rect, self._scale)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the waterfall the room of lesser columns where there is little."""
        super().resizeEvent(event)
        self._set_widths()

    def _time_column(self) -> tuple[int, int]:
        column = ExchangeColumn.TIME
        return self.columnViewportPosition(column), self.columnWidth(column)

    def _time_area(self):
        left, width = self._time_column()
        return inner(QRect(left, 0, width, 1))

    def _set_sizes(self) -> None:
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setDefaultSectionSize(self.fontMetrics().height() + 8)
        header = self.horizontalHeader()
        header.setStretchLastSection(True)
        header.setMinimumSectionSize(28)
        self._breadth = -1
        self._set_widths()

    def _set_widths(self) -> None:
        """Fit the columns to the view's breadth, once per kind of breadth: the user may drag them in between."""
        breadth = bisect.bisect_right((_USUAL_FROM, _WIDE_FROM), self.viewport().width())
        if breadth == self._breadth:
            return
        self._breadth = breadth
        mono = QFontMetrics(theme.mono_font())
        for column, samples in _SAMPLES.items():
            sample = samples[breadth]
            self.setColumnHidden(column, not sample)
            metrics = mono if column == ExchangeColumn.CORRELATION else self.fontMetrics()
            self.setColumnWidth(column, metrics.horizontalAdvance(sample) + 14)

    def _note_place(self, value: int) -> None:
        self._at_end = value == self.verticalScrollBar().maximum()

    def _keep_place(self, _least: int, most: int) -> None:
        """Stay at the end, where new exchanges appear, unless the user scrolled away or sorted otherwise."""
        header = self.horizontalHeader()
        natural = header.sortIndicatorSection() == ExchangeColumn.TIME
        if self._at_end and natural and header.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder:
            self.verticalScrollBar().setValue(most)
