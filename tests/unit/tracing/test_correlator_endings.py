"""What ends without an answer by the user's doing: cancelled, and never sent."""

from __future__ import annotations

from typing import Any

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.protocol.codec import Shape
from optave_inspector.tracing.exchange import ExchangeStatus

MS = 1_000_000


def test_a_cancelled_exchange_ends_there_and_waits_for_nothing(talk: Any) -> None:
    exchange, other = talk.send("a"), talk.send("b")
    talk.wait(40)
    entry = talk.cancel(1, "a")
    assert talk.changed == {1}
    assert (exchange.status, exchange.ended_ns, exchange.total_ns) == (ExchangeStatus.CANCELLED, 40 * MS, 40 * MS)
    assert (entry.exchange, entry.latency_ns) == (1, 40 * MS)
    assert other.status is ExchangeStatus.WAITING
    assert (talk.correlator.waiting, talk.correlator.counts.cancelled) == (1, 1)
    talk.wait(40_000)
    assert talk.expire() == {2}


def test_what_comes_after_the_cancelling_is_late(talk: Any) -> None:
    exchange = talk.send("a")
    talk.receive("a", "started")
    talk.cancel(1, "a")
    late = [talk.receive("a", "started"), talk.receive("a")]
    assert [entry.flags & EntryFlag.LATE for entry in late] == [EntryFlag.LATE] * 2
    assert (exchange.status, exchange.late, exchange.answers) == (ExchangeStatus.CANCELLED, 2, [2, 4, 5])
    assert "was cancelled before this answer came" in talk.correlator.reason(late[0])
    assert talk.receive("a").flags & EntryFlag.DUPLICATE


def test_cancelling_what_has_ended_or_never_was_changes_nothing(talk: Any) -> None:
    exchange = talk.send("a")
    talk.receive("a")
    for number in (1, 2, 0, -1):
        entry = talk.cancel(number, "a")
        assert (talk.changed, entry.exchange, entry.latency_ns) == (set(), 0, -1)
    assert exchange.status is ExchangeStatus.COMPLETED
    assert talk.correlator.counts.cancelled == 0


def test_an_exchange_whose_time_was_up_before_is_not_cancelled(talk: Any) -> None:
    exchange = talk.send("a")
    talk.wait(30_000)
    talk.cancel(1, "a")
    assert talk.changed == {1}
    assert exchange.status is ExchangeStatus.TIMED_OUT
    assert talk.correlator.counts.cancelled == 0


def test_cancelling_finds_its_exchange_by_id_where_the_numbers_are_others(talk: Any) -> None:
    talk.send("other")
    talk.send("a")
    entry = talk.cancel(1, "a")
    assert (entry.exchange, talk.changed) == (2, {2})
    assert talk.correlator.exchanges[0].status is ExchangeStatus.WAITING


def test_a_request_without_an_id_can_be_cancelled(talk: Any) -> None:
    exchange = talk.send("")
    talk.cancel(1)
    assert exchange.status is ExchangeStatus.CANCELLED
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust")
    assert answer.flags & EntryFlag.ORPHAN


def test_a_request_that_was_not_sent_is_an_exchange_that_waits_for_nothing(talk: Any) -> None:
    entry = talk.fail_to_send("a", thread_id="th")
    exchange = talk.correlator.exchanges[0]
    assert talk.changed == {1}
    assert (entry.exchange, exchange.request_entry, exchange.thread_id) == (1, 1, "th")
    assert exchange.status is ExchangeStatus.NOT_SENT
    assert exchange.note == "Never sent: the connection was CLOSED."
    assert (exchange.first_ns, exchange.total_ns, exchange.longest_stall_ns) == (-1, -1, -1)
    assert (talk.correlator.waiting, talk.correlator.next_deadline_ns) == (0, None)
    assert (talk.correlator.counts.not_sent, talk.correlator.counts.requests) == (1, 0)


def test_a_text_that_is_no_request_and_was_not_sent_is_counted_only(talk: Any) -> None:
    entry = talk.fail_to_send("a", shape=Shape.JSON)
    assert (entry.exchange, len(talk.correlator.exchanges)) == (0, 0)
    assert talk.correlator.counts.other_not_sent == 1


def test_an_answer_to_a_request_that_was_not_sent_is_an_orphan_that_says_so(talk: Any) -> None:
    talk.fail_to_send("a")
    answer = talk.receive("a")
    assert EntryFlag(answer.flags) == EntryFlag.ORPHAN
    assert talk.correlator.reason(answer) == "The request with this correlation ID, exchange 1, was never sent."
    assert (talk.correlator.counts.orphans, talk.correlator.counts.to_not_sent) == (1, 1)


def test_a_request_without_an_id_that_was_not_sent_gets_no_guessed_answer(talk: Any) -> None:
    talk.fail_to_send("")
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust")
    assert EntryFlag(answer.flags) == EntryFlag.ORPHAN


def test_sending_again_what_was_not_sent_reuses_no_id(talk: Any) -> None:
    talk.fail_to_send("a")
    exchange = talk.send("a")
    assert (exchange.reused, exchange.note, talk.correlator.counts.reused) == (0, "", 0)
    assert talk.receive("a").exchange == 2


def test_a_lost_connection_leaves_what_was_cancelled_and_not_sent(talk: Any) -> None:
    talk.send("a")
    talk.cancel(1, "a")
    talk.fail_to_send("b")
    assert talk.end_connection() == set()
    assert [one.status for one in talk.correlator.exchanges] == [ExchangeStatus.CANCELLED, ExchangeStatus.NOT_SENT]


def test_a_stall_is_the_longest_silence_after_the_first_answer(talk: Any) -> None:
    exchange = talk.send("a")
    talk.wait(5_000)
    talk.receive("a", "started")
    assert exchange.longest_stall_ns == -1
    for ms in (300, 1_200, 200):
        talk.wait(ms)
        talk.receive("a", "started")
    assert exchange.longest_stall_ns == 1_200 * MS
    talk.wait(60_000)
    talk.expire()
    assert exchange.longest_stall_ns == 30_000 * MS
    talk.receive("a")
    assert exchange.longest_stall_ns == 60_000 * MS
