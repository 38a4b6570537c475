"""Judges the editor's text as it is typed, and underlines what was found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ...compose.json_walk import spots
from ...compose.judgement import Judgement, Severity, json_problem, judge
from ...compose.positions import Problem, parse_path
from ...compose.variables import Resolved
from ...protocol.limits import measure
from ..widgets.json_editor import JsonEditor, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ...compose.judgement import Place
    from ...protocol.actions import Action
    from ...protocol.contract import Contract
    from ...protocol.envelope import Overrides

_PAUSE_MS = 150
"""Verdicts wait until typing pauses this long; longer, where the last ones took long."""
_AT_ONCE = 32_768
"""Up to this many characters broken JSON is shown at each key; a longer text waits for the pause."""
_MOST_MARKS = 200


class ComposerJudge(QObject):
    """Keeps the newest judgement. ``settings`` gives action, overrides and whether the text is the whole message."""

    judged = Signal()
    """``judgement`` is new."""

    def __init__(
        self,
        editor: JsonEditor,
        contract: Contract,
        settings: Callable[[], tuple[Action, Overrides, bool]],
        resolve: Callable[[str], Resolved] = Resolved,
    ) -> None:
        """``resolve`` puts the values of variables in: what would be sent is judged."""
        super().__init__(editor)
        self._resolve = resolve
        self._editor = editor
        self._contract = contract
        self._settings = settings
        self._asked: object = None
        self.judgement: Judgement
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.now)
        editor.edited.connect(self._on_edited)
        self.now()

    def now(self) -> Judgement:
        """Judge at once, unless nothing changed since the last time."""
        self._pause.stop()
        action, overrides, whole = self._settings()
        text = self._editor.text()
        resolved = self._resolve(text)
        asked = (text, action, overrides, whole, resolved.absent, _lasting(resolved))
        if asked != self._asked:
            began = time.perf_counter()
            self._asked = asked
            if resolved.absent:
                self.judgement = Judgement(measure(text), _absent(text, resolved))
            else:
                self.judgement = judge(self._contract, action, resolved.text, overrides, whole=whole)
                if self.judgement.problem is not None:
                    problem = _at_source(text, resolved, self.judgement.problem)
                    self.judgement = Judgement(self.judgement.size, problem)
            self._mark(resolved)
            took_ms = (time.perf_counter() - began) * 1000
            self._pause.setInterval(max(_PAUSE_MS, round(took_ms * 4)))
            self.judged.emit()
        return self.judgement

    def is_current(self) -> bool:
        """Whether the judgement is about what the editor holds."""
        return not self._pause.isActive()

    def _on_edited(self) -> None:
        text = self._editor.text()
        if len(text) <= _AT_ONCE:
            resolved = self._resolve(text)
            problem = _absent(text, resolved) if resolved.absent else json_problem(resolved.text)
            if problem is not None and not resolved.absent:
                problem = _at_source(text, resolved, problem)
            before = self.judgement.problem
            if problem is None and before is not None:
                self.now()
                return
            if problem != before:
                self._asked = None
                self.judgement = Judgement(self.judgement.size, problem)
                self._mark(resolved)
                self.judged.emit()
        self._pause.start()

    def _mark(self, resolved: Resolved) -> None:
        problem = self.judgement.problem
        if problem is not None:
            marks = [Mark(one.start, one.end, "error") for one in resolved.absent[:_MOST_MARKS]]
            self._editor.set_marks(marks or [Mark(problem.offset, problem.offset + 1, "error")], problem.line)
            return
        marks = _marks(resolved.text, self.judgement.places)
        if resolved.parts:
            marks = [Mark(resolved.source(one.start), resolved.source(one.end), one.kind) for one in marks]
        self._editor.set_marks(marks)


def _lasting(resolved: Resolved) -> tuple[str, ...]:
    """The values that were put in, without the time, which is another one at each look."""
    return tuple(part.value for part in resolved.parts if not part.name.startswith("now"))


def _absent(text: str, resolved: Resolved) -> Problem:
    one = resolved.absent[0]
    return _problem(text, one.start, one.sentence)


def _at_source(text: str, resolved: Resolved, problem: Problem) -> Problem:
    """Where in the written text the place of a problem comes from."""
    return _problem(text, resolved.source(problem.offset), problem.sentence) if resolved.parts else problem


def _problem(text: str, offset: int, sentence: str) -> Problem:
    line_start = text.rfind("\n", 0, offset) + 1
    return Problem(offset, text.count("\n", 0, offset) + 1, offset - line_start + 1, sentence)


def _marks(text: str, places: Sequence[Place]) -> list[Mark]:
    found = [place for place in places if place.path is not None and place.severity is not Severity.NOTE]
    if not found:
        return []
    paths = {place.path: parse_path(place.path) for place in found[:_MOST_MARKS] if place.path is not None}
    at = dict(spots(text, [path for path in paths.values() if path is not None]))
    marks: dict[tuple[int, int], Mark] = {}
    for place in found[:_MOST_MARKS]:
        spot = at.get(paths[place.path] or ()) if place.path is not None else None
        if spot is not None:
            marks.setdefault((spot.start, spot.end), Mark(spot.start, spot.end, str(place.severity)))
    return list(marks.values())
