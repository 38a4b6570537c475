"""The panel of attempts and their ends: all attempts of the session above, the report of the chosen one below."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QMenu, QStackedWidget, QToolButton, QVBoxLayout, QWidget

from ...client.masking import secrets_of
from ...close_report.gathering import Gathered, gather, rejoined
from ...close_report.report import report_of
from ...close_report.words import counted
from ...close_report.writing import as_markdown, as_text
from ...protocol.states import ConnectionState
from ...tracing.chosen import all_of
from ..models.attempt_table import AttemptTableModel
from ..models.background import Background
from ..widgets.empty_state import EmptyState
from ..widgets.panel import Panel
from .endings_report import ReportView
from .endings_table import AttemptView

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...close_report.case import Case
    from ...close_report.report import Report
    from ..bridge import SessionBridge

_PAUSE_MS = 60
_REJOIN_MS = 300
_FILTERS = ("Markdown (*.md)", "Text (*.txt)")


class EndingsPanel(Panel):
    """Why connections ended. It reads the capture in a thread, live as of a stored one, whenever an attempt changes."""

    reconnectAsked = Signal()
    recipeAsked = Signal(int)
    """Make a recipe of the attempt of this number."""

    def __init__(self, bridge: SessionBridge, *, live: bool = True, parent: QWidget | None = None) -> None:
        """``live``: connections are made here; without, it is a stored capture."""
        super().__init__("Endings", "endingsPanel", parent)
        self._bridge = bridge
        self._live = live
        self._gathered = Gathered()
        self._chosen = 0
        self._wanted = 0
        self._dirty = True
        self._work = Background("close reports", self)
        self._read_later = self._timer(_PAUSE_MS, self._read)
        self._rejoin_later = self._timer(_REJOIN_MS, self._rejoin)
        self._build()
        for signal in (bridge.ended, bridge.failed, bridge.handshakeDone, bridge.stateChanged):
            signal.connect(self._changed)
        bridge.entriesAdded.connect(self._on_entries)
        bridge.exchangesChanged.connect(self._on_exchanges)
        self._show()
        self._read_later.start()

    @property
    def busy(self) -> bool:
        """Whether something is still to be read."""
        return self._work.busy or self._read_later.isActive() or self._rejoin_later.isActive()

    @property
    def case(self) -> Case | None:
        """The chosen attempt with what its end cut off; None while it is not over."""
        case = self._gathered.case(self._chosen)
        return case if case is not None and case.attempt.over else None

    @property
    def report(self) -> Report | None:
        """The report on show."""
        case = self.case
        return report_of(case) if case is not None else None

    def show_attempt(self, attempt: int) -> None:
        """Choose an attempt, as soon as its report can be read."""
        self._wanted = attempt
        if self._gathered.case(attempt) is not None:
            self._wanted = 0
            self._choose(attempt)

    def stop(self) -> None:
        """Read nothing more; before the capture is closed."""
        self._work.cancel()
        self._read_later.stop()
        self._rejoin_later.stop()

    def copy_text(self) -> None:
        """Copy the report as plain text, without secrets."""
        self._copy(as_text)

    def copy_markdown(self) -> None:
        """Copy the report as Markdown, without secrets."""
        self._copy(as_markdown)

    def ask_save(self) -> None:
        """Ask for a file, and write the report into it: as text where its name ends with .txt."""
        report = self.report
        if report is None:
            return
        dialog = QFileDialog(self.window(), "Save the report", "", ";;".join(_FILTERS))
        dialog.setObjectName("saveReportDialog")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("md")
        dialog.selectFile(str(Path.home() / f"report-attempt-{report.attempt}.md"))
        dialog.fileSelected.connect(lambda name: self.save(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save(self, target: Path) -> None:
        """Write the report into a file; how it went stands in the message bar."""
        report = self.report
        if report is None:
            return
        write = as_text if target.suffix.lower() == ".txt" else as_markdown
        try:
            target.write_text(self._written(write, report), encoding="utf-8")
        except OSError as error:
            self._bridge.tell_error(f"The report was not saved: {error.strerror or error}.\nChoose another folder.")
            return
        self._bridge.warned.emit("ok", f"The report was saved as {target}, without secrets.")

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self.table.suit(self.height())

    # -- inside

    def _build(self) -> None:
        self.model = AttemptTableModel(self)
        self.table = AttemptView(self.model)
        self.table.attemptChosen.connect(self._choose)
        self.view = ReportView()
        self.view.chosen.connect(self._bridge.select_entry)
        hint = "Once a connection has ended or was refused, this says how, why that may be, and what to do."
        if not self._live:
            hint = "This capture holds no connection attempt."
        self._empty = EmptyState("endingsEmpty", "No attempt to connect yet" if self._live else "No attempts", hint)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.table)
        layout.addWidget(self.view, 1)
        self._pages = QStackedWidget()
        self._pages.setObjectName("endingsPages")
        self._pages.addWidget(self._empty)
        self._pages.addWidget(content)
        self.body.addWidget(self._pages, 1)
        self.buttons: list[QToolButton] = []
        if self._live:
            tip = "Connect again as the profile says, with a fresh token"
            self._button("Reconnect", "endingsReconnectButton", tip).clicked.connect(
                lambda _checked=False: self.reconnectAsked.emit()
            )
        tip = "Save as recipe: make one that ends in the same way"
        self._button("As recipe…", "endingsRecipeButton", tip).clicked.connect(
            lambda _checked=False: self._ask_recipe()
        )
        keep = self._button("Keep ▾", "endingsKeepButton", "Copy or save the report, without secrets")
        keep.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        menu = QMenu(keep)
        menu.setObjectName("endingsKeepMenu")
        for text, name, slot in (
            ("Copy as &text", "CopyText", self.copy_text),
            ("Copy as &Markdown", "CopyMarkdown", self.copy_markdown),
            ("&Save…", "Save", self.ask_save),
        ):
            action = menu.addAction(text)
            action.setObjectName(f"endings{name}Action")
            action.triggered.connect(lambda _checked=False, slot=slot: slot())
        keep.setMenu(menu)

    def _ask_recipe(self) -> None:
        if self.case is not None:
            self.recipeAsked.emit(self.case.attempt.number)

    def _button(self, text: str, object_name: str, tip: str) -> QToolButton:
        button = QToolButton()
        button.setObjectName(object_name)
        button.setText(text)
        button.setAccessibleName(tip)
        button.setToolTip(tip)
        self.header.addWidget(button)
        self.buttons.append(button)
        return button

    def _timer(self, milliseconds: int, slot: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(milliseconds)
        timer.timeout.connect(slot)
        return timer

    def _changed(self) -> None:
        self._dirty = True

    def _on_entries(self, _count: int) -> None:
        # While nothing is connected few entries come, and all of them belong to an attempt that has just ended.
        if self._live and (self._dirty or self._bridge.session.state is ConnectionState.CLOSED):
            self._read_later.start()

    def _on_exchanges(self, _numbers: list[int]) -> None:
        if self._bridge.session.state is ConnectionState.CLOSED and not self._rejoin_later.isActive():
            self._rejoin_later.start()

    def _read(self) -> None:
        if self._work.busy:
            self._read_later.start()
            return
        self._dirty = False
        session, before = self._bridge.session, self._gathered
        exchanges = all_of(session.exchanges)
        self._work.start(lambda _job: gather(session.store, exchanges, before), self._take, self._failed)

    def _rejoin(self) -> None:
        if self._work.busy or self._read_later.isActive():
            self._rejoin_later.start()
            return
        before, exchanges = self._gathered, all_of(self._bridge.session.exchanges)
        self._work.start(lambda _job: rejoined(before, exchanges), self._take, self._failed)

    def _take(self, gathered: Gathered) -> None:
        former, newest = self._gathered.newest_over, gathered.newest_over
        self._gathered = gathered
        self.model.show(gathered.cases)
        if self._wanted and gathered.case(self._wanted) is not None:
            self._chosen, self._wanted = self._wanted, 0
        elif newest is not None and (former is None or newest.attempt.number != former.attempt.number):
            self._chosen = newest.attempt.number
        elif not self._chosen and gathered.cases:
            self._chosen = gathered.cases[-1].attempt.number
        self._show()

    def _failed(self, error: Exception) -> None:
        self._empty.say("The attempts cannot be read.", f"{error}")
        if not self._gathered.cases:
            self._pages.setCurrentIndex(0)

    def _choose(self, attempt: int) -> None:
        self._chosen = attempt
        self._show()

    def _show(self) -> None:
        cases, report = self._gathered.cases, self.report
        self._pages.setCurrentIndex(1 if cases else 0)
        self.set_note(counted(len(cases), "attempt") if cases else "")
        row = self.model.row_of(self._chosen)
        if row >= 0 and self.table.currentIndex().row() != row:
            self.table.select_attempt(row)
        for button in self.buttons:
            button.setVisible(report is not None)
        if self._live and self.buttons:
            self.buttons[0].setEnabled(self._bridge.session.state is ConnectionState.CLOSED)
        if report is not None:
            self.view.show_report(report, self._gathered.patterns)
        elif cases:
            self.view.show_open("This attempt is not over: its report appears once it has ended.")

    def _copy(self, write: Callable[..., str]) -> None:
        report = self.report
        if report is not None:
            QGuiApplication.clipboard().setText(self._written(write, report))
            self.set_note("copied, without secrets")

    def _written(self, write: Callable[..., str], report: Report) -> str:
        """The report as it may leave: without what the newest handshake carried, too, in whatever shape it is."""
        handshake = self._bridge.session.handshake
        return write(report, self._gathered.patterns, secrets_of(handshake) if handshake is not None else ())
