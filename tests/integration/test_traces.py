"""Every case that the correlator tells apart: made by the local tenant, seen by a session and again in its capture."""

from __future__ import annotations

import asyncio
import dataclasses
import os
import time
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from optave_inspector.capture.entry import Entry, EntryFlag
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import ConnectionConfig
from optave_inspector.client.connection import NotOpen
from optave_inspector.compose.generate import fresh
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.envelope import build_request
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.tracing.clock_offset import estimate
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.grouping import GroupBy, Grouping
from optave_inspector.tracing.stream import Stream
from tests.integration.scenario_runs import LIMIT_S, Bench, bench, until
from tests.integration.sessions import ended

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

IN_VAIN_S = 0.15
"""How long is waited for what does not come."""


def request(correlation_id: str = "", action: Action = Action.INTERACTION, template: int = 0) -> str:
    """A sound request, under a new ID unless one is given."""
    generated = fresh(time.time_ns(), os.urandom)
    if correlation_id:
        generated = dataclasses.replace(generated, correlation_id=correlation_id)
    return build_request(action, templates(action)[template].text, generated)


class Talk:
    """A session and its tenant."""

    def __init__(self, place: Bench, session: Session) -> None:
        self.place, self.session = place, session

    async def connect(self, timeout_s: float = LIMIT_S) -> None:
        """With a time limit for answers."""
        config = ConnectionConfig(
            self.place.address.websocket_url,
            open_timeout_s=LIMIT_S,
            close_timeout_s=LIMIT_S,
            request_timeout_s=timeout_s,
        )
        await self.session.connect(config, self.place.source)

    async def disconnect(self) -> None:
        await self.session.close()
        await ended(self.session)

    async def send(self, text: str = "", scenario: str = "", **parameters: Any) -> int:
        """Send a request, which the tenant answers as ``scenario`` says; the number of its exchange."""
        if scenario:
            await self.place.orders.scenario(scenario, **parameters)
        number = len(self.session.exchanges) + 1
        await self.session.send_text(text or request())
        await until(self.session, lambda: len(self.session.exchanges) >= number)
        return number

    async def ask(self, text: str = "", scenario: str = "", **parameters: Any) -> Exchange:
        """As :meth:`send`, and wait for the end of the exchange."""
        number = await self.send(text, scenario, **parameters)
        await until(self.session, lambda: self.session.exchanges[number - 1].status.ended, f"{scenario}: an end")
        return self.session.exchanges[number - 1]

    async def marked(self, flag: EntryFlag, after: int = 0) -> Entry:
        """Wait for the first entry after number ``after`` that is marked so."""
        found: list[Entry] = []

        def look() -> bool:
            found[:] = [entry for entry in self.session.store.page(after + 1, 10_000) if entry.flags & flag]
            return bool(found)

        await until(self.session, look, f"an entry marked {flag.name}")
        return found[0]


def run(path: Path, script: Callable[[Talk], Awaitable[None]]) -> None:
    """Run a script; what its capture tells afterwards must be what the session told."""

    async def go() -> Session:
        async with bench() as place:
            session = Session(CaptureStore.create(path), Contract(schemas()))
            try:
                await script(Talk(place, session))
            finally:
                await session.aclose()
                session.store.close()
            return session

    session = asyncio.run(go())
    store = CaptureStore.open(path, read_only=True)
    replay = CaptureReplay(store, Contract(schemas()))
    replay.show(replay.rebuild())
    assert list(replay.exchanges) == list(session.exchanges)
    assert replay.counts == session.counts
    entries = store.page(1, store.count)
    assert [replay.reason(entry) for entry in entries] == [session.reason(entry) for entry in entries]
    store.close()


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return tmp_path / "one.optave-capture"


