"""Why no connection opens: each step by itself, where it breaks, and what to do about it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QProgressBar, QPushButton, QVBoxLayout

from ...client.diagnosis import Finding, Verdict, findings_text
from ..models.detail_row import DetailRow, Piece, told
from ..widgets.detail_list import DetailList

if TYPE_CHECKING:
    import asyncio
    from collections.abc import AsyncIterator, Callable, Coroutine

    from PySide6.QtWidgets import QWidget

_LOOKS = {Verdict.OK: "ok", Verdict.BAD: "error", Verdict.NOTE: "warning", Verdict.SKIPPED: "muted"}
_NOTHING_SPENT = "Name, TCP, proxy and TLS are tried without a token. The upgrade is tried when you ask for it."


class DiagnosisDialog(QDialog):
    """Runs the steps when it opens; ``start`` runs a coroutine as the window does. It deletes itself when closed."""

    def __init__(
        self,
        steps: Callable[[], AsyncIterator[Finding]],
        upgrade: Callable[[bool], AsyncIterator[Finding]],
        start: Callable[[Coroutine[None, None, None], str], asyncio.Task[None] | None],
        parent: QWidget | None = None,
        *,
        can_upgrade: bool = True,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("diagnosisDialog")
        self.setWindowTitle("Diagnose the connection")
        self.setAccessibleName("Diagnose the connection")
        self.findings: list[Finding] = []
        self.busy = False
        self._steps = steps
        self._upgrade = upgrade
        self._start = start
        self._can_upgrade = can_upgrade
        self._task: asyncio.Task[None] | None = None
        self.finished.connect(self.stop)
        self._words = QLabel(_NOTHING_SPENT)
        self._words.setObjectName("diagnosisWords")
        self._words.setWordWrap(True)
        self._list = DetailList("diagnosisFindings", "What each step found")
        self._progress = QProgressBar()
        self._progress.setObjectName("diagnosisProgress")
        self._progress.setAccessibleName("The diagnosis is running")
        self._progress.setRange(0, 0)
        self._progress.setTextVisible(False)
        self._progress.setFixedHeight(6)
        self._again = self._button("Again", "diagnosisAgainButton", "Try every step again", self.run)
        self._plain = self._button(
            "Upgrade without token", "diagnosisPlainUpgradeButton",
            "Ask for the upgrade without a token: most servers refuse it, which shows that they are reached",
            lambda: self._run_upgrade(with_token=False),
        )  # fmt: skip
        self._with_token = self._button(
            "Upgrade, spending a token", "diagnosisUpgradeButton",
            "Take a fresh token and connect with it; the connection is closed again at once. The token is spent then",
            lambda: self._run_upgrade(with_token=True),
        )  # fmt: skip
        tries = QHBoxLayout()
        for button in (self._again, self._plain, self._with_token):
            tries.addWidget(button)
        tries.addStretch(1)
        buttons = QDialogButtonBox()
        self._cancel = buttons.addButton("Stop", QDialogButtonBox.ButtonRole.ActionRole)
        self._cancel.setObjectName("diagnosisStopButton")
        self._cancel.setAccessibleName("Stop the diagnosis")
        self._cancel.clicked.connect(self.stop)
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("diagnosisCopyButton")
        copy.setAccessibleName("Copy the findings as text, without secrets")
        copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(findings_text(self.findings)))
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("diagnosisCloseButton")
        close.setAccessibleName("Close this dialog")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(8)
        layout.addWidget(self._words)
        layout.addWidget(self._list, 1)
        layout.addWidget(self._progress)
        layout.addLayout(tries)
        layout.addWidget(buttons)
        self.resize(760, 560)
        self.finished.connect(self.deleteLater)
        self._show_busy(busy=False)

    @property
    def running(self) -> asyncio.Task[None] | None:
        """What is being tried at present."""
        return self._task

    def run(self) -> None:
        """Try name, TCP, proxy and TLS."""
        if self.busy:
            return
        self.findings = []
        self._begin(self._steps(), "diagnose")

    def stop(self) -> None:
        """Give up what is running; what was found stays."""
        if self._task is not None:
            self._task.cancel()

    def _run_upgrade(self, *, with_token: bool) -> None:
        if not self.busy:
            self._begin(self._upgrade(with_token), "diagnose the upgrade")

    def _begin(self, look: AsyncIterator[Finding], name: str) -> None:
        self._show_busy(busy=True)
        self._show()
        self._task = self._start(self._follow(look), name)

    async def _follow(self, look: AsyncIterator[Finding]) -> None:
        try:
            async with contextlib.aclosing(look):
                async for finding in look:
                    self.findings.append(finding)
                    self._show()
        finally:
            self._task = None
            self._show_busy(busy=False)

    def _show_busy(self, *, busy: bool) -> None:
        self.busy = busy
        self._progress.setVisible(busy)
        self._cancel.setEnabled(busy)
        self._again.setEnabled(not busy)
        broken = any(each.verdict is Verdict.BAD and not each.step.startswith("Upgrade") for each in self.findings)
        for button in (self._plain, self._with_token):
            button.setEnabled(not busy and self._can_upgrade and bool(self.findings) and not broken)

    def _show(self) -> None:
        rows: list[DetailRow] = []
        for finding in self.findings:
            more = [Piece(f"\n→ {finding.hint}")] if finding.hint else []
            for label, value in finding.details:
                more += [Piece(f"\n{label}  ", "muted"), Piece(value, "code")]
            rows.append(told(_LOOKS[finding.verdict], finding.step, finding.sentence, more=more))
        self._list.show_rows(rows)

    @staticmethod
    def _button(text: str, object_name: str, tip: str, slot: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(object_name)
        button.setAccessibleName(text)
        button.setToolTip(tip)
        button.setAutoDefault(False)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.clicked.connect(slot)
        return button
