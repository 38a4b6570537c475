"""Writing a file that is there whole or not at all, and readable by its owner alone."""

from __future__ import annotations

import logging
import os
import sqlite3
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import InspectorError
from .schema import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

_log = logging.getLogger(__name__)


class WriteError(InspectorError):
    """A file could not be written; what stood there before stands there still."""


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """An empty file beside ``target`` to write to; it takes the place of ``target`` when the block ends without error.

    On an error it is removed, and ``target`` stays as it was. Errors of the system and of SQLite come out as
    :class:`WriteError`, all others as they are.
    """
    target = _resolved(target)
    temporary: Path | None = None
    try:
        descriptor, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=".tmp")
        os.close(descriptor)
        temporary = Path(name)
        yield temporary
        _sync(temporary)
        temporary.replace(target)
        temporary = None
    except (OSError, sqlite3.Error) as error:
        raise WriteError(
            f"{target} cannot be written: {in_words(error)}.", "Free some space, or choose another folder."
        ) from error
    finally:
        if temporary is not None:
            for path in (temporary, temporary.with_name(temporary.name + "-journal")):
                with suppress(OSError):  # what failed before is what counts
                    path.unlink(missing_ok=True)
    _sync_folder(target.parent)


def is_same(one: Path, other: Path) -> bool:
    """Whether two paths lead to one file that is there."""
    try:
        return one.exists() and other.exists() and one.samefile(other)
    except OSError:
        return False


def _resolved(target: Path) -> Path:
    try:
        target = target.resolve()
        if target.exists() and not target.is_file():
            raise WriteError(f"{target} is no regular file.", "Choose another name.")
        if not target.parent.is_dir():
            raise WriteError(f"There is no folder {target.parent}.", "Make it, or choose another one.")
    except (OSError, RuntimeError) as error:
        raise WriteError(f"{target} cannot be written: {error}.", "Choose another name.") from error
    return target


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDWR)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_folder(folder: Path) -> None:
    if os.name != "posix":
        return
    # The content is in place already: an error here only means that a power cut could bring the old one back.
    try:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        _log.warning("The folder %s could not be synchronised: %s", folder, error)
