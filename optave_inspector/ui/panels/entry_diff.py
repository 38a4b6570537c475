"""The Diff tab: what an entry changes against the update before it, or against any other entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QSizePolicy, QSpinBox, QToolButton

from ...capture.schema import StoreError
from ..models.entry_diff import diff_rows, former_update
from ..widgets.wheel_guard import WheelGuard
from .entry_list_page import EntryListPage

if TYPE_CHECKING:
    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge
    from ..models.entry_content import EntryContent

FORMER, NUMBER = 0, 1
_NO_NUMBER = ("No entry to compare with is chosen.", "Type its number, or pin this one and select another.")
_AT_ONCE = 48 * 1024
"""Bytes of both messages up to which comparing them does not hold up the window."""


class EntryDiff(EntryListPage):
    """Compares the entry on show with the one that the controls name."""

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__("entryDiff", "Differences")
        self.list.setAccessibleDescription("Enter goes to the place of a difference in the tree.")
        self._session = bridge.session
        self._content: EntryContent | None = None
        self.against = QComboBox()
        self.against.setObjectName("entryDiffAgainstCombo")
        self.against.setAccessibleName("Compare with")
        self.against.addItems(["Former update", "Entry number"])
        self.against.setToolTip("The answer before it in its exchange, or any entry")
        self.against.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.number = QSpinBox()
        self.number.setObjectName("entryDiffNumberSpin")
        self.number.setAccessibleName("Number of the entry to compare with")
        self.number.setRange(0, self._session.store.count)
        self.number.setSpecialValueText("none")
        self.number.setKeyboardTracking(False)
        self.number.setMinimumWidth(78)
        self.pin = QToolButton()
        self.pin.setObjectName("entryDiffPinButton")
        self.pin.setText("Pin")
        self.pin.setAccessibleName("Compare the next entries with this one")
        self.pin.setToolTip("Keep this entry as the one to compare with; then select another")
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.against, 1)
        row.addWidget(self.number)
        row.addWidget(self.pin)
        self.top.addLayout(row)
        self._guard = WheelGuard(self)
        self.against.currentIndexChanged.connect(self._show)
        self.number.valueChanged.connect(self._on_number)
        self.number.editingFinished.connect(self._on_entered)
        self.pin.clicked.connect(self._pin)
        bridge.entriesAdded.connect(self.number.setMaximum)
        bridge.exchangesChanged.connect(self._on_changed)
        self.show_content(None)

    def show_content(self, content: EntryContent | None) -> None:
        """Compare this entry; None for no entry."""
        self._content = content
        self.pin.setEnabled(content is not None)
        self._show()

    def _show(self) -> None:
        content = self._content
        if content is None:
            self.say("")
            return
        own = content.entry.number
        exchange = self._exchange(content.entry.exchange)
        former = former_update(exchange, own)
        base = former if self.against.currentIndex() == FORMER else self.number.value()
        if not base:
            by_number = self.against.currentIndex() == NUMBER
            self.say(*(_NO_NUMBER if by_number else _no_former(exchange, own)))
            return
        if base == own:
            self.say(f"Entry {own:,} is to be compared with.", "Select another entry, or choose another number.")
            return
        store = self._session.store
        is_update = base == former
        size = len(content.payload) + self._size(base)
        self.work_out(
            lambda: diff_rows(store.payload(base), content.payload, base, is_update=is_update),
            size,
            "Nothing differs.",
            at_once=_AT_ONCE,
        )

    def _size(self, number: int) -> int:
        try:
            return self._session.store.entry(number).size
        except (StoreError, KeyError):
            # Reading its payload fails as well, and tells why.
            return 0

    def _exchange(self, number: int) -> Exchange | None:
        exchanges = self._session.exchanges
        return exchanges[number - 1] if 0 < number <= len(exchanges) else None

    def _on_number(self) -> None:
        with QSignalBlocker(self.against):
            self.against.setCurrentIndex(NUMBER)
        self._show()

    def _on_entered(self) -> None:
        # Enter asks for the number that is there already; leaving the field does not.
        if self.number.hasFocus() and self.against.currentIndex() != NUMBER:
            self._on_number()

    def _pin(self) -> None:
        if self._content is None:
            return
        number = self._content.entry.number
        with QSignalBlocker(self.number):
            self.number.setMaximum(max(number, self._session.store.count))
            self.number.setValue(number)
        self._on_number()

    def _on_changed(self, numbers: list[int]) -> None:
        # An exchange learns of an answer a moment after the entry can be selected.
        if self.against.currentIndex() == FORMER and self._content is not None:
            exchange = self._content.entry.exchange
            if exchange in numbers and self.pages.currentWidget() is self.empty and not self.busy:
                self._show()


def _no_former(exchange: Exchange | None, own: int) -> tuple[str, str]:
    choose = "Choose an entry number, or pin this one and select another."
    if exchange is None:
        return "There is no former update to compare with.", choose
    if own == exchange.request_entry:
        return "This is a request, which has no former update.", choose
    return f"This is the first answer of exchange {exchange.number:,}.", choose
