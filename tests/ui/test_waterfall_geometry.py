import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.delegates.waterfall_geometry import (
    CAP_PX,
    ConnectionMark,
    Extent,
    TimeAxis,
    bar,
    time_label,
    whole,
)

MS = 1_000_000
S = 1_000_000_000
AXIS = TimeAxis(0, 10 * S)


def exchange(sent_ns, *updates_ns, ended_ns=-1, status=ExchangeStatus.WAITING):
    answers = list(range(2, 2 + len(updates_ns)))
    return Exchange(
        1, 1, "adjust", "id", 1, sent_ns, answers=answers, update_ns=list(updates_ns), ended_ns=ended_ns, status=status
    )


def test_a_waiting_exchange_is_pale_up_to_now():
    shown = bar(exchange(2 * S), AXIS, 1000, now_ns=5 * S)
    assert (shown.wait, shown.answer, shown.ticks, shown.late) == ((200, 500), None, (), None)


def test_a_streamed_answer_is_ticked_between_its_first_and_its_last_update():
    shown = bar(exchange(1 * S, 2 * S, 3 * S, 4 * S, ended_ns=4 * S), AXIS, 1000, now_ns=9 * S)
    assert shown.wait == (100, 200)
    assert shown.answer == (200, 400)
    assert shown.ticks == (300,)


def test_an_answer_at_once_still_shows_its_end():
    shown = bar(exchange(1 * S, 1 * S + 1, ended_ns=1 * S + 1), AXIS, 1000, now_ns=9 * S)
    assert shown.answer[1] - shown.answer[0] == CAP_PX


def test_an_exchange_without_an_answer_has_the_colour_of_its_end_throughout():
    shown = bar(exchange(1 * S, ended_ns=3 * S, status=ExchangeStatus.TIMED_OUT), AXIS, 1000, now_ns=9 * S)
    assert shown.answer == (100, 300)
    assert shown.wait == (100, 100)


def test_late_answers_stand_behind_the_end():
    shown = bar(exchange(1 * S, 5 * S, 6 * S, ended_ns=3 * S), AXIS, 1000, now_ns=9 * S)
    assert shown.answer == (100, 300)
    assert shown.late == (300, 600)
    assert shown.ticks == ()


@pytest.mark.parametrize("by", [-10 * S, 10 * S])
def test_what_is_not_on_show_has_no_bar(by):
    assert bar(exchange(4 * S, ended_ns=6 * S), AXIS.moved(by), 1000, now_ns=99 * S) is None


def test_thousands_of_updates_give_no_more_ticks_than_can_be_told_apart():
    updates = [1 * S + step * MS for step in range(8000)]
    shown = bar(exchange(1 * S, *updates, ended_ns=updates[-1]), AXIS, 300, now_ns=0)
    assert 1 < len(shown.ticks) <= 100
    assert all(after - before >= 3 for before, after in itertools.pairwise(shown.ticks))


@given(
    st.integers(0, 10**15),
    st.lists(st.integers(0, 10**13), max_size=20),
    st.integers(-1, 10**13),
    st.floats(0, 4000),
    st.integers(0, 10**15),
    st.integers(0, 10**15),
)
def test_every_bar_runs_from_left_to_right(sent, steps, total, width, start, span):
    updates = sorted(sent + step for step in steps)
    shown = bar(
        exchange(sent, *updates, ended_ns=sent + total if total >= 0 else -1),
        TimeAxis(start, start + span),
        width,
        sent,
    )
    if shown is not None:
        assert shown.wait[0] <= shown.wait[1]
        assert shown.answer is None or shown.wait[1] <= shown.answer[0] <= shown.answer[1]
        assert list(shown.ticks) == sorted(shown.ticks)
        assert shown.late is None or shown.late[0] <= shown.late[1]


@given(st.integers(-(10**15), 10**15), st.integers(0, 10**16), st.floats(0, 5000))
def test_ticks_are_on_show_apart_and_few(start, span, width):
    axis = TimeAxis(start, start + span, origin_ns=0)
    ticks = axis.ticks(width)
    assert len(ticks) <= width / 64 + 1
    for tick in ticks:
        assert -0.01 <= tick.x <= width + 0.01
    for before, after in itertools.pairwise(ticks):
        assert after.x - before.x >= 63.9
        assert before.label != after.label


@given(st.integers(0, 10**13), st.integers(10**6, 10**13), st.floats(0.1, 10), st.floats(0, 1000))
def test_zooming_keeps_the_time_under_the_pointer(start, span, factor, x):
    axis = TimeAxis(start, start + span)
    at = axis.at(x, 1000)
    assert axis.zoomed(factor, at).x(at, 1000) == pytest.approx(x, abs=0.5 + 2000 / min(span, span * factor))


def test_zooming_in_stops_before_time_runs_out():
    axis = AXIS
    for _ in range(100):
        axis = axis.zoomed(0.5, 5 * S)
    assert axis.span_ns == 100_000


@pytest.mark.parametrize(
    ("offset", "step", "label"),
    [
        (0, S, "0 s"),
        (0, MS, "0 s"),
        (250 * MS, 50 * MS, "250 ms"),
        (MS // 2, MS // 10, "0.50 ms"),
        (2_500 * MS, 500 * MS, "2.5 s"),
        (2_550 * MS, 50 * MS, "2.55 s"),
        (2_551 * MS, MS, "2.551 s"),
        (45 * S, 15 * S, "45 s"),
        (90 * S, 30 * S, "1:30"),
        (90_500 * MS, 500 * MS, "1:30.5"),
        (3600 * S, 600 * S, "1:00:00"),
        (-5 * S, 5 * S, "−5 s"),
    ],
)
def test_labels_are_as_exact_as_their_step(offset, step, label):
    assert time_label(offset, step) == label


def test_the_whole_session_reaches_from_the_first_connection_to_the_last_ending():
    extent = Extent()
    extent.include(exchange(5 * S, 6 * S, ended_ns=7 * S))
    extent.include(exchange(4 * S))
    axis = whole(extent, [ConnectionMark(3 * S), ConnectionMark(23 * S, 1011)], now_ns=99 * S)
    assert (axis.start_ns, axis.end_ns, axis.origin_ns) == (3 * S, 24 * S, 3 * S)
    extent.waiting = True
    assert whole(extent, [], now_ns=104 * S).end_ns == 109 * S


def test_an_empty_session_has_an_axis_too():
    assert whole(Extent(), [], 5).span_ns == S


def test_normal_endings_are_no_alarm():
    assert [ConnectionMark(0, code).abnormal for code in (0, 1000, 1001, 1006, 1011, 4000)] == [False] * 3 + [True] * 3
