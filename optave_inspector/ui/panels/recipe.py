"""The panel in which recipes are chosen, read, changed and run: the reproduction, beside what it leaves in the log."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QSpinBox, QSplitter, QToolButton, QWidget

from ...capture.redaction import Redactor
from ...repro.problems import RecipeError
from ...repro.reading import read_recipe
from ...repro.recipe import SUFFIX, every_step
from ...repro.report import Reported, ReportFormat, report
from ...repro.results import StepState
from ...repro.shipped import shipped
from ...repro.tables import NO_SECRETS
from ...repro.toml_places import TomlText
from ..recipe_runs import RecipeRuns
from ..widgets.elided_label import ElidedLabel
from ..widgets.look import set_look
from ..widgets.panel import Panel
from ..widgets.recipe_editor import RecipeEditor
from .recipe_files import RecipeChoice, RecipeFiles
from .recipe_steps import RecipeSteps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ...repro.problems import Problem
    from ...repro.recipe import Recipe
    from ...repro.results import RunResult, StepEvent
    from ...repro.shrinking import Shrunk
    from ..bridge import SessionBridge
    from ..profile_book import ProfileBook

_FIRST = "close-1008-token-used-twice"
_PAUSE_MS = 200
_MOST_KEPT = 256 * 1024
"""Characters of a draft that is kept until the next start."""
_MOST_RUNS = 1000


class RecipePanel(Panel):
    """Chooses, shows and runs recipes. A text that is taken over is an undoable step; opening one runs nothing."""

    def __init__(self, bridge: SessionBridge, book: ProfileBook, parent: QWidget | None = None) -> None:
        super().__init__("Recipe", "recipePanel", parent)
        self._bridge = bridge
        self._path: Path | None = None
        self._taken = ""
        """The text as it was taken over, to tell whether it was changed since."""
        self._recipe: Recipe | None = None
        self._toml: TomlText | None = None
        self._problems: list[Problem] = []
        self._reported: Reported | None = None
        self._blocks: dict[int, tuple[int, int]] = {}
        self.runs = RecipeRuns(bridge, book, self)
        self.files = RecipeFiles(bridge, self)
        self.choice = RecipeChoice()
        self.editor = RecipeEditor("recipeEditor")
        self.steps = RecipeSteps()
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(self.check)
        self._build()
        self._connect()
        self._take(shipped()[_FIRST].read_text(encoding="utf-8"), shipped()[_FIRST])
        self.editor.document().clearUndoRedoStacks()

    # -- what others may do

    def text(self) -> str:
        """What stands in the editor."""
        return self.editor.text()

    @property
    def recipe(self) -> Recipe | None:
        """The recipe in the editor; None while its text has problems."""
        self.check()
        return self._recipe

    @property
    def occupied(self) -> bool:
        """Whether another recipe would take the place of a run, or of a text that stands in no file as it is."""
        return self.runs.busy or self._path is None or self.text() != self._taken

    def take_text(self, text: str, sentence: str) -> None:
        """Put a recipe that was made elsewhere into the editor, which one undo takes back."""
        self._take(text, None)
        self._say(sentence, "muted")
        self.editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def run(self) -> None:
        """Run what stands in the editor, as often as is asked."""
        recipe = self.recipe
        if recipe is None:
            self._say(f"Not run: {self._problems[0]}", "problem")
        else:
            self._reported = None
            self.runs.start(recipe, self._folder(), self.times.value())

    def shrink(self) -> None:
        """Find the fewest steps that still end the same way."""
        if self.recipe is None:
            self._say(f"Not run: {self._problems[0]}", "problem")
        else:
            self._reported = None
            self.runs.shrink(self.text(), self._name(), self._folder())

    def save_state(self) -> dict[str, Any]:
        """The draft and the files that were opened last."""
        text = self.text()
        self.check()
        secret = any(each.hint == NO_SECRETS for each in self._problems) or Redactor().clean(text) != text
        return {
            # A secret that somebody typed goes into no file.
            "text": text if len(text) <= _MOST_KEPT and not secret else "",
            "path": str(self._path) if self._path is not None else "",
            "changed": text != self._taken,
            "recent": self.choice.recent(),
        }

    def restore_state(self, state: Mapping[str, Any]) -> None:
        """Put it back."""
        recent = state.get("recent")
        if isinstance(recent, list):
            self.choice.set_recent([path for path in recent if isinstance(path, str)])
        text, path = state.get("text"), state.get("path")
        if isinstance(text, str) and text:
            self._take(text, Path(path) if isinstance(path, str) and path else None)
            self.editor.document().clearUndoRedoStacks()
            self._taken = "" if state.get("changed") else text

    # -- making it

    def _build(self) -> None:
        self.open_button = _button("recipeOpenButton", "Open…", "Open a recipe's file; nothing of it is run")
        self.save_button = _button("recipeSaveButton", "Save as…", "Save what stands in the editor")
        top = QHBoxLayout()
        top.setSpacing(6)
        top.addWidget(self.choice, 1)
        top.addWidget(self.open_button)
        top.addWidget(self.save_button)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("recipeSplitter")
        split.setChildrenCollapsible(False)
        split.addWidget(self.editor)
        split.addWidget(self.steps)
        split.setSizes([100, 130])
        self.run_button = _button("recipeRunButton", "Run", "Run the recipe in this session")
        self.run_button.setProperty("kind", "primary")
        self.stop_button = _button("recipeStopButton", "Stop", "Give up the run; what it opened is closed")
        self.times = QSpinBox()
        self.times.setObjectName("recipeTimes")
        self.times.setAccessibleName("How many times to run")
        self.times.setToolTip("How many times to run it")
        self.times.setRange(1, _MOST_RUNS)
        self.times.setSuffix(" ×")
        self.times.setFixedWidth(74)
        self.shrink_button = _button(
            "recipeShrinkButton", "Shrink", "Find the fewest steps that still end the same way; each try is a real run"
        )
        self.report_button = QToolButton()
        self.report_button.setObjectName("recipeReportButton")
        self.report_button.setText("Report ▾")
        self.report_button.setAccessibleName("Report of the last runs")
        self.report_button.setToolTip("Copy or save what the last runs came to, without secrets")
        self.report_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(self)
        menu.setObjectName("recipeReportMenu")
        for name, text, slot in (
            ("Copy", "&Copy as Markdown", self.copy_report),
            ("Markdown", "Save as &Markdown…", lambda: self._save_report(ReportFormat.MARKDOWN)),
            ("Json", "Save as &JSON…", lambda: self._save_report(ReportFormat.JSON)),
            ("Junit", "Save as JUnit &XML…", lambda: self._save_report(ReportFormat.JUNIT)),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"recipeReport{name}Action")
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        self.report_button.setMenu(menu)
        self.verdict = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.verdict.setObjectName("recipeVerdict")
        footer = QHBoxLayout()
        footer.setSpacing(6)
        for widget in (self.run_button, self.times, self.stop_button, self.shrink_button):
            footer.addWidget(widget)
        footer.addWidget(self.verdict, 1)
        footer.addWidget(self.report_button)
        self.body.addLayout(top)
        self.body.addWidget(split, 1)
        self.body.addLayout(footer)

    def _connect(self) -> None:
        self.choice.pathChosen.connect(self._on_chosen)
        self.open_button.clicked.connect(self.files.ask_open)
        self.save_button.clicked.connect(lambda: self.files.ask_save(self._name() or "recipe", self.text()))
        self.files.opened.connect(self._take)
        self.files.saved.connect(self._on_saved)
        self.editor.edited.connect(self._on_edited)
        self.steps.stepChosen.connect(self._on_step_chosen)
        self.steps.entryChosen.connect(self._bridge.select_entry)
        self.steps.problemChosen.connect(self._on_problem_chosen)
        self.run_button.clicked.connect(self.run)
        self.stop_button.clicked.connect(self.runs.stop)
        self.shrink_button.clicked.connect(self.shrink)
        self.runs.busyChanged.connect(self._on_busy)
        self.runs.runBegan.connect(self._on_run_began)
        self.runs.stepChanged.connect(self._on_step)
        self.runs.runEnded.connect(self._on_run_ended)
        self.runs.finished.connect(self._on_finished)
        self.runs.shrinkProgress.connect(self._on_shrink_progress)
        self.runs.shrunk.connect(self._on_shrunk)
        self.runs.failed.connect(lambda sentence: self._say(sentence, "problem"))
        self._on_busy()

    # -- the text

    def check(self) -> None:
        """Read the text as it is now; at once instead of after a pause in typing."""
        if not self._pause.isActive() and self._toml is not None:
            return
        self._pause.stop()
        text = self.text()
        try:
            self._toml = None
            self._recipe = read_recipe(text, self._name())
            self._toml = TomlText(text)
            self._problems = []
            self._blocks = self._find_blocks()
            self.steps.show_recipe(self._recipe)
            self.set_note(f"{self._recipe.title}{'' if text == self._taken else ' · changed'}")
            self._say("", "muted")
        except RecipeError as error:
            self._recipe = None
            self._problems = error.problems
            self.steps.show_problems(error.problems)
            count = len(error.problems)
            self.set_note(f"{count} problem{'s' if count > 1 else ''}{'' if text == self._taken else ' · changed'}")
            self._say(str(error.problems[0]), "problem")
        self.editor.show_problems(self._problems)
        self.editor.light_nothing()
        self._enable()

    def _find_blocks(self) -> dict[int, tuple[int, int]]:
        """By the number of each step, the part of the text to light: from its header to the next header."""
        assert self._toml is not None
        assert self._recipe is not None
        starts = sorted(start for _path, start in self._toml.headers)
        found = {}
        for step in every_step(self._recipe.steps):
            start = step.place.start
            found[step.number] = (start, next((other for other in starts if other > start), len(self._toml.text)))
        return found

    def _on_edited(self) -> None:
        self._toml = None
        self.editor.light_nothing()
        self._pause.start()

    def _take(self, text: str, path: Path | None) -> None:
        self._path, self._taken = path, text
        self.editor.set_text(text)
        if path is not None:
            self.choice.remember(path)
        else:
            self.choice.show_chosen(None)
        self._toml = None
        self._pause.start()
        self.check()

    def _on_chosen(self, path: str) -> None:
        if path:
            self.files.open(Path(path))

    def _on_saved(self, path: Path, text: str) -> None:
        self._path, self._taken = path, text
        self.choice.remember(path)

    def _folder(self) -> Path | None:
        return self._path.parent if self._path is not None else None

    def _name(self) -> str:
        return self._path.name.removesuffix(SUFFIX).removesuffix(".toml") if self._path is not None else ""

    # -- runs

    def _on_busy(self) -> None:
        self.editor.setReadOnly(self.runs.busy)
        self._enable()

    def _enable(self) -> None:
        busy = self.runs.busy
        self.run_button.setEnabled(not busy and self._recipe is not None)
        self.shrink_button.setEnabled(not busy and self._recipe is not None)
        self.stop_button.setEnabled(busy)
        for widget in (self.choice, self.open_button, self.times):
            widget.setEnabled(not busy)
        self.report_button.setEnabled(not busy and self._reported is not None)

    def _on_run_began(self, number: int, times: int) -> None:
        self.steps.forget_run()
        self.editor.light_nothing()
        self._say(f"▶ Run {number} of {times}…" if times > 1 else "▶ Running…", "muted")

    def _on_step(self, event: StepEvent) -> None:
        self.steps.show_event(event)
        if event.number in self._blocks and event.state is not StepState.NOT_REACHED:
            self.editor.light(*self._blocks[event.number], event.state.value)

    def _on_run_ended(self, result: RunResult) -> None:
        self._say(f"{'✓' if result.reproduced else '✗'} {result.sentence}", "ok" if result.reproduced else "problem")

    def _on_finished(self, reported: Reported) -> None:
        self._reported = reported
        runs = reported.series.runs
        if len(runs) > 1:
            well = reported.series.all_reproduced
            self._say(f"{'✓' if well else '✗'} {reported.verdict}", "ok" if well else "problem")
        elif not runs:
            self._say("The run was stopped.", "muted")

    def _on_shrink_progress(self, tries: int, steps: int) -> None:
        self._say(f"▶ Shrinking: try {tries}, {steps} steps…", "muted")

    def _on_shrunk(self, done: Shrunk) -> None:
        if done.after < done.before:
            self._take(done.text, None)
        self._say(f"{done.sentence}{' Ctrl+Z brings them back.' if done.after < done.before else ''}", "ok")

    def _on_step_chosen(self, number: int) -> None:
        if not self.runs.busy and number in self._blocks:
            self.editor.show_place(self._blocks[number][0])

    def _on_problem_chosen(self, index: int) -> None:
        if index < len(self._problems):
            self.editor.show_place(self._problems[index].place.start)

    # -- the report

    def copy_report(self) -> None:
        """Copy what the last runs came to as Markdown."""
        if self._reported is not None:
            QGuiApplication.clipboard().setText(report(ReportFormat.MARKDOWN, [self._reported]))

    def _save_report(self, kind: ReportFormat) -> None:
        if self._reported is not None:
            text = report(kind, [self._reported])
            self.files.ask_save(f"{self._name() or 'recipe'}-report", text, f".{kind}", "report")

    def _say(self, sentence: str, role: str) -> None:
        self.verdict.setText(sentence)
        set_look(self.verdict, "role", role)


def _button(name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text.rstrip("…"))
    button.setToolTip(tip)
    return button
