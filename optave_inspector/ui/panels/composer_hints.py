"""What stands behind a variable in the editor, shown where the mouse rests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QToolTip

from ...compose.variables import Absent
from ..widgets.json_editor_text import from_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHelpEvent

    from ...compose.variables import Resolved
    from ..widgets.json_editor import JsonEditor

_LONGEST = 600


class VariableHints(QObject):
    """Watches the editor's viewport for tooltips; elsewhere than on a variable the editor shows its own."""

    def __init__(self, editor: JsonEditor, resolve: Callable[[str], Resolved]) -> None:
        super().__init__(editor)
        self._editor = editor
        self._resolve = resolve
        editor.viewport().installEventFilter(self)

    def hint(self, offset: int) -> str:
        """What to say of the place before the code point at ``offset``; empty where no variable stands."""
        text = self._editor.text()
        if "{{" not in text:
            return ""
        part = self._resolve(text).part_at(offset)
        if part is None:
            return ""
        if isinstance(part, Absent):
            return f"⚠ {part.sentence}"
        value = part.value if len(part.value) <= _LONGEST else f"{part.value[:_LONGEST]}…"
        return f"{{{{{part.name}}}}} is sent as\n{value or 'nothing'}"

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Show the value instead of the editor's tooltip."""
        if event.type() == QEvent.Type.ToolTip:
            return self._show(event)
        return False

    def _show(self, event: QHelpEvent) -> bool:
        position = self._editor.cursorForPosition(event.pos()).position()
        hint = self.hint(from_units(self._editor.text(), position))
        if hint:
            QToolTip.showText(event.globalPos(), hint, self._editor)
        return bool(hint)
