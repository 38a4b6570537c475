"""The bar that offers what a session left that did not end well."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from ..widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...capture.library import CaptureFile


class CrashNotice(QFrame):
    """One capture after the other; hidden while there is none. Nothing is lost by leaving it: it is offered again."""

    openAsked = Signal(object)
    """Take the capture over and show it: its path."""
    keepAsked = Signal(object)
    """Take it over, and keep it from any clean-up."""
    discardAsked = Signal(object)
    """Remove it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("crashNotice")
        self.setAccessibleName("Captures of crashed sessions")
        self.setProperty("bar", "warning")
        self._offered: list[CaptureFile] = []
        headline = QLabel("Recovered")
        headline.setObjectName("crashHeadline")
        headline.setProperty("headline", "warning")
        self._text = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._text.setObjectName("crashText")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addWidget(headline)
        layout.addWidget(self._text, 1)
        for name, text, words, slot in (
            ("crashOpenButton", "&Open it", "Show what was captured, in a window of its own", self._open),
            ("crashKeepButton", "&Keep it", "Keep the capture: no clean-up takes it", self._keep),
            ("crashDiscardButton", "Discar&d…", "Remove the capture", self._discard),
            ("crashLaterButton", "&Later", "Decide when the app starts the next time", self.next),
        ):
            button = QPushButton(text)
            button.setObjectName(name)
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.clicked.connect(lambda _checked=False, slot=slot: slot())
            layout.addWidget(button)
        self._render()

    @property
    def capture(self) -> CaptureFile | None:
        """What is offered now."""
        return self._offered[0] if self._offered else None

    def offer(self, captures: Sequence[CaptureFile]) -> None:
        """Offer these, the first one first."""
        self._offered = list(captures)
        self._render()

    def next(self) -> None:
        """Go on to the next one; the bar goes after the last."""
        self._offered = self._offered[1:]
        self._render()

    def drop(self, path: object) -> None:
        """Offer this one no more."""
        self._offered = [each for each in self._offered if each.path != path]
        self._render()

    def _open(self) -> None:
        if self._offered:
            self.openAsked.emit(self._offered[0].path)

    def _keep(self) -> None:
        if self._offered:
            self.keepAsked.emit(self._offered[0].path)

    def _discard(self) -> None:
        if self._offered:
            self.discardAsked.emit(self._offered[0].path)

    def _render(self) -> None:
        self.setVisible(bool(self._offered))
        if not self._offered:
            return
        words = offer_text(self._offered[0])
        if len(self._offered) > 1:
            words += f" {len(self._offered) - 1} more after this one."
        self._text.setText(words)
        self.setAccessibleDescription(words)


def offer_text(capture: CaptureFile) -> str:
    """What is offered, as a sentence."""
    whose = f" with “{capture.info.profile}”" if capture.info.profile else ""
    count = capture.entries or 0
    entries = "1 entry" if count == 1 else f"{count:,} entries"
    last = time.strftime("%Y-%m-%d %H:%M", time.localtime(capture.changed_wall_ns // 10**9))
    return f"A session{whose} ended without closing its capture: {entries}, last written {last}."
