"""The frame that every panel lives in: a card with a title, a note at the right, and a body."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from .elided_label import ElidedLabel

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

__all__ = ["ElidedLabel", "Panel"]


class Panel(QFrame):
    """Base of all panels. ``body`` takes the content, ``header`` further controls before the note.

    In a dock the header becomes the dock's title bar, by :meth:`take_header`; the panel need not know.
    """

    def __init__(self, title: str, object_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(object_name)
        self.setAccessibleName(title)
        self.setProperty("card", True)
        self.own_actions: list[QAction] = []
        """What the menu of the panel's dock offers besides moving and hiding it."""
        self.title_label = QLabel(title)
        self.title_label.setObjectName(f"{object_name}Title")
        self.title_label.setProperty("role", "title")
        self.note_label = ElidedLabel(Qt.TextElideMode.ElideRight)
        self.note_label.setObjectName(f"{object_name}Note")
        self.note_label.setProperty("role", "muted")
        self.note_label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.header_bar = QFrame()
        self.header_bar.setObjectName(f"{object_name}Header")
        self.header_bar.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.header = QHBoxLayout(self.header_bar)
        self.header.setContentsMargins(10, 5, 8, 5)
        # As high with a button in it as without: the headings of neighbours are in line.
        self.header.addStrut(25)
        self.header.setSpacing(6)
        self.header.addWidget(self.title_label)
        self.header.addWidget(self.note_label, 1)
        self.body = QVBoxLayout()
        self.body.setContentsMargins(10, 0, 10, 10)
        self.body.setSpacing(6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.header_bar)
        layout.addLayout(self.body, 1)

    def set_title(self, title: str) -> None:
        """Change the heading."""
        self.title_label.setText(title)
        self.setAccessibleName(title)

    def set_note(self, note: str) -> None:
        """The muted text at the right of the heading: counts, sizes, state."""
        self.note_label.setText(note)

    def is_seen(self) -> bool:
        """Whether anybody can see it. A dock behind another tab is visible to Qt, but stands where nobody looks."""
        return self.isVisible() and not self.visibleRegion().isEmpty()

    def take_header(self) -> QFrame:
        """Give the header away as the title bar of a dock: together they look like the one card that they were."""
        self.layout().removeWidget(self.header_bar)
        self.header_bar.setProperty("dockTitle", True)
        self.setProperty("card", "docked")
        return self.header_bar
