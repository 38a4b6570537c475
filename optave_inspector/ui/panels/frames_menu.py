"""What can be done with the row at hand: copy, filter by it, go to its request or answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu

from ...capture.entry import EntryKind
from ..models.background import Background

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint

    from ...capture.entry import Entry
    from ..bridge import SessionBridge
    from ..widgets.frame_view import FrameView

_AT_ONCE_BYTES = 1_000_000


class FramesMenu(QObject):
    """The context menu of the frame log, and the steps through an exchange that keys take."""

    filterAsked = Signal(str)
    """Narrow the log to entries with this text."""

    def __init__(self, bridge: SessionBridge, view: FrameView) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._copying = Background("copy payload", self)
        self._menu = QMenu(view)
        self._menu.setObjectName("framesRowMenu")
        add = self._add
        self._copy_row = add("framesCopyRowAction", "Copy &row\tCtrl+C", self.copy_row)
        self._copy_payload = add("framesCopyPayloadAction", "Copy &payload", self.copy_payload)
        self._copy_id = add("framesCopyCorrelationAction", "Copy correlation &ID", self._copy_correlation)
        self._menu.addSeparator()
        self._by_id = add("framesFilterCorrelationAction", "Filter by this &correlation ID", self._filter_correlation)
        self._by_action = add("framesFilterActionAction", "Filter by this &action", self._filter_action)
        self._menu.addSeparator()
        self._before = add("framesStepBackAction", "Request or answer &before\tLeft", lambda: self.step(-1))
        self._after = add("framesStepOnAction", "Next a&nswer of this exchange\tRight", lambda: self.step(1))

    def popup(self, at: QPoint) -> None:
        """Open at a point of the screen, with what cannot be done disabled."""
        entry = self._entry()
        if entry is None:
            return
        correlation = self._correlation_id(entry)
        for action in (self._copy_id, self._by_id):
            action.setEnabled(bool(correlation))
        self._by_action.setEnabled(bool(entry.action))
        self._before.setEnabled(self._neighbour(-1) != 0)
        self._after.setEnabled(self._neighbour(1) != 0)
        self._menu.popup(at)

    def copy_row(self) -> None:
        """The visible cells of the current row, separated by tabs."""
        index = self._view.currentIndex()
        if index.isValid():
            columns = self._view.frame_header.shown_columns()
            QGuiApplication.clipboard().setText(self._view.model().row_text(index.row(), columns))

    def copy_payload(self) -> None:
        """The payload of the current row: text as text, anything else in hexadecimal."""
        entry = self._entry()
        if entry is None:
            return
        as_hex = entry.kind in (EntryKind.BINARY, EntryKind.RAW, EntryKind.CONTINUATION, EntryKind.CLOSE)
        store, number, clipboard = self._bridge.session.store, entry.number, QGuiApplication.clipboard()

        def read(_job: object = None) -> str:
            payload = store.payload(number)
            return payload.hex(" ") if as_hex else payload.decode("utf-8", "replace")

        if entry.size <= _AT_ONCE_BYTES:
            clipboard.setText(read())
        else:
            tell = self._bridge.warned.emit
            self._copying.start(read, clipboard.setText, lambda error: tell("error", f"Nothing was copied. {error}"))

    def step(self, by: int) -> None:
        """Select the entry before or after within the exchange of the selected entry."""
        number = self._neighbour(by)
        if number:
            self._bridge.select_entry(number)

    def _add(self, object_name: str, text: str, slot) -> QAction:
        action = self._menu.addAction(text)
        action.setObjectName(object_name)
        action.triggered.connect(slot)
        return action

    def _entry(self) -> Entry | None:
        number = self._view.current_number()
        return self._view.model().entry(number) if number else None

    def _correlation_id(self, entry: Entry) -> str:
        if entry.correlation_id or not entry.exchange:
            return entry.correlation_id
        return self._bridge.session.exchanges[entry.exchange - 1].correlation_id

    def _copy_correlation(self) -> None:
        entry = self._entry()
        if entry is not None:
            QGuiApplication.clipboard().setText(self._correlation_id(entry))

    def _filter_correlation(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.filterAsked.emit(self._correlation_id(entry))

    def _filter_action(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.filterAsked.emit(entry.action)

    def _neighbour(self, by: int) -> int:
        entry = self._entry()
        if entry is None or not entry.exchange:
            return 0
        exchange = self._bridge.session.exchanges[entry.exchange - 1]
        numbers = [exchange.request_entry, *exchange.answers]
        if entry.number not in numbers:
            return 0
        at = numbers.index(entry.number) + by
        return numbers[at] if 0 <= at < len(numbers) else 0
