"""Saving the waterfall as a picture: what is on show, or all exchanges that the filter leaves."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from .. import theme
from ..delegates.waterfall_picture import MOST_ROWS, WaterfallPicture
from ..delegates.waterfall_scale import WaterfallScale
from ..models.exchange_columns import ExchangeColumn
from ..picture_saving import PictureSaving, picture

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..models.exchange_table import ExchangeTableModel
    from .exchanges_search import ExchangesSearch
    from .exchanges_view import ExchangeView

_CHOICES = (
    ("Shown", "png", "What is on show, as PN&G…"),
    ("Shown", "svg", "What is on show, as SV&G…"),
    ("All", "png", "&All exchanges of the filter, as PNG…"),
    ("All", "svg", "All exchanges of the &filter, as SVG…"),
)


class ExchangesPicture(QObject):
    """A menu for the table's context menu, and the drawing."""

    def __init__(
        self,
        bridge: SessionBridge,
        view: ExchangeView,
        model: ExchangeTableModel,
        scale: WaterfallScale,
        search: ExchangesSearch,
    ) -> None:
        super().__init__(view)
        self._bridge = bridge
        self._view = view
        self._model = model
        self._scale = scale
        self._search = search
        self._saving = PictureSaving(bridge, view, "exchanges")
        self.menu = QMenu("Save a &picture", view)
        self.menu.setObjectName("exchangesPictureMenu")
        for what, kind, words in _CHOICES:
            action = QAction(words, self.menu)
            action.setObjectName(f"exchangesSave{what}{kind.capitalize()}Action")
            draw = partial(self.drawn, kind, everything=what == "All")
            action.triggered.connect(lambda _checked=False, kind=kind, draw=draw: self._saving.ask(kind, draw))
            self.menu.addAction(action)

    def drawn(self, kind: str, *, everything: bool) -> bytes:
        """The picture as ``png`` or ``svg``; where there is more than it takes, its second line says so."""
        asked = self._picture(kind, everything=everything)
        background = theme.current().color("base")
        return picture(kind, asked.size(), asked.paint, background, title=f"{asked.title}. {asked.note}")

    def _picture(self, kind: str, *, everything: bool) -> WaterfallPicture:
        model = self._model
        first, last = (0, model.rowCount() - 1) if everything else self._rows_on_show()
        most = MOST_ROWS[kind]
        rows = [model.at(row) for row in range(first, min(last + 1, first + most))]
        scale = WaterfallScale(model.extent, model.now_ns)
        scale.set_lives(self._bridge.session.lives)
        axis = self._scale.whole() if everything else self._scale.axis()
        scale.set_range(axis.start_ns, axis.end_ns)
        titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in ExchangeColumn]
        words = [self._since(axis.origin_ns)]
        if last + 1 - first > most:
            words.insert(0, f"The first {most:,} of {last + 1 - first:,} rows: narrow the filter to see others.")
        return WaterfallPicture(
            self._title(), " ".join(words), rows, scale, model.cell_text, model.cell_color, titles, self._view.font()
        )

    def _title(self) -> str:
        model, query = self._model, self._search.bar.query
        count = "1 exchange" if model.count == 1 else f"{model.count:,} exchanges"
        return f"{model.shown:,} of {count} · {query}" if model.narrowed else count[:1].upper() + count[1:]

    def _since(self, origin_ns: int) -> str:
        """The time axis counts from a moment; which one, by the clock on the wall."""
        store = self._bridge.session.store
        if not store.count:
            return ""
        entry = store.entry(1)
        wall_s = (entry.wall_ns + origin_ns - entry.monotonic_ns) // 10**9
        return f"Times count from {time.strftime('%Y-%m-%d %H:%M:%S', time.localtime(wall_s))}. Optave Inspector"

    def _rows_on_show(self) -> tuple[int, int]:
        view = self._view
        first, last = view.rowAt(0), view.rowAt(view.viewport().height() - 1)
        return max(first, 0), last if last >= 0 else self._model.rowCount() - 1
