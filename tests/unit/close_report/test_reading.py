"""Attempts read from a capture: complete, in order, and from older captures as far as they go."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from optave_inspector.capture.entry import Entry, EntryKind
from optave_inspector.client.events import Close, Closer, TcpEnd, TokenUse
from optave_inspector.close_report.evidence import evidence_of
from optave_inspector.close_report.facts import IN, MESSAGES, OUT
from optave_inspector.close_report.patterns import patterns_of
from optave_inspector.close_report.reading import read_attempts
from optave_inspector.close_report.report import report_of
from optave_inspector.close_report.stored_events import read_ending, read_upgrade
from optave_inspector.close_report.writing import as_markdown, as_text
from tests.unit.close_report.attempts import START_S, log

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhX2IifQ.c2ln_bmF0dXJl-LWNhbmFyeQ_canary"


ADJUST = b'{"action":"message","headers":{"correlationId":"a","action":"adjust"},"payload":{"request":{}}}'


def entry(kind: EntryKind, code: int = 0) -> Entry:
    return Entry(1, 1, 2, int(kind), 5, 6, 0, 0, code=code)


def test_each_attempt_has_its_own_counts_and_last_frames() -> None:
    with log() as made:
        for begin_s in (0, 100):
            made.open(begin_s)
            made.frame(begin_s + 1, b'{"a":1}', sent=True)
            made.frame(begin_s + 2)
            made.frame(begin_s + 3)
            made.close(begin_s + 9, 1011)
        first, second = made.cases()
    for case in (first, second):
        assert (case.attempt.count(OUT, MESSAGES), case.attempt.count(IN, MESSAGES)) == (1, 2)
        assert case.connected_ns == 9 * 10**9
        assert case.idle_ns == 6 * 10**9
        assert case.after_sent_ns == 8 * 10**9
    assert second.attempt.began.number > first.attempt.ending_entry.number


def test_reading_on_from_an_attempt_gives_the_rest() -> None:
    with log() as made:
        for begin_s in (0, 100, 200):
            made.open(begin_s)
            made.close(begin_s + 9, 1011)
        everything = read_attempts(made.store)
        rest = read_attempts(made.store, everything[1].began.number - 1)
    assert rest == everything[1:]


def test_an_empty_capture_has_no_attempts() -> None:
    with log() as made:
        assert read_attempts(made.store) == []


def test_what_the_inspector_did_next_belongs_to_the_attempt_that_ended() -> None:
    with log() as made:
        made.open(0)
        made.put(made.recorder.note("Before.", 1, 2, tool_made=True))
        made.close(9, 1011)
        assert made.case.attempt.next_step == ""
        made.put(made.recorder.note("Trying again in 1 s.", 1, 2, tool_made=True))
        assert report_of(made.case).next_step == "Trying again in 1 s."


def test_a_capture_of_an_earlier_release_gives_what_it_has() -> None:
    ending = {"code": 1006, "received": None, "sent": [1011, "keepalive"], "firstCloseFrame": "the inspector"}
    read = read_ending(entry(EntryKind.ENDING, 1006), msgspec.json.encode({**ending, "clean": False, "cause": "x."}))
    assert (read.failed, read.by_user, read.tcp) == (True, False, TcpEnd.UNKNOWN)
    own = {"code": 1000, "received": [1000, ""], "sent": [1000, ""], "firstCloseFrame": "the inspector", "clean": True}
    read = read_ending(entry(EntryKind.ENDING, 1000), msgspec.json.encode(own))
    assert (read.failed, read.by_user, read.received) == (False, True, Close(1000))
    upgrade = read_upgrade(entry(EntryKind.HANDSHAKE, 101), b'{"status":101,"response":{"Date":"x"}}')
    assert (upgrade.accepted, upgrade.token, upgrade.response) == (True, None, {"date": "x"})


KEYS = ["received", "sent", "failed", "tcp", "status", "response", "tokenUse", "warnings", "expires", "pingIntervalS"]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from(KEYS), inner),
)


@given(st.binary() | VALUES.map(msgspec.json.encode))
def test_whatever_a_capture_holds_is_read_without_an_error(payload: bytes) -> None:
    assert read_ending(entry(EntryKind.ENDING, 1006), payload).code in range(-(2**70), 2**70)
    read_upgrade(entry(EntryKind.HANDSHAKE), payload)


def test_evidence_leads_to_the_entries_that_it_is_about() -> None:
    with log() as made:
        made.open(0, token=TokenUse("pasted", START_S + 600, issued_unix_s=START_S - 30))
        made.frame(1, b'{"x":"\xc3\xa9"}', sent=True)
        made.frame(2, b"", opcode=9)
        made.close(9, 1011)
        lines = {line.label: line for line in evidence_of(made.case)}
    assert lines["Last sent"].entry == 3
    assert lines["Size of the last sent"].words == "10 bytes, 9 UTF-16 units"
    assert lines["Last ping received"].words == "7.0 s before the end"
    assert lines["Token's age"].words.startswith("30 s old")
    assert "good for 10 min 00 s more" in lines["Token's expiry"].words
    assert lines["Connected"].words == "for 9.0 s"
    assert lines["Keepalive"].words == "off: no ping was sent"


def test_always_after_the_same_silence_is_seen_across_attempts() -> None:
    with log() as made:
        for begin_s, lived_s in ((0, 100), (1000, 250), (3000, 420)):
            made.open(begin_s)
            made.frame(begin_s + lived_s - 60, ADJUST, sent=True)
            made.close(begin_s + lived_s, 1001)
        made.open(9000)
        made.close(9001, 1000, ours=True)
        found = {pattern.words: pattern.tight for pattern in patterns_of(made.cases())}
    assert found["Always idle before the end for about the same time: 1 min 00 s to 1 min 00 s, "
                 "median 1 min 00 s (3 attempts)."]  # fmt: skip
    assert not found["Connected for: 1 min 40 s to 7 min 00 s, median 4 min 10 s (3 attempts)."]
    assert found["All 3 attempts ended with 1001."]
    assert found["All 3 attempts ended after the action adjust."]


def test_a_missing_subprotocol_is_said_with_what_it_means() -> None:
    with log() as made:
        made.open(0, selected_subprotocol=None, warnings=("The server selected no subprotocol. Browsers fail then.",))
        made.close(1, 1000)
        lines = {line.label: line.words for line in evidence_of(made.case)}
    assert lines["Subprotocol"] == "none was selected"
    assert "Browsers fail then" in lines["Handshake"]


def test_short_spans_are_told_but_no_pattern() -> None:
    with log() as made:
        for begin_s in (0, 100, 200):
            made.open(begin_s)
            made.close(begin_s + 1, 1011)
        found = {pattern.words: pattern.tight for pattern in patterns_of(made.cases())}
    assert not found["Connected for: 1.0 s to 1.0 s, median 1.0 s (3 attempts)."]


def test_two_attempts_are_no_pattern() -> None:
    with log() as made:
        for begin_s in (0, 100):
            made.open(begin_s)
            made.close(begin_s + 60, 1001)
        assert patterns_of(made.cases()) == ()


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_a_report_for_a_ticket_holds_all_parts_and_no_secret(write) -> None:
    with log() as made:
        made.open(0, token=TokenUse("pasted", reused=True))
        made.close(2, 1008, f"token {JWT} | used")
        text = write(report_of(made.case))
    assert JWT not in text
    assert "canary" not in text
    assert "LWNhbmFyeQ" not in text
    for words in ("1008 Policy violation", "Likely causes", "used twice", "fits well", "Advice", "Order of events"):
        assert words in text
    assert "Optave's documentation" in text


@pytest.mark.parametrize("write", [as_text, as_markdown])
def test_a_token_without_a_shape_goes_too_where_it_is_known(write) -> None:
    with log() as made:
        made.open(0)
        made.close(2, 1008, "you sent plain_opaque*token")
        text = write(report_of(made.case), (), ["plain_opaque*token"])
    assert "opaque" not in text


def test_markdown_from_the_wire_stays_text() -> None:
    with log() as made:
        made.open(0)
        made.close(2, 4001, "<b>|`x`](http://evil)")
        text = as_markdown(report_of(made.case))
    assert "<b>" not in text.replace("\\<b", "")
    assert r"\`x\`" in text


def test_a_message_over_what_is_measured_has_no_units_but_a_size() -> None:
    with log() as made:
        made.open(0)
        made.frame(1, b'"' + b"x" * (16 * 2**20) + b'"', sent=True)
        made.end(2, None, None, Closer.NOBODY, clean=False, tcp=TcpEnd.RESET)
        assert made.case.sent_size is None
        assert any("16,777,218 bytes" in line.words for line in evidence_of(made.case))
