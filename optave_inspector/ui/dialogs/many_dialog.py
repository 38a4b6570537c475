"""Sends the draft many times: how often or over which rows, how fast, and what came of it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFileDialog,
    QGridLayout,
    QProgressBar,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from ...compose.rows import LARGEST_FILE, Row, read_rows
from ...errors import InspectorError
from ...protocol.urls import is_loopback
from ...sending_many import MOST_IN_FLIGHT, MOST_MESSAGES, MOST_PER_SECOND, ManyRun, Pace
from ...tracing.statistics import Statistics
from ..models.formats import duration_text
from ..models.statistics_table import StatisticsTableModel
from ..panels.statistics_view import StatisticsView
from ..widgets.elided_label import ElidedLabel
from ..widgets.form import words
from ..widgets.wheel_guard import WheelGuard
from .question import ConfirmDialog

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...compose.outgoing import Outgoing
    from ..bridge import SessionBridge

_TITLE = "Send many"
_TELL_MS = 100


class ManyDialog(QDialog):
    """Stays beside the window: ``show()`` it. A run goes on when it is closed, and ends with the session."""

    rowsChosen = Signal(dict)
    """The first row of a file, whose columns are variables now; empty when there is none any more."""

    def __init__(
        self, bridge: SessionBridge, freeze: Callable[[], Callable[[Row], Outgoing]], parent: QWidget | None = None
    ) -> None:
        """``freeze`` takes the draft as it is; what it gives makes a message of it with a row's values."""
        super().__init__(parent)
        self.setObjectName("composerManyDialog")
        self.setWindowTitle(_TITLE)
        self.setAccessibleName(_TITLE)
        self._bridge = bridge
        self._freeze = freeze
        self._rows: list[Row] = []
        self.run: ManyRun | None = None
        self._build()
        self._tell = QTimer(self)
        self._tell.setSingleShot(True)
        self._tell.setInterval(_TELL_MS)
        self._tell.timeout.connect(self._show_run)
        bridge.stateChanged.connect(self._show_possibilities)
        self._show_possibilities()

    # -- what others may do

    @property
    def count(self) -> int:
        """How many messages a run would send."""
        return len(self._rows) if self._by_rows.isChecked() else self._times.value()

    def load(self, path: Path) -> None:
        """Take the rows of a file; what is wrong with it is said."""
        try:
            with path.open("rb") as file:
                rows = read_rows(file.read(LARGEST_FILE + 1))
        except (InspectorError, OSError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self._problem.setText(f"⚠ {path.name}: {why}")
            return
        self._problem.setText("")
        self._rows = rows
        self._by_rows.setChecked(True)
        names = ", ".join(f"{{{{{name}}}}}" for name in rows[0])
        self._file.setText(f"{path.name}: {len(rows):,} rows with {names}")
        self.rowsChosen.emit(rows[0])
        self._show_possibilities()

    def start(self) -> None:
        """Begin, after a question where it goes to somebody else's tenant."""
        url = self._bridge.session.config.url if self._bridge.session.config is not None else ""
        if is_loopback(url):
            self._start()
            return
        host = url.partition("://")[2].partition("/")[0].partition("?")[0]
        sentence = f"This sends {self.count:,} messages to {host}, which is not the local tenant. Send them?"
        dialog = ConfirmDialog("manyQuestionDialog", _TITLE, sentence, f"Send {self.count:,}", self)
        dialog.accepted.connect(self._start)
        dialog.open()

    def stop(self) -> None:
        """Send nothing more."""
        if self.run is not None:
            self.run.stop()

    # -- inside

    def _build(self) -> None:
        self._by_count = QRadioButton("Send it")
        self._by_rows = QRadioButton("Once for each &row of a file")
        self._times = _spin("composerManyTimesSpin", "How many times", 1, MOST_MESSAGES, 10, " times")
        self._choose = _button("composerManyFileButton", "&Choose a file…", "A CSV or JSON file: columns are variables")
        self._file = ElidedLabel(Qt.TextElideMode.ElideMiddle)
        self._file.setObjectName("composerManyFile")
        self._file.setText("CSV with a first line of names, or JSON with an array of objects")
        self._by_flight = QRadioButton("At most")
        self._by_rate = QRadioButton("At a rate of")
        self._flight = _spin("composerManyFlightSpin", "How many wait for answers", 1, MOST_IN_FLIGHT, 1, " at a time")
        self._rate = QDoubleSpinBox()
        self._rate.setObjectName("composerManyRateSpin")
        self._rate.setAccessibleName("How many in a second")
        self._rate.setRange(0.1, MOST_PER_SECOND)
        self._rate.setDecimals(1)
        self._rate.setValue(2.0)
        self._rate.setSuffix(" a second")
        for button, name, tip in (
            (self._by_count, "Count", "The same draft so many times, with new generated values each time"),
            (self._by_rows, "Rows", "The draft once for each row; {{column}} stands for the row's value"),
            (self._by_flight, "Flight", "The next one goes when fewer than so many wait for their answers"),
            (self._by_rate, "Rate", f"As many in a second; at most {MOST_IN_FLIGHT:,} wait for answers"),
        ):
            button.setObjectName(f"composerMany{name}Radio")
            button.setAccessibleName(button.text().replace("&", ""))
            button.setToolTip(tip)
        what, how = QWidget(), QWidget()
        grid = QGridLayout(what)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self._by_count, 0, 0)
        grid.addWidget(self._times, 0, 1)
        grid.addWidget(self._by_rows, 1, 0)
        grid.addWidget(self._choose, 1, 1)
        grid.addWidget(self._file, 2, 0, 1, 3)
        grid.setColumnStretch(2, 1)
        pace = QGridLayout(how)
        pace.setContentsMargins(0, 0, 0, 0)
        pace.addWidget(self._by_flight, 0, 0)
        pace.addWidget(self._flight, 0, 1)
        pace.addWidget(self._by_rate, 1, 0)
        pace.addWidget(self._rate, 1, 1)
        pace.setColumnStretch(2, 1)
        for spin in (self._times, self._flight, self._rate):
            WheelGuard(spin)
        self._by_count.setChecked(True)
        self._by_flight.setChecked(True)
        self._problem = words("composerManyProblem", "problem")
        self._bar = QProgressBar()
        self._bar.setObjectName("composerManyProgress")
        self._bar.setAccessibleName("Messages sent")
        self._bar.setTextVisible(False)
        self._far = words("composerManyFar")
        self._model = StatisticsTableModel(self)
        self._table = StatisticsView(self._model)
        self._table.setObjectName("composerManyTable")
        self._table.setAccessibleName("Statistics of the run")
        self._model.show(Statistics(), 0)
        self._table.fit()
        self._table.horizontalHeader().setObjectName("composerManyColumns")
        self._table.verticalHeader().setObjectName("composerManyTableRows")
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        close = buttons.button(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("composerManyCloseButton")
        close.setAccessibleName("Close this dialog")
        close.setAutoDefault(False)
        self._start_button = _button("composerManyStartButton", "&Send", "Begin to send")
        self._start_button.setProperty("kind", "primary")
        self._stop_button = _button("composerManyStopButton", "S&top", "Send nothing more")
        buttons.addButton(self._start_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(self._stop_button, QDialogButtonBox.ButtonRole.ActionRole)
        buttons.rejected.connect(self.close)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        for part in (what, how, self._problem, self._bar, self._far):
            layout.addWidget(part)
        layout.addWidget(self._table, 1)
        layout.addWidget(buttons)
        self.resize(700, 460)
        self._choose.clicked.connect(lambda _checked=False: self._ask_file())
        self._start_button.clicked.connect(lambda _checked=False: self.start())
        self._stop_button.clicked.connect(lambda _checked=False: self.stop())
        self._by_rows.toggled.connect(self._show_possibilities)

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, "Rows", "", "Rows (*.csv *.tsv *.json);;All files (*)")
        dialog.setObjectName("composerManyFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.load(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _start(self) -> None:
        rows = list(self._rows) if self._by_rows.isChecked() else []
        try:
            make = self._freeze()
            nothing: Row = {}
            run = ManyRun(
                self._bridge.session,
                self.count,
                lambda index: make(rows[index] if rows else nothing),
                Pace(self._flight.value()) if self._by_flight.isChecked() else Pace(0, self._rate.value()),
            )
        except InspectorError as error:
            self._problem.setText(f"⚠ {error}")
            return
        self._problem.setText("")
        self.run = run
        run.progressed.connect(self._on_progress)
        self._bridge.start(run.run(), "send many")
        self._show_possibilities()

    def _on_progress(self) -> None:
        if self.run is not None and self.run.over:
            self._tell.stop()
            self._show_run()
        elif not self._tell.isActive():
            self._tell.start()

    def _show_run(self) -> None:
        run = self.run
        if run is None:
            return
        self._bar.setRange(0, run.count)
        self._bar.setValue(run.sent)
        span_ns = int(run.seconds * 1e9)
        waiting = f", {run.waiting:,} wait for an answer" if run.waiting else ""
        took = f"{'took' if run.over else 'so far'} {duration_text(span_ns)}"
        self._far.setText(f"{run.sent:,} of {run.count:,} sent{waiting} · {took}")
        self._problem.setText(f"⚠ {run.problem}" if run.problem else "")
        self._model.show(run.statistics, span_ns)
        self._table.fit()
        if run.over:
            self._show_possibilities()

    def _show_possibilities(self, _on: object = None) -> None:
        running = self.run is not None and not self.run.over
        state = self._bridge.session.state
        self._start_button.setEnabled(not running and state.can_send and self.count > 0)
        why = "" if state.can_send else f"The connection is {state.name}: connect first."
        self._start_button.setToolTip(why or ("Choose a file first." if not self.count else "Begin to send"))
        self._stop_button.setEnabled(running)


def _spin(object_name: str, accessible_name: str, least: int, most: int, value: int, suffix: str) -> QSpinBox:
    spin = QSpinBox()
    spin.setObjectName(object_name)
    spin.setAccessibleName(accessible_name)
    spin.setRange(least, most)
    spin.setGroupSeparatorShown(True)
    spin.setSuffix(suffix)
    spin.setValue(value)
    return spin


def _button(object_name: str, text: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(object_name)
    button.setAccessibleName(text.replace("&", "").rstrip("…"))
    button.setToolTip(tip)
    button.setAutoDefault(False)
    return button
