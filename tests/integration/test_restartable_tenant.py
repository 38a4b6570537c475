"""The local tenant as the window orders it about: real processes, started, stopped, killed."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from typing import TYPE_CHECKING, Any

import pytest

from optave_inspector.errors import InspectorError
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.restartable_tenant import RestartableTenant

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Coroutine


@contextlib.asynccontextmanager
async def tenant(settings: TenantSettings | None = None) -> AsyncIterator[RestartableTenant]:
    made = RestartableTenant(settings)
    try:
        yield made
    finally:
        await made.stop()


def test_it_starts_again_after_it_was_stopped() -> None:
    async def run() -> None:
        async with tenant() as local:
            changes: list[bool] = []
            local.running_changed.connect(lambda: changes.append(local.running))
            first = await local.start()
            assert await local.start() == first
            assert await local.fault("silent", on=True) == {"silent": True}
            await local.stop()
            assert local.address is None
            second = await local.start()
            assert second.client_secret != first.client_secret
            assert changes == [True, False, True]

    asyncio.run(run())


def test_nothing_is_ordered_while_it_does_not_run() -> None:
    async def run() -> None:
        async with tenant() as local:
            with pytest.raises(InspectorError, match="does not run"):
                await local.fault("drop")

    asyncio.run(run())


def test_its_death_is_told_and_it_can_be_started_again() -> None:
    async def run() -> None:
        async with tenant() as local:
            told: list[str] = []
            dead = asyncio.Event()
            local.died.connect(lambda sentence: (told.append(sentence), dead.set()))
            await local.start()
            pid = local.pid
            assert pid is not None
            os.kill(pid, signal.SIGKILL)
            async with asyncio.timeout(10):
                await dead.wait()
            assert not local.running
            assert "ended by itself" in told[0]
            await local.start()
            assert local.running

    asyncio.run(run())


def test_a_port_that_is_taken_is_told_in_words() -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            async with tenant(TenantSettings(port=port)) as local:
                with pytest.raises(InspectorError, match="tenant"):
                    await local.start()
                assert not local.running

    asyncio.run(run())


def test_it_is_given_up_while_it_starts() -> None:
    async def run() -> None:
        async with tenant() as local:
            async with asyncio.TaskGroup() as group:
                starting = group.create_task(outcome(local.start()))
                await asyncio.sleep(0)
                await local.stop()
            assert starting.result() == "CancelledError"
            assert not local.running
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


def test_stopping_goes_on_when_whoever_asked_for_it_goes() -> None:
    async def run() -> None:
        async with tenant() as local:
            await local.start()
            pid = local.pid
            assert pid is not None
            async with asyncio.TaskGroup() as group:
                asked = group.create_task(outcome(local.stop()))
                await asyncio.sleep(0)
                asked.cancel()
            await local.stop()
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert len(asyncio.all_tasks()) == 1

    asyncio.run(run())


async def outcome(work: Coroutine[Any, Any, Any]) -> str:
    """The name of the error, or none."""
    try:
        await work
    except BaseException as error:  # noqa: BLE001 - its name is the result
        return type(error).__name__
    return ""
