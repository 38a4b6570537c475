"""The frame log: every entry of the session, followed, frozen, searched, and linked with all other panels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QLabel, QPushButton, QStackedWidget

from ...capture.query.errors import QueryError
from ...capture.retention import in_units
from ...capture.schema import StoreError
from ..dialogs.filter_help import FilterHelp
from ..models.frame_columns import FrameColumn
from ..models.frame_table import FrameTableModel
from ..models.frame_terms import with_term
from ..models.seen_values import SeenValues
from ..widgets.empty_state import EmptyState
from ..widgets.frame_filter_bar import FrameFilterBar
from ..widgets.frame_view import FrameView
from ..widgets.look import set_look
from ..widgets.panel import Panel
from .frames_bookmarks import FramesBookmarks
from .frames_menu import FramesMenu
from .frames_saved_filters import SavedFiltersMenu
from .frames_search import FramesSearch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from ..bridge import SessionBridge


class FramesPanel(Panel):
    """All entries of a session. Pausing freezes the view alone: the capture goes on, and what is new is counted.

    ``filter_action`` (Ctrl+F) puts the cursor into the filter; a window may show it in its menu.
    """

    def __init__(self, bridge: SessionBridge, parent: QWidget | None = None) -> None:
        super().__init__("Frames", "framesPanel", parent)
        self._bridge = bridge
        session = bridge.session
        self.model = FrameTableModel(session.store, bridge.exchange, self)
        self.view = FrameView(self.model)
        self._seen = SeenValues(session.store)
        self.bar = FrameFilterBar(self.view.frame_header.menu, self._seen.latest)
        self.saved_filters = SavedFiltersMenu(self.bar.text_at_hand, self)
        self.bar.saved_button.setMenu(self.saved_filters)
        self._search = FramesSearch(self.bar, self.model, session.store, self)
        self.bookmarks = FramesBookmarks(bridge, self)
        self.menu = FramesMenu(bridge, self.view, (self.bookmarks.toggle_action, self.bookmarks.note_action))
        self.follow_button = _toggle("framesFollowButton", "Follow", "Keep the newest row in view (End)")
        self.follow_button.setChecked(True)
        self.pause_button = _toggle("framesPauseButton", "Pause", "Freeze the view; the capture goes on")
        self._unsaved = QLabel()
        self._unsaved.setObjectName("framesUnsaved")
        set_look(self._unsaved, "chip", "warning")
        for widget in (self._unsaved, self.follow_button, self.pause_button):
            self.header.addWidget(widget)
        self._nothing_yet = EmptyState(
            "framesEmpty",
            "No frames yet.",
            "Connect to a tenant: what goes over the wire in either direction appears here.",
        )
        self._no_match = EmptyState("framesNoMatch", button="Show all entries")
        self._start: QWidget = self._nothing_yet
        self._pages = QStackedWidget()
        self._pages.setObjectName("framesPages")
        for page in (self._nothing_yet, self.view, self._no_match):
            self._pages.addWidget(page)
        self.body.addWidget(self.bar)
        self.body.addWidget(self._pages, 1)
        self.filter_action = QAction("&Find in frames", self)
        self.filter_action.setObjectName("framesFilterAction")
        self.filter_action.setShortcut(QKeySequence(QKeySequence.StandardKey.Find))
        self.filter_action.triggered.connect(self.focus_filter)
        self.addAction(self.filter_action)
        self._connect()
        self._on_entries(session.store.count)
        self._show_unsaved()

    @property
    def paused(self) -> bool:
        """Whether the view is frozen."""
        return self.pause_button.isChecked()

    def set_start_page(self, page: QWidget) -> None:
        """Show ``page`` as long as there are no entries."""
        self._start = page
        self._pages.addWidget(page)
        self._refresh()

    def focus_filter(self) -> None:
        """Put the cursor into the filter, its text selected."""
        self.bar.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.bar.edit.selectAll()

    def add_term(self, text: str, *, exclude: bool = False) -> None:
        """Narrow the log further: entries that match ``text``, a query, or with ``exclude`` those that do not.

        A filter that cannot be read at the moment gives way to the last one that could.
        """
        try:
            self.bar.set_text(with_term(self.bar.query_at_hand(), text, exclude=exclude))
        except QueryError as error:
            self._bridge.tell_error(f"The filter cannot take this in. {error}")

    def save_state(self) -> dict[str, Any]:
        """Columns, the form of times and folding, as plain values for a layout file."""
        return {
            "columns": self.view.frame_header.save_state(),
            "elapsed": self.model.elapsed,
            "folding": self.model.folding,
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """What :meth:`save_state` gave, of this or another version: what is not understood is passed over."""
        columns = state.get("columns")
        if isinstance(columns, dict):
            self.view.frame_header.restore_state(columns)
        self._set_elapsed(state.get("elapsed") is True)
        self.bar.fold_button.setChecked(state.get("folding") is not False)

    def _connect(self) -> None:
        bridge, view, bar = self._bridge, self.view, self.bar
        bridge.entriesAdded.connect(self._on_entries)
        bridge.unsavedChanged.connect(self._show_unsaved)
        bridge.exchangesChanged.connect(self.model.exchanges_changed)
        bridge.entrySelected.connect(self._on_selected)
        bridge.exchangeSelected.connect(view.highlight_exchange)
        view.chosen.connect(self._on_chosen)
        view.opened.connect(self._on_opened)
        view.stepped.connect(self.menu.step)
        view.copyAsked.connect(self.menu.copy_rows)
        view.followingChanged.connect(self._on_following)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._on_menu)
        view.frame_header.elapsedChosen.connect(self._set_elapsed)
        self.model.modelReset.connect(self._restore_selection)
        self.menu.filterAsked.connect(bar.set_text)
        self.menu.termAsked.connect(lambda term, exclude: self.add_term(term, exclude=exclude))
        bar.help_button.clicked.connect(self._show_help)
        self.saved_filters.chosen.connect(bar.set_text)
        self.saved_filters.told.connect(bridge.warned)
        bar.directionChosen.connect(self._on_direction)
        bar.foldingChosen.connect(self._on_folding)
        self._search.changed.connect(self._refresh)
        self.bookmarks.changed.connect(self.model.bookmarks_changed)
        self.bookmarks.changed.connect(self._search.marks_changed)
        for left in (bar.left, self._search.left):
            left.connect(lambda: view.setFocus(Qt.FocusReason.TabFocusReason))
        self.follow_button.clicked.connect(view.set_following)
        self.pause_button.toggled.connect(self._on_paused)
        self._no_match.button.clicked.connect(bar.show_all)

    @Slot(int)
    def _on_entries(self, count: int) -> None:
        if not self.paused:
            try:
                self.model.grow(count)
            except StoreError as error:
                self._bridge.warned.emit("error", str(error))
            self.view.frame_header.make_room_for(count)
            self._search.extend(self.model.shown_through)
        self._refresh()

    def _on_paused(self, paused: bool) -> None:
        if not paused:
            self._on_entries(self._bridge.session.store.count)
        self._refresh()

    def _on_following(self, following: bool) -> None:
        self.follow_button.setChecked(following)
        self._refresh()

    def _show_unsaved(self) -> None:
        store = self._bridge.session.store
        unsaved = store.unsaved
        self._unsaved.setVisible(bool(unsaved))
        if unsaved:
            self._unsaved.setText(f"⚠ {unsaved:,} in memory only")
            what = f"{unsaved:,} {'entry' if unsaved == 1 else 'entries'} ({in_units(store.unsaved_bytes)})"
            self._unsaved.setToolTip(f"{what} that no file holds yet. {store.lost_persistence}")
            self._unsaved.setAccessibleDescription(self._unsaved.toolTip())

    def _show_help(self) -> None:
        dialog = FilterHelp(self.window())
        dialog.exampleChosen.connect(self.bar.set_text)
        dialog.open()

    def _on_menu(self, at: QPoint) -> None:
        index = self.view.indexAt(at)
        column = FrameColumn(index.column()) if index.isValid() else None
        self.menu.popup(self.view.viewport().mapToGlobal(at), column)

    def _on_direction(self, direction: int | None) -> None:
        self.model.show_direction(direction)
        self._refresh()

    def _on_folding(self, folding: bool) -> None:
        self.model.set_folding(folding)
        self._refresh()

    def _set_elapsed(self, elapsed: bool) -> None:
        self.model.set_elapsed(elapsed)
        self.view.frame_header.show_elapsed(elapsed)

    def _on_chosen(self, number: int) -> None:
        self._bridge.select_entry(number)
        self._refresh()

    def _on_opened(self, number: int) -> None:
        if self.model.shown(self.model.row_of(number)).folded:
            self.bar.fold_button.setChecked(False)

    def _on_selected(self, number: int) -> None:
        if number != self.view.current_number():
            self.view.select_number(number, reveal=True)
        self._refresh()

    def _restore_selection(self) -> None:
        self.view.select_number(self._bridge.selected_entry, reveal=not self.view.following)

    def _refresh(self) -> None:
        total = self._bridge.session.store.count
        waiting = total - self.model.shown_through
        if not total:
            self._pages.setCurrentWidget(self._start)
        elif self.model.narrowed and not self.model.rowCount() and not self._search.searching:
            text = str(self.bar.query)
            what = f"No entry matches “{_short(text)}”." if text else "No entry goes in this direction."
            self._no_match.say(what, "New entries that match appear here.")
            self._pages.setCurrentWidget(self._no_match)
        else:
            self._pages.setCurrentWidget(self.view)
        self.bar.setVisible(bool(total))
        for button in (self.follow_button, self.pause_button):
            button.setVisible(bool(total))
        self.pause_button.setText(f"{waiting:,} new · Resume" if self.paused and waiting else self._pause_word())
        self.set_note(" · ".join(self._note_parts()) if total else "")

    def _pause_word(self) -> str:
        return "Resume" if self.paused else "Pause"

    def _note_parts(self) -> list[str]:
        shown, known = self.model.shown_entries, self.model.shown_through
        parts = [
            f"{shown:,} of {known:,}" if self.model.narrowed else f"{known:,} {'entry' if known == 1 else 'entries'}"
        ]
        if self._search.note:
            parts.append(self._search.note)
        selected = self._bridge.selected_entry
        if selected and self.model.row_of(selected) < 0:
            late = selected > known
            parts.append(f"entry {selected:,} {'came after the pause' if late else 'is hidden by the filter'}")
        if self.paused:
            parts.append("paused")
        elif self.view.following:
            parts.append("following")
        return parts


def _toggle(object_name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(text)
    button.setAccessibleDescription(tip)
    button.setToolTip(tip)
    button.setCheckable(True)
    return button


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"
