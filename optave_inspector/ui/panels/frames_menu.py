"""What can be done with the row at hand: copy, filter by it, go to its request or answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QMenu

from ...capture.entry import EntryKind
from ...errors import InspectorError
from ..copy_as_menu import CopyAsMenu
from ..entry_evidence import is_text, was_own
from ..models.background import Background
from ..models.frame_columns import FrameColumn
from ..models.frame_terms import cell_term

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QPoint

    from ...capture.entry import Entry
    from ..bridge import SessionBridge
    from ..widgets.frame_view import FrameView

_AT_ONCE_BYTES = 1_000_000
_LONGEST_TERM = 50
_MOST_ROWS = 5_000
"""More rows at once would keep the window waiting."""


class FramesMenu(QObject):
    """The context menu of the frame log, and the steps through an exchange that keys take."""

    filterAsked = Signal(str)
    """Show the entries of this query alone."""
    sendAgainAsked = Signal(int)
    """Send the message of this entry once more."""
    editAgainAsked = Signal(int)
    """Open the message of this entry as a draft."""
    recipeAsked = Signal(list)
    """Make a recipe of these entries."""
    termAsked = Signal(str, bool)
    """Narrow the log further by this term, or exclude what it finds."""

    def __init__(self, bridge: SessionBridge, view: FrameView, marks: Sequence[QAction]) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._copying = Background("copy payload", self)
        self._term = ""
        self._menu = QMenu(view)
        self._menu.setObjectName("framesRowMenu")
        add = self._add
        self._copy_row = add("framesCopyRowAction", "Copy &row\tCtrl+C", self.copy_rows)
        self._copy_payload = add("framesCopyPayloadAction", "Copy &payload", self.copy_payload)
        self._copy_as = CopyAsMenu("framesCopyAs", bridge, self._message, bridge.warned.emit, view)
        self._menu.addMenu(self._copy_as)
        self._copy_id = add("framesCopyCorrelationAction", "Copy correlation &ID", self._copy_correlation)
        self._menu.addSeparator()
        self._by_cell = add("framesFilterByAction", "&Filter by this", lambda: self._ask_term(exclude=False))
        self._exclude = add("framesExcludeAction", "E&xclude this", lambda: self._ask_term(exclude=True))
        self._by_id = add("framesFilterCorrelationAction", "Show this &correlation ID only", self._filter_correlation)
        self._by_action = add("framesFilterActionAction", "Show this &action only", self._filter_action)
        self._menu.addSeparator()
        self.send_again = self._add_key("framesSendAgainAction", "&Send again", "Ctrl+R", self._ask_send_again)
        self.edit_again = self._add_key("framesEditAgainAction", "&Edit and send again", "Ctrl+E", self._ask_edit_again)
        self._menu.addSeparator()
        self._menu.addActions(marks)
        add("framesRecipeAction", "Sa&ve as recipe…", lambda: self.recipeAsked.emit(self._view.selected_numbers()))
        self._menu.addSeparator()
        self._before = add("framesStepBackAction", "Request or answer &before\tLeft", lambda: self.step(-1))
        self._after = add("framesStepOnAction", "Next a&nswer of this exchange\tRight", lambda: self.step(1))

    def popup(self, at: QPoint, column: FrameColumn | None = None) -> None:
        """Open at a point of the screen, for a cell of the current row, with what cannot be done disabled."""
        entry = self._entry()
        if entry is None:
            return
        rows = len(self._view.selected_rows())
        self._copy_row.setText(f"Copy {rows:,} &rows\tCtrl+C" if rows > 1 else "Copy &row\tCtrl+C")
        correlation = self._correlation_id(entry)
        for action in (self._copy_id, self._by_id):
            action.setEnabled(bool(correlation))
        self._by_action.setEnabled(bool(entry.action))
        self._term = "" if column is None or self._is_folded() else cell_term(entry, column, correlation)
        for action, words in ((self._by_cell, "&Filter by this"), (self._exclude, "E&xclude this")):
            action.setEnabled(bool(self._term))
            action.setText(f"{words}: {_plain(self._term)}" if self._term else words)
        self._copy_as.setEnabled(is_text(entry))
        self.send_again.setEnabled(was_own(entry))
        self.edit_again.setEnabled(is_text(entry))
        self._before.setEnabled(self._neighbour(-1) != 0)
        self._after.setEnabled(self._neighbour(1) != 0)
        self._menu.popup(at)

    def copy_rows(self) -> None:
        """The visible cells of the selected rows, separated by tabs, a line for each."""
        rows, columns = self._view.selected_rows(), self._view.frame_header.shown_columns()
        if len(rows) > _MOST_ROWS:
            self._bridge.warned.emit("warning", f"{len(rows):,} rows are too many to copy. Export them: File, Export.")
        elif rows:
            lines = [self._view.model().row_text(row, columns) for row in rows]
            QGuiApplication.clipboard().setText("\n".join(lines))

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

    def _message(self) -> str:
        entry = self._entry()
        if entry is None:
            raise InspectorError("No row is selected.")
        return self._bridge.session.store.payload(entry.number).decode("utf-8", "replace")

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

    def _add_key(self, object_name: str, text: str, keys: str, slot) -> QAction:
        action = self._add(object_name, text, lambda _checked=False: slot())
        action.setShortcut(QKeySequence(keys))
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._view.addAction(action)
        # What the menu disabled for one row must not keep the keys from the next.
        self._menu.aboutToHide.connect(lambda: action.setEnabled(True))
        return action

    def _ask_send_again(self) -> None:
        entry = self._entry()
        if entry is not None and was_own(entry):
            self.sendAgainAsked.emit(entry.number)
        elif entry is not None:
            self._bridge.warned.emit("warning", "Only a text message that was sent can be sent again. Edit it instead.")

    def _ask_edit_again(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.editAgainAsked.emit(entry.number)

    def _entry(self) -> Entry | None:
        number = self._view.current_number()
        return self._view.model().entry(number) if number else None

    def _correlation_id(self, entry: Entry) -> str:
        exchange = self._bridge.exchange(entry.exchange)
        return entry.correlation_id or (exchange.correlation_id if exchange is not None else "")

    def _copy_correlation(self) -> None:
        entry = self._entry()
        if entry is not None:
            QGuiApplication.clipboard().setText(self._correlation_id(entry))

    def _is_folded(self) -> bool:
        return self._view.model().shown(self._view.currentIndex().row()).folded > 0

    def _ask_term(self, *, exclude: bool) -> None:
        self.termAsked.emit(self._term, exclude)

    def _filter_correlation(self) -> None:
        entry = self._entry()
        if entry is not None:
            column = FrameColumn.CORRELATION
            self.filterAsked.emit(cell_term(entry, column, self._correlation_id(entry)))

    def _filter_action(self) -> None:
        entry = self._entry()
        if entry is not None:
            self.filterAsked.emit(cell_term(entry, FrameColumn.ACTION))

    def _neighbour(self, by: int) -> int:
        entry = self._entry()
        exchange = self._bridge.exchange(entry.exchange) if entry is not None else None
        if entry is None or exchange is None:
            return 0
        numbers = [exchange.request_entry, *exchange.answers]
        if entry.number not in numbers:
            return 0
        at = numbers.index(entry.number) + by
        return numbers[at] if 0 <= at < len(numbers) else 0


def _plain(term: str) -> str:
    """A term as a menu shows it: not too long, an ampersand is no mnemonic, and nothing stands for a shortcut."""
    shown = term if len(term) <= _LONGEST_TERM else f"{term[: _LONGEST_TERM - 1]}…"
    return shown.replace("&", "&&").replace("\t", " ")
