"""Rows of exchanges: filtered, sorted, grouped and folded, made at once or kept up step by step with one result."""

from __future__ import annotations

import random

import pytest

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.models.exchange_rows import Arrangement, ExchangeRows, Group, GroupOf

S = 1_000_000_000


def made(number: int, thread: str = "", status: ExchangeStatus = ExchangeStatus.COMPLETED) -> Exchange:
    ended = (number + 1) * S if status.ended else -1
    return Exchange(
        number, 1, "adjust", f"id-{number}", number, number * S, thread_id=thread, status=status, ended_ns=ended
    )


def by_thread(exchange: Exchange) -> GroupOf:
    return GroupOf(exchange.thread_id, f"thread {exchange.thread_id}")


def shown(rows: ExchangeRows) -> list[int | str]:
    found = [rows.at(row) for row in range(rows.row_count)]
    return [one.key if isinstance(one, Group) else one for one in found]


def marked(*numbers: int) -> bytearray:
    matches = bytearray(max(numbers, default=0) + 1)
    for number in numbers:
        matches[number] = 1
    return matches


EXCHANGES = [made(1, "a"), made(2, "b", ExchangeStatus.WAITING), made(3, "a", ExchangeStatus.ERROR), made(4, "c")]


def test_groups_stand_by_their_first_request_with_their_exchanges_below() -> None:
    rows = ExchangeRows(EXCHANGES, 4, Arrangement(group_of=by_thread), None)
    assert shown(rows) == ["a", 1, 3, "b", 2, "c", 4]
    assert [rows.row_of(number) for number in (1, 2, 3, 4, 5)] == [1, 4, 2, 6, -1]
    assert rows.row_of_group("b") == 3
    assert rows.row_of_group("x") == -1


def test_a_heading_knows_the_worst_status_and_from_when_to_when_its_group_goes() -> None:
    rows = ExchangeRows(EXCHANGES, 4, Arrangement(group_of=by_thread), None)
    group = rows.groups[0]
    assert (group.worst, len(group.members), group.first_ns, group.last_ns) == (ExchangeStatus.ERROR, 2, S, 4 * S)
    assert rows.groups[2].worst is ExchangeStatus.COMPLETED


def test_descending_turns_groups_and_exchanges_round() -> None:
    assert shown(ExchangeRows(EXCHANGES, 4, Arrangement(descending=True), None)) == [4, 3, 2, 1]
    rows = ExchangeRows(EXCHANGES, 4, Arrangement(descending=True, group_of=by_thread), None)
    assert shown(rows) == ["c", 4, "b", 2, "a", 3, 1]
    assert rows.row_of_group("a") == 4


def test_a_folded_group_is_its_heading_and_stands_for_its_exchanges() -> None:
    rows = ExchangeRows(EXCHANGES, 4, Arrangement(group_of=by_thread, folded=frozenset("a")), None)
    assert shown(rows) == ["a", "b", 2, "c", 4]
    assert rows.row_of(3) == 0
    rows.fold("a", False)
    rows.fold("b", True)
    assert shown(rows) == ["a", 1, 3, "b", "c", 4]
    everything = Arrangement(group_of=by_thread, folded=frozenset("b"), fold_others=True)
    assert shown(ExchangeRows(EXCHANGES, 4, everything, None)) == ["a", "b", 2, "c"]


def test_a_filter_leaves_groups_with_a_match_alone() -> None:
    rows = ExchangeRows(EXCHANGES, 4, Arrangement(group_of=by_thread), marked(3, 4))
    assert shown(rows) == ["a", 3, "c", 4]
    assert rows.shown == 2
    assert len(rows.groups[0].members) == 1


def test_an_update_that_only_adds_at_the_end_says_so() -> None:
    rows = ExchangeRows(EXCHANGES, 3, Arrangement(), None)
    assert rows.appended([1], [4]) == (3, 1)
    assert ExchangeRows(EXCHANGES, 3, Arrangement(descending=True), None).appended([], [4]) == (0, 1)
    assert ExchangeRows(EXCHANGES, 3, Arrangement(), marked(2)).appended([], [4]) == (1, 0)
    assert ExchangeRows(EXCHANGES, 3, Arrangement(group_of=by_thread), None).appended([], [4]) is None


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("sorted_by", [None, lambda exchange: (exchange.status, exchange.error_code)])
@pytest.mark.parametrize("filtered", [False, True])
def test_rows_that_were_kept_up_are_those_that_would_be_made(grouped, descending, sorted_by, filtered) -> None:
    chance = random.Random(f"{grouped}{descending}{sorted_by is None}{filtered}")
    exchanges = [made(number, chance.choice("abc")) for number in range(1, 6)]
    matches = bytearray(200) if filtered else None
    arrangement = Arrangement(sorted_by, descending, by_thread if grouped else None)
    rows = ExchangeRows(exchanges, len(exchanges), arrangement, matches)
    for _ in range(60):
        changed = set(chance.sample(range(1, len(exchanges) + 1), 3))
        for number in changed:
            exchanges[number - 1].status = chance.choice(list(ExchangeStatus))
            if matches is not None:
                matches[number] = chance.randrange(2)
        exchanges.append(made(len(exchanges) + 1, chance.choice("abcd")))
        rows.update(sorted({*changed, len(exchanges)}))
        fresh = ExchangeRows(exchanges, len(exchanges), arrangement, matches)
        assert shown(rows) == shown(fresh)
        assert [group.worst for group in rows.groups] == [group.worst for group in fresh.groups]
        numbers = [one for one in shown(rows) if isinstance(one, int)]
        assert [rows.at(rows.row_of(number)) for number in numbers] == numbers
