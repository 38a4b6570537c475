"""Retries of a session over real sockets: waits by a clock of the test's, tokens fresh, notes in the log."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.client.config import NoToken
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.retry import RetryPolicy
from optave_inspector.close_report.reading import read_attempts
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.retrying import Retrier
from optave_inspector.tasks import Tasks
from tests.integration.sessions import config, ended, serving, session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from websockets.asyncio.server import ServerConnection

    from optave_inspector.session import Session


@dataclass
class Clock:
    """Time that passes when the test says so."""

    now_s: float = 100.0
    sleepers: list[tuple[float, asyncio.Event]] = field(default_factory=list)

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            return
        due = asyncio.Event()
        self.sleepers.append((self.now_s + seconds, due))
        await due.wait()

    def pass_(self, seconds: float) -> None:
        self.now_s += seconds
        for due_s, due in self.sleepers:
            if due_s <= self.now_s:
                due.set()


class Server:
    """Closes each connection with the next of ``codes``; holds those for which there is none."""

    def __init__(self, *codes: int) -> None:
        self.codes = list(codes)
        self.connections = 0

    async def __call__(self, connection: ServerConnection) -> None:
        self.connections += 1
        if self.codes:
            await connection.close(self.codes.pop(0), "by order")
        await connection.wait_closed()


@contextlib.asynccontextmanager
async def retried(
    url: str, clock: Clock, policy: RetryPolicy | None = None, *, fresh: bool = True, chance: float = 0.5
) -> AsyncIterator[tuple[Session, Retrier]]:
    async with session() as watched:
        tasks = Tasks("test")
        retrier = Retrier(
            watched,
            lambda: watched.connect(config(url), NoToken()),
            lambda: policy or RetryPolicy(on=True, attempts=3),
            lambda: fresh,
            tasks.start,
            chance=lambda: chance,
            clock=lambda: clock.now_s,
            sleep=clock.sleep,
        )
        try:
            yield watched, retrier
        finally:
            await tasks.cancel()


async def until(condition: Callable[[], Any]) -> None:
    deadline = asyncio.get_running_loop().time() + 10
    while not condition():
        assert asyncio.get_running_loop().time() < deadline
        await asyncio.sleep(0.005)


async def notes(watched: Session) -> list[str]:
    await watched.settled()
    entries = watched.store.page(1, watched.store.count)
    made = [entry for entry in entries if entry.kind == EntryKind.STATE and entry.flags & EntryFlag.TOOL_MADE]
    return [entry.summary for entry in made]


def test_a_server_error_is_retried_after_growing_waits_and_written_down() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011, 1011)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            for wait_s in (0.5, 1.0):
                await until(lambda: retrier.waiting)
                assert retrier.left_s == wait_s
                before = server.connections
                clock.pass_(wait_s - 0.1)
                assert retrier.waiting is not None
                assert server.connections == before
                clock.pass_(0.1)
                await until(lambda before=before: server.connections == before + 1)
            await until(lambda: watched.state is ConnectionState.OPEN)
            assert await notes(watched) == [
                "Retry 1 of 3 in 0.5 s, after 1011 Internal error.",
                "Retry 1 of 3, 0.5 s after the end, with a fresh token.",
                "Retry 2 of 3 in 1.0 s, after 1011 Internal error.",
                "Retry 2 of 3, 1.0 s after the end, with a fresh token.",
            ]
            assert [attempt.number for attempt in read_attempts(watched.store)] == [1, 2, 3]
            assert read_attempts(watched.store)[0].next_step.startswith("Retry 1 of 3, 0.5 s after the end")

    asyncio.run(main())


def test_retries_in_a_row_are_bounded_and_the_end_of_them_is_said() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(*[1011] * 20)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            told: list[str] = []
            retrier.stopped.connect(told.append)
            await watched.connect(config(url), NoToken())
            for number in (1, 2, 3):
                await until(lambda number=number: retrier.waiting and retrier.waiting.number == number)
                clock.pass_(100)
            await until(lambda: told)
            assert told == ["No further retry: 3 in a row did not help."]
            assert server.connections == 4

    asyncio.run(main())


def test_a_policy_violation_and_the_users_own_close_are_never_retried() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1008)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await ended(watched)
            assert retrier.waiting is None
            await watched.connect(config(url), NoToken())
            await watched.close(1000)
            assert retrier.waiting is None
            await watched.connect(config(url), NoToken())
            watched.abort()
            await ended(watched)
            assert retrier.waiting is None
            assert await notes(watched) == [
                "No retry after 1008 Policy violation: the same attempt would end the same way."
            ]

    asyncio.run(main())


def test_now_does_not_wait_and_cancel_does_not_connect() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011, 1011)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await until(lambda: retrier.waiting)
            clock.now_s += 0.2
            retrier.now()
            assert retrier.waiting is None
            await until(lambda: server.connections == 2 and retrier.waiting)
            retrier.cancel()
            assert retrier.waiting is None
            clock.pass_(1000)
            found = await notes(watched)
            assert "Retry 1 of 3, 0.2 s after the end, with a fresh token." in found
            assert found[-1] == "Retry 2 of 3 did not take place: the user cancelled it."
            assert server.connections == 2

    asyncio.run(main())


def test_connecting_by_hand_takes_the_retry_away_and_begins_a_new_row() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011, 1011)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await until(lambda: retrier.waiting)
            await watched.connect(config(url), NoToken())
            await until(lambda: retrier.waiting)
            assert retrier.waiting is not None
            assert retrier.waiting.number == 1
            clock.pass_(1000)
            await until(lambda: watched.state is ConnectionState.OPEN)
            assert server.connections == 3

    asyncio.run(main())


def test_without_a_fresh_token_the_retry_is_refused_in_words() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011)
        async with serving(server) as url, retried(url, clock, fresh=False) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await ended(watched)
            assert retrier.waiting is None
            (note,) = await notes(watched)
            assert "a pasted one cannot be had anew" in note

    asyncio.run(main())


def test_an_attempt_that_does_not_open_counts_as_one_of_the_row() -> None:
    async def main() -> None:
        clock = Clock()
        closed = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{closed.sockets[0].getsockname()[1]}"
        closed.close()
        await closed.wait_closed()
        async with retried(url, clock, RetryPolicy(on=True, attempts=2)) as (watched, retrier):
            with contextlib.suppress(ConnectFailed):
                await watched.connect(config(url), NoToken())
            for number in (1, 2):
                assert retrier.waiting is not None
                assert retrier.waiting.number == number
                clock.pass_(100)
                await until(lambda number=number: watched.attempt == number + 1 and watched.failure is not None)
            assert retrier.waiting is None
            assert (await notes(watched))[-1] == "No further retry: 2 in a row did not help."

    asyncio.run(main())


def test_a_session_that_is_closed_is_not_connected_again() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011)
        async with serving(server) as url, retried(url, clock) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await until(lambda: retrier.waiting)
            await watched.aclose()
            clock.pass_(1000)
            await until(lambda: retrier.waiting is None)
            assert server.connections == 1

    asyncio.run(main())


def test_switched_off_nothing_happens_and_nothing_is_written() -> None:
    async def main() -> None:
        clock, server = Clock(), Server(1011)
        async with serving(server) as url, retried(url, clock, RetryPolicy()) as (watched, retrier):
            await watched.connect(config(url), NoToken())
            await ended(watched)
            assert retrier.waiting is None
            assert await notes(watched) == []

    asyncio.run(main())
