"""A capture with a case of each kind, recorded by a session: what its spans should tell is known."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame, Handshake, Timings
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session

if TYPE_CHECKING:
    from pathlib import Path

MS = 10**6
S = 10**9
START_NS = 1_790_000_000 * S
UUID7 = "0190b3a0-7c1e-7abc-8def-0123456789ab"
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjYW5hcnkifQ.c2lnbmF0dXJlLWNhbmFyeQ"
CONTENT = "canary customer question"
REASON = "canary close reason"


def request(correlation_id: str, trace_id: str = "", action: str = "adjust", text: str = CONTENT) -> bytes:
    """A request envelope with a token in a place of its own."""
    headers = {"correlationId": correlation_id, "action": action, "traceId": trace_id}
    payload = {
        "session": {"sessionId": "session-1"},
        "request": {
            "connections": {"threadId": "thread-1", "parentId": "parent-1"},
            "text": text,
            "access_token": TOKEN,
        },
    }
    return json.dumps({"action": "message", "headers": headers, "payload": payload}).encode()


def answer(correlation_id: str, state: str, code: str = "") -> bytes:
    """A response envelope."""
    headers = {"correlationId": correlation_id, "action": "adjust", "schemaRef": "optave.response.v3"}
    payload: dict[str, object] = {"actionType": "adjust", "state": state, "message": CONTENT}
    if code:
        payload["error"] = {"code": code, "message": CONTENT}
    return json.dumps({"action": "message", "headers": headers, "payload": payload}).encode()


def handshake(url: str = "wss://ws-acme.oco.optave.tech/?Authorization=" + TOKEN) -> Handshake:
    """An upgrade that a tenant accepted."""
    return Handshake(
        url=url,
        request_headers=(("Sec-WebSocket-Protocol", f"optave-v1, {TOKEN}"),),
        status=101,
        reason_phrase="Switching Protocols",
        offered_subprotocols=("optave-v1", TOKEN),
        selected_subprotocol="optave-v1",
        timings=Timings(1.0, 2.0, 3.0, 4.0, 5.0),
        peer_address="192.0.2.7:443",
        tls="TLSv1.3 TLS_AES_256_GCM_SHA384",
    )


class Recording:
    """A session that is told what came and went, at times of the test's choice, without a connection."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.session._loop = asyncio.get_running_loop()
        self.at_ms = 0

    def begin(self, shaken: Handshake | None = None) -> None:
        """A new attempt."""
        recorder = self.session._recorder
        recorder.attempt += 1
        self.note("Connecting to somewhere.")
        if shaken is not None:
            self.at_ms += 15
            at = self.at_ms * MS
            self.session._add(lambda: [recorder.handshake(shaken, at, START_NS + at, 30)])

    def note(self, sentence: str, *, problem: bool = False) -> None:
        """A remark of the session's own."""
        at = self.at_ms * MS
        self.session._add(lambda: [self.session._recorder.note(sentence, at, START_NS + at, problem=problem)])

    def frame(self, direction: Direction, payload: bytes, after_ms: int = 1000, opcode: int = 1) -> None:
        """A frame, some time after the one before."""
        self.at_ms += after_ms
        at = self.at_ms * MS
        self.session.on_frame(Frame(direction, opcode, payload, len(payload), at, START_NS + at))

    def end(self, code: int) -> None:
        """The tenant closes."""
        self.at_ms += 1000
        at = self.at_ms * MS
        close = Close(code, REASON)
        self.frame(Direction.IN, code.to_bytes(2) + REASON.encode(), 0, 8)
        self.session.on_ending(Ending(close, close, Closer.PEER, True, "closed", at, START_NS + at))


async def play(recording: Recording, correlation_id: str = "cut") -> None:
    """Two attempts: a streamed exchange in a trace of the tenant's, an error, a late answer, a duplicate, an orphan and
    one, by its ID, that is cut off; then one that is refused."""
    out, back = Direction.OUT, Direction.IN
    recording.begin(handshake())
    recording.frame(out, request("streamed", UUID7))
    recording.frame(back, answer("streamed", "started"), 500)
    recording.frame(back, answer("streamed", "started"), 1500)
    recording.frame(back, answer("streamed", "completed"), 500)
    recording.frame(back, answer("streamed", "completed"), 100)
    recording.frame(out, request("wrong", "trace-456", "conjure"), 100)
    recording.frame(back, answer("wrong", "error", "INVALID_ACTION"), 250)
    recording.frame(out, request("slow"))
    recording.frame(back, answer("slow", "completed"), 31_000)
    recording.frame(back, answer("nobody", "completed"))
    recording.frame(out, request(correlation_id))
    recording.end(1011)
    recording.begin(Handshake(url="wss://ws-acme.oco.optave.tech/", status=403, reason_phrase="Forbidden"))
    recording.note("The tenant refused.", problem=True)


def make_capture(path: Path, correlation_id: str = "cut") -> Path:
    """The capture as a file."""

    async def record() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        await play(Recording(session), correlation_id)
        await session.settled()
        await session.aclose()
        session.store.close()

    asyncio.run(record())
    return path
