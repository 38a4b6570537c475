"""A dialog that shows text at length, to read, select and copy."""

from __future__ import annotations

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QTabWidget, QVBoxLayout, QWidget

from ..theme import mono_font


class TextDialog(QDialog):
    """Shows one or several texts, one tab each. Call ``open()``; it deletes itself when it is closed."""

    def __init__(self, title: str, texts: dict[str, str], object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setWindowTitle(title)
        self.setAccessibleName(title)
        self._views: list[QPlainTextEdit] = []
        self._tabs = QTabWidget(self) if len(texts) > 1 else None
        layout = QVBoxLayout(self)
        if self._tabs is not None:
            self._tabs.setObjectName(f"{object_name}Tabs")
            self._tabs.setAccessibleName(f"{title}: parts")
            self._tabs.setDocumentMode(True)
            layout.addWidget(self._tabs, 1)
        for index, (name, text) in enumerate(texts.items()):
            view = QPlainTextEdit(text)
            view.setObjectName(f"{object_name}Text{index or ''}")
            view.setAccessibleName(name)
            view.setReadOnly(True)
            view.setFont(mono_font())
            view.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
            view.setTabChangesFocus(True)
            self._views.append(view)
            if self._tabs is not None:
                self._tabs.addTab(view, name)
            else:
                layout.addWidget(view, 1)
        self._views[0].setFocus()
        buttons = QDialogButtonBox()
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName(f"{object_name}CopyButton")
        copy.setAccessibleName("Copy the text")
        copy.clicked.connect(self._copy)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName(f"{object_name}CloseButton")
        close.setAccessibleName("Close this dialog")
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.resize(720, 460)
        self.finished.connect(self.deleteLater)

    def shown_text(self) -> str:
        """The text on show."""
        return self._view().toPlainText()

    def _view(self) -> QPlainTextEdit:
        return self._views[self._tabs.currentIndex() if self._tabs is not None else 0]

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.shown_text())
