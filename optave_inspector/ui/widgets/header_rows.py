"""HTTP headers to type in: names in the clear, values hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...otlp.settings import parse_headers

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST = 8


class HeaderRows(QWidget):
    """A row for each header, one at least, and a button for one more. Object names begin with ``prefix``."""

    edited = Signal()

    def __init__(self, prefix: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._prefix = prefix
        self._rows: list[tuple[QWidget, QLineEdit, QLineEdit]] = []
        self._made = 0
        self._add = QPushButton("&Add a header")
        self._add.setObjectName(f"{prefix}AddHeaderButton")
        self._add.setAccessibleName("Add a header")
        self._add.setToolTip("One more header for the collector")
        self._add.setAutoDefault(False)
        self._add.clicked.connect(lambda: self._add_row().setFocus())
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        line = QHBoxLayout()
        line.addWidget(self._add)
        line.addStretch(1)
        self._layout.addLayout(line)
        self._add_row()

    def headers(self) -> dict[str, str]:
        """What is typed in; rows without a name and a value do not count. Raises CollectorError, without values."""
        texts = [(name.text().strip(), value.text()) for _, name, value in self._rows]
        return parse_headers(f"{name}={value}" for name, value in texts if name or value)

    def set_headers(self, headers: Mapping[str, str]) -> None:
        """Show these in place of what there is."""
        while self._rows:
            self._remove(self._rows[0][0])
        self._made = 0
        for name, value in headers.items():
            self._add_row(name, value)
        if not self._rows:
            self._add_row()

    def _add_row(self, name: str = "", value: str = "") -> QLineEdit:
        self._made += 1
        number = self._made
        row = QWidget()
        names, values = QLineEdit(name), QLineEdit(value)
        names.setObjectName(f"{self._prefix}Header{number}NameEdit")
        names.setAccessibleName(f"Name of header {number}")
        names.setPlaceholderText("such as Authorization")
        values.setObjectName(f"{self._prefix}Header{number}ValueEdit")
        values.setAccessibleName(f"Value of header {number}")
        values.setPlaceholderText("value, hidden")
        values.setEchoMode(QLineEdit.EchoMode.Password)
        for edit in (names, values):
            edit.textChanged.connect(lambda _text: self.edited.emit())
        remove = QToolButton()
        remove.setObjectName(f"{self._prefix}Header{number}RemoveButton")
        remove.setText("✕")
        remove.setAccessibleName(f"Remove header {number}")
        remove.setToolTip("Remove this header")
        remove.setProperty("kind", "quiet")
        remove.clicked.connect(lambda: self._on_remove(row))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(names, 2)
        layout.addWidget(values, 3)
        layout.addWidget(remove)
        self._rows.append((row, names, values))
        self._layout.insertWidget(self._layout.count() - 1, row)
        self._add.setEnabled(len(self._rows) < _MOST)
        return names

    def _on_remove(self, row: QWidget) -> None:
        self._remove(row)
        if not self._rows:
            self._add_row()
        self.edited.emit()

    def _remove(self, row: QWidget) -> None:
        self._rows = [each for each in self._rows if each[0] is not row]
        self._layout.removeWidget(row)
        row.hide()
        row.setParent(None)  # so that nobody finds it by its name any more
        row.deleteLater()
        self._add.setEnabled(True)
