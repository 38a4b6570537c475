"""Painting of the waterfall's parts: the connection's life, the time axis, the bars. For the table and for pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QRect, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen

from ...protocol.close_codes import explain
from .. import theme
from ..models.exchange_words import STATUS_LOOK, longest_stall
from .waterfall_geometry import bar

if TYPE_CHECKING:
    from ...tracing.connection_lives import ConnectionLife
    from ...tracing.exchange import Exchange
    from ..models.exchange_rows import Group
    from .waterfall_geometry import Bar, ConnectionMark
    from .waterfall_scale import WaterfallScale

MARGIN = 6
"""Pixels between the axis and the column's sides."""
_ALIVE = 0.55
"""How much of the back of a connection's life is seen: bars stand on it."""
_MANY = 2_000
"""From so many answers on, the longest silence is not looked for while painting."""


def inner(rect: QRect) -> QRectF:
    """The part of a cell, or of the header above it, that the axis spans."""
    return QRectF(rect).adjusted(MARGIN, 0, -MARGIN, 0)


def mark_color(mark: ConnectionMark) -> QColor:
    """Green where a connection opened, red where it ended in trouble, muted where it ended as planned."""
    colors = theme.current()
    if mark.opened:
        return colors.color("ok")
    return colors.color("error" if mark.abnormal else "muted")


def mark_text(mark: ConnectionMark) -> str:
    """What a mark stands for, in words."""
    which = f"Connection {mark.attempt}" if mark.attempt else "A connection"
    if mark.opened:
        return f"{which} opened here."
    if mark.failed:
        return f"{which} was refused here{f' with HTTP status {mark.code}' if mark.code else ''}."
    if mark.lost:
        return f"{which} ended here at the latest: the capture holds nothing more of it."
    return f"{which} ended here: {mark.code} {explain(mark.code).name}."


def mark_label(mark: ConnectionMark) -> str:
    """What stands at the line of a mark: a glyph, and the code or the number of the attempt."""
    if mark.opened:
        return f"▸{mark.attempt}" if mark.attempt else ""
    if mark.failed:
        return f"✗ {mark.code}" if mark.code else "✗"
    if mark.lost:
        return "?"
    return f"⚡ {mark.code}" if mark.abnormal else f"■ {mark.code}"


def paint_background(painter: QPainter, rect: QRect, scale: WaterfallScale, *, lines_only: bool = False) -> None:
    """The connections' lives and the lines of the axis, over the height of ``rect``."""
    area = inner(rect)
    axis = scale.axis()
    top, bottom = float(rect.top()), float(rect.bottom() + 1)
    if not lines_only:
        painter.save()
        painter.setClipRect(QRectF(rect), Qt.ClipOperation.IntersectClip)
        for life in scale.lives(axis.start_ns, axis.end_ns):
            _paint_life(painter, area, scale, life)
        painter.restore()
    painter.setPen(QPen(theme.current().color("border"), 1, Qt.PenStyle.DotLine))
    for tick in scale.ticks(area.width()):
        x = round(area.left() + tick.x) + 0.5
        painter.drawLine(QLineF(x, top, x, bottom))
    for mark in scale.marks(axis.start_ns, axis.end_ns):
        x = round(area.left() + axis.x(mark.at_ns, area.width())) + 0.5
        style = Qt.PenStyle.DashLine if mark.opened or mark.lost else Qt.PenStyle.SolidLine
        painter.setPen(QPen(mark_color(mark), 1, style))
        painter.drawLine(QLineF(x, top, x, bottom))


def _paint_life(painter: QPainter, area: QRectF, scale: WaterfallScale, life: ConnectionLife) -> None:
    """One band from the opening to the end; the time before it, and an attempt that failed, are hatched."""
    axis, colors = scale.axis(), theme.current()

    def span(start_ns: int, end_ns: int) -> QRectF:
        left = max(axis.x(start_ns, area.width()), -1.0 * MARGIN)
        right = min(axis.x(end_ns, area.width()), area.width() + MARGIN)
        return QRectF(area.left() + left, area.top(), max(right - left, 0.0), area.height())

    end_ns = life.ended_ns if life.ended_ns >= 0 else max(scale.now_ns(), axis.end_ns)
    opened_ns = life.opened_ns if life.opened_ns >= 0 else end_ns
    if opened_ns > life.began_ns:
        hatch = colors.color("error" if life.failed else "muted")
        hatch.setAlphaF(0.35)
        before = span(life.began_ns, opened_ns)
        painter.fillRect(before, QBrush(hatch, Qt.BrushStyle.BDiagPattern))
    if end_ns > opened_ns:
        back = colors.color("ok_back")
        back.setAlphaF(_ALIVE)
        painter.fillRect(span(opened_ns, end_ns), back)


