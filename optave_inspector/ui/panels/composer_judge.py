"""Judges the editor's text as it is typed, and underlines what was found."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from ...compose.json_walk import spots
from ...compose.judgement import Judgement, Severity, json_problem, judge
from ...compose.positions import parse_path
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
        self, editor: JsonEditor, contract: Contract, settings: Callable[[], tuple[Action, Overrides, bool]]
    ) -> None:
        super().__init__(editor)
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
        asked = (text, action, overrides, whole)
        if asked != self._asked:
            began = time.perf_counter()
            self._asked = asked
            self.judgement = judge(self._contract, action, text, overrides, whole=whole)
            self._mark(text)
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
            problem = json_problem(text)
            before = self.judgement.problem
            if problem is None and before is not None:
                self.now()
                return
            if problem != before:
                self._asked = None
                self.judgement = Judgement(self.judgement.size, problem)
                self._mark(text)
                self.judged.emit()
        self._pause.start()

    def _mark(self, text: str) -> None:
        problem = self.judgement.problem
        if problem is not None:
            self._editor.set_marks([Mark(problem.offset, problem.offset + 1, "error")], problem.line)
        else:
            self._editor.set_marks(_marks(text, self.judgement.places))


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
