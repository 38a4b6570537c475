"""Lives of connections: as a session tells them, and again from the entries of a capture."""

from __future__ import annotations

from optave_inspector.capture.entry import Entry, EntryFlag, EntryKind
from optave_inspector.tracing.connection_lives import ConnectionLives


def entry(attempt: int, kind: EntryKind, at_ns: int, *, code: int = 0, flags: int = 0) -> Entry:
    return Entry(at_ns, attempt, 2, kind, at_ns, at_ns, 0, 0, code=code, flags=flags)


def told(lives: ConnectionLives) -> list[tuple[int, int, int, int, int]]:
    return [(life.attempt, life.began_ns, life.opened_ns, life.ended_ns, life.code) for life in lives]


def read(*entries: Entry) -> ConnectionLives:
    lives = ConnectionLives()
    for each in entries:
        lives.note(each)
    lives.finish()
    return lives


def test_a_life_goes_from_the_attempt_over_the_handshake_to_the_ending() -> None:
    lives = read(
        entry(1, EntryKind.STATE, 10),
        entry(1, EntryKind.HANDSHAKE, 20, code=101),
        entry(1, EntryKind.TEXT, 30),
        entry(1, EntryKind.ENDING, 40, code=1008),
    )
    assert told(lives) == [(1, 10, 20, 40, 1008)]
    assert lives.code_of(1) == 1008
    assert lives.code_of(2) == 0


def test_a_refused_attempt_never_was_open() -> None:
    lives = read(
        entry(1, EntryKind.STATE, 10),
        entry(1, EntryKind.HANDSHAKE, 20, code=401, flags=EntryFlag.PROBLEM),
        entry(1, EntryKind.STATE, 21, flags=EntryFlag.PROBLEM),
        entry(2, EntryKind.STATE, 50),
        entry(2, EntryKind.HANDSHAKE, 60, code=101),
        entry(2, EntryKind.PING, 70),
    )
    assert told(lives) == [(1, 10, -1, 20, 401), (2, 50, 60, 70, 0)]
    assert [life.failed for life in lives] == [True, False]


def test_an_attempt_that_got_no_answer_ends_with_its_last_entry() -> None:
    lives = read(entry(1, EntryKind.STATE, 10), entry(1, EntryKind.STATE, 15), entry(2, EntryKind.STATE, 30))
    assert told(lives) == [(1, 10, -1, 15, 0), (2, 30, -1, 30, 0)]


def test_a_capture_of_messages_alone_tells_when_it_was_open() -> None:
    assert told(read(entry(0, EntryKind.TEXT, 10), entry(0, EntryKind.TEXT, 90))) == [(0, 10, 10, 90, 0)]


def test_a_session_tells_it_as_it_goes() -> None:
    lives = ConnectionLives()
    lives.began(1, 10)
    lives.ended(1, 20, 403)
    lives.began(2, 30)
    lives.opened(2, 40)
    assert told(lives) == [(1, 10, -1, 20, 403), (2, 30, 40, -1, 0)]
    assert not list(lives)[1].failed
