"""Exchanges that ended long ago take little memory, and read as they were."""

from __future__ import annotations

import tracemalloc
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.protocol.codec import Shape
from optave_inspector.tracing import exchange_list
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.exchange_list import ExchangeList

texts = st.text(st.characters(codec="utf-8"), max_size=12)
numbers = st.lists(st.integers(1, 2**40), max_size=4)
times = st.integers(-(2**63), 2**63 - 1)
exchanges = st.builds(
    Exchange,
    number=st.just(1),
    attempt=st.integers(0, 9),
    action=texts,
    correlation_id=texts,
    request_entry=st.integers(1, 2**40),
    sent_ns=times,
    trace_id=texts,
    thread_id=texts,
    session_id=texts,
    parent_id=texts,
    request_id=texts,
    status=st.sampled_from([status for status in ExchangeStatus if status.ended]),
    answers=numbers,
    update_ns=st.lists(times, max_size=4),
    ended_ns=st.integers(-1, 2**64 - 1),
    error_code=texts,
    guessed=texts,
    late=st.integers(0, 3),
    late_end_ns=times,
    duplicates=numbers,
    reused=st.integers(0, 9),
    note=texts,
)


def packed(exchange: Exchange) -> ExchangeList:
    """A list in which the first exchange is packed."""
    made = ExchangeList()
    made.append(msgspec.structs.replace(exchange))
    made.ended(1)
    for number in range(2, 2 * exchange_list._AS_OBJECTS + 3):
        made.append(Exchange(number, 1, "adjust", "", number, number, status=ExchangeStatus.COMPLETED))
        made.ended(number)
    assert isinstance(made._all[0], bytes)
    return made


@pytest.fixture(autouse=True)
def _few_objects(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_list, "_AS_OBJECTS", 3)
    monkeypatch.setattr(exchange_list, "_OPEN_AS_OBJECTS", 100)


@given(exchanges)
def test_what_is_packed_reads_as_it_was(exchange: Exchange) -> None:
    made = packed(exchange)
    assert made[0] == made[-len(made)] == made[:1][0] == exchange
    assert type(made[0].status) is ExchangeStatus


def test_a_packed_exchange_can_change_again_and_keeps_the_change(talk: Any) -> None:
    for number in range(40):
        talk.send(f"id-{number}")
        talk.receive(f"id-{number}")
    exchanges = talk.correlator.exchanges
    assert isinstance(exchanges._all[0], bytes)
    duplicate = talk.receive("id-0")
    assert (duplicate.exchange, EntryFlag(duplicate.flags)) == (1, EntryFlag.DUPLICATE)
    for number in range(40, 80):
        talk.send(f"id-{number}")
        talk.receive(f"id-{number}")
    assert isinstance(exchanges._all[0], bytes)
    assert exchanges[0].duplicates == [duplicate.number]
    assert [one.number for one in exchanges] == list(range(1, 81))


def test_a_late_answer_finds_an_exchange_that_was_packed(talk: Any) -> None:
    talk.send("slow")
    talk.wait(31_000)
    for number in range(40):
        talk.send(f"id-{number}")
        talk.receive(f"id-{number}")
    talk.receive("slow")
    assert (talk.correlator.exchanges[0].status, talk.correlator.exchanges[0].late) == (ExchangeStatus.TIMED_OUT, 1)


def test_so_many_open_exchanges_are_packed_too_and_still_get_their_answers(talk: Any) -> None:
    for number in range(300):
        talk.send(f"id-{number}", "translate" if number == 1 else "adjust")
    exchanges = talk.correlator.exchanges
    assert isinstance(exchanges._all[0], bytes)
    assert sum(isinstance(one, bytes) for one in exchanges._all) >= 190
    talk.receive("id-0", "started")
    talk.receive("", shape=Shape.SUPERPOWER, action_type="translate")
    talk.cancel(3, "id-2")
    assert [exchanges[index].status.name for index in range(4)] == ["STREAMING", "COMPLETED", "CANCELLED", "WAITING"]
    talk.wait(31_000)
    talk.expire()
    assert exchanges[3].status is ExchangeStatus.TIMED_OUT
    assert talk.correlator.waiting == 0
    talk.send("last")
    assert talk.end_connection() == {301}


def test_open_exchanges_stay_objects_while_they_are_not_too_many(talk: Any) -> None:
    first = talk.send("open")
    for number in range(40):
        talk.send(f"id-{number}")
        talk.receive(f"id-{number}")
    assert talk.correlator.exchanges[0] is first
    assert talk.correlator.exchanges.is_open(1)
    assert not talk.correlator.exchanges.is_open(2)


def test_it_is_a_sequence_like_any_other() -> None:
    made = packed(Exchange(1, 1, "adjust", "a", 1, 0, status=ExchangeStatus.ERROR))
    assert [one.number for one in made[2:5]] == [3, 4, 5]
    assert [one.number for one in made[::-1]] == list(range(len(made), 0, -1))
    assert made[-1].number == len(made)
    for index in (len(made), -len(made) - 1):
        with pytest.raises(IndexError):
            made[index]


def test_texts_that_hardly_any_two_have_in_common_are_not_gathered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exchange_list, "_MOST_WORDS", 5)
    made = ExchangeList()
    for number in range(1, 30):
        made.append(Exchange(number, 1, "adjust", "", 1, 0, thread_id=f"t{number}", status=ExchangeStatus.COMPLETED))
        made.ended(number)
    assert len(made._texts) == 5
    assert [one.thread_id for one in made] == [f"t{number}" for number in range(1, 30)]


def test_a_packed_exchange_takes_less_than_a_third_of_an_object() -> None:
    def made(number: int) -> Exchange:
        own = [f"0190b3aa-0000-7000-8000-{number:04x}{kind:08x}" for kind in range(2)]
        thread = f"0190b3aa-0000-7000-8000-{number % 50:012x}"
        return Exchange(
            number,
            1,
            "adjust",
            own[0],
            1_000_000 + number,
            10**15 + number,
            own[1],
            thread,
            status=ExchangeStatus.COMPLETED,
            answers=[2_000_000 + number],
            update_ns=[10**15 + 10**9 + number],
            ended_ns=10**15 + 2 * 10**9 + number,
        )

    sizes = []
    for pack in (False, True):
        tracemalloc.start()
        kept = ExchangeList()
        objects = []
        for number in range(1, 2_001):
            if pack:
                kept.append(made(number))
                kept.ended(number)
            else:
                objects.append(made(number))
        sizes.append(tracemalloc.get_traced_memory()[0])
        tracemalloc.stop()
    assert sizes[1] < sizes[0] / 3
