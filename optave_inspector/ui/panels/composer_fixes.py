"""Mends findings at one key press; one undo takes it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QTextCursor

from ...compose.fixes import Choose, Fixes, Give, changed_part, fix_all, fix_of_problem
from ...compose.json_edit import CannotEditError
from ...compose.judgement import Severity, judge
from ..widgets.json_editor_text import insert_exactly, to_units

if TYPE_CHECKING:
    from ...compose.fixes import Fix
    from ...compose.judgement import Judgement, Place
    from ...protocol.actions import Action
    from .composer import ComposerPanel

_MOST = 200
"""Findings for which a fix is looked for."""


class ComposerFixes(QObject):
    """What can be mended in the composer's text, and the mending."""

    told = Signal(str)
    """What was done, or why nothing was."""

    def __init__(self, composer: ComposerPanel) -> None:
        super().__init__(composer)
        self._composer = composer
        self._fixes: dict[Place, Fix] = {}
        self._mend: tuple[str, str] | None = None
        for name, text, key, slot in (
            ("Fix", "Fix what is wrong at the cursor", "Ctrl+.", self.fix_here),
            ("FixAll", "Fix all that can be fixed", "Ctrl+Shift+.", self.fix_all),
        ):
            action = QAction(text, composer)
            action.setObjectName(f"composer{name}Action")
            action.setShortcut(QKeySequence(key))
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
            composer.addAction(action)

    # -- what others may do

    def look_at(self, judgement: Judgement) -> None:
        """Find the fixes for what a judgement of the text found."""
        composer, text = self._composer, self._composer.text()
        self._fixes, self._mend = {}, None
        if judgement.problem is not None:
            self._mend = None if composer.variables.resolve(text).absent else fix_of_problem(text, judgement.problem)
        elif judgement.places:
            fixes = Fixes(text, composer.action(), whole=composer.whole())
            found = ((place, fixes.of(place)) for place in judgement.places[:_MOST])
            self._fixes = {place: fix for place, fix in found if fix is not None}

    def words(self) -> dict[Place, str]:
        """What each fix would do."""
        return {place: fix.words for place, fix in self._fixes.items()}

    def offer(self) -> str:
        """What a button that mends all can say; empty where there is nothing to mend."""
        if self._mend is not None:
            return f"Fix: {self._mend[0]}"
        count = sum(not fix.loses for fix in self._fixes.values())
        return f"Fix all {count}" if count > 1 else "Fix" if count else ""

    def fix(self, place: Place) -> None:
        """Mend one finding."""
        fix = self._fixes.get(place)
        if fix is None:
            self.told.emit("There is no fix for this: only you can know what belongs here.")
            return
        try:
            after = fix.applied(self._composer.text())
        except CannotEditError as error:
            self.told.emit(str(error))
            return
        self._take(after, [fix])

    def fix_here(self) -> None:
        """Mend what is wrong at the cursor, or the first finding that can be mended."""
        if self._mend is not None:
            self.fix_all()
            return
        here = self._composer.place_at_cursor()
        if here in self._fixes:
            self.fix(here)
            return
        first = next((place for place in self._fixes if place.severity is not Severity.NOTE), None)
        if first is None:
            self.told.emit("Nothing here can be fixed by itself.")
        else:
            self.fix(first)

    def fix_all(self) -> None:
        """Mend all that can be mended without losing anything that was typed."""
        composer = self._composer
        text = composer.text()
        if self._mend is not None:
            words, after = self._mend
            self._replace(after)
            self.told.emit(f"Fixed: {words}. Ctrl+Z takes it back.")
            return
        after, action, done = fix_all(text, composer.action(), self._judge, whole=composer.whole())
        if not done:
            self.told.emit("Nothing can be fixed without losing what you typed, or without you.")
            return
        self._take(after, done, action)

    # -- inside

    def _judge(self, text: str, action: Action) -> Judgement:
        composer = self._composer
        resolved = composer.variables.resolve(text)
        return judge(composer.contract, action, resolved.text, composer.headers.overrides(), whole=composer.whole())

    def _take(self, after: str, done: list[Fix], action: Action | None = None) -> None:
        composer = self._composer
        self._replace(after)
        for change in (change for fix in done for change in fix.beside):
            if isinstance(change, Give):
                composer.headers.give(change.header, change.text)
            elif isinstance(change, Choose):
                action = change.action
        if action is not None and action is not composer.action():
            composer.set_action(action)
        said = "; ".join(dict.fromkeys(fix.words for fix in done))
        many = f"{len(done)} fixed" if len(done) > 1 else "Fixed"
        self.told.emit(f"{many}: {said}. Ctrl+Z takes it back.")

    def _replace(self, after: str) -> None:
        """Put ``after`` in place of the text as one small step."""
        editor = self._composer.editor
        before = editor.text()
        if after == before:
            return
        start, end, insert = changed_part(before, after)
        cursor = QTextCursor(editor.document())
        cursor.setPosition(to_units(before, start))
        cursor.setPosition(to_units(before, end), QTextCursor.MoveMode.KeepAnchor)
        insert_exactly(cursor, insert)
        cursor.setPosition(to_units(after, start))
        editor.setTextCursor(cursor)
        editor.ensureCursorVisible()
