"""A good and a bad session side by side: the first point where they part."""

from __future__ import annotations

from typing import Any

import pytest

from optave_inspector.tracing.comparison import LatencyRule, compare, within
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus

MS = 1_000_000
COMPLETED, ERROR, TIMED_OUT = ExchangeStatus.COMPLETED, ExchangeStatus.ERROR, ExchangeStatus.TIMED_OUT


def session(*steps: tuple[str, ExchangeStatus, int], code: str = "") -> list[Exchange]:
    """Exchanges of these actions, outcomes and milliseconds, one second apart."""
    return [
        Exchange(
            number,
            1,
            action,
            f"id-{number}",
            2 * number,
            number * 1000 * MS,
            status=status,
            answers=[2 * number + 1] if status.answered else [],
            update_ns=[(number * 1000 + ms) * MS] if status.answered else [],
            ended_ns=(number * 1000 + ms) * MS,
            error_code=code if status is ERROR else "",
        )
        for number, (action, status, ms) in enumerate(steps, 1)
    ]


GOOD = session(("interaction", COMPLETED, 400), ("adjust", COMPLETED, 300), ("translate", COMPLETED, 50))


def test_like_sessions_do_not_part() -> None:
    again = session(("interaction", COMPLETED, 450), ("adjust", COMPLETED, 310), ("translate", COMPLETED, 120))
    compared = compare(GOOD, again)
    assert (compared.alike, compared.parted, compared.slower) == (3, None, None)


def test_the_first_other_outcome_is_where_they_part() -> None:
    bad = session(("interaction", COMPLETED, 400), ("adjust", ERROR, 300), ("elevate", TIMED_OUT, 30_000), code="E7")
    compared = compare(GOOD, bad)
    assert compared.alike == 1
    assert compared.parted is not None
    assert (compared.parted.step, compared.parted.left, compared.parted.right) == (2, 2, 2)
    assert compared.parted.sentence == "adjust: completed on the left side, error E7 on the right."


def test_another_error_code_is_another_outcome() -> None:
    compared = compare(session(("adjust", ERROR, 1), code="A"), session(("adjust", ERROR, 1), code="B"))
    assert compared.parted is not None
    assert "error A on the left side, error B on the right" in compared.parted.sentence


def test_another_action_parts_them() -> None:
    compared = compare(GOOD, session(("reception", COMPLETED, 1)))
    assert compared.parted is not None
    assert compared.parted.sentence == "interaction on the left side, reception on the right."


@pytest.mark.parametrize("swapped", [False, True])
def test_a_side_that_ends_early_parts_them(swapped: bool) -> None:
    sides = (GOOD[:2], GOOD) if swapped else (GOOD, GOOD[:2])
    parted = compare(*sides).parted
    assert parted is not None
    assert (parted.step, parted.left, parted.right) == ((3, 0, 3) if swapped else (3, 3, 0))
    given, missing = ("right", "left") if swapped else ("left", "right")
    assert parted.sentence == f"The {missing} side ends here; translate follows on the {given} side."


def test_the_first_slower_step_is_told_beside_the_outcomes() -> None:
    slow = session(("interaction", COMPLETED, 450), ("adjust", COMPLETED, 2_400), ("translate", COMPLETED, 9_000))
    compared = compare(GOOD, slow)
    assert compared.parted is None
    assert compared.slower is not None
    assert (compared.slower.step, compared.slower.left) == (2, 2)
    assert compared.slower.sentence == "adjust is slower on the right side: 300 ms and 2,400 ms in all."


def test_latencies_after_the_parting_are_not_compared() -> None:
    bad = session(("interaction", ERROR, 400), ("adjust", COMPLETED, 9_000))
    assert compare(GOOD, bad).slower is None


@pytest.mark.parametrize(
    ("one", "other", "differ"),
    [(100, 199, False), (100, 200, True), (200, 100, True), (10, 100, False), (0, 100, True), (1_000, 1_900, False)],
)
def test_latencies_differ_by_a_factor_and_by_a_least_time(one: int, other: int, differ: bool) -> None:
    assert LatencyRule(2.0, 100 * MS).differ(one * MS, other * MS) is differ


def test_each_action_has_a_summary_of_either_side() -> None:
    compared = compare(GOOD, session(("adjust", ERROR, 10), ("elevate", COMPLETED, 20)))
    assert list(compared.by_action) == ["interaction", "adjust", "translate", "elevate"]
    left, right = compared.by_action["adjust"]
    assert (left.answered, right.answered, right.errors) == (1, 0, 1)
    assert [side.count for side in compared.by_action["elevate"]] == [0, 1]
    assert [side.count for side in compared.overall] == [3, 2]


def test_nothing_is_like_nothing() -> None:
    compared = compare([], [])
    assert (compared.parted, compared.slower, compared.alike, compared.by_action) == (None, None, 0, {})


def test_two_ranges_of_one_session_can_be_compared() -> None:
    assert [one.number for one in within(GOOD, 2000 * MS, 3000 * MS)] == [2, 3]
    assert list(within(GOOD, 3001 * MS, 9000 * MS)) == []


def test_sums_go_on_after_the_parting(talk: Any) -> None:
    for number in range(50):
        talk.send(f"{number}")
    compared = compare(talk.correlator.exchanges, GOOD)
    assert [side.count for side in compared.overall] == [50, 3]
