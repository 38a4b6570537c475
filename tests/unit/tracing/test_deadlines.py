"""The earliest deadline, whatever was set, moved and removed before."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.deadlines import Deadlines

numbers = st.integers(1, 8)
times = st.integers(0, 50)
calls = st.lists(
    st.tuples(st.just("set"), numbers, times)
    | st.tuples(st.just("remove"), numbers, times)
    | st.tuples(st.just("due"), numbers, times),
    max_size=60,
)


@given(calls)
def test_deadlines_come_in_order_and_once(done: list[tuple[str, int, int]]) -> None:
    deadlines = Deadlines()
    model: dict[int, int] = {}
    for name, number, time_ns in done:
        if name == "set":
            deadlines.set(number, time_ns)
            model[number] = time_ns
        elif name == "remove":
            deadlines.remove(number)
            model.pop(number, None)
        else:
            due = list(deadlines.due(time_ns))
            assert [deadline for _, deadline in due] == sorted(deadline for _, deadline in due)
            assert dict(due) == {left: deadline for left, deadline in model.items() if deadline <= time_ns}
            assert len(due) == len(dict(due))
            model = {left: deadline for left, deadline in model.items() if deadline > time_ns}
        assert deadlines.next() == min(model.values(), default=None)


def test_what_was_removed_leaves_nothing_behind() -> None:
    deadlines = Deadlines()
    deadlines.set(1, 10**9)
    for number in range(2, 100_000):
        deadlines.set(number, 10**6 + number)
        deadlines.remove(number)
    assert len(deadlines._heap) < 200
    assert list(deadlines.due(10**9)) == [(1, 10**9)]
