"""The drafts of this user on the disk: a folder for each profile, a file for each draft."""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from msgspec.structs import replace

from ..errors import InspectorError
from ..profiles.atomic_file import write_atomically
from ..profiles.folder_lock import folder_lock
from ..profiles.profile_file import stamp
from .drafts import Draft, decode_draft, encode_draft, new_id
from .own_files import BrokenFile, NewerFile, content_of, put_aside, reason

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

MOST_CLOSED = 50
"""Closed drafts that a profile keeps, the newest; older ones go for good."""
_LOCK_S = 2.0
_NOT_IN_A_NAME = "/\\\0:" if os.name == "nt" else "/\0"


class DraftStore:
    """Reads and writes drafts below ``root``, which several windows and processes may use at once.

    Nothing is undone by somebody else's save: a draft whose file was changed elsewhere is saved as a copy beside it.
    All methods work on the disk at once; what goes wrong is an InspectorError, and then the files are as they were.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    def load(self, profile_id: str) -> tuple[list[Draft], list[str]]:
        """All drafts of a profile in their order, closed ones included, and what the user should know of the files."""
        folder = self._folder(profile_id)
        drafts: list[Draft] = []
        notices: list[str] = []
        for path in _files(folder):
            try:
                data = content_of(path)
                if data is not None:
                    drafts.append(decode_draft(data, path.stem))
            except NewerFile as error:
                notices.append(f"The draft in {path} was left alone: {error}. Use a newer release for it.")
            except BrokenFile as error:
                notices.append(_set_aside(path, str(error)))
            except OSError as error:
                notices.append(f"The draft in {path} cannot be read: {reason(error)}. It was left alone.")
        drafts.sort(key=lambda draft: (draft.place, draft.id))
        return drafts, notices

    def save(self, profile_id: str, draft: Draft) -> Draft:
        """Write a draft; gives it back with its new stamp, and with a new ID and name where it became a copy."""
        folder = self._folder(profile_id)
        try:
            data = encode_draft(draft)
        except BrokenFile as error:
            raise InspectorError(f"The draft “{draft.title}” cannot be saved: {error}.") from error
        with _writing(folder, f"The draft “{draft.title}” cannot be saved"):
            path = folder / f"{draft.id}.json"
            current = content_of(path)
            if current is not None and current != data and stamp(current) != draft.stamp:
                draft = replace(draft, id=new_id(), name=f"{draft.title} (also changed elsewhere)")
                path = folder / f"{draft.id}.json"
                data = encode_draft(draft)
            if current != data:
                write_atomically(path, data)
        return replace(draft, stamp=stamp(data))

    def tidy(self, profile_id: str) -> None:
        """Remove the oldest of the closed drafts, as far as there are more than are kept."""
        folder = self._folder(profile_id)
        drafts, _ = self.load(profile_id)
        closed = sorted((draft for draft in drafts if draft.closed), key=lambda draft: draft.closed, reverse=True)
        if len(closed) <= MOST_CLOSED:
            return
        with _writing(folder, "Old drafts cannot be removed"):
            for draft in closed[MOST_CLOSED:]:
                path = folder / f"{draft.id}.json"
                if stamp(content_of(path) or b"") == draft.stamp:
                    path.unlink(missing_ok=True)

    def adopt(self, profiles: Collection[str], into: str) -> int:
        """Give the drafts of profiles that are none of ``profiles`` to the profile ``into``; how many there were.

        A profile goes when it is deleted, and one that was never saved has another ID at each start.
        """
        moved = 0
        try:
            strays = [each for each in self.root.iterdir() if each.is_dir() and each.name not in profiles]
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise InspectorError(f"The drafts in {self.root} cannot be read: {reason(error)}.") from error
        folder = self._folder(into)
        for stray in strays:
            if not _files(stray):
                continue
            with _writing(folder, "Drafts cannot be moved"), folder_lock(stray, _LOCK_S):
                for path in _files(stray):
                    if not (folder / path.name).exists():
                        path.rename(folder / path.name)
                        moved += 1
        return moved

    def _folder(self, profile_id: str) -> Path:
        if not profile_id or profile_id.startswith(".") or any(each in profile_id for each in _NOT_IN_A_NAME):
            raise InspectorError(f"{profile_id!r} cannot be the ID of a profile.")
        return self.root / profile_id


def _files(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.suffix == ".json" and not path.name.startswith("."))
    except FileNotFoundError:
        return []
    except OSError as error:
        raise InspectorError(f"The drafts in {folder} cannot be read: {reason(error)}.") from error


def _set_aside(path: Path, why: str) -> str:
    try:
        with folder_lock(path.parent, _LOCK_S), suppress(FileNotFoundError):
            return f"The draft in {path} is broken ({why}). It was set aside as {put_aside(path)}."
    except OSError as error:
        return f"The draft in {path} is broken ({why}) and could not be set aside: {reason(error)}."
    return f"The draft in {path} is broken ({why}); it is no longer there."


@contextmanager
def _writing(folder: Path, failure: str) -> Iterator[None]:
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with folder_lock(folder, _LOCK_S):
            yield
    except OSError as error:
        raise InspectorError(f"{failure}: {reason(error)}.", "What was saved before is untouched.") from error
