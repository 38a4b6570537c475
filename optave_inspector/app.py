"""The desktop app put together: QApplication, event loop, session, window, local tenant; and taken apart in order."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import TYPE_CHECKING

import qasync
from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from .compose.collection_store import CollectionStore
from .compose.draft_store import DraftStore
from .compose.history import SentHistory
from .crash_reports import CrashReports, FaultWatch
from .errors import InspectorError
from .log import FILE_NAME, start_logging
from .own_captures import OwnCaptures
from .paths import (
    captures_dir,
    config_dir,
    crash_dir,
    data_dir,
    drafts_dir,
    log_dir,
    profiles_dir,
    requests_dir,
    secret_names_file,
    state_dir,
)
from .profiles.secret_names import SecretNames
from .profiles.secrets import SecretStore
from .profiles.store import ProfileStore
from .protocol.contract import Contract
from .resources import resource, schemas
from .restartable_tenant import RestartableTenant
from .tasks import Tasks
from .ui.collector_file import CollectorFile
from .ui.draft_book import DraftBook
from .ui.file_opening import FileOpening
from .ui.layout_store import LayoutStore
from .ui.lost_errors import LostErrors
from .ui.main_window import MainWindow
from .ui.open_sessions import OpenSessions
from .ui.profile_book import ProfileBook
from .ui.request_library import RequestLibrary
from .ui.trace_sending import TraceSending

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .local_tenant.settings import TenantSettings
    from .session import Session
    from .ui.bridge import SessionBridge
    from .ui.current_profile import CurrentProfile

_log = logging.getLogger(__name__)
_KEEPING_S = 0.5
_ENDING_S = 3.0
_WRITING_S = 1.5
_HANGING_S = 1.0
_TRACES_S = 2.0
_SIGNALS = (signal.SIGINT, signal.SIGTERM)


@dataclass(slots=True)
class WindowParts:
    """A window and what stands behind it. End it with :func:`take_apart`."""

    window: MainWindow
    sessions: OpenSessions
    tenant: RestartableTenant
    tasks: Tasks
    """What runs for all sessions."""

    @property
    def session(self) -> Session:
        """The session in front."""
        return self.window.page.one.session

    @property
    def bridge(self) -> SessionBridge:
        """Of the session in front."""
        return self.window.page.one.bridge

    @property
    def current(self) -> CurrentProfile:
        """Of the session in front."""
        return self.window.page.one.current

    @property
    def captures(self) -> OwnCaptures:
        """The captures of this user."""
        return self.sessions.captures

    async def painted(self) -> None:
        """Wait until the window has been painted once more, so that a picture shows what is true now."""
        done = asyncio.Event()
        watcher = _PaintWatcher(self.window, done)
        self.window.installEventFilter(watcher)
        try:
            self.window.update()
            async with asyncio.timeout(5):
                await done.wait()
        finally:
            self.window.removeEventFilter(watcher)


class _PaintWatcher(QObject):
    def __init__(self, window: MainWindow, done: asyncio.Event) -> None:
        super().__init__(window)
        self._done = done

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if event.type() is QEvent.Type.Paint:
            self._done.set()
        return False


async def build_window(*, tenant_settings: TenantSettings | None = None) -> WindowParts:
    """Put a window together on the running qasync loop, with the files of this user. It is not shown yet.

    Needs a QApplication. The local tenant is there to be started; nothing is connected.
    """
    layouts = LayoutStore(config_dir() / "layout.json")
    layout = layouts.load()
    captures = OwnCaptures(captures_dir, config_dir() / "captures.json", state_dir() / "recent-captures.json")
    tasks = Tasks("profiles", on_error=lambda name, error: window.tell_error(f"{name} failed: {error}"))
    book = ProfileBook(ProfileStore(profiles_dir()), SecretStore(SecretNames(secret_names_file())), tasks.start)
    traces = TraceSending(CollectorFile(config_dir() / "collector.json"), book.secrets)
    drafts = DraftBook(DraftStore(drafts_dir()), tasks.start)
    history = SentHistory(data_dir() / "sent.sqlite")
    library = RequestLibrary(CollectionStore(requests_dir()), tasks.start)
    sessions = OpenSessions(captures, Contract(schemas()), book, drafts, traces, history, library)
    tenant = RestartableTenant(tenant_settings)
    window = MainWindow(sessions, await sessions.begin(), layouts, tenant)
    tenant.died.connect(window.tell_error)
    await library.load()
    await book.load()
    await window.adopt_drafts(layout)
    await window.restore_layout(layout)
    tasks.start(traces.resume(), "send traces as before")
    return WindowParts(window, sessions, tenant, tasks)


async def take_apart(parts: WindowParts) -> None:
    """Keep what is to be kept, end the connections (1001) and the tenant, write the captures, close the window.

    Takes 7 seconds at most, whatever hangs; what could not be ended in time is logged.
    """
    window = parts.window
    for page in window.pages:
        page.view.connection.keep_typed()
        page.view.composer.drafts.keep()
    await asyncio.gather(
        _in_time("saving the layout", window.save_layout(), _KEEPING_S),
        _in_time("saving the drafts", parts.sessions.drafts.save_all(), _KEEPING_S),
        _in_time("saving the profiles", parts.sessions.book.save_all(), _KEEPING_S),
    )
    window.hide()
    parts.tenant.died.disconnect(window.tell_error, missing_ok=True)
    parts.sessions.stop_listening()
    await parts.tasks.cancel()
    await asyncio.gather(*(page.one.bridge.stop() for page in window.pages))
    await _in_time("closing the captures on show", window.close_captures(), _KEEPING_S)
    await asyncio.gather(
        *(_in_time("ending a session", page.one.session.aclose(), _ENDING_S) for page in window.pages),
        _in_time("ending the local tenant", parts.tenant.stop(), _ENDING_S),
    )
    await _in_time("sending the last traces", parts.sessions.traces.aclose(), _TRACES_S)
    await asyncio.gather(
        *(
            _in_time("writing a capture", asyncio.to_thread(parts.captures.end, page.one.session.store), _WRITING_S)
            for page in window.pages
        )
    )
    window.close_for_good()
    window.deleteLater()
    # The deletion is an event of its own; without it the window would outlive the loop that its timers need.
    await asyncio.sleep(0)


def run_window(*, local_tenant: bool, files: Sequence[Path] = ()) -> int:
    """Open the window and run until it is closed; the process's exit status.

    With ``local_tenant`` the tenant on this machine is started and connected to. ``files`` are captures and recipes to
    open in it.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    name_app(app)
    opening = FileOpening(app, files)
    reports = CrashReports(crash_dir())
    reports.collect(log_dir() / FILE_NAME)
    log = start_logging(log_dir())
    try:
        with FaultWatch(reports.folder), LostErrors() as lost:
            return int(qasync.run(_run(lost, reports, opening, local_tenant=local_tenant)))
    finally:
        log.stop()


