"""The frame that every panel lives in: a card with a title, a note at the right, and a body."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget


class Panel(QFrame):
    """Base of all panels. ``body`` takes the content, ``header`` further controls before the note."""

    def __init__(self, title: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.setProperty("card", True)
        self.title_label = QLabel(title)
        self.title_label.setObjectName(f"{object_name}Title")
        self.title_label.setProperty("role", "title")
        self.note_label = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.note_label.setObjectName(f"{object_name}Note")
        self.note_label.setProperty("role", "muted")
        self.note_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header = QHBoxLayout()
        self.header.setSpacing(6)
        self.header.addWidget(self.title_label)
        self.header.addWidget(self.note_label, 1)
        self.body = QVBoxLayout()
        self.body.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(6)
        layout.addLayout(self.header)
        layout.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self.title_label.setText(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """The muted text at the right of the heading: counts, sizes, state."""
        self.note_label.setText(note)


class ElidedLabel(QLabel):
    """A one-line label that gives way: it elides instead of clipping or widening its panel; all is in its tooltip."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Show ``text``, elided to the width at hand."""
        self._full = text
        self.setAccessibleName(text)
        self._elide()

    def full_text(self) -> str:
        """The text without elision."""
        return self._full

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._mode, max(self.contentsRect().width(), 0))
        self.setToolTip(self._full if shown != self._full else "")
        super().setText(shown)