def test_an_orphan_and_a_duplicate(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        await talk.place.orders.scenario("orphan-answer")
        orphan = await talk.marked(EntryFlag.ORPHAN)
        assert orphan.exchange == 0
        assert "No request with the correlation ID" in talk.session.reason(orphan)
        exchange = await talk.ask("", "duplicate-answer")
        duplicate = await talk.marked(EntryFlag.DUPLICATE)
        assert (exchange.status, duplicate.exchange) == (ExchangeStatus.COMPLETED, exchange.number)
        assert (talk.session.counts.orphans, talk.session.counts.duplicates) == (1, 1)

    run(capture, script)


def test_silence_and_a_late_answer(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect(IN_VAIN_S)
        silent = await talk.ask("", "no-answer")
        assert (silent.status, silent.answers) == (ExchangeStatus.TIMED_OUT, [])
        number = await talk.send("", "late-answer", delay=2 * IN_VAIN_S)
        late = await talk.marked(EntryFlag.LATE)
        exchange = talk.session.exchanges[number - 1]
        assert (exchange.status, exchange.late, late.exchange) == (ExchangeStatus.TIMED_OUT, 1, number)
        assert exchange.final
        assert "timed out before this answer came" in talk.session.reason(late)

    run(capture, script)


@pytest.mark.parametrize(
    ("identifier", "scenario", "words"),
    [
        ("", "id-case", "differs only in case"),
        ("17", "id-type", "differs only in type: a text was sent, a number came back"),
    ],
)
def test_an_id_in_another_case_or_of_another_type(capture: Path, identifier: str, scenario: str, words: str) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect(IN_VAIN_S)
        exchange = await talk.ask(request(identifier), scenario)
        answer = await talk.marked(EntryFlag.SIMILAR)
        assert EntryFlag.ORPHAN in EntryFlag(answer.flags)
        assert words in talk.session.reason(answer)
        assert exchange.status is ExchangeStatus.TIMED_OUT
        counts = talk.session.counts
        assert (counts.other_case, counts.other_type) == ((0, 1) if identifier else (1, 0))

    run(capture, script)


def test_a_reused_id(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        text = request()
        first, second = await talk.ask(text), await talk.ask(text)
        assert (first.status, second.status) == (ExchangeStatus.COMPLETED, ExchangeStatus.COMPLETED)
        assert (second.reused, talk.session.counts.reused) == (first.number, 1)
        assert EntryFlag.REUSED in EntryFlag(talk.session.store.entry(second.request_entry).flags)

    run(capture, script)


def test_a_bare_superpower_is_a_guess_with_its_reason(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        exchange = await talk.ask("", "bare-superpower")
        assert exchange.status is ExchangeStatus.COMPLETED
        assert exchange.guessed.startswith("Guessed: no correlation ID")
        assert talk.session.counts.guessed == 1

    run(capture, script)


@pytest.mark.parametrize(
    ("scenario", "parameters"),
    [
        ("error-answer", {}),
        *(("bare-error", {"way": way}) for way in ("error", "state", "action-type")),
    ],
)
def test_an_error_inside_an_envelope_and_at_the_top_level(
    capture: Path, scenario: str, parameters: dict[str, str]
) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        exchange = await talk.ask("", scenario, code="E42", **parameters)
        assert (exchange.status, exchange.error_code, exchange.guessed) == (ExchangeStatus.ERROR, "E42", "")

    run(capture, script)


def test_answers_out_of_order(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        first = await talk.send("", "out-of-order", requests=2, wait=LIMIT_S)
        second = await talk.ask()
        await until(talk.session, lambda: talk.session.exchanges[first - 1].status.ended)
        one = talk.session.exchanges[first - 1]
        assert second.answers < one.answers
        assert (one.status, second.status) == (ExchangeStatus.COMPLETED, ExchangeStatus.COMPLETED)

    run(capture, script)


def test_what_is_cancelled_is_late_when_it_comes(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        first = await talk.send("", "out-of-order", requests=2, wait=LIMIT_S)
        received = (await talk.place.orders.give("status"))["connections"][0]["received"]
        talk.session.cancel_exchange(first)
        await talk.session.settled()
        assert talk.session.exchanges[first - 1].status is ExchangeStatus.CANCELLED
        # The tenant was told nothing.
        assert (await talk.place.orders.give("status"))["connections"][0]["received"] == received
        await talk.ask()
        late = await talk.marked(EntryFlag.LATE)
        assert (late.exchange, talk.session.counts.cancelled) == (first, 1)

    run(capture, script)


def test_what_was_cut_off_or_never_sent_belongs_to_its_case_over_a_reconnect(capture: Path) -> None:
    async def script(talk: Talk) -> None:
        await talk.connect()
        await talk.ask()
        await talk.send("", "no-answer")
        await talk.disconnect()
        with pytest.raises(NotOpen):
            await talk.session.send_text(request())
        await talk.session.settled()
        await talk.connect()
        await talk.ask()
        case = Grouping(GroupBy.THREAD, talk.session.exchanges)
        (thread,) = case.groups
        assert thread
        assert case.groups[thread].attempts == [1, 2]
        assert [exchange.status for exchange in talk.session.exchanges] == [
            ExchangeStatus.COMPLETED,
            ExchangeStatus.CUT_OFF,
            ExchangeStatus.NOT_SENT,
            ExchangeStatus.COMPLETED,
        ]
        assert talk.session.counts.not_sent == 1

    run(capture, script)


def test_a_stream_grows_and_tells_the_tenants_clock(capture: Path) -> None:
    names = [template.name for template in templates(Action.INTERACTION)]

    async def script(talk: Talk) -> None:
        await talk.connect()
        exchange = await talk.ask(request(template=names.index("streamed")))
        store = talk.session.store
        stream = Stream()
        grown = [
            stream.read(entry, at_ns - exchange.sent_ns, store.payload(entry))
            for entry, at_ns in zip(exchange.answers, exchange.update_ns, strict=True)
        ]
        assert len(grown) >= 2
        assert not any(one.breaks for one in grown)
        assert all(later.size > earlier.size for earlier, later in pairwise(grown))
        found = estimate(
            [exchange], lambda numbers: list(zip(store.entries(numbers), store.payloads(numbers), strict=True))
        )
        assert found.current is not None
        # The tenant runs on the same machine.
        assert found.current.low_ns <= 0 <= found.current.high_ns
        assert found.current.answers == len(grown)

    run(capture, script)
