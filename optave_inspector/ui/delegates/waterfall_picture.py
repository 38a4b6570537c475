"""The exchanges as a picture for tickets and print: a title, the time axis, a row for each, and a legend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter

from ...tracing.exchange import Exchange, ExchangeStatus
from .. import theme
from ..models.exchange_columns import ExchangeColumn, group_cell
from ..models.exchange_rows import Group
from ..models.exchange_words import STATUS_LOOK
from .waterfall_paint import paint_axis, paint_background, paint_exchange, paint_group, softened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from .waterfall_scale import WaterfallScale

MOST_ROWS = {"png": 250, "svg": 1_000}
"""More would be a picture that nobody can look at, and in memory some hundred megabytes."""
_MARGIN, _GAP, _WATERFALL, _WIDEST = 14, 10, 760, 260
_COLUMNS = (
    ExchangeColumn.ACTION,
    ExchangeColumn.CORRELATION,
    ExchangeColumn.STATUS,
    ExchangeColumn.FIRST,
    ExchangeColumn.TOTAL,
    ExchangeColumn.ANSWERS,
)
_RIGHT = (ExchangeColumn.FIRST, ExchangeColumn.TOTAL, ExchangeColumn.ANSWERS)
_SAMPLE = 16


@dataclass(frozen=True, slots=True)
class WaterfallPicture:
    """What is to be seen. ``cell`` gives the text of a row's column, ``color`` its colour or None."""

    title: str
    note: str
    rows: Sequence[Exchange | Group]
    scale: WaterfallScale
    cell: Callable[[Exchange, int], str]
    color: Callable[[Exchange, int], object]
    titles: Sequence[str]
    font: QFont

    def size(self) -> QSize:
        """How large it is."""
        width = 2 * _MARGIN + sum(self._widths()) + _WATERFALL
        return QSize(width, 2 * _MARGIN + self._line * (len(self.rows) + 5))

    def paint(self, painter: QPainter) -> None:
        """Draw it, from the left upper corner on."""
        painter.setFont(self.font)
        widths, line, colors = self._widths(), self._line, theme.current()
        whole = self.size().width() - 2 * _MARGIN
        bold = QFont(self.font)
        bold.setBold(True)
        painter.setFont(bold)
        painter.setPen(colors.color("text"))
        self._text(painter, QRect(_MARGIN, _MARGIN, whole, line), self.title)
        painter.setFont(self.font)
        painter.setPen(colors.color("muted"))
        self._text(painter, QRect(_MARGIN, _MARGIN + line, whole, line), self.note)
        left, top = _MARGIN + sum(widths), _MARGIN + 2 * line
        self._heads(painter, widths, top)
        with self.scale.still():
            paint_axis(painter, QRect(left, top, _WATERFALL, line), self.scale)
            body = QRect(left, top + line, _WATERFALL, line * len(self.rows))
            painter.save()
            painter.setClipRect(body)
            paint_background(painter, body, self.scale)
            painter.restore()
            for place, row in enumerate(self.rows):
                self._row(painter, row, widths, top + line * (place + 1), left)
        painter.setPen(colors.color("border"))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawLine(_MARGIN, body.top(), _MARGIN + whole, body.top())
        painter.drawLine(_MARGIN, body.bottom() + 1, _MARGIN + whole, body.bottom() + 1)
        self._legend(painter, QRect(_MARGIN, body.bottom() + line // 2, whole, line))

    @property
    def _line(self) -> int:
        return QFontMetrics(self.font).height() + 8

    def _widths(self) -> list[int]:
        metrics = QFontMetrics(self.font)
        exchanges = [row for row in self.rows if isinstance(row, Exchange)]
        widths = []
        for column in _COLUMNS:
            texts = {self.titles[column], *(self.cell(exchange, column) for exchange in exchanges)}
            widths.append(min(max(map(metrics.horizontalAdvance, texts)), _WIDEST) + _GAP)
        return widths

    def _heads(self, painter: QPainter, widths: list[int], top: int) -> None:
        x = _MARGIN
        for column, width in zip(_COLUMNS, widths, strict=True):
            self._text(painter, QRect(x, top, width - _GAP, self._line), self.titles[column], column in _RIGHT)
            x += width

    def _row(self, painter: QPainter, row: Exchange | Group, widths: list[int], top: int, left: int) -> None:
        colors, line = theme.current(), self._line
        bar = QRect(left, top, _WATERFALL, line)
        if isinstance(row, Group):
            heading = QRect(_MARGIN, top, left - _MARGIN, line)
            painter.fillRect(heading, colors.color("neutral_back"))
            painter.setPen(colors.color("text"))
            self._text(painter, heading.adjusted(4, 0, 0, 0), group_cell(row, ExchangeColumn.ACTION))
            paint_group(painter, bar, row, self.scale)
            return
        x = _MARGIN
        for column, width in zip(_COLUMNS, widths, strict=True):
            painter.setPen(self.color(row, column) or colors.color("text"))
            self._text(painter, QRect(x, top, width - _GAP, line), self.cell(row, column), column in _RIGHT)
            x += width
        paint_exchange(painter, bar, row, self.scale)

    def _legend(self, painter: QPainter, rect: QRect) -> None:
        """Of the statuses that are to be seen, the colour of a bar with glyph and word."""
        colors, metrics = theme.current(), painter.fontMetrics()
        seen = {row.status for row in self.rows if isinstance(row, Exchange)}
        samples = [("until the first answer", colors.color("waiting_bar"))]
        for status in ExchangeStatus:
            if status in seen and status is not ExchangeStatus.WAITING:
                glyph, word, color = STATUS_LOOK[status]
                samples.append((f"{glyph} {word}", softened(colors.color(color), colors.color("base"))))
        samples += [("connected", colors.color("ok_back"))]
        x = rect.left()
        for words, color in samples:
            width = metrics.horizontalAdvance(words)
            painter.setPen(colors.color("border"))
            painter.setBrush(color)
            painter.drawRect(QRect(x, rect.center().y() - 5, _SAMPLE, 10))
            painter.setPen(colors.color("text"))
            self._text(painter, QRect(x + _SAMPLE + 5, rect.top(), width + 2, rect.height()), words)
            x += _SAMPLE + 5 + width + 16

    @staticmethod
    def _text(painter: QPainter, rect: QRect, text: str, right: bool = False) -> None:
        side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 1)
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignVCenter, shown)
