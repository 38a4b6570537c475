"""What waits to be stored, and when reading waits for it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from optave_inspector import backlog as backlog_module
from optave_inspector.backlog import Backlog

if TYPE_CHECKING:
    from collections.abc import Coroutine


def _holds(waiting: Coroutine[Any, Any, None]) -> bool:
    """Whether it waits at present."""
    try:
        waiting.send(None)
    except StopIteration:
        return False
    waiting.close()
    return True


def test_reading_waits_beyond_a_number_of_frames_until_half_are_stored(monkeypatch) -> None:
    async def run() -> None:
        monkeypatch.setattr(backlog_module, "_ENTRIES", 10)
        backlog = Backlog()
        for _ in range(10):
            backlog.frame(1)
        assert not _holds(backlog.drained())
        backlog.frame(1)
        assert _holds(backlog.drained())
        backlog.caught_up(5, 5)
        assert _holds(backlog.drained())
        backlog.caught_up(1, 1)
        assert not _holds(backlog.drained())

    asyncio.run(run())


def test_a_few_large_frames_hold_up_reading_too(monkeypatch) -> None:
    async def run() -> None:
        monkeypatch.setattr(backlog_module, "_BYTES", 100)
        backlog = Backlog()
        backlog.frame(101)
        assert _holds(backlog.drained())
        backlog.caught_up(1, 101)
        assert not _holds(backlog.drained())

    asyncio.run(run())


def test_it_is_empty_once_all_is_stored_notes_included() -> None:
    async def run() -> None:
        backlog = Backlog()
        assert not _holds(backlog.empty())
        backlog.note()
        backlog.frame(5)
        assert _holds(backlog.empty())
        backlog.caught_up(1, 5)
        assert _holds(backlog.empty())
        backlog.caught_up(1, 0)
        assert not _holds(backlog.empty())

    asyncio.run(run())
