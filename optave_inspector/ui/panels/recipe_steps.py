"""The steps of a recipe as they tick off, or what is wrong with its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from ...repro.durations import duration
from ...repro.recipe import Repeat
from ...repro.report import GLYPHS
from ...repro.results import StepEvent, StepState
from .. import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...repro.problems import Problem
    from ...repro.recipe import Recipe, Step

_COLOURS = {
    StepState.RUNNING: "accent",
    StepState.PASSED: "ok",
    StepState.FAILED: "error",
    StepState.NOT_REACHED: "muted",
}
_STATE, _STEP, _CAME = range(3)
_TITLES = ("State", "Step", "What came of it")
_ROW_HEIGHT = 22
_WIDE_ENOUGH = 480
"""Pixels, below which what came of a step stands in the tooltips alone."""
_EVENT = Qt.ItemDataRole.UserRole


class RecipeSteps(QTreeWidget):
    """A row for each step, or for each problem where the text is no recipe."""

    stepChosen = Signal(int)
    """The user went to the step of this number."""
    entryChosen = Signal(int)
    """The user went to a step that left entries in the log; the one that it is about."""
    problemChosen = Signal(int)
    """The user went to a problem; its place in the list of problems."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("recipeSteps")
        self.setAccessibleName("Steps of the recipe")
        self.setAccessibleDescription("Going to a step that has run selects its entry in the log.")
        self.setColumnCount(len(_TITLES))
        self.setHeaderLabels(_TITLES)
        self.header().setObjectName("recipeStepsHeader")
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setIndentation(14)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(_STATE, QHeaderView.ResizeMode.ResizeToContents)
        self.header().setSectionResizeMode(_STEP, QHeaderView.ResizeMode.Stretch)
        self.header().setSectionResizeMode(_CAME, QHeaderView.ResizeMode.Stretch)
        self.header().setMinimumSectionSize(40)
        self._rows: dict[int, QTreeWidgetItem] = {}
        self._has_problems = False
        self.currentItemChanged.connect(lambda item, _before: self._on_current(item))
        self.itemClicked.connect(lambda item, _column: self._on_current(item))
        theme.theme_switch().changed.connect(self._on_theme)

    def show_recipe(self, recipe: Recipe) -> None:
        """A row for each step, none of which has run."""
        self.clear()
        self._rows = {}
        self._add(self.invisibleRootItem(), recipe.steps)
        self.expandAll()
        self.setHeaderLabels(_TITLES)
        self._has_problems = False
        self._hide_or_show()

    def show_problems(self, problems: Sequence[Problem]) -> None:
        """A row for each problem."""
        self.clear()
        self._rows = {}
        self.setHeaderLabels(["Place", "What is wrong", ""])
        self._has_problems = True
        self._hide_or_show()
        for index, problem in enumerate(problems):
            row = QTreeWidgetItem([f"✗ {problem.place}", f"{problem.sentence} {problem.hint}".strip()])
            row.setData(_STATE, _EVENT, index)
            row.setSizeHint(_STEP, QSize(0, _ROW_HEIGHT))
            row.setToolTip(_STEP, f"{problem.sentence} {problem.hint}".strip())
            row.setForeground(_STATE, QBrush(theme.current().color("error")))
            self.addTopLevelItem(row)

    def forget_run(self) -> None:
        """Show all steps as not reached, before a run."""
        for number, row in self._rows.items():
            self._fill(row, StepEvent(number, StepState.NOT_REACHED))

    def show_event(self, event: StepEvent) -> None:
        """Tick a step off."""
        row = self._rows.get(event.number)
        if row is None:
            return
        self._fill(row, event)
        if event.state is StepState.RUNNING:
            self.scrollToItem(row)

    def event_of(self, number: int) -> StepEvent | None:
        """The last thing that a step told."""
        row = self._rows.get(number)
        return row.data(_STATE, _EVENT) if row is not None else None

    def _add(self, parent: QTreeWidgetItem, steps: Sequence[Step]) -> None:
        for step in steps:
            row = QTreeWidgetItem(parent)
            row.setText(_STEP, f"{step.number}. {step.words}")
            row.setSizeHint(_STEP, QSize(0, _ROW_HEIGHT))
            self._rows[step.number] = row
            self._fill(row, StepEvent(step.number, StepState.NOT_REACHED))
            if isinstance(step.doing, Repeat):
                self._add(row, step.doing.steps)

    def _fill(self, row: QTreeWidgetItem, event: StepEvent) -> None:
        came = ": ".join(each for each in (event.rounds, event.sentence) if each)
        finished = event.state in (StepState.PASSED, StepState.FAILED)
        time = f" · {duration(event.elapsed_s)}" if finished else ""
        row.setData(_STATE, _EVENT, event)
        row.setText(_STATE, f"{GLYPHS[event.state]} {event.state}{time}")
        row.setText(_CAME, came)
        row.setToolTip(_STEP, "\n".join(each for each in (row.text(_STEP), came) if each))
        row.setToolTip(_CAME, came)
        row.setForeground(_STATE, QBrush(theme.current().color(_COLOURS[event.state])))

    def _on_current(self, row: QTreeWidgetItem | None) -> None:
        told = row.data(_STATE, _EVENT) if row is not None else None
        if isinstance(told, StepEvent):
            self.stepChosen.emit(told.number)
            entry = told.entry or told.first_entry
            if entry:
                self.entryChosen.emit(entry)
        elif told is not None:
            self.problemChosen.emit(told)

    def resizeEvent(self, event) -> None:
        """A narrow list shows the steps rather than half of everything."""
        super().resizeEvent(event)
        self._hide_or_show()

    def _hide_or_show(self) -> None:
        self.setColumnHidden(_CAME, self._has_problems or self.width() < _WIDE_ENOUGH)

    def _on_theme(self) -> None:
        for row in self._rows.values():
            event = row.data(_STATE, _EVENT)
            row.setForeground(_STATE, QBrush(theme.current().color(_COLOURS[event.state])))
