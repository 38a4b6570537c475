"""The panel of numbers: how many, how long, how often, per action and over all; as a table and as a plot."""

from __future__ import annotations

import io
import math
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu, QStackedWidget, QTabWidget, QToolButton, QVBoxLayout, QWidget

from ...comparing import TimePart
from ...tracing.csv_tables import write_statistics_csv
from ...tracing.statistics_range import StatisticsRange
from ..models.exchange_words import description
from ..models.statistics_table import StatisticsTableModel
from ..picture_saving import PictureSaving
from ..widgets.elided_label import ElidedLabel
from ..widgets.empty_state import EmptyState
from ..widgets.panel import Panel
from .statistics_plot import PlotPage
from .statistics_time import TimeChoice
from .statistics_view import StatisticsView

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from .exchanges import ExchangesPanel

_PAUSE_S = 0.1
"""The numbers change at most that often; and never while nothing changes or nobody sees them."""
_SHARE = 5
"""After work that took a while, as many times as long is left to the rest of the window."""
_AT_ONCE = 4_000
"""Exchanges that are counted in some milliseconds."""


class StatisticsPanel(Panel):
    """Statistics of a session, of all of it or of a part of the time that moves along."""

    compareAsked = Signal(object)
    """The user wants to set two captures or two times side by side: the chosen time as a TimePart."""

    def __init__(self, bridge: SessionBridge, exchanges: ExchangesPanel, parent: QWidget | None = None) -> None:
        super().__init__("Statistics", "statisticsPanel", parent)
        self._bridge = bridge
        self.range = StatisticsRange(bridge.session.exchanges)
        self.model = StatisticsTableModel(self)
        self.time = TimeChoice(exchanges.scale)
        self.table = StatisticsView(self.model)
        self.plot = PlotPage(bridge.session.exchanges, description)
        self._codes = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._codes.setObjectName("statisticsErrorCodes")
        self._codes.setProperty("role", "muted")
        self._due_s = 0.0
        self._stale = True
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._work)
        self._build()
        self.time.changed.connect(self._ask)
        self.table.selectionModel().currentRowChanged.connect(lambda *_rows: self._show_codes())
        bridge.exchangesChanged.connect(self._on_exchanges)
        bridge.exchangeSelected.connect(self.plot.select)
        self._saving = PictureSaving(bridge, self, "latencies")
        self.plot.controls.saveAsked.connect(self._save_plot)
        self.plot.picked.connect(bridge.select_exchange)
        self.plot.ready.connect(self._ask)
        self.plot.select(bridge.selected_exchange)
        self._ask()

    @property
    def busy(self) -> bool:
        """Whether numbers on show are about to change."""
        return self._later.isActive() or self.plot.is_loading

    def save_state(self) -> dict[str, Any]:
        """The chosen time, and how the plot looks."""
        return {"time": self.time.part.name, "plot": self.plot.controls.save_state()}

    def restore_state(self, state: dict[str, Any]) -> None:
        """Choose it again."""
        self.time.choose(str(state.get("time", "")))
        if isinstance(state.get("plot"), dict):
            self.plot.controls.restore_state(state["plot"])

    def showEvent(self, event) -> None:
        """Catch up with what came while nobody saw it."""
        super().showEvent(event)
        self._ask()

    def paintEvent(self, event) -> None:
        """The same for a panel that was behind another tab, which is not told when it comes forward."""
        super().paintEvent(event)
        if self._stale:
            self._ask()

    # -- inside

    def _build(self) -> None:
        self._empty = EmptyState(
            "statisticsEmpty", "No requests yet", "Send some from the composer: counts and times appear here."
        )
        self.tabs = QTabWidget()
        self.tabs.setObjectName("statisticsTabs")
        self.tabs.setAccessibleName("Views of the statistics")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setObjectName("statisticsTabBar")
        numbers = QWidget()
        layout = QVBoxLayout(numbers)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.table, 1)
        layout.addWidget(self._codes)
        self.tabs.addTab(numbers, "Numbers")
        self.tabs.addTab(self.plot, "Plot")
        self.tabs.setCornerWidget(self.plot.controls, Qt.Corner.TopRightCorner)
        self.plot.controls.hide()
        self.tabs.currentChanged.connect(self._on_tab)
        self._pages = QStackedWidget()
        self._pages.setObjectName("statisticsPages")
        self._pages.addWidget(self._empty)
        self._pages.addWidget(self.tabs)
        self.body.addWidget(self._pages, 1)
        self.header.addWidget(self.time)
        self.copy_button = QToolButton()
        self.copy_button.setObjectName("statisticsCopyButton")
        self.copy_button.setText("Copy ▾")
        self.copy_button.setAccessibleName("Copy the numbers")
        self.copy_button.setToolTip("Copy the numbers as text or as CSV")
        self.copy_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("statisticsCopyMenu")
        for name, text, slot in (
            ("statisticsCopyTextAction", "As &text", self.copy_text),
            ("statisticsCopyCsvAction", "As &CSV", self.copy_csv),
        ):
            action = menu.addAction(text)
            action.setObjectName(name)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        self.copy_button.setMenu(menu)
        self.header.addWidget(self.copy_button)
        self.compare_button = QToolButton()
        self.compare_button.setObjectName("statisticsCompareButton")
        self.compare_button.setText("Compare…")
        self.compare_button.setAccessibleName("Compare two captures or two times")
        self.compare_button.setToolTip("Set two captures, or two times of one, side by side")
        self.compare_button.clicked.connect(lambda _checked=False: self.compareAsked.emit(self._part()))
        self.header.addWidget(self.compare_button)
        copy = QAction("&Copy as text", self.table)
        copy.setObjectName("statisticsCopyAction")
        copy.setShortcut(QKeySequence.StandardKey.Copy)
        copy.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        copy.triggered.connect(lambda _checked=False: self.copy_text())
        self.table.addAction(copy)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def copy_text(self) -> None:
        """Put the table on the clipboard, to be read."""
        QGuiApplication.clipboard().setText(self.model.text(self._heading()))

    def copy_csv(self) -> None:
        """Put the table on the clipboard, to be computed with."""
        out = io.StringIO(newline="")
        write_statistics_csv(self.range.statistics, out)
        QGuiApplication.clipboard().setText(out.getvalue())

    def _save_plot(self, kind: str) -> None:
        if self.plot.plot is not None:
            self._saving.ask(kind, lambda: self.plot.picture(kind))

    def _part(self) -> TimePart:
        """The chosen time, in seconds since the first request."""
        exchanges = self._bridge.session.exchanges
        if not exchanges:
            return TimePart()
        origin_ns = exchanges[0].sent_ns
        start_ns, end_ns = self.time.limits(exchanges[-1])
        from_s = 0.0 if start_ns is None else max((start_ns - origin_ns) / 1e9, 0.0)
        return TimePart(from_s, math.inf if end_ns is None else max((end_ns - origin_ns) / 1e9, from_s))

    def _heading(self) -> str:
        return f"{self._bridge.session.store.path.stem}: {self.time.words()}"

    def _on_exchanges(self, numbers: list[int]) -> None:
        self.range.changed(numbers)
        self.plot.changed(numbers)
        self._ask()

    def _on_tab(self) -> None:
        self.plot.controls.setVisible(self.tabs.currentWidget() is self.plot)
        self._ask()

    def _ask(self) -> None:
        """Show what is new as soon as it is time to."""
        self._stale = not self.is_seen()
        if not self._stale and not self._later.isActive():
            self._later.start(max(0, round((self._due_s - time.monotonic()) * 1000)))

    def _work(self) -> None:
        if not self.is_seen():
            self._stale = True
            return
        began_s = time.monotonic()
        exchanges = self._bridge.session.exchanges
        newest = exchanges[-1] if exchanges else None
        self.range.move(*self.time.limits(newest))
        done = self.range.work(_AT_ONCE)
        self._show(len(exchanges))
        if self.tabs.currentWidget() is self.plot and exchanges:
            done = self.plot.work(_AT_ONCE) and done
            if done and self.plot.plot is not None:
                self.plot.draw(self.range.counted, self.range.statistics.overall)
        took_s = time.monotonic() - began_s
        # What is counted bit by bit goes on at once; the next news wait.
        self._due_s = time.monotonic() + (0 if not done else max(_PAUSE_S, took_s * _SHARE))
        if not done:
            self._ask()

    def _show(self, count: int) -> None:
        counted = self.range.counted
        self.model.show(self.range.statistics, self.range.span_ns)
        self.table.fit()
        self._show_codes()
        self._pages.setCurrentIndex(1 if count else 0)
        for control in (self.time, self.copy_button, self.compare_button):
            control.setVisible(count > 0)
        if not count:
            self.set_note("")
        elif len(counted) == count:
            self.set_note("1 exchange" if count == 1 else f"{count:,} exchanges")
        else:
            self.set_note(f"{len(counted):,} of {count:,} exchanges")

    def _show_codes(self) -> None:
        row = self.table.currentIndex().row()
        told = self.model.errors_by_code(max(row, 0))
        self._codes.setText(told)
        self._codes.setVisible(bool(told))
