"""Where the user's traces go, kept per user in one small file; header values are secrets and never in it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from ..profiles.atomic_file import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1


class KeptCollector(msgspec.Struct, frozen=True):
    """What is kept."""

    on: bool = False
    endpoint: str = ""
    ca_file: str = ""
    has_headers: bool = False
    """The keyring holds headers; it is not asked otherwise."""
    version: int = _VERSION


class CollectorFile:
    """Reads and writes the file at ``path``. Both methods block; both raise InspectorError."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> KeptCollector:
        """What was kept; nothing, switched off, for a file that is missing. A damaged one is set aside, not lost."""
        try:
            data = self._path.read_bytes()
        except FileNotFoundError:
            return KeptCollector()
        except OSError as error:
            raise InspectorError(f"The collector's settings cannot be read: {error.strerror or error}.") from error
        try:
            kept = msgspec.json.decode(data, type=KeptCollector)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            raise InspectorError(f"The file with the collector's settings is damaged. {self._set_aside()}") from error
        if kept.version != _VERSION:
            raise InspectorError(f"The file with the collector's settings is of another version. {self._set_aside()}")
        return kept

    def save(self, kept: KeptCollector) -> None:
        """Write it in one step, readable by its owner alone."""
        try:
            write_atomically(self._path, msgspec.json.format(msgspec.json.encode(kept), indent=1))
        except OSError as error:
            raise InspectorError(f"The collector's settings cannot be saved: {error.strerror or error}.") from error

    def _set_aside(self) -> str:
        aside = self._path.with_name(f"{self._path.stem}.{time.strftime('%Y%m%d-%H%M%S')}.set-aside.json")
        try:
            self._path.replace(aside)
        except OSError as error:
            return f"It cannot be set aside: {error.strerror or error}."
        return f"It was set aside as {aside.name}; no traces are sent."
