"""The app as a whole: it opens, it ends in order and in time, whatever is under way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QApplication

from optave_inspector.app import _main, build_window, name_app, take_apart
from optave_inspector.capture.library import CaptureState, look_at
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.lost_errors import LostErrors
from optave_inspector.ui.main_window import MainWindow

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

RUN = "import sys; from optave_inspector.app import run_window; sys.exit(run_window(local_tenant={tenant}))"
END_S = 5.0


def the_window() -> MainWindow | None:
    """The window on show."""
    windows = (each for each in QApplication.topLevelWidgets() if isinstance(each, MainWindow))
    return next((each for each in windows if each.isVisible()), None)


@contextlib.asynccontextmanager
async def silent_server() -> AsyncIterator[int]:
    """A server that accepts and says nothing; its port."""
    writers: list[asyncio.StreamWriter] = []
    server = await asyncio.start_server(lambda _reader, writer: writers.append(writer), "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for writer in writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
        await server.wait_closed()


def test_the_app_opens_connects_to_the_local_tenant_and_quits(aio, wait_until) -> None:
    async def run() -> None:
        with LostErrors() as lost:
            async with asyncio.TaskGroup() as group:
                ended = group.create_task(_main(lost, local_tenant=True))
                await wait_until(lambda: the_window() is not None)
                window = the_window()
                session = window.view.bridge.session
                await wait_until(lambda: session.state is ConnectionState.OPEN, 20)
                window.close()
                assert await ended == 0
            assert session.state is ConnectionState.CLOSED
            assert session.ending.sent.code == 1001
            assert the_window() is None

    aio(run(), 40)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_the_app_in_order(aio, wait_until, number: signal.Signals) -> None:
    async def run() -> None:
        with LostErrors() as lost:
            async with asyncio.TaskGroup() as group:
                ended = group.create_task(_main(lost, local_tenant=False))
                await wait_until(lambda: the_window() is not None)
                os.kill(os.getpid(), number)
                assert await ended == 0

    aio(run(), 20)


def test_an_error_that_gets_lost_is_shown_in_the_window(aio, wait_until) -> None:
    async def run() -> None:
        with LostErrors() as lost:
            async with asyncio.TaskGroup() as group:
                ended = group.create_task(_main(lost, local_tenant=False))
                await wait_until(lambda: the_window() is not None)
                window = the_window()
                try:
                    raise ValueError("a slot broke")
                except ValueError as error:
                    sys.excepthook(ValueError, error, error.__traceback__)
                assert "a slot broke" in window.view.messages.message.text
                window.quitAsked.emit()
                assert await ended == 0

    aio(run(), 20)


def test_ending_while_connecting_takes_no_longer_than_promised(aio, wait_until) -> None:
    async def run() -> None:
        async with silent_server() as port:
            parts = await build_window()
            parts.window.show()
            parts.current.edit(url_template=f"ws://127.0.0.1:{port}/", token_source_kind=TokenSourceKind.NONE)
            parts.window.connect_action.trigger()
            await wait_until(lambda: parts.session.state is ConnectionState.CONNECTING)
            begin, session = time.monotonic(), parts.session
            await take_apart(parts)
            assert time.monotonic() - begin < END_S
            assert session.state is ConnectionState.CLOSED

    aio(run(), 20)


def test_ending_while_the_tenant_starts_leaves_nothing_behind(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.window.tenant_actions.start.trigger()
        await asyncio.sleep(0)
        begin = time.monotonic()
        await take_apart(parts)
        assert time.monotonic() - begin < END_S
        assert not parts.tenant.running

    aio(run(), 20)


def test_what_was_typed_last_is_kept(aio) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.current.edit(client_id="typed at the last moment")
        await take_apart(parts)
        again = await build_window()
        try:
            assert again.current.profile.client_id == "typed at the last moment"
        finally:
            await take_apart(again)

    aio(run())


def test_a_session_without_entries_leaves_no_capture(aio, home: Path) -> None:
    async def run() -> None:
        parts = await build_window()
        assert not parts.session.store.is_temporary
        await take_apart(parts)

    aio(run())
    assert list((home / "data" / "captures").iterdir()) == []


def test_a_session_leaves_a_capture_that_says_whose_it_is(aio, wait_until, home: Path) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.window.tenant_actions.connect_.trigger()
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
        await take_apart(parts)

    aio(run(), 40)
    (path,) = (home / "data" / "captures").iterdir()
    left = look_at(path)
    assert (left.state, left.info.profile, left.info.tenant) == (CaptureState.CLOSED, "Local tenant", "127.0.0.1")
    assert left.entries


def test_a_session_goes_on_where_captures_cannot_be_kept_and_says_so(aio, home: Path) -> None:
    (home / "data").mkdir(parents=True)
    (home / "data" / "captures").write_text("in the way")

    async def run() -> None:
        parts = await build_window()
        assert parts.session.store.is_temporary
        assert "captures cannot be made" in parts.window.view.messages.message.text
        await take_apart(parts)

    aio(run())


def test_a_picture_can_be_waited_for(aio) -> None:
    async def run() -> None:
        parts = await build_window()
        try:
            parts.window.show()
            await parts.painted()
            assert not parts.window.grab().isNull()
        finally:
            await take_apart(parts)

    aio(run())


def test_the_app_has_a_name_for_the_desktop(qapp) -> None:
    name_app(qapp)
    assert qapp.applicationName() == "optave-inspector"
    assert not qapp.quitOnLastWindowClosed()


def wait_for(condition: Callable[[], object], what: str, timeout_s: float = 30) -> None:
    deadline = time.monotonic() + timeout_s
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """Direct child processes, as Linux tells them."""
    found = Path(f"/proc/{pid}/task/{pid}/children")
    return [int(each) for each in found.read_text().split()] if found.exists() else []


@pytest.mark.timeout(90)
def test_a_process_of_its_own_ends_with_0_and_takes_the_tenant_with_it(home: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", RUN.format(tenant=True)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    try:
        wait_for(lambda: list(home.rglob("local-tenant.json")), "the profile of the local tenant")
        tenants = children(process.pid)
        assert len(tenants) == 1
        begin = time.monotonic()
        process.send_signal(signal.SIGTERM)
        out, errors = process.communicate(timeout=20)
        took = time.monotonic() - begin
    finally:
        process.kill()
        process.wait()
    assert process.returncode == 0, errors
    assert (out, errors) == ("", "")
    assert took < END_S + 1
    assert not Path(f"/proc/{tenants[0]}").exists()
    log = next(home.rglob("*.log")).read_text()
    assert "The window is closed." in log
    assert "ERROR" not in log


@pytest.mark.timeout(90)
def test_a_thread_that_hangs_does_not_hold_the_end_up(home: Path) -> None:
    """A name lookup without an answer sits in the loop's executor, whose threads the loop waits for."""
    script = (
        "import asyncio, sys, time\n"
        "from optave_inspector import app\n"
        "from optave_inspector.ui.main_window import MainWindow\n"
        "def show(window, before=MainWindow.show):\n"
        "    before(window)\n"
        "    loop = asyncio.get_running_loop()\n"
        "    loop.run_in_executor(None, time.sleep, 60)\n"
        "    loop.call_later(0.2, window.close)\n"
        "MainWindow.show = show\n"
        "sys.exit(app.run_window(local_tenant=False))\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
    )
    assert (ended.returncode, ended.stderr) == (0, "")
    assert "without it" in next(home.rglob("*.log")).read_text()
