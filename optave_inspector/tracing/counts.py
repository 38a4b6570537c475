"""How many messages of a session are what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(slots=True)
class Counts:
    """Each message that was handed in, in exactly one place, but for what is said to be part of another count."""

    requests: int = 0
    """Request envelopes that were on the wire."""
    reused: int = 0
    """How many of ``requests`` had the correlation ID of an earlier one."""
    cancelled: int = 0
    """How many of ``requests`` the user cancelled."""
    other_sent: int = 0
    """Outgoing messages that are no request envelope: they start nothing."""
    not_sent: int = 0
    """Request envelopes that never were on the wire, as the connection was not open."""
    other_not_sent: int = 0
    """Other texts that never were on the wire."""
    answers: int = 0
    """Answers in time, those matched by a guess included."""
    late: int = 0
    duplicates: int = 0
    orphans: int = 0
    other_case: int = 0
    """How many of ``orphans`` have an ID that differs only in case from one that was sent."""
    other_type: int = 0
    """How many of ``orphans`` have an ID that differs only in its JSON type, as 7 differs from "7"."""
    to_not_sent: int = 0
    """How many of ``orphans`` have the ID of a request that never was on the wire."""
    unrelated: int = 0
    """Incoming messages that are no answer: gateway messages, other JSON, binary, broken ones."""
    guessed: int = 0
    """How many of ``answers`` and ``late`` were matched by action and order."""

    def lines(self) -> list[str]:
        """Everything that is not zero, in words, one place to a line."""
        orphans = [
            _part(self.other_case, "with an ID that differs only in case"),
            _part(self.other_type, "with an ID that differs only in type"),
            _part(self.to_not_sent, "to requests that were never sent"),
        ]
        requests = [_part(self.reused, "with an ID used before"), _part(self.cancelled, "cancelled")]
        lines = [
            _line(self.requests, "request sent", "requests sent", requests),
            _line(self.not_sent, "request never sent", "requests never sent"),
            _line(self.answers, "answer in time", "answers in time"),
            _line(self.late, "late answer", "late answers"),
            _line(self.duplicates, "duplicate answer", "duplicate answers"),
            _line(self.orphans, "orphan answer", "orphan answers", orphans),
            _line(self.guessed, "answer matched by a guess", "answers matched by a guess"),
            _line(self.other_sent, "other message sent", "other messages sent"),
            _line(self.other_not_sent, "other message never sent", "other messages never sent"),
            _line(self.unrelated, "other message received", "other messages received"),
        ]
        return [line for line in lines if line]


def _line(count: int, one: str, many: str, parts: Iterable[str] = ()) -> str:
    if not count:
        return ""
    told = ", ".join(part for part in parts if part)
    return f"{count:,} {one if count == 1 else many}" + (f" ({told})" if told else "")


def _part(count: int, words: str) -> str:
    return f"{count:,} {words}" if count else ""
