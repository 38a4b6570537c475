"""Requests and answers over time."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.exchange import Exchange
from optave_inspector.tracing.rate import Rate

S = 10**9


def test_without_exchanges_there_is_no_time() -> None:
    assert Rate().buckets() == []


def test_requests_and_answers_fall_into_their_seconds(talk: Any) -> None:
    rate = Rate()

    def note() -> None:
        rate.update(talk.correlator.exchanges[number - 1] for number in talk.changed)

    talk.send("a")
    note()
    talk.send("b")
    note()
    talk.wait(400)
    talk.receive("a", "started")
    note()
    talk.wait(2_000)
    talk.receive("a")
    note()
    talk.receive("a")
    note()
    talk.fail_to_send("c")
    note()
    assert [(one.start_ns // S, one.requests, one.answers) for one in rate.buckets()] == [
        (0, 2, 1),
        (1, 0, 0),
        (2, 0, 1),
    ]


def test_telling_twice_counts_once(talk: Any) -> None:
    exchange = talk.send("a")
    talk.receive("a")
    rate = Rate([exchange, exchange])
    rate.update([exchange])
    assert [(one.requests, one.answers) for one in rate.buckets()] == [(1, 1)]


@given(st.lists(st.tuples(st.integers(-500, 5_000), st.lists(st.integers(0, 900))), max_size=30), st.integers(1, 40))
def test_buckets_are_few_even_and_lose_nothing(made: list[tuple[int, list[int]]], most: int) -> None:
    exchanges = [
        Exchange(number, 1, "adjust", "", 1, sent * S, update_ns=[(sent + after) * S for after in sorted(afters)])
        for number, (sent, afters) in enumerate(made, 1)
    ]
    buckets = Rate(exchanges).buckets(most)
    assert len(buckets) <= most
    assert sum(one.requests for one in buckets) == len(made)
    assert sum(one.answers for one in buckets) == sum(len(afters) for _, afters in made)
    assert len({later.start_ns - earlier.start_ns for earlier, later in pairwise(buckets)}) <= 1
