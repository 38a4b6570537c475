"""The editor of a recipe: TOML, with the errors underlined where they are and the running step lit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QTextFormat
from PySide6.QtWidgets import QTextEdit, QWidget

from .. import theme
from .json_editor import JsonEditor, Mark
from .json_editor_text import to_units
from .toml_highlighter import TomlHighlighter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...repro.problems import Problem

_LIT = {"running": "selection", "passed": "ok_back", "failed": "error_back"}


class RecipeEditor(JsonEditor):
    """A text editor for recipes that never changes what is typed."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        self._lit: tuple[int, int, str] | None = None
        super().__init__(object_name, parent, TomlHighlighter, is_json=False)
        self.setAccessibleName("Recipe")
        self.setAccessibleDescription(
            "TOML text. Tab indents; Escape and then Tab leaves the editor, and so does Ctrl+Tab."
        )

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """Underline what is wrong; the line numbers mark the first one."""
        marks = [Mark(each.place.start, max(each.place.end, each.place.start + 1), "error") for each in problems]
        self.set_marks(marks, problems[0].place.line if problems else 0)

    def light(self, start: int, end: int, state: str) -> None:
        """Show the lines from one offset up to another as ``running``, ``passed`` or ``failed``, in sight."""
        self._lit = (start, end, state)
        self._select_extras()
        text = self.text()
        self.show_place(start + len(text[start:end].rstrip()))
        self.show_place(start)

    def light_nothing(self) -> None:
        """No step is on."""
        self._lit = None
        self._select_extras()

    def show_place(self, offset: int) -> None:
        """Bring a place into sight and put the cursor there; the keyboard focus stays where it is."""
        cursor = self.textCursor()
        cursor.setPosition(min(to_units(self.text(), offset), max(self.document().characterCount() - 1, 0)))
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _select_extras(self) -> None:
        super()._select_extras()
        if self._lit is None:
            return
        start, end, state = self._lit
        colour = theme.current().color(_LIT[state])
        first = self._cursor_over(to_units(self.text(), start), to_units(self.text(), start))
        last = self._cursor_over(to_units(self.text(), end), to_units(self.text(), end))
        lines = []
        block = first.block()
        while block.isValid() and block.position() < last.position():
            if block.text().strip():
                line = QTextEdit.ExtraSelection()
                line.format.setBackground(colour)
                line.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
                line.cursor = self._cursor_over(block.position(), block.position())
                lines.append(line)
            block = block.next()
        # After the current line's colour, below the marks and brackets.
        others = self.extraSelections()
        self.setExtraSelections([*others[:1], *lines, *others[1:]])
