"""What tests of the window share: an offscreen Qt, a qasync loop that lets nothing get lost, and ways to wait."""

from __future__ import annotations

import os

# Before anything imports Qt: the platform is chosen once per process.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

import asyncio
import contextlib
import gc
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
import qasync

from optave_inspector.capture.store import CaptureStore
from optave_inspector.profiles.secrets import SecretStore
from optave_inspector.profiles.store import ProfileStore
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.connector import Connector
from optave_inspector.ui.current_profile import CurrentProfile
from optave_inspector.ui.profile_book import ProfileBook

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


@dataclass
class Workspace:
    """A session and what the panels of the shell stand on, without a window."""

    session: Session
    bridge: SessionBridge
    current: CurrentProfile
    connector: Connector
    secrets: SecretStore
    profiles: ProfileStore

    async def load(self, chosen: str = "") -> None:
        """Read the profiles from their files, and choose one."""
        await self.current.book.load()
        self.current.choose(chosen)

    def use(self, address: Any) -> None:
        """Make "Local tenant" the current profile, without its secret."""
        self.current.adopt_local(address)

    async def open(self, address: Any) -> None:
        """Connect to a local tenant as the window does."""
        self.use(address)
        await self.secrets.set(self.current.profile.id, "client_secret", address.client_secret, remember=False)
        self.connector.connect_now()
        while self.connector.busy or self.session.state is not ConnectionState.OPEN:
            assert self.session.failure is None, self.session.failure
            await asyncio.sleep(0.01)


@pytest.fixture
def workspace(home: Path) -> Callable[[], contextlib.AbstractAsyncContextManager[Workspace]]:
    """``async with workspace() as w`` gives the real parts, ended in order afterwards."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[Workspace]:
        store = CaptureStore.create(None)
        session = Session(store, Contract(schemas()))
        bridge = SessionBridge(session)
        secrets, profiles = SecretStore(), ProfileStore(home / "config" / "profiles")
        current = CurrentProfile(ProfileBook(profiles, secrets, bridge.start))
        try:
            yield Workspace(session, bridge, current, Connector(bridge, current), secrets, profiles)
        finally:
            await current.book.save_now()
            await bridge.stop()
            await session.aclose()
            store.close()

    return make
