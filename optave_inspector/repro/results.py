"""What a run tells while it goes on, and what it comes to."""

from __future__ import annotations

import statistics
from enum import StrEnum
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from .outcome import Outcome


class StepState(StrEnum):
    """How far a step is."""

    RUNNING = "running"
    PASSED = "passed"
    FAILED = "failed"
    NOT_REACHED = "not reached"


class StepEvent(msgspec.Struct, frozen=True):
    """A step began or ended."""

    number: int
    """Of the step in the recipe."""
    state: StepState
    rounds: str = ""
    """``2 of 5`` within repeats; outer ones first."""
    sentence: str = ""
    """What came of it; for a failed one, what came instead."""
    first_entry: int = 0
    """The first of the log's entries that came about while it ran; 0 where none did."""
    last_entry: int = 0
    entry: int = 0
    """The entry that it was about, such as the message that was expected; 0 for none."""
    elapsed_s: float = 0.0
    """How long it took."""


class RunResult(msgspec.Struct, frozen=True):
    """One run of a recipe."""

    title: str
    name: str
    expected: str
    """The ending that was expected, in words."""
    outcome: Outcome
    problems: list[str]
    """Why it does not count as reproduced, the first cause first; empty where it does."""
    steps: list[StepEvent]
    """The last event of each step that began, in the order in which they began."""
    began_wall_ns: int
    elapsed_s: float
    cancelled: bool = False

    @property
    def reproduced(self) -> bool:
        """Every step went as it should, and the ending was as expected."""
        return not self.problems and not self.cancelled

    @property
    def sentence(self) -> str:
        """What came of it, in one or two sentences."""
        if self.cancelled:
            return "The run was stopped."
        if self.reproduced:
            return f"Reproduced as expected: {self.outcome.words}"
        return " ".join(self.problems)


class Series(msgspec.Struct, frozen=True):
    """Several runs of one recipe."""

    runs: list[RunResult]

    @property
    def reproduced(self) -> int:
        """How many were as expected."""
        return sum(run.reproduced for run in self.runs)

    @property
    def all_reproduced(self) -> bool:
        """Whether every one was."""
        return bool(self.runs) and self.reproduced == len(self.runs)

    @property
    def times_s(self) -> tuple[float, float, float] | None:
        """The shortest, the median and the longest time; None without runs."""
        times = [run.elapsed_s for run in self.runs]
        return (min(times), statistics.median(times), max(times)) if times else None
