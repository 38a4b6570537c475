"""The line above the frame log: what to search for, which direction, folding, columns."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

_PAUSE_MS = 150
"""So long after the last key a search begins."""
_PERMILLE = 1000
_DIRECTIONS: tuple[tuple[int | None, str, str, str], ...] = (
    (None, "All", "framesAllButton", "Show both directions and connection events"),
    (1, "↑ Sent", "framesSentButton", "Show only what was sent"),
    (0, "↓ Received", "framesReceivedButton", "Show only what was received"),
)


class FrameFilterBar(QWidget):
    """Asks; whoever listens searches and shows. ``cancelled`` is Esc in the text field."""

    textChosen = Signal(str)
    """The text to search for, once typing paused; empty for no search."""
    directionChosen = Signal(object)
    """0 received, 1 sent, None for all."""
    foldingChosen = Signal(bool)
    cancelled = Signal()
    left = Signal()
    """Down or Enter in the text field: on to the log."""

    def __init__(self, columns_menu: QMenu) -> None:
        super().__init__()
        self.setObjectName("framesFilterBar")
        self.edit = QLineEdit()
        self.edit.setObjectName("framesFilterEdit")
        self.edit.setAccessibleName("Filter the frame log")
        self.edit.setAccessibleDescription(
            "Searches whole payloads and all fields; Esc stops the search, then clears it"
        )
        self.edit.setPlaceholderText("Filter payloads and fields")
        self.edit.setMinimumWidth(120)
        self.edit.installEventFilter(self)
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_PAUSE_MS)
        self._typing.timeout.connect(self.apply)
        self.edit.textChanged.connect(self._on_text)
        self._applied = ""
        self.clear_button = _button("framesClearFilterButton", "✗", "Clear the filter")
        self.clear_button.setProperty("kind", "quiet")
        self.clear_button.clicked.connect(lambda: self.set_text(""))
        self.clear_button.hide()
        self._directions = QButtonGroup(self)
        self._directions.setExclusive(True)
        self.fold_button = _button(
            "framesFoldButton", "Fold pings", "Control frames: one counted row for each run of pings and pongs"
        )
        self.fold_button.setAccessibleName("Control frames: fold pings and pongs")
        self.fold_button.setCheckable(True)
        self.fold_button.setChecked(True)
        self.fold_button.toggled.connect(self.foldingChosen)
        self.columns_button = _button("framesColumnsButton", "Columns ▾", "Pick columns, and the form of times")
        self.columns_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.columns_button.setMenu(columns_menu)
        self.progress = QProgressBar()
        self.progress.setObjectName("framesSearchProgress")
        self.progress.setAccessibleName("Progress of the search")
        self.progress.setTextVisible(False)
        self.progress.setRange(0, _PERMILLE)
        self.progress.setFixedHeight(3)
        self._lay_out()
        self._texts = [
            *((button, button.text(), button.text().split(" ")[0]) for button in self._directions.buttons()),
            (self.fold_button, self.fold_button.text(), "Fold"),
            (self.columns_button, self.columns_button.text(), "▾"),
        ]
        self.set_progress(None)

    def set_text(self, text: str) -> None:
        """Put ``text`` into the field and search for it at once."""
        self.edit.setText(text)
        self.apply()

    def apply(self) -> None:
        """Ask for what the field says, without waiting for a pause in the typing."""
        self._typing.stop()
        text = self.edit.text() if self.edit.text().strip() else ""
        if text != self._applied:
            self._applied = text
            self.textChosen.emit(text)

    def show_all(self) -> None:
        """Take back all that narrows the log."""
        self._directions.buttons()[0].setChecked(True)
        self.set_text("")

    def set_progress(self, part: float | None) -> None:
        """How much is searched, 0 to 1; None hides the bar, whose room stays."""
        self.progress.setValue(0 if part is None else round(part * _PERMILLE))
        self.progress.setVisible(part is not None)

    def minimumSizeHint(self) -> QSize:
        """The width with short texts: in a narrow window the arrows alone stand on the buttons."""
        hint = super().minimumSizeHint()
        saved = sum(_text_width(button, full) - _text_width(button, short) for button, full, short in self._texts)
        shown_short = any(button.text() == short != full for button, full, short in self._texts)
        return QSize(hint.width() - (0 if shown_short else saved), hint.height())

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        saved = sum(_text_width(button, full) - _text_width(button, short) for button, full, short in self._texts)
        wide = self.width() >= self.minimumSizeHint().width() + saved
        for button, full, short in self._texts:
            button.setText(full if wide else short)

    def eventFilter(self, watched, event) -> bool:
        if watched is self.edit and event.type() == QEvent.Type.KeyPress:
            if event.key() == Qt.Key.Key_Escape:
                self.cancelled.emit()
                return True
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.apply()
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _on_text(self, text: str) -> None:
        self.clear_button.setVisible(bool(text))
        self._typing.start()

    def _lay_out(self) -> None:
        line = QHBoxLayout()
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(6)
        line.addWidget(self.edit, 1)
        line.addWidget(self.clear_button)
        joined = QHBoxLayout()
        joined.setSpacing(0)
        for at, (direction, text, name, tip) in enumerate(_DIRECTIONS):
            button = _button(name, text, tip)
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
        keeps_room = self.progress.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)
        self.progress.setSizePolicy(keeps_room)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(line)
        layout.addWidget(self.progress)


def _text_width(button: QToolButton, text: str) -> int:
    return button.fontMetrics().horizontalAdvance(text)


def _four(radius: str) -> list[str]:
    parts = radius.split()
    return parts * 4 if len(parts) == 1 else parts


def _button(object_name: str, text: str, tip: str) -> QToolButton:
    button = QToolButton()
    button.setObjectName(object_name)
    button.setText(text)
    button.setToolTip(tip)
    button.setAccessibleName(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    button.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return button