def paint_exchange(painter: QPainter, rect: QRect, exchange: Exchange, scale: WaterfallScale) -> None:
    """The bar of an exchange in a cell."""
    area = inner(rect)
    stall = longest_stall(exchange) if len(exchange.update_ns) <= _MANY else (-1, -1)
    shown = bar(exchange, scale.axis(), area.width(), scale.now_ns(), stall)
    if shown is None:
        return
    painter.save()
    painter.setClipRect(area.adjusted(-1, 0, 1, 0), Qt.ClipOperation.IntersectClip)
    colors = theme.current()
    _paint_bar(painter, area, shown, colors.color(STATUS_LOOK[exchange.status][2]), colors.color("base"))
    painter.restore()


def paint_group(painter: QPainter, rect: QRect, group: Group, scale: WaterfallScale) -> None:
    """From the first request of a group to its last answer: a bracket in the colour of its worst status."""
    area, axis = inner(rect), scale.axis()
    left = area.left() + axis.x(group.first_ns, area.width())
    right = max(area.left() + axis.x(group.last_ns, area.width()), left + 2)
    if right < area.left() or left > area.right():
        return
    painter.save()
    painter.setClipRect(area.adjusted(-1, 0, 1, 0), Qt.ClipOperation.IntersectClip)
    middle = round(area.center().y()) + 0.5
    painter.setPen(QPen(theme.current().color(STATUS_LOOK[group.worst][2]), 2))
    painter.drawLine(QLineF(left, middle, right, middle))
    for x in (left, right):
        painter.drawLine(QLineF(x, middle - 4, x, middle + 4))
    painter.restore()


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
        painter.setBrush(softened(color, gap))
        painter.drawRoundedRect(rect(shown.answer), 2.5, 2.5)
        if shown.stall is not None:
            # Hollow, with its outline: the stream stood still.
            painter.fillRect(rect(shown.stall).adjusted(0, 1, 0, -1), gap)
            painter.setPen(QPen(color, 1, Qt.PenStyle.DotLine))
            middle = rect(shown.stall).center().y()
            painter.drawLine(QLineF(rect(shown.stall).left(), middle, rect(shown.stall).right(), middle))
        painter.setPen(QPen(gap, 1.5))
        for x in shown.ticks:
            painter.drawLine(QLineF(area.left() + x, top, area.left() + x, top + height))


def softened(color: QColor, base: QColor) -> QColor:
    """The colour of a word as that of an area, for which it would be too heavy."""
    part = 0.72
    mixed = (round(one * part + other * (1 - part)) for one, other in zip(color.getRgb(), base.getRgb(), strict=True))
    return QColor(*mixed)


def paint_axis(painter: QPainter, rect: QRect, scale: WaterfallScale) -> None:
    """The head of the waterfall: what happened to connections, at its lines, and round times where there is room."""
    taken = _paint_marks(painter, rect, scale)
    area = inner(rect)
    painter.setPen(theme.current().color("muted"))
    for tick in scale.ticks(area.width()):
        width = painter.fontMetrics().horizontalAdvance(tick.label)
        left = max(area.left() + tick.x - width / 2, area.left())
        if left + width > area.right() + MARGIN - 1:
            continue
        if all(left > other[1] + 6 or left + width < other[0] - 6 for other in taken):
            box = QRectF(left, rect.top(), width + 1, rect.height())
            painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, tick.label)


def _paint_marks(painter: QPainter, rect: QRect, scale: WaterfallScale) -> list[tuple[float, float]]:
    """Endings first, as they matter most. Returns the room that the texts take."""
    area, axis = inner(rect), scale.axis()
    taken: list[tuple[float, float]] = []
    marks = scale.marks(axis.start_ns, axis.end_ns)
    for mark in [*reversed([mark for mark in marks if not mark.opened]), *(mark for mark in marks if mark.opened)]:
        text = mark_label(mark)
        width = painter.fontMetrics().horizontalAdvance(text)
        x = area.left() + axis.x(mark.at_ns, area.width())
        # Over its line, or left or right of it where another one is near.
        for wanted in (x - width / 2, x - width - 2, x + 2) if text else ():
            left = min(max(wanted, area.left()), area.right() - width)
            if all(left > other[1] + 4 or left + width < other[0] - 4 for other in taken):
                taken.append((left, left + width))
                painter.setPen(mark_color(mark))
                box = QRectF(left, rect.top(), width + 1, rect.height())
                painter.drawText(box, Qt.AlignmentFlag.AlignVCenter, text)
                break
    return taken
