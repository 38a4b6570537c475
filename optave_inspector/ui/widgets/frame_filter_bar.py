"""The line above the frame log: what to search for, which direction, folding, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

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
_COMFORTABLE_EDIT = 230
_LONGEST_SHOWN = 60
_PERMILLE = 1000
_DIRECTIONS: tuple[tuple[int | None, str, str, str], ...] = (
    (None, "All", "framesAllButton", "Show both directions and connection events"),
    (1, "↑ Sent", "framesSentButton", "Show only what was sent"),
    (0, "↓ Received", "framesReceivedButton", "Show only what was received"),
)


class FrameFilterBar(QWidget):
    """Asks; whoever listens searches and shows. ``cancelled`` is Esc in the text field.

    A query that cannot be read changes nothing: its wrong part is underlined, the line below says why, and
    :attr:`query` stays the last one that could be read.
    """

    queryChosen = Signal(object)
    """The :class:`~...capture.query.query.Query` to search for, once typing paused; an empty one for no search."""
    directionChosen = Signal(object)
    """0 received, 1 sent, None for all."""
    foldingChosen = Signal(bool)
    cancelled = Signal()
    left = Signal()
    """Down or Enter in the text field: on to the log."""

    def __init__(self, columns_menu: QMenu, known: Callable[[], KnownValues]) -> None:
        super().__init__()
        self.setObjectName("framesFilterBar")
        self.edit = FilterEdit()
        self.edit.setObjectName("framesFilterEdit")
        self.edit.setAccessibleName("Filter the frame log")
        self.edit.setAccessibleDescription(
            "Words are searched for in whole payloads and fields; terms such as dir:in or size>10kB ask for one field. "
            "Proposals open while you type, or by Ctrl+Space: Down and Up choose, Tab takes one. "
            "Esc closes them, then stops the search, then clears it"
        )
        self.edit.setPlaceholderText("Filter, e.g. dir:in latency>2s refund")
        self.edit.setMinimumWidth(120)
        self.edit.installEventFilter(self)
        # After the filter above, so that it is asked before.
        self.completion = FilterCompletion(self.edit, known, self)
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
        """What was asked for last: what a log shows that has searched to the end."""
        self.problem = QLabel()
        self.problem.setObjectName("framesFilterProblem")
        self.problem.setAccessibleName("What is wrong with the filter")
        self.problem.setProperty("role", "problem")
        self.problem.setTextFormat(Qt.TextFormat.PlainText)
        self.problem.setWordWrap(True)
        self.problem.hide()
        self.clear_button = _button("framesClearFilterButton", "✗", "Clear the filter")
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.clicked.connect(lambda: self.set_text(""))
        self.clear_button.hide()
        self.saved_button = _button("framesSavedButton", "Saved ▾", "Use, keep or delete named filters")
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.help_button = _button("framesFilterHelpButton", "?", "How to filter: keys, operators, examples")
        self._directions = QButtonGroup(self)
        self._directions.setExclusive(True)
        self.fold_button = _button(
            "framesFoldButton", "Fold pings", "Control frames: one counted row for each run of pings and pongs"
        )
        self.fold_button.setAccessibleName("Control frames: fold pings and pongs")
        self.fold_button.setCheckable(True)
        self.fold_button.setChecked(True)
        self.fold_button.toggled.connect(self.foldingChosen)
        self.columns_button = _button("framesColumnsButton", "Columns ▾", "Pick columns, and the form of times")
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_button.setMenu(columns_menu)
        self.progress = QProgressBar()
        self.progress.setObjectName("framesSearchProgress")
        self.progress.setAccessibleName("Progress of the search")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _PERMILLE)
        self.progress.setFixedHeight(3)
        self._lay_out()
        self._texts = [
            *((button, button.text(), button.text().split(" ")[0]) for button in self._directions.buttons()),
            (self.saved_button, self.saved_button.text(), "☰"),
            (self.fold_button, self.fold_button.text(), "Fold"),
            (self.columns_button, self.columns_button.text(), "▾"),
        ]
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

    def show_all(self) -> None:
        """Take back all that narrows the log."""
        self._directions.buttons()[0].setChecked(True)
        self.set_text("")

    def set_progress(self, part: float | None) -> None:
        """How much is searched, 0 to 1; None hides the bar, whose room stays."""
        self.progress.setValue(0 if part is None else round(part * _PERMILLE))
        self.progress.setVisible(part is not None)

    def minimumSizeHint(self) -> QSize:
        """The width with short texts: in a narrow window the arrows alone stand on the buttons."""
        hint = super().minimumSizeHint()
        return QSize(hint.width() - (0 if self._are_short() else self._saved_by_short()), hint.height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        room_for_edit = _COMFORTABLE_EDIT - self.edit.minimumWidth()
        wide = self.width() >= self.minimumSizeHint().width() + self._saved_by_short() + room_for_edit
        for button, full, short in self._texts:
            button.setText(full if wide else short)

    def _are_short(self) -> bool:
        return any(button.text() == short != full for button, full, short in self._texts)

    def _saved_by_short(self) -> int:
        return sum(_text_width(button, full) - _text_width(button, short) for button, full, short in self._texts)

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
            if self.problem.isVisibleTo(self):
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
        kept = "the whole log" if self.query.is_empty else f"the result of {self.query}"
        sentence = "" if error is None else f"⚠ {error} Still shown: {_shortened(kept)}."
        self.edit.setToolTip(sentence)
        self.problem.setText(sentence)
        self.problem.setVisible(error is not None)

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.edit, 1)
        line.addWidget(self.clear_button)
        line.addWidget(self.help_button)
        line.addWidget(self.saved_button)
        joined = QHBoxLayout()
        joined.setSpacing(0)
        for at, (direction, text, name, tip) in enumerate(_DIRECTIONS):
            button = _button(name, text, tip)
            button.setCheckable(True)
            button.setChecked(direction is None)
            # Shape only: the neighbours share a border.
            radius = ("5px 0 0 5px", "0", "0 5px 5px 0")[at]
            corners = "".join(
                f"border-{corner}-radius: {size};"
                for corner, size in zip(
                    ("top-left", "top-right", "bottom-right", "bottom-left"), _four(radius), strict=True
                )
            )
            button.setStyleSheet(f"QToolButton {{ {corners} {'margin-left: -1px;' if at else ''} }}")
            button.toggled.connect(lambda on, chosen=direction: self.directionChosen.emit(chosen) if on else None)
            self._directions.addButton(button)
            joined.addWidget(button)
        line.addLayout(joined)
        line.addWidget(self.fold_button)
        line.addWidget(self.columns_button)
        keeps_room = self.progress.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps_room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.progress)
        layout.addWidget(self.problem)


def _text_width(button: QToolButton, text: str) -> int:
    return button.fontMetrics().horizontalAdvance(text)


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_SHOWN else f"{text[: _LONGEST_SHOWN - 1]}…"


def _four(radius: str) -> list[str]:
    parts = radius.split()
    return parts * 4 if len(parts) == 1 else parts


def _button(object_name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(object_name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
