"""The bars at the top of an editor: find and replace, and go to a line."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QToolButton, QWidget

from .elided_label import ElidedLabel
from .json_editor_text import insert_exactly, keepable
from .look import set_look
from .text_finding import Found, Wanted, find_all, problem, replacement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QKeyEvent

    from .json_editor import JsonEditor

_PAUSE_MS = 120


class EditorBar(QFrame):
    """A strip at the top of an editor, which makes room for it. Esc closes it; no other key reaches the editor."""

    def __init__(self, object_name: str, editor: JsonEditor) -> None:
        super().__init__(editor)
        self.setObjectName(object_name)
        self.setProperty("bar", "neutral")
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._editor = editor
        self.hide()

    def close_bar(self) -> None:
        """Hide, and give the keyboard back to the text."""
        self.hide()
        self._editor.bar_changed()
        self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """What the fields leave over ends here, but for the keys that send."""
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            event.ignore()
        elif enter and isinstance(self.focusWidget(), QToolButton):
            self.focusWidget().click()
        elif enter:
            self.on_enter(back=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def on_enter(self, *, back: bool) -> None:
        """Enter in one of the fields."""


class FindBar(EditorBar):
    """Finds as one types; replaces one or all, all of them as one step to undo."""

    foundChanged = Signal()
    """``places`` are others."""

    def __init__(self, editor: JsonEditor) -> None:
        prefix = editor.objectName()
        super().__init__(f"{prefix}FindBar", editor)
        self.places: list[Found] = []
        self._scope: QTextCursor | None = None
        self.find_edit = _field(f"{prefix}FindEdit", "Find", "Find")
        self.replace_edit = _field(f"{prefix}ReplaceEdit", "Replace with", "Replace with")
        self.replace_edit.setToolTip(r"With a regular expression: \1 or $1 is a group, \n a line feed, \\ a backslash.")
        self.case = _toggle(f"{prefix}FindCaseButton", "Aa", "Match case", "Upper and lower case must be the same")
        self.word = _toggle(f"{prefix}FindWordButton", "W", "Whole words", "Find whole words only")
        self.pattern = _toggle(f"{prefix}FindPatternButton", ".*", "Regular expression", "Find by a regular expression")
        self.selection = _toggle(
            f"{prefix}FindSelectionButton",
            "Sel",
            "In the selection",
            "Find only in what is selected now",
        )
        self.count = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.count.setObjectName(f"{prefix}FindCount")
        self.count.setAccessibleName("What was found")
        self.count.setMinimumWidth(70)
        self._previous = _button(f"{prefix}FindPreviousButton", "↑", "Previous", "Previous (Shift+Enter, Shift+F3)")
        self._next = _button(f"{prefix}FindNextButton", "↓", "Next", "Next (Enter, F3)")
        self._more = _toggle(f"{prefix}FindReplaceButton", "⇄", "Replace", "Replace what is found (Ctrl+H)")
        self._close = _button(f"{prefix}FindCloseButton", "✕", "Close the find bar", "Close (Esc)")
        self._one = _button(
            f"{prefix}ReplaceOneButton", "Replace one", "Replace one", "Replace this one, find the next (Enter)"
        )
        self._all = _button(
            f"{prefix}ReplaceAllButton",
            "Replace all",
            "Replace all",
            "Replace all; one undo brings them back",
        )
        self._lay_out()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self.search)
        self.find_edit.textChanged.connect(self._on_wanted)
        for toggle in (self.case, self.word, self.pattern):
            toggle.toggled.connect(self._on_wanted)
        self.selection.toggled.connect(self._on_selection)
        self._more.toggled.connect(self._on_more)
        self._previous.clicked.connect(lambda _checked=False: self.go(back=True))
        self._next.clicked.connect(lambda _checked=False: self.go())
        self._close.clicked.connect(lambda _checked=False: self.close_bar())
        self._one.clicked.connect(lambda _checked=False: self.replace_one())
        self._all.clicked.connect(lambda _checked=False: self.replace_all())
        editor.edited.connect(self._on_edited)
        editor.cursorPositionChanged.connect(self._show_count)

    def open(self, *, replacing: bool = False) -> None:
        """Show the bar with what is selected in it, or what was looked for last."""
        cursor = self._editor.textCursor()
        selected = cursor.selectedText()
        if selected and "\u2029" not in selected:
            self.find_edit.setText(selected)
        self._more.setChecked(replacing and not self._editor.isReadOnly())
        self._more.setVisible(not self._editor.isReadOnly())
        self.show()
        self._editor.bar_changed(self)
        if "\u2029" in selected:
            self.selection.setChecked(False)
            self.selection.setChecked(True)
        self.find_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.find_edit.selectAll()
        self.search()

    def close_bar(self) -> None:
        """Hide; what was found is no longer lit."""
        self._typing.stop()
        self.selection.setChecked(False)
        super().close_bar()
        self._set_places([])

    def forget(self) -> None:
        """Another document is on show: what was found belongs to the former."""
        self.selection.setChecked(False)
        self._set_places([])
        if self.isVisible():
            self._typing.start()

    def wanted(self) -> Wanted:
        """What the fields ask for."""
        return Wanted(self.find_edit.text(), self.case.isChecked(), self.word.isChecked(), self.pattern.isChecked())

    def scope(self) -> QTextCursor | None:
        """The part of the text that is searched; None for all of it."""
        return self._scope

    def search(self) -> None:
        """Look for it in the text as it is now."""
        self._typing.stop()
        self._set_places(self._found())
        wrong = problem(self.wanted())
        set_look(self.find_edit, "problem", bool(wrong))
        if wrong:
            self.count.setText(wrong)
        self.find_edit.setAccessibleDescription(wrong)

    def go(self, *, back: bool = False) -> None:
        """Select the next place, or the one before; round at the ends."""
        if self._typing.isActive() or not self.places:
            self.search()
        if not self.places:
            return
        cursor = self._editor.textCursor()
        starts = [place.start for place in self.places]
        if back:
            index = bisect_left(starts, cursor.selectionStart()) - 1
        else:
            index = bisect_left(starts, cursor.selectionEnd() if cursor.hasSelection() else cursor.position())
        self._select(self.places[index % len(self.places)])

    def replace_one(self) -> None:
        """Replace the selected place, then go to the next one; only go there where none is selected."""
        if self._editor.isReadOnly():
            return
        wanted = self.wanted()
        cursor = self._editor.textCursor()
        here = (cursor.selectionStart(), cursor.selectionEnd())
        for place in self._found(groups=True):
            if (place.start, place.end) == here:
                insert_exactly(cursor, keepable(replacement(place, self.replace_edit.text(), wanted))[0])
                self._editor.setTextCursor(cursor)
                break
        self.search()
        self.go()

    def replace_all(self) -> None:
        """Replace every place, as one step to undo, and say how many there were."""
        if self._editor.isReadOnly():
            return
        wanted, new = self.wanted(), self.replace_edit.text()
        places = self._found(groups=True)
        cursor = QTextCursor(self._editor.document())
        cursor.beginEditBlock()
        for place in reversed(places):
            cursor.setPosition(place.start)
            cursor.setPosition(place.end, QTextCursor.MoveMode.KeepAnchor)
            insert_exactly(cursor, keepable(replacement(place, new, wanted))[0])
        cursor.endEditBlock()
        self.search()
        if places:
            self.count.setText(f"{len(places):,} replaced")

    def on_enter(self, *, back: bool) -> None:
        if self.replace_edit.hasFocus():
            self.replace_one()
        else:
            self.go(back=back)

    # -- inside

    def _lay_out(self) -> None:
        layout = QGridLayout(self)
        layout.setContentsMargins(5, 4, 5, 4)
        layout.setSpacing(4)
        layout.addWidget(self.find_edit, 0, 0)
        layout.addWidget(self.replace_edit, 1, 0)
        first, second = QHBoxLayout(), QHBoxLayout()
        for row in (first, second):
            row.setSpacing(3)
        for widget in (self.case, self.word, self.pattern, self.selection):
            first.addWidget(widget)
        first.addWidget(self.count, 1)
        for widget in (self._previous, self._next, self._more, self._close):
            first.addWidget(widget)
        second.addWidget(self._one)
        second.addWidget(self._all)
        second.addStretch(1)
        layout.addLayout(first, 0, 1)
        layout.addLayout(second, 1, 1)
        layout.setColumnStretch(0, 2)
        layout.setColumnStretch(1, 3)
        self._on_more(on=False)
        for before, after in zip(self._order(), self._order()[1:], strict=False):
            QWidget.setTabOrder(before, after)

    def _order(self) -> Sequence[QWidget]:
        return (
            self.find_edit, self.replace_edit, self.case, self.word, self.pattern, self.selection,
            self._previous, self._next, self._more, self._one, self._all, self._close,
        )  # fmt: skip

    def _on_more(self, on: bool) -> None:
        for widget in (self.replace_edit, self._one, self._all):
            widget.setVisible(on)
        if self.isVisible():
            self._editor.bar_changed(self)

    def _on_wanted(self) -> None:
        self.search()
        place = next((one for one in self.places if one.start >= self._editor.textCursor().selectionStart()), None)
        if place is not None and self.isVisible():
            self._select(place)

    def _on_selection(self, on: bool) -> None:
        cursor = self._editor.textCursor()
        self._scope = QTextCursor(cursor) if on and cursor.hasSelection() else None
        if on and self._scope is None:
            self.selection.setChecked(False)
        elif self.isVisible():
            self.search()

    def _on_edited(self) -> None:
        if self.isVisible():
            self._typing.start()

    def _found(self, *, groups: bool = False) -> list[Found]:
        places = list(find_all(self._editor.text(), self.wanted(), groups=groups))
        if self._scope is None:
            return places
        start, end = self._scope.selectionStart(), self._scope.selectionEnd()
        return [place for place in places if start <= place.start and place.end <= end]

    def _set_places(self, places: list[Found]) -> None:
        self.places = places
        for widget in (self._previous, self._next, self._one, self._all):
            widget.setEnabled(bool(places))
        self._show_count()
        self.foundChanged.emit()

    def _show_count(self) -> None:
        if not self.isVisible() or self._typing.isActive():
            return
        if not self.find_edit.text():
            self.count.setText("")
        elif not self.places:
            self.count.setText("Not found")
        else:
            cursor = self._editor.textCursor()
            index = bisect_left([place.start for place in self.places], cursor.selectionStart())
            here = index < len(self.places) and (self.places[index].start, self.places[index].end) == (
                cursor.selectionStart(), cursor.selectionEnd(),
            )  # fmt: skip
            self.count.setText(f"{index + 1:,} of {len(self.places):,}" if here else f"{len(self.places):,} found")

    def _select(self, place: Found) -> None:
        self._editor.select_units(place.start, place.end)


class GoToLineBar(EditorBar):
    """Asks for a line, or a line and a column."""

    def __init__(self, editor: JsonEditor) -> None:
        prefix = editor.objectName()
        super().__init__(f"{prefix}LineBar", editor)
        self.line_edit = _field(f"{prefix}LineEdit", "Line, or line:column", "Go to line")
        self._words = QLabel()
        self._words.setObjectName(f"{prefix}LineWords")
        self._words.setProperty("role", "muted")
        close = _button(f"{prefix}LineCloseButton", "✕", "Close the line bar", "Close (Esc)")
        close.clicked.connect(lambda _checked=False: self.close_bar())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(5, 4, 5, 4)
        layout.setSpacing(6)
        layout.addWidget(self.line_edit, 1)
        layout.addWidget(self._words, 2)
        layout.addWidget(close)
        self.line_edit.textEdited.connect(lambda _text: self._tell())

    def open(self) -> None:
        """Show the bar with the line of the cursor in it."""
        self.line_edit.setText(str(self._editor.textCursor().blockNumber() + 1))
        self._tell()
        self.show()
        self._editor.bar_changed(self)
        self.line_edit.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.line_edit.selectAll()

    def on_enter(self, *, back: bool) -> None:  # noqa: ARG002 - there is no way back
        place = self._place()
        if place is not None:
            self.close_bar()
            self._editor.go_to_line(*place)

    def _place(self) -> tuple[int, int] | None:
        line, _, column = self.line_edit.text().strip().partition(":")
        if not (line.isdecimal() and len(line) < 10 and ((column.isdecimal() and len(column) < 10) or not column)):
            return None
        return (int(line), int(column or 1)) if 1 <= int(line) <= self._editor.blockCount() else None

    def _tell(self) -> None:
        wrong = self._place() is None
        count = self._editor.blockCount()
        self._words.setText(
            f"Lines 1 to {count:,}; Enter goes there." if not wrong else f"⚠ There are lines 1 to {count:,}."
        )
        set_look(self._words, "role", "problem" if wrong else "muted")


def _field(object_name: str, placeholder: str, accessible_name: str) -> QLineEdit:
    edit = QLineEdit()
    edit.setObjectName(object_name)
    edit.setPlaceholderText(placeholder)
    edit.setAccessibleName(accessible_name)
    edit.setMinimumWidth(90)
    return edit


def _button(object_name: str, text: str, accessible_name: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(object_name)
    button.setText(text)
    button.setAccessibleName(accessible_name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setProperty("tight", True)
    return button


def _toggle(object_name: str, text: str, accessible_name: str, tip: str) -> QToolButton:
    button = _button(object_name, text, accessible_name, tip)
    button.setCheckable(True)
    return button
