"""HTTP headers as they are typed, one a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from .form import words
from .look import set_look

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINES = 3


class HeadersEdit(QWidget):
    """A few lines to type headers into, and what is wrong with them beneath, in words."""

    edited = Signal(dict)
    """The user changed them: values by name."""

    def __init__(self, object_name: str, accessible_name: str, *, placeholder: str, tip: str) -> None:
        super().__init__()
        label = QLabel("Headers, one a line")
        label.setProperty("role", "muted")
        self.edit = QPlainTextEdit()
        self.edit.setObjectName(object_name)
        self.edit.setAccessibleName(accessible_name)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setToolTip(tip)
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(self.edit.fontMetrics().lineSpacing() * _LINES + 14)
        self.edit.textChanged.connect(self._changed)
        label.setBuddy(self.edit)
        self._problem = words(f"{object_name.removesuffix('Edit')}Problem", "problem")
        self._showing = False
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for widget in (label, self.edit, self._problem):
            layout.addWidget(widget)

    def set_headers(self, headers: Mapping[str, str]) -> None:
        """Show them; what is being typed stays as it is."""
        if read_headers(self.edit.toPlainText())[0] != headers:
            self._showing = True
            self.edit.setPlainText("\n".join(f"{name}: {value}" for name, value in headers.items()))
            self._showing = False

    def set_problem(self, sentence: str) -> None:
        """Say what is wrong with them; a line that is no header is said as well."""
        sentence = sentence or read_headers(self.edit.toPlainText())[1]
        self._problem.setText(f"⚠ {sentence}" if sentence else "")
        set_look(self.edit, "problem", bool(sentence))
        self.edit.setAccessibleDescription(sentence)

    def _changed(self) -> None:
        if not self._showing:
            self.edited.emit(read_headers(self.edit.toPlainText())[0])


def read_headers(text: str) -> tuple[dict[str, str], str]:
    """Headers as they are typed, and what is wrong with a line that is none."""
    found: dict[str, str] = {}
    problem = ""
    for line in text.splitlines():
        if not line.strip():
            continue
        name, colon, value = line.partition(":")
        if colon:
            found[name.strip()] = value.strip()
        elif not problem:
            problem = f"“{line.strip()[:40]}” is no header: write a name, a colon and a value."
    return found, problem
