"""The bar that offers what the app has kept of its own failures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ..widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...crash_reports import CrashReport


class CrashReportNotice(QFrame):
    """One report after the other, the newest first; hidden while there is none."""

    readAsked = Signal(object)
    """Show the report."""
    copyAsked = Signal(object)
    """Put its text on the clipboard."""
    discardAsked = Signal(object)
    """Remove it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashReportNotice")
        self.setAccessibleName("Crash reports")
        self.setProperty("bar", "warning")
        self._offered: list[CrashReport] = []
        headline = QLabel("⚠ The app failed")
        headline.setObjectName("crashReportHeadline")
        headline.setProperty("headline", "warning")
        self._text = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._text.setObjectName("crashReportText")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(headline)
        layout.addWidget(self._text, 1)
        for name, text, words, signal in (
            ("crashReportReadButton", "&Read it", "Show the whole report", self.readAsked),
            ("crashReportCopyButton", "Cop&y", "Copy the report, which holds no secrets", self.copyAsked),
            ("crashReportDiscardButton", "Discard", "Remove the report", self.discardAsked),
        ):
            layout.addWidget(_button(name, text, words, lambda signal=signal: self._ask(signal)))
        words = "Leave the report; it is offered at the next start"
        layout.addWidget(_button("crashReportLaterButton", "Later", words, self.next))
        self._render()

    @property
    def report(self) -> CrashReport | None:
        """What is offered now."""
        return self._offered[0] if self._offered else None

    def offer(self, reports: Sequence[CrashReport]) -> None:
        """Offer these, the first one first."""
        self._offered = list(reports)
        self._render()

    def next(self) -> None:
        """Go on to the next one; the bar goes after the last."""
        self._offered = self._offered[1:]
        self._render()

    def _ask(self, signal: Signal) -> None:
        if self._offered:
            signal.emit(self._offered[0])

    def _render(self) -> None:
        self.setVisible(bool(self._offered))
        if not self._offered:
            return
        first = self._offered[0]
        when = time.strftime("%Y-%m-%d %H:%M", time.localtime(first.wall))
        more = f" {len(self._offered) - 1} more after this one." if len(self._offered) > 1 else ""
        words = f"{when}: {first.summary.rstrip('.')}. The report says where, and what was going on; no secrets.{more}"
        self._text.setText(words)
        self.setAccessibleDescription(words)


def _button(name: str, text: str, words: str, slot) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(words)
    button.setToolTip(words)
    button.clicked.connect(lambda _checked=False: slot())
    return button
