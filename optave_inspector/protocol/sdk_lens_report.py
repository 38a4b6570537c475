"""What the SDK lens says: steps in the order in which they happen, a promise's fate, and the faults that bite."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from .known_faults import KNOWN_FAULTS, KnownFault
from .read_json import without_surrogates
from .sdk_build import SdkBuild

_NAME_CHARACTERS = 120


class StepKind(StrEnum):
    """What kind of thing the SDK does."""

    READ = "read"
    """It parses, looks up, or passes over something."""
    CHECK = "check"
    """It validates, and goes on or stops."""
    EVENT = "event"
    """It emits an event."""
    PROMISE = "promise"
    """It settles the promise of an ``…Async`` call."""
    SEND = "send"
    """It puts a message on the wire."""
    THROW = "throw"
    """An exception leaves the SDK; nothing more happens."""


@dataclass(frozen=True, slots=True)
class LensStep:
    """One thing that the SDK does, with the reason for saying so."""

    kind: StepKind
    name: str
    """The event's name, the method, the error code: short and literal."""
    carries: str
    """What a listener or caller gets; empty where nobody gets anything."""
    sentence: str
    """What happens and why."""
    source: str
    """Where that is known from, such as ``protocol.md 8.4``."""


class PromiseState(StrEnum):
    """What becomes of the promise of an ``…Async`` call."""

    RESOLVES = "resolves"
    REJECTS = "rejects"
    WAITS = "goes on waiting"
    """It is not settled here: by a later frame, by its timeout, or never."""
    NONE = "none"
    """There is no such promise."""
    UNKNOWN = "unknown"
    """It depends on something that was not told."""


@dataclass(frozen=True, slots=True)
class PromiseOutcome:
    """The fate of the promise that a frame concerns."""

    state: PromiseState
    correlation_id: str
    """The ID by which the SDK looks for the call; empty where it has none."""
    value: str
    """What the promise resolves or rejects with, or would; empty where nothing settles it."""
    sentence: str
    source: str


@dataclass(frozen=True, slots=True)
class FaultBite:
    """A known fault that shows with this very frame."""

    fault: KnownFault
    why: str
    """What in the frame makes it bite."""


@dataclass(frozen=True, slots=True)
class LensReport:
    """All that the SDK would have done."""

    build: SdkBuild
    strict: bool
    """Whether strict validation was on, as asked for or as the build has it."""
    steps: tuple[LensStep, ...]
    promise: PromiseOutcome
    faults: tuple[FaultBite, ...]
    """In the order of their numbers, each once."""


class ReportBuilder:
    """Collects a report step by step."""

    def __init__(self, build: SdkBuild, strict: bool | None) -> None:  # noqa: FBT001 - three-valued, always named
        self.build = build
        self.strict = build.strict_by_default if strict is None else strict
        self._steps: list[LensStep] = []
        self._bites: dict[int, FaultBite] = {}

    def step(self, kind: StepKind, name: str, sentence: str, source: str, carries: str = "") -> None:
        """Add a step. Texts may come from the wire and hold anything."""
        self._steps.append(LensStep(kind, shown(name), shown(carries, 700), without_surrogates(sentence), source))

    def fault(self, number: int, why: str) -> None:
        """A fault bites; the first reason stays."""
        self._bites.setdefault(number, FaultBite(KNOWN_FAULTS[number], without_surrogates(why)))

    def promise_step(self, outcome: PromiseOutcome) -> PromiseOutcome:
        """Add the settling of a promise to the steps."""
        name = f"promise {outcome.state.value}"
        self.step(StepKind.PROMISE, name, outcome.sentence, outcome.source, outcome.value)
        return outcome

    def report(self, promise: PromiseOutcome) -> LensReport:
        """The finished report."""
        bites = tuple(self._bites[number] for number in sorted(self._bites))
        return LensReport(self.build, self.strict, tuple(self._steps), promise, bites)


def outcome(
    state: PromiseState, sentence: str, source: str, *, correlation_id: str = "", value: str = ""
) -> PromiseOutcome:
    """A promise's fate with its texts made fit for showing."""
    return PromiseOutcome(state, shown(correlation_id), shown(value, 400), without_surrogates(sentence), source)


def shown(text: str, limit: int = _NAME_CHARACTERS) -> str:
    """``text`` from the wire on one line, cut after ``limit`` characters, fit for every encoder."""
    line = without_surrogates(" ".join(text[: limit * 2].split()))
    return line if len(line) <= limit and len(text) <= limit * 2 else f"{line[: limit - 1]}…"


def pending_calls(count: int, one: str, several: str) -> str:
    """How many ``…Async`` calls are pending, with the verb that fits."""
    return f"The pending …Async call {one}" if count == 1 else f"The {count:,} pending …Async calls {several}"


def listed(problems: Iterable[str], limit: int = 3) -> str:
    """The first problems in a row, and how many more there are."""
    texts = list(problems)
    more = f"; and {len(texts) - limit} more" if len(texts) > limit else ""
    return "; ".join(texts[:limit]) + more
