"""The whole session in a strip: how dense exchanges are, where they went wrong, and which part the waterfall shows."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPixmap, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from .. import theme
from ..delegates.waterfall_geometry import TimeAxis, time_label
from ..delegates.waterfall_paint import MARGIN, mark_color, mark_text
from ..delegates.waterfall_scale import ScaleMode, WaterfallScale
from ..models.exchange_density import BINS, Density
from ..models.formats import duration_text

if TYPE_CHECKING:
    from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPaintEvent, QWheelEvent

    from ..delegates.waterfall_geometry import ConnectionMark

_HEIGHT = 30
_NEAR_PX = 5
_LEAST_PX = 6
"""A window on show is painted at least so wide, and a drag of less is a click."""
_ZOOM = 0.8
_MOVES = {Qt.Key.Key_Left: -0.1, Qt.Key.Key_Right: 0.1, Qt.Key.Key_PageUp: -1.0, Qt.Key.Key_PageDown: 1.0}
_ZOOMS = {Qt.Key.Key_Plus: 0.5, Qt.Key.Key_Equal: 0.5, Qt.Key.Key_Up: 0.5, Qt.Key.Key_Minus: 2.0, Qt.Key.Key_Down: 2.0}


_Columns = dict[int, tuple[int, int, int]]
"""Requests, errors and missing answers by pixel."""


class _Grip(Enum):
    """What a drag moves."""

    WINDOW = "window"
    START = "start"
    END = "end"
    NEW = "new"


class Minimap(QWidget):
    """Drag the window to move it, its edges to stretch it, or elsewhere to draw a new one; a double-click shows all."""

    def __init__(self, scale: WaterfallScale, density: Density, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._density = density
        self._matched: Density | None = None
        self._grip: _Grip | None = None
        self._pressed_ns = 0
        self._held = TimeAxis(0, 1)
        self._whole = scale.whole()
        self._kept: tuple[object, QPixmap] | None = None
        self.setObjectName("exchangesMinimap")
        self.setAccessibleName("The whole session")
        self.setToolTip(
            "Drag to choose the part of time below; drag the window or its edges to change it.\n"
            "Left and Right move it, + and − zoom, Home and End go to the ends, 0 shows all."
        )
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setMinimumWidth(80)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        scale.changed.connect(self.refresh)
        theme.theme_switch().changed.connect(self.refresh)
        self.refresh()

    def sizeHint(self) -> QSize:
        """A strip."""
        return QSize(200, _HEIGHT)

    def show_matched(self, matched: Density | None) -> None:
        """Show these apart from the rest, which is muted; None while there is no filter."""
        self._matched = matched
        self._kept = None
        self.update()

    def refresh(self) -> None:
        """The part on show, or what there is to show, changed; under a drag the strip stands still."""
        if self._grip is None:
            self._whole = self._scale.whole()
        axis = self._scale.axis()
        start, end = axis.start_ns - axis.origin_ns, axis.end_ns - axis.origin_ns
        step = axis.span_ns // 100
        self.setAccessibleDescription(
            f"On show: {time_label(start, step)} to {time_label(end, step)}, {duration_text(axis.span_ns)} of "
            f"{duration_text(self._whole.span_ns)}"
        )
        self.update()

    # -- painting

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Density from a picture that is kept; the window over it."""
        colors = theme.current()
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture())
        left, right = self._window()
        shade = colors.color("window")
        shade.setAlphaF(0.6)
        area = self._area()
        painter.fillRect(QRectF(area.left(), 1, left - area.left(), self.height() - 2), shade)
        painter.fillRect(QRectF(right, 1, area.right() - right, self.height() - 2), shade)
        painter.setPen(QPen(colors.color("accent"), 1))
        painter.drawRect(QRectF(round(left) + 0.5, 0.5, max(round(right - left) - 1, 1), self.height() - 1))
        painter.setBrush(colors.color("accent"))
        for x in (left, right):
            painter.drawRect(QRectF(round(x) - 1.5, self.height() / 2 - 5, 3, 10))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(colors.color("text"), 1, Qt.PenStyle.DotLine))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _picture(self) -> QPixmap:
        key = (self._density.version, self._whole, self.size(), theme.current().dark, len(self._marks()))
        if self._kept is None or self._kept[0] != key:
            ratio = self.devicePixelRatioF()
            picture = QPixmap(self.size() * ratio)
            picture.setDevicePixelRatio(ratio)
            picture.fill(theme.current().color("base"))
            painter = QPainter(picture)
            self._paint_session(painter)
            painter.end()
            self._kept = key, picture
        return self._kept[1]

    def _paint_session(self, painter: QPainter) -> None:
        colors, area, whole = theme.current(), self._area(), self._whole
        alive = colors.color("ok_back")
        for life in self._scale.lives(whole.start_ns, whole.end_ns):
            start = life.opened_ns if life.opened_ns >= 0 else life.ended_ns
            end = life.ended_ns if life.ended_ns >= 0 else whole.end_ns
            if start >= 0 and end > start:
                left = area.left() + whole.x(start, area.width())
                right = min(area.left() + whole.x(end, area.width()), area.right())
                painter.fillRect(QRectF(left, 0, right - left, self.height()), alive)
        self._paint_density(painter)
        for mark in self._marks():
            if not mark.opened:
                x = round(area.left() + whole.x(mark.at_ns, area.width())) + 0.5
                painter.setPen(QPen(mark_color(mark), 1))
                painter.drawLine(QLineF(x, 0, x, self.height()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(colors.color("border"))
        painter.drawRect(QRectF(area.left() + 0.5, 0.5, area.width() - 1, self.height() - 1))

    def _paint_density(self, painter: QPainter) -> None:
        """Columns for requests, as high as they are many; a triangle above for errors, a square for missing answers."""
        colors, columns = theme.current(), self._columns(self._density)
        most = max((sent for sent, _errors, _missing in columns.values()), default=0)
        if self._matched is None:
            self._paint_requests(painter, columns, most, colors.color("accent"))
        else:
            self._paint_requests(painter, columns, most, colors.color("border"))
            columns = self._columns(self._matched)
            self._paint_requests(painter, columns, most, colors.color("accent"))
        self._paint_troubles(painter, [x for x, column in columns.items() if column[2]], colors.color("warning"), False)
        self._paint_troubles(painter, [x for x, column in columns.items() if column[1]], colors.color("error"), True)

    def _paint_requests(self, painter: QPainter, columns: _Columns, most: int, color: QColor) -> None:
        room, bottom = self.height() - 11.0, self.height() - 1.0
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        for x, (sent, _errors, _missing) in columns.items():
            if sent:
                # The root, so that a single request is seen beside hundreds.
                height = max((sent / max(most, sent)) ** 0.5 * room, 2.0)
                painter.drawRect(QRectF(x, bottom - height, 1, height))

    @staticmethod
    def _paint_troubles(painter: QPainter, places: list[int], color: QColor, pointed: bool) -> None:
        painter.setBrush(color)
        last = -10
        for x in places:
            if x - last < 4:
                continue
            last = x
            if pointed:
                painter.drawPolygon(QPolygonF([QPointF(x - 3, 2), QPointF(x + 4, 2), QPointF(x + 0.5, 8)]))
            else:
                painter.drawRect(QRectF(x - 2, 2, 5, 5))

    def _columns(self, density: Density) -> _Columns:
        area, whole = self._area(), self._whole
        found: _Columns = {}
        if not density.version:
            return found
        for place in range(BINS):
            counts = density.sent[place], density.errors[place], density.missing[place]
            if any(counts):
                at_ns = density.origin_ns + place * density.step_ns + density.step_ns // 2
                x = int(min(max(area.left() + whole.x(at_ns, area.width()), area.left()), area.right() - 1))
                before = found.get(x, (0, 0, 0))
                found[x] = before[0] + counts[0], before[1] + counts[1], before[2] + counts[2]
        return found

    # -- the mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take hold of the window, of one of its edges, or begin a new one."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        self._grip = self._grip_at(event.position().x())
        self._held = self._scale.axis()
        self._pressed_ns = self._at(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move what is held."""
        x = event.position().x()
        if self._grip is None:
            edge = self._grip_at(x) in (_Grip.START, _Grip.END)
            inside = self._grip_at(x) is _Grip.WINDOW
            shape = Qt.CursorShape.SizeHorCursor if edge else Qt.CursorShape.OpenHandCursor
            self.setCursor(shape if edge or inside else Qt.CursorShape.CrossCursor)
            return
        at_ns, held = self._at(x), self._held
        start, end = held.start_ns, held.end_ns
        if self._grip is _Grip.WINDOW:
            start, end = start + at_ns - self._pressed_ns, end + at_ns - self._pressed_ns
        elif self._grip is _Grip.START:
            start, end = sorted((at_ns, end))
        elif self._grip is _Grip.END:
            start, end = sorted((start, at_ns))
        else:
            start, end = sorted((self._pressed_ns, at_ns))
            if (end - start) / self._whole.span_ns * self._area().width() < _LEAST_PX:
                return
        self._scale.set_range(start, end)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click beside the window brings it there."""
        grip, self._grip = self._grip, None
        at_ns, axis = self._at(event.position().x()), self._scale.axis()
        if grip is _Grip.NEW and axis == self._held:
            self._scale.set_range(at_ns - axis.span_ns // 2, at_ns + axis.span_ns // 2)
        self.refresh()

    def mouseDoubleClickEvent(self, _event: QMouseEvent) -> None:
        """Show all."""
        self._scale.set_mode(ScaleMode.FIT)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom, around the pointer; move, with Shift."""
        steps = (event.angleDelta().y() or event.angleDelta().x()) / 120
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not event.angleDelta().y():
            self._scale.move(-0.15 * steps)
        else:
            self._scale.zoom(_ZOOM**steps, self._at(event.position().x()))
        event.accept()

    def event(self, event: QEvent) -> bool:
        """Over a line say what ended there, elsewhere what can be done."""
        if event.type() == QEvent.Type.ToolTip:
            mark = self._mark_at(event.pos().x())
            QToolTip.showText(event.globalPos(), mark_text(mark) if mark is not None else self.toolTip(), self)
            return True
        return super().event(event)

    # -- the keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move, zoom, go to the ends, show all."""
        key, axis, whole = Qt.Key(event.key()), self._scale.axis(), self._scale.whole()
        if key in _MOVES:
            self._scale.move(_MOVES[key])
        elif key in _ZOOMS:
            self._scale.zoom(_ZOOMS[key])
        elif key == Qt.Key.Key_Home:
            self._scale.set_range(whole.start_ns, whole.start_ns + axis.span_ns)
        elif key == Qt.Key.Key_End:
            self._scale.set_range(whole.end_ns - axis.span_ns, whole.end_ns)
        elif key == Qt.Key.Key_0:
            self._scale.set_mode(ScaleMode.FIT)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Show the focus."""
        super().focusOutEvent(event)
        self.update()

    # -- places

    def _area(self) -> QRectF:
        return QRectF(MARGIN, 0, max(self.width() - 2 * MARGIN, 1), self.height())

    def _at(self, x: float) -> int:
        area = self._area()
        return self._whole.at(min(max(x, area.left()), area.right()) - area.left(), area.width())

    def _window(self) -> tuple[float, float]:
        """Where the window stands on the strip, as far as it does."""
        area, axis = self._area(), self._scale.axis()
        left, right = (self._whole.x(at_ns, area.width()) for at_ns in (axis.start_ns, axis.end_ns))
        left = min(max(left, 0.0), area.width() - _LEAST_PX)
        right = max(min(right, area.width()), left + _LEAST_PX)
        return area.left() + left, area.left() + right

    def _grip_at(self, x: float) -> _Grip:
        left, right = self._window()
        everything = right - left >= self._area().width() - 1
        if abs(x - left) <= _NEAR_PX:
            return _Grip.START
        if abs(x - right) <= _NEAR_PX:
            return _Grip.END
        # While all is on show there is nowhere to move: a drag draws.
        return _Grip.WINDOW if left < x < right and not everything else _Grip.NEW

    def _marks(self) -> list[ConnectionMark]:
        return self._scale.marks(self._whole.start_ns, self._whole.end_ns)

    def _mark_at(self, x: float) -> ConnectionMark | None:
        near = self._scale.marks(self._at(x - _NEAR_PX), self._at(x + _NEAR_PX))
        return min(near, key=lambda mark: abs(mark.at_ns - self._at(x)), default=None)
