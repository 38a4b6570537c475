"""A label that gives way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget


class ElidedLabel(QLabel):
    """A one-line label that elides instead of clipping or widening its panel; the whole text is in its tooltip."""

    def __init__(self, mode: Qt.TextElideMode = Qt.TextElideMode.ElideMiddle, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._full = ""
        self._mode = mode
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setMinimumWidth(24)
        self.setTextFormat(Qt.TextFormat.PlainText)

    def setText(self, text: str) -> None:
        """Show ``text``, elided to the width at hand."""
        # A line break would make it two lines high, and the second one clipped.
        self._full = " ".join(text.split("\n"))
        self.setAccessibleName(text)
        self.updateGeometry()
        self._elide()

    def full_text(self) -> str:
        """The text without elision."""
        return self._full

    def sizeHint(self) -> QSize:
        """Room for the whole text, so that a size policy of Preferred or Maximum keeps short texts short."""
        hint = super().sizeHint()
        shown = self.fontMetrics().horizontalAdvance(self.text())
        return QSize(hint.width() - shown + self.fontMetrics().horizontalAdvance(self._full), hint.height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._elide()

    def changeEvent(self, event) -> None:
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._elide()

    def _elide(self) -> None:
        shown = self.fontMetrics().elidedText(self._full, self._mode, max(self.contentsRect().width(), 0))
        self.setToolTip(self._full if shown != self._full else "")
        if shown != self.text():
            super().setText(shown)
