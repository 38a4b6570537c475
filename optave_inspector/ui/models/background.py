"""Work that would hold up the window, in a thread: one piece at a time for an owner, and a newer one replaces it."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)


@dataclass(eq=False)
class Job:
    """One piece of work, as the work itself sees it."""

    _tell: Callable[[Job, str, Any], None]
    on_progress: Callable[[Any], None] | None
    on_done: Callable[[Any], None]
    on_failed: Callable[[Exception], None]
    _stop: threading.Event = field(default_factory=threading.Event)

    def stopped(self) -> bool:
        """Whether nobody waits for the result any more; long work asks now and then, and returns."""
        return self._stop.is_set()

    def stop(self) -> None:
        """Ask the work to end; what it still tells is dropped."""
        self._stop.set()

    def report(self, value: Any) -> None:
        """Hand a first part of the result to the window's thread."""
        self._tell(self, "progress", value)


class Background(QObject):
    """Runs work for one owner, and tells the outcome in the window's thread.

    A stale outcome is never told: not after :meth:`start` was called again, not after :meth:`cancel`, and not after the
    owner went.
    """

    _told = Signal(object, str, object)

    def __init__(self, name: str, parent: QObject) -> None:
        super().__init__(parent)
        self._name = name
        self._running: dict[str, Job] = {}
        self._told.connect(self._deliver)
        running = self._running
        self.destroyed.connect(lambda: [job.stop() for job in running.values()])

    @property
    def busy(self) -> bool:
        """Whether work goes on of which the outcome is waited for."""
        return bool(self._running)

    def start(
        self,
        work: Callable[[Job], Any],
        done: Callable[[Any], None],
        failed: Callable[[Exception], None],
        progress: Callable[[Any], None] | None = None,
    ) -> None:
        """Run ``work`` in a thread; then ``done`` gets its result, or ``failed`` its exception."""
        self.cancel()
        job = Job(self._tell, progress, done, failed)
        self._running["job"] = job
        threading.Thread(target=self._run, args=(job, work), name=self._name, daemon=True).start()

    def cancel(self) -> None:
        """Stop the running work and forget it; nothing more is told of it."""
        for job in self._running.values():
            job.stop()
        self._running.clear()

    def _run(self, job: Job, work: Callable[[Job], Any]) -> None:
        try:
            result = work(job)
        except Exception as error:  # noqa: BLE001 - told to the owner, whatever it is
            if not job.stopped():
                _log.info("%s failed", self._name, exc_info=error)
            self._tell(job, "failed", error)
        else:
            self._tell(job, "done", result)

    def _tell(self, job: Job, what: str, value: Any) -> None:
        if job.stopped():
            return
        try:
            self._told.emit(job, what, value)
        except RuntimeError:
            # Qt deleted the owner between the question and the signal: nobody waits.
            job.stop()

    def _deliver(self, job: Job, what: str, value: Any) -> None:
        if self._running.get("job") is not job:
            return
        if what == "progress":
            if job.on_progress is not None:
                job.on_progress(value)
            return
        self._running.clear()
        if what == "done":
            job.on_done(value)
        else:
            job.on_failed(value)
