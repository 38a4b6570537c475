"""Which secrets were put into the keyring: names only, since few keyrings can be asked what they hold."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from .atomic_file import write_atomically
from .folder_lock import folder_lock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

_log = logging.getLogger(__name__)
_LOCK_TIMEOUT_S = 2.0


class _Stored(msgspec.Struct):
    version: int = 1
    names: list[str] = []


class SecretNames:
    """The names in the file at ``path``, shared by all processes of this user. Its methods block for one small file.

    What cannot be read or written is logged: a secret is kept all the same.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def all(self) -> set[str]:
        """Every name."""
        try:
            return set(msgspec.json.decode(self._path.read_bytes(), type=_Stored).names)
        except FileNotFoundError:
            return set()
        except (OSError, msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
            _log.warning("The names of the secrets in %s cannot be read: %s", self._path, error)
            return set()

    def add(self, name: str) -> None:
        """Remember ``name``."""
        if name not in self.all():
            self._change(lambda names: names | {name})

    def remove(self, gone: Iterable[str]) -> None:
        """Forget names."""
        names = set(gone)
        if names & self.all():
            self._change(lambda known: known - names)

    def _change(self, change: Callable[[set[str]], set[str]]) -> None:
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with folder_lock(self._path.parent, _LOCK_TIMEOUT_S):
                stored = _Stored(names=sorted(change(self.all())))
                write_atomically(self._path, msgspec.json.encode(stored))
        except OSError as error:
            _log.warning("The names of the secrets in %s cannot be written: %s", self._path, error)
