"""Which token commands this user has agreed to run: profiles come from others too."""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from .atomic_file import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_VERSION = 1


class _Stored(msgspec.Struct, frozen=True):
    version: int = _VERSION
    sha256: tuple[str, ...] = ()


class ApprovedCommands:
    """Digests of commands in the file at ``path``. Its methods block for one small file."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __contains__(self, command: str) -> bool:
        return _digest(command) in self._load().sha256

    def approve(self, command: str) -> None:
        """Remember that the user agreed to this very text. Raises InspectorError when it cannot be written."""
        digests = dict.fromkeys((*self._load().sha256, _digest(command)))
        stored = _Stored(sha256=tuple(digests))
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            write_atomically(self._path, msgspec.json.format(msgspec.json.encode(stored), indent=1))
        except OSError as error:
            why = error.strerror or str(error)
            raise InspectorError(f"Your leave cannot be remembered: {why}.", f"Check {self._path.parent}.") from error

    def _load(self) -> _Stored:
        try:
            stored = msgspec.json.decode(self._path.read_bytes(), type=_Stored)
        except FileNotFoundError:
            return _Stored()
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            # Asking once more is the safe way to go on.
            _log.warning("The approved commands in %s cannot be read: %s", self._path, error)
            return _Stored()
        return stored if stored.version == _VERSION else _Stored()


def _digest(command: str) -> str:
    return hashlib.sha256(command.encode(errors="surrogatepass")).hexdigest()
