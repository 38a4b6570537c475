"""Tasks have a name and an owner, and nothing that goes wrong in one is lost."""

import asyncio
import gc
import logging

import pytest

from optave_inspector.tasks import Tasks


async def broken() -> None:
    raise ValueError("out of frames")


def test_an_error_is_logged_and_handed_over_at_once_with_the_task_s_name(caplog: pytest.LogCaptureFixture) -> None:
    told: list[tuple[str, BaseException]] = []

    async def run() -> asyncio.Task[None]:
        tasks = Tasks("session", lambda name, error: told.append((name, error)))
        task = tasks.start(broken(), "read")
        await asyncio.wait([task])
        await asyncio.sleep(0)
        assert len(tasks) == 0
        return task

    task = asyncio.run(run())
    assert [(name, str(error)) for name, error in told] == [("session: read", "out of frames")]
    assert [record.getMessage() for record in caplog.records] == ["session: read failed"]
    assert caplog.records[0].exc_info is not None
    assert task.get_name() == "session: read"


def test_without_a_handler_an_error_is_logged_all_the_same(caplog: pytest.LogCaptureFixture) -> None:
    async def run() -> None:
        tasks = Tasks("panel")
        await asyncio.wait([tasks.start(broken(), "search")])

    asyncio.run(run())
    assert [(record.levelno, record.getMessage()) for record in caplog.records] == [
        (logging.ERROR, "panel: search failed")
    ]


def test_a_task_that_nobody_else_holds_is_kept_until_it_ends() -> None:
    async def run() -> None:
        tasks = Tasks("session")
        asked, done = asyncio.Event(), asyncio.Event()

        async def work() -> None:
            await asked.wait()
            done.set()

        tasks.start(work(), "work")
        await asyncio.sleep(0)
        gc.collect()
        assert len(tasks) == 1
        asked.set()
        await asyncio.wait_for(done.wait(), 5)

    asyncio.run(run())


def test_cancelling_waits_for_what_each_task_still_has_to_do() -> None:
    async def run() -> None:
        ended: list[str] = []
        told: list[str] = []
        tasks = Tasks("session", lambda name, _: told.append(name))

        async def work(name: str) -> None:
            try:
                await asyncio.Event().wait()
            finally:
                await asyncio.sleep(0)
                ended.append(name)

        running = [tasks.start(work(name), name) for name in ("one", "two")]
        await asyncio.sleep(0)
        await tasks.cancel()
        assert sorted(ended) == ["one", "two"]
        assert all(task.cancelled() for task in running)
        assert len(tasks) == 0
        assert told == []

    asyncio.run(run())


def test_an_error_while_being_cancelled_is_handed_over(caplog: pytest.LogCaptureFixture) -> None:
    told: list[str] = []

    async def run() -> None:
        tasks = Tasks("session", lambda name, error: told.append(f"{name}: {error}"))

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                raise OSError("no goodbye")

        tasks.start(work(), "work")
        await asyncio.sleep(0)
        await tasks.cancel()
        await asyncio.sleep(0)

    asyncio.run(run())
    assert told == ["session: work: no goodbye"]


def test_a_task_may_cancel_its_own_owner_s_tasks_and_go_on() -> None:
    async def run() -> None:
        tasks = Tasks("session")
        reached = asyncio.Event()

        async def close_all() -> None:
            await tasks.cancel()
            reached.set()

        other = tasks.start(asyncio.Event().wait(), "other")
        closing = tasks.start(close_all(), "close all")
        await asyncio.wait_for(closing, 5)
        assert reached.is_set()
        assert other.cancelled()

    asyncio.run(run())


def test_cancelling_nothing_is_fine() -> None:
    asyncio.run(Tasks("session").cancel())
