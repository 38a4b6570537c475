"""Any interleaving of requests, answers, endings and clock steps: each message and exchange is in exactly one place."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from optave_inspector.capture.entry import Entry, EntryFlag
from optave_inspector.protocol.codec import Peek, Shape
from optave_inspector.tracing.correlator import Correlator
from optave_inspector.tracing.exchange import ExchangeStatus
from optave_inspector.tracing.statistics import Statistics

TIMEOUT_NS = 1_000

identifiers = st.sampled_from(["", "a", "A", "b", "c", "id-1", "ID-1"])
actions = st.sampled_from(["", "adjust", "translate", "interaction", "Adjust", "unheard_of"])
states = st.sampled_from(["", "started", "completed", "error", "odd"])
action_types = st.sampled_from(["", "adjust", "adjust_suggestion", "translate", "sentiment_analysis", "unheard_of_it"])
answer_shapes = st.sampled_from(
    [Shape.RESPONSE, Shape.SUPERPOWER, Shape.ERROR, Shape.GATEWAY, Shape.JSON, Shape.BINARY]
)
# Mostly forwards, sometimes not at all, sometimes back: a capture may come from anywhere.
steps = st.sampled_from([0, 0, 1, 10, 100, 400, 999, 1_000, 5_000, -50, -2_000])


class CorrelatorMachine(RuleBasedStateMachine):
    """Drives one correlator and records what was done, to replay it."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.correlator = Correlator(TIMEOUT_NS)
        self.statistics = Statistics()
        self.now_ns = 10_000
        self.attempt = 1
        self.entries: list[tuple[Entry, Peek]] = []
        self.calls: list[tuple[str, Any]] = []
        self.ended: dict[int, tuple[ExchangeStatus, int]] = {}

    @rule(target=ids, identifier=identifiers, action=actions)
    def send(self, identifier: str, action: str) -> Any:
        before = len(self.correlator.exchanges)
        entry = self.entry(1, identifier)
        changed = self.tell("sent", entry, Peek(Shape.REQUEST, action=action, correlation_id=identifier))
        assert before + 1 in changed
        assert entry.exchange == len(self.correlator.exchanges) == before + 1
        return identifier

    @rule(shape=st.sampled_from([Shape.JSON, Shape.BINARY, Shape.EMPTY]))
    def send_something_else(self, shape: Shape) -> None:
        before = len(self.correlator.exchanges)
        self.tell("sent", self.entry(1, ""), Peek(shape))
        assert len(self.correlator.exchanges) == before

    @rule(identifier=ids, state=states, action_type=action_types, shape=answer_shapes)
    def answer(self, identifier: str, state: str, action_type: str, shape: Shape) -> None:
        self.receive(identifier, state, action_type, shape)

    @rule(identifier=identifiers, state=states, action_type=action_types, shape=answer_shapes)
    def receive_anything(self, identifier: str, state: str, action_type: str, shape: Shape) -> None:
        self.receive(identifier, state, action_type, shape)

    @rule(step=steps)
    def step_clock(self, step: int) -> None:
        self.now_ns += step

    @rule()
    def expire(self) -> None:
        self.tell("expire", self.now_ns)
        due = self.correlator.next_deadline_ns
        assert due is None or due > self.now_ns

    @rule(timeout_ns=st.sampled_from([0, 500, 1_000, 3_000]))
    def change_the_time_limit(self, timeout_ns: int) -> None:
        self.correlator.timeout_ns = timeout_ns
        self.calls.append(("timeout", timeout_ns))

    @rule(stay=st.booleans())
    def lose_the_connection(self, stay: bool) -> None:
        self.tell("cut_off", self.attempt, self.now_ns)
        assert not [
            exchange
            for exchange in self.correlator.exchanges
            if exchange.attempt == self.attempt and not exchange.status.ended
        ]
        if not stay:
            self.attempt += 1

    @rule(back=st.integers(1, 3))
    def a_straggler_of_another_attempt(self, back: int) -> None:
        self.attempt = max(1, self.attempt - back)

    def receive(self, identifier: str, state: str, action_type: str, shape: Shape) -> None:
        entry = self.entry(0, identifier)
        before = [exchange.status for exchange in self.correlator.exchanges]
        changed = self.tell(
            "received", entry, Peek(shape, state=state, action_type=action_type, correlation_id=identifier)
        )
        marks = EntryFlag(entry.flags)
        places = [flag for flag in (EntryFlag.ORPHAN, EntryFlag.LATE, EntryFlag.DUPLICATE) if flag in marks]
        assert len(places) <= 1
        if entry.exchange:
            exchange = self.correlator.exchanges[entry.exchange - 1]
            assert entry.exchange in changed
            assert entry.latency_ns == max(0, entry.monotonic_ns - exchange.sent_ns)
            assert (entry.number in exchange.answers) != (entry.number in exchange.duplicates)
            assert EntryFlag.ORPHAN not in marks
            assert bool(EntryFlag.GUESSED in marks) == (not identifier or identifier != exchange.correlation_id)
            if EntryFlag.LATE in marks:
                assert exchange.status in (ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF)
        else:
            assert entry.latency_ns == -1
            assert EntryFlag.LATE not in marks
            assert EntryFlag.DUPLICATE not in marks
        if EntryFlag.ORPHAN in marks:
            assert self.correlator.reason(entry)
        for exchange, status in zip(self.correlator.exchanges, before, strict=False):
            assert exchange.status is status or exchange.number in changed

    def entry(self, direction: int, identifier: str) -> Entry:
        number = len(self.entries) + 1
        return Entry(number, self.attempt, direction, 1, self.now_ns, self.now_ns, 1, 1, correlation_id=identifier)

    def tell(self, name: str, *arguments: Any) -> set[int]:
        if name in ("sent", "received"):
            self.entries.append(arguments)
        self.calls.append((name, arguments))
        changed: set[int] = getattr(self.correlator, name)(*arguments)
        self.statistics.update(self.correlator.exchanges[number - 1] for number in sorted(changed))
        return changed

    @invariant()
    def each_message_is_in_one_place(self) -> None:
        counts = self.correlator.counts
        received = [entry for entry, _ in self.entries if entry.direction == 0]
        assert counts.requests + counts.other_sent + len(received) == len(self.entries)
        assert counts.answers + counts.late + counts.duplicates + counts.orphans + counts.unrelated == len(received)
        held = [number for exchange in self.correlator.exchanges for number in exchange.answers + exchange.duplicates]
        assert len(held) == len(set(held)) == counts.answers + counts.late + counts.duplicates

    @invariant()
    def each_exchange_is_in_one_state_and_stays_where_it_ended(self) -> None:
        exchanges = self.correlator.exchanges
        assert [exchange.number for exchange in exchanges] == list(range(1, len(exchanges) + 1))
        assert self.correlator.waiting == sum(not exchange.status.ended for exchange in exchanges)
        for exchange in exchanges:
            assert exchange.status.ended == (exchange.ended_ns >= 0)
            assert len(exchange.answers) == len(exchange.update_ns)
            if exchange.status is ExchangeStatus.WAITING:
                assert exchange.answers == []
            if exchange.status.ended:
                now = (exchange.status, exchange.ended_ns)
                assert self.ended.setdefault(exchange.number, now) == now

    @invariant()
    def statistics_agree_with_the_exchanges(self) -> None:
        anew = Statistics(self.correlator.exchanges)
        assert self.statistics.overall.sent == len(self.correlator.exchanges)
        assert self.statistics.overall.by_status == anew.overall.by_status
        assert sum(anew.overall.by_status.values()) == anew.overall.sent
        assert sum(summary.sent for summary in anew.by_action.values()) == anew.overall.sent
        for summary, again in ((self.statistics.overall, anew.overall),):
            assert [summary.first.percentile(p) for p in (0, 50, 95, 100)] == [
                again.first.percentile(p) for p in (0, 50, 95, 100)
            ]
            assert len(summary.total) == len(again.total) == again.answered + again.errors

    def teardown(self) -> None:
        """Replaying the same messages gives the same exchanges and marks, from entries that are marked already."""
        again = Correlator(TIMEOUT_NS)
        before = [msgspec.structs.astuple(entry) for entry, _ in self.entries]
        for name, arguments in self.calls:
            if name == "timeout":
                again.timeout_ns = arguments
            else:
                getattr(again, name)(*arguments)
        assert again.exchanges == self.correlator.exchanges
        assert again.counts == self.correlator.counts
        assert [msgspec.structs.astuple(entry) for entry, _ in self.entries] == before


CorrelatorMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestCorrelator = CorrelatorMachine.TestCase
