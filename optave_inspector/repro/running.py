"""Running a recipe on a session: step by step, each within its time, with nothing left behind."""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from psygnal import Signal

from ..errors import InspectorError
from ..protocol.states import ConnectionState
from ..tasks import Tasks
from .doing import Doer, StepFailed
from .outcome import Outcome, mismatches, outcome_of
from .recipe import (
    OPENING_S,
    Connect,
    ExpectEnding,
    ExpectMessage,
    ExpectNothing,
    ExpectState,
    Recipe,
    Repeat,
    Step,
    Wait,
)
from .results import RunResult, StepEvent, StepState
from .wording import expected

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ..session import Session
    from .connecting import Target

_ANY_STEP_S = 45.0
_SPARE_S = 15.0
_LEAVING_S = 5.0


class Planned(NamedTuple):
    """One step at its turn; within repeats a step has several."""

    step: Step
    rounds: str = ""


def plan(steps: tuple[Step, ...], rounds: str = "") -> Iterator[Planned]:
    """The steps in the order in which they are done."""
    for step in steps:
        if not isinstance(step.doing, Repeat):
            yield Planned(step, rounds)
            continue
        for count in range(1, step.doing.times + 1):
            inner = f"{rounds}, {count} of {step.doing.times}" if rounds else f"{count} of {step.doing.times}"
            yield Planned(step, inner)
            yield from plan(step.doing.steps, inner)


def longest_s(recipe: Recipe) -> float:
    """The time after which a run is given up, whatever happened."""
    return sum(_limit_s(each.step) for each in plan(recipe.steps)) + recipe.ending.within_s + _SPARE_S


def _limit_s(step: Step) -> float:
    match step.doing:
        case Connect(within_s=within):
            return _ANY_STEP_S + (within or OPENING_S)
        case ExpectMessage() | ExpectNothing() | ExpectState():
            return step.doing.within_s
        case ExpectEnding():
            return step.doing.ending.within_s
        case Wait():
            return step.doing.seconds
        case Repeat():
            return 0
    return _ANY_STEP_S


@dataclass(eq=False)
class Run:
    """One run of ``recipe`` on ``session``, whose connection must be closed. Make a new one for each run.

    ``folder`` is where files that the recipe sends are; None where there is none. Cancelling :meth:`run` stops it and
    closes what it opened; :meth:`stop` does so as well, and lets :meth:`run` return what was seen until then.
    """

    recipe: Recipe
    session: Session
    target: Target
    folder: Path | None = None
    environment: Mapping[str, str] | None = None
    random: Callable[[int], bytes] = os.urandom

    changed = Signal(StepEvent)
    """A step began or ended."""

    def __post_init__(self) -> None:
        self._tasks = Tasks("recipe")
        self._running: asyncio.Task[None] | None = None
        self._stopped = False
        self._events: list[StepEvent] = []

    def stop(self) -> None:
        """Give up; what is open is closed."""
        self._stopped = True
        if self._running is not None:
            self._running.cancel()

    async def run(self) -> RunResult:
        """Do it. Raises InspectorError when the session is connected; whatever else goes wrong is in the result."""
        session = self.session
        if session.state is not ConnectionState.CLOSED:
            raise InspectorError(f"This session is {session.state.name}.", "Disconnect before a recipe runs in it.")
        began, began_wall_ns, before = time.monotonic(), time.time_ns(), session.attempt
        environment = os.environ if self.environment is None else self.environment
        doer = Doer(self.recipe, session, self.target, self.folder, environment, self.random)
        problems: list[str] = []
        outcome = Outcome("")
        limit_s = longest_s(self.recipe)
        self._running = work = self._tasks.start(self._work(doer, problems, before), "run")
        try:
            if self._stopped:
                work.cancel()
            await asyncio.wait([work], timeout=limit_s)
            if not work.done():
                problems.append(f"The run did not end within {limit_s:.0f} s.")
        finally:
            await self._tasks.cancel()
            outcome = outcome_of(session, before)
            self._tell_of_the_cut()
            doer.close()
            await self._leave()
        if not work.cancelled():
            work.result()
        return RunResult(
            self.recipe.title,
            self.recipe.name,
            expected(self.recipe.ending),
            outcome,
            problems,
            [event for event in self._events if event.state in (StepState.PASSED, StepState.FAILED)],
            began_wall_ns,
            time.monotonic() - began,
            cancelled=self._stopped and work.cancelled(),
        )

    async def _work(self, doer: Doer, problems: list[str], before: int) -> None:
        planned = list(plan(self.recipe.steps))
        for index, each in enumerate(planned):
            following = next((one.step for one in planned[index + 1 :] if not isinstance(one.step.doing, Repeat)), None)
            try:
                await self._step(each, doer, following)
            except StepFailed as failed:
                where = f"Step {each.step.number}{f' ({each.rounds})' if each.rounds else ''}"
                problems.append(f"{where}, {each.step.words}: {failed}")
                return
        await doer.await_ending(self.recipe.ending)
        problems += mismatches(self.recipe.ending, outcome_of(self.session, before), doer.put_into)

    async def _step(self, each: Planned, doer: Doer, following: Step | None) -> None:
        number, rounds = each.step.number, each.rounds
        self._tell(StepEvent(number, StepState.RUNNING, rounds))
        if isinstance(each.step.doing, Repeat):
            self._tell(StepEvent(number, StepState.PASSED, rounds, f"Round {rounds}."))
            return
        began, first = time.monotonic(), self.session.store.count + 1
        state, sentence, entry, failed = StepState.PASSED, "", 0, None
        try:
            done = await doer.do(each.step.doing, following.doing if following else self.recipe.ending)
            sentence, entry = done.sentence, done.entry
        except StepFailed as error:
            state, sentence, failed = StepState.FAILED, str(error), error
        except InspectorError as error:
            state, sentence, failed = StepState.FAILED, str(error), StepFailed(str(error))
        finally:
            with contextlib.suppress(InspectorError):
                await self.session.settled()
        last = self.session.store.count
        self._tell(
            StepEvent(
                number,
                state,
                rounds,
                sentence,
                first if last >= first else 0,
                last if last >= first else 0,
                entry,
                time.monotonic() - began,
            )
        )
        if failed is not None:
            raise failed

    def _tell_of_the_cut(self) -> None:
        """A step that was on when the run was given up neither passed nor failed."""
        if self._events and self._events[-1].state is StepState.RUNNING:
            cut = self._events[-1]
            self._tell(StepEvent(cut.number, StepState.NOT_REACHED, cut.rounds, "Given up."))

    def _tell(self, event: StepEvent) -> None:
        self._events.append(event)
        self.changed.emit(event)

    async def _leave(self) -> None:
        """Close what is open, within bounds, and wait until everything is stored."""
        session = self.session
        try:
            async with asyncio.timeout(_LEAVING_S):
                await session.close(1000, "recipe done")
        except (TimeoutError, InspectorError):
            pass
        if session.state is not ConnectionState.CLOSED:
            session.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_LEAVING_S):
                    await session.close()
        await session.settled()
