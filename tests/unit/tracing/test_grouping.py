"""Exchanges of one customer case are found together, over reconnects and from whatever the requests say."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.grouping import GroupBy, Grouping
from optave_inspector.tracing.parents import adjusted_answer

MS = 1_000_000


def by(talk: Any, key: GroupBy) -> dict[str, list[int]]:
    return {name: list(group.numbers) for name, group in Grouping(key, talk.correlator.exchanges).groups.items()}


def test_a_case_reads_across_reconnects(talk: Any) -> None:
    talk.send("a", thread_id="case")
    talk.receive("a")
    talk.send("b", thread_id="other")
    talk.wait(100)
    talk.send("c", thread_id="case")
    talk.end_connection()
    talk.wait(900)
    talk.fail_to_send("d", thread_id="case")
    talk.send("e", thread_id="case")
    talk.wait(50)
    talk.receive("e")
    case = Grouping(GroupBy.THREAD, talk.correlator.exchanges).groups["case"]
    assert (list(case.numbers), case.attempts) == ([1, 3, 4, 5], [1, 2])
    assert (case.answered, case.unanswered, case.open) == (2, 2, 0)
    assert (case.first_ns, case.last_ns) == (0, 1050 * MS)


@pytest.mark.parametrize(
    ("key", "field"), [(GroupBy.TRACE, "trace_id"), (GroupBy.THREAD, "thread_id"), (GroupBy.SESSION, "session_id")]
)
def test_requests_without_the_id_are_a_group_of_their_own(talk: Any, key: GroupBy, field: str) -> None:
    for value in ("x", "", "x", ""):
        talk.send(**{field: value})
    assert by(talk, key) == {"x": [1, 3], "": [2, 4]}


def test_each_connection_attempt_is_a_group(talk: Any) -> None:
    talk.send("a")
    talk.end_connection()
    talk.send("b")
    talk.send("c")
    assert by(talk, GroupBy.ATTEMPT) == {"1": [1], "2": [2, 3]}


def test_a_chain_of_parents_tells_which_answer_was_adjusted(talk: Any) -> None:
    first = talk.send("a", "interaction")
    talk.receive("a", "started")
    talk.receive("a")
    talk.send("other")
    second = talk.send("b", parent_id="a", request_id="r-b")
    talk.receive("b")
    talk.send("c", parent_id="r-b")
    talk.receive("a")
    grouping = Grouping(GroupBy.PARENT, talk.correlator.exchanges)
    assert {name: list(group.numbers) for name, group in grouping.groups.items()} == {"a": [1, 3, 4], "other": [2]}
    assert grouping.parents.chain(4) == [1, 3, 4]
    assert grouping.parents.parent(3) == 1
    assert grouping.parents.parent(1) == 0
    assert adjusted_answer(first, second) == 3


def test_nothing_was_adjusted_before_the_first_answer(talk: Any) -> None:
    first = talk.send("a")
    talk.wait(5)
    second = talk.send("b", parent_id="a")
    talk.wait(5)
    talk.receive("a")
    assert adjusted_answer(first, second) == 0


def test_a_parent_that_is_not_in_the_capture_joins_those_that_name_it(talk: Any) -> None:
    talk.send("a", parent_id="gone")
    talk.send("b", parent_id="gone")
    talk.send("c", parent_id="b")
    talk.send("d", parent_id="d")
    assert by(talk, GroupBy.PARENT) == {"gone": [1, 2, 3], "d": [4]}


def test_an_exchange_that_nobody_handed_in_has_no_group(talk: Any) -> None:
    grouping = Grouping(GroupBy.TRACE)
    assert [grouping.group_of(number) for number in (-1, 0, 1)] == [None] * 3
    grouping.update([talk.send("a")])
    assert grouping.group_of(1) is grouping.groups[""]
    assert grouping.group_of(2) is None


ids = st.sampled_from(["", "a", "b", "c"])
steps = st.lists(st.tuples(ids, ids, ids, st.integers(1, 3), st.sampled_from(ExchangeStatus)), max_size=30)


@given(steps, st.lists(st.tuples(st.integers(0, 29), st.sampled_from(ExchangeStatus)), max_size=30))
def test_groups_kept_up_to_date_are_those_made_at_once(made: Any, changes: Any) -> None:
    exchanges = [
        Exchange(number, attempt, "adjust", own, number, number, thread, thread, thread, parent, "", status)
        for number, (own, thread, parent, attempt, status) in enumerate(made, 1)
    ]
    kept = {key: Grouping(key) for key in GroupBy}
    for exchange in exchanges:
        for grouping in kept.values():
            assert len(grouping.update([exchange])) == 1
    for index, status in changes:
        if index < len(exchanges):
            exchanges[index].status = status
            exchanges[index].ended_ns = index + 100
            for grouping in kept.values():
                grouping.update([exchanges[index]])
    for key, grouping in kept.items():
        for name, group in Grouping(key, exchanges).groups.items():
            assert (grouping.groups[name].numbers, grouping.groups[name].by_status) == (group.numbers, group.by_status)
        assert sum(len(group.numbers) for group in grouping.groups.values()) == len(exchanges)
        assert all(sum(group.by_status.values()) == len(group.numbers) for group in grouping.groups.values())
