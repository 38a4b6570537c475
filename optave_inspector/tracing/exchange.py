"""One request and everything that came back for it."""

from __future__ import annotations

from enum import IntEnum
from itertools import pairwise

import msgspec


class ExchangeStatus(IntEnum):
    """Where an exchange stands. From COMPLETED on it has ended."""

    WAITING = 0
    STREAMING = 1
    """Answered, but not to the end."""
    COMPLETED = 2
    ERROR = 3
    TIMED_OUT = 4
    CUT_OFF = 5
    """The connection ended while it waited."""
    CANCELLED = 6
    """The user no longer waited for it; the tenant was told nothing."""
    NOT_SENT = 7
    """The connection was not open: the request never was on the wire."""

    @property
    def ended(self) -> bool:
        """Nothing more is expected."""
        return self >= ExchangeStatus.COMPLETED

    @property
    def answered(self) -> bool:
        """It ended with an answer, good or bad."""
        return self in (ExchangeStatus.COMPLETED, ExchangeStatus.ERROR)


class Exchange(msgspec.Struct, gc=False):
    """One request with its answers. Entry numbers point into the capture; times are ``monotonic_ns`` of entries."""

    number: int
    """From 1, in the order of the requests."""
    attempt: int
    action: str
    correlation_id: str
    request_entry: int
    sent_ns: int
    """When the request left; for NOT_SENT when it was to."""
    trace_id: str = ""
    thread_id: str = ""
    session_id: str = ""
    """The customer's session, from the payload; not the session of the inspector."""
    parent_id: str = ""
    """The ID of the request whose answer this one works on."""
    request_id: str = ""
    status: ExchangeStatus = ExchangeStatus.WAITING
    answers: list[int] = []
    """Entry numbers of updates and the final answer, in order of arrival, late ones included."""
    update_ns: list[int] = []
    """Arrival of each answer, beside ``answers``."""
    ended_ns: int = -1
    """When it ended; for TIMED_OUT the moment at which the time was up."""
    error_code: str = ""
    guessed: str = ""
    """Why an answer without a correlation ID was taken for this exchange's; empty when matched by ID."""
    late: int = 0
    """How many of ``answers`` came after the exchange had ended without one."""
    late_end_ns: int = -1
    """When the final answer came, if it came late; -1 otherwise."""
    duplicates: list[int] = []
    """Entry numbers of answers after the final one."""
    reused: int = 0
    """The newest exchange before it that had the same correlation ID; 0 for none."""
    note: str = ""
    """What is unusual about it, as a sentence: a reused correlation ID, an answer without a known state."""

    @property
    def final(self) -> bool:
        """Whether the final answer came, in time or late."""
        return self.late_end_ns >= 0 or self.status in (ExchangeStatus.COMPLETED, ExchangeStatus.ERROR)

    @property
    def first_ns(self) -> int:
        """From the request to the first answer; -1 before it."""
        return self.update_ns[0] - self.sent_ns if self.update_ns else -1

    @property
    def total_ns(self) -> int:
        """From the request to the end; -1 before it, and for a request that was never sent."""
        if self.ended_ns < 0 or self.status is ExchangeStatus.NOT_SENT:
            return -1
        return self.ended_ns - self.sent_ns

    @property
    def longest_stall_ns(self) -> int:
        """The longest silence after the first answer; -1 where no silence was measured.

        Between two answers, or from the last one to an end without an answer, as when a stream times out.
        """
        times = self.update_ns
        stalls = [later - earlier for earlier, later in pairwise(times)]
        if times and not self.final and self.ended_ns > times[-1]:
            stalls.append(self.ended_ns - times[-1])
        return max(stalls, default=-1)
