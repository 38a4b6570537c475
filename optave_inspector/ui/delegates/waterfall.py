"""The waterfall column: bars of exchanges on a common time axis, with the connection's life behind them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPen
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

from ...protocol.close_codes import explain
from .. import theme
from ..models.exchange_table import STATUS_LOOK, ExchangeColumn, ExchangeTableModel
from .waterfall_geometry import ConnectionMark, bar

if TYPE_CHECKING:
    from .waterfall_geometry import Bar
    from .waterfall_scale import WaterfallScale

MARGIN = 6
"""Pixels between the axis and the column's sides."""
_NEAR_PX = 4
_CELL_MARGIN = 3
"""What Qt leaves between a cell's side and its text."""


def inner(rect: QRect) -> QRectF:
    """The part of a cell, or of the header above it, that the axis spans."""
    return QRectF(rect).adjusted(MARGIN, 0, -MARGIN, 0)


def mark_color(mark: ConnectionMark) -> QColor:
    """Green where a connection opened, red where it ended in trouble, muted where it ended as planned."""
    colors = theme.current()
    if not mark.code:
        return colors.color("ok")
    return colors.color("error" if mark.abnormal else "muted")


def mark_text(mark: ConnectionMark) -> str:
    """What a mark stands for, in words."""
    if not mark.code:
        return "A connection opened here."
    return f"The connection ended here: {mark.code} {explain(mark.code).name}."


def paint_background(painter: QPainter, rect: QRect, scale: WaterfallScale) -> None:
    """Lines of the axis and of the connection's life, over the height of ``rect``."""
    area = inner(rect)
    axis = scale.axis()
    top, bottom = float(rect.top()), float(rect.bottom() + 1)
    grid = QPen(theme.current().color("border"), 1, Qt.PenStyle.DotLine)
    painter.setPen(grid)
    for tick in scale.ticks(area.width()):
        x = round(area.left() + tick.x) + 0.5
        painter.drawLine(QLineF(x, top, x, bottom))
    for mark in scale.marks(axis.start_ns, axis.end_ns):
        x = round(area.left() + axis.x(mark.at_ns, area.width())) + 0.5
        style = Qt.PenStyle.SolidLine if mark.code else Qt.PenStyle.DashLine
        painter.setPen(QPen(mark_color(mark), 1, style))
        painter.drawLine(QLineF(x, top, x, bottom))


class WaterfallDelegate(QStyledItemDelegate):
    """Paints the bar of the row's exchange. Needs an ExchangeTableModel."""

    def __init__(self, scale: WaterfallScale, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        """Paint one cell."""
        self.initStyleOption(option, index)
        option.text = ""
        style = option.widget.style() if option.widget is not None else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, option, painter, option.widget)
        model = index.model()
        assert isinstance(model, ExchangeTableModel)
        exchange = model.exchange(index.row())
        area = inner(option.rect)
        shown = bar(exchange, self._scale.axis(), area.width(), self._scale.now_ns())
        painter.save()
        painter.setClipRect(option.rect)
        paint_background(painter, option.rect, self._scale)
        if shown is not None:
            painter.setClipRect(area.adjusted(-1, 0, 1, 0))
            color = theme.current().color(STATUS_LOOK[exchange.status][2])
            _paint_bar(painter, area, shown, color, option.palette.base().color())
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


def _paint_bar(painter: QPainter, area: QRectF, shown: Bar, color: QColor, gap: QColor) -> None:
    colors = theme.current()
    height = max(min(area.height() - 9.0, 13.0), 5.0)
    top = round(area.center().y() - height / 2) + 0.5

    def rect(span: tuple[float, float]) -> QRectF:
        return QRectF(area.left() + span[0], top, max(span[1] - span[0], 0.0), height)

    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if shown.wait[1] > shown.wait[0]:
        outline = colors.color("accent")
        outline.setAlphaF(0.45)
        painter.setPen(QPen(outline, 1))
        painter.setBrush(colors.color("waiting_bar"))
        painter.drawRoundedRect(rect(shown.wait), 2.5, 2.5)
    if shown.late is not None:
        late = rect(shown.late)
        painter.setPen(QPen(color, 1, Qt.PenStyle.DashLine))
        painter.drawLine(QLineF(late.left(), late.center().y(), late.right(), late.center().y()))
        painter.drawLine(QLineF(late.right(), late.top(), late.right(), late.bottom()))
    if shown.answer is not None:
        painter.setPen(QPen(color, 1))
        painter.setBrush(_softened(color, gap))
        painter.drawRoundedRect(rect(shown.answer), 2.5, 2.5)
        painter.setPen(QPen(gap, 1.5))
        for x in shown.ticks:
            painter.drawLine(QLineF(area.left() + x, top, area.left() + x, top + height))


def _softened(color: QColor, base: QColor) -> QColor:
    """The colours of words are too heavy for areas."""
    part = 0.72
    mixed = (round(one * part + other * (1 - part)) for one, other in zip(color.getRgb(), base.getRgb(), strict=True))
    return QColor(*mixed)


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
            taken = self._paint_codes(painter, rect)
            self._paint_ticks(painter, rect, taken)
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

    def _paint_codes(self, painter: QPainter, rect: QRect) -> list[tuple[float, float]]:
        """Close codes at their lines. Returns the room that they take."""
        area, axis = inner(rect), self._scale.axis()
        taken: list[tuple[float, float]] = []
        for mark in reversed(self._scale.marks(axis.start_ns, axis.end_ns)):
            if not mark.code:
                continue
            text = f"⚡ {mark.code}" if mark.abnormal else str(mark.code)
            width = painter.fontMetrics().horizontalAdvance(text)
            x = area.left() + axis.x(mark.at_ns, area.width())
            left = min(max(x - width / 2, area.left()), area.right() - width)
            if all(left > other[1] + 4 or left + width < other[0] - 4 for other in taken):
                taken.append((left, left + width))
                painter.setPen(mark_color(mark))
                painter.drawText(
                    QRectF(left, rect.top(), width + 1, rect.height()), Qt.AlignmentFlag.AlignVCenter, text
                )
        return taken

    def _paint_ticks(self, painter: QPainter, rect: QRect, taken: list[tuple[float, float]]) -> None:
        area = inner(rect)
        painter.setPen(theme.current().color("muted"))
        for tick in self._scale.ticks(area.width()):
            width = painter.fontMetrics().horizontalAdvance(tick.label)
            left = max(area.left() + tick.x - width / 2, area.left())
            if left + width > area.right() + MARGIN - 1:
                continue
            if all(left > other[1] + 6 or left + width < other[0] - 6 for other in taken):
                painter.drawText(
                    QRectF(left, rect.top(), width + 1, rect.height()), Qt.AlignmentFlag.AlignVCenter, tick.label
                )
