"""Whether traces go to a collector, to which one, and what became of those that were sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ...errors import InspectorError
from ...otlp.settings import effective_endpoint, environment_headers
from ..trace_sending import CollectorSettings
from ..widgets.form import words
from ..widgets.header_rows import HeaderRows
from ..widgets.look import set_look

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from typing import Any

    from ...otlp.delivery import Delivery
    from ..trace_sending import TraceSending

_LOOK_MS = 500
_PEM = "PEM files (*.pem *.crt);;All files (*)"
_ABOUT = (
    "Connections and exchanges of all sessions go to an OpenTelemetry collector as spans, each when it has ended, so "
    "that a team sees them beside its server's traces. Message contents, tokens and secrets are never sent."
)


class TraceSendingForm(QWidget):
    """Changes nothing before it is saved. ``start`` runs a coroutine under a name; :meth:`stop` it in the end."""

    saved = Signal()

    def __init__(
        self,
        sending: TraceSending,
        start: Callable[[Coroutine[Any, Any, Any], str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("traceSendingForm")
        self._sending = sending
        self._start = start
        self._gone = False
        self._on = QCheckBox("&Send traces of all sessions")
        self._endpoint, self._ca_file = QLineEdit(), QLineEdit()
        self._headers = HeaderRows("collector")
        self._where = words("collectorWhereWords")
        self._outcome = words("collectorOutcomeWords")
        self._state = QLabel()
        self._problem = words("collectorProblemWords", "problem")
        self._try = QPushButton("&Test")
        self.buttons = QDialogButtonBox()
        self._save = self.buttons.addButton("Save", QDialogButtonBox.ButtonRole.AcceptRole)
        self._look = QTimer(self)
        self._look.setInterval(_LOOK_MS)
        self._look.timeout.connect(self._show_delivery)
        self._build()
        self._fill(sending.settings)
        for edit in (self._endpoint, self._ca_file):
            edit.textChanged.connect(lambda _text: self._on_edited())
        self._headers.edited.connect(self._on_edited)
        sending.changed.connect(self._show_delivery)
        self._on_edited()
        self._show_delivery()
        self._look.start()

    def _build(self) -> None:
        about = words("collectorAboutWords", "")
        about.setText(_ABOUT)
        self._on.setObjectName("collectorOnCheck")
        self._on.setAccessibleName("Send traces of all sessions")
        self._on.setToolTip("What ends from then on is sent, also after the next start of the app")
        for name, edit, label, hint, tip in (
            (
                "collectorEndpointEdit",
                self._endpoint,
                "Endpoint of the collector",
                "such as http://localhost:4318",
                "Base URL for OTLP over HTTP; /v1/traces is added",
            ),
            (
                "collectorCaFileEdit",
                self._ca_file,
                "File with the collector's certificate authority",
                "empty: what the system trusts",
                "A PEM file with the authority that vouches for an https:// collector",
            ),
        ):
            edit.setObjectName(name)
            edit.setAccessibleName(label)
            edit.setPlaceholderText(hint)
            edit.setToolTip(tip)
        choose = QPushButton("C&hoose…")
        choose.setObjectName("collectorChooseCaFileButton")
        choose.setAccessibleName("Choose the file with the certificate authority")
        choose.setToolTip("Choose a PEM file")
        choose.setAutoDefault(False)
        choose.clicked.connect(self._ask_file)
        ca = QHBoxLayout()
        ca.addWidget(self._ca_file, 1)
        ca.addWidget(choose)
        endpoint = QVBoxLayout()
        endpoint.setSpacing(3)
        endpoint.addWidget(self._endpoint)
        endpoint.addWidget(self._where)
        form = QFormLayout()
        form.addRow(_label("&Endpoint", self._endpoint), endpoint)
        form.addRow("Headers", self._headers)
        form.addRow(_label("&CA file", self._ca_file), ca)
        self._try.setObjectName("collectorTestButton")
        self._try.setAccessibleName("Test: send a request without spans")
        self._try.setToolTip("Send the collector a request without spans, which leaves nothing there")
        self._try.setAutoDefault(False)
        self._try.clicked.connect(lambda: self._run(self._try_out(), "try the collector"))
        trying = QHBoxLayout()
        trying.addWidget(self._try)
        trying.addStretch(1)
        self._state.setObjectName("collectorState")
        self._state.setAccessibleName("What became of the traces")
        self._save.setObjectName("collectorSaveButton")
        self._save.setAccessibleName("Save, and send or not")
        self._save.setProperty("kind", "primary")
        self._save.setDefault(True)
        self.buttons.accepted.connect(lambda: self._run(self._apply(), "save the collector's settings"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(10)
        layout.addWidget(about)
        layout.addWidget(self._on)
        layout.addLayout(form)
        layout.addLayout(trying)
        layout.addWidget(self._outcome)
        layout.addStretch(1)
        layout.addWidget(self._state)
        layout.addWidget(self._problem)
        layout.addWidget(self.buttons)

    def _fill(self, settings: CollectorSettings) -> None:
        self._on.setChecked(settings.on)
        self._endpoint.setText(settings.endpoint)
        self._ca_file.setText(settings.ca_file)
        self._headers.set_headers(settings.headers)

    def _settings(self) -> CollectorSettings:
        """What is asked for. Raises CollectorError."""
        headers = self._headers.headers()
        return CollectorSettings(
            self._on.isChecked(), self._endpoint.text().strip(), self._ca_file.text().strip(), headers
        )

    def _on_edited(self) -> None:
        self._say("", "muted")
        where = effective_endpoint(self._endpoint.text())
        told = [f"→ {where}" if where else ""]
        if where and not self._endpoint.text().strip():
            told.append("as the environment says")
        if added := environment_headers():
            told.append(f"the environment adds {', '.join(added)}")
        self._where.setText(" · ".join(filter(None, told)))

    def _ask_file(self) -> None:
        dialog = QFileDialog(
            self, "Certificate authority", self._ca_file.text(), "PEM files (*.pem *.crt);;All files (*)"
        )
        dialog.setObjectName("collectorCaFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(self._ca_file.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _run(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._try.setEnabled(False)
        self._save.setEnabled(False)
        self._start(work, name)

    async def _try_out(self) -> None:
        self._say("Asking…", "muted")
        try:
            verdict = await self._sending.try_out(self._settings())
            if verdict.sentence:
                self._say(f"✗ {verdict}", "problem")
            else:
                self._say("✓ The collector takes traces.", "ok")
        except InspectorError as error:
            self._say(f"✗ {error}", "problem")
        self._free()

    async def _apply(self) -> None:
        try:
            await self._sending.apply(self._settings())
        except InspectorError as error:
            self._say(f"✗ {error}", "problem")
            self._free()
            return
        if not self._gone:
            self._free()
            self.saved.emit()

    def _free(self) -> None:
        if not self._gone:
            self._try.setEnabled(True)
            self._save.setEnabled(True)

    def _say(self, sentence: str, role: str) -> None:
        if not self._gone:
            set_look(self._outcome, "role", role)
            self._outcome.setText(sentence)

    def _show_delivery(self) -> None:
        live = self._sending.live
        self._state.setText(state_text(live.place, live.delivery))
        problem = live.delivery.problem or self._sending.notice
        set_look(self._problem, "role", "problem" if live.delivery.problem else "warning")
        self._problem.setText(f"⚠ {problem}" if problem else "")

    def stop(self) -> None:
        """Show nothing any more of what is still under way."""
        self._gone = True
        self._look.stop()
        self._sending.changed.disconnect(self._show_delivery)


class TraceSendingDialog(QDialog):
    """The form in a dialog of its own. Call ``open()``."""

    def __init__(
        self,
        sending: TraceSending,
        start: Callable[[Coroutine[Any, Any, Any], str], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("traceSendingDialog")
        self.setWindowTitle("Send traces to a collector")
        self.setAccessibleName("Send traces to a collector")
        self._form = TraceSendingForm(sending, start)
        self._form.saved.connect(self.accept)
        cancel = self._form.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("collectorCancelButton")
        cancel.setAccessibleName("Leave all as it was")
        self._form.buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addWidget(self._form)
        self.resize(620, 470)
        self.finished.connect(self._on_finished)

    def _on_finished(self) -> None:
        self._form.stop()
        self.deleteLater()


def _label(text: str, buddy: QWidget) -> QLabel:
    label = QLabel(text)
    label.setBuddy(buddy)
    return label


def state_text(place: str, delivery: Delivery) -> str:
    """Whether spans are sent, and how many were."""
    head = f"● Sending to {place}" if place else "○ Not sending"
    if not place and not delivery.delivered and not delivery.not_delivered:
        return head
    spans = "1 span" if delivery.delivered == 1 else f"{delivery.delivered:,} spans"
    counts = f"{spans} delivered · {delivery.not_delivered:,} not delivered"
    return f"{head} · {counts}{f' · {delivery.waiting:,} waiting' if delivery.waiting else ''}"
