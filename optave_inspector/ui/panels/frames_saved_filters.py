"""The menu of filters that have a name: use one, keep the one at hand, delete one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QMenu

from ...capture.saved_filters import LONGEST_NAME, SavedFilter, SavedFilters
from ...errors import InspectorError
from ...paths import config_dir
from ..dialogs.question import ConfirmDialog, TextQuestion

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QWidget

_FILE = "filters.json"
_SHOWN = 70


class SavedFiltersMenu(QMenu):
    """Made anew each time it opens, since other windows save filters too.

    ``at_hand`` gives the query that can be saved, as it is written; an empty text when there is none or it is wrong.
    """

    chosen = Signal(str)
    """Filter by this query."""
    told = Signal(str, str)
    """A problem, or what was done: kind and sentence, as a message bar takes them."""

    def __init__(self, at_hand: Callable[[], str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("framesSavedMenu")
        self.setAccessibleName("Saved filters")
        self.setToolTipsVisible(True)
        self._at_hand = at_hand
        self._store: SavedFilters | None = None
        self.save_action = self.addAction("&Save this filter…")
        self.save_action.setObjectName("framesSaveFilterAction")
        self.save_action.triggered.connect(self.ask_name)
        self.addSeparator()
        self._nothing = self.addAction("No saved filters yet")
        self._nothing.setObjectName("framesNoSavedFilters")
        self._nothing.setEnabled(False)
        self.delete_menu = QMenu("&Delete", self)
        self.delete_menu.setObjectName("framesDeleteFilterMenu")
        self.delete_menu.setAccessibleName("Delete a saved filter")
        self._before_delete = self.addSeparator()
        self.addMenu(self.delete_menu)
        self._made: list[QAction] = []
        self.aboutToShow.connect(self._fill)

    def ask_name(self) -> None:
        """Ask under which name the query at hand is to be kept."""
        query = self._at_hand()
        if not query:
            return
        dialog = TextQuestion(
            "saveFilterDialog",
            "Save filter",
            f"Keep “{_short(query)}” for this and other sessions. A filter that has the name already is replaced.",
            "Save",
            self.parentWidget().window(),
            field_name="Name of the filter",
        )
        dialog.field.setMaxLength(LONGEST_NAME)
        dialog.answered.connect(lambda name: self._save(name, query))
        dialog.open()

    def _filters(self) -> SavedFilters:
        # Not before it is needed: asking for the folder makes it.
        if self._store is None:
            self._store = SavedFilters(config_dir() / _FILE)
        return self._store

    def _fill(self) -> None:
        for action in self._made:
            self.removeAction(action)
            action.deleteLater()
        self._made.clear()
        self.delete_menu.clear()
        filters = self._read()
        self.save_action.setEnabled(bool(self._at_hand()))
        for number, one in enumerate(filters, 1):
            action = self.addAction(_plain(one.name))
            self.insertAction(self._nothing, action)
            action.setObjectName(f"framesUseFilter{number}")
            action.setToolTip(one.query)
            action.triggered.connect(lambda _checked=False, query=one.query: self.chosen.emit(query))
            self._made.append(action)
            delete = self.delete_menu.addAction(f"{_plain(one.name)}…")
            delete.setObjectName(f"framesDeleteFilter{number}")
            delete.setToolTip(one.query)
            delete.triggered.connect(lambda _checked=False, one=one: self._ask_delete(one))
        self._nothing.setVisible(not filters)
        self._before_delete.setVisible(bool(filters))
        self.delete_menu.menuAction().setVisible(bool(filters))

    def _read(self) -> list[SavedFilter]:
        try:
            store = self._filters()
            filters = store.all()
        except InspectorError as error:
            self.told.emit("error", str(error))
            return []
        if store.notice:
            self.told.emit("warning", store.notice)
            store.notice = ""
        return filters

    def _save(self, name: str, query: str) -> None:
        try:
            self._filters().save(name, query)
        except InspectorError as error:
            self.told.emit("error", f"The filter was not saved. {error}")

    def _ask_delete(self, one: SavedFilter) -> None:
        dialog = ConfirmDialog(
            "deleteFilterDialog",
            "Delete filter",
            f"Delete the saved filter “{one.name}”? It is: {_short(one.query)}",
            "Delete",
            self.parentWidget().window(),
        )
        dialog.accepted.connect(lambda: self._delete(one.name))
        dialog.open()

    def _delete(self, name: str) -> None:
        try:
            self._filters().remove(name)
        except InspectorError as error:
            self.told.emit("error", f"The filter was not deleted. {error}")


def _plain(name: str) -> str:
    """A name as a menu shows it: an ampersand is no mnemonic."""
    return name.replace("&", "&&")


def _short(query: str) -> str:
    return query if len(query) <= _SHOWN else f"{query[: _SHOWN - 1]}…"
