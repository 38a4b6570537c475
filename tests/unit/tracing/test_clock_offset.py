"""The tenant's clock is placed beside ours as far as its answers tell, and no further."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from optave_inspector.capture.entry import Entry
from optave_inspector.protocol.message_times import MessageTimes, read_moment, read_times
from optave_inspector.tracing.clock_offset import ClockOffset, estimate
from optave_inspector.tracing.exchange import Exchange

MS = 10**6
S = 10**9
START_NS = 1_767_000_000 * S


def iso(unix_ns: int) -> str:
    seconds, rest = divmod(unix_ns, S)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{rest // MS:03d}Z"


def entry(number: int, at_ns: int, *, wall_step_ns: int = 0) -> Entry:
    return Entry(number, 1, number % 2, 1, at_ns, START_NS + at_ns + wall_step_ns, 1, 1)


def envelope(**headers: str) -> bytes:
    return json.dumps({"action": "message", "headers": headers, "payload": {}}).encode()


class Case:
    """Exchanges with a tenant whose clock is ahead by ``ahead_ns``; times are nanoseconds of ours."""

    def __init__(self) -> None:
        self.messages: dict[int, tuple[Entry, bytes]] = {}
        self.exchanges: list[Exchange] = []

    def ask(self, sent_ns: int, *answers: tuple[int, int], ahead_ns: int = 0, **given: Any) -> None:
        """A request, and answers that were written and arrived at these times."""
        first = len(self.messages) + 1
        # Another way to write it than the tenant's: what reads the same counts as an echo.
        issued = iso(START_NS + sent_ns).replace("Z", given.get("zone", "+00:00"))
        self.messages[first] = (entry(first, sent_ns), envelope(issuedAt=issued))
        for number, (written_ns, arrived_ns) in enumerate(answers, first + 1):
            headers = given.get("headers") or {"issuedAt": iso(START_NS + written_ns + ahead_ns)}
            self.messages[number] = (entry(number, arrived_ns), envelope(**headers))
        self.exchanges.append(
            Exchange(
                len(self.exchanges) + 1,
                1,
                "adjust",
                "",
                first,
                sent_ns,
                answers=list(range(first + 1, first + 1 + len(answers))),
                update_ns=[arrived_ns for _, arrived_ns in answers],
                guessed=given.get("guessed", ""),
            )
        )

    def estimate(self, **options: Any) -> ClockOffset:
        return estimate(self.exchanges, lambda numbers: [self.messages[number] for number in numbers], **options)


def test_without_answers_nothing_is_known() -> None:
    case = Case()
    case.ask(0)
    found = case.estimate()
    assert found.current is None
    assert found.at(0) is None
    assert found.written(entry(1, 0), entry(2, 1), read_moment(iso(START_NS))) is None


def test_one_answer_gives_bounds_as_wide_as_its_latency() -> None:
    case = Case()
    case.ask(0, (60 * MS, 100 * MS), ahead_ns=5 * S)
    offset = case.estimate().current
    assert offset is not None
    assert offset.low_ns <= 5 * S <= offset.high_ns
    assert offset.high_ns - offset.low_ns == 101 * MS
    assert str(offset) == "The tenant's clock is about 5,010 ms ahead of this one, ±50 ms (from 1 answer)."


def test_further_answers_narrow_the_bounds() -> None:
    case = Case()
    case.ask(0, (10 * MS, 400 * MS), (480 * MS, 500 * MS), ahead_ns=-3 * S)
    case.ask(1 * S, (1 * S + 390 * MS, 1 * S + 400 * MS), ahead_ns=-3 * S)
    case.ask(2 * S, (2 * S + 5 * MS, 2 * S + 300 * MS), ahead_ns=-3 * S)
    offset = case.estimate().current
    assert offset is not None
    assert (offset.low_ns, offset.high_ns, offset.answers) == (-3 * S - 10 * MS, -3 * S + 6 * MS, 4)
    assert "behind this one" in str(offset)


def test_clocks_that_agree_are_said_to() -> None:
    case = Case()
    case.ask(0, (10 * MS, 20 * MS))
    assert str(case.estimate().current).startswith("The tenant's clock agrees with this one, within ±10 ms")


def test_a_clock_that_is_set_begins_a_new_estimate() -> None:
    case = Case()
    for second, ahead in enumerate((0, 0, 10 * S, 10 * S)):
        case.ask(second * S, (second * S + 10 * MS, second * S + 20 * MS), ahead_ns=ahead)
    found = case.estimate()
    assert (found.steps, [offset.answers for offset in found.estimates]) == (1, [2, 2])
    assert found.at(1 * S).offset_ns < 1 * S < 9 * S < found.at(3 * S).offset_ns
    assert found.at(-1) is found.estimates[0]


def test_our_own_clock_may_be_set_while_an_answer_is_on_its_way() -> None:
    found = ClockOffset()
    times = read_times(envelope(issuedAt=iso(START_NS + 10 * MS)))
    found.add(entry(1, 0), MessageTimes(), entry(2, 20 * MS, wall_step_ns=3600 * S), times)
    assert found.current is not None
    assert found.current.low_ns == -10 * MS


def test_an_echo_of_the_request_is_no_time_of_the_tenant() -> None:
    case = Case()
    case.ask(0, (10 * MS, 20 * MS), headers={"issuedAt": iso(START_NS)}, zone="Z")
    case.ask(1 * S, (10 * MS, 20 * MS), headers={"timestamp": "yesterday"})
    found = case.estimate()
    assert (found.current, found.echoes, found.without_time) == (None, 1, 1)


def test_the_timestamp_counts_where_only_it_is_the_tenants_own() -> None:
    case = Case()
    case.ask(0, (0, 20 * MS), headers={"issuedAt": iso(START_NS), "timestamp": iso(START_NS + 7 * S)}, zone="Z")
    assert case.estimate().current.answers == 1


def test_guessed_answers_tell_nothing() -> None:
    case = Case()
    case.ask(0, (10 * MS, 20 * MS), guessed="Guessed: no ID.")
    assert case.estimate().current is None


def test_it_stops_when_asked_to() -> None:
    case = Case()
    case.ask(0, (10 * MS, 20 * MS))
    assert case.estimate(stop=lambda: True).current is None


def test_coarse_times_widen_the_bounds() -> None:
    found = ClockOffset()
    found.add(entry(1, 0), MessageTimes(), entry(2, MS), read_times(envelope(issuedAt="2026-01-01T00:00:00Z")))
    assert found.current is not None
    assert found.current.high_ns - found.current.low_ns == S + MS


def test_an_answer_is_placed_within_its_exchange() -> None:
    case = Case()
    case.ask(0, (80 * MS, 100 * MS), ahead_ns=2 * S)
    case.ask(1 * S, (1 * S + 1 * MS, 1 * S + 2 * MS), ahead_ns=2 * S)
    found = case.estimate()
    (request, _), (answer, payload) = case.messages[1], case.messages[2]
    written = found.written(request, answer, read_times(payload).issued_at)
    assert written is not None
    assert (written.earliest_ns, written.latest_ns) == (78 * MS, 82 * MS)


times_of_an_exchange = st.tuples(st.integers(0, 3600), st.integers(0, 2000), st.integers(0, 2000))


@given(st.lists(times_of_an_exchange, min_size=1, max_size=12), st.integers(-(10**6), 10**6))
def test_the_true_offset_is_always_within_the_bounds(made: list[tuple[int, int, int]], ahead_ms: int) -> None:
    case = Case()
    for second, there_ms, back_ms in sorted(made):
        sent = second * S
        written = sent + there_ms * MS
        case.ask(sent, (written, written + back_ms * MS), ahead_ns=ahead_ms * MS)
    found = case.estimate()
    assert found.steps == 0
    assert found.current.low_ns <= ahead_ms * MS <= found.current.high_ns
    assert abs(found.current.offset_ns - ahead_ms * MS) <= found.current.uncertainty_ns
    for exchange in case.exchanges:
        (request, _), (answer, payload) = case.messages[exchange.request_entry], case.messages[exchange.answers[0]]
        written = found.written(request, answer, read_times(payload).issued_at)
        assert 0 <= written.earliest_ns <= written.latest_ns <= exchange.first_ns


@given(st.text(max_size=30) | st.integers() | st.none() | st.lists(st.none()))
def test_what_is_no_time_is_none(value: Any) -> None:
    assume(not isinstance(value, str) or "T" not in value)
    assert read_moment(value) is None
