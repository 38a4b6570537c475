"""The order of events of an attempt in two lanes: what this side did, what the server did, and what befell both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ..capture.entry import EntryFlag
from ..client.events import TcpEnd
from .case import PING, PONG
from .facts import IN, OUT
from .words import spoken_duration

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..capture.entry import Entry
    from .case import Case


class Lane(Enum):
    """Whose doing a step was."""

    OURS = "inspector"
    THEIRS = "server"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Step:
    """One event."""

    at_ns: int
    """``monotonic_ns`` of its entry."""
    lane: Lane
    words: str
    entry: int
    gap: str = ""
    """Time since the step before, in words."""
    is_end: bool = False
    """A close frame or the end of TCP, rather than what went before."""


def steps_of(case: Case) -> tuple[Step, ...]:
    """The steps in the order in which this side saw them; the last ones of each kind, not all that happened."""
    steps = sorted(_steps(case), key=lambda step: step.entry)
    before = [0, *(step.at_ns for step in steps[:-1])]
    return tuple(
        Step(
            step.at_ns,
            step.lane,
            step.words,
            step.entry,
            f"+{spoken_duration(step.at_ns - former)}" if former else "",
            step.is_end,
        )
        for step, former in zip(steps, before, strict=True)
    )


def _steps(case: Case) -> Iterator[Step]:
    attempt, upgrade = case.attempt, case.attempt.upgrade
    if upgrade is None:
        yield _step(attempt.began, Lane.OURS, "tries to connect")
    elif upgrade.accepted:
        yield _step(upgrade.entry, Lane.THEIRS, "101, the connection opens")
    elif upgrade.status is not None:
        yield _step(attempt.began, Lane.OURS, "asks for the upgrade")
        words = f"refuses with HTTP {upgrade.status} {upgrade.reason_phrase}".rstrip()
        yield _step(upgrade.entry, Lane.THEIRS, words, is_end=True)
    else:
        yield _step(attempt.began, Lane.OURS, "asks for the upgrade")
        yield _step(upgrade.entry, Lane.BOTH, "no HTTP response", is_end=True)
    for entry, lane in ((case.last_sent, Lane.OURS), (case.last_received, Lane.THEIRS)):
        if entry is not None:
            yield _step(entry, lane, f"last message{f': {entry.action}' if entry.action else ''}")
    for direction, lane in ((OUT, Lane.OURS), (IN, Lane.THEIRS)):
        for kind, name in ((PING, "ping"), (PONG, "pong")):
            entry = attempt.newest(direction, kind)
            if entry is not None:
                yield _step(entry, lane, f"last {name}")
    if attempt.offender is not None:
        yield _step(attempt.offender, Lane.THEIRS, "sends what breaks the protocol", is_end=True)
    for direction, entry in attempt.first_closes.items():
        yield _step(entry, Lane.OURS if direction == OUT else Lane.THEIRS, _close(entry), is_end=True)
    yield from _end(case)


def _end(case: Case) -> Iterator[Step]:
    ending, over = case.ending, case.attempt.ending_entry
    if ending is None or over is None:
        if case.attempt.failure_entry is not None:
            yield _step(case.attempt.failure_entry, Lane.OURS, "gives up", is_end=True)
        return
    lane, words = {
        TcpEnd.FIN: (Lane.THEIRS, "ends TCP (FIN)"),
        TcpEnd.RESET: (Lane.THEIRS, "TCP is reset (RST)"),
        TcpEnd.TIMED_OUT: (Lane.BOTH, "TCP times out"),
        TcpEnd.TLS: (Lane.BOTH, "TLS fails"),
        TcpEnd.DROPPED: (Lane.OURS, "drops TCP"),
        TcpEnd.FAILED: (Lane.BOTH, "TCP fails"),
        TcpEnd.UNKNOWN: (Lane.BOTH, "TCP ends"),
    }[ending.tcp]
    yield _step(over, lane, words, is_end=True)


def _close(entry: Entry) -> str:
    code = str(entry.code) if entry.size >= 2 else "without a code"
    made = ", automatic" if entry.flags & EntryFlag.TOOL_MADE else ""
    return f"close frame {code}{made}"


def _step(entry: Entry, lane: Lane, words: str, *, is_end: bool = False) -> Step:
    return Step(entry.monotonic_ns, lane, words, entry.number, is_end=is_end)
