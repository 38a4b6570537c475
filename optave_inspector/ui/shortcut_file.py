"""The shortcuts that this user has changed, in a small file that can be read and written by hand."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import msgspec

from ..profiles.atomic_file import write_atomically

if TYPE_CHECKING:
    from pathlib import Path

_log = logging.getLogger(__name__)
_VERSION = 1


class _Content(msgspec.Struct, frozen=True):
    version: int = _VERSION
    shortcuts: dict[str, str] = {}


class ShortcutFile:
    """Keys by the name of the action, such as ``"connectAction": "F5"``; empty text for none. Only changed ones."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problem = ""
        """Why the file counts as empty, as a sentence; empty while all is well."""

    def load(self) -> dict[str, str]:
        """What the file holds. A file that cannot be understood stays as it is until something is changed."""
        self.problem = ""
        try:
            content = msgspec.json.decode(self.path.read_bytes(), type=_Content)
        except FileNotFoundError:
            return {}
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            return self._refuse(str(error))
        if content.version != _VERSION:
            return self._refuse(f"it is of version {content.version}, which this version does not know")
        return dict(content.shortcuts)

    def save(self, shortcuts: dict[str, str]) -> None:
        """Write in one step. Raises OSError. A file that could not be understood is kept beside it."""
        if self.problem:
            self.path.replace(self.path.with_suffix(".set-aside.json"))
            self.problem = ""
        content = _Content(shortcuts=dict(sorted(shortcuts.items())))
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_atomically(self.path, msgspec.json.format(msgspec.json.encode(content), indent=1))

    def _refuse(self, why: str) -> dict[str, str]:
        self.problem = f"The file with your shortcuts, {self.path.name}, cannot be used: {why}. The usual ones hold."
        _log.warning(self.problem)
        return {}
