"""The plot of the statistics panel, with what decides about its look. The plot itself is made when it is first seen."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from ...tracing.exchange import ExchangeStatus
from .. import theme
from ..models.background import Background
from ..models.exchange_words import STATUS_LOOK, status_text
from ..models.formats import duration_text
from ..picture_saving import picture
from ..widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...tracing.exchange import Exchange
    from ...tracing.statistics import Summary
    from ..models.latency_points import LatencyPoints
    from ..widgets.latency_plot import LatencyPlot, Series

_STATUS_SYMBOLS = {
    ExchangeStatus.COMPLETED: ("o", "●"),
    ExchangeStatus.ERROR: ("x", "✖"),
    ExchangeStatus.TIMED_OUT: ("t1", "▲"),
    ExchangeStatus.CUT_OFF: ("d", "◆"),
    ExchangeStatus.CANCELLED: ("s", "■"),
}
"""What has a time from the request to its end: pyqtgraph's name of a symbol, and what looks like it in a text."""
_FAILED = (ExchangeStatus.ERROR, ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF, ExchangeStatus.NOT_SENT)
_SYMBOLS = (("o", "●"), ("s", "■"), ("t1", "▲"), ("d", "◆"), ("t", "▼"), ("+", "✚"), ("star", "★"), ("x", "✖"))
_OTHERS = ("h", "⬢")
_PERCENTS = (50, 95, 99)


class PlotControls(QWidget):
    """Which time, coloured by what, on which kind of axis; fitting and saving."""

    changed = Signal()
    fitAsked = Signal()
    saveAsked = Signal(str)
    """``png`` or ``svg``."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("statisticsPlotControls")
        self.times = _combo("statisticsPlotTimesCombo", "Which time is plotted", ("total", "to first answer"))
        self.looks = _combo("statisticsPlotLooksCombo", "What colour and symbol stand for", ("by status", "by action"))
        self.log = QCheckBox("log")
        self.log.setObjectName("statisticsPlotLogCheck")
        self.log.setAccessibleName("Logarithmic time axis")
        self.log.setToolTip("Logarithmic: each step up is so many times as long (L)")
        self.log.setChecked(True)
        fit = QToolButton()
        fit.setObjectName("statisticsPlotFitButton")
        fit.setText("Fit")
        fit.setAccessibleName("Show all points")
        fit.setToolTip("Show all points, and those to come (0)\nThe wheel zooms, dragging moves; + − and arrows too.")
        save = QToolButton()
        save.setObjectName("statisticsPlotSaveButton")
        save.setText("Save ▾")
        save.setAccessibleName("Save the plot as a picture")
        save.setToolTip("Save the plot as PNG or SVG")
        save.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("statisticsPlotSaveMenu")
        for kind in ("png", "svg"):
            action = menu.addAction(f"As &{kind.upper()}…")
            action.setObjectName(f"statisticsPlotSave{kind.capitalize()}Action")
            action.triggered.connect(lambda _checked=False, kind=kind: self.saveAsked.emit(kind))
        save.setMenu(menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(6)
        for control in (self.times, self.looks, self.log, fit, save):
            layout.addWidget(control)
        for combo in (self.times, self.looks):
            combo.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.log.toggled.connect(lambda _on: self.changed.emit())
        fit.clicked.connect(lambda _checked=False: self.fitAsked.emit())

    def save_state(self) -> dict[str, Any]:
        """What is chosen."""
        return {"times": self.times.currentIndex(), "looks": self.looks.currentIndex(), "log": self.log.isChecked()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Choose it again; what makes no sense stays as it is."""
        for name, combo in (("times", self.times), ("looks", self.looks)):
            index = state.get(name)
            if isinstance(index, int) and 0 <= index < combo.count():
                combo.setCurrentIndex(index)
        if isinstance(state.get("log"), bool):
            self.log.setChecked(state["log"])


