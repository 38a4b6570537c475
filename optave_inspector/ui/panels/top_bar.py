"""The line above the panels: which profile, connect or disconnect, where the connection stands, what has passed."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLayout, QSizePolicy, QToolButton, QWidget

from ...protocol.states import ConnectionState
from ...protocol.url_template import mask_url
from ..connection_words import state_words, token_words
from ..latencies import Latencies
from ..messages import clock
from ..profile_marks import PRODUCTION
from ..widgets.look import set_look
from .connect_button import ConnectButton
from .profile_combo import ProfileCombo
from .retry_chip import RetryChip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QAction

    from ..bridge import SessionBridge
    from ..connector import Connector
    from ..current_profile import CurrentProfile
    from ..retry_countdown import RetryCountdown
    from .trace_chip import TraceChip


class TopBar(QWidget):
    """What matters at a glance. What does not fit into a narrow window gives way, the least needed first."""

    newSessionAsked = Signal()

    def __init__(
        self,
        bridge: SessionBridge,
        current: CurrentProfile,
        connector: Connector,
        connect_actions: Sequence[QAction],
        parent: QWidget | None = None,
        *,
        retry: RetryCountdown | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("topBar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Session")
        self._session = bridge.session
        self._latencies = Latencies(bridge.session)
        self._combo = ProfileCombo(current, "topBarProfileCombo")
        self._current = current
        self._production = _label("topBarProduction", "Kind of profile")
        set_look(self._production, "chip", "alarm")
        self._production.setText(f"⚠ {PRODUCTION}")
        self._production.setToolTip("Real customers are behind this profile")
        self._connect = ConnectButton(bridge, connector, connect_actions)
        self._state = _label("topBarState", "Connection state")
        self._retry = RetryChip(retry) if retry is not None else None
        self._traces: TraceChip | None = None
        self._uptime = _label("topBarUptime", "Time connected", role="muted")
        self._token = _label("topBarToken", "Token")
        self._sent = _label("topBarSent", "Messages sent")
        self._sent.setProperty("counter", "sent")
        self._received = _label("topBarReceived", "Messages received")
        self._received.setProperty("counter", "received")
        self._p95 = _label("topBarP95", "95th percentile of the latency", role="muted")
        self._waiting = _label("topBarWaiting", "Requests waiting for an answer", role="muted")
        self._accepted = QToolButton()
        self._accepted.setObjectName("topBarAccepted")
        self._accepted.setText("⚠ certificate accepted")
        self._accepted.setAccessibleName("Certificates that you accepted")
        self._accepted.setProperty("kind", "warning")
        self._accepted.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._accepted.setVisible(False)
        self._accepted.clicked.connect(self._forget_accepted)
        self._new = QToolButton()
        self._new.setObjectName("newSessionButton")
        self._new.setText("+ session")
        self._new.setAccessibleName("New session")
        self._new.setToolTip(
            "Open one more session beside this one, with a connection and a capture of its own (Ctrl+T)"
        )
        self._new.setProperty("kind", "quiet")
        self._new.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._new.clicked.connect(self.newSessionAsked)
        self._lay_out()
        self._wanted: dict[QWidget, bool] = {}
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_times)
        for signal in (bridge.stateChanged, bridge.ended, bridge.failed):
            signal.connect(self._show_state)
        bridge.entriesAdded.connect(lambda _count: self._show_counts())
        bridge.exchangesChanged.connect(self._exchanges_changed)
        for signal in (current.chosen, current.edited):
            signal.connect(self._show_kind)
        self._show_kind()
        self._show_state()
        self._show_counts()

    def setFocus(self, *reason: Qt.FocusReason) -> None:
        """To the button that connects."""
        self._connect.setFocus(*reason)

    def add_traces(self, chip: TraceChip) -> None:
        """Show that traces are sent, beside the token."""
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.insertWidget(layout.indexOf(self._token) + 1, chip)
        self._traces = chip
        chip.appeared.connect(self._fit)
        self._fit()

    def minimumSizeHint(self):
        """Narrow enough for every window: the rest gives way."""
        hint = super().minimumSizeHint()
        hint.setWidth(320)
        return hint

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        self._fit()

    def _lay_out(self) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        # What does not fit is hidden instead of making the window wider.
        layout.setSizeConstraint(QLayout.SizeConstraint.SetNoConstraint)
        layout.setSpacing(10)
        layout.addWidget(self._production)
        layout.addWidget(self._combo)
        layout.addWidget(self._connect)
        layout.addWidget(self._state)
        layout.addWidget(self._accepted)
        if self._retry is not None:
            layout.addWidget(self._retry)
            self._retry.appeared.connect(self._fit)
        layout.addWidget(self._uptime)
        layout.addWidget(self._token)
        layout.addStretch(1)
        for label in (self._sent, self._received, self._p95, self._waiting):
            layout.addWidget(label)
        layout.addWidget(self._new)

    def _show_kind(self) -> None:
        production = self._current.profile.production
        self._production.setVisible(production)
        set_look(self, "production", production)
        self._fit()

    def _exchanges_changed(self, numbers: list[int]) -> None:
        self._latencies.update(numbers)
        self._show_counts()

    def _show_state(self) -> None:
        session = self._session
        look, text = state_words(session.state)
        if session.state is ConnectionState.CLOSED and session.failure is not None:
            look = "error"
        set_look(self._state, "chip", look)
        self._state.setText(text)
        self._state.setToolTip(mask_url(session.config.url) if session.config is not None else "Not connected yet")
        if session.state is ConnectionState.OPEN:
            self._clock.start()
        else:
            self._clock.stop()
        self._show_accepted()
        self._show_times()
        self._show_counts()

    def _show_accepted(self) -> None:
        addresses = ", ".join(self._session.accepted.addresses)
        words = f"You accepted the certificate of {addresses}, for which nothing else vouches. "
        self._accepted.setToolTip(f"{words}Press to have it judged anew from the next connection on.")
        self._accepted.setAccessibleDescription(words)
        self._accepted.setVisible(bool(addresses))

    def _forget_accepted(self) -> None:
        self._session.forget_accepted()
        self._show_accepted()
        self._fit()

    def _show_times(self) -> None:
        session = self._session
        is_open = session.state is ConnectionState.OPEN
        self._uptime.setText(f"up {clock((time.monotonic_ns() - session.opened_ns) / 1e9)}" if is_open else "")
        self._wanted[self._uptime] = is_open
        look, text, explanation = token_words(session.token_use, session)
        set_look(self._token, "chip", look)
        self._token.setText(text)
        self._token.setToolTip(explanation)
        self._token.setAccessibleDescription(explanation)
        self._wanted[self._token] = bool(text)
        self._fit()

    def _show_counts(self) -> None:
        session = self._session
        self._sent.setText(f"↑ {session.sent:,}")
        self._sent.setToolTip(f"{session.sent:,} messages sent in this session")
        self._received.setText(f"↓ {session.received:,}")
        self._received.setToolTip(f"{session.received:,} messages received in this session")
        p95 = self._latencies.percentile_ns(95)
        self._p95.setText("" if p95 is None else f"p95 {_latency(p95)}")
        self._p95.setToolTip(f"95 of 100 answers were complete within this time, out of {len(self._latencies):,}")
        self._wanted[self._p95] = p95 is not None
        self._waiting.setText(f"{session.waiting:,} waiting")
        self._waiting.setToolTip("Requests that wait for their final answer")
        self._wanted[self._waiting] = session.waiting > 0
        self._fit()

    def _fit(self) -> None:
        """Hide what does not fit, from the least to the most needed."""
        layout = self.layout()
        margins = layout.contentsMargins()
        room = self.width() - margins.left() - margins.right()
        always = [self._combo, self._connect, self._state, self._new]
        chips = (self._production, self._retry, self._traces, self._accepted)
        always += [chip for chip in chips if chip is not None and not chip.isHidden()]
        widths = {widget: widget.sizeHint().width() + layout.spacing() for widget in always}
        used = sum(widths.values()) - layout.spacing() - (self._combo.sizeHint().width() - self._combo.minimumWidth())
        for widget in (self._received, self._sent, self._token, self._waiting, self._uptime, self._p95):
            needed = widget.sizeHint().width() + layout.spacing()
            shown = self._wanted.get(widget, True) and used + needed <= room
            used += needed if shown else 0
            if widget.isVisibleTo(self) != shown:
                widget.setVisible(shown)
        layout.activate()


def _label(object_name: str, accessible_name: str, role: str = "") -> QLabel:
    label = QLabel()
    label.setObjectName(object_name)
    label.setAccessibleDescription(accessible_name)
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    if role:
        label.setProperty("role", role)
    return label


def _latency(nanoseconds: int) -> str:
    milliseconds = nanoseconds / 1e6
    return f"{milliseconds:.0f} ms" if milliseconds < 1000 else f"{milliseconds / 1000:.2f} s"
