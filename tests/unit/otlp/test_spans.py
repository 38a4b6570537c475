"""What a collector gets of a capture: decoded from what went over the wire."""

from __future__ import annotations

import asyncio
import uuid
from typing import TYPE_CHECKING

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from opentelemetry.proto.trace.v1.trace_pb2 import Status as Code

from optave_inspector.capture.redaction import RedactionRules
from optave_inspector.capture.store import CaptureStore
from optave_inspector.errors import InspectorError
from optave_inspector.otlp.attributes import LONGEST_CONTENT, MOST_EVENTS, TABLE, Key
from optave_inspector.otlp.sending import Sent, send_capture
from optave_inspector.otlp.settings import collector
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from tests.captures import (
    CONTENT,
    MS,
    REASON,
    START_NS,
    TOKEN,
    UUID7,
    Direction,
    Recording,
    answer,
    handshake,
    make_capture,
    request,
)
from tests.collectors import Receiver, collecting, values

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with collecting() as made:
        yield made


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return make_capture(tmp_path / "one.optave-capture")


def send(
    path: Path,
    receiver: Receiver,
    numbers: Sequence[int] | None = None,
    rules: RedactionRules | None = None,
    **options: bool,
) -> Sent:
    store = CaptureStore.open(path, read_only=True)
    try:
        exchanges = CaptureReplay(store, Contract(schemas())).rebuild().exchanges
        return send_capture(store, exchanges, collector(receiver.endpoint), numbers=numbers, rules=rules, **options)
    finally:
        store.close()


def by_correlation_id(receiver: Receiver) -> dict[object, Span]:
    return {values(span.attributes).get(Key.CORRELATION_ID): span for span in receiver.spans}


def connections(receiver: Receiver) -> list[Span]:
    return [span for span in receiver.spans if span.name == "websocket connection"]


def test_everything_is_counted_and_comes_once(receiver: Receiver, capture: Path) -> None:
    sent = send(capture, receiver)
    assert sent == Sent(connections=2, exchanges=4, delivered=6, not_delivered=0, problem="")
    assert len({(span.trace_id, span.span_id) for span in receiver.spans}) == 6
    assert all(span.kind == Span.SPAN_KIND_CLIENT for span in receiver.spans)
    resource = values(receiver.got[0].message.resource_spans[0].resource.attributes)
    assert resource[Key.SERVICE_NAME] == "optave-inspector"


