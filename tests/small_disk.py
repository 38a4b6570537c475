"""Disks that are full after 1 MiB: a real one where this user may mount one, else a limit on the size of files."""

from __future__ import annotations

import contextlib
import os
import resource
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

SMALL = 1024 * 1024


@dataclass
class SmallDisk:
    """A folder that holds 1 MiB, and the way to make room in it."""

    folder: Path
    make_room: Callable[[], None]


@contextlib.contextmanager
def full_disk(folder: Path) -> Iterator[SmallDisk]:
    """A disk of its own in place of ``folder``; a limit on files where this user may not mount one."""
    with contextlib.ExitStack() as stack:
        disk = None
        if os.geteuid() == 0:
            with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
                disk = stack.enter_context(_small_mount(folder))
        yield disk or stack.enter_context(small_files(folder))


@contextlib.contextmanager
def small_files(folder: Path) -> Iterator[SmallDisk]:
    """No file of this process grows over 1 MiB."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (SMALL, hard))
    try:
        yield SmallDisk(folder, lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@contextlib.contextmanager
def _small_mount(folder: Path) -> Iterator[SmallDisk]:
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True, capture_output=True)
    try:
        yield SmallDisk(
            folder, lambda: subprocess.run(["mount", "-o", "remount,size=64m", str(folder)], check=True) and None
        )
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
