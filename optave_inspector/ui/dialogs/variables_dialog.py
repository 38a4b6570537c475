"""The variables that a draft may use, with their values of now, and the draft's own to be edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
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

from ...compose.variables import name_problem
from ..widgets.form import section, words

if TYPE_CHECKING:
    from ..panels.composer_variables import ComposerVariables

_TITLE = "Variables"
_NOTE = (
    "Write {{name}} in the text. Within quotes a value is escaped, elsewhere it stands as it is. {{!name}} is sent as "
    "{{name}}. Press Enter on a row to put it into the text."
)


class VariablesDialog(QDialog):
    """Stays beside the window: ``show()`` it."""

    insertAsked = Signal(str)
    """A variable, with its braces, is to be put into the text."""

    def __init__(self, variables: ComposerVariables, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("composerVariablesDialog")
        self.setWindowTitle(_TITLE)
        self.setAccessibleName(_TITLE)
        self._variables = variables
        self._filling = False
        self._offered = _table(
            "composerVariablesTable", "Variables that can be used", ("name", "value now", "what it is")
        )
        self._offered.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self._own = _table("composerOwnVariablesTable", "This draft's own variables", ("name", "value"))
        self._problem = words("composerVariablesProblem", "problem")
        note = words("composerVariablesNote")
        note.setText(_NOTE)
        self._verbatim = QCheckBox("Put &no variables in: braces are sent as they are")
        self._verbatim.setObjectName("composerVerbatimCheck")
        self._verbatim.setAccessibleName("Put no variables in")
        self._verbatim.setToolTip("For messages that were seen on the wire, and have braces of their own")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(note)
        layout.addWidget(self._offered, 3)
        layout.addWidget(section("This draft's own"))
        layout.addWidget(self._own, 2)
        layout.addWidget(self._problem)
        layout.addLayout(self._row())
        layout.addWidget(self._verbatim)
        layout.addWidget(self._buttons())
        self.resize(720, 560)
        self._offered.itemActivated.connect(self._insert)
        self._own.itemChanged.connect(self._on_edited)
        self._verbatim.toggled.connect(variables.set_verbatim)
        variables.changed.connect(self._fill)
        self._fill()

    def add(self, name: str = "", value: str = "") -> None:
        """One more variable of the draft's own."""
        self._filling = True
        row = self._own.rowCount()
        self._own.insertRow(row)
        for column, text in enumerate((name, value)):
            self._own.setItem(row, column, QTableWidgetItem(text))
        self._filling = False
        self._on_edited()
        self._own.setCurrentCell(row, 0)
        if not name:
            self._own.editItem(self._own.item(row, 0))

    def remove(self) -> None:
        """Take the chosen one away."""
        if self._own.currentRow() >= 0:
            self._own.removeRow(self._own.currentRow())
            self._on_edited()

    def showEvent(self, event) -> None:
        """Show the values of now."""
        super().showEvent(event)
        self._fill()

    def _row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        for name, text, tip, slot in (
            ("Add", "&Add a variable", "One more, for this draft", self.add),
            ("Remove", "&Remove", "Take the chosen one away", self.remove),
        ):
            button = QPushButton(text)
            button.setObjectName(f"composerVariable{name}Button")
            button.setAccessibleName(text.replace("&", ""))
            button.setToolTip(tip)
            button.setAutoDefault(False)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            row.addWidget(button)
        row.addStretch(1)
        return row

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("composerVariablesCloseButton")
        close.setAccessibleName("Close this dialog")
        close.setAutoDefault(False)
        buttons.rejected.connect(self.close)
        return buttons

    def _fill(self) -> None:
        if not self.isVisible():
            return
        self._filling = True
        offered = self._variables.offered()
        self._offered.setRowCount(len(offered))
        for row, one in enumerate(offered):
            for column, text in enumerate((f"{{{{{one.name}}}}}", one.value or "–", one.about)):
                item = QTableWidgetItem(text)
                item.setToolTip(text)
                self._offered.setItem(row, column, item)
        if self._own_texts() != self._variables.environment:
            self._own.setRowCount(0)
            for row, (name, value) in enumerate(self._variables.environment.items()):
                self._own.insertRow(row)
                self._own.setItem(row, 0, QTableWidgetItem(name))
                self._own.setItem(row, 1, QTableWidgetItem(value))
        self._verbatim.setChecked(self._variables.verbatim)
        self._filling = False

    def _own_texts(self) -> dict[str, str]:
        rows = range(self._own.rowCount())
        texts = [[self._own.item(row, column) for column in (0, 1)] for row in rows]
        return {
            name.text().strip(): value.text() if value else "" for name, value in texts if name and name.text().strip()
        }

    def _on_edited(self) -> None:
        if self._filling:
            return
        texts = self._own_texts()
        self._problem.setText(next((f"⚠ {problem}" for name in texts if (problem := name_problem(name))), ""))
        self._variables.set_environment(texts)

    def _insert(self, item: QTableWidgetItem) -> None:
        self.insertAsked.emit(self._offered.item(item.row(), 0).text())


def _table(object_name: str, accessible_name: str, headers: tuple[str, ...]) -> QTableWidget:
    table = QTableWidget(0, len(headers))
    table.setObjectName(object_name)
    table.setAccessibleName(accessible_name)
    table.setHorizontalHeaderLabels(headers)
    table.verticalHeader().hide()
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setWordWrap(False)
    table.horizontalHeader().setObjectName(f"{object_name}Header")
    table.horizontalHeader().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    table.horizontalHeader().setStretchLastSection(True)
    table.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Interactive)
    table.setColumnWidth(0, 210)
    table.setColumnWidth(1, 260)
    return table
