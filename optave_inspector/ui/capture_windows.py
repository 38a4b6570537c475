"""All stored captures that are on show, each in a window of its own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ..capture.store import CaptureStore
from ..tasks import Tasks
from .capture_window import CaptureWindow
from .layout_store import CaptureLayout

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ..protocol.contract import Contract
    from .capture_window import TakeDraft


class CaptureWindows(QObject):
    """Opens captures for reading, several at once; a capture that is on show comes to the front instead."""

    allClosed = Signal()
    """The last window was closed by the user."""

    def __init__(self, contract: Contract, tell_error: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contract = contract
        self.take_draft: TakeDraft | None = None
        """Keeps a message of a capture as a draft, and says in words where; None where drafts cannot be kept."""
        self.layout = CaptureLayout()
        """How the window looked that was closed last: the next one looks like it."""
        self._windows: list[CaptureWindow] = []
        self._opening: dict[Path, asyncio.Lock] = {}
        self._tasks = Tasks("captures", on_error=lambda _name, error: tell_error(str(error)))

    @property
    def windows(self) -> list[CaptureWindow]:
        """Those on show, in the order of their opening."""
        return list(self._windows)

    async def open(self, path: Path) -> CaptureWindow:
        """Show a capture. Raises StoreError, saying why, when it cannot be read."""
        path = await asyncio.to_thread(path.resolve)
        async with self._opening.setdefault(path, asyncio.Lock()):
            window = next((each for each in self._windows if each.path == path), None)
            if window is not None:
                window.raise_()
            else:
                store = await asyncio.to_thread(CaptureStore.open, path, read_only=True)
                window = CaptureWindow(store, self._contract, self.take_draft)
                window.restore_layout(self.layout_now())
                window.closed.connect(lambda: self._on_closed(window))
                window.exchangeAsked.connect(self._on_exchange_asked)
                self._windows.append(window)
        window.show()
        window.activateWindow()
        return window

    def layout_now(self) -> CaptureLayout:
        """How the newest window looks, or the last one looked."""
        return self._windows[-1].save_layout() if self._windows else self.layout

    async def show_exchange(self, path: Path, number: int) -> None:
        """Show a capture and select one of its exchanges, as soon as its traces are there. Raises as ``open``."""
        window = await self.open(path)
        window.show_exchange(number)

    async def aclose(self) -> None:
        """Close all of them."""
        await self._tasks.cancel()
        self.layout = self.layout_now()
        windows, self._windows = self._windows, []
        for window in windows:
            await window.aclose()

    def _on_exchange_asked(self, path: Path, number: int) -> None:
        self._tasks.start(self.show_exchange(path, number), f"show an exchange of {path.name}")

    def _on_closed(self, window: CaptureWindow) -> None:
        if window not in self._windows:
            return
        self.layout = window.save_layout()
        self._windows.remove(window)
        self._tasks.start(window.aclose(), f"close {window.path.name}")
        if not self._windows:
            self.allClosed.emit()
