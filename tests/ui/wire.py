"""What goes over the wire in tests of the frame log: told to a real session as a connection would tell it."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from optave_inspector import resources
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame, Handshake
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.ids import uuid7
from optave_inspector.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable

START_NS = 1_767_355_200_000_000_000
MS = 1_000_000
TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10


def new_session() -> Session:
    """A session over a temporary capture."""
    return Session(CaptureStore.create(None), Contract(resources.schemas()))


class Wire:
    """Tells a session of frames, 10 ms apart unless said otherwise. ``settle`` waits until all can be read."""

    def __init__(self, session: Session, run: Callable[..., Any]) -> None:
        self.session = session
        self._run = run
        # Near the clock by which the session lets requests time out.
        self._begin_ns = self._now_ns = time.monotonic_ns()
        self._ids = 0
        self._waiting: list[Callable[[], None]] = []
        session._recorder.attempt = 1

    def settle(self) -> int:
        """Wait until everything is stored; gives the number of entries."""

        async def settled() -> None:
            for tell in self._waiting:
                tell()
            self._waiting.clear()
            await self.session.settled()

        self._run(settled())
        return self.session.store.count

    def frame(self, opcode: int, payload: bytes, *, sent: bool = False, after_ms: int = 10, **more: Any) -> None:
        """One frame of any kind."""
        self._now_ns += after_ms * MS
        direction = Direction.OUT if sent else Direction.IN
        frame = Frame(
            direction, opcode, payload, len(payload) + 6, self._now_ns, START_NS + self._now_ns - self._begin_ns, **more
        )
        self._waiting.append(lambda: self.session.on_frame(frame))

    def request(self, action: str = "adjust", content: str = "Hello", **more: Any) -> str:
        """A request envelope; gives its correlation ID."""
        self._ids += 1
        correlation_id = uuid7(1_767_355_200_000 + self._ids, self._ids.to_bytes(10))
        headers = {"correlationId": correlation_id, "action": action, "schemaRef": "optave.message.v3"}
        payload = {
            "session": {"sessionId": "s-1"},
            "request": {
                "requestId": correlation_id,
                "attributes": {"content": content},
                "connections": {"threadId": "t-1", "parentId": "p-1"},
                "scope": {"conversations": [{"conversationId": "c-1", "participants": [], "messages": []}]},
            },
        }
        self.message({"action": "message", "headers": headers, "payload": payload}, sent=True, **more)
        return correlation_id

    def answer(
        self, correlation_id: str, content: str = "Hi", *, state: str = "completed", action: str = "adjust"
    ) -> None:
        """A response envelope."""
        headers = {"correlationId": correlation_id, "action": action, "schemaRef": "optave.response.v3"}
        results = [{"response": [{"content": content}]}]
        payload = {"action": "superpower", "actionType": action, "state": state, "message": {"results": results}}
        self.message({"action": "message", "headers": headers, "payload": payload})

    def message(self, value: Any, *, sent: bool = False, **more: Any) -> None:
        """A text message with this JSON."""
        self.frame(TEXT, json.dumps(value, ensure_ascii=False).encode(), sent=sent, **more)

    def pings(self, pairs: int) -> None:
        """Pings from the other side, each answered by the inspector itself."""
        for _ in range(pairs):
            self.frame(PING, b"beat")
            self.frame(PONG, b"beat", sent=True, tool_made=True)

    def refused(self, status: int = 401) -> None:
        """A handshake that was refused."""
        handshake = Handshake(
            "wss://ws-acme.oco.optave.tech/",
            (("Host", "ws-acme.oco.optave.tech"),),
            status,
            "Unauthorized",
            (("Content-Type", "application/json"),),
            b'{"message":"Unauthorized"}',
        )
        self._waiting.append(lambda: self.session.on_handshake(handshake))

    def ended(self, code: int = 1011, reason: str = "server error") -> None:
        """A close by the other side, and the ending."""
        self.frame(CLOSE, code.to_bytes(2) + reason.encode())
        self.frame(CLOSE, code.to_bytes(2), sent=True, tool_made=True)
        close = Close(code, reason)
        ending = Ending(close, Close(code), Closer.PEER, True, "the tenant closed", self._now_ns, START_NS)
        self._waiting.append(lambda: self.session.on_ending(ending))
