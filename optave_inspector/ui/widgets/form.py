"""The small parts of a form: headings, fields with the problem beneath them, fields with a show toggle."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QMenu, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ..sensitive_clipboard import sensitive_clipboard
from .look import set_look
from .url_text import UrlEdit


def section(title: str) -> QLabel:
    """The heading of a group of fields."""
    label = QLabel(title)
    label.setIndent(0)
    label.setProperty("role", "section")
    return label


def words(object_name: str, role: str = "muted") -> QLabel:
    """Some words that wrap; hidden while there are none."""
    label = WrappedWords()
    label.setObjectName(object_name)
    label.setProperty("role", role)
    return label


class WrappedWords(QLabel):
    """Plain text over as many lines as it takes; takes no room while it is empty."""

    def __init__(self) -> None:
        super().__init__()
        self.setWordWrap(True)
        self.setIndent(0)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setVisible(False)

    def setText(self, text: str) -> None:
        """Show ``text``; nothing hides the label."""
        if text != self.text():
            super().setText(text)
        self.setVisible(bool(text))


class Field(QWidget):
    """A label, a line to type in, and what is wrong with it beneath, in words."""

    edited = Signal(str)
    """The user changed the text."""

    def __init__(
        self,
        label: str,
        object_name: str,
        accessible_name: str,
        *,
        above: bool = False,
        label_width: int = 0,
        placeholder: str = "",
        tip: str = "",
        url: bool = False,
    ) -> None:
        super().__init__()
        self.edit = UrlEdit() if url else QLineEdit()
        self.edit.setObjectName(object_name)
        self.edit.setAccessibleName(accessible_name)
        self.edit.setPlaceholderText(placeholder)
        self.edit.setToolTip(tip)
        self.edit.textEdited.connect(self.edited)
        self.label = QLabel(label)
        self.label.setBuddy(self.edit)
        self.label.setProperty("role", "muted")
        if label_width:
            self.label.setMinimumWidth(label_width)
        self._problem = words(f"{object_name}Problem", "problem")
        self._row = QHBoxLayout()
        self._row.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        if above:
            layout.addWidget(self.label)
        else:
            self._row.addWidget(self.label)
        self._row.addWidget(self.edit, 1)
        layout.addLayout(self._row)
        layout.addWidget(self._problem)

    def set_text(self, text: str) -> None:
        """Show a value, unless it is there already: the cursor stays where it is."""
        if self.edit.text() != text:
            self.edit.setText(text)
            self.edit.setCursorPosition(0)

    def set_problem(self, sentence: str) -> None:
        """Say what is wrong with the value; nothing takes it back."""
        self._problem.setText(f"⚠ {sentence}" if sentence else "")
        set_look(self.edit, "problem", bool(sentence))
        self.edit.setAccessibleDescription(sentence)

    def add(self, widget: QWidget) -> None:
        """Put a button or the like at the end of the line."""
        self._row.addWidget(widget)


class SecretField(Field):
    """A field whose text is hidden until the user asks to see it; it can be copied and forgotten."""

    def __init__(self, label: str, object_name: str, accessible_name: str, **options: object) -> None:
        super().__init__(label, object_name, accessible_name, **options)
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self._show = QToolButton()
        self._show.setText("Show")
        self._show.setCheckable(True)
        self._show.setObjectName(f"{object_name.removesuffix('Edit')}ShowButton")
        self._show.setAccessibleName(f"Show {accessible_name[0].lower()}{accessible_name[1:]}")
        self._show.setToolTip("Show or hide what is typed")
        self._show.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._show.toggled.connect(self._toggled)
        self._show.setPopupMode(QToolButton.ToolButtonPopupMode.MenuButtonPopup)
        self._show.setMenu(self._menu(object_name.removesuffix("Edit"), self._show.accessibleName()[5:]))
        self.add(self._show)

    def hide_text(self) -> None:
        """Hide it again, as when another profile is chosen."""
        self._show.setChecked(False)

    def _menu(self, base: str, called: str) -> QMenu:
        menu = QMenu(self)
        menu.setObjectName(f"{base}Menu")
        copy = menu.addAction(f"Copy {called}")
        copy.setObjectName(f"{base}CopyAction")
        copy.setStatusTip("Marked as secret for clipboard histories, and gone from the clipboard after half a minute")
        copy.triggered.connect(lambda: sensitive_clipboard().copy(self.edit.text()))
        forget = menu.addAction(f"Forget {called}")
        forget.setObjectName(f"{base}ForgetAction")
        forget.setStatusTip("Remove it from here and from the desktop's keyring")
        forget.triggered.connect(self._forget)
        menu.aboutToShow.connect(lambda: [each.setEnabled(bool(self.edit.text())) for each in (copy, forget)])
        return menu

    def _forget(self) -> None:
        self.edit.clear()
        self.edited.emit("")

    def _toggled(self, shown: bool) -> None:
        self.edit.setEchoMode(QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password)
        self._show.setText("Hide" if shown else "Show")
