"""Request and answer of one exchange side by side, the answer as it grew."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ..models.exchange_clock import ExchangeClock
from ..models.exchange_words import answer_words, status_text, times_text
from ..panels.entry_saving import EntrySaving
from ..widgets.message_pane import MessagePane

if TYPE_CHECKING:
    from ...tracing.exchange import Exchange
    from ..bridge import SessionBridge


class ExchangeDialog(QDialog):
    """Shows an exchange by its number (0: none), and follows it. Call ``show()``; it deletes itself when it is closed.

    Alt+Left and Alt+Right step through the answers. Stepping selects the answer in the log as well.
    """

    termAsked = Signal(str, bool)
    """Narrow the log by this term, or exclude what it finds."""

    def __init__(self, bridge: SessionBridge, number: int, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._bridge = bridge
        self._number = number
        self._at = self._known = 0
        self.setObjectName("exchangeDialog")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        session = bridge.session
        self.request = MessagePane("exchangeRequest", "request", session.store, session.contract)
        self.answer = MessagePane("exchangeAnswer", "answer", session.store, session.contract)
        self.back = self._step_button("exchangeAnswerBackButton", "◀", "The answer before (Alt+Left)", -1)
        self.on = self._step_button("exchangeAnswerOnButton", "▶", "The next answer (Alt+Right)", 1)
        for place, button in enumerate((self.back, self.on)):
            self.answer.line.insertWidget(place, button)
        self._times = _line("exchangeTimes", "")
        self._clock_line = _line("exchangeClock", "muted")
        self._saving = EntrySaving(bridge, self)
        self._clock = ExchangeClock(session, self)
        self._clock.told.connect(self._on_clock)
        self._lay_out()
        for pane in (self.request, self.answer):
            pane.saveAsked.connect(self._saving.ask)
            pane.tree.termAsked.connect(self.termAsked)
        bridge.exchangesChanged.connect(self._on_changed)
        self.finished.connect(self._stop)
        exchange = self._exchange
        if exchange is not None:
            self._at = max(len(exchange.answers) - 1, 0)
            self.request.show_entry(exchange.request_entry)
            self._show_answer()

    @property
    def shown_answer(self) -> int:
        """The entry of the answer on show; 0 while there is none."""
        answers = self._answers()
        return answers[self._at] if answers else 0

    @property
    def _exchange(self) -> Exchange | None:
        """As it is now: what ended long ago is given as a copy."""
        return self._bridge.exchange(self._number)

    def step(self, by: int) -> None:
        """To the next answer, or the one before."""
        place = min(max(self._at + by, 0), max(len(self._answers()) - 1, 0))
        if place != self._at:
            self._at = place
            self._show_answer()
            self._bridge.select_entry(self.shown_answer)

    def _lay_out(self) -> None:
        sides = QSplitter(Qt.Orientation.Horizontal)
        sides.setObjectName("exchangeSplitter")
        sides.setChildrenCollapsible(False)
        sides.setHandleWidth(10)
        sides.addWidget(self.request)
        sides.addWidget(self.answer)
        sides.setStretchFactor(0, 1)
        sides.setStretchFactor(1, 1)
        buttons = QDialogButtonBox()
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("exchangeCloseButton")
        close.setAccessibleName("Close this window")
        buttons.rejected.connect(self.reject)
        foot = QHBoxLayout()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._times)
        words.addWidget(self._clock_line)
        foot.addLayout(words, 1)
        foot.addWidget(buttons, 0, Qt.AlignmentFlag.AlignBottom)
        layout = QVBoxLayout(self)
        layout.addWidget(sides, 1)
        layout.addLayout(foot)
        for keys, by in (("Alt+Left", -1), ("Alt+Right", 1)):
            QShortcut(QKeySequence(keys), self, lambda by=by: self.step(by))
        self.request.title.setText("Request")
        self.answer.title.setText("Answer")
        self.setWindowTitle("Exchange")
        self.setAccessibleName("Request and answer")
        self.resize(1120, 680)

    def _step_button(self, name: str, text: str, tip: str, by: int) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setText(text)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(lambda: self.step(by))
        return button

    def _answers(self) -> list[int]:
        exchange = self._exchange
        return [] if exchange is None else [*exchange.answers, *exchange.duplicates]

    def _on_changed(self, numbers: list[int]) -> None:
        if self._number not in numbers:
            return
        answers = self._answers()
        # Whoever looks at the newest answer goes on with the next one; else what is on show stays.
        followed = len(answers) > 0 and self._at >= self._known - 1 and len(answers) > self._known
        if followed:
            self._at = len(answers) - 1
            self._show_answer()
        else:
            self._say()

    def _show_answer(self) -> None:
        if self.shown_answer:
            self.answer.show_entry(self.shown_answer)
        else:
            self.answer.say("No answer yet." if not self._ended() else "No answer came.")
        self._clock_line.hide()
        self._say()
        if self._exchange is not None and self.shown_answer:
            self._clock.ask(self._exchange, self.shown_answer)

    def _say(self) -> None:
        exchange, answers = self._exchange, self._answers()
        if exchange is None:
            return
        self._known = len(answers)
        name = f"{exchange.action or 'no action'} …{exchange.correlation_id[-4:]}"
        self.setWindowTitle(f"{name} · {status_text(exchange)}")
        self.request.title.setText(f"↑ Request · entry {exchange.request_entry:,}")
        if answers:
            self.answer.title.setText(f"↓ {answer_words(exchange, self._at)}")
        else:
            self.answer.title.setText("↓ Answer")
        self.back.setEnabled(self._at > 0)
        self.on.setEnabled(self._at < len(answers) - 1)
        told = [f"{status_text(exchange)}.", f"Measured: {times_text(exchange)[:1].lower()}{times_text(exchange)[1:]}."]
        told += [sentence for sentence in (exchange.guessed, exchange.note) if sentence]
        self._times.setText(" ".join(told))

    def _on_clock(self, words: str) -> None:
        self._clock_line.setText(f"Estimated, not measured: {words}")
        self._clock_line.setVisible(bool(words))

    def _ended(self) -> bool:
        return self._exchange is not None and self._exchange.status.ended

    def _stop(self) -> None:
        self._clock.cancel()
        for pane in (self.request, self.answer):
            pane.cancel()


def _line(name: str, role: str) -> QLabel:
    label = QLabel()
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
