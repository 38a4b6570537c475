"""The captures that the app keeps by itself: one for each session, what crashed sessions left, and their limits."""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

from .capture.library import CaptureFile, CaptureLibrary, CaptureState, look_at
from .capture.new_file import replacing
from .capture.opening import companions
from .capture.recent import RecentCaptures
from .capture.retention import CleanUp, Retention, clean_up
from .capture.schema import StoreError
from .capture.store import CaptureStore
from .errors import InspectorError
from .imports import import_capture

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .capture.progress import Progress, Stop

_log = logging.getLogger(__name__)
_VERSION = 1


@dataclass(frozen=True, slots=True)
class NewCapture:
    """The capture of a session that begins."""

    store: CaptureStore
    problem: str = ""
    """Why it goes with the session, as a sentence; empty for one that stays."""


class _Limits(msgspec.Struct, frozen=True):
    version: int = _VERSION
    retention: Retention = Retention()


class OwnCaptures:
    """Begins, ends, finds and cleans up the captures of this user. All methods block: call them from a thread.

    ``folder`` gives the folder of the captures and may raise InspectorError; ``limits`` is the file of the user's
    limits, ``recent`` that of the captures opened last.
    """

    def __init__(self, folder: Callable[[], Path], limits: Path, recent: Path) -> None:
        self._folder = folder
        self._limits = limits
        self.recent = RecentCaptures(recent)

    def folder(self) -> Path:
        """Where captures live. Raises InspectorError when the folder cannot be made."""
        return self._folder()

    def begin(self) -> NewCapture:
        """A new capture for a session; a temporary one, with the problem said, where the folder takes none."""
        try:
            return NewCapture(CaptureLibrary(self._folder()).create(datetime.now().astimezone(), ""))
        except InspectorError as error:
            _log.warning("No capture could be made: %s", error)
            sentence = str(error).rstrip(".")
            problem = f"{sentence}. This session goes when the app ends, unless it is saved by File, Save capture as."
            store = CaptureStore.create(None)
            return NewCapture(store, " ".join(part for part in (problem, store.lost_persistence) if part))

    def end(self, store: CaptureStore) -> None:
        """Close the capture of a session, and remove it if nothing ever came. Raises StoreError as ``close`` does."""
        store.close()  # what waited counts from here on
        if store.count == 0 and not store.is_temporary:
            _remove(store.path)

    def import_file(self, source: Path, progress: Progress, stop: Stop) -> Path:
        """A new capture among the user's own, made of a HAR or JSON Lines file; nothing of it remains after an error.

        Raises FormatError for what is wrong with the file, Stopped, and InspectorError where no capture can be made.
        """
        target = CaptureLibrary(self._folder()).new_capture_path(datetime.now().astimezone(), source.stem)
        import_capture(source, target, progress, stop).close()
        return target

    def crashed(self) -> list[CaptureFile]:
        """What sessions that did not end well have left, the newest first."""
        return CaptureLibrary(self._folder()).crashed()

    def take_over(self, path: Path, *, keep: bool) -> None:
        """Make a crashed session's capture an ordinary one; with ``keep`` no clean-up takes it. Raises StoreError."""
        store = CaptureStore.open(path)
        if keep:
            store.describe(kept=True)
        store.close()

    def discard(self, path: Path) -> None:
        """Remove what a crashed session left. Raises InspectorError when it is open, or cannot be removed."""
        if look_at(path).state is CaptureState.OPEN:
            raise StoreError(f"The capture {path.name} is open, so it was not removed.", "Close it first.")
        try:
            _remove(path)
        except OSError as error:
            raise StoreError(f"The capture {path} cannot be removed: {error.strerror or error}.") from error

    def retention(self) -> Retention:
        """The user's limits; the default ones where none were set or the file cannot be understood."""
        try:
            stored = msgspec.json.decode(self._limits.read_bytes(), type=_Limits)
        except FileNotFoundError:
            return Retention()
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.warning("The limits of captures in %s cannot be read: %s", self._limits, error)
            return Retention()
        if stored.version != _VERSION:
            _log.warning("The limits of captures in %s are of version %s", self._limits, stored.version)
            return Retention()
        return stored.retention

    def set_retention(self, retention: Retention) -> None:
        """Keep the user's limits. Raises WriteError."""
        with replacing(self._limits) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(_Limits(retention=retention))))

    def clean_up(self, retention: Retention | None = None, *, preview: bool = False) -> CleanUp:
        """Remove what the limits (or ``retention``) ask for, or only tell. Raises InspectorError."""
        library = CaptureLibrary(self._folder())
        return clean_up(library, retention or self.retention(), time.time_ns(), preview=preview)


def _remove(path: Path) -> None:
    # The database first: what SQLite put beside it means nothing without it.
    path.unlink(missing_ok=True)
    for companion in companions(path):
        companion.unlink(missing_ok=True)
