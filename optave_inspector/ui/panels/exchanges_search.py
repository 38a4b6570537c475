"""What the filter line of the exchanges asks for, carried out; and the button that shows what is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QToolButton

from ...capture.query.parse import parse
from ..dialogs.filter_help import FilterHelp
from ..models.exchange_filter import ExchangeFilter
from ..models.exchange_matched import MatchedDensity
from ..models.exchange_missing import MissingAnswers
from ..models.exchange_words import LONG_NS, MISSING, STATUS_LOOK
from ..models.formats import duration_text
from ..models.seen_values import SeenValues
from ..widgets.filter_line import FilterLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...capture.query.query import Query
    from ...session import Session
    from ..models.exchange_table import ExchangeTableModel

_MISSING_QUERY = parse(f"state:{MISSING}")
_LOOK_MS = 1_000
_HELP = (
    "A term holds for an exchange when its request, one of its answers or the exchange itself fulfils it: "
    "refund state:error finds requests with that word that were answered by an error. state: takes the words of the "
    f"status column, such as timed-out, and {MISSING} for answers that did not come or have been waited for long."
)


class ExchangesSearch(QObject):
    """Joins the filter line, the search and the table. ``note`` says how the search stands, for the panel's heading."""

    changed = Signal()
    """Rows, the note or the count of missing answers changed."""
    left = Signal()
    """On to the table: Down, Enter, or Esc where nothing was left to stop or to clear."""

    def __init__(self, session: Session, model: ExchangeTableModel, parent: QObject) -> None:
        super().__init__(parent)
        self.note = ""
        self._session = session
        self._model = model
        words = (word.replace(" ", "-") for _glyph, word, _color in STATUS_LOOK.values())
        seen = SeenValues(session.store, states=(*words, MISSING))
        self.bar = FilterLine("exchanges", "the exchanges", "all exchanges", seen.latest)
        self.bar.edit.setPlaceholderText("Filter, e.g. state:missing refund latency>2s")
        self.missing_button = QToolButton()
        self.missing_button.setObjectName("exchangesMissingButton")
        self.missing_button.setCheckable(True)
        self.missing_button.setProperty("kind", "warning")
        self.missing_button.setToolTip(
            "Show only exchanges whose answer is missing: timed out, cut off, or no sign of life for "
            f"{duration_text(LONG_NS)}. Once more shows all."
        )
        self.missing_button.setAccessibleName("Show missing answers only")
        self.missing_button.clicked.connect(lambda on: self.bar.set_text(str(_MISSING_QUERY) if on else ""))
        self._missing = MissingAnswers(session.exchanges)
        self.filter = ExchangeFilter(session, model.now_ns, self)
        self.matched = MatchedDensity(session.exchanges, self)
        self.filter.found.connect(self._on_found)
        self.filter.changed.connect(self._on_changed)
        self.filter.progressed.connect(self._on_progress)
        self.filter.failed.connect(self._on_failed)
        model.rearranged.connect(self.changed)
        self.bar.queryChosen.connect(self._on_query)
        self.bar.cancelled.connect(self._on_cancelled)
        self.bar.left.connect(self.left)
        self.bar.help_button.clicked.connect(self._show_help)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self.look_again)
        self.show_missing()

    def update(self, numbers: Sequence[int]) -> None:
        """Exchanges are new or have changed, which the model knows already."""
        self._missing.update(numbers, self._model.now_ns())
        self.filter.update(numbers)
        self.show_missing()
        if self._missing.waits != self._look.isActive():
            if self._missing.waits:
                self._look.start()
            else:
                self._look.stop()

    def look_again(self) -> None:
        """Find what has been waited for long by now."""
        numbers = self._missing.overdue(self._model.now_ns())
        if numbers:
            if self.filter.asks_state:
                self.filter.update(numbers)
            self.show_missing()
            self.changed.emit()

    def show_missing(self) -> None:
        """Say how many answers are missing; nothing where none is."""
        count = len(self._missing)
        self.missing_button.setText(f"⚠ {count:,} missing")
        chosen = self.bar.query == _MISSING_QUERY
        self.missing_button.setChecked(chosen)
        self.missing_button.setVisible(count > 0 or chosen)

    def _on_query(self, query: Query) -> None:
        self.filter.stop()
        if query.is_empty:
            self._end("")
            self._model.show_only(None)
            self.matched.count(None)
        else:
            self.bar.set_progress(0)
            self.note = "searching"
            self.filter.search(query)
        self.show_missing()
        self.changed.emit()

    def _on_found(self, matches: bytearray) -> None:
        self._model.show_only(matches)
        self.matched.count(matches)
        self._end("")

    def _on_changed(self, numbers: list[int]) -> None:
        self._model.matches_changed(numbers)
        self.matched.count_again()
        self._end("")

    def _on_progress(self, part: float) -> None:
        if self.note:
            self.bar.set_progress(part)

    def _on_failed(self, sentence: str) -> None:
        self._end(f"search failed: {sentence}")

    def _end(self, note: str) -> None:
        self.note = note
        self.bar.set_progress(None)
        self.changed.emit()

    def _on_cancelled(self) -> None:
        if self.note == "searching":
            self.filter.stop()
            self._end("search stopped")
        elif self.bar.edit.text():
            self.bar.set_text("")
        else:
            self.left.emit()

    def _show_help(self) -> None:
        dialog = FilterHelp(self.bar.window(), _HELP)
        dialog.exampleChosen.connect(self.bar.set_text)
        dialog.open()
