"""The captures that were opened last."""

from __future__ import annotations

import logging
from pathlib import Path

import msgspec

from .new_file import replacing

_log = logging.getLogger(__name__)
_MOST = 20


class RecentCapture(msgspec.Struct, frozen=True):
    """One capture that was opened, wherever it lies."""

    path: str
    opened_wall_ns: int

    @property
    def is_there(self) -> bool:
        """The file can be found now; false for one on a medium that is not connected as well."""
        try:
            return Path(self.path).is_file()
        except OSError:
            return False


class _Content(msgspec.Struct, frozen=True):
    version: int = 1
    recent: list[RecentCapture] = []


class RecentCaptures:
    """A list in a JSON file, the newest first, each file once, at most 20.

    A file that cannot be understood counts as empty: nothing hangs on it. Writing raises
    :class:`~.new_file.WriteError`.
    """

    def __init__(self, file: Path) -> None:
        self._file = file

    def all(self) -> list[RecentCapture]:
        """The list; captures that are gone stand in it too (see :attr:`RecentCapture.is_there`)."""
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=_Content).recent[:_MOST]
        except FileNotFoundError:
            return []
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.warning("The list of recent captures %s cannot be read: %s", self._file, error)
            return []

    def add(self, path: Path, now_wall_ns: int) -> None:
        """Put a capture at the top."""
        name = str(path.absolute())
        self._write([RecentCapture(name, now_wall_ns), *(each for each in self.all() if each.path != name)])

    def remove(self, path: Path) -> None:
        """Take a capture off the list; the capture itself stays."""
        name = str(path.absolute())
        self._write([each for each in self.all() if each.path != name])

    def clear(self) -> None:
        """Take all off."""
        self._write([])

    def _write(self, recent: list[RecentCapture]) -> None:
        with replacing(self._file) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(_Content(recent=recent[:_MOST]))))
