"""How a streamed answer grew, update by update."""

from __future__ import annotations

import json
from typing import Any

import pytest

from optave_inspector.tracing.growth import updates

MS = 10**6


def answer(text: str | None) -> bytes:
    item = {} if text is None else {"content": text}
    return json.dumps({"action": "superpower", "message": {"results": [{"response": [item]}]}}).encode()


def stream(talk: Any, *texts: str | None) -> tuple[Any, dict[int, bytes]]:
    """An exchange with these answers, 500 ms apart, and the payloads."""
    exchange = talk.send("a")
    payloads = {}
    for text in texts:
        talk.wait(500)
        payloads[talk.receive("a", "started").number] = answer(text)
    return exchange, payloads


def test_each_update_has_its_times_its_size_and_what_it_added(talk: Any) -> None:
    exchange, payloads = stream(talk, "Dear", "Dear customer", "Dear customer, thank you")
    found = list(updates(exchange, payloads.__getitem__))
    assert [one.entry for one in found] == exchange.answers
    assert [one.after_ns // MS for one in found] == [500, 1000, 1500]
    assert [one.since_ns // MS for one in found] == [500, 500, 500]
    assert [one.added_size for one in found] == [len(answer("Dear")), 9, 11]
    assert [one.added_text for one in found] == [None, 9, 11]
    assert all(one.growth is None or one.growth.extends for one in found)


def test_a_text_that_does_not_extend_the_former_one_says_so(talk: Any) -> None:
    exchange, payloads = stream(talk, "Dear customer", "customer")
    *_, last = updates(exchange, payloads.__getitem__)
    assert last.growth is not None
    assert not last.growth.extends
    assert last.added_size == -5


def test_answers_without_a_text_have_no_growth(talk: Any) -> None:
    exchange, payloads = stream(talk, None, None)
    assert [one.added_text for one in updates(exchange, payloads.__getitem__)] == [None, None]


def test_without_answers_there_are_no_updates(talk: Any) -> None:
    assert list(updates(talk.send("a"), {}.__getitem__)) == []


def test_payloads_are_read_one_at_a_time_and_what_fails_is_told(talk: Any) -> None:
    exchange, payloads = stream(talk, "a", "ab")
    asked: list[int] = []

    def read(number: int) -> bytes:
        asked.append(number)
        if len(asked) == 2:
            raise KeyError(number)
        return payloads[number]

    found = updates(exchange, read)
    assert next(found).entry == asked[0]
    with pytest.raises(KeyError):
        next(found)
