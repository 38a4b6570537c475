"""The strip below an entry: what was found, and which exchange it belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QWidget

from ..models.entry_checks import checks_of, exchange_line
from ..widgets.flow_layout import FlowLayout
from ..widgets.look import set_look

if TYPE_CHECKING:
    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge
    from ..models.entry_checks import Check
    from ..models.entry_content import EntryContent

_LEAST_WIDTH = 120
_BUTTON_PADDING = 26
_NAMES = ("json", "problem", "schema", "exchange", "size", "auto", "compressed", "fragments")


class EntryChecks(QWidget):
    """Chips that wrap to as many lines as they need, and a button that selects the exchange everywhere."""

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        self.setObjectName("entryChecks")
        self.setAccessibleName("Checks of this entry")
        self._bridge = bridge
        self._content: EntryContent | None = None
        self._layout = FlowLayout(self)
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self._chips = {name: self._make_chip(name) for name in _NAMES}
        self.exchange_button = QPushButton()
        self.exchange_button.setObjectName("entryExchangeButton")
        self.exchange_button.setAccessibleName("Exchange of this entry")
        self.exchange_button.setProperty("kind", "quiet")
        self.exchange_button.setToolTip("Select this exchange everywhere")
        self.exchange_button.clicked.connect(self._select_exchange)
        # Less than the words need: they take two lines before the panel has to be wider.
        self.exchange_button.setMinimumWidth(_LEAST_WIDTH)
        self._line = ""
        self._layout.addWidget(self.exchange_button)
        bridge.exchangesChanged.connect(self._on_changed)
        self.show_content(None)

    def show_content(self, content: EntryContent | None) -> None:
        """Show what is known of an entry; None for no entry."""
        self._content = content
        exchange = self._exchange()
        found: dict[str, Check] = {}
        if content is not None:
            found = {check.name: check for check in checks_of(content, exchange)}
        for name, chip in self._chips.items():
            check = found.get(name)
            chip.setVisible(check is not None)
            if check is not None:
                chip.setText(check.text)
                chip.setToolTip(check.details)
                chip.setAccessibleName(check.text)
                chip.setAccessibleDescription(check.details)
                set_look(chip, "chip", check.look)
        self.exchange_button.setVisible(exchange is not None)
        if exchange is not None and content is not None:
            line = exchange_line(exchange, content.entry)
            self._line = line
            self._fit_line()
            self.exchange_button.setAccessibleName(line)
        self.setVisible(bool(found) or exchange is not None)
        self.updateGeometry()

    def texts(self) -> list[str]:
        """What the chips on show say."""
        return [chip.text() for chip in self._chips.values() if not chip.isHidden()]

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit_line()

    def _fit_line(self) -> None:
        """Put the exchange into two lines where one has no room."""
        room = self.width() - _BUTTON_PADDING
        fits = self.exchange_button.fontMetrics().horizontalAdvance(self._line) <= room
        before, _, after = self._line.rpartition(" · ")
        text = self._line if fits or not before else f"{before}\n{after}"
        if text != self.exchange_button.text():
            self.exchange_button.setText(text)
            self.updateGeometry()

    def _make_chip(self, name: str) -> QLabel:
        chip = QLabel()
        chip.setObjectName(f"entry{name.title()}Chip")
        chip.setTextFormat(Qt.TextFormat.PlainText)
        chip.setProperty("chip", "neutral")
        self._layout.addWidget(chip)
        return chip

    def _exchange(self) -> Exchange | None:
        return self._bridge.exchange(self._content.entry.exchange) if self._content is not None else None

    def _select_exchange(self) -> None:
        if self._content is not None:
            self._bridge.select_exchange(self._content.entry.exchange)

    def _on_changed(self, numbers: list[int]) -> None:
        if self._content is not None and self._content.entry.exchange in numbers:
            self.show_content(self._content)
