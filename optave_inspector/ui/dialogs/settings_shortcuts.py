"""The page of the settings that lists every shortcut, and changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QAbstractTableModel, QModelIndex, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QGridLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from ...errors import InspectorError
from ..widgets.form import words
from ..widgets.look import set_look

if TYPE_CHECKING:
    from ..shortcuts import Shortcut, Shortcuts

_TITLES = ("Action", "Where", "Keys", "Usual")


class ShortcutsPage(QWidget):
    """Choose an action, press its keys, set them. What another action has is told, and taken only when asked again."""

    def __init__(self, shortcuts: Shortcuts, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("shortcutsPage")
        self._shortcuts = shortcuts
        self._taking = ""
        """Keys that another action has and that the user was told about."""
        self.model = _Rows(shortcuts.rows(), self)
        self.table = QTableView()
        self.keys = QKeySequenceEdit()
        self._words = words("shortcutsWords")
        self._build()
        shortcuts.changed.connect(self._refresh)
        if shortcuts.problem:
            self._say(f"⚠ {shortcuts.problem}", "warning")

    def find(self, text: str) -> int:
        """Show the rows only that hold ``text``; how many there are."""
        self.model.narrow(text)
        if self.model.rowCount():
            self.table.selectRow(0)
        return self.model.rowCount()

    def _build(self) -> None:
        table = self.table
        table.setObjectName("shortcutsTable")
        table.setAccessibleName("Actions and their shortcuts")
        table.setModel(self.model)
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        table.verticalHeader().setDefaultSectionSize(24)
        header = table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setHighlightSections(False)
        for column, width in ((1, 100), (2, 120), (3, 110)):
            header.resizeSection(column, width)
        table.selectionModel().currentRowChanged.connect(self._on_chosen)
        self.keys.setObjectName("shortcutKeysEdit")
        self.keys.setAccessibleName("Press the keys for the chosen action")
        self.keys.setToolTip("Press the keys that the action shall have; Tab leaves the field")
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(False)
        self.keys.keySequenceChanged.connect(lambda _keys: self._forget())
        label = QLabel("&Keys")
        label.setBuddy(self.keys)
        self.set_button = _button("shortcutSetButton", "&Set", "Give the chosen action these keys", self._set)
        self.none_button = _button("shortcutNoneButton", "&None", "Take the keys from the chosen action", self._none)
        self.reset_button = _button(
            "shortcutResetButton", "&Usual", "Give the chosen action the keys that the app proposes", self._reset
        )
        self.all_button = _button(
            "shortcutsResetAllButton", "All as &usual", "Give every action the keys that the app proposes", self._all
        )
        grid = QGridLayout()
        grid.setColumnStretch(1, 1)
        for column, widget in enumerate(
            (label, self.keys, self.set_button, self.none_button, self.reset_button, self.all_button)
        ):
            grid.addWidget(widget, 0, column)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(table, 1)
        layout.addLayout(grid)
        layout.addWidget(self._words)
        table.selectRow(0)

    def _row(self) -> Shortcut | None:
        index = self.table.currentIndex()
        return self.model.rows[index.row()] if index.isValid() else None

    def _on_chosen(self) -> None:
        row = self._row()
        self._forget()
        self._say(row.does if row is not None else "", "muted")
        self.keys.setKeySequence(QKeySequence(row.keys if row is not None else ""))
        for button in (self.set_button, self.none_button, self.reset_button):
            button.setEnabled(row is not None)

    def _forget(self) -> None:
        self._taking = ""
        self.set_button.setText("&Set")

    def _set(self) -> None:
        self._change(self.keys.keySequence().toString(QKeySequence.SequenceFormat.PortableText))

    def _none(self) -> None:
        self._change("")

    def _reset(self) -> None:
        row = self._row()
        if row is not None:
            self._change(row.usual)

    def _change(self, keys: str) -> None:
        row = self._row()
        if row is None:
            return
        other = self._shortcuts.holder(row.name, keys)
        if other is not None and self._taking != keys:
            self.keys.setKeySequence(QKeySequence(keys))
            self._taking = keys
            self.set_button.setText("&Take them")
            self._say(
                f"⚠ {keys} belongs to “{other.text}” ({other.place}). Press “Take them” to take them from there.",
                "warning",
            )
            return
        try:
            self._shortcuts.set(row.name, keys, take=True)
        except InspectorError as error:
            self._say(f"✗ {error}", "problem")
            return
        gone = f"; “{other.text}” has none now" if other is not None else ""
        self._say(f"✓ “{row.text}”: {keys or 'no shortcut'}{gone}.", "ok")

    def _all(self) -> None:
        try:
            self._shortcuts.reset_all()
        except InspectorError as error:
            self._say(f"✗ {error}", "problem")
            return
        self._say("✓ All shortcuts are the usual ones.", "ok")

    def _refresh(self) -> None:
        row = self._row()
        self.model.renew(self._shortcuts.rows())
        at = next((at for at, each in enumerate(self.model.rows) if row is not None and each.name == row.name), 0)
        if self.model.rowCount():
            self.table.selectRow(at)

    def _say(self, sentence: str, role: str) -> None:
        set_look(self._words, "role", role)
        self._words.setText(sentence)


class _Rows(QAbstractTableModel):
    """The shortcuts, or those that are asked for."""

    def __init__(self, rows: list[Shortcut], parent: QWidget) -> None:
        super().__init__(parent)
        self._all = rows
        self._text = ""
        self.rows = list(rows)

    def narrow(self, text: str) -> None:
        self._text = text.lower()
        self._show()

    def renew(self, rows: list[Shortcut]) -> None:
        self._all = rows
        self._show()

    def _show(self) -> None:
        self.beginResetModel()
        wanted = self._text.split()
        self.rows = [row for row in self._all if all(f" {word}" in f" {_spoken(row).lower()}" for word in wanted)]
        self.endResetModel()

    def rowCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.rows)

    def columnCount(self, parent: QModelIndex | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(_TITLES)

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole):
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            changed = f"{_native(row.keys) or 'none'}{' ●' if row.is_changed else ''}"
            return (row.text, row.place, changed if row.keys or row.is_changed else "", _native(row.usual))[
                index.column()
            ]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.does
        if role == Qt.ItemDataRole.AccessibleTextRole and not index.column():
            return _spoken(row)
        return None

    def headerData(self, section: int, orientation, role: int = Qt.ItemDataRole.DisplayRole):
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None


def _spoken(row: Shortcut) -> str:
    changed = ", changed" if row.is_changed else ""
    return f"{row.text}, {row.place}, {row.keys or 'no shortcut'}{changed}. {row.does}"


def _native(keys: str) -> str:
    return QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText)


def _button(name: str, text: str, tip: str, slot) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(tip)
    button.setToolTip(tip)
    button.setAutoDefault(False)
    button.clicked.connect(lambda _checked=False: slot())
    return button
