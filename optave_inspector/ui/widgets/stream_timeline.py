"""When the updates of a stream came, on a line; a slider whose steps are the updates."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSlider

from .. import theme
from ..models.formats import duration_text

if TYPE_CHECKING:
    from collections.abc import Sequence

_BESIDE = 8
_LINE_Y = 18
_TICK = 9
_HEIGHT = 46


@dataclass(frozen=True, slots=True)
class Tick:
    """One update on the line."""

    at_ns: int
    """Since the request."""
    breaks: bool = False
    """It does not extend the former one."""
    after_stall: bool = False
    """The stream stood still before it."""


class StreamTimeline(QSlider):
    """Left and Right step, Home and End go to the ends, a click goes to the nearest update."""

    def __init__(self) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("streamTimeline")
        self.setAccessibleName("Updates of the stream")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setPageStep(5)
        self._ticks: Sequence[Tick] = ()
        self._end_ns = 0
        self._head_ns = -1
        self._ending = ""
        self.setRange(0, 0)
        self.setMinimumHeight(_HEIGHT)
        self.setMaximumHeight(_HEIGHT)

    def show_ticks(self, ticks: Sequence[Tick], end_ns: int, ending: str) -> None:
        """Show updates up to ``end_ns``; ``ending`` says how it ended, empty while it goes on."""
        self._ticks, self._end_ns, self._ending = ticks, max(end_ns, ticks[-1].at_ns if ticks else 0), ending
        self.setRange(0, max(len(ticks) - 1, 0))
        stalled = sum(tick.after_stall for tick in ticks)
        broken = sum(tick.breaks for tick in ticks)
        parts = [f"{len(ticks):,} updates in {duration_text(self._end_ns)}"]
        if stalled:
            parts.append(f"{stalled:,} after a stall")
        if broken:
            parts.append(f"{broken:,} not extending the former one")
        self.setAccessibleDescription(", ".join(parts))
        self.setToolTip(f"{', '.join(parts)}.\nSpace plays, Left and Right step.")
        self.update()

    def show_head(self, at_ns: int) -> None:
        """Where the playing is."""
        if at_ns != self._head_ns:
            self._head_ns = at_ns
            self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, _HEIGHT)

    def mousePressEvent(self, event) -> None:
        """Go to the nearest update, and on while the button is held."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())
            event.accept()

    def mouseMoveEvent(self, event) -> None:
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._go_to(event.position().x())
            event.accept()

    def mouseReleaseEvent(self, event) -> None:
        event.accept()

    def x_of(self, at_ns: int) -> float:
        """The place of a time."""
        width = self.width() - 2 * _BESIDE
        return _BESIDE + (at_ns / self._end_ns * width if self._end_ns else 0)

    def _go_to(self, x: float) -> None:
        if self._ticks:
            places = range(len(self._ticks))
            self.setValue(min(places, key=lambda place: abs(self.x_of(self._ticks[place].at_ns) - x)))

    def paintEvent(self, _event) -> None:
        colors = theme.current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        left, right = self.x_of(0), self.x_of(self._end_ns)
        painter.setPen(QPen(colors.color("border"), 2))
        painter.drawLine(int(left), _LINE_Y, int(right), _LINE_Y)
        self._paint_stalls(painter, colors)
        for tick in self._ticks:
            self._paint_tick(painter, tick, colors)
        if self._ticks:
            self._paint_current(painter, colors)
        if self._head_ns >= 0:
            x = self.x_of(min(self._head_ns, self._end_ns))
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.drawLine(int(x), 2, int(x), 2 * _LINE_Y - 6)
        painter.setPen(colors.color("muted"))
        bottom = QRectF(_BESIDE, _HEIGHT - 16, self.width() - 2 * _BESIDE, 16)
        painter.drawText(bottom, Qt.AlignmentFlag.AlignLeft, "request")
        ending = f"{duration_text(self._end_ns)} {self._ending}".strip()
        painter.drawText(bottom, Qt.AlignmentFlag.AlignRight, ending)
        if self.hasFocus():
            painter.setPen(QPen(colors.color("accent"), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)

    def _paint_stalls(self, painter: QPainter, colors) -> None:
        for before, tick in zip(self._ticks, self._ticks[1:], strict=False):
            if not tick.after_stall:
                continue
            left, right = self.x_of(before.at_ns), self.x_of(tick.at_ns)
            area = QRectF(left, _LINE_Y - 7, right - left, 14)
            color = QColor(colors.color("warning"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colors.color("warning_back"))
            painter.drawRect(area)
            painter.setBrush(Qt.BrushStyle.BDiagPattern)
            color.setAlphaF(0.5)
            brush = painter.brush()
            brush.setColor(color)
            painter.setBrush(brush)
            painter.drawRect(area)
            self._write_stall(painter, area, f"stall {duration_text(tick.at_ns - before.at_ns)}", colors)

    @staticmethod
    def _write_stall(painter: QPainter, area: QRectF, words: str, colors) -> None:
        metrics = painter.fontMetrics()
        width = metrics.horizontalAdvance(words) + 6
        if width > area.width() - 4:
            words, width = "stall", metrics.horizontalAdvance("stall") + 6
        if width > area.width() - 4:
            return
        middle = QRectF(area.center().x() - width / 2, area.top() - 1, width, area.height() + 2)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colors.color("warning_back"))
        painter.drawRect(middle)
        painter.setPen(colors.color("warning"))
        painter.drawText(middle, Qt.AlignmentFlag.AlignCenter, words)

    def _paint_tick(self, painter: QPainter, tick: Tick, colors) -> None:
        x = self.x_of(tick.at_ns)
        color = colors.color("warning" if tick.breaks else "accent")
        painter.setPen(QPen(color, 2))
        painter.drawLine(int(x), _LINE_Y - _TICK, int(x), _LINE_Y + _TICK)
        if tick.breaks:
            painter.drawText(QRectF(x - 8, 0, 16, _LINE_Y - _TICK + 4), Qt.AlignmentFlag.AlignCenter, "⚠")

    def _paint_current(self, painter: QPainter, colors) -> None:
        tick = self._ticks[min(self.value(), len(self._ticks) - 1)]
        x = self.x_of(tick.at_ns)
        painter.setPen(QPen(colors.color("panel"), 1.5))
        painter.setBrush(colors.color("warning" if tick.breaks else "accent"))
        painter.drawEllipse(QRectF(x - 6, _LINE_Y - 6, 12, 12))
