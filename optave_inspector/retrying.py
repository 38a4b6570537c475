"""Carries out the retry policy for one session: waits in sight, connects again, and says so in the log. No Qt."""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from psygnal import Signal

from .client.failures import ConnectFailed
from .client.retry import Outcome, RetryPolicy, after_ending, after_failure, decide
from .errors import InspectorError
from .protocol.states import ConnectionState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine
    from typing import Any

    from .client.events import Ending
    from .session import Session


@dataclass(frozen=True, slots=True)
class Waiting:
    """A retry that is due."""

    number: int
    """From 1 in a row."""
    most: int
    due_s: float
    """On the clock of the retrier."""
    wait_s: float


class Retrier:
    """Connects a session again after its connection ended or did not open, as ``policy`` has it.

    ``connect`` opens a new attempt with a fresh token; ``fresh_token`` says whether the token source can give one;
    ``start`` runs a coroutine as a task that its owner cancels. Connecting by hand ends the row of retries.
    """

    changed = Signal()
    """``waiting`` changed."""
    stopped = Signal(str)
    """No retry follows although the policy is on: why, as a sentence."""

    def __init__(
        self,
        session: Session,
        connect: Callable[[], Awaitable[object]],
        policy: Callable[[], RetryPolicy],
        fresh_token: Callable[[], bool],
        start: Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[Any]],
        *,
        chance: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self.waiting: Waiting | None = None
        self.clock = clock
        self._session = session
        self._connect = connect
        self._policy = policy
        self._fresh_token = fresh_token
        self._start = start
        self._chance = chance
        self._sleep = sleep
        self._tries = 0
        self._connecting = False
        self._task: asyncio.Task[Any] | None = None
        session.ended.connect(self._on_ended)
        session.failed.connect(self._on_failed)
        session.state_changed.connect(self._on_state)

    @property
    def left_s(self) -> float:
        """Seconds until the retry that is due; 0 for none."""
        return max(self.waiting.due_s - self.clock(), 0.0) if self.waiting is not None else 0.0

    def now(self) -> None:
        """Do not wait any longer."""
        waiting = self._take()
        if waiting is not None:
            self._task = self._start(self._again(waiting, self.clock() - (waiting.due_s - waiting.wait_s)), "retry")

    def cancel(self, why: str = "the user cancelled it") -> None:
        """Do not connect again; the next retry begins a new row."""
        waiting = self._take()
        self._tries = 0
        if waiting is not None:
            self._session.note(f"Retry {waiting.number} of {waiting.most} did not take place: {why}.")

    # -- what the session tells

    def _on_ended(self, ending: Ending) -> None:
        opened_ns = self._session.opened_ns
        if opened_ns and ending.monotonic_ns - opened_ns >= self._policy().longest_wait_s * 1e9:
            self._tries = 0
        self._over(after_ending(ending))

    def _on_failed(self, failure: ConnectFailed) -> None:
        self._over(after_failure(failure, time.time()))

    def _on_state(self, state: ConnectionState) -> None:
        if state is ConnectionState.CONNECTING and not self._connecting:
            self._tries = 0
            self._take()

    # -- inside

    def _over(self, outcome: Outcome) -> None:
        if self._session.closed:
            return
        policy = self._policy()
        decision = decide(policy, outcome, self._tries, fresh_token=self._fresh_token(), random=self._chance)
        if decision.wait_s is None:
            self._tries = 0
            if decision.why:
                self._session.note(decision.why)
                self.stopped.emit(decision.why)
            return
        number = self._tries + 1
        self.waiting = Waiting(number, policy.attempts, self.clock() + decision.wait_s, decision.wait_s)
        self._session.note(f"Retry {number} of {policy.attempts} in {decision.wait_s:.1f} s, after {decision.why}")
        self._task = self._start(self._wait(self.waiting), "retry")
        self.changed.emit()

    async def _wait(self, waiting: Waiting) -> None:
        await self._sleep(max(waiting.due_s - self.clock(), 0.0))
        if self.waiting is waiting:
            self.waiting = None
            self.changed.emit()
            await self._again(waiting, waiting.wait_s)

    async def _again(self, waiting: Waiting, waited_s: float) -> None:
        if self._session.closed or self._session.state is not ConnectionState.CLOSED:
            return
        self._tries = waiting.number
        self._session.note(
            f"Retry {waiting.number} of {waiting.most}, {waited_s:.1f} s after the end, with a fresh token."
        )
        self._connecting = True
        try:
            await self._connect()
        except ConnectFailed:
            return  # the session told it, and the next decision is made already
        except InspectorError as error:
            self._session.note(f"The retry did not take place: {error}", problem=True)
        finally:
            self._connecting = False

    def _take(self) -> Waiting | None:
        """The retry that was due, which now is not."""
        waiting, self.waiting = self.waiting, None
        if waiting is not None:
            if self._task is not None:
                self._task.cancel()
            self.changed.emit()
        return waiting
