"""Attempts made as a session makes them: through the recorder into a real capture, at whatever times a test needs."""

from __future__ import annotations

import contextlib
import threading
from email.utils import formatdate
from typing import TYPE_CHECKING

from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame, Handshake, TcpEnd, TokenUse
from optave_inspector.close_report.gathering import gather
from optave_inspector.recorder import Recorded, Recorder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from optave_inspector.close_report.case import Case

S = 10**9
START_S = 1_764_417_600
"""2025-11-29 12:00:00 GMT, when the first attempt begins."""


class Log:
    """A capture under construction; times are seconds since its beginning."""

    def __init__(self) -> None:
        self.store = CaptureStore.create(None)
        self.recorder = Recorder()

    def put(self, recorded: Recorded | None) -> None:
        assert recorded is not None
        entry, payload, _ = recorded
        stored = threading.Event()
        self.store.append([(entry, payload)], lambda _count: stored.set())
        assert stored.wait(10)

    def begin(self, at_s: float = 0) -> None:
        self.recorder.attempt += 1
        self.put(self.recorder.note("Connecting.", *times(at_s)))

    def open(self, at_s: float = 0, *, token: TokenUse | None = None, skew_s: float = 0, **more: object) -> None:
        self.begin(at_s)
        date = ("Date", formatdate(START_S + at_s + skew_s, usegmt=True))
        values = {"status": 101, "reason_phrase": "Switching Protocols", "selected_subprotocol": "optave-v1", **more}
        headers = (date, *values.pop("headers", ()))
        handshake = Handshake("wss://x.example/", response_headers=headers, **values)
        self.put(self.recorder.handshake(handshake, *times(at_s), token=token))

    def frame(self, at_s: float, payload: bytes = b"{}", *, sent: bool = False, opcode: int = 1) -> None:
        direction = Direction.OUT if sent else Direction.IN
        self.put(self.recorder.frame(Frame(direction, opcode, payload, len(payload), *times(at_s))))

    def close(self, at_s: float, code: int, reason: str = "", *, ours: bool = False) -> None:
        """Both close frames and the end of TCP."""
        payload = code.to_bytes(2, "big") + reason.encode()
        for sent in (ours, not ours):
            self.frame(at_s, payload, sent=sent, opcode=8)
        first = Closer.INSPECTOR if ours else Closer.PEER
        self.end(at_s, Close(code, reason), Close(code, reason), first, clean=True, tcp=TcpEnd.FIN, by_user=ours)

    def cut(self, at_s: float, tcp: TcpEnd = TcpEnd.RESET) -> None:
        self.end(at_s, None, None, Closer.NOBODY, clean=False, tcp=tcp)

    def end(self, at_s: float, *values: object, **more: object) -> None:
        ending = Ending(*values, cause="", monotonic_ns=times(at_s)[0], wall_ns=times(at_s)[1], **more)  # type: ignore[arg-type, misc]
        self.put(self.recorder.ending(ending))

    def fail(self, at_s: float, sentence: str) -> None:
        self.put(self.recorder.note(sentence, *times(at_s), problem=True))

    def cases(self) -> list[Case]:
        return list(gather(self.store, ()).cases)

    @property
    def case(self) -> Case:
        (only,) = self.cases()
        return only


def times(at_s: float) -> tuple[int, int]:
    return round((1000 + at_s) * S), round((START_S + at_s) * S)


@contextlib.contextmanager
def log() -> Iterator[Log]:
    made = Log()
    try:
        yield made
    finally:
        made.store.close()
