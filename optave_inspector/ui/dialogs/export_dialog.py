"""What leaves a capture, and in which form: format, entries, and what is taken out of them before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from ...capture.exporting import ExportFormat
from ...capture.redaction import RedactionRules, Redactor
from ...errors import InspectorError
from ...trace_tables import TraceTable
from ..models.background import Background
from ..models.redaction_preview import RedactionPreview, look
from ..widgets.look import set_look
from ..widgets.wheel_guard import WheelGuard

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...capture.store import CaptureStore

FORMATS = (
    (ExportFormat.HAR, "HAR", "For the tools of browsers, with all that is known of each entry besides."),
    (ExportFormat.JSON_LINES, "JSON Lines", "One entry a line, for programs; nothing is lost."),
    (ExportFormat.CSV, "CSV", "One entry a row, for spreadsheets."),
    (
        TraceTable.EXCHANGES,
        "Exchanges as CSV",
        "One request a row, with its status and times, for spreadsheets.",
    ),
    (TraceTable.STATISTICS, "Statistics as CSV", "One action a row: counts, errors and percentiles of the exchanges."),
)
_ONLY_FIELDS = (
    "Written are the exchanges that have one of these entries: their IDs, status and times, without tokens and "
    "secrets. Messages are not written."
)
_ASK_MS = 300


@dataclass(frozen=True, slots=True)
class Part:
    """Entries that can be exported together."""

    words: str
    numbers: Sequence[int] | None
    """None for all."""


@dataclass(frozen=True, slots=True)
class ExportChoice:
    """What the user asked for."""

    format: ExportFormat | TraceTable
    numbers: Sequence[int] | None
    """Entries to export; None for all that are there when it begins."""
    rules: RedactionRules | None
    """What is taken out; None for nothing at all."""


class ExportDialog(QDialog):
    """Asks what to export. Call ``open()``; ``chosen`` brings an :class:`ExportChoice`.

    ``parts`` are the entries to choose from, the first one proposed.
    """

    chosen = Signal(object)

    def __init__(self, store: CaptureStore, parts: Sequence[Part], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("exportDialog")
        self.setWindowTitle("Export entries")
        self.setAccessibleName("Export entries")
        self._store = store
        self._parts = list(parts)
        self._looking = Background("preview of the redaction", self)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(_ASK_MS)
        self._ask.timeout.connect(self._look)
        self._format = QComboBox()
        self._about = QLabel()
        self._which = QButtonGroup(self)
        self._redact = QCheckBox("&Take secrets out: tokens, passwords, cookies, logins")
        self._mail, self._phone = QCheckBox("&Mail addresses, too"), QCheckBox("&Phone numbers, too")
        self._names, self._paths = QLineEdit(), QLineEdit()
        self._summary, self._preview = QLabel(), QPlainTextEdit()
        self._buttons = QDialogButtonBox()
        self._export = self._buttons.addButton("Export…", QDialogButtonBox.ButtonRole.AcceptRole)
        self._build()
        self._guard = WheelGuard(self)
        for signal in (self._redact.toggled, self._mail.toggled, self._phone.toggled, self._which.idToggled):
            signal.connect(lambda *_: self._on_changed())
        for edit in (self._names, self._paths):
            edit.textChanged.connect(lambda _text: self._on_changed())
        self._format.currentIndexChanged.connect(self._on_format)
        self._about.setText(FORMATS[0][2])
        self.accepted.connect(lambda: self.chosen.emit(self.choice))
        self.finished.connect(lambda _result: self._looking.cancel())
        self.finished.connect(self.deleteLater)
        self._on_changed()

    @property
    def choice(self) -> ExportChoice:
        """What is asked for at present."""
        part = self._parts[max(self._which.checkedId(), 0)]
        return ExportChoice(FORMATS[self._format.currentIndex()][0], part.numbers, self._rules())

    def _rules(self) -> RedactionRules | None:
        if not self._redact.isChecked():
            return None
        return RedactionRules(
            self._mail.isChecked(), self._phone.isChecked(), _listed(self._names), _listed(self._paths)
        )

    def _build(self) -> None:
        self._format.setObjectName("exportFormatCombo")
        self._format.setAccessibleName("Format")
        self._format.addItems([name for _, name, _ in FORMATS])
        self._about.setObjectName("exportFormatAbout")
        self._about.setProperty("role", "muted")
        form = QFormLayout()
        form.addRow("&Format", self._format)
        form.addRow("", self._about)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addLayout(form)
        for number, part in enumerate(self._parts):
            radio = QRadioButton(part.words)
            radio.setObjectName(f"exportPart{number + 1}Radio")
            radio.setAccessibleName(f"Export: {part.words}")
            radio.setChecked(number == 0)
            self._which.addButton(radio, number)
            layout.addWidget(radio)
        layout.addSpacing(4)
        for name, check, words in (
            ("exportRedactCheck", self._redact, "Take secrets out"),
            ("exportMailCheck", self._mail, "Take mail addresses out"),
            ("exportPhoneCheck", self._phone, "Take phone numbers out"),
        ):
            check.setObjectName(name)
            check.setAccessibleName(words)
            layout.addWidget(check)
        self._redact.setChecked(True)
        more = QFormLayout()
        for name, edit, label, words, example in (
            ("exportNamesEdit", self._names, "&Names", "Names to take out", "Kim Example, Acme"),
            ("exportPathsEdit", self._paths, "&JSON paths", "JSON paths to take out", "$.payload.session.userId"),
        ):
            edit.setObjectName(name)
            edit.setAccessibleName(f"{words}, separated by commas")
            edit.setPlaceholderText(f"such as {example}")
            edit.setToolTip(f"{words}, separated by commas")
            more.addRow(label, edit)
        layout.addLayout(more)
        self._summary.setObjectName("exportSummary")
        self._summary.setWordWrap(True)
        self._preview.setObjectName("exportPreview")
        self._preview.setAccessibleName("What is taken out")
        self._preview.setReadOnly(True)
        self._preview.setTabChangesFocus(True)
        layout.addWidget(self._summary)
        layout.addWidget(self._preview, 1)
        self._export.setObjectName("exportConfirmButton")
        self._export.setAccessibleName("Choose a file, and export")
        self._export.setProperty("kind", "primary")
        self._export.setDefault(True)
        cancel = self._buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("exportCancelButton")
        cancel.setAccessibleName("Export nothing")
        self._buttons.accepted.connect(self.accept)
        self._buttons.rejected.connect(self.reject)
        layout.addWidget(self._buttons)
        self.resize(600, 580)

    def _on_format(self, index: int) -> None:
        self._about.setText(FORMATS[index][2])
        self._on_changed()

    def _on_changed(self) -> None:
        self._ask.stop()
        self._looking.cancel()
        rules = self._rules()
        for widget in (self._mail, self._phone, self._names, self._paths):
            widget.setEnabled(rules is not None)
        self._preview.clear()
        self._export.setEnabled(True)
        if rules is None:
            self._say("⚠ Nothing is taken out: tokens and all messages leave as they are.", "warning")
            return
        try:
            Redactor(rules)
        except InspectorError as error:
            self._export.setEnabled(False)
            self._say(f"⚠ {error}", "problem")
            return
        if isinstance(self.choice.format, TraceTable):
            self._say(_ONLY_FIELDS, "muted")
            return
        self._say("Looking for what is to be taken out…", "muted")
        self._ask.start()

    def _look(self) -> None:
        store, choice = self._store, self.choice
        if choice.rules is None:
            return
        rules, numbers = choice.rules, choice.numbers
        self._looking.start(
            lambda job: look(store, rules, numbers, job.report, job.stopped),
            self._show_found,
            lambda error: self._say(f"⚠ {error}", "problem"),
            self._show_found,
        )

    def _show_found(self, found: RedactionPreview) -> None:
        self._say(found.summary(), "muted")
        if found.is_whole:
            self._preview.setPlainText("\n".join(found.lines()))

    def _say(self, sentence: str, role: str) -> None:
        set_look(self._summary, "role", role)
        self._summary.setText(sentence)


def _listed(edit: QLineEdit) -> tuple[str, ...]:
    return tuple(part.strip() for part in edit.text().split(",") if part.strip())