class PlotPage(QWidget):
    """The plot of those exchanges that the panel counts, with the same in words below it."""

    picked = Signal(int)
    """Number of the exchange whose point was clicked."""
    ready = Signal()
    """The plot can be drawn now."""

    def __init__(self, exchanges: Sequence[Exchange], describe: Callable[[Exchange], str]) -> None:
        super().__init__()
        self.controls = PlotControls()
        self.plot: LatencyPlot | None = None
        self._points: LatencyPoints | None = None
        self._loading = Background("the plotting library", self)
        self._exchanges = exchanges
        self._describe = describe
        self._selected = 0
        self._from = 0
        self._shown: tuple[range, Summary] | None = None
        self._words = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._words.setObjectName("statisticsPlotWords")
        self._words.setProperty("role", "muted")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self._words)
        self.controls.changed.connect(self._on_controls)
        self.controls.fitAsked.connect(lambda: self.plot is not None and self.plot.fit())
        theme.theme_switch().changed.connect(self._draw)

    def changed(self, numbers: Sequence[int]) -> None:
        """Note exchanges that have changed."""
        if self._points is not None:
            self._points.changed(numbers)

    def work(self, most: int) -> bool:
        """Take in at most ``most`` exchanges; whether all are in. Once ``ready``: it is not before it was asked for."""
        if self._points is not None:
            return self._points.work(most)
        if not self.is_loading:
            self._words.setText("Preparing the plot…")
            self._loading.start(lambda _job: _load(), lambda _nothing: self._make(), self._on_failed)
        return True

    @property
    def is_loading(self) -> bool:
        """Whether the plot is about to be there."""
        return self._loading.busy

    def draw(self, counted: range, summary: Summary) -> None:
        """Draw the exchanges of these places, which add up to ``summary``."""
        self._shown = (counted, summary)
        self._draw()

    def select(self, number: int) -> None:
        """Light the point of an exchange; 0 for none."""
        self._selected = number
        if self.plot is not None:
            self.plot.light(number - 1 - self._from)
            self._say()

    def picture(self, kind: str) -> bytes:
        """The plot as it is on show, as ``png`` or ``svg``."""
        assert self.plot is not None
        title = self.plot.accessibleDescription()
        return picture(kind, self.plot.size(), self.plot.paint_on, theme.current().color("base"), title)

    # -- inside

    def _make(self) -> None:
        from ..models.latency_points import LatencyPoints
        from ..widgets.latency_plot import LatencyPlot

        self._points = LatencyPoints(self._exchanges)
        self.plot = LatencyPlot(lambda place: self._describe(self._exchanges[self._from + place]))
        self.plot.scaleAsked.connect(self.controls.log.toggle)
        self.plot.picked.connect(lambda place: self.picked.emit(self._from + place + 1))
        self.plot.set_logarithmic(on=self.controls.log.isChecked())
        self._layout.insertWidget(0, self.plot, 1)
        self.ready.emit()

    def _on_failed(self, error: Exception) -> None:
        self._words.setText(f"There is no plot: {error}")

    def _on_controls(self) -> None:
        if self.plot is not None:
            if self.plot.logarithmic != self.controls.log.isChecked():
                self.plot.set_logarithmic(on=self.controls.log.isChecked())
            self._draw()

    def _draw(self) -> None:
        if self.plot is None or self._points is None or self._shown is None:
            return
        import numpy as np

        from ..widgets.latency_plot import Picture

        counted, summary = self._shown
        self._from = counted.start
        part = slice(counted.start, counted.stop)
        points = self._points
        is_total = self.controls.times.currentIndex() == 0
        status = points.status[part]
        durations = summary.total if is_total else summary.first
        lines = [(percent, durations.percentile(percent)) for percent in _PERCENTS]
        picture = Picture(
            points.sent_s[part],
            (points.total_s if is_total else points.first_s)[part],
            self._by_status(status)
            if self.controls.looks.currentIndex() == 0
            else self._by_action(points.action[part]),
            np.isin(status, _FAILED),
            [(f"p{percent}", value / 1e9) for percent, value in lines if value >= 0],
        )
        self.plot.show_picture(picture)
        self.plot.light(self._selected - 1 - self._from)
        self._say()

    @staticmethod
    def _by_status(status: Any) -> list[Series]:
        import numpy as np

        from ..widgets.latency_plot import Series

        colors = theme.current()
        series = []
        for layer, (each, (symbol, glyph)) in enumerate(_STATUS_SYMBOLS.items()):
            _glyph, word, color = STATUS_LOOK[each]
            series.append(Series(word, symbol, glyph, colors.color(color), np.flatnonzero(status == each), layer))
        return series

    def _by_action(self, action: Any) -> list[Series]:
        import numpy as np

        from ..widgets.latency_plot import Series

        assert self._points is not None
        palette = theme.current().correlation
        series = []
        for name, number in list(self._points.actions.items())[: len(_SYMBOLS)]:
            symbol, glyph = _SYMBOLS[number]
            color = QColor(palette[number % len(palette)])
            series.append(Series(name or "no action", symbol, glyph, color, np.flatnonzero(action == number)))
        others = np.flatnonzero(action >= len(_SYMBOLS))
        series.append(Series("others", *_OTHERS, theme.current().color("muted"), others))
        return series

    def _say(self) -> None:
        """The plot in words, for those who do not see it and for those who do."""
        if self.plot is None or self._shown is None:
            return
        _counted, summary = self._shown
        durations = summary.total if self.controls.times.currentIndex() == 0 else summary.first
        parts = []
        if len(durations):
            told = ", ".join(f"p{percent} {duration_text(durations.percentile(percent))}" for percent in _PERCENTS)
            what = self.controls.times.currentText()
            parts.append(f"{len(durations):,} answered, {what}: {told}, longest {duration_text(durations.max)}")
        failed = [
            f"{summary.by_status[each]:,} {word}"
            for each, (_glyph, word, _color) in STATUS_LOOK.items()
            if each.ended and each is not ExchangeStatus.COMPLETED and summary.by_status[each]
        ]
        if failed:
            parts.append(", ".join(failed))
        if summary.open:
            parts.append(f"{summary.open:,} open without a point")
        whole = ". ".join(parts) + "."
        self.plot.setAccessibleDescription(f"{whole} {self._selection()}".strip())
        self._words.setText(" · ".join(part for part in (self._selection(), whole) if part))

    def _selection(self) -> str:
        if not 0 < self._selected <= len(self._exchanges):
            return ""
        exchange = self._exchanges[self._selected - 1]
        took = f" after {duration_text(exchange.total_ns)}" if exchange.ended_ns >= 0 else ""
        return f"Lit: {exchange.action or 'no action'}, {status_text(exchange)}{took}"


def _load() -> None:
    # In a thread, and not before a plot is seen: numpy and pyqtgraph take a third of a second and 40 MB.
    import_module("optave_inspector.ui.models.latency_points")
    import_module("optave_inspector.ui.widgets.latency_plot")


def _combo(name: str, accessible_name: str, items: Sequence[str]) -> QComboBox:
    combo = QComboBox()
    combo.setObjectName(name)
    combo.setAccessibleName(accessible_name)
    combo.setToolTip(accessible_name)
    combo.addItems(list(items))
    return combo
