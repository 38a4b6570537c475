"""The token doctor: what a token says of itself, what is wrong with it, how long it lives, where it went."""

from __future__ import annotations

import dataclasses
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from ...protocol.token_doctor import Examination, Severity, examine
from ..messages import clock
from ..models.detail_row import DetailRow, Piece
from ..widgets.detail_list import DetailList
from ..widgets.look import set_look

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ..token_case import Patient

_MARKS = {Severity.ERROR: ("✗", "error"), Severity.WARNING: ("⚠", "warning"), Severity.NOTE: ("•", "muted")}
_NOTHING = "There is no token to look at yet: paste one, or connect once with this profile."


class TokenDoctorDialog(QDialog):
    """Shows one token. The countdown runs; nothing of the token itself is shown or copied."""

    def __init__(self, patient: Patient, taken: Mapping[str, int], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("tokenDoctorDialog")
        self.setWindowTitle("Token doctor")
        self.setAccessibleName("Token doctor")
        self._patient = patient
        self._taken = dict(taken)
        self._verdict = QLabel()
        self._verdict.setObjectName("tokenDoctorVerdict")
        self._verdict.setWordWrap(True)
        self._list = DetailList("tokenDoctorList", "Findings, claims and journey of the token")
        buttons = QDialogButtonBox()
        copy = buttons.addButton("Copy", QDialogButtonBox.ButtonRole.ActionRole)
        copy.setObjectName("tokenDoctorCopyButton")
        copy.setAccessibleName("Copy all rows")
        copy.setToolTip("Copy findings, claims and journey as text; the token itself is not in it")
        copy.clicked.connect(self._list.copy_all)
        close = buttons.addButton(QDialogButtonBox.StandardButton.Close)
        close.setObjectName("tokenDoctorCloseButton")
        close.setAccessibleName("Close this dialog")
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self._verdict)
        layout.addWidget(self._list, 1)
        layout.addWidget(buttons)
        self.resize(620, 520)
        self._tick = QTimer(self)
        self._tick.setInterval(1000)
        self._tick.timeout.connect(self._examine)
        if patient.case.text.strip():
            self._tick.start()
        self._examine()
        self._list.setFocus()
        self.finished.connect(self.deleteLater)

    def rows(self) -> list[str]:
        """What is on show, as text."""
        return [self._verdict.text(), *self._list.texts()]

    def _examine(self) -> None:
        case = dataclasses.replace(self._patient.case, now_s=time.time())
        if not case.text.strip():
            self._verdict.setText(_NOTHING)
            self._list.show_rows(tuple(self._lives()))
            return
        found = examine(case)
        look, words = _verdict(found)
        set_look(self._verdict, "role", look)
        self._verdict.setText(words)
        self._list.show_rows((*_findings(found), *_claims(found), *self._where(), *self._lives()))

    def _where(self) -> Iterator[DetailRow]:
        yield _heading("Where it comes from and where it went")
        if self._patient.origin:
            yield DetailRow((Piece(self._patient.origin),))
        for place, sentence in self._patient.journey:
            yield DetailRow((Piece(f"{place}: ", "muted"), Piece(sentence)))
        if not self._patient.journey:
            yield DetailRow((Piece("It has not been sent by this session.", "muted"),))

    def _lives(self) -> Iterator[DetailRow]:
        yield _heading("Tokens taken in this session")
        for source, count in self._taken.items():
            tokens = "1 token" if count == 1 else f"{count:,} tokens"
            yield DetailRow((Piece(f"{source}: ", "muted"), Piece(f"{tokens}, one for each connection")))
        if not self._taken:
            yield DetailRow((Piece("None so far. Nothing is fetched ahead of time.", "muted"),))


def _verdict(found: Examination) -> tuple[str, str]:
    left = ""
    if found.left_s is not None:
        left = (
            f" It expires in {clock(found.left_s)}." if found.left_s > 0 else f" It expired {clock(-found.left_s)} ago."
        )
    worst = found.findings[0].severity if found.findings else Severity.NOTE
    if worst is Severity.ERROR:
        return "problem", f"✗ The server will hardly take this token.{left}"
    if worst is Severity.WARNING:
        return "warning", f"⚠ This token may be refused.{left}"
    return "ok", f"✓ Nothing speaks against this token.{left} Only the server can check its signature."


def _findings(found: Examination) -> Iterator[DetailRow]:
    yield _heading("Findings")
    for finding in found.findings:
        mark, look = _MARKS[finding.severity]
        pieces = [Piece(f"{mark} ", look), Piece(finding.sentence)]
        if finding.hint:
            pieces.append(Piece(f" {finding.hint}", "muted"))
        yield DetailRow(tuple(pieces))
    if not found.findings:
        yield DetailRow((Piece("✓ ", "ok"), Piece("None.")))


def _claims(found: Examination) -> Iterator[DetailRow]:
    if not found.claims:
        return
    yield _heading("Claims, not verified")
    for claim in found.claims:
        meaning = (Piece(f"  {claim.meaning}", "muted"),) if claim.meaning else ()
        yield DetailRow((Piece(f"{claim.name}: ", "muted"), Piece(claim.value, "code"), *meaning))


def _heading(text: str) -> DetailRow:
    return DetailRow((Piece(text, "title"),), heading=True)
