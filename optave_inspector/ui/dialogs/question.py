"""Small dialogs where a decision or one value is owed: never ``exec()``, always ``open()`` and signals."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QVBoxLayout, QWidget

from ..widgets.look import set_look


class _Question(QDialog):
    """Words, an optional field in between, and two buttons."""

    def __init__(self, object_name: str, title: str, sentence: str, accept_text: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self.setAccessibleDescription(sentence)
        words = QLabel(sentence)
        words.setObjectName(f"{object_name}Words")
        words.setTextFormat(Qt.TextFormat.PlainText)  # names from others' files are in it
        words.setWordWrap(True)
        words.setVisible(bool(sentence))
        self.middle = QVBoxLayout()
        self.middle.setSpacing(6)
        self._buttons = QDialogButtonBox()
        self.accept_button = self._buttons.addButton(accept_text, QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setObjectName(f"{object_name}AcceptButton")
        self.accept_button.setAccessibleName(accept_text)
        self.accept_button.setDefault(True)
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName(f"{object_name}CancelButton")
        cancel.setAccessibleName("Cancel")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(words)
        layout.addLayout(self.middle, 1)
        layout.addStretch(0)
        layout.addWidget(self._buttons)
        self.setMinimumWidth(420)
        self.finished.connect(self.deleteLater)


class OfferDialog(_Question):
    """Says what went wrong and offers a way on; connect to ``accepted``."""

    def __init__(self, object_name: str, title: str, sentence: str, accept_text: str, parent: QWidget | None) -> None:
        super().__init__(object_name, title, sentence, accept_text, parent)
        set_look(self.accept_button, "kind", "primary")


class ConfirmDialog(_Question):
    """Asks whether to do something that cannot be taken back; connect to ``accepted``."""

    def __init__(self, object_name: str, title: str, sentence: str, accept_text: str, parent: QWidget | None) -> None:
        super().__init__(object_name, title, sentence, accept_text, parent)
        set_look(self.accept_button, "kind", "danger")
        # Return alone must not destroy anything.
        self.accept_button.setDefault(False)
        self._buttons.button(QDialogButtonBox.StandardButton.Cancel).setDefault(True)


class TextQuestion(_Question):
    """Asks for one line of text."""

    answered = Signal(str)
    """The user pressed the button; the text without white space around it, never empty."""

    def __init__(
        self,
        object_name: str,
        title: str,
        sentence: str,
        accept_text: str,
        parent: QWidget | None,
        *,
        text: str = "",
        field_name: str = "",
        secret: bool = False,
    ) -> None:
        super().__init__(object_name, title, sentence, accept_text, parent)
        set_look(self.accept_button, "kind", "primary")
        self.field = QLineEdit(text)
        self.field.setObjectName(f"{object_name}Edit")
        self.field.setAccessibleName(field_name or title)
        if secret:
            self.field.setEchoMode(QLineEdit.EchoMode.Password)
        self.field.selectAll()
        self.field.textChanged.connect(self._check)
        self.middle.addWidget(self.field)
        self.accepted.connect(lambda: self.answered.emit(self.field.text().strip()))
        self.field.setFocus()
        self._check()

    def _check(self) -> None:
        self.accept_button.setEnabled(bool(self.field.text().strip()))
