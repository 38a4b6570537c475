"""What the checks say of the request: chips, the first finding in words, and all findings in a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from ...compose.judgement import Severity
from ..widgets.elided_label import ElidedLabel
from ..widgets.look import set_look
from ..widgets.verdict_chips import VerdictChips

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ...compose.judgement import Judgement

_ROOM_FOR_WORDS = 620
"""From this width on there is room for the first finding beside the chips."""
_LEAST = 360
_ROLES = {Severity.ERROR: "problem", Severity.WARNING: "warning", Severity.NOTE: "muted"}


class ComposerVerdicts(QWidget):
    """The row below the editor. ``findings_button`` shows and hides the list, which is elsewhere."""

    roomChanged = Signal()
    """``has_room_for_words`` gives another answer."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips = VerdictChips("composerVerdict")
        self._words = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._words.setObjectName("composerFirstFinding")
        self.findings_button = QToolButton()
        self.findings_button.setObjectName("composerFindingsButton")
        self.findings_button.setCheckable(True)
        self.findings_button.setProperty("kind", "quiet")
        self.findings_button.toggled.connect(lambda _on: self._name_button())
        self.fix_button = QToolButton()
        self.fix_button.setObjectName("composerFixAllButton")
        self.fix_button.setAccessibleName("Fix all that can be fixed")
        self.fix_button.setProperty("kind", "quiet")
        self.fix_button.hide()
        self._count = 0
        self._roomy = False
        self._wanted = False
        self._words.hide()
        self.setMinimumWidth(_LEAST)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.chips)
        layout.addWidget(self._words, 1000)
        layout.addStretch(1)
        layout.addWidget(self.fix_button)
        layout.addWidget(self.findings_button)
        self._name_button()

    def show_judgement(self, judgement: Judgement) -> None:
        """Show what a judgement says."""
        self.chips.show_judgement(judgement)
        self._count = len(judgement.places)
        role, words = first_words(judgement)
        self._words.setText(words)
        set_look(self._words, "role", role)
        self._name_button()

    def offer_fix(self, words: str) -> None:
        """Offer to mend what was found; no words for nothing to mend."""
        self.fix_button.setVisible(bool(words))
        self.fix_button.setText(words if self.has_room_for_words() else words.partition(":")[0])
        self.fix_button.setToolTip(f"{words or 'Fix'} (Ctrl+Shift+.). Ctrl+. fixes what is wrong at the cursor.")
        self.fix_button.setAccessibleDescription(words)

    def set_words_wanted(self, *, wanted: bool) -> None:
        """Whether the first finding is to stand here, because it is not said elsewhere."""
        self._wanted = wanted
        self._words.setVisible(wanted and self.has_room_for_words())

    def has_room_for_words(self) -> bool:
        """Whether the first finding can be read here."""
        return self.width() >= _ROOM_FOR_WORDS

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the words to others where there is no room."""
        super().resizeEvent(event)
        if self._roomy != self.has_room_for_words():
            self._roomy = self.has_room_for_words()
            self.set_words_wanted(wanted=self._wanted)
            self.chips.set_short(short=not self.has_room_for_words())
            self._name_button()
            self.roomChanged.emit()

    def _name_button(self) -> None:
        button = self.findings_button
        arrow = "▾" if button.isChecked() else "▸"
        name = "Findings" if self.has_room_for_words() else ""
        button.setText(" ".join(part for part in (arrow, name, str(self._count or "")) if part))
        button.setAccessibleName(f"{'Hide' if button.isChecked() else 'Show'} {self._count} findings")
        button.setEnabled(self._count > 0 or button.isChecked())


def first_words(judgement: Judgement) -> tuple[str, str]:
    """The role of a label and the first thing to say of a judgement; no words when there is nothing to say."""
    problem = judgement.problem
    if problem is not None:
        return "problem", f"Line {problem.line}, column {problem.column}: {problem.sentence}"
    if judgement.places:
        first = judgement.places[0]
        return _ROLES[first.severity], first.finding.sentence
    if not judgement.size.fits_bytes:
        return "warning", "It fits by the units that the SDK counts, but has more than 128 kB as UTF-8."
    return "muted", ""
