"""What the File menu does with captures, and what is offered and cleaned up when the app starts."""

from __future__ import annotations

import asyncio
import contextlib
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QMenu

from ..capture.library import SUFFIX
from ..capture.opening import DamagedCaptureError, NoCaptureError
from ..capture.retention import in_units
from ..errors import InspectorError
from .actions import make_action
from .capture_comparing import CaptureComparing
from .capture_export import CaptureExport
from .capture_importing import CaptureImporting
from .capture_recovering import CaptureRecovering
from .capture_saving import CaptureSaving
from .dialogs.capture_limits import CaptureLimitsDialog
from .dialogs.notice import NoticeDialog
from .dialogs.question import ConfirmDialog
from .panels.crash_notice import CrashNotice

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from ..capture.retention import CleanUp
    from ..own_captures import OwnCaptures
    from .capture_windows import CaptureWindows
    from .session_view import SessionView

FILTER = f"Captures (*{SUFFIX});;All files (*)"
_NAMED = 5
"""As many removed captures are named; more are counted."""


class CaptureActions(QObject):
    """Opens captures and looks after those of this user, from the point of view of one session."""

    def __init__(self, view: SessionView, captures: OwnCaptures, windows: CaptureWindows) -> None:
        super().__init__(view)
        self._view = view
        self._captures = captures
        self._bridge = view.bridge
        self.windows = windows
        self.notice = CrashNotice()
        view.add_notice(self.notice)
        self.notice.openAsked.connect(lambda path: self._run(self._open_crashed(path), "open what a crash left"))
        self.notice.keepAsked.connect(lambda path: self._run(self._keep(path), "keep what a crash left"))
        self.notice.discardAsked.connect(self._ask_discard)
        tip = "Look at a stored capture in a window of its own, also while connected"
        self.open_ = make_action(self, "openCaptureAction", "&Open capture…", self.ask_open, shortcut="Ctrl+O", tip=tip)
        tip = "Where captures live, how long they are kept, how large they may grow together"
        self.limits = make_action(self, "captureLimitsAction", "Capture &limits…", self.ask_limits, tip=tip)
        self.importing = CaptureImporting(captures, self.open, view)
        self.recovering = CaptureRecovering(captures, self.open, view.bridge.warned.emit, view)
        self.saving = CaptureSaving(view.bridge, view)
        self.export = CaptureExport(view.bridge, view.frames.view, view)
        self.comparing = CaptureComparing(
            view.bridge, view, self.show_exchange, "This session", recent=self._recent_paths
        )
        view.statistics.compareAsked.connect(self.comparing.ask)
        self.recent = QMenu("R&ecent captures", view)
        self.recent.setObjectName("recentCapturesMenu")
        self.recent.aboutToShow.connect(self._fill_recent)
        self._fill_recent()

    async def look_after(self) -> None:
        """Clean up by the user's limits and say so; then offer what crashed sessions left."""
        try:
            done = await asyncio.to_thread(self._captures.clean_up)
            crashed = await asyncio.to_thread(self._captures.crashed)
        except InspectorError as error:
            self._bridge.warned.emit("warning", f"Captures were not looked after. {error}")
            return
        self.tell_removed(done)
        self.notice.offer(crashed)

    def ask_open(self) -> None:
        """Ask for a file, and open it."""
        dialog = QFileDialog(self._view.window(), "Open capture", "", FILTER)
        dialog.setObjectName("openCaptureDialog")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setDirectory(self.usual_folder())
        dialog.filesSelected.connect(lambda names: [self.open(Path(name)) for name in names])
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def open(self, path: Path) -> None:
        """Open a capture; a dialog says why when it cannot be."""
        self._run(self._open(path), f"open {path.name}")

    def show_exchange(self, path: Path | None, number: int) -> None:
        """Go to an exchange of a capture, in its own window; of this session where ``path`` is None."""
        if path is None:
            self._view.bridge.select_exchange(number)
            self._view.area.go_to(self._view.exchanges)
            self._view.window().activateWindow()
        else:
            self._run(self.windows.show_exchange(path, number), f"show an exchange of {path.name}")

    @property
    def own(self) -> OwnCaptures:
        """The captures of this user."""
        return self._captures

    def clean_up(self) -> None:
        """Remove what is beyond the user's limits, and say so."""
        self._run(self._clean_up(), "clean up captures")

    def ask_limits(self) -> None:
        """Ask for the user's limits, keep them, and clean up by them."""
        self._run(self._ask_limits(), "ask for the limits of captures")

    def usual_folder(self) -> str:
        """Where file dialogs begin."""
        try:
            return str(self._captures.folder())
        except InspectorError:
            return str(Path.home())

    def tell_removed(self, done: CleanUp) -> None:
        """Say what a clean-up has removed; captures without entries are not worth a word."""
        gone = [each for each in done.removals if each.removed and each.capture.entries]
        if not gone:
            return
        size = in_units(sum(each.capture.size_bytes for each in gone))
        head = f"The clean-up removed {'1 capture' if len(gone) == 1 else f'{len(gone)} captures'} ({size})"
        named = [f"{each.path.stem} ({each.reason.rstrip('.')})" for each in gone[:_NAMED]]
        more = f", and {len(gone) - _NAMED} more" if len(gone) > _NAMED else ""
        self._bridge.warned.emit("warning", f"{head}: {'; '.join(named)}{more}.")

    async def _ask_limits(self) -> None:
        folder = await asyncio.to_thread(self._captures.chosen_folder)
        retention = await asyncio.to_thread(self._captures.retention)
        captures = self._captures
        dialog = CaptureLimitsDialog(folder, retention, captures.preview, captures.set_limits, self._view.window())
        dialog.accepted.connect(self.clean_up)
        dialog.open()

    async def _clean_up(self) -> None:
        done = await asyncio.to_thread(self._captures.clean_up)
        self.tell_removed(done)
        for gone in done.removals:
            if gone.removed:
                self.notice.drop(gone.path)

    async def _open(self, path: Path) -> None:
        try:
            window = await self.windows.open(path)
            await asyncio.to_thread(self._captures.recent.add, window.path, time.time_ns())
        except InspectorError as error:
            if isinstance(error, DamagedCaptureError) and not isinstance(error, NoCaptureError):
                self.recovering.offer(path, str(error))
                return
            NoticeDialog("cannotOpenDialog", f"{path.name} cannot be opened", str(error), self._view.window()).open()

    async def _open_crashed(self, path: Path) -> None:
        await asyncio.to_thread(self._captures.take_over, path, keep=False)
        self.notice.drop(path)
        await self._open(path)

    async def _keep(self, path: Path) -> None:
        await asyncio.to_thread(self._captures.take_over, path, keep=True)
        self.notice.drop(path)
        self._bridge.warned.emit("ok", f"{path} is kept; no clean-up takes it.")

    def _ask_discard(self, path: Path) -> None:
        capture = self.notice.capture
        count = capture.entries if capture is not None else 0
        dialog = ConfirmDialog(
            "discardCaptureDialog",
            "Discard capture",
            f"Remove {path.name} with {count:,} {'entry' if count == 1 else 'entries'}? This cannot be taken back.",
            "Discard",
            self._view.window(),
        )
        dialog.accepted.connect(lambda: self._run(self._discard(path), "discard what a crash left"))
        dialog.open()

    async def _discard(self, path: Path) -> None:
        with contextlib.suppress(FileNotFoundError):  # gone already, as was wished
            await asyncio.to_thread(self._captures.discard, path)
        self.notice.drop(path)

    def _recent_paths(self) -> list[Path]:
        return [Path(each.path) for each in self._captures.recent.all()]

    def _fill_recent(self) -> None:
        self.recent.clear()
        recent = self._captures.recent.all()
        for number, each in enumerate(recent, 1):
            path = Path(each.path)
            mark = f"&{number} " if number < 10 else ""
            action = self.recent.addAction(f"{mark}{path.name.replace('&', '&&')}")
            action.setObjectName(f"recentCapture{number}Action")
            action.setStatusTip(each.path)
            action.setToolTip(each.path)
            action.triggered.connect(lambda _checked=False, path=path: self.open(path))
        if recent:
            self.recent.addSeparator()
        forget = self.recent.addAction("&Clear this list" if recent else "No capture was opened yet")
        forget.setObjectName("clearRecentAction")
        forget.setStatusTip("Forget which captures were opened; the files stay")
        forget.setEnabled(bool(recent))
        forget.triggered.connect(lambda _checked=False: self._run(self._forget(), "clear the recent captures"))

    async def _forget(self) -> None:
        await asyncio.to_thread(self._captures.recent.clear)

    def _run(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._bridge.start(work, name)
