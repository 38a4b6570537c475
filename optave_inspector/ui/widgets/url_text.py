"""URLs to read and to edit: over as many lines as they take, since a narrow panel would cut them."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QTextCursor, QTextOption
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy

from ..theme import mono_font


class _WrappedUrl(QPlainTextEdit):
    """Wraps anywhere and is as high as its text; copying gives the text without breaks."""

    _EXTRA_PX = 0
    """Height of border and padding."""

    def __init__(self) -> None:
        super().__init__()
        self.setFont(mono_font())
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setTabChangesFocus(True)
        self.document().setDocumentMargin(0)

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        # A plain text layout counts its height in lines.
        lines = max(int(self.document().documentLayout().documentSize().height()), 1)
        height = lines * self.fontMetrics().lineSpacing() + self._EXTRA_PX
        if self.height() != height:
            self.setFixedHeight(height)


class UrlText(_WrappedUrl):
    """To read and copy. Takes no room while it is empty."""

    _EXTRA_PX = 2

    def __init__(self, object_name: str, accessible_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self.setAccessibleName(accessible_name)
        self.setProperty("bare", True)
        self.setReadOnly(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self._fit()

    def set_text(self, text: str) -> None:
        """Show ``text``; nothing hides it."""
        if text != self.toPlainText():
            self.setPlainText(text)
        self.setVisible(bool(text))
        self._fit()


class UrlEdit(_WrappedUrl):
    """To type a URL: one line in spirit, with the calls of QLineEdit that a form needs."""

    textEdited = Signal(str)
    """The user changed the text."""

    _EXTRA_PX = 10

    def __init__(self) -> None:
        super().__init__()
        self.textChanged.connect(self._changed)
        self._fit()

    def text(self) -> str:
        """What is typed, on one line."""
        return self.toPlainText().replace("\n", "")

    def setText(self, text: str) -> None:
        """Show ``text``; not told by ``textEdited``."""
        with QSignalBlocker(self):
            self.setPlainText(text)
        self._fit()

    def setCursorPosition(self, position: int) -> None:
        """Put the cursor before the character at ``position``."""
        cursor = self.textCursor()
        cursor.setPosition(position, QTextCursor.MoveMode.MoveAnchor)
        self.setTextCursor(cursor)

    def keyPressEvent(self, event) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def insertFromMimeData(self, source) -> None:
        self.textCursor().insertText("".join(source.text().split()))

    def _changed(self) -> None:
        self._fit()
        self.textEdited.emit(self.text())
