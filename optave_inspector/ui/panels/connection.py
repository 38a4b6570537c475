"""The connection panel: everything a connection is made of, what came of it, and the buttons that start and end it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ...protocol.states import ConnectionState
from ..connection_words import state_words
from ..dialogs.untrusted import UntrustedDialog
from ..handshake_words import at_a_glance
from ..widgets.elided_label import ElidedLabel
from ..widgets.form import Field, words
from ..widgets.look import set_look
from ..widgets.panel import Panel
from ..widgets.wheel_guard import WheelGuard
from .connection_auth import AuthSection
from .connection_handshake import HandshakeView
from .connection_more import MoreSection
from .connection_profile import ProfileRow
from .connection_token import TokenSection
from .connection_url import UrlSection

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..connector import Connector
    from ..current_profile import CurrentProfile

_SETTLING_MS = 400


class ConnectionPanel(Panel):
    """The settings scroll; the state and the two buttons stay in sight."""

    doctorAsked = Signal()
    """Look at the token closely."""

    def __init__(
        self, bridge: SessionBridge, current: CurrentProfile, connector: Connector, parent: QWidget | None = None
    ) -> None:
        super().__init__("Connection", "connectionPanel", parent)
        self._session = bridge.session
        self._current = current
        self._connector = connector
        self._refused: dict[str, str] = {}
        self.profiles = ProfileRow(bridge, current)
        self._url = UrlSection(current)
        self._auth = AuthSection(current)
        self._token = TokenSection(bridge, current, connector)
        self._token.doctor.clicked.connect(self.doctorAsked)
        self._chat_session = Field(
            "Chat session",
            "connectionChatSessionIdEdit",
            "Chat session ID",
            tip="Query parameter OptaveTraceChatSessionId; left out when empty",
        )
        self._chat_session.edited.connect(lambda text: current.edit(chat_session_id=text))
        self._more = MoreSection(bridge, current)
        self._handshake = HandshakeView(bridge)
        self._sections = (self._url, self._auth, self._token, self._more)
        self._build(connector)
        current.chosen.connect(self._profile_chosen)
        current.edited.connect(self._profile_edited)
        current.saveStateChanged.connect(lambda: self.set_note(current.save_state.words))
        connector.refused.connect(self._show_refusal)
        bridge.stateChanged.connect(self._show_state)
        bridge.failed.connect(self._show_failure)
        bridge.handshakeDone.connect(self._show_handshake)
        self._profile_chosen()
        self._show_state()
        self.set_note(current.save_state.words)

    def keep_typed(self) -> None:
        """Hand over what was typed and is not kept yet; before the window goes."""
        self._token.keep_secret()
        self._more.keep_typed()

    def open_certificate(self) -> None:
        """Show the certificate for which the newest attempt failed, and let the user decide."""
        peer = self._session.failure.untrusted if self._session.failure is not None else None
        if peer is not None:
            dialog = UntrustedDialog(peer, self.window())
            dialog.accepted.connect(lambda: self._connector.connect_accepting(peer))
            dialog.open()

    def _build(self, connector: Connector) -> None:
        self._error = words("connectionError", "problem")
        self._hint = words("connectionErrorHint", "title")
        self._certificate = QPushButton("Certificate…")
        self._certificate.setObjectName("connectionCertificateButton")
        self._certificate.setAccessibleName("Look at the certificate that was not trusted")
        self._certificate.setToolTip("All that the server showed, and the choice to accept it for this session")
        self._certificate.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._certificate.setVisible(False)
        self._certificate.clicked.connect(self.open_certificate)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 8, 2)
        column.setSpacing(8)
        for widget in (self.profiles, self._url, self._auth, self._token, self._chat_session, self._more):
            column.addWidget(widget)
        column.addWidget(self._handshake)
        column.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setObjectName("connectionScroll")
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidget(inside)
        WheelGuard(inside)
        self._in_sight: QWidget | None = None
        self._settling = QTimer(self)
        self._settling.setSingleShot(True)
        self._settling.setInterval(_SETTLING_MS)
        self._scroll.verticalScrollBar().rangeChanged.connect(self._follow_layout)
        self._state = QLabel()
        self._state.setObjectName("connectionState")
        self._state.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._glance = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._glance.setObjectName("connectionHandshakeGlance")
        self._glance.setProperty("role", "muted")
        self._connect = QPushButton("Connect")
        self._connect.setObjectName("connectionConnectButton")
        self._connect.setAccessibleName("Connect")
        self._connect.setToolTip("Connect as the profile says, with a fresh token")
        self._connect.setProperty("kind", "primary")
        self._connect.clicked.connect(connector.connect_now)
        self._disconnect = QPushButton("Disconnect")
        self._disconnect.setObjectName("connectionDisconnectButton")
        self._disconnect.setAccessibleName("Disconnect")
        self._disconnect.setToolTip("Close with code 1000, or give up connecting")
        self._disconnect.clicked.connect(connector.disconnect_now)
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self._connect, 1)
        buttons.addWidget(self._disconnect, 1)
        self.body.addWidget(self._scroll, 1)
        self._other = words("connectionOther", "warning")
        self.body.addWidget(self._other)
        self.body.addWidget(self._error)
        self.body.addWidget(self._hint)
        self.body.addWidget(self._certificate)
        standing = QHBoxLayout()
        standing.setSpacing(8)
        standing.addWidget(self._state)
        standing.addWidget(self._glance, 1)
        self.body.addLayout(standing)
        self.body.addLayout(buttons)
        # Sideways nothing scrolls: the panel is never narrower than what is in it, whatever the font.
        inside.ensurePolished()
        self._scroll.setMinimumWidth(max(inside.minimumSizeHint().width(), self._more.minimumSizeHint().width()) + 14)

    def _profile_chosen(self) -> None:
        self._refused.clear()
        self._say("", "")
        self._show_profile()

    def _profile_edited(self) -> None:
        self._refused.clear()
        if self._session.failure is None:
            self._say("", "")
        self._show_profile()

    def _show_profile(self) -> None:
        profile = self._current.profile
        for part in self._sections:
            part.show_profile(profile)
        self._chat_session.set_text(profile.chat_session_id)
        self._show_problems()
        self._show_difference()

    def _show_difference(self) -> None:
        """Say so when what is shown is not what the open connection was made with."""
        used, shown = self._connector.used, self._current.profile
        sentence = ""
        if used is not None and self._session.state is not ConnectionState.CLOSED:
            if used.id != shown.id:
                sentence = f"⚠ The connection was made by “{used.name}”."
            elif used != replace(shown, stamp=used.stamp, name=used.name):
                sentence = "⚠ Changes hold from the next connection on."
        self._other.setText(sentence)

    def _show_problems(self) -> None:
        profile = self._current.profile
        problems = {**self._refused}
        for problem in profile.problems():
            # An empty form is not full of mistakes: what is missing is asked for when one connects.
            if not self._is_empty(problem.field) or self._refused:
                problems.setdefault(problem.field, problem.sentence)
        for part in (self._url, self._token, self._more):
            part.show_problems(problems)
        self._chat_session.set_problem(problems.get("chat_session_id", ""))

    def _is_empty(self, field: str) -> bool:
        if field.startswith("fields."):
            return not self._current.profile.fields.get(field.removeprefix("fields."), "")
        return getattr(self._current.profile, field, "") == ""

    def _show_refusal(self, field: str, sentence: str) -> None:
        self._refused = {field: sentence}
        self._show_problems()
        self._say("Not connected: the profile is not complete.", "")
        for part in (self._url, self._token, self._more):
            widget = part.widget_of(field)
            if widget is not None:
                widget.setFocus()
                self._scroll_to(widget)
                return
        self._say(sentence, "")

    def _show_handshake(self) -> None:
        """What was agreed on is told beside the state; a refusal is worth bringing all of it into sight."""
        self._show_state()
        if self._session.handshake is not None and not self._session.handshake.accepted:
            self._scroll_to(self._handshake)

    def _show_state(self) -> None:
        state = self._session.state
        look, text = state_words(state)
        set_look(self._state, "chip", look)
        self._state.setText(text)
        self._glance.setText(at_a_glance(self._session.handshake) if self._session.handshake is not None else "")
        closed = state is ConnectionState.CLOSED
        self._show_difference()
        self._connect.setEnabled(closed)
        self._disconnect.setEnabled(state in (ConnectionState.OPEN, ConnectionState.CONNECTING))
        self._disconnect.setText("Give up" if state is ConnectionState.CONNECTING else "Disconnect")
        self._disconnect.setAccessibleName(self._disconnect.text())
        if not closed:
            self._say("", "")

    def _show_failure(self) -> None:
        failure = self._session.failure
        if failure is not None:
            self._say(failure.sentence, failure.hint)

    def _say(self, sentence: str, hint: str) -> None:
        failure = self._session.failure
        self._certificate.setVisible(bool(sentence) and failure is not None and failure.untrusted is not None)
        self._error.setText(f"✗ {sentence}" if sentence else "")
        self._hint.setText(hint)

    def _scroll_to(self, widget: QWidget) -> None:
        # What just appeared takes its room step by step, as lines wrap: each step is followed for a moment.
        self._in_sight = widget
        self._settling.start()
        self._follow_layout()

    def _follow_layout(self) -> None:
        if self._settling.isActive():
            QTimer.singleShot(0, self, self._bring_into_sight)

    def _bring_into_sight(self) -> None:
        widget = self._in_sight
        if widget is None or not self._scroll.widget().isAncestorOf(widget):
            return
        top = widget.mapTo(self._scroll.widget(), QPoint(0, 0)).y()
        bottom = top + widget.height() + 8
        bar, room = self._scroll.verticalScrollBar(), self._scroll.viewport().height()
        if top < bar.value() or bottom - top > room:
            bar.setValue(top)
        elif bottom > bar.value() + room:
            bar.setValue(bottom - room)
