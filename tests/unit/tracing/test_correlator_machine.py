"""Any interleaving of requests, answers, endings and clock steps: each message and exchange is in exactly one place."""

from __future__ import annotations

from collections import Counter
from typing import Any
from unittest import mock

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from optave_inspector.capture.entry import Entry, EntryFlag
from optave_inspector.protocol.codec import Peek, Shape
from optave_inspector.tracing import exchange_list
from optave_inspector.tracing.correlator import Correlator
from optave_inspector.tracing.exchange import ExchangeStatus
from optave_inspector.tracing.grouping import GroupBy, Grouping
from optave_inspector.tracing.statistics import Statistics

TIMEOUT_NS = 1_000

identifiers = st.sampled_from(["", "a", "A", "b", "c", "7", "id-1", "ID-1"])
types = st.sampled_from(["", "", "", "number", "object"])
actions = st.sampled_from(["", "adjust", "translate", "interaction", "Adjust", "unheard_of"])
states = st.sampled_from(["", "started", "completed", "error", "odd"])
action_types = st.sampled_from(["", "adjust", "adjust_suggestion", "translate", "sentiment_analysis", "unheard_of_it"])
answer_shapes = st.sampled_from(
    [Shape.RESPONSE, Shape.SUPERPOWER, Shape.ERROR, Shape.GATEWAY, Shape.JSON, Shape.BINARY]
)
# Mostly forwards, sometimes not at all, sometimes back: a capture may come from anywhere.
steps = st.sampled_from([0, 0, 1, 10, 100, 400, 999, 1_000, 5_000, -50, -2_000])


_UNANSWERED = (ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF, ExchangeStatus.CANCELLED)


def request(identifier: str, action: str, kind: str) -> Peek:
    return Peek(Shape.REQUEST, action=action, correlation_id=identifier, correlation_type=kind if identifier else "")