def _end_soon() -> None:
    """Let no thread hold the process up that nobody needs any more, such as a name lookup without an answer."""

    def end() -> None:
        time.sleep(_HANGING_S)
        _log.warning("A thread went on after the window was closed; the process ends without it.\n%s", _threads())
        logging.shutdown()
        os._exit(0)

    threading.Thread(target=end, name="end", daemon=True).start()


def _threads() -> str:
    """What each thread but the caller's is at."""
    names = {each.ident: each.name for each in threading.enumerate()}
    return "\n".join(
        f"{names.get(ident, 'a thread of Qt')}:\n{''.join(traceback.format_stack(frame))}"
        for ident, frame in sys._current_frames().items()
        if ident != threading.get_ident()
    )


def name_app(app: QApplication) -> None:
    """Tell Qt and the desktop who runs, and leave the end of the app to :func:`run_window`."""
    app.setApplicationName("optave-inspector")
    app.setApplicationDisplayName("Optave Inspector")
    app.setDesktopFileName("optave-inspector")
    app.setWindowIcon(QIcon(str(resource("icons/optave-inspector.svg"))))
    # Closing the last window would stop the loop under what has still to be ended.
    app.setQuitOnLastWindowClosed(False)


async def _run(lost: LostErrors, reports: CrashReports, opening: FileOpening, *, local_tenant: bool) -> int:
    status = await _main(lost, reports, opening, local_tenant=local_tenant)
    _end_soon()
    return status


async def _main(
    lost: LostErrors,
    reports: CrashReports | None = None,
    opening: FileOpening | None = None,
    *,
    local_tenant: bool,
) -> int:
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lost.on_loop_error)
    quit_asked = asyncio.Event()
    for number in _SIGNALS:
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, quit_asked.set)
    parts = await build_window()
    parts.window.quitAsked.connect(quit_asked.set)
    lost.tell = parts.window.tell_error
    parts.window.care.offer_reports(reports or CrashReports(crash_dir()))
    lost.keep = parts.window.care.keep_report
    parts.window.show()
    _log.info("The window is open.")
    parts.bridge.start(parts.window.captures.look_after(), "look after the captures")
    tenant_actions = parts.window.tenant_actions
    if local_tenant and tenant_actions is not None:
        parts.bridge.start(tenant_actions.start_and_connect(), "connect to the local tenant")
    if opening is not None:
        opening.give_to(parts.window.open_files)
    await quit_asked.wait()
    if opening is not None:
        opening.give_to(None)
    lost.tell = lost.keep = None
    await take_apart(parts)
    for number in _SIGNALS:
        with contextlib.suppress(NotImplementedError):
            loop.remove_signal_handler(number)
    _log.info("The window is closed.")
    return 0


async def _in_time(what: str, work, limit_s: float) -> None:  # type: ignore[no-untyped-def]
    try:
        async with asyncio.timeout(limit_s):
            await work
    except TimeoutError:
        _log.warning("%s took longer than %s s and was given up", what, limit_s)
    except InspectorError as error:
        _log.warning("%s failed: %s", what, error)
