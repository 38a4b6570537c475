"""Where each setting of a profile comes from, and what holds for all profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ...profiles.defaults import BUILT_IN, INHERITABLE, Origin
from ..widgets.form import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..current_profile import CurrentProfile

LABELS = {
    "open_timeout_s": "Time limit for connecting",
    "close_timeout_s": "Time limit for closing",
    "request_timeout_s": "Time limit for answers",
    "token_timeout_s": "Time limit for the token",
    "ping_interval_s": "Keepalive pings",
    "compression": "Offer compression",
    "ca_file": "CA file",
    "proxy_kind": "Proxy",
    "proxy_address": "Address of the proxy",
    "proxy_user": "User of the proxy",
    "address_family": "IPv4 or IPv6",
    "max_message_bytes": "Largest message",
    "retry": "Connect again by itself",
    "retry_attempts": "Retries in a row",
    "retry_longest_wait_s": "Longest wait before a retry",
}
_WORDS = (
    "What a profile does not set itself comes from the column “For all profiles”, and then from the app. "
    "Set a value in the connection panel first; here it can be made the one for all."
)


class ProfileDefaultsDialog(QDialog):
    """A row for each setting that can be inherited. Call ``open()``; it deletes itself when it is closed."""

    def __init__(self, current: CurrentProfile, start: Callable[..., object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profileDefaultsDialog")
        self.setWindowTitle("Defaults for all profiles")
        self.setAccessibleName("Defaults for all profiles")
        self._current = current
        self._start = start
        explained = words("profileDefaultsWords")
        explained.setText(_WORDS)
        self.table = QTableWidget(len(INHERITABLE), 4)
        self.table.setObjectName("profileDefaultsTable")
        self.table.setAccessibleName("Settings and where they come from")
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.table.setTabKeyNavigation(False)
        self.table.setShowGrid(False)
        self.table.setAlternatingRowColors(True)
        self.table.verticalHeader().setVisible(False)
        self.table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.table.horizontalHeader().setStretchLastSection(True)
        self.table.currentCellChanged.connect(lambda *_cells: self._enable())
        self._set = self._button(
            "profileDefaultsSetButton",
            "Use for &all profiles",
            "This profile's value, for all without one of their own",
        )
        self._set.clicked.connect(
            lambda: self._start(current.book.set_for_all(current.profile.id, self._field), "set a default")
        )
        self._reset = self._button("profileDefaultsResetButton", "&Inherit again", "Give up this profile's own value")
        self._reset.clicked.connect(lambda: current.book.reset(current.profile.id, self._field))
        self._clear = self._button(
            "profileDefaultsClearButton", "&Clear for all", "Let the app's own value hold again for all profiles"
        )
        self._clear.clicked.connect(lambda: self._start(current.book.clear_for_all(self._field), "clear a default"))
        row = QHBoxLayout()
        for button in (self._set, self._reset, self._clear):
            row.addWidget(button)
        row.addStretch(1)
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("profileDefaultsCloseButton")
        close.setAccessibleName("Close this dialog")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(explained)
        layout.addWidget(self.table, 1)
        layout.addLayout(row)
        layout.addWidget(buttons)
        self.resize(760, 480)
        current.chosen.connect(self._show)
        current.edited.connect(self._show)
        self.finished.connect(self.deleteLater)
        self._show()
        self.table.setCurrentCell(0, 0)
        self.table.setFocus()

    @property
    def _field(self) -> str:
        return INHERITABLE[max(self.table.currentRow(), 0)]

    def _button(self, object_name: str, text: str, tip: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(object_name)
        button.setAccessibleName(text.replace("&", ""))
        button.setToolTip(tip)
        button.setAutoDefault(False)
        return button

    def _show(self) -> None:
        profile, book = self._current.profile, self._current.book
        self.table.setHorizontalHeaderLabels(["Setting", f"“{profile.name}”", "For all profiles", "Built in"])
        for row, field in enumerate(INHERITABLE):
            own = book.origin(profile.id, field) is Origin.OWN
            for_all = value_words(field, book.for_all[field]) if field in book.for_all else "–"
            value = value_words(field, getattr(profile, field))
            cells = (
                called(field),
                f"● {value} (own)" if own else f"{value} (inherited)",
                for_all,
                value_words(field, BUILT_IN[field]),
            )
            for column, text in enumerate(cells):
                self.table.setItem(row, column, QTableWidgetItem(text))
        self._enable()

    def _enable(self) -> None:
        book, field = self._current.book, self._field
        own = book.origin(self._current.profile.id, field) is Origin.OWN
        self._set.setEnabled(own)
        self._reset.setEnabled(own)
        self._clear.setEnabled(field in book.for_all)


def called(field: str) -> str:
    """A setting's name as one reads it."""
    return LABELS.get(field, field.replace("_", " "))


def value_words(field: str, value: Any) -> str:
    """A setting's value as one reads it."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if value is None:
        return "off"
    if value in ("", {}, ()):
        return "none"
    if isinstance(value, dict):
        return ", ".join(value)
    if field.endswith("_bytes"):
        return f"{value:,} bytes"
    return f"{value:g} s" if field.endswith("_s") else f"{value}"