class CorrelatorMachine(RuleBasedStateMachine):
    """Drives one correlator and records what was done, to replay it."""

    ids = Bundle("ids")

    def __init__(self) -> None:
        super().__init__()
        self.correlator = Correlator(TIMEOUT_NS)
        self.statistics = Statistics()
        self.groups = Grouping(GroupBy.ATTEMPT)
        self.now_ns = 10_000
        self.attempt = 1
        self.entries: list[tuple[str, Entry]] = []
        self.calls: list[tuple[str, Any]] = []
        self.ended: dict[int, tuple[ExchangeStatus, int]] = {}
        self.few_objects = mock.patch.multiple(exchange_list, _AS_OBJECTS=2, _OPEN_AS_OBJECTS=3)
        self.few_objects.start()

    @rule(target=ids, identifier=identifiers, action=actions, kind=types)
    def send(self, identifier: str, action: str, kind: str) -> Any:
        before = self.correlator.counts.reused
        entry = self.entry(1, identifier)
        self.begin("sent", entry, request(identifier, action, kind))
        reused = self.correlator.exchanges[-1].reused
        assert bool(reused) == bool(entry.flags & EntryFlag.REUSED) == (self.correlator.counts.reused == before + 1)
        assert not reused or self.correlator.exchanges[reused - 1].correlation_id == identifier
        return identifier

    @rule(target=ids, identifier=identifiers, action=actions, kind=types)
    def fail_to_send(self, identifier: str, action: str, kind: str) -> Any:
        waiting = self.correlator.waiting
        changed = self.begin("not_sent", self.entry(2, identifier), request(identifier, action, kind))
        assert self.correlator.exchanges[-1].status is ExchangeStatus.NOT_SENT
        assert self.correlator.waiting == waiting - len(changed) + 1
        return identifier

    @rule()
    def fail_to_send_something_else(self) -> None:
        before = len(self.correlator.exchanges)
        self.tell("not_sent", self.entry(2, ""), Peek(Shape.JSON))
        assert len(self.correlator.exchanges) == before

    @rule(back=st.integers(0, 4), identifier=st.none() | identifiers)
    def cancel(self, back: int, identifier: str | None) -> None:
        number = len(self.correlator.exchanges) - back
        own = self.correlator.exchanges[number - 1].correlation_id if number > 0 else ""
        entry = self.entry(2, own if identifier is None else identifier)
        entry.exchange = number
        before = self.correlator.counts.cancelled
        changed = self.tell("cancelled", entry)
        assert bool(entry.exchange) == (self.correlator.counts.cancelled == before + 1)
        if entry.exchange:
            assert entry.exchange in changed
            assert self.correlator.exchanges[entry.exchange - 1].status is ExchangeStatus.CANCELLED
            assert self.correlator.exchanges[entry.exchange - 1].correlation_id == entry.correlation_id

    @rule(shape=st.sampled_from([Shape.JSON, Shape.BINARY, Shape.EMPTY]))
    def send_something_else(self, shape: Shape) -> None:
        before = len(self.correlator.exchanges)
        self.tell("sent", self.entry(1, ""), Peek(shape))
        assert len(self.correlator.exchanges) == before

    @rule(identifier=ids, state=states, action_type=action_types, shape=answer_shapes, kind=types)
    def answer(self, identifier: str, state: str, action_type: str, shape: Shape, kind: str) -> None:
        self.receive(identifier, state, action_type, shape, kind)

    @rule(identifier=identifiers, state=states, action_type=action_types, shape=answer_shapes, kind=types)
    def receive_anything(self, identifier: str, state: str, action_type: str, shape: Shape, kind: str) -> None:
        self.receive(identifier, state, action_type, shape, kind)

    @rule(step=steps)
    def step_clock(self, step: int) -> None:
        self.now_ns = max(0, self.now_ns + step)

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

    def begin(self, name: str, entry: Entry, seen: Peek) -> set[int]:
        before = len(self.correlator.exchanges)
        changed = self.tell(name, entry, seen)
        assert before + 1 in changed
        assert entry.exchange == len(self.correlator.exchanges) == before + 1
        return changed

    def receive(self, identifier: str, state: str, action_type: str, shape: Shape, kind: str) -> None:
        entry = self.entry(0, identifier)
        before = [exchange.status for exchange in self.correlator.exchanges]
        changed = self.tell(
            "received",
            entry,
            Peek(
                shape,
                state=state,
                action_type=action_type,
                correlation_id=identifier,
                correlation_type=kind if identifier else "",
            ),
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
                assert exchange.status in _UNANSWERED
            assert exchange.status is not ExchangeStatus.NOT_SENT
        else:
            assert entry.latency_ns == -1
            assert EntryFlag.LATE not in marks
            assert EntryFlag.DUPLICATE not in marks
        assert EntryFlag.ORPHAN in marks or EntryFlag.SIMILAR not in marks
        if EntryFlag.ORPHAN in marks:
            assert self.correlator.reason(entry)
        for exchange, status in zip(self.correlator.exchanges, before, strict=False):
            assert exchange.status is status or exchange.number in changed

    def entry(self, direction: int, identifier: str) -> Entry:
        number = len(self.entries) + 1
        return Entry(number, self.attempt, direction, 1, self.now_ns, self.now_ns, 1, 1, correlation_id=identifier)

    def tell(self, name: str, *arguments: Any) -> set[int]:
        if name != "expire" and name != "cut_off":
            self.entries.append((name, arguments[0]))
        self.calls.append((name, arguments))
        changed: set[int] = getattr(self.correlator, name)(*arguments)
        news = [self.correlator.exchanges[number - 1] for number in sorted(changed)]
        self.statistics.update(news)
        self.groups.update(news)
        return changed

    @invariant()
    def each_message_is_in_one_place(self) -> None:
        counts = self.correlator.counts
        handed_in = Counter(name for name, _ in self.entries)
        assert counts.requests + counts.other_sent == handed_in["sent"]
        assert counts.not_sent + counts.other_not_sent == handed_in["not_sent"]
        assert (
            counts.answers + counts.late + counts.duplicates + counts.orphans + counts.unrelated
            == handed_in["received"]
        )
        assert counts.other_case + counts.other_type + counts.to_not_sent <= counts.orphans
        assert counts.guessed <= counts.answers + counts.late
        held = [number for exchange in self.correlator.exchanges for number in exchange.answers + exchange.duplicates]
        assert len(held) == len(set(held)) == counts.answers + counts.late + counts.duplicates

    @invariant()
    def each_exchange_is_in_one_state_and_stays_where_it_ended(self) -> None:
        exchanges, counts = self.correlator.exchanges, self.correlator.counts
        by_status = Counter(exchange.status for exchange in exchanges)
        assert counts.requests + counts.not_sent == len(exchanges)
        assert counts.not_sent == by_status[ExchangeStatus.NOT_SENT]
        assert counts.cancelled == by_status[ExchangeStatus.CANCELLED]
        assert counts.reused == sum(exchange.reused > 0 for exchange in exchanges)
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
    def groups_agree_with_the_exchanges(self) -> None:
        anew = Grouping(GroupBy.ATTEMPT, self.correlator.exchanges)
        assert {key: group.numbers for key, group in self.groups.groups.items()} == {
            key: group.numbers for key, group in anew.groups.items()
        }
        assert [group.by_status for group in self.groups.groups.values()] == [
            group.by_status for group in anew.groups.values()
        ]

    @invariant()
    def statistics_agree_with_the_exchanges(self) -> None:
        anew = Statistics(self.correlator.exchanges)
        assert self.statistics.overall.count == len(self.correlator.exchanges)
        assert self.statistics.overall.by_status == anew.overall.by_status
        assert sum(anew.overall.by_status.values()) == anew.overall.count
        assert sum(summary.count for summary in anew.by_action.values()) == anew.overall.count
        for summary, again in ((self.statistics.overall, anew.overall),):
            assert [summary.first.percentile(p) for p in (0, 50, 95, 100)] == [
                again.first.percentile(p) for p in (0, 50, 95, 100)
            ]
            assert len(summary.total) == len(again.total) == again.answered + again.errors

    def teardown(self) -> None:
        """Replaying the same messages gives the same exchanges and marks, from entries that are marked already."""
        again = Correlator(TIMEOUT_NS)
        before = [msgspec.structs.astuple(entry) for _, entry in self.entries]
        for name, arguments in self.calls:
            if name == "timeout":
                again.timeout_ns = arguments
            else:
                getattr(again, name)(*arguments)
        self.few_objects.stop()
        assert list(again.exchanges) == list(self.correlator.exchanges)
        assert again.counts == self.correlator.counts
        assert [msgspec.structs.astuple(entry) for _, entry in self.entries] == before


CorrelatorMachine.TestCase.settings = settings(max_examples=150, stateful_step_count=60, deadline=None)
TestCorrelator = CorrelatorMachine.TestCase
