"""A streamed answer as it grew."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.tracing.stream import Stream, StreamUpdate, stalls

S = 1_000_000_000


def answer(*contents: str) -> bytes:
    results = [{"response": [{"content": content} for content in contents]}]
    payload = {"action": "superpower", "actionType": "adjust", "state": "started", "message": {"results": results}}
    return json.dumps({"action": "message", "headers": {"correlationId": "c"}, "payload": payload}).encode()


def read(*messages: bytes) -> list[StreamUpdate]:
    stream = Stream()
    return [stream.read(number, number * S, message) for number, message in enumerate(messages, 1)]


def lit(update: StreamUpdate) -> list[str]:
    text, parts = update.text()
    return [text[begin:end] for begin, end in parts]


def test_each_update_has_its_text_and_what_it_added() -> None:
    updates = read(answer("Good"), answer("Good morning"), answer("Good morning, all."))
    assert [update.text()[0] for update in updates] == ["Good", "Good morning", "Good morning, all."]
    assert [lit(update) for update in updates] == [["Good"], [" morning"], [", all."]]
    assert not any(update.breaks for update in updates)


def test_an_update_that_does_not_extend_the_former_one_is_told_and_lit_from_where_it_parts() -> None:
    _, second, third = read(answer("Good morning"), answer("Good evening"), answer("evening, all"))
    assert second.breaks
    assert "does not extend the former one" in second.growth.sentence
    assert lit(second) == ["evening"]
    assert third.breaks
    assert "begins anew" in third.growth.sentence


def test_pieces_instead_of_the_whole_text_break_the_rule() -> None:
    updates = read(answer("Good "), answer("morning"), answer(" all"))
    assert [update.breaks for update in updates] == [False, True, True]
    assert updates[0].text()[0] == "Good "


def test_several_texts_stand_below_their_paths() -> None:
    _, second = read(answer("A", "B"), answer("A1", "B"))
    path = "$.payload.message.results[0].response[{}].content"
    assert second.text()[0] == f"{path.format(0)}\nA1\n\n{path.format(1)}\nB"
    assert lit(second) == ["1"]


def test_a_message_without_a_text_says_why() -> None:
    empty, binary = read(b"{}", b"\xff\xfe")
    assert (empty.text(), empty.problem) == (("", []), "The message has no text.")
    assert binary.problem == "The message is no text."
    assert binary.breaks


def test_what_is_no_json_is_read_as_it_came() -> None:
    first, second = read(b"Good", b"Good morning")
    assert (first.text()[0], lit(second)) == ("Good", [" morning"])


def test_half_a_character_is_shown_as_missing_and_whole_when_it_is() -> None:
    first, second = read(b'{"text": "a\\ud83d"}', b'{"text": "a\\ud83d\\ude00 b"}')
    assert first.text()[0] == "a\ufffd"
    assert second.text()[0] == "a\U0001f600 b"
    assert not second.breaks


def test_a_text_that_grows_is_kept_once() -> None:
    stream = Stream()
    for number in range(1, 201):
        stream.read(number, number, answer("x" * number))
    assert stream.kept == 200


@given(st.lists(st.text(max_size=12), min_size=1, max_size=12))
def test_every_update_can_be_read_again_however_the_later_ones_are(texts: list[str]) -> None:
    updates = read(*(json.dumps({"t": text}).encode() for text in texts))
    expected = [text.encode("utf-16", "surrogatepass").decode("utf-16", "replace") for text in texts]
    for update, text in zip(updates, expected, strict=True):
        assert update.text()[0] == text


@given(st.lists(st.binary(max_size=60), max_size=6))
def test_no_message_makes_it_raise(messages: list[bytes]) -> None:
    for update in read(*messages):
        text, parts = update.text()
        assert all(0 <= begin < end <= len(text) for begin, end in parts)


def test_a_stall_is_long_and_longer_than_usual() -> None:
    assert stalls([]) == stalls([5 * S]) == set()
    assert stalls([0, 2 * S]) == {1}
    assert stalls([0, S // 2, S, 3 * S, 3 * S + S // 2]) == {3}
    assert stalls([0, S, 2 * S, 3 * S]) == set()
    slow = [place * 2 * S for place in range(6)]
    assert stalls(slow) == set()
    assert stalls([*slow, slow[-1] + 7 * S]) == {6}
