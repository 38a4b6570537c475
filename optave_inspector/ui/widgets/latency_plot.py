"""The latency plot: a point per exchange, lines at percentiles, and how often requests were sent. Needs pyqtgraph."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, QTimer, Signal
from PySide6.QtWidgets import QToolTip

from .. import theme
from ..models.latency_points import nearest, one_per_cell
from .latency_axes import CountAxisItem, DurationAxisItem, LineAxisItem, TimeAxisItem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray
    from PySide6.QtGui import QColor, QPainter

_CELL_PX = 3.0
_SHORTEST_S = 1e-6
"""What took no time at all stands here, as a logarithm needs something above 0."""
_REACH_PX = 12.0
_REDRAW_MS = 30
_BAR_PX = 6.0
_BAR_S = (0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600, 7200, 14400, 43200, 86400)
_MANY = 2_000
_THIN = ("x", "+", "star")
"""Symbols that look smaller than they are."""
_AXIS_PX = 64
_NAMES_PX = 52
_STRIP_PX = 50


@dataclass(frozen=True, slots=True)
class Series:
    """Points that look alike."""

    name: str
    symbol: str
    """As pyqtgraph calls it."""
    glyph: str
    """The same in a text."""
    color: QColor
    places: NDArray[np.intp]
    """Which of the points."""
    layer: int = 0
    """Of points of one layer that would cover each other the newest is drawn; later layers are drawn over it."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What is to be seen."""

    sent_s: NDArray[np.float64]
    took_s: NDArray[np.float64]
    """NaN for points that have no place yet."""
    series: Sequence[Series]
    failed: NDArray[np.bool_]
    """Which requests did not come to a good end, for the strip."""
    lines: Sequence[tuple[str, float]]
    """Name and seconds of each percentile."""


