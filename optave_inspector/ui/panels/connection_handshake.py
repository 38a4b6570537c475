"""What the upgrade brought: status, times, what was agreed on; the headers on demand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ..dialogs.text_dialog import TextDialog
from ..handshake_words import in_full, summary
from ..widgets.form import section, words

if TYPE_CHECKING:
    from ..bridge import SessionBridge


class HandshakeView(QWidget):
    """Follows the session's newest handshake."""

    def __init__(self, bridge: SessionBridge) -> None:
        super().__init__()
        self.setObjectName("connectionHandshake")
        self.setAccessibleName("Handshake")
        self._session = bridge.session
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(2)
        self._grid.setColumnStretch(1, 1)
        self._shown: list[QLabel] = []
        self._empty = words("connectionHandshakeEmpty")
        self._headers = QPushButton("Headers…")
        self._headers.setObjectName("connectionHeadersButton")
        self._headers.setAccessibleName("Headers and body of the handshake")
        self._headers.setToolTip("Request, response and body, to read and copy; the token is masked")
        self._headers.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._headers.clicked.connect(self.open_headers)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(section("Handshake"))
        layout.addWidget(self._empty)
        layout.addLayout(self._grid)
        layout.addWidget(self._headers)
        bridge.handshakeDone.connect(self._show)
        bridge.stateChanged.connect(self._show)
        self._show()

    def open_headers(self) -> None:
        """Show the request, the response and its body."""
        handshake = self._session.handshake
        if handshake is not None:
            TextDialog("Handshake", in_full(handshake), "handshakeDialog", self.window()).open()

    def _show(self) -> None:
        handshake = self._session.handshake
        self._headers.setVisible(handshake is not None)
        self._empty.setText("" if handshake is not None else "Connect to see how the server answers the upgrade.")
        for label in self._shown:
            self._grid.removeWidget(label)
            label.deleteLater()
        self._shown = []
        for row, line in enumerate(summary(handshake) if handshake is not None else []):
            value = words(f"connectionHandshake{line.label or f'Note{row}'}", line.role)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            value.setText(line.words)
            self._shown.append(value)
            if not line.label and line.role == "warning":
                self._grid.addWidget(value, row, 0, 1, 2)
                continue
            self._grid.addWidget(value, row, 1)
            if not line.label:
                continue
            label = QLabel(line.label)
            label.setProperty("role", "muted")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            self._shown.append(label)
            self._grid.addWidget(label, row, 0)
