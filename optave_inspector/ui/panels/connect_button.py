"""Connect or Disconnect, whichever is due, with a menu for the other ways to end a connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QToolButton, QWidget

from ...protocol.states import ConnectionState
from ..widgets.look import set_look

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from ..bridge import SessionBridge
    from ..connector import Connector


class ConnectButton(QWidget):
    """The main button of the top bar. ``actions`` are what its menu offers."""

    def __init__(
        self,
        bridge: SessionBridge,
        connector: Connector,
        actions: Sequence[QAction],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._session = bridge.session
        self._connector = connector
        self._main = QPushButton()
        self._main.setObjectName("topBarConnectButton")
        self._main.setProperty("joined", "left")
        self._main.clicked.connect(self._clicked)
        menu = QMenu(self)
        menu.setObjectName("topBarConnectMenu")
        menu.addActions(actions)
        self._more = QToolButton()
        self._more.setObjectName("topBarConnectMenuButton")
        self._more.setAccessibleName("More ways to connect and close")
        self._more.setToolTip("Close with a code, drop the TCP connection")
        self._more.setText("▾")
        self._more.setProperty("joined", "right")
        self._more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._more.setMenu(menu)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._main)
        layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignVCenter)
        bridge.stateChanged.connect(self._show_state)
        self._show_state()

    def setFocus(self, *reason: Qt.FocusReason) -> None:
        """To the button. No focus proxy: with one to a child in another, Tab went round within the two for ever."""
        self._main.setFocus(*reason)

    def _clicked(self) -> None:
        if self._session.state is ConnectionState.CLOSED:
            self._connector.connect_now()
        else:
            self._connector.disconnect_now()

    def _show_state(self) -> None:
        state = self._session.state
        text, tip = {
            ConnectionState.CLOSED: ("Connect", "Connect as the profile says"),
            ConnectionState.CONNECTING: ("Cancel", "Give up connecting"),
            ConnectionState.OPEN: ("Disconnect", "Close with code 1000"),
            ConnectionState.CLOSING: ("Closing…", "The other side's close frame is awaited"),
        }[state]
        self._main.setText(text)
        self._main.setAccessibleName(text)
        self._main.setToolTip(tip)
        self._main.setEnabled(state is not ConnectionState.CLOSING)
        kind = "primary" if state is ConnectionState.CLOSED else ""
        set_look(self._main, "kind", kind)
        set_look(self._more, "kind", kind)
        self._more.setFixedHeight(self._main.sizeHint().height())
