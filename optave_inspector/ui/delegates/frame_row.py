"""Paints the frame log straight from the model's rows, font by font.

Qt's own way asks the model seven times for each cell, and the style once: three to seven times slower, measured.
"""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontInfo, QFontMetrics, QFontMetricsF, QStaticText
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from ..models.frame_columns import COLUMNS, FrameColumn
from ..models.frame_text import BOOKMARK, ShownRow, Tone
from ..theme import current, mono_font, theme_switch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from PySide6.QtCore import QModelIndex
    from PySide6.QtGui import QPainter

    from ..models.frame_table import FrameTableModel

PADDING = 5
"""Pixels left and right of a cell's text."""
_BAR = 3
_KEPT_TEXTS = 6_000
_KEPT_ALONE = (FrameColumn.NUMBER, FrameColumn.TIME, FrameColumn.DELTA, FrameColumn.DIRECTION)
"""Columns that a marker leaves as they are; it takes the room of the others."""
_MUTED = frozenset((FrameColumn.NUMBER, FrameColumn.TIME, FrameColumn.DELTA, FrameColumn.SIZE, FrameColumn.LATENCY))


class _Place(NamedTuple):
    """Where a column is, in pixels from the left end of the whole table."""

    column: FrameColumn
    left: int
    width: int


class _Text:
    """A text as it fits a column. The first painting shapes it in passing; from the second on its layout is kept."""

    __slots__ = ("_layout", "_painted", "shown", "wide")

    def __init__(self, shown: str, wide: float) -> None:
        self.shown = shown
        self.wide = wide
        self._painted = False
        self._layout: QStaticText | None = None

    def paint(self, painter: QPainter, left: float, top: float, font: _Font) -> None:
        """Paint it in ``font``, which must be the painter's."""
        if self._layout is not None:
            painter.drawStaticText(QPointF(left, top), self._layout)
        elif self._painted:
            self._layout = QStaticText(self.shown)
            self._layout.setTextFormat(Qt.TextFormat.PlainText)
            self._layout.prepare(font=font.font)
            painter.drawStaticText(QPointF(left, top), self._layout)
        else:
            # A log in full flow paints each row once: laying it out for later would double the cost.
            self._painted = True
            painter.drawText(QPointF(left, top + font.ascent), self.shown)


