"""The form beside the composer's text, in step with it: one value typed here is one value changed there."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QSplitter, QToolButton

from ...compose.generate import fresh
from ...compose.json_edit import CannotEditError, read_values, remove, set_value
from ..widgets.request_form import RequestForm
from .composer_completion import contract_fields

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QResizeEvent

    from ...compose.json_edit import Edit
    from ...compose.positions import Step
    from ...protocol.actions import Action
    from ..widgets.json_editor import JsonEditor

_PAUSE_MS = 80
"""So long after a change of the text the form follows; no key waits for it."""
_SIDE_BY_SIDE = 560
"""From this width on the form stands beside the text, below it otherwise."""
_PREFIX = "composer"


class ComposerForm(QSplitter):
    """Holds the editor, and the form beside it while ``button`` is down. ``setting``: the action, and whether the text
    is the whole message."""

    def __init__(self, editor: JsonEditor, setting: Callable[[], tuple[Action, bool]]) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setObjectName("composerFormSplitter")
        self.setChildrenCollapsible(False)
        self._editor, self._setting = editor, setting
        self._shown: tuple[Action, bool] | None = None
        self._last: tuple[tuple[Step, ...], int] | None = None
        action, _ = setting()
        self.form = RequestForm(_PREFIX, action, contract_fields(), lambda: fresh(time.time_ns(), os.urandom))
        self.form.hide()
        self.addWidget(editor)
        self.addWidget(self.form)
        self.setStretchFactor(0, 3)
        self.setStretchFactor(1, 2)
        self.button = QToolButton()
        self.button.setObjectName("composerFormButton")
        self.button.setText("Form")
        self.button.setCheckable(True)
        self.button.setAccessibleName("Form beside the text")
        self.button.setToolTip("Show the usual fields beside the text (Ctrl+Shift+D). Both are always in step.")
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.refresh)
        self.button.toggled.connect(self._on_toggled)
        self.form.changed.connect(self._set)
        self.form.leftOut.connect(self._remove)
        self.form.undo_keys.undoAsked.connect(lambda: self._from_history(editor.undo))
        self.form.undo_keys.redoAsked.connect(lambda: self._from_history(editor.redo))
        editor.edited.connect(self._on_edited)
        editor.actions_of.add("Form", "Show the fo&rm", ("Ctrl+Shift+D",), self.button.toggle)

    def refresh(self) -> None:
        """Show what the text holds now."""
        self._pause.stop()
        if not self.button.isChecked():
            return
        self._follow_setting()
        _, whole = self._setting()
        try:
            values = read_values(self._editor.text())
        except CannotEditError as error:
            self.form.show_problem(str(error))
            return
        if not isinstance(values, dict):
            self.form.show_problem("The text is no object.")
        elif whole and not isinstance(values.get("payload", {}), dict):
            self.form.show_problem("The message's payload is no object.")
        else:
            self.form.show_values(values.get("payload", {}) if whole else values)

    def setting_changed(self) -> None:
        """The action or the mode is another one."""
        if self.button.isChecked() and self._setting() != self._shown:
            self.refresh()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside the text where there is room, below it otherwise."""
        super().resizeEvent(event)
        wide = self.width() >= _SIDE_BY_SIDE
        self.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)

    def _follow_setting(self) -> None:
        setting = self._setting()
        if self._shown is None or setting[0] is not self._shown[0]:
            self.form.set_action(setting[0])
        self._shown = setting

    def _on_toggled(self, on: bool) -> None:
        had_focus = self.form.isAncestorOf(self.form.focusWidget() or self.form)
        self.form.setVisible(on)
        self.refresh()
        if not on and had_focus:
            self._editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_edited(self) -> None:
        if self.button.isChecked():
            self._pause.start()

    def _set(self, path: tuple[Step, ...], value: Any) -> None:
        self._change(path, lambda text, steps: set_value(text, steps, value))

    def _remove(self, path: tuple[Step, ...]) -> None:
        self._change(path, remove)

    def _change(self, path: tuple[Step, ...], change: Callable[[str, tuple[Step, ...]], Edit]) -> None:
        _, whole = self._setting()
        steps = ("payload", *path) if whole else path
        try:
            edit = change(self._editor.text(), steps)
        except CannotEditError as error:
            self.form.tell(path, str(error))
            return
        # What is typed in one field without a change elsewhere in between is one step to undo.
        document = self._editor.document()
        joined = self._last == (path, document.revision())
        self._editor.apply_edit(edit.start, edit.end, edit.insert, join=joined)
        self._last = (path, document.revision())

    def _from_history(self, step: Callable[[], None]) -> None:
        step()
        self._last = None
        self.refresh()
