"""What an editor does besides taking text: finding, going to a line, folding. In its menu, and by keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QEvent

    from .json_editor import JsonEditor


class EditorActions(QObject):
    """The actions of one editor. Their keys are the editor's while it has the keyboard, whatever the window uses
    them for."""

    def __init__(self, editor: JsonEditor, *, folding: bool) -> None:
        super().__init__(editor)
        self._editor = editor
        self._actions: list[QAction] = []
        self._add("Find", "&Find…", ("Ctrl+F",), editor.find_bar.open)
        self._add("Replace", "Find and &replace…", ("Ctrl+H",), lambda: editor.find_bar.open(replacing=True))
        self._add("FindNext", "Find &next", ("F3",), editor.find_bar.go)
        self._add("FindPrevious", "Find &previous", ("Shift+F3",), lambda: editor.find_bar.go(back=True))
        self._add("GoToLine", "&Go to line…", ("Ctrl+G",), editor.line_bar.open)
        if folding:
            self._add("Fold", "F&old", ("Ctrl+Shift+[", "Ctrl+Shift+{"), self.fold)
            self._add("Unfold", "&Unfold", ("Ctrl+Shift+]", "Ctrl+Shift+}"), self.unfold)
            self._add("FoldAll", "Fold a&ll", ("Ctrl+Alt+[",), lambda: editor.folds().fold_all())
            self._add("UnfoldAll", "Unfold &all", ("Ctrl+Alt+]",), lambda: editor.folds().unfold_all())

    def all(self) -> list[QAction]:
        """For a menu."""
        return self._actions

    def add(self, name: str, text: str, keys: tuple[str, ...], slot: Callable[[], object]) -> QAction:
        """A further action of the editor, whose object name ends with ``name``."""
        return self._add(name, text, keys, slot)

    def is_own(self, event: QEvent) -> bool:
        """Whether a key is one of the editor's own."""
        return self._of(event) is not None

    def pressed(self, event: QKeyEvent) -> bool:
        """Do what the key stands for; False where it is none of these."""
        action = self._of(event)
        if action is None:
            return False
        if action.isEnabled():
            action.trigger()
        return True

    def fold(self) -> None:
        """Fold what opens in the cursor's line, or else what the line stands in."""
        self._editor.folds().fold_around(self._editor.textCursor().block())

    def unfold(self) -> None:
        """Show what the cursor's line hides."""
        self._editor.folds().unfold(self._editor.textCursor().block())

    def _of(self, event: QEvent) -> QAction | None:
        if not isinstance(event, QKeyEvent) or (not event.text() and event.key() in _MODIFIERS):
            return None
        combination = event.keyCombination()
        keypad = Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence((event.modifiers() & ~keypad).value | combination.key().value)
        return next((action for action in self._actions if pressed in action.shortcuts()), None)

    def _add(self, name: str, text: str, keys: tuple[str, ...], slot: Callable[[], object]) -> QAction:
        action = QAction(text, self._editor)
        action.setObjectName(f"{self._editor.objectName()}{name}Action")
        action.setShortcuts([QKeySequence(key) for key in keys])
        # Shown in the menu; what is pressed comes by the editor itself, since a window may use the same keys.
        action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        action.triggered.connect(lambda _checked=False: slot())
        self._actions.append(action)
        return action


_MODIFIERS = (Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta)
