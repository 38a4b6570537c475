"""The captures that the app keeps by itself: one for each session, what crashed sessions left, and their limits."""

from __future__ import annotations

import logging
import tempfile
import time
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from .capture.library import CaptureFile, CaptureLibrary, CaptureState, look_at
from .capture.new_file import replacing
from .capture.opening import companions
from .capture.recent import RecentCaptures
from .capture.recovery import recover_readable
from .capture.retention import CleanUp, Retention, clean_up
from .capture.schema import StoreError
from .capture.store import CaptureStore
from .errors import InspectorError
from .imports import import_capture

if TYPE_CHECKING:
    from collections.abc import Callable

    from .capture.progress import Progress, Stop
    from .capture.recovery import Recovery

_log = logging.getLogger(__name__)
_VERSION = 1
_CHOOSE = "Choose one in File, Capture limits."


@dataclass(frozen=True, slots=True)
class NewCapture:
    """The capture of a session that begins."""

    store: CaptureStore
    problem: str = ""
    """Why it goes with the session, as a sentence; empty for one that stays."""


class _Limits(msgspec.Struct, frozen=True):
    version: int = _VERSION
    retention: Retention = Retention()
    folder: str = ""
    """Where captures live by the user's choice; empty for the usual place."""
    former: tuple[str, ...] = ()
    """Where they lived before."""


class OwnCaptures:
    """Begins, ends, finds and cleans up the captures of this user. All methods block: call them from a thread.

    ``folder`` gives the usual folder of captures and may raise InspectorError; ``limits`` is the file of the user's
    limits and choice of another folder, ``recent`` that of the captures opened last.
    """

    def __init__(self, folder: Callable[[], Path], limits: Path, recent: Path) -> None:
        self._folder = folder
        self._limits = limits
        self.recent = RecentCaptures(recent)

    def folder(self) -> Path:
        """Where captures live. Raises InspectorError where the usual folder cannot be made or the chosen is gone."""
        chosen = self._load().folder
        if not chosen:
            return self._folder()
        if not Path(chosen).is_dir():
            raise StoreError(f"The folder of captures {chosen} is not there.", _CHOOSE)
        return Path(chosen)

    def chosen_folder(self) -> str:
        """Where captures live, there or not, to be shown; empty where even the usual place cannot be told."""
        chosen = self._load().folder
        if chosen:
            return chosen
        try:
            return str(self._folder())
        except InspectorError:
            return ""

    def begin(self) -> NewCapture:
        """A new capture for a session; a temporary one, with the problem said, where the folder takes none."""
        try:
            return NewCapture(CaptureLibrary(self.folder()).create(datetime.now().astimezone(), ""))
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
        target = CaptureLibrary(self.folder()).new_capture_path(datetime.now().astimezone(), source.stem)
        import_capture(source, target, progress, stop).close()
        return target

    def recover_file(self, source: Path, progress: Progress, stop: Stop) -> Recovery:
        """A new capture among the user's own, of what can be read of a damaged one, which stays as it is.

        Raises Stopped, and InspectorError when nothing can be read or no capture can be made.
        """
        name = f"{source.stem} recovered"
        target = CaptureLibrary(self.folder()).new_capture_path(datetime.now().astimezone(), name)
        return recover_readable(source, target, progress, stop)

    def crashed(self) -> list[CaptureFile]:
        """What sessions that did not end well have left, also where captures lived before, the newest first."""
        folders = dict.fromkeys((self.folder(), *map(Path, self._load().former)))
        found = [each for folder in folders if folder.is_dir() for each in CaptureLibrary(folder).crashed()]
        return sorted(found, key=lambda each: each.changed_wall_ns, reverse=True)

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
        return self._load().retention

    def _load(self) -> _Limits:
        try:
            stored = msgspec.json.decode(self._limits.read_bytes(), type=_Limits)
        except FileNotFoundError:
            return _Limits()
        except (OSError, msgspec.MsgspecError, RecursionError) as error:
            _log.warning("The limits of captures in %s cannot be read: %s", self._limits, error)
            return _Limits()
        if stored.version != _VERSION:
            _log.warning("The limits of captures in %s are of version %s", self._limits, stored.version)
            return _Limits()
        return stored

    def set_limits(self, retention: Retention, folder: str | None = None) -> None:
        """Keep the user's limits, and where new captures live; None leaves that as it is, empty is the usual place.

        A folder that is not there is made. What is kept already stays where it is; what a crash leaves there is offered
        still. Raises InspectorError, and changes nothing, where the folder takes no files.
        """
        before, shown = self._load(), self.chosen_folder()
        limits = msgspec.structs.replace(before, retention=retention)
        if folder is not None and folder != shown:
            path = self._path(folder)
            _check_takes_files(path)
            former = tuple(each for each in dict.fromkeys((*before.former, shown)) if each not in ("", str(path)))
            limits = msgspec.structs.replace(limits, folder=str(path) if folder else "", former=former)
        with replacing(self._limits) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(limits)))

    def clean_up(self) -> CleanUp:
        """Remove what the user's limits ask for from where captures live. Raises InspectorError."""
        return clean_up(CaptureLibrary(self.folder()), self.retention(), time.time_ns())

    def preview(self, retention: Retention, folder: str) -> CleanUp:
        """What limits would remove from a folder, as :meth:`set_limits` takes it; nothing is changed.

        Raises InspectorError for what can be no folder of captures.
        """
        path = self._path(folder)
        if path.exists() and not path.is_dir():
            raise StoreError(f"{path} is a file, not a folder.", "Choose another folder.")
        return clean_up(CaptureLibrary(path), retention, time.time_ns(), preview=True)

    def _path(self, folder: str) -> Path:
        if not folder:
            return self._folder()
        path = Path(folder).expanduser()
        if not path.is_absolute():
            raise StoreError(f"{folder} is not the whole path of a folder.", "Give the path from its beginning.")
        return path


def _check_takes_files(folder: Path) -> None:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        why = error.strerror or str(error)
        raise StoreError(f"Captures cannot be kept in {folder}: {why}.", "Choose another folder.") from error


def _remove(path: Path) -> None:
    # The database first: what SQLite put beside it means nothing without it.
    path.unlink(missing_ok=True)
    for companion in companions(path):
        companion.unlink(missing_ok=True)
