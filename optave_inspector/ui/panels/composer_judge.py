"""Judges the editor's text as it is typed, and underlines what was found."""

from __future__ import annotations

import asyncio
import sys
import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

from ...compose.json_walk import spots
from ...compose.judgement import Judgement, Severity, json_problem, judge
from ...compose.positions import Problem, parse_path
from ...compose.variables import Resolved
from ...protocol.limits import measure
from ..widgets.json_editor import JsonEditor, Mark

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from ...compose.judgement import Place
    from ...protocol.actions import Action
    from ...protocol.contract import Contract
    from ...protocol.envelope import Overrides

_PAUSE_MS = 150
"""Verdicts wait until typing pauses this long; longer, where the last ones took long on this thread."""
_AT_ONCE = 32_768
"""Up to this many characters broken JSON is shown at each key; a longer text waits for the pause."""
_MOST_MARKS = 200
_HAND_OVER_S = 0.0003


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
        start: Callable[[Coroutine[Any, Any, None], str], object] | None = None,
    ) -> None:
        """``resolve`` puts the values of variables in: what would be sent is judged.

        ``start`` runs tasks: with it long texts are judged on another thread, so that no key waits for them.
        """
        super().__init__(editor)
        self._resolve = resolve
        self._editor = editor
        self._contract = contract
        self._settings = settings
        self._start = start
        self._aside: object = None
        self._asked: object = None
        self.judgement: Judgement
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self._on_pause)
        editor.edited.connect(self._on_edited)
        self.now()

    def now(self) -> Judgement:
        """Judge at once, unless nothing changed since the last time."""
        self._pause.stop()
        asked, work = self._question()
        if asked != self._asked:
            began = time.perf_counter()
            self._take(asked, *work())
            self._pause.setInterval(max(_PAUSE_MS, round((time.perf_counter() - began) * 4000)))
        return self.judgement

    def is_current(self) -> bool:
        """Whether the judgement is about what the editor holds."""
        return not self._pause.isActive() and self._aside is None

    def _question(self) -> tuple[object, Callable[[], tuple[Judgement, list[Mark]]]]:
        """What there is to judge, by what it can be told from another time, and the work, which knows no Qt."""
        action, overrides, whole = self._settings()
        text = self._editor.text()
        resolved = self._resolve(text)
        asked = (text, action, overrides, whole, resolved.absent, _lasting(resolved))

        def work() -> tuple[Judgement, list[Mark]]:
            if resolved.absent:
                judgement = Judgement(measure(text), _absent(text, resolved))
            else:
                judgement = judge(self._contract, action, resolved.text, overrides, whole=whole)
                if judgement.problem is not None:
                    judgement = Judgement(judgement.size, _at_source(text, resolved, judgement.problem))
            return judgement, _all_marks(resolved, judgement)

        return asked, work

    def _take(self, asked: object, judgement: Judgement, marks: list[Mark]) -> None:
        self._asked = asked
        self.judgement = judgement
        self._editor.set_marks(marks, 0 if judgement.problem is None else judgement.problem.line)
        self.judged.emit()

    def _on_pause(self) -> None:
        if self._start is None or len(self._editor.text()) <= _AT_ONCE:
            self.now()
            return
        asked, work = self._question()
        if asked != self._asked and self._aside is None:
            self._aside = asked
            self._start(self._judge_aside(asked, work), "judging a long draft")

    async def _judge_aside(self, asked: object, work: Callable[[], tuple[Judgement, list[Mark]]]) -> None:
        usual = sys.getswitchinterval()
        # Python's threads hand over every 5 ms, and a key needs to be handed over to several times until it is painted.
        sys.setswitchinterval(_HAND_OVER_S)
        try:
            judgement, marks = await asyncio.to_thread(work)
        finally:
            sys.setswitchinterval(usual)
            self._aside = None
        if self._question()[0] == asked != self._asked:
            self._take(asked, judgement, marks)
        elif not self._pause.isActive():
            self._pause.start()  # it was edited meanwhile, or judged by somebody who could not wait

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
                marks = _all_marks(resolved, self.judgement)
                self._editor.set_marks(marks, 0 if problem is None else problem.line)
                self.judged.emit()
        self._pause.start()


def _all_marks(resolved: Resolved, judgement: Judgement) -> list[Mark]:
    """What to underline in the text as it is written."""
    problem = judgement.problem
    if problem is not None:
        absent = [Mark(one.start, one.end, "error") for one in resolved.absent[:_MOST_MARKS]]
        return absent or [Mark(problem.offset, problem.offset + 1, "error")]
    marks = _marks(resolved.text, judgement.places)
    if resolved.parts:
        return [Mark(resolved.source(one.start), resolved.source(one.end), one.kind) for one in marks]
    return marks


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
