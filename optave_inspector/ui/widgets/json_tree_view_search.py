"""The search line above a JSON tree."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from ..models.background import Background, Job
from ..models.json_search import MOST, Path, places_of

_PAUSE_MS = 150


class JsonSearchBar(QWidget):
    """Finds names and values, off the window's thread, and goes from one place to the next."""

    wentTo = Signal(tuple)
    """Go to the value at these steps."""
    left = Signal()
    """Esc in the empty field: back to the tree."""

    def __init__(self, object_name: str) -> None:
        super().__init__()
        self.setObjectName(f"{object_name}SearchBar")
        self._value: Any = None
        self._has_value = False
        self._places: list[Path] = []
        self._at = -1
        self._work = Background("search in message", self)
        self.edit = QLineEdit()
        self.edit.setObjectName(f"{object_name}SearchEdit")
        self.edit.setAccessibleName("Find in this message")
        self.edit.setPlaceholderText("Find a name or value")
        self.edit.installEventFilter(self)
        self.count = QLabel()
        self.count.setObjectName(f"{object_name}SearchCount")
        self.count.setProperty("role", "muted")
        self.former = _button(f"{object_name}SearchBackButton", "↑", "Former place (Shift+Enter)")
        self.next = _button(f"{object_name}SearchOnButton", "↓", "Next place (Enter)")
        self.former.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.edit, 1)
        for widget in (self.count, self.former, self.next):
            layout.addWidget(widget)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self.search)
        self.edit.textChanged.connect(lambda _text: self._typing.start())
        self._show_count()

    @property
    def places(self) -> list[Path]:
        """What was found, at most :data:`..models.json_search.MOST`."""
        return self._places

    def set_value(self, value: Any) -> None:
        """Search in another value from now on; a text in the field is searched for again, without going anywhere."""
        self._value = value
        self._has_value = True
        self.search(go=False)

    def clear_value(self) -> None:
        """Let go of the value."""
        self._work.cancel()
        self._value = None
        self._has_value = False
        self._found([], go=False)

    def focus(self) -> None:
        """Put the cursor into the field, its text selected."""
        self.edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.edit.selectAll()

    def search(self, *, go: bool = True) -> None:
        """Search for what the field says; ``go``: to the first place."""
        self._typing.stop()
        text, value = self.edit.text(), self._value
        if not text or not self._has_value:
            self._work.cancel()
            self._found([], go=False)
            return

        def work(job: Job) -> list[Path]:
            return places_of(value, text, job.stopped)

        self.count.setText("searching…")
        self.count.show()
        self._work.start(work, lambda found: self._found(found, go=go), lambda error: self.count.setText(f"{error}"))

    def step(self, by: int) -> None:
        """Go to the next place or the former one, around the ends."""
        if self._typing.isActive():
            self.search()
        elif self._places:
            self._at = (self._at + by) % len(self._places) if self._at >= 0 or by > 0 else len(self._places) - 1
            self._show_count()
            self.wentTo.emit(self._places[self._at])

    def eventFilter(self, watched, event) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                if self.edit.text():
                    self.edit.clear()
                else:
                    self.left.emit()
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.step(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
                return True
            if event.key() == Qt.Key.Key_Down:
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _found(self, places: list[Path], *, go: bool) -> None:
        self._places = places
        self._at = -1
        self._show_count()
        if go and places:
            self.step(1)

    def _show_count(self) -> None:
        total = f"{len(self._places):,}{'+' if len(self._places) >= MOST else ''}"
        if not self.edit.text():
            self.count.setText("")
        elif not self._places:
            self.count.setText("none")
        else:
            self.count.setText(f"{self._at + 1:,} of {total}" if self._at >= 0 else total)
        self.count.setVisible(bool(self.count.text()))
        for button in (self.former, self.next):
            button.setEnabled(bool(self._places))


def _button(object_name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(object_name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
