"""Which answer is taken for which request's."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.codec import Shape, peek
from optave_inspector.protocol.envelope import Generated, build_request
from optave_inspector.tracing.exchange import ExchangeStatus

MS = 1_000_000
MARKS = EntryFlag.ORPHAN | EntryFlag.LATE | EntryFlag.DUPLICATE | EntryFlag.GUESSED


def marks(entry: Any) -> EntryFlag:
    return EntryFlag(entry.flags) & MARKS


def test_an_answer_with_an_id_that_nobody_sent_is_an_orphan_and_never_a_guess(talk: Any) -> None:
    exchange = talk.send("a")
    answer = talk.receive("b")
    assert marks(answer) == EntryFlag.ORPHAN
    assert (answer.exchange, answer.latency_ns) == (0, -1)
    assert exchange.status is ExchangeStatus.WAITING
    assert talk.changed == set()
    assert "No request with the correlation ID b" in talk.correlator.reason(answer)


@pytest.mark.parametrize(
    ("sent", "came"), [("abc-DEF", "abc-def"), ("abc-def", "ABC-DEF"), ("Abc", "aBC"), ("ÉÀ", "éà")]
)
def test_an_id_that_differs_in_case_is_an_orphan_that_says_so(talk: Any, sent: str, came: str) -> None:
    talk.send("other")
    talk.send(sent)
    answer = talk.receive(came)
    assert marks(answer) == EntryFlag.ORPHAN
    assert talk.correlator.reason(answer) == f"Its correlation ID differs only in case from {sent}, which was sent."


def test_an_answer_without_id_while_nothing_waits_is_an_orphan(talk: Any) -> None:
    talk.send("a")
    talk.receive("a")
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust")
    assert marks(answer) == EntryFlag.ORPHAN
    assert "carries no correlation ID" in talk.correlator.reason(answer)


def test_a_completed_answer_ends_its_exchange(talk: Any) -> None:
    exchange = talk.send("a")
    assert talk.changed == {1}
    assert talk.correlator.waiting == 1
    talk.wait(250)
    answer = talk.receive("a")
    assert (answer.exchange, answer.latency_ns, marks(answer)) == (1, 250 * MS, EntryFlag.NONE)
    assert talk.correlator.reason(answer) == ""
    assert exchange.status is ExchangeStatus.COMPLETED
    assert (exchange.first_ns, exchange.total_ns, exchange.answers) == (250 * MS, 250 * MS, [2])
    assert talk.correlator.waiting == 0
    assert talk.correlator.next_deadline_ns is None


def test_an_error_ends_its_exchange_and_leaves_its_code(talk: Any) -> None:
    exchange = talk.send("a")
    talk.receive("a", "error", error_code="E42")
    assert exchange.status is ExchangeStatus.ERROR
    assert exchange.error_code == "E42"


def test_updates_are_counted_until_the_final_answer(talk: Any) -> None:
    exchange = talk.send("a")
    for _ in range(3):
        talk.wait(500)
        talk.receive("a", "started")
        assert exchange.status is ExchangeStatus.STREAMING
        assert talk.changed == {1}
    talk.wait(100)
    talk.receive("a")
    assert exchange.status is ExchangeStatus.COMPLETED
    assert exchange.update_ns == [500 * MS, 1000 * MS, 1500 * MS, 1600 * MS]
    assert (exchange.first_ns, exchange.total_ns) == (500 * MS, 1600 * MS)
    assert exchange.note == ""


@pytest.mark.parametrize(("state", "words"), [("", "has no state"), ("streaming", "unknown state “streaming”")])
def test_an_answer_without_a_known_state_is_an_update_with_a_note(talk: Any, state: str, words: str) -> None:
    exchange = talk.send("a")
    talk.receive("a", state)
    assert exchange.status is ExchangeStatus.STREAMING
    assert words in exchange.note
    first_note = exchange.note
    talk.receive("a", "other")
    assert exchange.note == first_note
    talk.receive("a")
    assert exchange.status is ExchangeStatus.COMPLETED


def test_answers_cross_without_being_mixed_up(talk: Any) -> None:
    first, second = talk.send("a"), talk.send("b")
    assert talk.receive("b").exchange == 2
    assert talk.receive("a").exchange == 1
    assert (first.answers, second.answers) == ([4], [3])


def test_silence_times_out_at_the_moment_the_time_was_up(talk: Any) -> None:
    exchange = talk.send("a")
    talk.wait(29_999)
    assert talk.expire() == set()
    assert talk.correlator.next_deadline_ns == 30_000 * MS
    talk.wait(5_000)
    assert talk.expire() == {1}
    assert exchange.status is ExchangeStatus.TIMED_OUT
    assert exchange.ended_ns == 30_000 * MS
    assert talk.expire() == set()


def test_each_update_starts_the_time_anew(talk: Any) -> None:
    exchange = talk.send("a")
    for _ in range(5):
        talk.wait(20_000)
        talk.receive("a", "started")
    assert exchange.status is ExchangeStatus.STREAMING
    talk.wait(29_999)
    assert talk.expire() == set()
    talk.wait(1)
    assert talk.expire() == {1}
    assert exchange.status is ExchangeStatus.TIMED_OUT


def test_without_a_time_limit_nothing_times_out(talk: Any) -> None:
    talk.correlator.timeout_ns = 0
    talk.send("a")
    talk.wait(10**9)
    assert talk.expire() == set()
    assert talk.correlator.next_deadline_ns is None
    assert talk.receive("a").exchange == 1


def test_a_late_answer_is_recorded_and_the_exchange_stays_timed_out(talk: Any) -> None:
    exchange = talk.send("a")
    talk.wait(31_000)
    answer = talk.receive("a", "error", error_code="SLOW")
    assert marks(answer) == EntryFlag.LATE
    assert answer.latency_ns == 31_000 * MS
    assert exchange.status is ExchangeStatus.TIMED_OUT
    assert (exchange.late, exchange.late_end_ns, exchange.answers) == (1, 31_000 * MS, [2])
    assert (exchange.ended_ns, exchange.error_code) == (30_000 * MS, "SLOW")
    assert talk.changed == {1}
    assert "timed out before this answer came" in talk.correlator.reason(answer)


def test_a_late_stream_is_late_until_its_end_and_duplicate_after_it(talk: Any) -> None:
    exchange = talk.send("a")
    talk.wait(30_000)
    assert marks(talk.receive("a", "started")) == EntryFlag.LATE
    assert marks(talk.receive("a")) == EntryFlag.LATE
    assert marks(talk.receive("a")) == EntryFlag.DUPLICATE
    assert (exchange.late, exchange.duplicates) == (2, [4])


def test_an_answer_after_the_end_is_a_duplicate(talk: Any) -> None:
    exchange = talk.send("a")
    talk.receive("a")
    talk.wait(10)
    answer = talk.receive("a", "started")
    assert marks(answer) == EntryFlag.DUPLICATE
    assert (answer.exchange, answer.latency_ns) == (1, 10 * MS)
    assert (exchange.status, exchange.answers, exchange.duplicates) == (ExchangeStatus.COMPLETED, [2], [3])
    assert "had its final answer already" in talk.correlator.reason(answer)


def test_a_lost_connection_cuts_off_what_waits_there_and_nothing_else(talk: Any) -> None:
    done, waiting, streaming = talk.send("a"), talk.send("b"), talk.send("c")
    talk.receive("a")
    talk.receive("c", "started")
    talk.wait(70)
    assert talk.end_connection() == {2, 3}
    assert [exchange.status for exchange in (done, waiting, streaming)] == [
        ExchangeStatus.COMPLETED,
        ExchangeStatus.CUT_OFF,
        ExchangeStatus.CUT_OFF,
    ]
    assert waiting.ended_ns == 70 * MS
    assert talk.correlator.waiting == 0
    assert talk.end_connection() == set()


def test_what_timed_out_before_the_connection_ended_is_not_cut_off(talk: Any) -> None:
    slow = talk.send("a")
    talk.wait(30_000)
    quick = talk.send("b")
    assert talk.end_connection() == {2}
    assert (slow.status, quick.status) == (ExchangeStatus.TIMED_OUT, ExchangeStatus.CUT_OFF)


def test_an_answer_over_the_next_connection_finds_its_request_and_is_late(talk: Any) -> None:
    talk.send("a")
    talk.end_connection()
    answer = talk.receive("a")
    assert (answer.exchange, marks(answer)) == (1, EntryFlag.LATE)
    assert "was cut off" in talk.correlator.reason(answer)


def test_a_reused_id_makes_a_new_exchange_and_the_newest_open_one_gets_the_answer(talk: Any) -> None:
    first, second, third = talk.send("a"), talk.send("a"), talk.send("a")
    assert first.note == ""
    assert second.note == "The correlation ID was used before, by exchange 1, which still waited."
    assert [talk.receive("a").exchange for _ in range(3)] == [3, 2, 1]
    assert {exchange.status for exchange in (first, second, third)} == {ExchangeStatus.COMPLETED}
    duplicate = talk.receive("a")
    assert (duplicate.exchange, marks(duplicate)) == (3, EntryFlag.DUPLICATE)
    assert "had ended" in talk.send("a").note


def test_a_reused_id_is_matched_within_its_attempt_first(talk: Any) -> None:
    talk.send("a")
    talk.attempt = 2
    talk.send("a")
    talk.attempt = 1
    assert talk.receive("a").exchange == 1
    talk.attempt = 3
    assert talk.receive("a").exchange == 2
    assert talk.receive("a").exchange == 2
    talk.attempt = 1
    assert talk.receive("a").exchange == 1


def test_a_bare_superpower_goes_to_the_oldest_request_of_its_action(talk: Any) -> None:
    talk.send("a", "translate")
    adjust = talk.send("b", "adjust")
    talk.send("c", "adjust")
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust_suggestion")
    assert (answer.exchange, marks(answer)) == (2, EntryFlag.GUESSED)
    assert "adjust_suggestion" in adjust.guessed
    assert talk.correlator.reason(answer) == adjust.guessed
    assert talk.receive("", shape=Shape.SUPERPOWER, action_type="Adjust").exchange == 3
    assert talk.receive("", shape=Shape.SUPERPOWER, action_type="translate").exchange == 1


def test_a_stream_without_ids_stays_with_its_request_until_its_end(talk: Any) -> None:
    talk.send("a", "interaction")
    talk.send("b", "interaction")
    states = ["started", "started", "completed", "started", "completed"]
    answers = [talk.receive("", state, Shape.SUPERPOWER, action_type="interaction") for state in states]
    assert [answer.exchange for answer in answers] == [1, 1, 1, 2, 2]


def test_an_action_type_that_names_no_action_goes_to_the_oldest_request(talk: Any) -> None:
    talk.send("a", "interaction")
    talk.send("b", "adjust")
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="sentiment_analysis")
    assert (answer.exchange, marks(answer)) == (1, EntryFlag.GUESSED)


def test_an_action_type_of_an_action_that_nobody_asked_for_is_an_orphan(talk: Any) -> None:
    talk.send("a", "adjust")
    answer = talk.receive("", shape=Shape.SUPERPOWER, action_type="translate")
    assert marks(answer) == EntryFlag.ORPHAN


def test_a_bare_error_goes_to_the_oldest_request(talk: Any) -> None:
    exchange = talk.send("a", "adjust")
    answer = talk.receive("", "error", Shape.ERROR, error_code="X")
    assert (answer.exchange, marks(answer)) == (1, EntryFlag.GUESSED)
    assert exchange.status is ExchangeStatus.ERROR


def test_a_guess_stays_within_its_attempt(talk: Any) -> None:
    talk.send("a", "adjust")
    talk.attempt = 2
    assert marks(talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust")) == EntryFlag.ORPHAN


def test_a_request_without_an_id_is_answered_by_guess_only(talk: Any) -> None:
    exchange = talk.send("", "reception")
    assert "no correlation ID" in exchange.note
    assert talk.receive("", shape=Shape.SUPERPOWER, action_type="reception").exchange == 1


def test_an_error_that_names_the_request_id_is_no_guess(talk: Any) -> None:
    talk.send("a")
    talk.send("req-7")
    answer = talk.receive("", "error", Shape.ERROR, request_id="req-7")
    assert (answer.exchange, marks(answer)) == (2, EntryFlag.NONE)


def test_a_gateway_message_is_matched_by_its_request_id_or_not_at_all(talk: Any) -> None:
    exchange = talk.send("a")
    stray = talk.receive("", "error", Shape.GATEWAY, request_id="zzz")
    assert (stray.exchange, marks(stray)) == (0, EntryFlag.NONE)
    assert talk.correlator.reason(stray) == ""
    assert talk.receive("", "error", Shape.GATEWAY, request_id="a").exchange == 1
    assert exchange.status is ExchangeStatus.ERROR


@pytest.mark.parametrize("shape", [Shape.BINARY, Shape.BROKEN_JSON, Shape.EMPTY, Shape.REQUEST, Shape.JSON])
def test_messages_that_are_no_answers_change_nothing(talk: Any, shape: Shape) -> None:
    talk.send("a")
    message = talk.receive("", "", shape)
    assert (message.exchange, marks(message), talk.changed) == (0, EntryFlag.NONE, set())
    assert talk.correlator.counts.unrelated == 1


def test_an_echoed_request_is_no_answer(talk: Any) -> None:
    exchange = talk.send("a")
    assert talk.receive("a", "", Shape.REQUEST).exchange == 0
    assert exchange.status is ExchangeStatus.WAITING


def test_other_json_with_the_id_of_a_request_is_an_update(talk: Any) -> None:
    exchange = talk.send("a")
    assert talk.receive("a", "", Shape.JSON).exchange == 1
    assert exchange.status is ExchangeStatus.STREAMING


@pytest.mark.parametrize("shape", [Shape.JSON, Shape.BINARY, Shape.BROKEN_JSON, Shape.EMPTY, Shape.RESPONSE])
def test_only_request_envelopes_start_an_exchange(talk: Any, shape: Shape) -> None:
    talk.send("first")
    talk.send("a", shape=shape)
    assert len(talk.correlator.exchanges) == 1
    assert talk.changed == set()
    assert talk.correlator.counts.other_sent == 1


def test_marks_of_an_earlier_reading_are_taken_off(talk: Any) -> None:
    talk.send("a")
    entry = talk.entry(0, "a")
    entry.flags = int(EntryFlag.ORPHAN | EntryFlag.COMPRESSED | EntryFlag.PROBLEM)
    entry.exchange, entry.latency_ns = 99, 5
    talk.wait(1)
    talk.correlator.received(
        entry, peek(b'{"action":"superpower","actionType":"adjust","state":"started"}', is_text=True)
    )
    assert EntryFlag(entry.flags) == EntryFlag.GUESSED | EntryFlag.COMPRESSED | EntryFlag.PROBLEM
    assert entry.exchange == 1


def test_real_envelopes_are_paired(talk: Any) -> None:
    generated = Generated("0190b3aa-0000-7000-8000-000000000001", "0190b3aa-0000-7000-8000-000000000002", "k", "t")
    request = build_request(Action.TRANSLATE, '{"request":{"connections":{"threadId":"th"}}}', generated)
    talk.correlator.sent(talk.entry(1), peek(request.encode(), is_text=True))
    exchange = talk.correlator.exchanges[0]
    assert (exchange.action, exchange.trace_id, exchange.thread_id) == ("translate", generated.trace_id, "th")
    headers = {"correlationId": generated.correlation_id, "action": "translate", "schemaRef": "optave.error.v3"}
    results = [{"response": [{"content": "no", "error_code": "E1"}]}]
    payload = {"action": "superpower", "actionType": "translate", "state": "error", "message": {"results": results}}
    answer = json.dumps({"action": "message", "headers": headers, "payload": payload})
    talk.correlator.received(talk.entry(0), peek(answer.encode(), is_text=True))
    assert (exchange.status, exchange.error_code) == (ExchangeStatus.ERROR, "E1")


def test_sums_add_up(talk: Any) -> None:
    talk.send("a")
    talk.send("b")
    talk.receive("a", "started")
    talk.receive("a")
    talk.receive("a")
    talk.receive("nobody")
    talk.receive("", shape=Shape.SUPERPOWER, action_type="adjust")
    talk.receive("", "", Shape.BINARY)
    counts = talk.correlator.counts
    assert (counts.requests, counts.answers, counts.late, counts.duplicates) == (2, 3, 0, 1)
    assert (counts.orphans, counts.unrelated, counts.guessed) == (1, 1, 1)
