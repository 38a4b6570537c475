"""A capture that is read again amounts to what its session was."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.progress import Stopped
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.events import Close, Closer, Direction, Ending, Frame
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.tracing.exchange import Exchange

MS = 10**6


def request(correlation_id: str) -> bytes:
    headers = {"correlationId": correlation_id, "action": "adjust"}
    return json.dumps({"action": "message", "headers": headers, "payload": {"request": {}}}).encode()


def answer(correlation_id: str, state: str) -> bytes:
    headers = {"correlationId": correlation_id, "action": "adjust"}
    payload = {"action": "superpower", "actionType": "adjust", "state": state}
    return json.dumps({"action": "message", "headers": headers, "payload": payload}).encode()


async def record(path: Path) -> list[Exchange]:
    """A session: one request answered in a stream, one cut off, one that never ended, an orphan, a binary message."""
    session = Session(CaptureStore.create(path), Contract(schemas()))
    session._loop = asyncio.get_running_loop()
    frames = [
        (Direction.OUT, 1, request("a")),
        (Direction.IN, 1, answer("a", "started")),
        (Direction.IN, 1, answer("a", "completed")),
        (Direction.IN, 1, answer("nobody", "completed")),
        (Direction.IN, 2, b"\x00\x01"),
        (Direction.IN, 9, b""),
        (Direction.OUT, 1, request("b")),
    ]
    session._recorder.attempt = 1
    for number, (direction, opcode, payload) in enumerate(frames, 1):
        session.on_frame(Frame(direction, opcode, payload, len(payload), number * MS, number * MS))
    session.on_ending(Ending(Close(1011, ""), Close(1011, ""), Closer.PEER, True, "closed", 9 * MS, 9 * MS))
    session._recorder.attempt = 2
    session.on_frame(Frame(Direction.OUT, 1, request("c"), 9, 10 * MS, 10 * MS))
    await session.settled()
    exchanges = list(session.exchanges)
    await session.aclose()
    session.store.close()
    return exchanges


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[Path, list[Exchange]]:
    path = tmp_path / "one.optave-capture"
    return path, asyncio.run(record(path))


def test_exchanges_are_those_of_the_session(recorded: tuple[Path, list[Exchange]]) -> None:
    path, before = recorded
    store = CaptureStore.open(path, read_only=True)
    rebuilt = CaptureReplay(store, Contract(schemas())).rebuild()
    store.close()
    assert rebuilt.exchanges[:2] == before[:2]
    assert [each.status for each in rebuilt.exchanges] == [
        ExchangeStatus.COMPLETED,
        ExchangeStatus.CUT_OFF,
        ExchangeStatus.CUT_OFF,
    ]
    assert [(life.attempt, life.began_ns, life.opened_ns, life.ended_ns, life.code) for life in rebuilt.lives] == [
        (1, 1 * MS, 1 * MS, 9 * MS, 1011),
        (2, 10 * MS, 10 * MS, 10 * MS, 0),
    ]
    assert (rebuilt.sent, rebuilt.received, rebuilt.attempts) == (3, 4, 2)


def test_exchanges_are_told_once_they_are_there(recorded: tuple[Path, list[Exchange]]) -> None:
    store = CaptureStore.open(recorded[0], read_only=True)
    replay = CaptureReplay(store, Contract(schemas()))
    told: list[list[int]] = []
    replay.exchanges_changed.connect(told.append)
    same = replay.exchanges
    replay.show(replay.rebuild())
    store.close()
    assert told == [[1, 2, 3]]
    assert replay.exchanges is same
    assert (replay.sent, replay.received, replay.attempt) == (3, 4, 2)


def test_an_empty_capture_has_nothing_to_tell(tmp_path: Path) -> None:
    CaptureStore.create(tmp_path / "empty.optave-capture").close()
    store = CaptureStore.open(tmp_path / "empty.optave-capture", read_only=True)
    replay = CaptureReplay(store, Contract(schemas()))
    told: list[list[int]] = []
    replay.exchanges_changed.connect(told.append)
    replay.show(replay.rebuild())
    store.close()
    assert told == []


def test_rebuilding_can_be_stopped_and_tells_how_far_it_is(recorded: tuple[Path, list[Exchange]]) -> None:
    store = CaptureStore.open(recorded[0], read_only=True)
    replay = CaptureReplay(store, Contract(schemas()))
    told: list[tuple[int, int]] = []
    with pytest.raises(Stopped):
        replay.rebuild(lambda done, total: told.append((done, total)), lambda: True)
    replay.rebuild(lambda done, total: told.append((done, total)))
    store.close()
    assert told[-1] == (9, 9)


async def record_impatient(path: Path, payload: bytes) -> list[Exchange]:
    """A session that waits 2 seconds for answers, which its handshake tells; the answer comes after 5."""
    session = Session(CaptureStore.create(path), Contract(schemas()))
    session._loop = asyncio.get_running_loop()
    session._correlator.timeout_ns = 2_000 * MS
    session._recorder.attempt = 1
    recorder = session._recorder
    session._add(lambda: [recorder._with_payload(recorder._event(EntryKind.HANDSHAKE, "101", MS, MS, 0), payload)])
    session.on_frame(Frame(Direction.OUT, 1, request("a"), 9, 10 * MS, 10 * MS))
    session.on_frame(Frame(Direction.IN, 1, answer("a", "completed"), 9, 5_000 * MS, 5_000 * MS))
    await session.settled()
    exchanges = list(session.exchanges)
    await session.aclose()
    session.store.close()
    return exchanges


@pytest.mark.parametrize(
    ("payload", "status"),
    [
        (b'{"requestTimeoutMs":2000.0}', ExchangeStatus.TIMED_OUT),
        (b'{"requestTimeoutMs":0}', ExchangeStatus.COMPLETED),
        (b"{}", ExchangeStatus.COMPLETED),
        (b'{"requestTimeoutMs":-1}', ExchangeStatus.COMPLETED),
        (b'{"requestTimeoutMs":1e400}', ExchangeStatus.COMPLETED),
        (b'{"requestTimeoutMs":"soon"}', ExchangeStatus.COMPLETED),
        (b"no JSON", ExchangeStatus.COMPLETED),
    ],
)
def test_answers_are_waited_for_as_long_as_the_handshake_tells(tmp_path: Path, payload: bytes, status) -> None:
    path = tmp_path / "impatient.optave-capture"
    before = asyncio.run(record_impatient(path, payload))
    assert before[0].status is ExchangeStatus.TIMED_OUT
    store = CaptureStore.open(path, read_only=True)
    rebuilt = CaptureReplay(store, Contract(schemas())).rebuild()
    store.close()
    assert rebuilt.exchanges[0].status is status


def test_exchanges_can_be_shown_part_by_part_and_each_once(recorded: tuple[Path, list[Exchange]]) -> None:
    path, before = recorded
    store = CaptureStore.open(path, read_only=True)
    replay = CaptureReplay(store, Contract(schemas()))
    rebuilt = replay.rebuild()
    store.close()
    told: list[int] = []
    replay.exchanges_changed.connect(told.extend)
    assert [replay.show(rebuilt, 2), replay.show(rebuilt, 2)] == [False, True]
    assert told == [1, 2, 3]
    assert [each.correlation_id for each in replay.exchanges] == [each.correlation_id for each in before]
