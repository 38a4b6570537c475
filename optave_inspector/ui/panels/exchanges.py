"""The panel that pairs requests with their answers: a table and a waterfall in one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QButtonGroup, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ...protocol.states import ConnectionState
from ...tracing.exchange import ExchangeStatus
from ..delegates.waterfall_geometry import ConnectionMark
from ..delegates.waterfall_scale import ScaleMode, WaterfallScale
from ..models.exchange_table import ExchangeColumn, ExchangeTableModel
from ..widgets.empty_state import EmptyState
from ..widgets.panel import Panel
from .exchanges_latencies import LatencyLine
from .exchanges_view import ExchangeView

if TYPE_CHECKING:
    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge

_GROW_MS = 100
"""How often bars of open exchanges grow; nothing runs while none is open."""
_COUNTED = (
    (ExchangeStatus.ERROR, "error", "errors"),
    (ExchangeStatus.TIMED_OUT, "timed out", "timed out"),
    (ExchangeStatus.CUT_OFF, "cut off", "cut off"),
    (ExchangeStatus.CANCELLED, "cancelled", "cancelled"),
    (ExchangeStatus.NOT_SENT, "not sent", "not sent"),
)


class ExchangesPanel(Panel):
    """All exchanges of a session. Selecting one selects it everywhere, and the other way round."""

    sendAgainRequested = Signal(int)
    """Send the request of this exchange once more, at once, with new IDs."""
    editAgainRequested = Signal(int)
    """Take the request of this exchange into the composer."""

    def __init__(self, bridge: SessionBridge, parent: QWidget | None = None) -> None:
        super().__init__("Traces", "exchangesPanel", parent)
        self._bridge = bridge
        self.model = ExchangeTableModel(bridge.session.exchanges, parent=self)
        self.scale = WaterfallScale(self.model.extent, self.model.now_ns, self)
        self.view = ExchangeView(self.model, self.scale)
        self._latencies = LatencyLine()
        self._empty = EmptyState(
            "exchangesEmpty", "No requests yet", "Send a request from the composer: its answers appear here."
        )
        self._pages = QStackedWidget()
        self._pages.setObjectName("exchangesPages")
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._latencies)
        self._pages.addWidget(self._empty)
        self._pages.addWidget(content)
        self.body.addWidget(self._pages, 1)
        self._add_scale_buttons()
        self._add_actions()
        self._grow = QTimer(self)
        self._grow.setInterval(_GROW_MS)
        self._grow.timeout.connect(self.view.update_time)
        self.view.currentExchangeChanged.connect(bridge.select_exchange)
        self.view.activated.connect(lambda index: self._show_answer(self.model.exchange(index.row())))
        bridge.exchangesChanged.connect(self._on_exchanges)
        bridge.exchangeSelected.connect(self._on_selected)
        bridge.stateChanged.connect(self._on_state)
        bridge.ended.connect(self._on_ended)
        self._on_state()
        self._on_ended()
        self._on_exchanges([])
        self._on_selected(bridge.selected_exchange)

    # -- inside

    def _add_scale_buttons(self) -> None:
        group = QButtonGroup(self)
        group.setExclusive(False)
        self._mode_buttons: dict[ScaleMode, QToolButton] = {}
        for mode, text, tip in (
            (ScaleMode.FIT, "Fit", "Show the whole session (Ctrl+0)"),
            (ScaleMode.FOLLOW, "Last 60 s", "Follow the last 60 seconds (Ctrl+9)"),
        ):
            button = QToolButton()
            button.setObjectName(f"exchanges{mode.value.capitalize()}Button")
            button.setText(text)
            button.setAccessibleName(f"Time axis: {tip}")
            button.setToolTip(f"{tip}\nCtrl and the wheel zoom, Shift and the wheel move.")
            button.setCheckable(True)
            button.clicked.connect(lambda _checked=False, mode=mode: self.scale.set_mode(mode))
            group.addButton(button)
            self.header.addWidget(button)
            self._mode_buttons[mode] = button
        self.scale.changed.connect(self._show_mode)
        self._show_mode()

    def _add_actions(self) -> None:
        self._row_actions: list[QAction] = []
        self._action("GoToRequest", "Go to the &request", "R", self._go_to_request)
        self._action("GoToAnswer", "Go to the last &answer", "", self._go_to_answer).setText(
            "Go to the last &answer\tEnter"
        )
        self._action("CopyId", "&Copy the correlation ID", QKeySequence.StandardKey.Copy, self._copy_id)
        self._separator()
        self._action("SendAgain", "&Send again", "Ctrl+R", lambda: self._again(self.sendAgainRequested))
        self._action("EditAgain", "&Edit and send again", "Ctrl+E", lambda: self._again(self.editAgainRequested))
        self._separator()
        self._add_sorting()
        for name, text, keys, slot in (
            ("ZoomIn", "Zoom &in", QKeySequence.StandardKey.ZoomIn, lambda: self.scale.zoom(0.5)),
            ("ZoomOut", "Zoom &out", QKeySequence.StandardKey.ZoomOut, lambda: self.scale.zoom(2.0)),
            ("Earlier", "Ea&rlier", "Alt+Left", lambda: self.scale.move(-0.25)),
            ("Later", "&Later", "Alt+Right", lambda: self.scale.move(0.25)),
            ("Fit", "Show the &whole session", "Ctrl+0", lambda: self.scale.set_mode(ScaleMode.FIT)),
            ("Follow", "&Follow the last 60 s", "Ctrl+9", lambda: self.scale.set_mode(ScaleMode.FOLLOW)),
        ):
            self._row_actions.remove(self._action(name, text, keys, slot))
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def _add_sorting(self) -> None:
        menu = QMenu("Sor&t by", self.view)
        menu.setObjectName("exchangesSortMenu")
        for column in ExchangeColumn:
            title = self.model.headerData(column, Qt.Orientation.Horizontal)
            action = menu.addAction(title)
            action.setObjectName(f"exchangesSortBy{column.name.capitalize()}Action")
            action.triggered.connect(lambda _checked=False, column=column: self.view.sort_by(column))
        self.view.addAction(menu.menuAction())
        self._separator()

    def _action(self, name: str, text: str, keys, slot) -> QAction:
        action = QAction(text, self.view)
        action.setObjectName(f"exchanges{name}Action")
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: slot())
        self.view.addAction(action)
        self._row_actions.append(action)
        return action

    def _separator(self) -> None:
        separator = QAction(self.view)
        separator.setSeparator(True)
        self.view.addAction(separator)

    def _current(self) -> Exchange | None:
        index = self.view.currentIndex()
        return self.model.exchange(index.row()) if index.isValid() else None

    def _go_to_request(self) -> None:
        exchange = self._current()
        if exchange is not None:
            self._bridge.select_entry(exchange.request_entry)

    def _go_to_answer(self) -> None:
        exchange = self._current()
        if exchange is not None:
            self._show_answer(exchange)

    def _show_answer(self, exchange: Exchange) -> None:
        self._bridge.select_entry(exchange.answers[-1] if exchange.answers else exchange.request_entry)

    def _copy_id(self) -> None:
        exchange = self._current()
        if exchange is not None:
            QGuiApplication.clipboard().setText(exchange.correlation_id)

    def _again(self, signal) -> None:
        exchange = self._current()
        if exchange is not None:
            signal.emit(exchange.number)

    def _on_exchanges(self, numbers: list[int]) -> None:
        self.model.update(numbers)
        overall = self.model.statistics.overall
        self._pages.setCurrentIndex(1 if overall.count else 0)
        for button in self._mode_buttons.values():
            button.setVisible(overall.count > 0)
        self.set_note(self._note(overall))
        self._latencies.show_statistics(self.model.statistics)
        for action in self._row_actions:
            action.setEnabled(self._current() is not None)
        if overall.open and not self._grow.isActive():
            self._grow.start()
        elif not overall.open:
            self._grow.stop()
        self.view.update_time()

    def _on_selected(self, number: int) -> None:
        self.view.select(self.model.row_of(number))
        for action in self._row_actions:
            action.setEnabled(number > 0)

    def _on_state(self) -> None:
        session = self._bridge.session
        if session.opened_ns and session.state is not ConnectionState.CONNECTING:
            self.scale.add_mark(ConnectionMark(session.opened_ns))

    def _on_ended(self) -> None:
        ending = self._bridge.session.ending
        if ending is not None:
            self.scale.add_mark(ConnectionMark(ending.monotonic_ns, ending.code))

    def _show_mode(self) -> None:
        for mode, button in self._mode_buttons.items():
            button.setChecked(mode is self.scale.mode)

    @staticmethod
    def _note(overall) -> str:
        if not overall.count:
            return ""
        parts = ["1 exchange" if overall.count == 1 else f"{overall.count:,} exchanges"]
        for status, one, many in _COUNTED:
            count = overall.by_status[status]
            if count:
                parts.append(f"{count:,} {one if count == 1 else many}")
        if overall.open:
            parts.append(f"{overall.open:,} waiting")
        return " · ".join(parts)