def test_a_uuid_is_the_trace_id_and_a_link_leads_to_the_connection(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    opened = connections(receiver)[0]
    streamed = by_correlation_id(receiver)["streamed"]
    assert streamed.trace_id == uuid.UUID(UUID7).bytes
    assert streamed.parent_span_id == b""
    (link,) = streamed.links
    assert (link.trace_id, link.span_id) == (opened.trace_id, opened.span_id)
    assert values(link.attributes) == {Key.LINK: "connection"}


def test_without_one_the_exchange_is_a_child_of_its_connection(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    opened = connections(receiver)[0]
    for name in ("wrong", "slow", "cut"):
        child = by_correlation_id(receiver)[name]
        assert (child.trace_id, child.parent_span_id) == (opened.trace_id, opened.span_id)
        assert not child.links
        assert values(child.attributes)[Key.CONNECTION] == opened.trace_id.hex()


def test_the_connection_tells_its_handshake_and_its_ending(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    opened, refused = connections(receiver)
    told = values(opened.attributes)
    expected = {
        "url.full": "wss://ws-acme.oco.optave.tech/",
        "url.scheme": "wss",
        "server.address": "ws-acme.oco.optave.tech",
        "server.port": 443,
        "network.protocol.name": "websocket",
        "network.peer.address": "192.0.2.7",
        "network.peer.port": 443,
        "tls.protocol.version": "1.3",
        "http.response.status_code": 101,
        "error.type": "close_1011",
        "optave.attempt": 1,
        "optave.subprotocol": "optave-v1",
        "optave.close.code": 1011,
        "optave.close.received": True,
        "optave.close.first": "the tenant",
        "optave.close.clean": True,
        "optave.handshake.upgrade_ms": 4.0,
        "optave.messages.sent": 4,
        "optave.messages.received": 7,
        "optave.orphans": 1,
    }
    assert {key: told[key] for key in expected} == expected
    assert opened.status.code == Code.STATUS_CODE_ERROR
    assert [event.name for event in opened.events] == ["optave.handshake", "optave.orphan", "optave.close"]
    assert values(refused.attributes)[Key.ERROR_TYPE] == "403"
    assert refused.status.code == Code.STATUS_CODE_ERROR
    assert opened.start_time_unix_nano == START_NS
    assert opened.events[0].time_unix_nano == START_NS + 15 * MS
    assert opened.end_time_unix_nano == opened.events[-1].time_unix_nano == refused.start_time_unix_nano


def test_an_exchange_tells_its_answers_as_events(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    streamed = by_correlation_id(receiver)["streamed"]
    told = values(streamed.attributes)
    assert streamed.name == told["rpc.method"] == "adjust"
    assert streamed.start_time_unix_nano == START_NS + 1015 * MS
    assert streamed.end_time_unix_nano == START_NS + 3515 * MS
    assert streamed.status.code == Code.STATUS_CODE_UNSET
    assert (told[Key.FIRST_MS], told[Key.STALL_MS]) == (500.0, 1500.0)
    assert (told[Key.STATUS], told[Key.ANSWERS], told[Key.DUPLICATES]) == ("completed", 3, 1)
    assert (told[Key.TRACE_ID], told[Key.THREAD_ID]) == (UUID7, "thread-1")
    assert (told[Key.SESSION_ID], told[Key.PARENT_ID]) == ("session-1", "parent-1")
    events = [(event.name, event.time_unix_nano - START_NS, values(event.attributes)) for event in streamed.events]
    assert [(name, at // MS, about[Key.STATE]) for name, at, about in events] == [
        ("optave.answer", 1515, "started"),
        ("optave.answer", 3015, "started"),
        ("optave.answer", 3515, "completed"),
        ("optave.duplicate", 3615, "completed"),
    ]


def test_each_unhappy_end_has_its_error_type(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    found = by_correlation_id(receiver)
    told = {name: values(found[name].attributes) for name in ("wrong", "slow", "cut")}
    assert {name: about[Key.ERROR_TYPE] for name, about in told.items()} == {
        "wrong": "INVALID_ACTION",
        "slow": "timed_out",
        "cut": "cut_off",
    }
    assert {found[name].status.code for name in told} == {Code.STATUS_CODE_ERROR}
    assert found["wrong"].name == "request"
    assert (told["wrong"][Key.RPC_METHOD], told["wrong"][Key.RPC_METHOD_ORIGINAL]) == ("_OTHER", "conjure")
    assert told["wrong"][Key.RPC_STATUS] == "INVALID_ACTION"
    assert told["slow"][Key.LATE] == 1
    assert values(found["slow"].events[0].attributes)[Key.LATE] is True
    slow = found["slow"]
    assert slow.end_time_unix_nano - slow.start_time_unix_nano == 30_000 * MS


def test_an_upgrade_that_was_answered_wrongly_is_no_connection(receiver: Receiver, tmp_path: Path) -> None:
    path = tmp_path / "wrong.optave-capture"

    async def record() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        recording = Recording(session)
        recording.begin(handshake())
        recording.note("The tenant chose a subprotocol that was not offered.", problem=True)
        await session.settled()
        await session.aclose()
        session.store.close()

    asyncio.run(record())
    send(path, receiver)
    told = values(receiver.spans[0].attributes)
    assert (told[Key.HTTP_STATUS], told[Key.ERROR_TYPE]) == (101, "not_opened")


def test_what_was_never_sent_has_no_connection_before_the_first(receiver: Receiver, tmp_path: Path) -> None:
    path = tmp_path / "unsent.optave-capture"

    async def record() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        with pytest.raises(InspectorError):
            await session.send_text(request("unsent").decode())
        await session.settled()
        await session.aclose()
        session.store.close()

    asyncio.run(record())
    assert send(path, receiver) == Sent(0, 1, 1, 0, "")
    (span,) = receiver.spans
    assert values(span.attributes)[Key.ERROR_TYPE] == "not_sent"
    assert (span.parent_span_id, list(span.links)) == (b"", [])


def test_exporting_twice_sends_the_same(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    send(capture, receiver)
    first, second = receiver.got
    assert first.message == second.message


def test_neither_contents_nor_secrets_nor_reasons_leave(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver)
    for canary in (CONTENT, TOKEN, TOKEN.split(".")[2], REASON, "canary"):
        assert canary.encode() not in receiver.got[0].message.SerializeToString()


def test_contents_leave_when_asked_without_secrets_and_bounded(receiver: Receiver, tmp_path: Path) -> None:
    path = tmp_path / "long.optave-capture"
    make_capture(path)
    send(path, receiver, with_contents=True)
    raw = receiver.got[0].message.SerializeToString()
    assert CONTENT.encode() in raw
    assert TOKEN.encode() not in raw
    assert TOKEN.split(".")[2].encode() not in raw
    assert REASON.encode() not in raw
    told = values(by_correlation_id(receiver)["streamed"].attributes)
    assert "‹token-" in str(told[Key.CONTENT])
    assert Key.CONTENT_CUT not in told


def test_long_contents_are_cut_and_say_so(receiver: Receiver, tmp_path: Path) -> None:
    path = _record(tmp_path, [(Direction.OUT, request("long", text="x" * 10_000))])
    send(path, receiver, with_contents=True)
    told = values(by_correlation_id(receiver)["long"].attributes)
    assert len(str(told[Key.CONTENT])) == LONGEST_CONTENT
    assert told[Key.CONTENT_CUT] is True


def test_rules_take_out_more(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver, rules=RedactionRules(names=("customer", "thread-1")), with_contents=True)
    raw = receiver.got[0].message.SerializeToString()
    assert b"customer question" not in raw
    assert b"thread-1" not in raw


def test_a_selection_takes_whole_exchanges_and_their_connection(receiver: Receiver, capture: Path) -> None:
    sent = send(capture, receiver, numbers=[4])  # the first update of the streamed exchange
    assert (sent.connections, sent.exchanges, sent.delivered) == (1, 1, 2)
    assert set(by_correlation_id(receiver)) == {None, "streamed"}
    assert len(by_correlation_id(receiver)["streamed"].events) == 4


def test_a_stream_of_many_updates_keeps_the_first_and_the_last(receiver: Receiver, tmp_path: Path) -> None:
    frames = [(Direction.OUT, request("many"))]
    frames += [(Direction.IN, answer("many", "started"))] * (MOST_EVENTS + 99)
    frames += [(Direction.IN, answer("many", "completed"))]
    send(_record(tmp_path, frames), receiver)
    span = by_correlation_id(receiver)["many"]
    assert len(span.events) == MOST_EVENTS
    assert values(span.events[-1].attributes)[Key.STATE] == "completed"
    told = values(span.attributes)
    assert (told[Key.ANSWERS], told[Key.EVENTS_LEFT_OUT]) == (MOST_EVENTS + 100, 100)


def test_values_of_any_kind_can_be_sent(receiver: Receiver, tmp_path: Path) -> None:
    odd = (
        b'{"action":"message","headers":{"correlationId":"\\ud800\\u0000","action":"'
        + b"a" * 5000
        + b'"},"payload":{}}'
    )
    nil = request("nil", "00000000-0000-0000-0000-000000000000")
    sent = send(_record(tmp_path, [(Direction.OUT, odd), (Direction.OUT, nil)]), receiver)
    assert sent.not_delivered == 0
    assert all(any(span.trace_id) and any(span.span_id) for span in receiver.spans)
    assert max(len(str(value)) for span in receiver.spans for value in values(span.attributes).values()) <= 256


def test_only_documented_attributes_are_sent(receiver: Receiver, capture: Path) -> None:
    send(capture, receiver, with_contents=True)
    documented = {row.key for row in TABLE}
    carried = {pair.key for span in receiver.spans for pair in span.attributes}
    carried |= {pair.key for span in receiver.spans for event in span.events for pair in event.attributes}
    assert carried <= documented
    # What this capture has no case of.
    rest = {Key.GUESSED, Key.EVENTS_LEFT_OUT, Key.CONTENT_CUT, Key.LINK, Key.SERVICE_NAME, Key.SERVICE_VERSION}
    assert documented - carried == rest


def _record(folder: Path, frames: Sequence[tuple[Direction, bytes]]) -> Path:
    path = folder / "made.optave-capture"

    async def record() -> None:
        session = Session(CaptureStore.create(path), Contract(schemas()))
        recording = Recording(session)
        recording.begin()
        for direction, payload in frames:
            recording.frame(direction, payload, 1)
        await session.settled()
        await session.aclose()
        session.store.close()

    asyncio.run(record())
    return path
