"""The profiles of this user, one file each."""

from __future__ import annotations

import os
import unicodedata
import uuid
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from msgspec.structs import replace

from ..errors import InspectorError
from . import checks
from .atomic_file import write_atomically
from .defaults import inherit, unset
from .defaults_file import decode_defaults, encode_defaults
from .folder_lock import folder_lock
from .profile import Profile, ProfileError, ProfileProblem
from .profile_file import MAX_BYTES, BrokenFile, NewerFile, decode, encode, holds_secret, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

_NOT_IN_AN_ID = "/\\\0:" if os.name == "nt" else "/\0"
_UNTOUCHED = "What was saved before is untouched."


class ProfileChanged(InspectorError):  # noqa: N818 - it says what happened
    """The file is no longer what this profile was loaded from: saving would undo somebody's change."""


class ProfileStore:
    """Reads and writes the profiles in ``folder``, which may be used by several windows and processes at once.

    What profiles inherit is in the file :attr:`defaults_path` beside the folder; profiles that come from here have it.

    All methods work at once and on the disk; what goes wrong is an InspectorError in words, and then the files are as
    they were.
    """

    def __init__(self, folder: Path, *, lock_timeout_s: float = 2.0) -> None:
        self.folder = folder
        self.defaults_path = folder.with_name("profile-defaults.json")
        self._lock_timeout_s = lock_timeout_s
        self._set_aside: list[str] = []
        self._standing: list[str] = []

    @property
    def notices(self) -> tuple[str, ...]:
        """What the user should know about the files, in words; brought up to date by :meth:`list`."""
        return (*self._set_aside, *self._standing)

    def load(self, profile_id: str) -> Profile:
        """One profile. A broken file is set aside."""
        path = self._path(profile_id)
        try:
            return self._read(path, self.defaults())
        except FileNotFoundError:
            raise InspectorError("This profile is no longer there.", "It was deleted or renamed elsewhere.") from None
        except NewerFile as error:
            raise InspectorError(f"The profile in {path} cannot be read: {error}.", "Use a newer release.") from error
        except BrokenFile as error:
            raise InspectorError(self._put_aside(path, str(error))) from error
        except OSError as error:
            raise InspectorError(f"The profile in {path} cannot be read: {_reason(error)}.") from error

    def save(self, profile: Profile, *, overwrite: bool = False) -> Profile:
        """Write ``profile`` and return it with its new stamp, which the next save needs.

        Raises ProfileError for a name that is taken or missing and for secrets in the settings; ProfileChanged when the
        file was changed, deleted or made by others since, unless ``overwrite`` is the user's decision.
        """
        path = self._path(profile.id)
        problems = checks.saving(profile)
        if problems:
            raise ProfileError(problems[0])
        try:
            data = encode(profile)
        except ValueError as error:
            raise InspectorError(f"The profile {profile.name} cannot be saved: {error}.") from error
        with self._writing(f"The profile {profile.name} cannot be saved"):
            current = _content(path)
            if current != data:
                self._check_current(profile, current, overwrite=overwrite)
                self._check_name(profile, current)
                write_atomically(path, data)
        return replace(profile, stamp=stamp(data))

    def new(self, name: str = "New profile") -> Profile:
        """Make and save a profile with the documented defaults; a number is added to a name that is taken."""
        return self.add(unset(Profile(id="", name=name)))

    def add(self, profile: Profile) -> Profile:
        """Save ``profile`` as a new one, whatever its ID; a number is added to a name that is taken."""
        new = inherit(profile, self.defaults())
        return self.save(replace(new, id=uuid.uuid4().hex, name=self.free_name(profile.name), stamp=""))

    def rename(self, profile_id: str, name: str) -> Profile:
        """Change the name of the saved profile and nothing else."""
        return self.save(replace(self.load(profile_id), name=name))

    def copy(self, profile_id: str, name: str = "") -> Profile:
        """Save a copy under another name, by default made from the old one. Secrets are not copied."""
        original = self.load(profile_id)
        name = name or self.free_name(f"{original.name[: checks.MAX_NAME - 12]} copy")
        return self.save(replace(original, id=uuid.uuid4().hex, name=name, stamp=""))

    def delete(self, profile_id: str) -> None:
        """Remove the file. It is fine when it is gone already."""
        path = self._path(profile_id)
        with self._writing("The profile cannot be deleted"):
            path.unlink(missing_ok=True)

    def free_name(self, wanted: str) -> str:
        """``wanted``, with the first number after it that makes it different from all other names."""
        taken = {_same_name(profile.name) for profile in self.list()}
        name, number = wanted, 2
        while _same_name(name) in taken:
            name, number = f"{wanted} {number}", number + 1
        return name

    def list(self) -> tuple[Profile, ...]:
        """All profiles that can be read, by name. Broken files are set aside, newer ones left alone; see notices."""
        found: dict[str, Profile] = {}
        self._standing = []
        for_all = self.defaults()
        for path in self._files():
            try:
                found[path.stem] = self._read(path, for_all)
            except FileNotFoundError:
                continue
            except NewerFile as error:
                self._standing.append(f"The profile in {path} was left alone: {error}. Use a newer release for it.")
            except BrokenFile as error:
                self._put_aside(path, str(error))
            except OSError as error:
                self._standing.append(f"The profile in {path} cannot be read: {_reason(error)}. It was left alone.")
        profiles = tuple(sorted(found.values(), key=lambda profile: (_same_name(profile.name), profile.id)))
        self._standing += _name_notices(profiles)
        return profiles

    def defaults(self) -> dict[str, Any]:
        """What the user set for all profiles, by field; nothing while the file cannot be used, see notices."""
        try:
            return self._defaults()[0]
        except NewerFile as error:
            self._stand(f"The defaults for all profiles in {self.defaults_path} were left alone: {error}.")
        except BrokenFile as error:
            self._stand(f"The defaults for all profiles in {self.defaults_path} are not used: {error}.")
        except OSError as error:
            self._stand(f"The defaults for all profiles in {self.defaults_path} cannot be read: {_reason(error)}.")
        return {}

    def set_default(self, field: str, value: object) -> None:
        """Set one value for all profiles that have none of their own. What others set meanwhile stays."""
        problems = checks.saving(replace(Profile(id="x", name="x"), **{field: value}))
        if problems:
            raise ProfileError(problems[0])
        self._change_defaults(lambda for_all: for_all | {field: value})

    def remove_default(self, field: str) -> None:
        """Let the app's own default hold again. It is fine when nothing was set."""
        self._change_defaults(lambda for_all: {name: value for name, value in for_all.items() if name != field})

    def _change_defaults(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        with self._writing("The defaults for all profiles cannot be saved"):
            try:
                for_all, unknown = self._defaults()
            except NewerFile as error:
                sentence = f"The defaults for all profiles cannot be saved: {self.defaults_path} is newer ({error})."
                raise InspectorError(sentence, "Use the newer release.") from error
            except BrokenFile as error:
                self._rename_broken(self.defaults_path, str(error), "The defaults file")
                for_all, unknown = {}, {}
            write_atomically(self.defaults_path, encode_defaults(change(for_all), unknown))

    def _defaults(self) -> tuple[dict[str, Any], dict[str, Any]]:
        data = _content(self.defaults_path)
        return ({}, {}) if data is None else decode_defaults(data)

    def _stand(self, notice: str) -> None:
        if notice not in self._standing:
            self._standing.append(notice)

    def ids(self) -> set[str]:
        """The IDs of all profiles that have a file, whatever is in it."""
        return {path.stem for path in self._files()}

    def _files(self) -> tuple[Path, ...]:
        try:
            return tuple(
                sorted(
                    path
                    for path in self.folder.iterdir()
                    if path.suffix == ".json" and not path.name.startswith(".") and path.is_file()
                )
            )
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise InspectorError(f"The profiles in {self.folder} cannot be read: {_reason(error)}.") from error

    def _path(self, profile_id: str) -> Path:
        if not profile_id or profile_id.startswith(".") or any(each in profile_id for each in _NOT_IN_AN_ID):
            raise InspectorError(f"{profile_id!r} cannot be the ID of a profile.")
        return self.folder / f"{profile_id}.json"

    def _read(self, path: Path, for_all: Mapping[str, Any]) -> Profile:
        data = _content(path)
        if data is None:
            raise FileNotFoundError(path)
        profile = inherit(decode(data, path.stem), for_all)
        notice = (
            f"The file {path} holds a secret that was written into it by hand. It is not used, and leaves the file "
            "when the profile is saved."
        )
        if holds_secret(data):
            self._stand(notice)
        return profile

    def _check_current(self, profile: Profile, current: bytes | None, *, overwrite: bool) -> None:
        if current is not None:
            try:
                decode(current, profile.id)
            except NewerFile as error:
                raise ProfileChanged(
                    f"The profile {profile.name} cannot be saved: its file was written by a newer release ({error}).",
                    "Save a copy of it, or use the newer release.",
                ) from error
            except BrokenFile as error:
                self._rename_broken(self._path(profile.id), str(error))
                return
        if overwrite or profile.stamp == (stamp(current) if current is not None else ""):
            return
        what = "deleted" if current is None else "changed" if profile.stamp else "made"
        raise ProfileChanged(
            f"The profile {profile.name} was {what} elsewhere since it was opened here.",
            "Load it again, save yours as a copy, or overwrite.",
        )

    def _check_name(self, profile: Profile, current: bytes | None) -> None:
        wanted = _same_name(profile.name)
        if current is not None and _same_name(_name_in(current)) == wanted:
            return
        for path in self._files():
            if path.stem != profile.id and _same_name(_name_at(path)) == wanted:
                problem = ProfileProblem("name", f"There is a profile with the name {profile.name} already.")
                raise ProfileError(problem, "Choose another name.")

    def _put_aside(self, path: Path, reason: str) -> str:
        """Rename a broken file, unless somebody has mended it meanwhile; returns what to tell."""
        try:
            with folder_lock(self.folder, self._lock_timeout_s):
                try:
                    decode(_content(path) or b"", path.stem)
                except BrokenFile:
                    return self._rename_broken(path, reason)
                except NewerFile:
                    pass
        except OSError as error:
            notice = f"The profile in {path} is broken ({reason}) and could not be set aside: {_reason(error)}."
            self._standing.append(notice)
            return notice
        return f"The profile in {path} was changed just now. Load it again."

    def _rename_broken(self, path: Path, reason: str, called: str = "The profile") -> str:
        moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        aside = path.with_name(f"{path.name}.broken-{moment}")
        path.rename(aside)
        notice = f"{called} in {path} is broken ({reason}). It was set aside as {aside.name}."
        self._set_aside.append(notice)
        return notice

    @contextmanager
    def _writing(self, failure: str) -> Iterator[None]:
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with folder_lock(self.folder, self._lock_timeout_s):
                yield
        except OSError as error:
            raise InspectorError(f"{failure}: {_reason(error)}.", _UNTOUCHED) from error


def labels(profiles: Iterable[Profile]) -> dict[str, str]:
    """What to call each profile in a list, by ID: its name, and where several share one, the file's name as well."""
    known = tuple(profiles)
    names = [_same_name(profile.name) for profile in known]
    return {
        profile.id: profile.name
        if names.count(_same_name(profile.name)) == 1
        else f"{profile.name} ({profile.id}.json)"
        for profile in known
    }


def _name_notices(profiles: Iterable[Profile]) -> Iterator[str]:
    for profile_id, label in labels(profiles).items():
        if label.endswith(f"({profile_id}.json)"):
            yield f"Several profiles share a name: {label}. Rename all but one."


def _same_name(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip().casefold()


def _name_in(data: bytes) -> str:
    try:
        return decode(data, "x").name
    except (BrokenFile, NewerFile):
        return ""


def _name_at(path: Path) -> str:
    try:
        return _name_in(_content(path) or b"")
    except OSError:  # a file that cannot be read has no name that could be mistaken
        return ""


def _content(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).rstrip(".")
