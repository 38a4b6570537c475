"""The line above the exchanges: the filter above the columns of words, the whole session above the waterfall."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

if TYPE_CHECKING:
    from ..widgets.filter_line import FilterLine
    from .exchanges_minimap import Minimap
    from .exchanges_view import ExchangeView

_LEAST_FILTER = 210


class ExchangesStrip(QWidget):
    """Keeps the minimap as wide as the column below it, unless the filter would have too little room."""

    def __init__(self, bar: FilterLine, minimap: Minimap, view: ExchangeView) -> None:
        super().__init__()
        self._bar = bar
        self._view = view
        # The sentence about a wrong query has the whole width.
        bar.layout().removeWidget(bar.problem)
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(bar, 1000)
        line.addWidget(minimap, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(bar.problem)
        view.moved.connect(self._fit)
        self._fit()

    def _fit(self) -> None:
        self._bar.setMaximumWidth(max(self._view.time_column()[0], _LEAST_FILTER))
