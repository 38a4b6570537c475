"""What stands in the log of a session before anything was seen: ways to begin, and the captures opened last."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QLabel,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from .widgets.form import WrappedWords
from .widgets.look import set_look

if TYPE_CHECKING:
    from collections.abc import Callable

    from .capture_actions import CaptureActions
    from .session_view import SessionView
    from .tenant_actions import TenantActions

_MOST_RECENT = 5


class StartPage(QScrollArea):
    """Goes by itself once there is an entry: the log stands in its place then."""

    manualAsked = Signal()
    """Show the manual's first five minutes."""

    def __init__(self, view: SessionView, captures: CaptureActions, tenant: TenantActions | None) -> None:
        super().__init__()
        self.setObjectName("startPage")
        self.setAccessibleName("No frames yet: ways to begin")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._captures = captures
        self._grid = QGridLayout()
        self._grid.setColumnStretch(1, 1)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(8)
        if tenant is not None:
            way = self._add(
                "startTenantButton", "Connect to the &local tenant", tenant.connect_.trigger,
                "A tenant on this machine: no account, no network.",
            )  # fmt: skip
            set_look(way, "kind", "primary")
        self._add(
            "startProfileButton", "New &profile…", view.connection.profiles.ask_new,
            "For a tenant of yours: fill in what Optave gave you.",
        )  # fmt: skip
        self._add(
            "startCaptureButton", "&Open capture…", captures.open_.trigger,
            "What was seen before, or what somebody sent you.",
        )  # fmt: skip
        self._add(
            "startRecipeButton", "&Recipes", lambda: view.area.go_to(view.recipe),
            "Reproduce an ending: one that ships, or one of yours.",
        )  # fmt: skip
        self._add(
            "startManualButton", "&Manual", self.manualAsked.emit,
            "The first five minutes, step by step.",
        )  # fmt: skip
        self._recent_title = QLabel("Captures that were opened last")
        self._recent_title.setObjectName("startRecentTitle")
        self._recent_title.setProperty("role", "section")
        self._paths: list[Path] = []
        self._recent = [self._recent_button(number) for number in range(_MOST_RECENT)]
        inner = QWidget()
        inner.setObjectName("startPageInner")
        layout = QVBoxLayout(inner)
        layout.setContentsMargins(16, 8, 16, 8)
        layout.setSpacing(8)
        layout.addStretch(2)
        layout.addWidget(_label("startSentence", "No frames yet.", "title"))
        layout.addWidget(_label("startHint", "What goes over the wire in either direction appears here.", "muted"))
        layout.addSpacing(6)
        layout.addLayout(self._grid)
        layout.addSpacing(4)
        layout.addWidget(self._recent_title)
        for button in self._recent:
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(3)
        self.setWidget(inner)
        self.refresh()

    def refresh(self) -> None:
        """Show which captures were opened last, those that are still there."""
        recent = [Path(each.path) for each in self._captures.own.recent.all() if each.is_there]
        self._paths = recent[:_MOST_RECENT]
        self._recent_title.setVisible(bool(self._paths))
        for number, button in enumerate(self._recent):
            known = number < len(self._paths)
            button.setVisible(known)
            path = self._paths[number] if known else None
            button.setText(path.stem.replace("&", "&&") if path is not None else "")
            button.setToolTip(f"Open {path}" if path is not None else "")
            button.setAccessibleName(f"Open the capture {path.stem}" if path is not None else "")

    def showEvent(self, event) -> None:
        super().showEvent(event)
        self.refresh()

    def _add(self, name: str, text: str, slot: Callable[[], object], words: str) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(name)
        button.setAccessibleName(text.replace("&", ""))
        button.setAccessibleDescription(words)
        button.setToolTip(words)
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        button.clicked.connect(lambda _checked=False: slot())
        told = WrappedWords()
        told.setObjectName(f"{name}Words")
        told.setProperty("role", "muted")
        told.setText(words)
        row = self._grid.rowCount()
        self._grid.addWidget(button, row, 0)
        self._grid.addWidget(told, row, 1, Qt.AlignmentFlag.AlignVCenter)
        return button

    def _recent_button(self, number: int) -> QPushButton:
        button = QPushButton()
        button.setObjectName(f"startRecent{number + 1}Button")
        button.setProperty("kind", "quiet")
        button.clicked.connect(lambda _checked=False: self._open(number))
        return button

    def _open(self, number: int) -> None:
        if number < len(self._paths):
            self._captures.open(self._paths[number])


def _label(name: str, text: str, role: str) -> QLabel:
    label = QLabel(text)
    label.setObjectName(name)
    label.setProperty("role", role)
    label.setWordWrap(True)
    return label
