"""The line above the frame log: what to search for, which direction, folding, columns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QMenu, QToolButton

from .filter_line import FilterLine, line_button

if TYPE_CHECKING:
    from collections.abc import Callable

    from ...capture.query.completion import KnownValues

_COMFORTABLE_EDIT = 230
_DIRECTIONS: tuple[tuple[int | None, str, str, str], ...] = (
    (None, "All", "framesAllButton", "Show both directions and connection events"),
    (1, "↑ Sent", "framesSentButton", "Show only what was sent"),
    (0, "↓ Received", "framesReceivedButton", "Show only what was received"),
)


class FrameFilterBar(FilterLine):
    """The filter line with what else narrows the log."""

    directionChosen = Signal(object)
    """0 received, 1 sent, None for all."""
    foldingChosen = Signal(bool)

    def __init__(self, columns_menu: QMenu, known: Callable[[], KnownValues]) -> None:
        super().__init__("frames", "the frame log", "the whole log", known)
        self.saved_button = line_button("framesSavedButton", "Saved ▾", "Use, keep or delete named filters")
        self.saved_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._directions = QButtonGroup(self)
        self._directions.setExclusive(True)
        self.fold_button = line_button(
            "framesFoldButton", "Fold pings", "Control frames: one counted row for each run of pings and pongs"
        )
        self.fold_button.setAccessibleName("Control frames: fold pings and pongs")
        self.fold_button.setCheckable(True)
        self.fold_button.setChecked(True)
        self.fold_button.toggled.connect(self.foldingChosen)
        self.columns_button = line_button("framesColumnsButton", "Columns ▾", "Pick columns, and the form of times")
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_button.setMenu(columns_menu)
        self._lay_out()
        self._texts = [
            *((button, button.text(), button.text().split(" ")[0]) for button in self._directions.buttons()),
            (self.saved_button, self.saved_button.text(), "☰"),
            (self.fold_button, self.fold_button.text(), "Fold"),
            (self.columns_button, self.columns_button.text(), "▾"),
        ]

    def show_all(self) -> None:
        """Take back all that narrows the log."""
        self._directions.buttons()[0].setChecked(True)
        self.set_text("")

    def minimumSizeHint(self) -> QSize:
        """The width with short texts: in a narrow window the arrows alone stand on the buttons."""
        hint = super().minimumSizeHint()
        return QSize(hint.width() - (0 if self._are_short() else self._saved_by_short()), hint.height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        room_for_edit = _COMFORTABLE_EDIT - self.edit.minimumWidth()
        wide = self.width() >= self.minimumSizeHint().width() + self._saved_by_short() + room_for_edit
        for button, full, short in self._texts:
            button.setText(full if wide else short)

    def _are_short(self) -> bool:
        return any(button.text() == short != full for button, full, short in self._texts)

    def _saved_by_short(self) -> int:
        return sum(_text_width(button, full) - _text_width(button, short) for button, full, short in self._texts)

    def _lay_out(self) -> None:
        line = self.line
        line.addWidget(self.saved_button)
        joined = QHBoxLayout()
        joined.setSpacing(0)
        for at, (direction, text, name, tip) in enumerate(_DIRECTIONS):
            button = line_button(name, text, tip)
            button.setCheckable(True)
            button.setChecked(direction is None)
            # Shape only: the neighbours share a border.
            radius = ("5px 0 0 5px", "0", "0 5px 5px 0")[at]
            corners = "".join(
                f"border-{corner}-radius: {size};"
                for corner, size in zip(
                    ("top-left", "top-right", "bottom-right", "bottom-left"), _four(radius), strict=True
                )
            )
            button.setStyleSheet(f"QToolButton {{ {corners} {'margin-left: -1px;' if at else ''} }}")
            button.toggled.connect(lambda on, chosen=direction: self.directionChosen.emit(chosen) if on else None)
            self._directions.addButton(button)
            joined.addWidget(button)
        line.addLayout(joined)
        line.addWidget(self.fold_button)
        line.addWidget(self.columns_button)


def _text_width(button: QToolButton, text: str) -> int:
    return button.fontMetrics().horizontalAdvance(text)


def _four(radius: str) -> list[str]:
    parts = radius.split()
    return parts * 4 if len(parts) == 1 else parts
