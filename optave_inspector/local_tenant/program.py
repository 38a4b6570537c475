"""The local tenant as a program: prints where it is, runs until it is told to end, and leaves nothing behind."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING

import msgspec

from .tenant import LocalTenant

if TYPE_CHECKING:
    from .settings import TenantSettings

_ROOT = __name__.partition(".")[0]


def run(settings: TenantSettings, *, exit_with_parent: bool, verbose: bool) -> None:
    """Run a tenant until SIGINT or SIGTERM, or with ``exit_with_parent`` until standard input ends.

    Raises TenantError when it cannot be started. Must be called in the main thread, with no event loop running.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    # The libraries stay at their level: at debug they write tokens.
    logging.getLogger(_ROOT).setLevel(logging.DEBUG if verbose else logging.WARNING)
    asyncio.run(_run(settings, exit_with_parent=exit_with_parent))


async def _run(settings: TenantSettings, *, exit_with_parent: bool) -> None:
    ended = asyncio.Event()
    _end_on_signals(ended)
    async with LocalTenant(settings) as address:
        if exit_with_parent:
            _end_with_standard_input(ended)
        try:
            sys.stdout.buffer.write(msgspec.json.encode(address) + b"\n")
            sys.stdout.buffer.flush()
        except BrokenPipeError:
            return  # nobody will ever know where it is
        await ended.wait()


def _end_on_signals(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        try:
            loop.add_signal_handler(number, ended.set)
        except NotImplementedError:  # Windows
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(ended.set))


def _end_with_standard_input(ended: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()

    def wait_for_end() -> None:
        # os.read, since a thread that waits inside sys.stdin keeps the interpreter from ending.
        with contextlib.suppress(OSError):
            while os.read(0, 4096):
                pass
        with contextlib.suppress(RuntimeError):  # the loop has ended first
            loop.call_soon_threadsafe(ended.set)

    threading.Thread(target=wait_for_end, name="standard input", daemon=True).start()
