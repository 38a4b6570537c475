"""Two sides beside each other: where they part, what they add up to, and request by request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHeaderView,
    QLabel,
    QPushButton,
    QTableView,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ..models.comparison_tables import StepsTable, SummaryTable
from ..widgets.elided_label import ElidedLabel
from ..widgets.form import words

if TYPE_CHECKING:
    from ...comparing import Compared, Side
    from ...tracing.comparison import Parting

_PAD = 16
_SUMMARY_SAMPLES = ("customerinteraction", "error ORCH_TIMEOUT", "99 min 59 s", "99 min 59 s", "")
_STEP_SAMPLES = ("100,000", "left: interaction", "✗ error ORCH_TIMEOUT", "left: total", "≠ only one side")
"""What the columns should hold; those of the right side are as wide as those of the left one."""


class CompareResult(QDialog):
    """Stays open beside the windows. ``openAsked``: a side and the number of one of its exchanges."""

    openAsked = Signal(object, int)

    def __init__(self, compared: Compared, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("compareResultDialog")
        self.setWindowTitle("Comparison")
        self.setAccessibleName("Comparison")
        self.setModal(False)
        self.compared = compared
        self.summaries = SummaryTable(compared, self)
        self.steps = StepsTable(compared, self)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("compareTabs")
        self.tabs.setAccessibleName("Views of the comparison")
        self.tabs.setDocumentMode(True)
        self.summary_view = _table("compareSummaries", "Both sides in numbers", self.summaries)
        self.steps_view = _table("compareSteps", "Both sides request by request", self.steps)
        self.tabs.addTab(self.summary_view, "Numbers")
        self.tabs.addTab(self.steps_view, "Requests")
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(self._heads())
        layout.addLayout(self._partings())
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self._buttons())
        self._fit()
        # By Enter and by a double click.
        self.steps_view.activated.connect(lambda index: self._open(index.row(), index.column()))
        parted = compared.result.parted or compared.result.slower
        if parted is not None:
            self.steps_view.setCurrentIndex(self.steps.index(parted.step - 1, 0))
        self.resize(940, 620)
        self.finished.connect(self.deleteLater)

    def text(self) -> str:
        """All of it as text, but for the requests, which may be very many."""
        result = self.compared.result
        lines = [
            *(f"{name}: {side}" for name, side in zip(("Left", "Right"), self.compared.sides, strict=True)),
            "",
            *(sentence for sentence, _parting in _sentences(self.compared)),
            f"Slower means {result.rule}.",
            "",
            self.summaries.text(),
        ]
        return "\n".join(lines) + "\n"

    # -- inside

    def _heads(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        for row, (name, side, steps) in enumerate(
            zip(("Left", "Right"), self.compared.sides, self.compared.steps, strict=True)
        ):
            label = QLabel(name)
            label.setProperty("role", "title")
            facts = ElidedLabel()
            facts.setObjectName(f"compare{name}Words")
            facts.setText(f"{side} · {len(steps):,} request{'' if len(steps) == 1 else 's'}")
            grid.addWidget(label, row, 0)
            grid.addWidget(facts, row, 1)
        return grid

    def _partings(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(0, 1)
        for row, (sentence, parting) in enumerate(_sentences(self.compared)):
            label = words(f"compareFinding{row}", "" if parting is not None else "muted")
            label.setText(sentence)
            grid.addWidget(label, row, 0)
            if parting is None:
                continue
            for place, (name, number) in enumerate((("Left", parting.left), ("Right", parting.right))):
                button = QPushButton(f"Show {name.lower()}")
                button.setObjectName(f"compareFinding{row}{name}Button")
                button.setAccessibleName(f"Show this request on the {name.lower()} side")
                button.setEnabled(number > 0)
                side = self.compared.sides[place]
                button.clicked.connect(lambda _checked=False, side=side, number=number: self._ask(side, number))
                grid.addWidget(button, row, 1 + place)
        return grid

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox()
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("compareCopyButton")
        copy.setAccessibleName("Copy the comparison as text")
        copy.clicked.connect(lambda _checked=False: QGuiApplication.clipboard().setText(self.text()))
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("compareCloseButton")
        close.setAccessibleName("Close the comparison")
        buttons.rejected.connect(self.reject)
        return buttons

    def _fit(self) -> None:
        for view, samples in (
            (self.summary_view, ("customerinteraction", "error ORCH_TIMEOUT", "99 min 59 s", "99 min 59 s", "")),
            (
                self.steps_view,
                ("100,000", "left: interaction", "✗ error ORCH_TIMEOUT", "left: total", "≠ only one side"),
            ),
        ):
            metrics = view.fontMetrics()
            widths = [metrics.horizontalAdvance(sample) + _PAD for sample in samples]
            if view is self.steps_view:
                widths += widths[1:4]
            for column, width in enumerate(widths):
                view.setColumnWidth(column, width)
            view.horizontalHeader().setStretchLastSection(True)

    def _open(self, row: int, column: int) -> None:
        """Open the side that was pointed at; the other one where that has nothing in this row."""
        side = self.steps.side_of(column)
        if self.steps.exchange(row, side) is None:
            side = 1 - side
        exchange = self.steps.exchange(row, side)
        if exchange is not None:
            self._ask(self.compared.sides[side], exchange.number)

    def _ask(self, side: Side, number: int) -> None:
        self.openAsked.emit(side, number)


def _sentences(compared: Compared) -> list[tuple[str, Parting | None]]:
    """What was found, each with the step that it is about."""
    result = compared.result
    found: list[tuple[str, Parting | None]] = []
    if result.parted is not None:
        before = "Nothing is alike before." if not result.alike else f"{result.alike:,} alike before."
        found.append(
            (f"≠ They part at request {result.parted.step:,}. {result.parted.sentence} {before}", result.parted)
        )
    else:
        found.append((f"= All {result.alike:,} requests have the same actions and outcomes.", None))
    if result.slower is not None:
        found.append(
            (f"◔ The first other latency is at request {result.slower.step:,}. {result.slower.sentence}", result.slower)
        )
    else:
        upto = " up to there" if result.parted is not None else ""
        found.append((f"= Latencies are alike{upto} (slower is {result.rule}).", None))
    return found


def _table(name: str, accessible_name: str, model) -> QTableView:
    view = QTableView()
    view.setObjectName(name)
    view.setAccessibleName(accessible_name)
    view.setModel(model)
    view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
    view.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    view.setTabKeyNavigation(False)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setAlternatingRowColors(True)
    rows = view.verticalHeader()
    rows.hide()
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(view.fontMetrics().height() + 8)
    view.horizontalHeader().setObjectName(f"{name}Header")
    view.horizontalHeader().setHighlightSections(False)
    return view
