"""The window's size, its theme and its sessions, kept per user in one small file."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import msgspec

from ..profiles.atomic_file import write_atomically
from .theme import ThemeChoice

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 2


class SessionLayout(msgspec.Struct, frozen=True):
    """What is kept of one session. Empty bytes mean: as the window proposes."""

    docks: bytes = b""
    """``QMainWindow.saveState`` of the dock area."""
    profile: str = ""
    """ID of the profile that was chosen last."""
    panels: dict[str, Any] = {}
    """What the panels want to find again, by object name, as JSON can hold it."""


class CaptureLayout(msgspec.Struct, frozen=True):
    """What is kept of the windows of stored captures: how the one looked that was closed last."""

    geometry: bytes = b""
    """``QMainWindow.saveGeometry``."""
    docks: bytes = b""
    """As in :class:`SessionLayout`, like the next."""
    panels: dict[str, Any] = {}


class Layout(msgspec.Struct, frozen=True):
    """What is kept. Empty bytes mean: as the window proposes."""

    version: int = _VERSION
    geometry: bytes = b""
    """``QMainWindow.saveGeometry`` of the window."""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    sessions: tuple[SessionLayout, ...] = (SessionLayout(),)
    """In the order of their tabs; at least one."""
    current: int = 0
    """Index of the session in front."""
    captures: CaptureLayout = CaptureLayout()


class _Version(msgspec.Struct):
    version: int


class _Version1(msgspec.Struct):
    """Before a window had several sessions."""

    geometry: bytes = b""
    docks: bytes = b""
    theme: ThemeChoice = ThemeChoice.SYSTEM
    profile: str = ""
    panels: dict[str, Any] = {}

    def migrated(self) -> Layout:
        # Docks are left out: an area of other panels cannot put them back.
        session = SessionLayout(profile=self.profile, panels=self.panels)
        return Layout(geometry=self.geometry, theme=self.theme, sessions=(session,))


class LayoutStore:
    """Reads and writes the file at ``path``. A file that cannot be read is set aside under another name, never lost."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.problem = ""
        """What was wrong with the file, in words; empty when all is well."""

    @property
    def folder(self) -> Path:
        """Where it lies, beside the other settings."""
        return self._path.parent

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
            version = msgspec.json.decode(text, type=_Version).version
            if version == 1:
                return msgspec.json.decode(text, type=_Version1).migrated()
            if version != _VERSION:
                return self._set_aside(f"is of version {version}, which this version does not know")
            layout = msgspec.json.decode(text, type=Layout)
        except msgspec.DecodeError as error:
            return self._set_aside(f"is damaged ({error})")
        return layout if layout.sessions else msgspec.structs.replace(layout, sessions=(SessionLayout(),))

    def save(self, layout: Layout) -> str:
        """Write ``layout`` in one step, readable by its owner alone. Gives the problem in words, or an empty text."""
        try:
            write_atomically(self._path, msgspec.json.format(msgspec.json.encode(layout), indent=1))
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
