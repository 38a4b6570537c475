"""IDs that are nearly the same: reused, in another case, of another type."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.protocol.codec import peek


def hand_in(talk: Any, correlation_id: Any, *, sent: bool) -> Any:
    """A real envelope with this correlation ID; its entry."""
    headers = {"correlationId": correlation_id, "action": "adjust"}
    payload = {"request": {}} if sent else {"action": "superpower", "actionType": "adjust", "state": "completed"}
    seen = peek(json.dumps({"action": "message", "headers": headers, "payload": payload}).encode(), is_text=True)
    entry = talk.entry(int(sent), seen.correlation_id)
    (talk.correlator.sent if sent else talk.correlator.received)(entry, seen)
    return entry


@pytest.mark.parametrize(
    ("sent", "came", "words"),
    [
        ("17", 17, "a text was sent, a number came back"),
        (17, "17", "a number was sent, a text came back"),
        ("true", True, "a text was sent, a boolean came back"),
        ("[1]", [1], "a text was sent, a array came back"),
    ],
)
def test_an_id_of_another_type_is_an_orphan_that_says_so(talk: Any, sent: Any, came: Any, words: str) -> None:
    hand_in(talk, sent, sent=True)
    answer = hand_in(talk, came, sent=False)
    assert EntryFlag(answer.flags) == EntryFlag.ORPHAN | EntryFlag.SIMILAR
    assert words.replace("a array", "an array") in talk.correlator.reason(answer)
    counts = talk.correlator.counts
    assert (counts.orphans, counts.other_type, counts.other_case) == (1, 1, 0)


@pytest.mark.parametrize("identifier", [17, True, [1], {"a": 1}, "17"])
def test_an_id_of_any_type_finds_its_request(talk: Any, identifier: Any) -> None:
    hand_in(talk, identifier, sent=True)
    answer = hand_in(talk, identifier, sent=False)
    assert (answer.exchange, answer.flags) == (1, 0)


def test_a_number_and_a_text_with_its_digits_are_two_requests(talk: Any) -> None:
    hand_in(talk, 17, sent=True)
    hand_in(talk, "17", sent=True)
    assert [one.note for one in talk.correlator.exchanges] == ["", ""]
    assert hand_in(talk, "17", sent=False).exchange == 2
    assert hand_in(talk, 17, sent=False).exchange == 1


def test_another_case_is_counted_and_marked(talk: Any) -> None:
    talk.send("abc")
    answer = talk.receive("ABC")
    assert EntryFlag(answer.flags) == EntryFlag.ORPHAN | EntryFlag.SIMILAR
    assert (talk.correlator.counts.orphans, talk.correlator.counts.other_case) == (1, 1)


def test_a_reused_id_is_counted_and_marks_the_request(talk: Any) -> None:
    talk.send("a")
    assert talk.last.flags == 0
    second = talk.send("a")
    assert EntryFlag(talk.last.flags) == EntryFlag.REUSED
    third = talk.send("a")
    assert (second.reused, third.reused) == (1, 2)
    counts = talk.correlator.counts
    assert (counts.requests, counts.reused) == (3, 2)


def test_queues_stay_short_though_every_answer_has_its_id(talk: Any) -> None:
    for number in range(5_000):
        talk.send(f"id-{number}")
        talk.receive(f"id-{number}")
    queues = talk.correlator._queues._by_attempt[1]
    assert all(len(queue) < 10 for queue in queues.values())


def test_the_account_names_everything_that_there_is_and_nothing_else(talk: Any) -> None:
    assert talk.correlator.counts.lines() == []
    hand_in(talk, "17", sent=True)
    hand_in(talk, "17", sent=True)
    hand_in(talk, 17, sent=False)
    talk.receive("nobody")
    talk.fail_to_send("x")
    assert talk.correlator.counts.lines() == [
        "2 requests sent (1 with an ID used before)",
        "1 request never sent",
        "2 orphan answers (1 with an ID that differs only in type)",
    ]
