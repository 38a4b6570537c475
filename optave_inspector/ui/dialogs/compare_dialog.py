"""Asks what to compare with what: two captures, or two times of one."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from ...capture.library import SUFFIX
from ...comparing import Side, TimePart, parse_time, time_text
from ..widgets.form import section, words
from ..widgets.look import set_look

if TYPE_CHECKING:
    from collections.abc import Sequence

_CHOOSE = "Choose a capture…"


class _SideChoice(QWidget):
    """One side: which capture, from when to when."""

    changed = Signal()

    def __init__(self, name: str, at_hand: str, recent: Sequence[Path]) -> None:
        super().__init__()
        self._at_hand = at_hand
        self.what = QComboBox()
        self.what.setObjectName(f"compare{name}Combo")
        self.what.setAccessibleName(f"{name} side")
        self.what.setToolTip("A session, or a stored capture")
        self.what.addItem(at_hand, None)
        for path in recent:
            self.what.addItem(path.stem, path)
        self.what.addItem(_CHOOSE, _CHOOSE)
        self._chosen = 0
        self.from_ = self._edit(f"compare{name}FromEdit", f"{name} side: from", "0:00")
        self.to = self._edit(f"compare{name}ToEdit", f"{name} side: up to", "the end")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setColumnStretch(1, 1)
        grid.addWidget(section(f"{name} side"), 0, 0, 1, 2)
        grid.addWidget(self.what, 1, 0, 1, 2)
        grid.addWidget(QLabel("from"), 2, 0)
        grid.addWidget(self.from_, 2, 1)
        grid.addWidget(QLabel("up to"), 3, 0)
        grid.addWidget(self.to, 3, 1)
        self.what.currentIndexChanged.connect(self._on_what)

    def set_part(self, part: TimePart) -> None:
        """Put a part of the time into the fields."""
        self.from_.setText("" if part.from_s <= 0 else time_text(part.from_s))
        self.to.setText("" if part.to_s == math.inf else time_text(part.to_s))

    def add(self, path: Path) -> None:
        """Offer a capture and choose it."""
        with QSignalBlocker(self.what):
            self.what.insertItem(self.what.count() - 1, path.stem, path)
        self.what.setCurrentIndex(self.what.count() - 2)

    def side(self) -> Side | None:
        """What is chosen; None while a time makes no sense."""
        path = self.what.currentData()
        times = []
        for edit, default in ((self.from_, 0.0), (self.to, math.inf)):
            value = parse_time(edit.text()) if edit.text().strip() else default
            set_look(edit, "problem", value is None)
            times.append(value)
        if None in times or times[0] > times[1]:
            set_look(self.to, "problem", True)
            return None
        return Side(self.what.currentText(), path if isinstance(path, Path) else None, TimePart(*times))

    def _edit(self, name: str, accessible_name: str, placeholder: str) -> QLineEdit:
        edit = QLineEdit()
        edit.setObjectName(name)
        edit.setAccessibleName(f"{accessible_name}, minutes and seconds since the first request")
        edit.setToolTip("Minutes and seconds since the first request, such as 1:30")
        edit.setPlaceholderText(placeholder)
        edit.textEdited.connect(lambda _text: self.changed.emit())
        return edit

    def _on_what(self, index: int) -> None:
        if self.what.currentData() != _CHOOSE:
            self._chosen = index
            self.changed.emit()
            return
        self.what.setCurrentIndex(self._chosen)
        dialog = QFileDialog(self, "Capture to compare", "", f"Captures (*{SUFFIX});;All files (*)")
        dialog.setObjectName("compareFileDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.add(Path(name)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()


class CompareDialog(QDialog):
    """Call ``open()``; it deletes itself when it is closed."""

    chosen = Signal(object, object)
    """The left and the right side."""

    def __init__(self, at_hand: str, recent: Sequence[Path], part: TimePart, parent: QWidget | None = None) -> None:
        """``part``: a part of what is at hand that the user looks at."""
        super().__init__(parent)
        self.setObjectName("compareDialog")
        self.setWindowTitle("Compare")
        self.setAccessibleName("Compare")
        self.left = _SideChoice("Left", at_hand, recent)
        self.right = _SideChoice("Right", at_hand, recent)
        if not part.is_whole:
            self.right.set_part(part)
        elif recent:
            self.right.what.setCurrentIndex(1)
        self._problem = words("compareProblem", "problem")
        told = words("compareWords")
        told.setText(
            "A good and a bad session, or two times of one: what each action adds up to on both sides, "
            "and the first request at which they part."
        )
        buttons = QDialogButtonBox()
        self.accept_button = buttons.addButton("Compare", QDialogButtonBox.ButtonRole.AcceptRole)
        self.accept_button.setObjectName("compareButton")
        self.accept_button.setAccessibleName("Compare both sides")
        self.accept_button.setProperty("kind", "primary")
        cancel = buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        cancel.setObjectName("compareCancelButton")
        cancel.setAccessibleName("Compare nothing")
        buttons.accepted.connect(self._on_accepted)
        buttons.rejected.connect(self.reject)
        layout = QGridLayout()
        layout.setHorizontalSpacing(18)
        layout.addWidget(self.left, 0, 0)
        layout.addWidget(self.right, 0, 1)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(1, 1)
        whole = QVBoxLayout(self)
        whole.setSpacing(10)
        whole.addWidget(told)
        whole.addLayout(layout)
        whole.addWidget(self._problem)
        whole.addStretch(1)
        whole.addWidget(buttons)
        for side in (self.left, self.right):
            side.changed.connect(self._check)
        self.resize(560, 250)
        self.finished.connect(self.deleteLater)
        self._check()

    def _check(self) -> None:
        left, right = self.left.side(), self.right.side()
        problem = ""
        if left is None or right is None:
            problem = "A time is written as 1:30 or 90, and the end lies after the beginning."
        elif left == right:
            problem = "Both sides are the same. Choose another capture, or another time."
        self._problem.setText(problem)
        self.accept_button.setEnabled(not problem)

    def _on_accepted(self) -> None:
        self.chosen.emit(self.left.side(), self.right.side())
        self.accept()
