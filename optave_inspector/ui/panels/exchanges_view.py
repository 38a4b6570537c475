"""The table of exchanges with its waterfall."""

from __future__ import annotations

import bisect
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from .. import theme
from ..delegates.exchange_correlation import CorrelationDelegate
from ..delegates.waterfall import WaterfallDelegate, WaterfallHeader
from ..delegates.waterfall_paint import inner, paint_background
from ..models.exchange_columns import ExchangeColumn, group_cell
from ..models.exchange_rows import Group

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QKeyEvent, QPaintEvent, QResizeEvent, QWheelEvent

    from ..delegates.waterfall_scale import WaterfallScale
    from ..models.exchange_table import ExchangeTableModel

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
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Home: -2, Qt.Key.Key_End: 2}
_NO_KEY, _KEYPAD = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier
_STEP = 0.8
_MOVE = 0.15


class ExchangeView(QTableView):
    """Selects by row and sorts by a click on a title. The wheel zooms time with Ctrl and moves it with Shift.

    Left and Right step through the messages of an exchange, and fold and unfold a group.
    """

    currentExchangeChanged = Signal(int)
    """The user moved to the row of this exchange."""
    stepped = Signal(int)
    """To the message before (-1) or after (1), to the first (-2) or the last one (2)."""
    opened = Signal(int)
    """The user asked to see this exchange in full."""
    moved = Signal()
    """The waterfall's column stands elsewhere, or is as wide as it was not."""

    def __init__(self, model: ExchangeTableModel, scale: WaterfallScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._told_from_outside = False
        self.setObjectName("exchangesTable")
        self.setAccessibleName("Exchanges")
        self.setAccessibleDescription(
            "One row per request with its answers. Left and Right step through them, Home and End go to the first and "
            "the last one, Enter opens both side by side. Ctrl and + or − zoom the time axis."
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
        self.horizontalHeader().sectionResized.connect(self.moved)
        self.horizontalHeader().geometriesChanged.connect(self.moved)
        self.doubleClicked.connect(self._on_double_click)
        self.clicked.connect(self._on_click)

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
            exchange = self.model().exchange(current.row())
            if exchange is not None:
                self.currentExchangeChanged.emit(exchange.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step, fold, open; the rest is the table's."""
        current, plain = self.currentIndex(), event.modifiers() in (_NO_KEY, _KEYPAD)
        step = _STEPS.get(event.key())
        opens = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not current.isValid() or not plain or not (step or opens):
            super().keyPressEvent(event)
            return
        found = self.model().at(current.row())
        if isinstance(found, Group):
            folds = not found.folded if opens else step in (-1, -2)
            if folds != found.folded:
                self.model().fold(found.key, folds)
        elif opens:
            self.opened.emit(found.number)
        else:
            self.stepped.emit(step)

    def _on_double_click(self, index: QModelIndex) -> None:
        exchange = self.model().exchange(index.row())
        if exchange is not None:
            self.opened.emit(exchange.number)

    def _on_click(self, index: QModelIndex) -> None:
        group = self.model().at(index.row())
        if isinstance(group, Group):
            self.model().fold(group.key, not group.folded)

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
        """The axis and the connections' lives behind all rows and below them; headings of groups over their rows."""
        left, width = self._time_column()
        with self._scale.still(), self.model().still():
            painter = QPainter(self.viewport())
            paint_background(painter, QRect(left, 0, width, self.viewport().height()), self._scale)
            painter.end()
            super().paintEvent(event)
        self._paint_headings(left)

    def _paint_headings(self, width: int) -> None:
        model, first = self.model(), self.rowAt(0)
        if first < 0 or not model.grouped:
            return
        painter = QPainter(self.viewport())
        colors, metrics = theme.current(), self.fontMetrics()
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        last = self.rowAt(self.viewport().height() - 1)
        for row in range(first, (last if last >= 0 else model.rowCount() - 1) + 1):
            found = model.at(row)
            if isinstance(found, Group):
                selected = self.selectionModel().isRowSelected(row)
                rect = QRect(0, self.rowViewportPosition(row), width, self.rowHeight(row))
                painter.fillRect(rect, colors.color("selection" if selected else "neutral_back"))
                painter.setPen(colors.color("selection_text" if selected else "text"))
                text = group_cell(found, ExchangeColumn.ACTION)
                room = rect.adjusted(4, 0, -4, 0)
                text = metrics.elidedText(text, Qt.TextElideMode.ElideRight, room.width())
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, text)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the waterfall the room of lesser columns where there is little."""
        super().resizeEvent(event)
        self._set_widths()
        self.moved.emit()

    def time_column(self) -> tuple[int, int]:
        """Where the waterfall begins within the view, and its width."""
        left, width = self._time_column()
        return left + self.viewport().x(), width

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
