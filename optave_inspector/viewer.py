"""Stored captures on the screen without a session: what ``optave-inspector open`` shows."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from typing import TYPE_CHECKING

import msgspec
import qasync
from PySide6.QtWidgets import QApplication

from .app import name_app
from .compose.draft_store import DraftStore
from .compose.evidence import evidence_draft
from .errors import InspectorError
from .log import start_logging
from .paths import config_dir, drafts_dir, log_dir
from .protocol.contract import Contract
from .resources import schemas
from .ui.capture_windows import CaptureWindows
from .ui.dialogs.notice import NoticeDialog
from .ui.layout_store import CaptureLayout, LayoutStore
from .ui.lost_errors import LostErrors
from .ui.theme import theme_switch

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from .compose.evidence import Evidence


def run_viewer(paths: Sequence[Path], *, from_desktop: bool = False) -> int:
    """Show captures until the last window is closed; the process's exit status: 1 when one cannot be shown.

    Why not goes to standard error, and ``from_desktop``, where nobody reads that, into a window as well.
    """
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    name_app(app)
    log = start_logging(log_dir())
    try:
        with LostErrors() as lost:
            return int(qasync.run(show_captures(paths, lost, from_desktop=from_desktop)))
    finally:
        log.stop()


def keep_draft(evidence: Evidence, origin: str) -> str:
    """Keep a message of a capture as a draft without a window that shows drafts; where it went, in words."""
    draft = evidence_draft(evidence, origin)
    # A profile that nobody has: the window gives its drafts to the profile that it opens with.
    DraftStore(drafts_dir()).save("captures", draft)
    return f"Kept as the draft “{draft.title}”. The app shows it when it is started the next time."


async def show_captures(paths: Sequence[Path], lost: LostErrors, *, from_desktop: bool = False) -> int:
    """Show captures on the running qasync loop; see :func:`run_viewer`."""
    loop = asyncio.get_running_loop()
    loop.set_exception_handler(lost.on_loop_error)
    done = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(NotImplementedError):
            loop.add_signal_handler(number, done.set)
    layouts = LayoutStore(config_dir() / "layout.json")
    layout = layouts.load()
    theme_switch().choose(layout.theme)
    windows = CaptureWindows(Contract(schemas()), _say)
    windows.layout = layout.captures
    windows.take_draft = keep_draft
    windows.allClosed.connect(done.set)
    try:
        for path in paths:
            try:
                window = await windows.open(path)
            except InspectorError as error:
                _say(str(error))
                if from_desktop:
                    await _notice(path, error, done)
                return 1
            lost.tell = window.bridge.tell_error
        await done.wait()
    finally:
        lost.tell = None
        await windows.aclose()
        # The app may have changed the rest meanwhile.
        await asyncio.to_thread(_keep_layout, layouts, windows.layout)
        # The windows are deleted by events of their own, for which the loop must still run.
        await asyncio.sleep(0)
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(NotImplementedError):
                loop.remove_signal_handler(number)
    return 0


def _keep_layout(layouts: LayoutStore, captures: CaptureLayout) -> None:
    problem = layouts.save(msgspec.structs.replace(layouts.load(), captures=captures))
    if problem:
        _say(problem)


async def _notice(path: Path, error: InspectorError, done: asyncio.Event) -> None:
    """Show why a capture cannot be opened, until that is read or the app is told to end."""
    dialog = NoticeDialog("cannotOpenDialog", f"{path.name} cannot be opened", str(error))
    dialog.finished.connect(done.set)
    dialog.open()
    await done.wait()


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)  # noqa: T201 - the command line's own words
