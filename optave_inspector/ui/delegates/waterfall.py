"""The waterfall column: bars of exchanges on a common time axis, with the connection's life behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QApplication,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
    QWidget,
)

from .. import theme
from ..models.exchange_columns import ExchangeColumn
from ..models.exchange_rows import Group
from ..models.exchange_table import ExchangeTableModel
from .waterfall_paint import inner, mark_text, paint_axis, paint_background, paint_exchange, paint_group

if TYPE_CHECKING:
    from PySide6.QtGui import QHelpEvent, QPainter

    from .waterfall_geometry import ConnectionMark
    from .waterfall_scale import WaterfallScale

_NEAR_PX = 4
_CELL_MARGIN = 3
"""What Qt leaves between a cell's side and its text."""


class WaterfallDelegate(QStyledItemDelegate):
    """Paints the bar of the row's exchange, on a background that the view has painted. Needs an ExchangeTableModel."""

    def __init__(self, scale: WaterfallScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one cell."""
        model = index.model()
        assert isinstance(model, ExchangeTableModel)
        found = model.at(index.row())
        self.initStyleOption(option, index)
        painter.save()
        painter.setClipRect(option.rect)
        if option.state & QStyle.StateFlag.State_Selected or option.backgroundBrush.style() != Qt.BrushStyle.NoBrush:
            option.text = ""
            style = option.widget.style() if option.widget is not None else QApplication.style()
            style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
            paint_background(painter, option.rect, self._scale, lines_only=True)
        if isinstance(found, Group):
            paint_group(painter, option.rect, found, self._scale)
        else:
            paint_exchange(painter, option.rect, found, self._scale)
        painter.restore()

    def helpEvent(
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: QModelIndex
    ) -> bool:
        """Over a line of the connection's life, say what it is."""
        if event.type() == QEvent.Type.ToolTip:
            mark = self.mark_at(option.rect, event.pos().x())
            if mark is not None:
                QToolTip.showText(event.globalPos(), mark_text(mark), view)
                return True
        return super().helpEvent(event, view, option, index)

    def mark_at(self, rect: QRect, x: int) -> ConnectionMark | None:
        """The mark within some pixels of ``x`` in a cell, the nearest of several."""
        area, axis = inner(rect), self._scale.axis()
        near = axis.at(x - area.left() - _NEAR_PX, area.width()), axis.at(x - area.left() + _NEAR_PX, area.width())
        at_ns = axis.at(x - area.left(), area.width())
        return min(self._scale.marks(*near), key=lambda mark: abs(mark.at_ns - at_ns), default=None)


class WaterfallHeader(QHeaderView):
    """Column titles, with the time axis and the close codes above the waterfall."""

    def __init__(self, scale: WaterfallScale, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._scale = scale
        self.setSectionsClickable(True)
        self.setHighlightSections(False)

    def paintSection(self, painter: QPainter, rect: QRect, logical_index: int) -> None:
        """Paint one title, or the axis."""
        colors = theme.current()
        painter.save()
        painter.setClipRect(rect)
        painter.fillRect(rect, colors.color("panel"))
        painter.setPen(colors.color("border"))
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if logical_index == ExchangeColumn.TIME:
            paint_axis(painter, rect, self._scale)
        else:
            self._paint_title(painter, rect, logical_index)
        painter.restore()

    def _paint_title(self, painter: QPainter, rect: QRect, column: int) -> None:
        """A title right above the texts of its column; the style would indent it further."""
        alignment = self.model().headerData(column, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
        title = self.model().headerData(column, Qt.Orientation.Horizontal)
        if self.sortIndicatorSection() == column:
            title += " ▴" if self.sortIndicatorOrder() == Qt.SortOrder.AscendingOrder else " ▾"
        painter.setPen(theme.current().color("muted"))
        area = rect.adjusted(_CELL_MARGIN, 0, -_CELL_MARGIN, 0)
        painter.drawText(
            area, alignment, painter.fontMetrics().elidedText(title, Qt.TextElideMode.ElideRight, area.width())
        )
