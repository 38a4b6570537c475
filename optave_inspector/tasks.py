"""The one place where tasks are started: each has a name and an owner, and its error goes somewhere."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

_log = logging.getLogger(__name__)

ErrorHandler = Callable[[str, BaseException], None]


class Tasks:
    """The running tasks of one owner.

    Use one per object that outlives a coroutine (a session, a panel, the app); cancel it when the owner goes.
    An exception that a task lets out is logged and handed to ``on_error`` with the task's name at once, not when the
    task is collected.
    """

    def __init__(self, owner: str, on_error: ErrorHandler | None = None) -> None:
        self._owner = owner
        self._on_error = on_error
        self._running: set[asyncio.Task[Any]] = set()

    def start(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Start ``work`` on the running loop under ``owner: name`` and keep it until it ends."""
        task = asyncio.get_running_loop().create_task(work, name=f"{self._owner}: {name}")
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def cancel(self) -> None:
        """Cancel all that runs and wait until it has ended."""
        waiting = [task for task in self._running if task is not asyncio.current_task()]
        self.cancel_soon()
        await asyncio.gather(*waiting, return_exceptions=True)

    def cancel_soon(self) -> None:
        """Cancel all that runs, without waiting for it."""
        for task in self._running:
            if task is not asyncio.current_task():
                task.cancel()

    def __len__(self) -> int:
        return len(self._running)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        _log.error("%s failed", task.get_name(), exc_info=error)
        if self._on_error is not None:
            self._on_error(task.get_name(), error)
