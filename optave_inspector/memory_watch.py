"""Looks at the computer's memory while a session's log grows, and says in time when it gets tight."""

from __future__ import annotations

import asyncio
from enum import IntEnum
from typing import TYPE_CHECKING

import msgspec

from .capture.retention import in_units

if TYPE_CHECKING:
    from collections.abc import Callable

    from .capture.store import CaptureStore
    from .session_signals import SessionSignals

_PACE_S = 0.5
"""A flood of 100 MB a second takes a tenth of what is left at the first warning in that time."""
_MB = 1024 * 1024


class Memory(msgspec.Struct, frozen=True):
    """One reading, in bytes."""

    available: int
    """What programs can still get without the computer swapping."""
    total: int
    own: int
    """What this process holds."""


class MemoryLevel(IntEnum):
    """How much is left."""

    FINE = 0
    TIGHT = 1
    CRITICAL = 2


def read_memory() -> Memory:
    """The reading of this moment; takes about 0.1 ms."""
    import psutil  # takes longer than the start of a session may

    system = psutil.virtual_memory()
    return Memory(system.available, system.total, psutil.Process().memory_info().rss)


def level(memory: Memory) -> MemoryLevel:
    """Tight below an eighth of all memory (512 MB to 2 GB), critical below a quarter of that.

    Also by this process's own share, half and three quarters: available memory says too much where a limit holds.
    """
    tight = min(max(memory.total // 8, 512 * _MB), 2048 * _MB)
    if memory.available < tight // 4 or memory.own > memory.total * 3 // 4:
        return MemoryLevel.CRITICAL
    if memory.available < tight or memory.own > memory.total // 2:
        return MemoryLevel.TIGHT
    return MemoryLevel.FINE


class MemoryWatch:
    """Tells by the session's signals: that entries are in memory only, how many, and when memory gets tight.

    :meth:`stored` is to be called whenever entries were stored. While entries are in memory only, memory is looked at
    until they are saved; otherwise only while the log grows, and what other programs do is told late, when it matters.
    """

    def __init__(self, store: CaptureStore, signals: SessionSignals, read: Callable[[], Memory] = read_memory) -> None:
        self._store = store
        self._signals = signals
        self._read = read
        self._timer: asyncio.TimerHandle | None = None
        self._problem = ""
        self._unsaved = 0
        self._told = MemoryLevel.FINE

    def stored(self) -> None:
        """Entries were stored, in the file or in memory."""
        if self._store.lost_persistence and not self._problem:
            self._look()
        elif self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(_PACE_S, self._look)

    def stop(self) -> None:
        """Look no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _look(self) -> None:
        self.stop()
        self._tell_persistence()
        self._tell_memory()
        if self._problem:
            self._timer = asyncio.get_running_loop().call_later(_PACE_S, self._look)

    def _tell_persistence(self) -> None:
        problem, unsaved = self._store.lost_persistence, self._store.unsaved
        if problem != self._problem:
            before, self._problem = self._problem, problem
            if not before or not problem:
                self._told = MemoryLevel.FINE  # what is to be done about it is another thing now
            if not before:
                self._signals.warned.emit(f"{problem} Nothing is dropped.\n{self._way_out()}")
            elif not problem:
                self._signals.reassured.emit("The capture is written again: all entries are saved.")
        if unsaved != self._unsaved:
            self._unsaved = unsaved
            self._signals.unsaved_changed.emit(unsaved)

    def _tell_memory(self) -> None:
        memory = self._read()
        now = level(memory)
        if now is MemoryLevel.TIGHT and not self._problem and memory.own < memory.total // 8:
            now = MemoryLevel.FINE  # others hold it, and nothing is in danger yet
        if now > self._told:
            self._told = now
            alarming = self._problem and now is MemoryLevel.CRITICAL
            tell = self._signals.alarmed if alarming else self._signals.warned
            tell.emit(self._danger(memory, now) if self._problem else _growth(memory, now))
        elif now is MemoryLevel.FINE and memory.available > memory.total // 4:
            self._told = now  # room again, and not by a hair: the next time is worth a word

    def _danger(self, memory: Memory, now: MemoryLevel) -> str:
        unsaved, size = self._store.unsaved, in_units(self._store.unsaved_bytes)
        lost = f"{unsaved:,} {'entry is' if unsaved == 1 else 'entries are'} in memory only ({size})"
        return f"{_state(memory, now)} {lost}, and lost if the system ends the app.\n{self._way_out()}"

    def _way_out(self) -> str:
        copy = "ave a copy elsewhere (File, Save capture as), then close the session."
        if not self._store.has_file:
            return f"S{copy}"
        return f"Free disk space: writing is tried again every few seconds. Or s{copy}"


def _growth(memory: Memory, now: MemoryLevel) -> str:
    return (
        f"{_state(memory, now)} What was captured is on disk, but the system may end the app.\n"
        "Close other programs, and captures that you no longer look at, or disconnect and start anew."
    )


def _state(memory: Memory, now: MemoryLevel) -> str:
    head = "Memory gets tight" if now is MemoryLevel.TIGHT else "Memory is nearly full"
    return (
        f"{head}: {in_units(memory.available)} of {in_units(memory.total)} are left; "
        f"Optave Inspector itself uses {in_units(memory.own)}."
    )