class _Font:
    """A font with what was measured in it."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetricsF(font)
        self.ascent = self.metrics.ascent()
        self._fixed = self.metrics.horizontalAdvance("0") if QFontInfo(font).fixedPitch() else 0.0
        self._texts: dict[tuple[str, int], _Text] = {}

    def width(self, text: str) -> float:
        """How wide ``text`` is."""
        return len(text) * self._fixed if self._fixed and text.isascii() else self.metrics.horizontalAdvance(text)

    def text(self, text: str, width: int) -> _Text:
        """``text`` as it fits into ``width`` pixels."""
        known = self._texts.get((text, width))
        if known is None:
            if len(self._texts) > _KEPT_TEXTS:
                self._texts.clear()
            shown, wide = text, self.width(text)
            if wide > width:
                shown = self.metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
                wide = self.metrics.horizontalAdvance(shown)
            known = self._texts[text, width] = _Text(shown, wide)
        return known


class FrameDelegate(QStyledItemDelegate):
    """Draws rows, markers that run across cells, and the rows of the selected exchange.

    The view tells :attr:`exchange`, calls :meth:`columns_changed` after any change to the
    columns' order, width or visibility, and :meth:`paint_rows` for what is to be painted.
    """

    def __init__(self, view: QTableView, model: FrameTableModel) -> None:
        super().__init__(view)
        self._view = view
        self._model = model
        self.exchange = 0
        """The exchange whose entries are highlighted; 0 for none."""
        self._places: list[_Place] = []
        self._marker = _Place(FrameColumn.SUMMARY, 0, 0)
        theme_switch().changed.connect(self.restyle)
        self.restyle()

    def restyle(self) -> None:
        """Take fonts and colours from the theme in force."""
        theme = current()
        strong = QFont(self._view.font())
        strong.setBold(True)
        self._plain, self._strong, self._mono = _Font(self._view.font()), _Font(strong), _Font(mono_font())
        self._char_width = self._mono.width("0")
        self._line_height = QFontMetrics(self._view.font()).height()
        self._alternate = theme.color("alternate")
        self._selection = theme.color("selection")
        self._selection_text = theme.color("selection_text")
        self._pens = {
            Tone.PLAIN: theme.color("text"),
            Tone.MUTED: theme.color("muted"),
            Tone.STRONG: theme.color("text"),
            Tone.WARNING: theme.color("warning"),
            Tone.ERROR: theme.color("error"),
        }
        self._directions = (theme.color("received"), theme.color("sent"), theme.color("muted"))
        self._highlight = theme.color("accent")
        self._highlight.setAlpha(38 if theme.dark else 26)
        self._view.viewport().update()

    def columns_changed(self) -> None:
        """Find anew where columns are, and where markers run: from the summary to its visible neighbours."""
        header = self._view.horizontalHeader()
        columns = [FrameColumn(header.logicalIndex(at)) for at in range(header.count())]
        self._places = [
            _Place(column, header.sectionPosition(column), header.sectionSize(column))
            for column in columns
            if not header.isSectionHidden(column)
        ]
        free = [place for place in self._places if place.column not in _KEPT_ALONE]
        if not free:
            self._marker = _Place(FrameColumn.SUMMARY, 0, 0)
            return
        anchor = next((place for place in free if place.column is FrameColumn.SUMMARY), free[0])
        first = last = self._places.index(anchor)
        while first > 0 and self._places[first - 1] in free:
            first -= 1
        while last < len(self._places) - 1 and self._places[last + 1] in free:
            last += 1
        left, right = self._places[first], self._places[last]
        self._marker = _Place(FrameColumn.SUMMARY, left.left, right.left + right.width - left.left)

    def paint_rows(self, painter: QPainter, rows: Iterable[int], dirty: QRect) -> None:
        """Paint whole rows, as far as they are within ``dirty``."""
        view, offset = self._view, self._view.horizontalOffset()
        shown_rows = [(row, view.rowViewportPosition(row), self._model.shown(row)) for row in rows]
        selection = view.selectionModel()
        selected_rows = {row for row, _, _ in shown_rows if selection.isRowSelected(row)}
        height = view.verticalHeader().defaultSectionSize()
        for row, top, shown in shown_rows:
            rect = QRect(dirty.left(), top, dirty.width(), height)
            if row in selected_rows:
                painter.fillRect(rect, self._selection)
            else:
                self._paint_back(painter, rect, row, shown, -offset)
        down = (height - self._line_height) / 2
        places = [
            place._replace(left=place.left - offset)
            for place in self._places
            if place.left - offset <= dirty.right() and place.left - offset + place.width >= dirty.left()
        ]
        for font, mono in ((self._mono, True), (self._plain, False)):
            of_font = [place for place in places if COLUMNS[place.column].mono is mono]
            painter.setFont(font.font)
            for row, top, shown in shown_rows:
                selected = row in selected_rows
                for place in of_font:
                    if not shown.marker or place.column in _KEPT_ALONE:
                        self._paint_cell(painter, place, top + down, shown, font, selected)
        for row, top, shown in shown_rows:
            if shown.marker:
                self._paint_marker(painter, self._marker.left - offset, top + down, shown, row in selected_rows)

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        text = self._model.shown(index.row()).texts[index.column()]
        return QSize(self.text_width(index.column(), text), option.fontMetrics.height() + 8)

    def text_width(self, column: int, text: str) -> int:
        """How wide a column must be to show ``text`` whole."""
        font = self._mono if COLUMNS[column].mono else self._plain
        return ceil(font.width(text)) + 2 * PADDING + 1

    def _paint_back(self, painter: QPainter, rect: QRect, row: int, shown: ShownRow, left: int) -> None:
        if row % 2:
            painter.fillRect(rect, self._alternate)
        if self.exchange and shown.entry.exchange == self.exchange and not shown.folded:
            painter.fillRect(rect, self._highlight)
            bar = QRect(left, rect.top(), _BAR, rect.height())
            painter.fillRect(bar, current().correlation_color(shown.correlation_id))

    def _paint_cell(
        self, painter: QPainter, place: _Place, top: float, shown: ShownRow, font: _Font, selected: bool
    ) -> None:
        column = place.column
        text = shown.texts[column]
        if not text:
            return
        loud = shown.tone is Tone.STRONG and column in (FrameColumn.KIND, FrameColumn.STATE)
        used = self._strong if loud else font
        left, width = place.left + PADDING, place.width - 2 * PADDING
        if column is FrameColumn.NUMBER and text[0] == BOOKMARK:
            # In the plain font, where the star is larger.
            painter.setFont(self._plain.font)
            painter.setPen(self._selection_text if selected else self._pens[Tone.WARNING])
            self._plain.text(BOOKMARK, width).paint(painter, left - 1, top, self._plain)
            painter.setFont(font.font)
            text = text[2:]
        pen = self._selection_text if selected else self._pen(shown, column)
        if column is FrameColumn.CORRELATION and text[0] == "▮":
            # The glyph is thinner than a colour needs to be told from its neighbours.
            block = QRect(left + 1, round(top) + 2, 5, self._line_height - 3)
            painter.fillRect(block, pen)
            left, width, text = left + round(2 * self._char_width), width - round(2 * self._char_width), text[2:]
        fitting = used.text(text, width)
        if COLUMNS[column].right:
            left += width - fitting.wide
        elif column is FrameColumn.DIRECTION:
            left += (width - fitting.wide) / 2
        painter.setPen(pen)
        if loud:
            painter.setFont(used.font)
        fitting.paint(painter, left, top, used)
        if loud:
            painter.setFont(font.font)

    def _paint_marker(self, painter: QPainter, left: int, top: float, shown: ShownRow, selected: bool) -> None:
        font = self._strong if shown.tone is Tone.STRONG else self._plain
        painter.setFont(font.font)
        painter.setPen(self._selection_text if selected else self._pens[shown.tone])
        font.text(shown.marker, self._marker.width - 2 * PADDING).paint(painter, left + PADDING, top, font)

    def _pen(self, shown: ShownRow, column: FrameColumn) -> QColor:
        if column in _MUTED:
            return self._pens[Tone.MUTED]
        if column is FrameColumn.DIRECTION:
            return self._directions[shown.entry.direction]
        if column is FrameColumn.CORRELATION:
            return current().correlation_color(shown.correlation_id)
        if column is FrameColumn.STATE:
            return self._pens[shown.state_tone]
        if column is FrameColumn.SUMMARY:
            return self._pens[shown.summary_tone]
        return self._pens[shown.tone]
