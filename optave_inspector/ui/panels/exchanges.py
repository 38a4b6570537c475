"""The panel that pairs requests with their answers: a table and a waterfall in one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QButtonGroup, QComboBox, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ...tracing.exchange import ExchangeStatus
from ..delegates.waterfall_scale import ScaleMode, WaterfallScale
from ..dialogs.exchange_dialog import ExchangeDialog
from ..models.exchange_density import Density
from ..models.exchange_groups import CHOICES
from ..models.exchange_table import ExchangeTableModel
from ..models.exchange_words import description, detail_text
from ..widgets.elided_label import ElidedLabel
from ..widgets.empty_state import EmptyState
from ..widgets.panel import Panel
from .exchanges_latencies import LatencyLine
from .exchanges_menu import ExchangesMenu
from .exchanges_minimap import Minimap
from .exchanges_picture import ExchangesPicture
from .exchanges_search import ExchangesSearch
from .exchanges_strip import ExchangesStrip
from .exchanges_view import ExchangeView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..bridge import SessionBridge

_GROW_MS = 100
"""How often bars of open exchanges grow; nothing runs while none is open."""
_SHORT = 8
"""Characters of the chosen grouping that are always to be read."""
_NOTHING, _TABLE, _NO_MATCH = range(3)
_COUNTED = (
    (ExchangeStatus.ERROR, "error", "errors"),
    (ExchangeStatus.TIMED_OUT, "timed out", "timed out"),
    (ExchangeStatus.CUT_OFF, "cut off", "cut off"),
    (ExchangeStatus.CANCELLED, "cancelled", "cancelled"),
    (ExchangeStatus.NOT_SENT, "not sent", "not sent"),
)


class ExchangesPanel(Panel):
    """All exchanges of a session. Selecting one selects it everywhere, and the other way round."""

    recipeRequested = Signal(int)
    """Make a recipe of the exchange of this number."""
    sendAgainRequested = Signal(int)
    """Send the request of this exchange once more, at once, with new IDs."""
    editAgainRequested = Signal(int)
    """Take the request of this exchange into the composer."""
    termAsked = Signal(str, bool)
    """Narrow the frame log by this term, or exclude what it finds."""

    def __init__(self, bridge: SessionBridge, parent: QWidget | None = None) -> None:
        super().__init__("Traces", "exchangesPanel", parent)
        self._bridge = bridge
        self.model = ExchangeTableModel(bridge.session.exchanges, parent=self)
        self.scale = WaterfallScale(self.model.extent, self.model.now_ns, self)
        self.view = ExchangeView(self.model, self.scale)
        self._density = Density()
        self.minimap = Minimap(self.scale, self._density)
        self.search = ExchangesSearch(bridge.session, self.model, self)
        self.menu = ExchangesMenu(bridge, self.view, self.model, self.scale)
        self._detail = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._detail.setObjectName("exchangesDetail")
        self._detail.setProperty("role", "muted")
        self.picture = ExchangesPicture(bridge, self.view, self.model, self.scale, self.search)
        self.view.addAction(self.picture.menu.menuAction())
        self.own_actions.append(self.picture.menu.menuAction())
        self._latencies = LatencyLine()
        self._empty = EmptyState(
            "exchangesEmpty", "No requests yet", "Send a request from the composer: its answers appear here."
        )
        self._no_match = EmptyState("exchangesNoMatch", button="Show all exchanges")
        self._pages = QStackedWidget()
        self._pages.setObjectName("exchangesPages")
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.view, 1)
        layout.addWidget(self._detail)
        # The line of latencies hides itself while it has nothing to say.
        self._latency_room = QWidget()
        QVBoxLayout(self._latency_room).addWidget(self._latencies)
        self._latency_room.layout().setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._latency_room)
        for page in (self._empty, content, self._no_match):
            self._pages.addWidget(page)
        self._strip = ExchangesStrip(self.search.bar, self.minimap, self.view)
        self.body.addWidget(self._strip)
        self.body.addWidget(self._pages, 1)
        self.groups = QComboBox()
        self.groups.setObjectName("exchangesGroupCombo")
        self.groups.setAccessibleName("Group exchanges")
        self.groups.setToolTip("Show exchanges that belong together below one heading, which folds with a click")
        # Gives way in a narrow panel, down to the beginning of a word.
        self.groups.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.groups.setMinimumContentsLength(_SHORT)
        self.groups.setMinimumWidth(50)
        for _by, words in CHOICES:
            self.groups.addItem(words)
        longest = max(self.fontMetrics().horizontalAdvance(words) for _by, words in CHOICES)
        self.groups.view().setMinimumWidth(longest + 30)
        self.header.addWidget(self.search.missing_button)
        self.header.addWidget(self.groups)
        self._add_scale_buttons()
        self._grow = QTimer(self)
        self._grow.setInterval(_GROW_MS)
        self._grow.timeout.connect(self._on_time)
        self._connect()
        self._on_lives()
        self._take_in(range(1, self.model.count + 1))
        self._on_selected(bridge.selected_exchange)

    def open_exchange(self, number: int) -> ExchangeDialog:
        """Show request and answer of an exchange side by side, in a window of its own."""
        dialog = ExchangeDialog(self._bridge, number, self.window())
        dialog.termAsked.connect(self.termAsked)
        dialog.show()
        return dialog

    def show_note(self) -> None:
        """Say in the heading how many exchanges there are, how many of them are shown, and how they ended."""
        self.set_note(self._note())
        self.note_label.setToolTip("\n".join(self._bridge.session.counts.lines()))

    def save_state(self) -> dict[str, Any]:
        """The grouping, as plain values for a layout file."""
        return {"group": self.model.grouped_by or ""}

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """What :meth:`save_state` gave, of this or another version: what is not understood is passed over."""
        kept = state.get("group")
        place = next((place for place, (by, _words) in enumerate(CHOICES) if by == kept), 0)
        self.groups.setCurrentIndex(place)

    # -- inside

    def _connect(self) -> None:
        bridge, view, search = self._bridge, self.view, self.search
        view.currentExchangeChanged.connect(bridge.select_exchange)
        view.opened.connect(self.open_exchange)
        view.selectionModel().currentChanged.connect(self._on_current)
        self.menu.sendAgainRequested.connect(self.sendAgainRequested)
        self.menu.recipeRequested.connect(self.recipeRequested)
        self.menu.editAgainRequested.connect(self.editAgainRequested)
        self.model.layoutChanged.connect(self._on_rearranged)
        self.groups.currentIndexChanged.connect(lambda place: self.model.group_by(CHOICES[place][0]))
        search.changed.connect(self._refresh)
        search.matched.changed.connect(lambda: self.minimap.show_matched(search.matched.density))
        search.left.connect(lambda: view.setFocus(Qt.FocusReason.TabFocusReason))
        self._no_match.button.clicked.connect(lambda: search.bar.set_text(""))
        bridge.exchangesChanged.connect(self._on_exchanges)
        # An orphan belongs to no exchange: entries alone tell of it.
        bridge.entriesAdded.connect(lambda _count: self.show_note())
        bridge.exchangeSelected.connect(self._on_selected)
        for signal in (bridge.stateChanged, bridge.ended, bridge.failed):
            signal.connect(self._on_lives)

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

    def _on_exchanges(self, numbers: list[int]) -> None:
        self.model.update(numbers)
        self._on_lives()
        self._take_in(numbers)

    def _take_in(self, numbers: list[int] | range) -> None:
        """What the model knows already, for all others that count."""
        exchanges = self._bridge.session.exchanges
        self._density.update(exchanges[number - 1] for number in numbers)
        self.search.update(numbers)
        self._latencies.show_statistics(self.model.statistics)
        if self.model.extent.waiting and not self._grow.isActive():
            self._grow.start()
        elif not self.model.extent.waiting:
            self._grow.stop()
        self._on_time()
        self._refresh()

    def _show_detail(self) -> None:
        """What the row of the selected exchange has no room for; the latencies of all where none is selected."""
        exchange = self.menu.current()
        self._detail.setVisible(exchange is not None)
        self._latency_room.setVisible(exchange is None)
        if exchange is not None:
            self._detail.setText(detail_text(exchange))
            self._detail.setToolTip(description(exchange))

    def _on_time(self) -> None:
        self.view.update_time()
        self.minimap.refresh()

    def _on_selected(self, number: int) -> None:
        self.view.select(self.model.row_of(number))
        self._on_current()

    def _on_current(self) -> None:
        self.menu.refresh()
        self._show_detail()

    def _on_rearranged(self) -> None:
        """Rows went elsewhere; what is selected may have a row again. Whoever stands on a heading stays there."""
        number = self._bridge.selected_exchange
        if number and not self.view.currentIndex().isValid():
            self.view.select(self.model.row_of(number))

    def _on_lives(self) -> None:
        self.scale.set_lives(self._bridge.session.lives)

    def _show_mode(self) -> None:
        for mode, button in self._mode_buttons.items():
            button.setChecked(mode is self.scale.mode)

    def _refresh(self) -> None:
        some = self.model.count > 0
        nothing_left = self.model.narrowed and not self.model.rowCount()
        if nothing_left:
            self._no_match.say(f"No exchange matches “{self.search.bar.query}”.", "New ones that match appear here.")
        self._pages.setCurrentIndex((_NO_MATCH if nothing_left else _TABLE) if some else _NOTHING)
        self._strip.setVisible(some)
        for control in (*self._mode_buttons.values(), self.groups):
            control.setVisible(some)
        self._on_current()
        self.show_note()

    def _note(self) -> str:
        overall, count = self.model.statistics.overall, self.model.count
        if not count:
            return ""
        if self.model.narrowed:
            parts = [f"{self.model.shown:,} of {count:,}"]
        else:
            parts = ["1 exchange" if count == 1 else f"{count:,} exchanges"]
        if self.search.note:
            parts.append(self.search.note)
        for status, one, many in _COUNTED:
            ended = overall.by_status[status]
            if ended:
                parts.append(f"{ended:,} {one if ended == 1 else many}")
        if overall.open:
            parts.append(f"{overall.open:,} waiting")
        orphans = self._bridge.session.counts.orphans
        if orphans:
            parts.append(f"{orphans:,} orphan {'answer' if orphans == 1 else 'answers'}")
        return " · ".join(parts)
