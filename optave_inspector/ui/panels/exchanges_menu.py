"""What can be done with the exchange at hand, and with the view: the context menu of the exchanges and its keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from ...errors import InspectorError
from ..copy_as_menu import CopyAsMenu
from ..delegates.waterfall_scale import ScaleMode, WaterfallScale
from ..models.exchange_columns import ExchangeColumn

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge
    from ..models.exchange_table import ExchangeTableModel
    from .exchanges_view import ExchangeView

_FIRST, _LAST = -2, 2
_ONE = -1, 1


class ExchangesMenu(QObject):
    """Adds its actions to the view, whose context menu they are; those about a row are enabled while there is one."""

    sendAgainRequested = Signal(int)
    editAgainRequested = Signal(int)
    recipeRequested = Signal(int)
    """Make a recipe of the exchange of this number."""

    def __init__(
        self, bridge: SessionBridge, view: ExchangeView, model: ExchangeTableModel, scale: WaterfallScale
    ) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._model = model
        self._scale = scale
        self._of_row: list[QAction] = []
        self._add_of_row()
        self._separator()
        self._add_sorting()
        self._add("FoldAll", "Fold all &groups", "Shift+Left", lambda: model.fold_all(True))
        self._add("UnfoldAll", "&Unfold all groups", "Shift+Right", lambda: model.fold_all(False))
        self._separator()
        self._add_scaling()
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        view.stepped.connect(self.step)
        self.refresh()

    def refresh(self) -> None:
        """Enable what can be done."""
        exchange = self.current()
        for action in self._of_row:
            action.setEnabled(exchange is not None)
        self.cancel_action.setEnabled(exchange is not None and not exchange.status.ended)

    def current(self) -> Exchange | None:
        """The exchange of the current row."""
        index = self._view.currentIndex()
        return self._model.exchange(index.row()) if index.isValid() else None

    def step(self, by: int) -> None:
        """Select the message of this exchange before the selected one (-1), after (1), the first (-2), the last (2)."""
        exchange = self.current()
        if exchange is None:
            return
        entries = [exchange.request_entry, *exchange.answers, *exchange.duplicates]
        if by not in _ONE:
            self._bridge.select_entry(entries[0 if by == _FIRST else -1])
            return
        selected = self._bridge.selected_entry
        place = entries.index(selected) + by if selected in entries else 0
        self._bridge.select_entry(entries[min(max(place, 0), len(entries) - 1)])

    def show_answer(self, exchange: Exchange) -> None:
        """Select the last answer everywhere; the request where there is none."""
        self._bridge.select_entry(exchange.answers[-1] if exchange.answers else exchange.request_entry)

    # -- inside

    def _request(self) -> str:
        exchange = self.current()
        if exchange is None:
            raise InspectorError("No exchange is selected.")
        return self._bridge.session.store.payload(exchange.request_entry).decode("utf-8", "replace")

    def _cancel(self, exchange: Exchange) -> None:
        try:
            self._bridge.session.cancel_exchange(exchange.number)
        except InspectorError as error:
            self._bridge.tell_error(str(error))

    def _add_of_row(self) -> None:
        self._add_row_action(
            "Open", "&Open request and answer\tEnter", "", lambda one: self._view.opened.emit(one.number)
        )
        add = self._add_row_action
        add(
            "GoToRequest", "Go to the &request", "R", lambda exchange: self._bridge.select_entry(exchange.request_entry)
        )
        add("GoToAnswer", "Go to the last &answer", "A", self.show_answer)
        add("StepBack", "Message &before\tLeft", "", lambda _exchange: self.step(-1))
        add("StepOn", "Ne&xt message\tRight", "", lambda _exchange: self.step(1))
        copy = QKeySequence.StandardKey.Copy
        clipboard = QGuiApplication.clipboard()
        add("CopyId", "&Copy the correlation ID", copy, lambda exchange: clipboard.setText(exchange.correlation_id))
        menu = CopyAsMenu("exchangesCopyAs", self._bridge, self._request, self._bridge.warned.emit, self._view)
        self._of_row.append(menu.menuAction())
        self._view.addAction(menu.menuAction())
        self._separator()
        add("SendAgain", "&Send again", "Ctrl+R", lambda exchange: self.sendAgainRequested.emit(exchange.number))
        edit = "&Edit and send again"
        add("EditAgain", edit, "Ctrl+E", lambda exchange: self.editAgainRequested.emit(exchange.number))
        add("SaveRecipe", "Sa&ve as recipe…", "", lambda exchange: self.recipeRequested.emit(exchange.number))
        self.cancel_action = add("Cancel", "Cancel &waiting", "Del", self._cancel)
        self.cancel_action.setStatusTip("Wait no longer for an answer. The tenant is told nothing")

    def _add_row_action(self, name: str, text: str, keys, slot: Callable[[Exchange], object]) -> QAction:
        def act() -> None:
            exchange = self.current()
            if exchange is not None:
                slot(exchange)

        action = self._add(name, text, keys, act)
        self._of_row.append(action)
        return action

    def _add_sorting(self) -> None:
        menu = QMenu("Sor&t by", self._view)
        menu.setObjectName("exchangesSortMenu")
        for column in ExchangeColumn:
            title = self._model.headerData(column, Qt.Orientation.Horizontal)
            action = menu.addAction(title)
            action.setObjectName(f"exchangesSortBy{column.name.capitalize()}Action")
            action.triggered.connect(lambda _checked=False, column=column: self._view.sort_by(column))
        self._view.addAction(menu.menuAction())

    def _add_scaling(self) -> None:
        scale = self._scale
        for name, text, keys, slot in (
            ("ZoomIn", "Zoom &in", QKeySequence.StandardKey.ZoomIn, lambda: scale.zoom(0.5)),
            ("ZoomOut", "Zoom &out", QKeySequence.StandardKey.ZoomOut, lambda: scale.zoom(2.0)),
            ("Earlier", "Ea&rlier", "Alt+Left", lambda: scale.move(-0.25)),
            ("Later", "&Later", "Alt+Right", lambda: scale.move(0.25)),
            ("Fit", "Show the &whole session", "Ctrl+0", lambda: scale.set_mode(ScaleMode.FIT)),
            ("Follow", "&Follow the last 60 s", "Ctrl+9", lambda: scale.set_mode(ScaleMode.FOLLOW)),
        ):
            self._add(name, text, keys, slot)
        self._add_row_action("ZoomToRow", "&Zoom to this exchange", "Z", self._zoom_to)

    def _zoom_to(self, exchange: Exchange) -> None:
        last = exchange.update_ns[-1] if exchange.update_ns else exchange.sent_ns
        end = max(last, exchange.ended_ns if exchange.ended_ns >= 0 else self._model.now_ns())
        room = max((end - exchange.sent_ns) // 10, 1_000_000)
        self._scale.set_range(exchange.sent_ns - room, end + room)

    def _add(self, name: str, text: str, keys, slot) -> QAction:
        action = QAction(text, self._view)
        action.setObjectName(f"exchanges{name}Action")
        action.setShortcut(keys)
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: slot())
        self._view.addAction(action)
        return action

    def _separator(self) -> None:
        separator = QAction(self._view)
        separator.setSeparator(True)
        self._view.addAction(separator)