class LatencyPlot(pg.GraphicsLayoutWidget):
    """Draws a :class:`Picture`. Points are picked by a click; the arrows move and + and − zoom, 0 shows all again.

    Of points that would cover each other one is drawn; one that stands apart is always drawn.
    """

    picked = Signal(int)
    """A point was clicked: its place in the picture."""
    scaleAsked = Signal()
    """The other kind of time axis is wanted."""

    def __init__(self, describe: Callable[[int], str]) -> None:
        super().__init__()
        self._describe = describe
        self.setObjectName("latencyPlot")
        self.setAccessibleName("Latency plot")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(80)
        self.ci.layout.setSpacing(0)
        self.ci.layout.setContentsMargins(0, 0, 4, 0)
        self._legend = pg.LabelItem(justify="left")
        self.addItem(self._legend, row=0, col=0)
        self._took = DurationAxisItem("left")
        self._names = LineAxisItem("right")
        self._counts = CountAxisItem("left")
        axes = {"left": self._took, "bottom": TimeAxisItem("bottom"), "right": self._names}
        self._main = self._add_plot(1, axes)
        self._strip = self._add_plot(
            2, {"left": self._counts, "bottom": TimeAxisItem("bottom"), "right": LineAxisItem("right")}
        )
        self._strip.setXLink(self._main)
        self._strip.setMaximumHeight(_STRIP_PX)
        self._strip.vb.setMouseEnabled(x=True, y=False)
        self._main.getAxis("bottom").setStyle(showValues=False)
        self.view = self._main.vb
        self._picture: Picture | None = None
        self._scatters: list[pg.ScatterPlotItem] = []
        self._lines: list[pg.InfiniteLine] = []
        self._bars = [pg.BarGraphItem(x=[], height=[], width=1), pg.BarGraphItem(x=[], height=[], width=1)]
        for bars in self._bars:
            self._strip.addItem(bars)
        self._light = pg.ScatterPlotItem(symbol="o", size=15, pxMode=True)
        self._light.setZValue(20)
        self._main.addItem(self._light)
        self._lit = -1
        self._unit = ""
        self.fits = True
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_REDRAW_MS)
        self._again.timeout.connect(self._draw)
        self.view.sigRangeChanged.connect(lambda *_: self._again.start())
        self.view.sigResized.connect(lambda *_: self._again.start())
        self.view.sigRangeChangedManually.connect(lambda *_: self._set_fits(on=False))
        self._strip.vb.sigRangeChangedManually.connect(lambda *_: self._set_fits(on=False))
        self.scene().sigMouseClicked.connect(self._on_click)
        theme.theme_switch().changed.connect(self._dress)
        self._dress()

    @property
    def logarithmic(self) -> bool:
        """Whether the same way up means so many times as long."""
        return self._took.logarithmic

    def set_logarithmic(self, *, on: bool) -> None:
        """Change how times stand on their axis; everything is shown again."""
        self._took.logarithmic = on
        self._took.picture = None
        self.fit()

    def show_picture(self, picture: Picture) -> None:
        """Draw something else, or the same with more in it."""
        self._picture = picture
        if self.fits:
            self._fit_range()
        self._draw()

    def light(self, place: int) -> None:
        """Light one point; -1 for none."""
        self._lit = place
        self._draw_light()

    def fit(self) -> None:
        """Show all points, and those to come."""
        self._set_fits(on=True)
        self._fit_range()
        self._draw()

    def place_of(self, place: int) -> QPointF:
        """Where a point is, in the widget's pixels."""
        y = self._heights(self._picture.took_s[place : place + 1])[0]
        return QPointF(self.mapFromScene(self.view.mapViewToScene(QPointF(self._picture.sent_s[place], y))))

    def drawn(self) -> NDArray[np.intp]:
        """The places of the points that are drawn, each once."""
        drawn = [np.asarray(scatter.data["data"], np.intp) for scatter in self._scatters]
        return np.sort(np.concatenate(drawn)) if drawn else np.empty(0, np.intp)

    def paint_on(self, painter: QPainter) -> None:
        """Draw all of it on something that is no screen, with lines and areas rather than pixels."""
        items = [item for item in self.scene().items() if hasattr(item, "setExportMode")]
        for item in items:
            item.setExportMode(True, {"antialias": True, "resolutionScale": 1.0})
        try:
            self.render(painter, QRectF(self.viewport().rect()), self.viewport().rect())
        finally:
            for item in items:
                item.setExportMode(False)

    # -- by hand

    def keyPressEvent(self, event) -> None:
        """Move, zoom, fit."""
        (left, right), (low, high) = self.view.viewRange()
        width, height = right - left, high - low
        moves = {
            Qt.Key.Key_Left: (-0.1 * width, 0), Qt.Key.Key_Right: (0.1 * width, 0),
            Qt.Key.Key_Up: (0, 0.1 * height), Qt.Key.Key_Down: (0, -0.1 * height),
        }  # fmt: skip
        if event.key() in moves and not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self._set_fits(on=False)
            x, y = moves[event.key()]
            self.view.translateBy(x=x, y=y)
        elif event.key() in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom(0.8)
        elif event.key() == Qt.Key.Key_Minus:
            self.zoom(1.25)
        elif event.key() in (Qt.Key.Key_0, Qt.Key.Key_Home):
            self.fit()
        elif event.key() == Qt.Key.Key_L:
            self.scaleAsked.emit()
        else:
            event.ignore()
            return
        event.accept()

    def zoom(self, factor: float) -> None:
        """Show ``factor`` times as much around the lit point, else around the middle."""
        self._set_fits(on=False)
        x, y = self._light.getData()
        middle = QPointF(x[0], y[0]) if len(x) else self.view.viewRect().center()
        self.view.scaleBy((factor, factor), center=middle)

    def viewportEvent(self, event) -> bool:
        """Tell which exchange lies below the pointer."""
        if event.type() == QEvent.Type.ToolTip:
            place = self._at(self.mapToScene(event.pos()))
            if place >= 0:
                QToolTip.showText(event.globalPos(), self._describe(place), self)
            else:
                QToolTip.hideText()
            return True
        return super().viewportEvent(event)

    def _on_click(self, event) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            return
        if event.double():
            self.fit()
            return
        place = self._at(event.scenePos())
        if place >= 0:
            self.picked.emit(place)

    def _at(self, place: QPointF) -> int:
        if self._picture is None or not self.view.sceneBoundingRect().contains(place):
            return -1
        x, y = self._pixels(np.arange(len(self._picture.sent_s)))
        inside = self.view.mapFromScene(place)
        return nearest(x, y, (inside.x(), inside.y()), _REACH_PX)

    # -- how it looks

    def _add_plot(self, row: int, axes: dict[str, pg.AxisItem]) -> pg.PlotItem:
        plot = self.addPlot(row=row, col=0, axisItems=axes, enableMenu=False)
        plot.hideButtons()
        plot.showAxis("right")
        # As wide in both, so that the same time stands at the same place.
        plot.getAxis("left").setWidth(_AXIS_PX)
        plot.getAxis("right").setWidth(_NAMES_PX)
        plot.vb.disableAutoRange()
        plot.vb.setDefaultPadding(0)
        return plot

    def _dress(self) -> None:
        colors = theme.current()
        self.setBackground(colors.base)
        for plot in (self._main, self._strip):
            for side in ("left", "bottom", "right"):
                axis = plot.getAxis(side)
                axis.setPen(pg.mkPen(colors.border))
                axis.setTextPen(pg.mkPen(colors.muted))
                axis.setStyle(tickFont=self.font())
            plot.showGrid(x=True, y=plot is self._main, alpha=0.35)
        self._light.setPen(pg.mkPen(colors.text, width=2.5))
        self._light.setBrush(None)
        sent, failed = self._bars
        sent.setOpts(brush=pg.mkBrush(colors.waiting_bar), pen=None)
        failed.setOpts(brush=pg.mkBrush(colors.error), pen=None)
        if self._picture is not None:
            self._draw()

    def _set_fits(self, *, on: bool) -> None:
        self.fits = on

    def _fit_range(self) -> None:
        picture = self._picture
        if picture is None or not len(picture.sent_s):
            return
        took = picture.took_s[~np.isnan(picture.took_s)]
        took = np.append(took, [seconds for _name, seconds in picture.lines])
        low, high = (float(took.min()), float(took.max())) if len(took) else (0.001, 1.0)
        first, last = float(picture.sent_s.min()), float(picture.sent_s.max())
        beside = max((last - first) * 0.02, 0.05)
        if self.logarithmic:
            low, high = (float(np.log10(max(value, _SHORTEST_S))) for value in (low, high))
            above = max((high - low) * 0.08, 0.1)
            low -= above
        else:
            low, above = 0.0, max(high * 0.08, 0.0005)
        self.view.setRange(xRange=(first - beside, last + beside), yRange=(low, high + above), padding=0)

    def _heights(self, took_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.log10(np.maximum(took_s, _SHORTEST_S)) if self.logarithmic else took_s

    def _pixels(self, places: NDArray[np.intp]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Where points are within the area of the plot; outside of it too."""
        (left, right), (low, high) = self.view.viewRange()
        area = self.view.boundingRect()
        x = (self._picture.sent_s[places] - left) / (right - left) * area.width()
        y = (high - self._heights(self._picture.took_s[places])) / (high - low) * area.height()
        return x, y

    def _draw(self) -> None:
        self._again.stop()
        picture = self._picture
        if picture is None:
            return
        while len(self._scatters) < len(picture.series):
            scatter = pg.ScatterPlotItem(pxMode=True, pen=None)
            scatter.setZValue(len(self._scatters))
            self._scatters.append(scatter)
            self._main.addItem(scatter)
        size = 7 if len(picture.sent_s) <= _MANY else 5
        drawn = np.zeros(len(picture.sent_s), np.bool_)
        for layer in {series.layer for series in picture.series}:
            places = [series.places for series in picture.series if series.layer == layer]
            drawn[self._thinned(np.sort(np.concatenate(places)))] = True
        for scatter, series in zip(self._scatters, picture.series, strict=False):
            shown = series.places[drawn[series.places]]
            scatter.setData(
                picture.sent_s[shown],
                self._heights(picture.took_s[shown]),
                symbol=series.symbol,
                size=size + 2 * (series.symbol in _THIN),
                brush=pg.mkBrush(series.color),
                pen=None,
                data=shown,
            )
        for scatter in self._scatters[len(picture.series) :]:
            scatter.clear()
        self._draw_lines()
        self._draw_strip()
        self._draw_legend()
        self._draw_light()

    def _thinned(self, places: NDArray[np.intp]) -> NDArray[np.intp]:
        x, y = self._pixels(places)
        area = self.view.boundingRect()
        # What lies just outside reaches into the picture by its size.
        inside = (
            (x >= -_REACH_PX) & (x <= area.width() + _REACH_PX) & (y >= -_REACH_PX) & (y <= area.height() + _REACH_PX)
        )
        places, x, y = places[inside], x[inside], y[inside]
        return places[one_per_cell(x, y, _CELL_PX)]

    def _draw_lines(self) -> None:
        colors = theme.current()
        styles = (Qt.PenStyle.SolidLine, Qt.PenStyle.DashLine, Qt.PenStyle.DotLine)
        lines = self._picture.lines
        heights = [float(height) for height in self._heights(np.array([seconds for _name, seconds in lines]))]
        while len(self._lines) < len(lines):
            line = pg.InfiniteLine(angle=0)
            line.setZValue(-5)
            self._lines.append(line)
            self._main.addItem(line, ignoreBounds=True)
        for place, line in enumerate(self._lines):
            line.setVisible(place < len(lines))
            if place < len(lines):
                line.setPen(pg.mkPen(colors.muted, width=1, style=styles[place % len(styles)]))
                line.setPos(heights[place])
        self._names.lines = [(name, height) for (name, _seconds), height in zip(lines, heights, strict=True)]
        self._names.picture = None
        self._names.update()

    def _draw_strip(self) -> None:
        picture = self._picture
        (left, right), _ = self.view.viewRange()
        most = max(self.view.width() / _BAR_PX, 1)
        step = next((step for step in _BAR_S if (right - left) / step <= most), _BAR_S[-1])
        edges = np.arange(np.floor(left / step), np.ceil(right / step) + 1) * step
        if len(edges) < 2 or not len(picture.sent_s):
            counts = failed = np.zeros(max(len(edges) - 1, 0))
        else:
            counts = np.histogram(picture.sent_s, edges)[0]
            failed = np.histogram(picture.sent_s[picture.failed], edges)[0]
        # Failures are told by a narrow bar before a broad one, not by their colour alone.
        for bars, heights, part in zip(self._bars, (counts, failed), (0.9, 0.4), strict=True):
            bars.setOpts(x=(edges[:-1] + edges[1:]) / 2, height=heights, width=step * part)
        self._counts.most = float(counts.max()) if len(counts) else 0.0
        self._counts.picture = None
        self._strip.vb.setYRange(0, max(self._counts.most, 1.0) * 1.1, padding=0)
        self._unit = f"{step:g} s" if step < 60 else f"{step / 60:g} min" if step < 3600 else f"{step / 3600:g} h"

    def _draw_legend(self) -> None:
        colors = theme.current()
        parts = [
            (series.glyph, series.color.name(), f"{series.name} {len(series.places):,}")
            for series in self._picture.series
            if len(series.places)
        ]
        parts.append(("▮", colors.waiting_bar, f"requests per {self._unit}"))
        parts.append(("❙", colors.error, "of them failed"))
        told = (f"<span style='color:{color}'>{glyph}</span>&nbsp;{escape(words)}" for glyph, color, words in parts)
        text = "&nbsp;&nbsp; ".join(told)
        self._legend.setText(text, color=colors.text, size=f"{self.font().pointSizeF():g}pt")

    def _draw_light(self) -> None:
        picture = self._picture
        if picture is None or not 0 <= self._lit < len(picture.sent_s) or np.isnan(picture.took_s[self._lit]):
            self._light.setData([], [])
            return
        one = slice(self._lit, self._lit + 1)
        self._light.setData(picture.sent_s[one], self._heights(picture.took_s[one]))
