"""What tests of the window share: an offscreen Qt, a qasync loop that lets nothing get lost, and ways to wait."""

from __future__ import annotations

import os

# Before anything imports Qt: the platform is chosen once per process.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import asyncio
import gc
import time
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING, Any

import pytest
import qasync

if TYPE_CHECKING:
    from pathlib import Path

Aio = Callable[..., Any]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """All files of the app below a folder of this test; the folder is returned."""
    folder = tmp_path / "home"
    monkeypatch.setenv("OPTAVE_INSPECTOR_HOME", str(folder))
    return folder


@pytest.fixture
def main_loop(qapp) -> Iterator[asyncio.AbstractEventLoop]:
    """The qasync loop as the app runs it. The test fails when a task is left over or an exception went nowhere."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = qasync.QEventLoop(qapp)
    asyncio.set_event_loop(loop)
    errors: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _loop, context: errors.append(context))
    yield loop
    left = [task for task in asyncio.all_tasks(loop) if not task.done()]
    for task in left:
        task.cancel()
    if left:
        loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
    loop.run_until_complete(loop.shutdown_asyncgens())
    # A task whose exception nobody read reports it when it is collected.
    gc.collect()
    loop.run_until_complete(asyncio.sleep(0))
    loop.close()
    asyncio.set_event_loop(None)
    assert not errors, errors
    assert not left, left


@pytest.fixture
def aio(main_loop) -> Aio:
    """``aio(coroutine, timeout=10)`` runs it on the qasync loop and returns its result."""

    def run(work: Coroutine[Any, Any, Any], timeout: float = 10) -> Any:
        return main_loop.run_until_complete(asyncio.wait_for(work, timeout))

    return run


@pytest.fixture
def wait_signal() -> Callable[..., Coroutine[Any, Any, tuple[Any, ...]]]:
    """``await wait_signal(signal, timeout=5)`` gives the arguments of the next emission.

    For coroutines: pytest-qt's own waits start a nested loop, in which the tasks of qasync get lost.
    """

    async def wait(signal: Any, timeout: float = 5) -> tuple[Any, ...]:
        future: asyncio.Future[tuple[Any, ...]] = asyncio.get_running_loop().create_future()

        def arrived(*arguments: Any) -> None:
            if not future.done():
                future.set_result(arguments)

        connection = signal.connect(arrived)
        try:
            return await asyncio.wait_for(future, timeout)
        finally:
            signal.disconnect(connection)

    return wait


@pytest.fixture
def wait_until() -> Callable[..., Coroutine[Any, Any, None]]:
    """``await wait_until(condition, timeout=5, what="…")`` returns as soon as the condition holds, else fails."""

    async def wait(condition: Callable[[], Any], timeout: float = 5, what: str = "") -> None:
        deadline = time.monotonic() + timeout
        while not condition():
            assert time.monotonic() < deadline, f"Waited {timeout} s in vain. {what}".strip()
            await asyncio.sleep(0.01)

    return wait
