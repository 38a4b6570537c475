"""What stands where nothing can be shown yet: what is missing, and what to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget


class EmptyState(QWidget):
    """A sentence, a hint and, where one click helps, a button; what the button does is up to the owner."""

    def __init__(self, object_name: str, sentence: str = "", hint: str = "", button: str = "") -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._sentence = _label(f"{object_name}Sentence", "title")
        self._hint = _label(f"{object_name}Hint", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(6)
        layout.addStretch(2)
        layout.addWidget(self._sentence)
        layout.addWidget(self._hint)
        self.button: QPushButton | None = None
        if button:
            self.button = QPushButton(button)
            self.button.setObjectName(f"{object_name}Button")
            self.button.setAccessibleName(button)
            self.button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
            layout.addSpacing(4)
            layout.addWidget(self.button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        self.say(sentence, hint)

    def say(self, sentence: str, hint: str = "", *, offer: bool = True) -> None:
        """Change the texts; an empty hint takes no room. ``offer``: whether the button, if there is one, can help."""
        self._sentence.setText(sentence)
        self._hint.setText(hint)
        self._hint.setVisible(bool(hint))
        if self.button is not None:
            self.button.setVisible(offer)
        self.setAccessibleName(sentence)
        self.setAccessibleDescription(hint)

    def sentence(self) -> str:
        """What is said at present."""
        return self._sentence.text()


def _label(object_name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(object_name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setAlignment(Qt.AlignmentFlag.AlignCenter)
    label.setWordWrap(True)
    return label
