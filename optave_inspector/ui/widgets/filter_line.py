"""A line that a query is written in: typed, completed, judged, with what is wrong in it underlined and said below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ...capture.query.errors import QueryError
from ...capture.query.parse import parse
from .filter_completion import FilterCompletion
from .filter_edit import FilterEdit
from .look import set_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.query.completion import KnownValues
    from ...capture.query.query import Query

_PAUSE_MS = 150
"""So long after the last key a search begins."""
_PATIENCE_MS = 600
"""So long after the last key a query that is wrong is said to be so: most are only half written."""
_LONGEST_SHOWN = 60
_PERMILLE = 1000


class FilterLine(QWidget):
    """Asks; whoever listens searches and shows. ``cancelled`` is Esc in the text field.

    A query that cannot be read changes nothing: its wrong part is underlined, the line below says why, and
    :attr:`query` stays the last one that could be read. Object names begin with ``prefix``; ``everything`` is what
    is on show without a query. Further controls may follow in ``line``.
    """

    queryChosen = Signal(object)
    """The :class:`~...capture.query.query.Query` to search for, once typing paused; an empty one for no search."""
    cancelled = Signal()
    left = Signal()
    """Down or Enter in the text field: on to what is filtered."""

    def __init__(self, prefix: str, what: str, everything: str, known: Callable[[], KnownValues]) -> None:
        super().__init__()
        self.setObjectName(f"{prefix}FilterBar")
        self._everything = everything
        self.edit = FilterEdit()
        self.edit.setObjectName(f"{prefix}FilterEdit")
        self.edit.setAccessibleName(f"Filter {what}")
        self.edit.setAccessibleDescription(
            "Words are searched for in whole payloads and fields; terms such as dir:in or size>10kB ask for one field. "
            "Proposals open while you type, or by Ctrl+Space: Down and Up choose, Tab takes one. "
            "Esc closes them, then stops the search, then clears it"
        )
        self.edit.setPlaceholderText("Filter, e.g. dir:in latency>2s refund")
        self.edit.setMinimumWidth(120)
        self.edit.installEventFilter(self)
        # After the filter above, so that it is asked before.
        self.completion = FilterCompletion(prefix, self.edit, known, self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self._on_pause)
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE_MS - _PAUSE_MS)
        self._patience.timeout.connect(self.apply)
        self.edit.textChanged.connect(self._on_text)
        self.query = parse("")
        """What was asked for last: what is shown that was searched to the end."""
        self.problem = QLabel()
        self.problem.setObjectName(f"{prefix}FilterProblem")
        self.problem.setAccessibleName("What is wrong with the filter")
        self.problem.setProperty("role", "problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.clear_button = line_button(f"{prefix}ClearFilterButton", "✗", "Clear the filter")
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.clicked.connect(lambda: self.set_text(""))
        self.clear_button.hide()
        self.help_button = line_button(f"{prefix}FilterHelpButton", "?", "How to filter: keys, operators, examples")
        self.progress = QProgressBar()
        self.progress.setObjectName(f"{prefix}SearchProgress")
        self.progress.setAccessibleName("Progress of the search")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _PERMILLE)
        self.progress.setFixedHeight(3)
        keeps_room = self.progress.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps_room)
        self.line = QHBoxLayout()
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.setSpacing(6)
        self.line.addWidget(self.edit, 1)
        self.line.addWidget(self.clear_button)
        self.line.addWidget(self.help_button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(self.line)
        layout.addWidget(self.progress)
        layout.addWidget(self.problem)
        self.set_progress(None)

    def set_text(self, text: str) -> None:
        """Put ``text`` into the field and search for it at once."""
        self.edit.setText(text)
        self.apply()

    def apply(self) -> None:
        """Ask for what the field says, or say what is wrong with it, without waiting for a pause in the typing."""
        self._stop_waiting()
        try:
            query = parse(self.edit.text())
        except QueryError as error:
            self._show_problem(error)
        else:
            self._choose(query)

    def query_at_hand(self) -> Query:
        """What the field says now, typed to the end or not; the last query where that cannot be read."""
        try:
            return parse(self.edit.text())
        except QueryError:
            return self.query

    def text_at_hand(self) -> str:
        """The query as it is written; empty when there is none or it is wrong."""
        text = self.edit.text().strip()
        try:
            return "" if parse(text).is_empty else text
        except QueryError:
            return ""

    def set_progress(self, part: float | None) -> None:
        """How much is searched, 0 to 1; None hides the bar, whose room stays."""
        self.progress.setValue(0 if part is None else round(part * _PERMILLE))
        self.progress.setVisible(part is not None)

    def eventFilter(self, watched, event) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.cancelled.emit()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.apply()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        self.clear_button.setVisible(bool(text))
        self._patience.stop()
        self._typing.start()

    def _on_pause(self) -> None:
        try:
            query = parse(self.edit.text())
        except QueryError as error:
            if not self.problem.isHidden():
                self._show_problem(error)
            else:
                self._patience.start()
        else:
            self._choose(query)

    def _stop_waiting(self) -> None:
        self._typing.stop()
        self._patience.stop()

    def _choose(self, query: Query) -> None:
        self._show_problem(None)
        if query != self.query:
            self.query = query
            self.queryChosen.emit(query)

    def _show_problem(self, error: QueryError | None) -> None:
        set_look(self.edit, "problem", error is not None)
        self.edit.underline((error.start, error.end) if error is not None else None)
        kept = self._everything if self.query.is_empty else f"the result of {self.query}"
        sentence = "" if error is None else f"⚠ {error} Still shown: {_shortened(kept)}."
        self.edit.setToolTip(sentence)
        self.problem.setText(sentence)
        self.problem.setVisible(error is not None)


def line_button(object_name: str, text: str, tip: str) -> QToolButton:
    """A button beside the text field."""
    button = QToolButton()
    button.setObjectName(object_name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"
