"""What exchanges add up to."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from optave_inspector.tracing import statistics as statistics_module
from optave_inspector.tracing.exchange import ExchangeStatus
from optave_inspector.tracing.statistics import Durations, Statistics

MS = 1_000_000


def test_without_exchanges_there_are_no_percentiles() -> None:
    overall = Statistics().overall
    assert (overall.sent, overall.open, overall.answered, overall.errors, overall.timeouts, overall.cut_off) == (0,) * 6
    assert (overall.first.p50, overall.total.p95, overall.total.p99, overall.total.max) == (-1, -1, -1, -1)


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=200), st.floats(0, 100))
def test_a_percentile_is_the_smallest_value_that_enough_others_do_not_exceed(values: list[int], percent: float) -> None:
    durations = Durations()
    for value in values:
        durations.add(value)
        assert durations.max == max(values[: len(durations)])
    got = durations.percentile(percent)
    assert got in values
    enough = math.ceil(percent / 100 * len(values))
    assert sum(value <= got for value in values) >= enough
    assert sum(value < got for value in values) < max(enough, 1)


@pytest.mark.parametrize("many", [0, 10_000])
@settings(deadline=None)  # the first one imports numpy
@given(st.lists(st.tuples(st.integers(-3, 3), st.booleans(), st.booleans())))
def test_what_was_taken_out_again_counts_no_more(many: int, steps: list[tuple[int, bool, bool]]) -> None:
    durations, left = Durations(), []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(statistics_module, "_MANY", many)
        for value, is_added, is_read in steps:
            if is_added:
                durations.add(value)
                left.append(value)
            elif left:
                durations.remove(left.pop(abs(value) % len(left)))
            assert len(durations) == len(left)
            if is_read:
                assert [durations.p50, durations.max] == [_rank(left, 50), _rank(left, 100)]
        ranks = [durations.percentile(percent) for percent in range(0, 101, 5)]
    assert ranks == [_rank(left, percent) for percent in range(0, 101, 5)]


def _rank(values: list[int], percent: int) -> int:
    return sorted(values)[max(math.ceil(percent / 100 * len(values)), 1) - 1] if values else -1


def test_each_action_and_all_together_are_summed_up(talk: Any) -> None:
    statistics = Statistics()

    def note() -> None:
        statistics.update(talk.correlator.exchanges[number - 1] for number in talk.changed)

    for number in range(1, 101):
        talk.send(f"t{number}", "translate")
        note()
        talk.wait(number)
        talk.receive(f"t{number}")
        note()
    for identifier, state, code in (("a", "error", "E1"), ("b", "error", "E1"), ("c", "error", "")):
        talk.send(identifier, "adjust")
        note()
        talk.receive(identifier, "started")
        note()
        talk.wait(7)
        talk.receive(identifier, state, error_code=code)
        note()
    talk.send("late", "adjust")
    note()
    talk.wait(40_000)
    talk.expire()
    note()
    talk.receive("late")
    note()
    talk.send("lost", "adjust")
    note()
    talk.end_connection()
    note()
    talk.send("open", "elevate")
    note()

    translate, adjust, elevate = (statistics.by_action[name] for name in ("translate", "adjust", "elevate"))
    assert (translate.sent, translate.answered, translate.errors) == (100, 100, 0)
    assert (translate.total.p50, translate.total.p95, translate.total.p99, translate.total.max) == (
        50 * MS,
        95 * MS,
        99 * MS,
        100 * MS,
    )
    assert (adjust.sent, adjust.errors, adjust.timeouts, adjust.cut_off) == (5, 3, 1, 1)
    assert adjust.errors_by_code == {"E1": 2, "": 1}
    assert (adjust.total.max, adjust.first.max, len(adjust.first)) == (7 * MS, 40_000 * MS, 4)
    assert (elevate.sent, elevate.open) == (1, 1)
    overall = statistics.overall
    assert (overall.sent, overall.answered, overall.errors, overall.timeouts, overall.cut_off, overall.open) == (
        106,
        100,
        3,
        1,
        1,
        1,
    )


def test_telling_twice_counts_once(talk: Any) -> None:
    talk.send("a")
    talk.receive("a", "started")
    statistics = Statistics(list(talk.correlator.exchanges) * 3)
    talk.receive("a")
    statistics.update(list(talk.correlator.exchanges) * 2)
    assert statistics.overall.sent == 1
    assert statistics.overall.by_status[ExchangeStatus.COMPLETED] == 1
    assert len(statistics.overall.first) == len(statistics.overall.total) == 1
