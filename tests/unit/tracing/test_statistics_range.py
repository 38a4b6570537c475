"""What a part of the time adds up to, while it moves."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.tracing.statistics import Statistics, Summary
from optave_inspector.tracing.statistics_range import StatisticsRange

_ENDED = st.sampled_from([status for status in ExchangeStatus if status.ended])
_TIMES = st.none() | st.integers(-2, 45)


def waiting(number: int, sent_ns: int, action: str = "adjust") -> Exchange:
    return Exchange(number, 1, action, f"id-{number}", number, sent_ns, answers=[], update_ns=[], duplicates=[])


def end(exchange: Exchange, status: ExchangeStatus, took_ns: int) -> None:
    if status.answered:
        exchange.answers.append(1_000 + exchange.number)
        exchange.update_ns.append(exchange.sent_ns + took_ns)
    exchange.status, exchange.ended_ns = status, exchange.sent_ns + took_ns
    exchange.error_code = f"E{took_ns % 3 or ''}" if status is ExchangeStatus.ERROR else ""


def numbers(summary: Summary) -> tuple[Any, ...]:
    durations = (summary.first, summary.total)
    return (
        summary.sent,
        summary.by_status,
        summary.errors_by_code,
        [(len(each), each.p50, each.p95, each.p99, each.max) for each in durations],
    )


def same(one: Statistics, other: Statistics) -> bool:
    return numbers(one.overall) == numbers(other.overall) and {
        action: numbers(summary) for action, summary in one.by_action.items()
    } == {action: numbers(summary) for action, summary in other.by_action.items()}


@given(
    st.lists(
        st.one_of(
            st.tuples(st.just("send"), st.integers(0, 3), st.sampled_from(["adjust", "elevate", ""])),
            st.tuples(st.just("end"), st.integers(0, 50), _ENDED),
            st.tuples(st.just("move"), _TIMES, _TIMES),
            st.tuples(st.just("work"), st.integers(1, 7), st.none()),
        ),
        max_size=60,
    )
)
def test_however_it_moves_it_is_what_the_exchanges_of_the_part_add_up_to(steps: list[tuple[str, Any, Any]]) -> None:
    exchanges: list[Exchange] = []
    part, limits, now_ns = StatisticsRange(exchanges), (None, None), 0
    for what, one, other in steps:
        if what == "send":
            now_ns += one
            exchanges.append(waiting(len(exchanges) + 1, now_ns, other))
            part.changed([len(exchanges)])
        elif what == "end" and exchanges:
            exchange = exchanges[one % len(exchanges)]
            if not exchange.status.ended:
                end(exchange, other, one)
                part.changed([exchange.number])
        elif what == "move":
            limits = (one, other)
            part.move(*limits)
        elif what == "work":
            part.work(one)
    while not part.work(3):
        pass
    low = limits[0] if limits[0] is not None else -1
    high = limits[1] if limits[1] is not None else now_ns
    inside = [exchange for exchange in exchanges if low <= exchange.sent_ns <= high]
    assert [exchanges[place] for place in part.counted] == inside
    assert part.span_ns == (inside[-1].sent_ns - inside[0].sent_ns if inside else 0)
    assert same(part.statistics, Statistics(inside))


def test_it_works_in_pieces_and_says_when_it_is_done() -> None:
    exchanges = [waiting(number, number) for number in range(1, 101)]
    part = StatisticsRange(exchanges)
    assert not part.work(60)
    assert part.statistics.overall.sent == 60
    assert part.work(60)
    assert part.statistics.overall.sent == 100


def test_what_changed_outside_of_the_part_is_not_counted() -> None:
    exchanges = [waiting(number, number) for number in range(1, 11)]
    part = StatisticsRange(exchanges)
    part.move(6, None)
    part.work(100)
    end(exchanges[0], ExchangeStatus.COMPLETED, 5)
    part.changed([1])
    assert part.work(100)
    assert part.statistics.overall.answered == 0


def test_an_exchange_that_changed_but_was_not_recounted_yet_leaves_as_it_was_counted() -> None:
    exchanges = [waiting(1, 1), waiting(2, 2)]
    part = StatisticsRange(exchanges)
    part.work(10)
    end(exchanges[0], ExchangeStatus.ERROR, 5)
    part.move(2, None)
    assert part.work(10)
    assert same(part.statistics, Statistics(exchanges[1:]))


def test_an_action_that_left_the_part_is_no_row_any_more() -> None:
    exchanges = [waiting(1, 1, "elevate"), waiting(2, 2, "adjust")]
    part = StatisticsRange(exchanges)
    part.work(10)
    part.move(2, None)
    part.work(10)
    assert list(part.statistics.by_action) == ["adjust"]
