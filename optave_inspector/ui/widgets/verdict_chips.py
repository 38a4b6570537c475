"""The verdicts on a request as a row of chips: a glyph, a name, and how many findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from .look import set_look

if TYPE_CHECKING:
    from ...compose.judgement import Judgement
    from ...protocol.verdict import Verdict

_NAMES = ("SDK", "schema", "envelope", "docs", "size", "JSON")
_MEANINGS = {
    "SDK": "Would the JavaScript SDK send it?",
    "schema": "Does the payload's schema accept it?",
    "envelope": "Does the request envelope's schema accept it?",
    "docs": "What does the documentation ask for beyond that?",
    "size": "Does it fit into the limit?",
    "JSON": "Is it JSON at all?",
}


class VerdictChips(QWidget):
    """One chip per check. Show a Judgement with ``show_judgement``; broken JSON has a chip of its own."""

    def __init__(self, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._short = False
        self._said: dict[str, tuple[str, int]] = {}
        self._chips: dict[str, QLabel] = {}
        for name in _NAMES:
            chip = QLabel()
            chip.setObjectName(f"{object_name}{name[0].upper()}{name[1:]}")
            chip.setToolTip(_MEANINGS[name])
            chip.setProperty("chip", "neutral")
            chip.hide()
            layout.addWidget(chip)
            self._chips[name] = chip

    def show_judgement(self, judgement: Judgement) -> None:
        """Show what a judgement says."""
        verdicts = judgement.verdicts
        if verdicts is None:
            for name in _NAMES:
                self._set(name, "error" if name == "JSON" else "")
            return
        self._set("JSON", "")
        self._set("SDK", *_by_validity(verdicts.sdk, "error"))
        self._set("schema", *_by_validity(verdicts.payload, "error"))
        self._set("envelope", *_by_validity(verdicts.envelope, "error"))
        self._set("docs", *_by_validity(verdicts.documentation, "warning"))
        size = judgement.size
        self._set("size", "error" if not size.fits_units else "" if size.fits_bytes else "warning")

    def set_short(self, *, short: bool) -> None:
        """Leave out the counts of refusals, where there is little room."""
        if short != self._short:
            self._short = short
            for name, (look, count) in self._said.items():
                self._set(name, look, count)

    def texts(self) -> list[str]:
        """What the chips on show say."""
        return [chip.text() for chip in self._chips.values() if not chip.isHidden()]

    def _set(self, name: str, look: str, count: int = 0) -> None:
        chip = self._chips[name]
        self._said[name] = look, count
        chip.setVisible(bool(look))
        if look:
            glyph = {"ok": "✓", "warning": "⚠", "error": "✗"}[look]
            told = f": {count}" if count and not (self._short and look == "error") else ""
            chip.setText(f"{glyph} {name}{told}")
            words = {"ok": "nothing found", "warning": "deserves a look", "error": "refused"}[look]
            chip.setAccessibleName(f"{_MEANINGS[name]} {words}{f', {count} findings' if count else ''}")
            set_look(chip, "chip", look)


def _by_validity(verdict: Verdict, look: str) -> tuple[str, int]:
    return ("ok", 0) if verdict.valid else (look, len(verdict.findings))
