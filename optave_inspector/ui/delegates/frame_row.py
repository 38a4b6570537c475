"""Paints the frame log straight from the model's rows: one question a cell instead of one for each role."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from PySide6.QtCore import QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QFontMetricsF
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ..models.frame_columns import COLUMNS, FrameColumn
from ..models.frame_text import ShownRow, Tone
from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QPainter

    from ..models.frame_table import FrameTableModel

PADDING = 5
"""Pixels left and right of a cell's text."""
_BAR = 3
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_RIGHT = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter) | int(Qt.TextFlag.TextSingleLine)
_CENTER = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextSingleLine)
_ELIDE = Qt.TextElideMode.ElideRight
_MUTED_COLUMNS = frozenset((FrameColumn.NUMBER, FrameColumn.DELTA, FrameColumn.SIZE, FrameColumn.LATENCY))
_KEPT_ALONE = (FrameColumn.NUMBER, FrameColumn.TIME, FrameColumn.DELTA, FrameColumn.DIRECTION)
"""Columns that a marker leaves as they are; it takes the room of the others."""


class FrameDelegate(QStyledItemDelegate):
    """Draws cells, markers that run across cells, and the rows of the selected exchange.

    The view tells :attr:`selected_row` and :attr:`exchange`, and calls :meth:`columns_changed` after any change to the
    columns' order, width or visibility.
    """

    def __init__(self, view: QTableView, model: FrameTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.selected_row = -1
        self.exchange = 0
        """The exchange whose entries are highlighted; 0 for none."""
        self._marker_left = 0
        self._marker_width = 0
        self._first_column = 0
        theme_switch().changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take fonts and colours from the theme in force."""
        theme = current()
        self._plain_font = self._view.font()
        self._strong_font = self._view.font()
        self._strong_font.setBold(True)
        self._mono_font = mono_font()
        self._metrics = QFontMetrics(self._plain_font)
        self._mono_width = QFontMetricsF(self._mono_font).horizontalAdvance("0")
        self._block_width = round(2 * self._mono_width)
        self._block_height = QFontMetrics(self._mono_font).ascent()
        self._widest = self._metrics.maxWidth()
        self._selection = QColor(theme.selection)
        self._selection_text = QColor(theme.selection_text)
        self._pens = {
            Tone.PLAIN: QColor(theme.text),
            Tone.MUTED: QColor(theme.muted),
            Tone.STRONG: QColor(theme.text),
            Tone.WARNING: QColor(theme.warning),
            Tone.ERROR: QColor(theme.error),
        }
        self._directions = (QColor(theme.received), QColor(theme.sent), QColor(theme.muted))
        self._highlight = QColor(theme.accent)
        self._highlight.setAlpha(38 if theme.dark else 26)
        self._view.viewport().update()

    def columns_changed(self) -> None:
        """Find anew where markers run: from the visible neighbours of the summary to its end."""
        header = self._view.horizontalHeader()
        shown = [at for at in range(header.count()) if not header.isSectionHidden(header.logicalIndex(at))]
        columns = [FrameColumn(header.logicalIndex(at)) for at in shown]
        self._first_column = columns[0] if columns else 0
        anchor = FrameColumn.SUMMARY if FrameColumn.SUMMARY in columns else FrameColumn.KIND
        if anchor not in columns:
            self._marker_left = self._marker_width = 0
            return
        first = last = columns.index(anchor)
        while first > 0 and columns[first - 1] not in _KEPT_ALONE:
            first -= 1
        while last < len(columns) - 1 and columns[last + 1] not in _KEPT_ALONE:
            last += 1
        self._marker_left = header.sectionPosition(columns[first])
        self._marker_width = sum(header.sectionSize(column) for column in columns[first : last + 1])

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row, column = index.row(), index.column()
        shown = self._model.shown(row)
        rect = option.rect
        selected = row == self.selected_row
        if selected:
            painter.fillRect(rect, self._selection)
        elif self.exchange and shown.entry.exchange == self.exchange and not shown.folded:
            painter.fillRect(rect, self._highlight)
            if column == self._first_column:
                bar = QColor(current().correlation_color(shown.correlation_id))
                painter.fillRect(QRect(rect.left(), rect.top(), _BAR, rect.height()), bar)
        if shown.marker and column not in _KEPT_ALONE:
            self._paint_marker(painter, rect, shown, selected)
            return
        text = shown.texts[column]
        if text:
            self._paint_text(painter, rect.adjusted(PADDING, 0, -PADDING, 0), shown, column, text, selected)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        text = self._model.shown(index.row()).texts[index.column()]
        return QSize(self.text_width(index.column(), text), option.fontMetrics.height() + 8)

    def text_width(self, column: int, text: str) -> int:
        """How wide a column must be to show ``text`` whole."""
        wide = len(text) * self._mono_width if COLUMNS[column].mono else self._metrics.horizontalAdvance(text)
        return ceil(wide) + 2 * PADDING + 1

    def _paint_text(
        self, painter: QPainter, rect: QRect, shown: ShownRow, column: int, text: str, selected: bool
    ) -> None:
        info = COLUMNS[column]
        painter.setFont(self._mono_font if info.mono else self._font(shown, column))
        painter.setPen(self._selection_text if selected else self._pen(shown, column))
        if column == FrameColumn.DIRECTION:
            painter.drawText(rect, _CENTER, text)
            return
        if not info.mono and len(text) * self._widest > rect.width():
            text = self._metrics.elidedText(text, _ELIDE, rect.width())
        if column == FrameColumn.CORRELATION:
            self._paint_correlation(painter, rect, shown, text, selected)
            return
        painter.drawText(rect, _RIGHT if info.right else _LEFT, text)

    def _paint_correlation(self, painter: QPainter, rect: QRect, shown: ShownRow, text: str, selected: bool) -> None:
        color = current().correlation_color(shown.correlation_id)
        if not selected:
            painter.setPen(color)
        if shown.entry.correlation_id:
            block = QRect(rect.left() + 1, rect.center().y() - self._block_height // 2, 5, self._block_height)
            painter.fillRect(block, self._selection_text if selected else color)
            rect = rect.adjusted(self._block_width, 0, 0, 0)
            text = text[2:]
        painter.drawText(rect, _LEFT, text)

    def _paint_marker(self, painter: QPainter, cell: QRect, shown: ShownRow, selected: bool) -> None:
        left = self._marker_left - self._view.horizontalOffset() + PADDING
        rect = QRect(left, cell.top(), self._marker_width - 2 * PADDING, cell.height())
        painter.save()
        painter.setClipRect(cell, Qt.ClipOperation.IntersectClip)
        painter.setFont(self._strong_font if shown.tone is Tone.STRONG else self._plain_font)
        painter.setPen(self._selection_text if selected else self._pens[shown.tone])
        painter.drawText(rect, _LEFT, painter.fontMetrics().elidedText(shown.marker, _ELIDE, rect.width()))
        painter.restore()

    def _font(self, shown: ShownRow, column: int):
        loud = shown.tone is Tone.STRONG and column in (FrameColumn.KIND, FrameColumn.STATE)
        return self._strong_font if loud else self._plain_font

    def _pen(self, shown: ShownRow, column: int) -> QColor:
        if column == FrameColumn.DIRECTION:
            return self._directions[shown.entry.direction]
        if column in _MUTED_COLUMNS or column == FrameColumn.TIME:
            return self._pens[Tone.MUTED]
        if column == FrameColumn.STATE:
            return self._pens[shown.state_tone]
        if column == FrameColumn.SUMMARY:
            return self._pens[shown.summary_tone]
        return self._pens[shown.tone]
