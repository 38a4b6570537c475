"""The lower part of the endings panel: the report of one attempt, with the order of events beside its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from ..models.report_rows import report_rows
from ..widgets.detail_list import DetailList
from ..widgets.elided_label import ElidedLabel
from ..widgets.look import set_look
from ..widgets.order_view import OrderView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...close_report.patterns import Pattern
    from ...close_report.report import Report


class ReportView(QWidget):
    """Headline, words, order of events."""

    chosen = Signal(int)
    """The number of an entry to go to."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("endingsReport")
        self._headline = QLabel()
        self._headline.setObjectName("endingsHeadline")
        self._headline.setProperty("chip", "neutral")
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        self._facts = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._facts.setObjectName("endingsFacts")
        self.words = DetailList("endingsReportList", "Close report")
        self.words.chosen.connect(lambda row: self.chosen.emit(row.entry))
        self.order = OrderView("endingsOrderList")
        self.order.chosen.connect(self.chosen)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self._headline)
        top.addWidget(self._facts, 1)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("endingsSplitter")
        split.setChildrenCollapsible(False)
        split.setHandleWidth(8)
        split.addWidget(self.words)
        split.addWidget(self.order)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(split, 1)

    def show_report(self, report: Report, patterns: Sequence[Pattern]) -> None:
        """Show the report of an attempt that is over."""
        set_look(self._headline, "chip", report.look)
        self._headline.setText(report.headline)
        self._headline.setVisible(True)
        self._facts.setText(" · ".join(report.facts))
        self.words.show_rows(report_rows(report, patterns))
        self.order.show_steps(report.steps)

    def show_open(self, sentence: str) -> None:
        """Say that there is no report yet."""
        self._headline.setVisible(False)
        self._facts.setText(sentence)
        self.words.show_rows(())
        self.order.show_steps(())
