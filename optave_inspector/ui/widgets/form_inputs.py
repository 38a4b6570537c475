"""Inputs of a form that show one JSON value each, and tell when the user changes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeySequence, QTextCursor
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ...compose.json_edit import Number
from .form import words
from .json_editor_text import exact_text, insert_exactly, keepable
from .look import set_look

if TYPE_CHECKING:
    from collections.abc import Sequence

MISSING = object()
"""What an input shows where the text has no such value."""
_LEFT_OUT = "left out"
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_LINES = 3


class Input(QWidget):
    """Base: a label, the control, a button that leaves the value out, and what is wrong beneath."""

    changed = Signal(object)
    """The user made another value of it."""
    leftOut = Signal()
    """The user wants it gone."""

    def __init__(self, control: QWidget, label: str, object_name: str, help_text: str, *, required: bool) -> None:
        super().__init__()
        self.control = control
        control.setObjectName(object_name)
        self._help = ""
        self._name = label
        self._label = QLabel()
        self._label.setBuddy(control)
        self._label.setProperty("role", "muted")
        self.remove_button = QToolButton()
        self.remove_button.setObjectName(f"{object_name}RemoveButton")
        self.remove_button.setText("✕")
        self.remove_button.setAccessibleName(f"Leave {label} out")
        self.remove_button.setToolTip(f"Take {label} out of the text")
        self.remove_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.remove_button.setProperty("kind", "quiet")
        self.remove_button.setProperty("tight", True)
        self.remove_button.clicked.connect(lambda _checked=False: self.leftOut.emit())
        keeps_room = self.remove_button.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.remove_button.setSizePolicy(keeps_room)
        self._problem = words(f"{object_name}Problem", "problem")
        row = QHBoxLayout()
        row.setSpacing(2)
        row.addWidget(control, 1)
        row.addWidget(self.remove_button, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(1)
        layout.addWidget(self._label)
        layout.addLayout(row)
        layout.addWidget(self._problem)
        self.set_help(help_text, required=required)

    def in_order(self) -> list[QWidget]:
        """What takes the keyboard, as one reads it."""
        return [self.control, self.remove_button]

    def set_help(self, help_text: str, *, required: bool) -> None:
        """What the value means, and whether the action at hand needs it."""
        self._help = help_text
        self._label.setText(f"{self._name} *" if required else self._name)
        self._label.setToolTip(help_text)
        self.control.setAccessibleName(f"{self._name}, required" if required else self._name)
        self.control.setToolTip(help_text)

    def show_value(self, value: Any) -> None:
        """Show what the text holds: a value, or MISSING. What cannot be edited here is shown and not taken."""
        fits = value is MISSING or self._show(value)
        self.set_problem("")
        self.control.setEnabled(fits)
        self.control.setToolTip(self._help if fits else "The text holds something else here: change it there.")
        self.control.setAccessibleDescription(self.control.toolTip())
        if value is MISSING or not fits:
            self._show_none("in the text" if not fits else _LEFT_OUT)
        self.remove_button.setVisible(value is not MISSING)

    def set_problem(self, sentence: str) -> None:
        """Say why the text was not changed."""
        self._problem.setText(f"⚠ {sentence}" if sentence else "")
        set_look(self.control, "problem", bool(sentence))

    def _show(self, value: Any) -> bool:
        raise NotImplementedError

    def _show_none(self, placeholder: str) -> None:
        raise NotImplementedError


class LineInput(Input):
    """A text in one line, or a number."""

    def __init__(
        self, label: str, object_name: str, help_text: str = "", *, required: bool = False, number: bool = False
    ) -> None:
        self._edit = QLineEdit()
        self._number = number
        super().__init__(self._edit, label, object_name, help_text, required=required)
        self._edit.textEdited.connect(self._on_edited)

    def _on_edited(self, text: str) -> None:
        if not self._number:
            self.changed.emit(text)
        elif not text.strip():
            self.leftOut.emit()
        elif _NUMBER.fullmatch(text.strip()):
            self.changed.emit(Number(text.strip()))
        else:
            self.set_problem("This is no number: the text keeps the former one.")

    def _show(self, value: Any) -> bool:
        if isinstance(value, Number) is not self._number or not isinstance(value, str):
            return False
        if self._edit.text() != value and not (self._number and self._edit.text().strip() == value):
            self._edit.setText(value)
            self._edit.setCursorPosition(0)
        self._edit.setPlaceholderText("empty")
        return self._edit.text().strip() == value if self._number else self._edit.text() == value

    def _show_none(self, placeholder: str) -> None:
        self._edit.setPlaceholderText(placeholder)
        if self._edit.text():
            self._edit.clear()


class TextInput(Input):
    """A text of several lines. Tab leaves it."""

    def __init__(self, label: str, object_name: str, help_text: str = "", *, required: bool = False) -> None:
        self._edit = _Lines()
        super().__init__(self._edit, label, object_name, help_text, required=required)
        self._showing = False
        self._edit.textChanged.connect(self._on_changed)

    def _on_changed(self) -> None:
        if not self._showing:
            self.changed.emit(exact_text(self._edit.document()))

    def _show(self, value: Any) -> bool:
        if not isinstance(value, str) or isinstance(value, Number) or keepable(value)[0] != value:
            return False
        self._put(value)
        self._edit.setPlaceholderText("empty")
        return True

    def _show_none(self, placeholder: str) -> None:
        self._put("")
        self._edit.setPlaceholderText(placeholder)

    def _put(self, text: str) -> None:
        if exact_text(self._edit.document()) == text:
            return
        self._showing = True
        cursor = QTextCursor(self._edit.document())
        cursor.select(QTextCursor.SelectionType.Document)
        insert_exactly(cursor, text)
        self._edit.moveCursor(QTextCursor.MoveOperation.Start)
        self._showing = False


class ChoiceInput(Input):
    """One of some values, of which the first entry means that it is left out."""

    def __init__(
        self,
        label: str,
        object_name: str,
        choices: Sequence[tuple[str, Any]],
        help_text: str = "",
        *,
        required: bool = False,
    ) -> None:
        self._combo = QComboBox()
        self._combo.setMinimumContentsLength(6)
        self._combo.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        super().__init__(self._combo, label, object_name, help_text, required=required)
        self._values: list[Any] = []
        self.set_choices(choices)
        self._combo.activated.connect(self._on_activated)

    def set_choices(self, choices: Sequence[tuple[str, Any]]) -> None:
        """Offer other choices, each a text and its value."""
        self._choices = list(choices)
        self._offer([])

    def _offer(self, more: list[tuple[str, Any]]) -> None:
        rows = [(_LEFT_OUT, MISSING), *self._choices, *more]
        if [self._combo.itemText(row) for row in range(self._combo.count())] != [text for text, _ in rows]:
            self._combo.clear()
            self._combo.addItems([text for text, _ in rows])
        self._values = [value for _, value in rows]

    def _on_activated(self, row: int) -> None:
        if self._values[row] is MISSING:
            self.leftOut.emit()
        else:
            self.changed.emit(self._values[row])

    def _show(self, value: Any) -> bool:
        simple = isinstance(value, (str, bool)) and not isinstance(value, Number)
        if not simple:
            return False
        known = any(_same(value, one) for _, one in self._choices)
        self._offer([] if known else [(f"{value}" if value != "" else "empty", value)])
        row = next(row for row, one in enumerate(self._values) if _same(one, value))
        self._combo.setCurrentIndex(row)
        return True

    def _show_none(self, placeholder: str) -> None:
        self._offer([])
        self._combo.setItemText(0, placeholder)
        self._combo.setCurrentIndex(0)


class UndoKeys(QObject):
    """Undo and redo, pressed in a form, are those of the text beside it: one history for both."""

    undoAsked = Signal()
    redoAsked = Signal()

    def eventFilter(self, watched, event) -> bool:
        if event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            undo, redo = event.matches(QKeySequence.StandardKey.Undo), event.matches(QKeySequence.StandardKey.Redo)
            if undo or redo:
                event.accept()
                if event.type() == QEvent.Type.KeyPress:
                    (self.undoAsked if undo else self.redoAsked).emit()
                return True
        return super().eventFilter(watched, event)


class _Lines(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        height = self.fontMetrics().lineSpacing() * _LINES + 14
        self.setFixedHeight(height)

    def sizeHint(self) -> QSize:
        """Some lines high, as wide as there is room."""
        return QSize(160, self.height())

    def insertFromMimeData(self, source) -> None:
        """Text alone."""
        if source.hasText():
            self.insertPlainText(keepable(source.text())[0])


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and one == other
