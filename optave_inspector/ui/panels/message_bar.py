"""The bar at the bottom: how a connection ended, why one did not open, and whatever else must be told."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from ...protocol.states import ConnectionState
from ..dialogs.text_dialog import TextDialog
from ..messages import Message, ending_message, failure_message, notice
from ..widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from ..bridge import SessionBridge
    from ..retry_countdown import RetryCountdown

_ALL_MESSAGES = "Read and copy all messages of this session"
_REPORT = "Show the report of this attempt: evidence, likely causes, advice"
_KEPT = 200
"""As many messages stay readable under Details; older ones go."""


class MessageBar(QFrame):
    """Shows the newest message that was not dismissed; hidden while there is none.

    Endings and failures go by themselves once a connection opens again; Details leads to their reports, and to all
    messages of the session for others.
    """

    reconnectAsked = Signal()
    reportAsked = Signal(int)
    """Show the report of this attempt."""

    def __init__(
        self, bridge: SessionBridge, parent: QWidget | None = None, *, retry: RetryCountdown | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("messageBar")
        self.setAccessibleName("Messages")
        self._session = bridge.session
        self._retrying = retry
        self._all: list[Message] = []
        self._waiting: list[Message] = []
        self._build()
        bridge.ended.connect(lambda: self.show_message(ending_message(self._session)))
        bridge.failed.connect(lambda: self.show_message(failure_message(self._session)))
        bridge.warned.connect(lambda kind, sentence: self.show_message(notice(kind, sentence)))
        bridge.stateChanged.connect(self._state_changed)
        if retry is not None:
            retry.changed.connect(self._render_retry)
            retry.stopped.connect(self._no_retry)
        self._render()

    @property
    def message(self) -> Message | None:
        """What is on show."""
        return self._waiting[-1] if self._waiting else None

    @property
    def history(self) -> list[Message]:
        """All messages of this session, oldest first."""
        return list(self._all)

    def show_message(self, message: Message) -> None:
        """Add a message and show it. The same words twice in a row count once."""
        if self.message is not None and (self.message.text, self.message.headline) == (message.text, message.headline):
            self._waiting[-1] = message
            return
        self._all = [*self._all, message][-_KEPT:]
        self._waiting = [*self._waiting, message][-_KEPT:]
        self._render()

    def dismiss(self) -> None:
        """Take the message on show away; the one before it comes back."""
        if self._waiting:
            self._waiting.pop()
            self._render()

    def show_details(self) -> None:
        """Lead to the report of an ending or a failure; for other messages, open all of them."""
        if self.message is not None and self.message.attempt:
            self.reportAsked.emit(self.message.attempt)
        else:
            self.show_history()

    def show_history(self) -> None:
        """Open all messages of this session, newest first, to read and to copy."""
        text = "\n\n".join(message.in_full() for message in reversed(self._all)) or "No messages so far."
        TextDialog("Messages of this session", {"Messages": text}, "messagesDialog", self.window()).open()

    def _state_changed(self) -> None:
        if self._session.state is ConnectionState.OPEN and any(message.retry for message in self._waiting):
            self._waiting = [message for message in self._waiting if not message.retry]
            self._render()

    def _reconnect(self) -> None:
        if self._retrying is not None and self._retrying.is_due:
            self._retrying.now()
        else:
            self.reconnectAsked.emit()

    def _cancel_retry(self) -> None:
        if self._retrying is not None:
            self._retrying.cancel()

    def _no_retry(self, why: str) -> None:
        """Say with the ending why no retry follows, although the profile asks for them."""
        message = self.message
        if message is not None and message.attempt == self._session.attempt and why not in message.advice:
            told = replace(message, advice=f"{why} {message.advice}".rstrip())
            self._all = [told if each is message else each for each in self._all]
            self._waiting[-1] = told
            self._render()

    def _render_retry(self) -> None:
        """The advice and the buttons, which change while a retry is counted down."""
        message = self.message
        if message is None:
            return
        countdown = self._retrying.words() if self._retrying is not None and message.retry else ""
        advice = f"{countdown}. {message.advice}".rstrip() if countdown else message.advice
        self._advice.setText(advice)
        self._advice.setVisible(bool(advice))
        text = "Retry now" if countdown else message.retry
        self._retry.setText(text)
        self._retry.setAccessibleName(f"{text}, with a fresh token")
        self._retry.setVisible(bool(message.retry))
        self._cancel.setVisible(bool(countdown))

    def _build(self) -> None:
        self._headline = QLabel()
        self._headline.setObjectName("messageHeadline")
        self._headline.setTextFormat(Qt.TextFormat.PlainText)
        self._text = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._text.setObjectName("messageText")
        self._advice = ElidedLabel(Qt.TextElideMode.ElideRight)
        self._advice.setObjectName("messageAdvice")
        self._advice.setProperty("role", "title")
        self._more = QLabel()
        self._more.setObjectName("messageMore")
        self._more.setProperty("role", "muted")
        self._retry = QPushButton("Reconnect")
        self._retry.setObjectName("messageReconnectButton")
        self._retry.setAccessibleName("Reconnect, with a fresh token")
        self._retry.setToolTip("Connect again as the profile says, with a fresh token")
        self._retry.clicked.connect(self._reconnect)
        self._cancel = QPushButton("Cancel retry")
        self._cancel.setObjectName("messageCancelRetryButton")
        self._cancel.setAccessibleName("Cancel the retry that is due")
        self._cancel.setToolTip("Do not connect again by itself")
        self._cancel.clicked.connect(self._cancel_retry)
        self._details = QPushButton("Details")
        self._details.setObjectName("messageDetailsButton")
        self._details.setAccessibleName("Details of this message")
        self._details.setToolTip(_ALL_MESSAGES)
        self._details.clicked.connect(self.show_details)
        dismiss = QToolButton()
        dismiss.setText("✕")
        dismiss.setObjectName("messageDismissButton")
        dismiss.setAccessibleName("Dismiss this message")
        dismiss.setToolTip("Dismiss this message")
        dismiss.setProperty("kind", "quiet")
        dismiss.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        dismiss.clicked.connect(self.dismiss)
        first = QHBoxLayout()
        first.setSpacing(10)
        first.addWidget(self._headline)
        first.addWidget(self._text, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addLayout(first)
        words.addWidget(self._advice)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 6, 8, 6)
        layout.setSpacing(8)
        layout.addLayout(words, 1)
        for widget in (self._more, self._retry, self._cancel, self._details, dismiss):
            layout.addWidget(widget, 0, Qt.AlignmentFlag.AlignVCenter)

    def _render(self) -> None:
        message = self.message
        self.setVisible(message is not None)
        if message is None:
            return
        self.setProperty("bar", message.kind)
        self._headline.setProperty("headline", message.kind)
        for widget in (self, self._headline):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self._headline.setText(message.headline)
        self._headline.setVisible(bool(message.headline))
        self._text.setText(message.text)
        self._render_retry()
        self._details.setToolTip(_REPORT if message.attempt else _ALL_MESSAGES)
        earlier = len(self._waiting) - 1
        self._more.setText(f"+{earlier} more")
        self._more.setVisible(earlier > 0)
        self.setAccessibleDescription(message.in_full())
