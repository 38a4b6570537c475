"""The window's size, its docks and its theme, kept per user in one small file."""

from __future__ import annotations

import base64
import binascii
import time
from typing import TYPE_CHECKING, Any

import msgspec

from ..profiles.atomic_file import write_atomically
from .theme import ThemeChoice

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1


class Layout(msgspec.Struct, frozen=True):
    """What is kept. Empty bytes mean: as the window proposes."""

    geometry: bytes = b""
    """``QMainWindow.saveGeometry`` of the window."""
    docks: bytes = b""
    """``QMainWindow.saveState`` of the dock area."""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    profile: str = ""
    """ID of the profile that was chosen last."""
    panels: dict[str, Any] = {}
    """What the panels want to find again, by object name, as JSON can hold it."""


class _Stored(msgspec.Struct):
    version: int
    geometry: str = ""
    docks: str = ""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    profile: str = ""
    panels: dict[str, Any] = {}


class LayoutStore:
    """Reads and writes the file at ``path``. A file that cannot be read is set aside under another name, never lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        """What was wrong with the file, in words; empty when all is well."""

    def load(self) -> Layout:
        """The layout of last time; the default one, with ``problem`` set, when it cannot be read."""
        self.problem = ""
        try:
            text = self._path.read_bytes()
        except FileNotFoundError:
            return Layout()
        except OSError as error:
            self.problem = (
                f"The window's layout cannot be read: {error.strerror or error}. The default layout is shown."
            )
            return Layout()
        try:
            stored = msgspec.json.decode(text, type=_Stored)
            if stored.version != _VERSION:
                return self._set_aside(f"is of version {stored.version}, which this version does not know")
            return Layout(
                geometry=base64.b64decode(stored.geometry, validate=True),
                docks=base64.b64decode(stored.docks, validate=True),
                theme=stored.theme,
                profile=stored.profile,
                panels=stored.panels,
            )
        except (msgspec.DecodeError, binascii.Error, ValueError) as error:
            return self._set_aside(f"is damaged ({error})")

    def save(self, layout: Layout) -> str:
        """Write ``layout`` in one step, readable by its owner alone. Gives the problem in words, or an empty text."""
        stored = _Stored(
            version=_VERSION,
            geometry=base64.b64encode(layout.geometry).decode(),
            docks=base64.b64encode(layout.docks).decode(),
            theme=layout.theme,
            profile=layout.profile,
            panels=layout.panels,
        )
        try:
            write_atomically(self._path, msgspec.json.format(msgspec.json.encode(stored), indent=1))
        except OSError as error:
            return f"The window's layout cannot be saved: {error.strerror or error}."
        return ""

    def _set_aside(self, why: str) -> Layout:
        aside = self._path.with_name(f"{self._path.stem}.{time.strftime('%Y%m%d-%H%M%S')}.set-aside.json")
        try:
            self._path.replace(aside)
            kept = f"It was set aside as {aside.name}."
        except OSError as error:
            kept = f"It cannot be set aside: {error.strerror or error}."
        self.problem = f"The file with the window's layout {why}. {kept} The default layout is shown."
        return Layout()
