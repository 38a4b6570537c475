"""What ends in a running session goes to a collector while that is wished, and the session notices nothing of it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.redaction import Redactor
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import NoToken
from optave_inspector.otlp.attempts import Attempts
from optave_inspector.otlp.attributes import Key
from optave_inspector.otlp.batches import exchange_spans
from optave_inspector.otlp.delivery import Delivery
from optave_inspector.otlp.live import LiveTraces
from optave_inspector.otlp.sender import SpanSender
from optave_inspector.otlp.sending import send_capture
from optave_inspector.otlp.settings import Collector, collector
from optave_inspector.otlp.spans import SpanMaker
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from tests.captures import CONTENT, TOKEN, UUID7, answer, make_capture, request
from tests.collectors import Receiver, collecting, fine, hang, status, values
from tests.integration.sessions import config, ended, serving, session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from opentelemetry.sdk.trace import ReadableSpan
    from websockets.asyncio.server import ServerConnection

    from optave_inspector.tracing.exchange import Exchange


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with collecting() as made:
        yield made


@contextlib.asynccontextmanager
async def traces(*, told: list[tuple[str, str]] | None = None) -> AsyncIterator[LiveTraces]:
    errors: list[BaseException] = []
    made = LiveTraces(lambda _name, error: errors.append(error))
    if told is not None:
        made.told.connect(lambda kind, sentence: told.append((kind, sentence)))
    try:
        yield made
    finally:
        await made.aclose()
        assert not errors


async def tenant(connection: ServerConnection) -> None:
    """Answers each request, those called ``silent`` aside, by an update and an end."""
    async for message in connection:
        name = json.loads(message)["headers"]["correlationId"]
        if name == "close":
            await connection.close(1011)
        elif name != "silent":
            await connection.send(answer(name, "started").decode())
            await connection.send(answer(name, "completed").decode())


async def until(condition: Callable[[], object], limit_s: float = 20) -> None:
    deadline = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)


def names(receiver: Receiver) -> list[object]:
    return sorted(str(values(span.attributes).get(Key.CORRELATION_ID)) for span in receiver.spans)


def test_what_ends_is_sent_and_is_what_the_capture_gives_later(receiver: Receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, session() as watched, traces() as live:
            live.watch(watched)
            await live.switch_on(collector(receiver.endpoint))
            await watched.connect(config(url), NoToken())
            await watched.send_text(request("one", UUID7).decode())
            await watched.send_text(request("silent").decode())
            await until(lambda: "one" in names(receiver))
            assert names(receiver) == ["one"]
            await watched.send_text(request("close").decode())
            await ended(watched)
            await until(lambda: len(receiver.spans) == 4)
            assert names(receiver) == ["None", "close", "one", "silent"]
            await live.unwatch(watched)
            await live.switch_off()
            assert live.delivery == Delivery(delivered=4)
            assert not live.is_on
            sent = sorted(span.SerializeToString() for span in receiver.spans)
            receiver.got.clear()
            exchanges = CaptureReplay(watched.store, Contract(schemas())).rebuild().exchanges
            send_capture(watched.store, exchanges, collector(receiver.endpoint))
            assert sorted(span.SerializeToString() for span in receiver.spans) == sent
            raw = b"".join(sent)
            assert CONTENT.encode() not in raw
            assert TOKEN.encode() not in raw

    asyncio.run(main())


def test_nothing_is_sent_of_what_ended_before_or_after_it_was_on(receiver: Receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, session() as watched, traces() as live:
            live.watch(watched)
            await watched.connect(config(url), NoToken())
            for count, name in enumerate(("before", "between", "after"), 1):
                if name == "between":
                    await live.switch_on(collector(receiver.endpoint))
                if name == "after":
                    await live.switch_off()
                await watched.send_text(request(name).decode())
                await until(lambda: len(watched.exchanges) == count and not watched.waiting)  # noqa: B023 - at once
            assert names(receiver) == ["between"]
            assert live.delivery == Delivery(delivered=1)

    asyncio.run(main())


def test_an_attempt_that_does_not_open_is_sent(receiver: Receiver) -> None:
    async def main() -> None:
        async with session() as watched, traces() as live:
            live.watch(watched)
            await live.switch_on(collector(receiver.endpoint))
            with socket.socket() as free, contextlib.suppress(Exception):
                free.bind(("127.0.0.1", 0))
                await watched.connect(config(f"ws://127.0.0.1:{free.getsockname()[1]}"), NoToken())
            await until(lambda: receiver.spans)
            assert values(receiver.spans[0].attributes)[Key.ERROR_TYPE] == "not_opened"

    asyncio.run(main())


def test_a_collector_that_is_away_is_told_once_and_so_is_its_return(receiver: Receiver) -> None:
    async def main() -> None:
        told: list[tuple[str, str]] = []
        async with serving(tenant) as url, session() as watched, traces(told=told) as live:
            live.watch(watched)
            receiver.always = status(500, b"no disk")
            await live.switch_on(collector(receiver.endpoint))
            await watched.connect(config(url), NoToken())
            for number in (1, 2):
                await watched.send_text(request(f"lost {number}").decode())
                await until(lambda: live.delivery.not_delivered == number)  # noqa: B023 - awaited at once
            await until(lambda: told)
            receiver.always = fine
            await watched.send_text(request("found").decode())
            await until(lambda: len(told) == 2)
            place = receiver.endpoint.removeprefix("http://")
            assert told[0][0] == "warning"
            assert f"Traces are not delivered to {place}. {place} answered 500" in told[0][1]
            assert told[1] == ("ok", "Traces are delivered again; 2 spans were not.")
            assert live.delivery == Delivery(delivered=1, not_delivered=2)

    asyncio.run(main())


def test_a_collector_that_hangs_neither_holds_the_session_up_nor_the_end(receiver: Receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, session() as watched, traces() as live:
            live.watch(watched)
            receiver.always = hang
            await live.switch_on(collector(receiver.endpoint, timeout_s=3000))
            await watched.connect(config(url), NoToken())
            await watched.send_text(request("one").decode())
            await until(lambda: receiver.got)
            await watched.send_text(request("two").decode())
            await until(lambda: len(watched.exchanges) == 2 and not watched.waiting)
            await until(lambda: live.delivery.waiting == 2)
            await live.switch_off()
            assert live.delivery.delivered == live.delivery.waiting == 0
            assert live.delivery.not_delivered == 2

    before = threading.active_count()
    asyncio.run(main())
    assert threading.active_count() <= before + 2  # a request without an answer is left to its time limit


def test_several_sessions_share_a_collector(receiver: Receiver) -> None:
    async def main() -> None:
        async with serving(tenant) as url, session() as first, session() as second, traces() as live:
            live.watch(first)
            await live.switch_on(collector(receiver.endpoint))
            live.watch(second)
            for name, watched in (("one", first), ("two", second)):
                await watched.connect(config(url), NoToken())
                await watched.send_text(request(name).decode())
            await until(lambda: names(receiver) == ["one", "two"])
            await live.unwatch(first)
            await first.send_text(request("three").decode())
            await second.send_text(request("four").decode())
            await until(lambda: names(receiver) == ["four", "one", "two"])

    asyncio.run(main())


@pytest.fixture
def spans(tmp_path: Path) -> list[ReadableSpan]:
    with contextlib.closing(CaptureStore.open(make_capture(tmp_path / "a.optave-capture"), read_only=True)) as store:
        attempts = Attempts(Redactor())
        attempts.read(store)
        exchanges: list[Exchange] = list(CaptureReplay(store, Contract(schemas())).rebuild().exchanges)
        return list(exchange_spans(store, SpanMaker(Redactor()), attempts.by_number, exchanges))


def test_what_there_is_no_room_for_is_counted(receiver: Receiver, spans: list[ReadableSpan]) -> None:
    receiver.always = hang
    sender = SpanSender(Collector(f"{receiver.endpoint}/v1/traces", timeout_s=3000), most_waiting=3, every_ms=1)
    sender.offer(spans * 5)
    assert sender.room == 0
    now = sender.delivery
    assert (now.delivered, now.not_delivered, now.waiting) == (0, 17, 3)
    assert now.problem == "The collector is too slow for what comes."
    sender.drop(2)
    sender.close(0.1)
    assert sender.delivery.not_delivered == 22
    assert sender.delivery.waiting == 0
    sender.offer(spans)
    assert sender.delivery.not_delivered == 26


def test_what_waits_is_sent_at_the_end(receiver: Receiver, spans: list[ReadableSpan]) -> None:
    sender = SpanSender(Collector(f"{receiver.endpoint}/v1/traces"), every_ms=3_600_000)
    sender.offer(spans)
    assert receiver.got == []
    sender.close(20)
    assert sender.delivery == Delivery(delivered=4)
    assert len(receiver.spans) == 4
