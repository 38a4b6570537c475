"""Sends what the composer has written, and leads to the exchange that comes of it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ...client.made_frames import MadeFrame
from ...compose.evidence import renew
from ...compose.generate import fresh
from ...compose.outgoing import Outgoing, renewed_parts
from ...errors import InspectorError
from ...protocol.codec import peek
from ...protocol.states import ConnectionState
from ..dialogs.raw_dialog import BINARY, PING, PONG, TEXT

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from typing import Any

    from ...capture.store import CaptureStore
    from ..bridge import SessionBridge

_PONG = 10
_WHAT_NOW = {
    ConnectionState.CONNECTING: "Wait until it is open.",
    ConnectionState.CLOSING: "Wait until it is closed, then connect again.",
    ConnectionState.CLOSED: "Connect first.",
}


class ComposerSending(QObject):
    """Sends texts as they are. A new exchange is selected everywhere as soon as it appears."""

    failed = Signal(str)
    """Why something could not be sent, in words."""
    appeared = Signal(int)
    """The exchange that the last message sent began."""

    def __init__(self, bridge: SessionBridge, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._bridge = bridge
        self._expected = ""
        self._known = 0
        bridge.exchangesChanged.connect(self._on_exchanges)

    def obstacle(self) -> str:
        """Why nothing can be sent now, with what to do; empty when it can."""
        state = self._bridge.session.state
        return "" if state.can_send else f"Not connected: state {state.name} {state.value}. {_WHAT_NOW[state]}"

    def send(self, outgoing: Outgoing) -> bool:
        """Send one text message, byte for byte; whether it could be tried."""
        if self._blocked():
            return False
        message = outgoing.message
        self._expected = peek(message.encode(errors="replace"), is_text=True).correlation_id
        self._known = len(self._bridge.session.exchanges)
        self._start(self._bridge.session.send_text(message, outgoing.made_parts), "send")
        return True

    def send_again(self, number: int) -> None:
        """Send the request of an exchange once more, with new IDs and otherwise as it was."""
        self.send_entry_again(self.request_entry(number))

    def send_entry_again(self, number: int) -> None:
        """Send a text message of the log once more, with new IDs and otherwise as it was."""
        if self._blocked():
            return
        try:
            message = self.store.payload(number).decode(errors="replace")
        except InspectorError as error:
            self.failed.emit(str(error))
            return
        self.send_renewed(message)

    def send_renewed(self, message: str) -> None:
        """Send a message with new IDs and a new time of issue, and otherwise as it is."""
        message = renew(message, fresh(time.time_ns(), os.urandom))
        self.send(Outgoing(message, renewed_parts(message)))

    def send_raw(self, kind: str, payload: bytes) -> None:
        """Send a message or control frame of the dialog for raw ones, byte for byte."""
        if self._blocked():
            return
        session = self._bridge.session
        work = {
            TEXT: lambda: session.send_text(payload.decode()),
            BINARY: lambda: session.send_binary(payload),
            PING: lambda: session.ping(payload),
            PONG: lambda: session.send_made(MadeFrame(_PONG, payload)),
        }[kind]()
        self._start(work, f"send a {kind.lower()}")

    def ping(self) -> None:
        """Send a ping without content; ping and pong appear in the frame log."""
        if not self._blocked():
            self._start(self._bridge.session.ping(), "ping")

    @property
    def store(self) -> CaptureStore:
        """What the session saw."""
        return self._bridge.session.store

    def request_entry(self, number: int) -> int:
        """The entry that began an exchange."""
        return self._bridge.session.exchanges[number - 1].request_entry

    def _blocked(self) -> bool:
        obstacle = self.obstacle()
        if obstacle:
            self.failed.emit(obstacle)
        return bool(obstacle)

    def _start(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._bridge.start(self._tell_failure(work), name)

    async def _tell_failure(self, work: Coroutine[Any, Any, Any]) -> None:
        try:
            await work
        except InspectorError as error:
            self._expected = ""
            self.failed.emit(str(error))

    def _on_exchanges(self, numbers: list[int]) -> None:
        if not self._expected:
            return
        for number in numbers:
            if number > self._known and self._bridge.session.exchanges[number - 1].correlation_id == self._expected:
                self._expected = ""
                self._bridge.select_exchange(number)
                self.appeared.emit(number)
                return
