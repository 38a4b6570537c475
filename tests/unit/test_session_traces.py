"""What the user does to exchanges stands in the capture, and a capture gives the exchanges that the session had."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.connection import NotOpen
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


def request(correlation_id: Any, **connections: str) -> str:
    headers = {"correlationId": correlation_id, "action": "adjust", "traceId": "trace"}
    payload = {"session": {"sessionId": "customer"}, "request": {"requestId": "r", "connections": connections}}
    return json.dumps({"action": "message", "headers": headers, "payload": payload})


def answer(correlation_id: Any, state: str = "completed") -> str:
    headers = {"correlationId": correlation_id, "action": "adjust"}
    payload = {"action": "superpower", "actionType": "adjust", "state": state}
    return json.dumps({"action": "message", "headers": headers, "payload": payload})


class Talk:
    """A session without a network, which is told of frames as a connection would."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def send(self, correlation_id: Any, **connections: str) -> None:
        self._frame(Direction.OUT, request(correlation_id, **connections))

    def receive(self, correlation_id: Any, state: str = "completed") -> None:
        self._frame(Direction.IN, answer(correlation_id, state))

    def lose(self) -> None:
        now = time.monotonic_ns(), time.time_ns()
        self.session.on_ending(Ending(Close(1011, ""), Close(1011, ""), Closer.PEER, True, "closed", *now))

    def _frame(self, direction: Direction, text: str) -> None:
        data = text.encode()
        self.session.on_frame(Frame(direction, 1, data, len(data), time.monotonic_ns(), time.time_ns()))


def run(path: Path, script: Callable[[Talk], Awaitable[None]]) -> tuple[Session, CaptureReplay]:
    """A session that does what ``script`` says, and its capture, read again."""

    async def go() -> Session:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        session._recorder.attempt = 1
        session._loop = asyncio.get_running_loop()
        await script(Talk(session))
        await session.settled()
        await session.aclose()
        session.store.close()
        return session

    session = asyncio.run(go())
    replay = CaptureReplay(CaptureStore.open(path, read_only=True), Contract(schemas()))
    replay.show(replay.rebuild())
    return session, replay


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "one.optave-capture"


def test_cancelling_ends_an_exchange_sends_nothing_and_stands_in_the_capture(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        talk.send("a")
        await talk.session.settled()
        told: list[list[int]] = []
        talk.session.exchanges_changed.connect(told.append)
        talk.session.cancel_exchange(1)
        await talk.session.settled()
        assert told == [[1]]
        assert talk.session.sent == 1
        talk.receive("a")

    session, replay = run(capture, script)
    assert session.exchanges[0].status is ExchangeStatus.CANCELLED
    entry = replay.store.entry(2)
    assert (entry.kind, entry.direction, entry.exchange) == (EntryKind.CANCELLED, 2, 1)
    assert "cancelled exchange 1 (adjust)" in entry.summary
    late = replay.store.entry(3)
    assert EntryFlag(late.flags) == EntryFlag.LATE
    assert "was cancelled" in replay.reason(late)
    replay.store.close()


def test_only_what_waits_can_be_cancelled(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        talk.send("a")
        talk.receive("a")
        with pytest.raises(InspectorError, match="Exchange 1 waits no longer: completed"):
            talk.session.cancel_exchange(1)
        for number in (0, 2, -1):
            with pytest.raises(InspectorError, match=f"no exchange {number}"):
                talk.session.cancel_exchange(number)

    session, replay = run(capture, script)
    assert (session.counts.cancelled, replay.store.count) == (0, 2)
    replay.store.close()


def test_a_request_that_is_not_sent_is_kept_whole_and_raises(capture: Path) -> None:
    text = request("a", threadId="th")

    async def script(talk: Talk) -> None:
        for _ in range(2):
            with pytest.raises(NotOpen):
                await talk.session.send_text(text)
        with pytest.raises(NotOpen):
            await talk.session.send_text("no request")

    session, replay = run(capture, script)
    assert [one.status for one in session.exchanges] == [ExchangeStatus.NOT_SENT] * 2
    assert session.exchanges[0].note == "Never sent: the connection was CLOSED."
    assert (session.sent, session.counts.not_sent, session.counts.other_not_sent) == (0, 2, 1)
    entry = replay.store.entry(1)
    assert (entry.kind, entry.direction, entry.wire_size, entry.exchange) == (EntryKind.NOT_SENT, 2, 0, 1)
    assert (entry.action, entry.correlation_id, entry.thread_id, entry.state) == ("adjust", "a", "th", "CLOSED")
    assert replay.store.payload(1) == text.encode()
    assert replay.sent == 0
    replay.store.close()


def test_half_a_character_that_was_not_sent_is_no_trouble(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        with pytest.raises(NotOpen):
            await talk.session.send_text('{"a": "\ud83d"}')

    session, replay = run(capture, script)
    assert (session.counts.other_not_sent, replay.store.count) == (1, 1)
    replay.store.close()


async def every_case(talk: Talk) -> None:
    """Each kind of answer, and each way to get none."""
    for identifier in ("done", "failed", "cut", "cancelled", "Case", 17, "again", "again"):
        talk.send(identifier, threadId="case", parentId="done")
    talk.receive("done", "started")
    talk.receive("done")
    talk.receive("done")
    talk.receive("failed", "error")
    talk.receive("nobody")
    talk.receive("case")
    talk.receive("17")
    talk.receive(17)
    talk.receive("again")
    talk.session.cancel_exchange(4)
    talk.receive("cancelled")
    with pytest.raises(NotOpen):
        await talk.session.send_text(request("unsent", threadId="case"))
    talk.receive("unsent")
    talk.lose()
    talk.session._recorder.attempt = 2
    talk.receive("cut")
    with pytest.raises(NotOpen):
        await talk.session.send_text(request("unsent", threadId="case"))
    talk.send("unsent", threadId="case")
    talk.receive("unsent")


def test_a_capture_gives_the_exchanges_counts_and_reasons_that_the_session_had(capture: Path) -> None:
    session, replay = run(capture, every_case)
    assert list(replay.exchanges) == list(session.exchanges)
    assert replay.counts == session.counts
    entries = replay.store.page(1, 100)
    assert [replay.reason(entry) for entry in entries] == [session.reason(entry) for entry in entries]
    marks = [EntryFlag(entry.flags) for entry in entries]
    for flag in (EntryFlag.ORPHAN, EntryFlag.SIMILAR, EntryFlag.LATE, EntryFlag.DUPLICATE, EntryFlag.REUSED):
        assert any(flag in mark for mark in marks)
    replay.store.close()


def test_each_case_is_counted(capture: Path) -> None:
    session, replay = run(capture, every_case)
    counts = session.counts
    assert (counts.requests, counts.reused, counts.cancelled, counts.not_sent) == (9, 1, 1, 2)
    assert (counts.answers, counts.late, counts.duplicates) == (6, 2, 1)
    assert (counts.orphans, counts.other_case, counts.other_type, counts.to_not_sent) == (4, 1, 1, 1)
    assert {one.session_id for one in session.exchanges} == {"customer"}
    assert session.exchanges[0].parent_id == "done"
    replay.store.close()
