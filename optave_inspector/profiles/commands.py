"""What the command line does with profiles. Each function prints, and returns the exit status."""

from __future__ import annotations

import asyncio
import os
import sys
from functools import wraps
from typing import TYPE_CHECKING, ParamSpec

import msgspec

from ..errors import InspectorError
from ..paths import profiles_dir, secret_names_file
from .atomic_file import write_atomically
from .defaults import INHERITABLE, origin
from .env_import import MAX_BYTES, import_environment, parse_env_file
from .secret_names import SecretNames
from .secrets import CLIENT_SECRET, SecretStore
from .sharing import MAX_BYTES as MAX_SHARED_BYTES
from .sharing import decode_shared, encode_shared
from .store import ProfileStore, labels

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from .profile import Profile
    from .sharing import Shared

DONE, NOT_DONE, ASKED_WRONGLY = 0, 1, 2
_P = ParamSpec("_P")


class _WrongAskingError(InspectorError):
    """What was asked for cannot be done as it stands."""


def _command(work: Callable[_P, int]) -> Callable[_P, int]:
    @wraps(work)
    def run(*arguments: _P.args, **options: _P.kwargs) -> int:
        try:
            return work(*arguments, **options)
        except _WrongAskingError as error:
            _complain(str(error))
            return ASKED_WRONGLY
        except InspectorError as error:
            _complain(str(error))
            return NOT_DONE

    return run


@_command
def list_profiles() -> int:
    """A line for each: its label, its URL and how it is marked, with tabs in between."""
    store = ProfileStore(profiles_dir())
    found = store.list()
    for profile_id, label in labels(found).items():
        profile = next(each for each in found if each.id == profile_id)
        marks = ["production"] if profile.production else []
        _say("\t".join((label, profile.url_template, *marks)))
    for notice in store.notices:
        _complain(notice)
    return DONE


@_command
def show_profile(name: str) -> int:
    """The values of one profile as JSON."""
    store = ProfileStore(profiles_dir())
    profile, for_all = _named(store, name), store.defaults()
    hidden = {"inherited", "unknown", "stamp"}
    values = {field: getattr(profile, field) for field in profile.__struct_fields__ if field not in hidden}
    values["from"] = {field: origin(profile, field, for_all) for field in INHERITABLE}
    _say(msgspec.json.format(msgspec.json.encode(values), indent=2).decode())
    return DONE


@_command
def import_profiles(path: Path) -> int:
    """Add the profiles of a file to those of this user."""
    found, refused = read_shared(path)
    store = ProfileStore(profiles_dir())
    for each in found:
        saved = store.add(each.profile)
        _say(f"Imported “{saved.name}”.")
        for sentence in each.left_out:
            _say(f"  Note: {sentence}")
    for sentence in refused:
        _complain(sentence)
    return NOT_DONE if refused else DONE


@_command
def import_environment_variables(path: Path | None, name: str, *, with_secret: bool) -> int:
    """Make a profile of a file of variables, or of this process's own; its secret goes to the keyring where asked."""
    variables = os.environ if path is None else read_environment(path)
    found = import_environment(variables, name or (path.parent.resolve().name if path else "") or "From environment")
    saved = ProfileStore(profiles_dir()).add(found.profile)
    _say(f"Imported “{saved.name}” from {', '.join(found.used)}.")
    for sentence in found.left_out:
        _say(f"  Note: {sentence}")
    if not found.secret:
        return DONE
    if not with_secret:
        _say("  Left out: the client secret. Add --with-secret to put it into the keyring.")
        return DONE
    secrets = SecretStore(SecretNames(secret_names_file()))
    asyncio.run(secrets.set(saved.id, CLIENT_SECRET, found.secret))
    if secrets.session_only:
        _complain(f"The client secret was not kept. {secrets.notice}")
        return NOT_DONE
    _say("  The client secret is in the keyring.")
    return DONE


@_command
def export_profiles(names: Sequence[str], path: Path, *, force: bool) -> int:
    """Write the named profiles, all where none is named, into one file that the owner alone can read."""
    store = ProfileStore(profiles_dir())
    wanted = [_named(store, name) for name in names] if names else list(store.list())
    if not wanted:
        raise InspectorError("There is no profile to export.")
    if path.exists() and not force:
        raise _WrongAskingError(f"{path} is there already.", "Choose another name, or say --force.")
    write_shared(wanted, path)
    _say(f"Exported {len(wanted)} without secrets to {path}.")
    return DONE


def read_shared(path: Path) -> tuple[tuple[Shared, ...], tuple[str, ...]]:
    """The profiles of a file, and what cannot be read of it. Raises InspectorError."""
    return decode_shared(_read(path, MAX_SHARED_BYTES))


def read_environment(path: Path) -> dict[str, str]:
    """The variables of a file such as ``.env``. Raises InspectorError."""
    return parse_env_file(_read(path, MAX_BYTES))


def write_shared(wanted: Sequence[Profile], path: Path) -> None:
    """Write profiles into one file that the owner alone can read. Raises InspectorError."""
    data = encode_shared(wanted)
    try:
        write_atomically(path, data)
    except OSError as error:
        raise InspectorError(f"{path} cannot be written: {error.strerror or error}.") from error


def _named(store: ProfileStore, name: str) -> Profile:
    found = store.list()
    by_label = labels(found)
    matching = [profile for profile in found if name in (by_label[profile.id], profile.name, profile.id)]
    if len(matching) == 1:
        return matching[0]
    if matching:
        shown = ", ".join(by_label[profile.id] for profile in matching)
        raise _WrongAskingError(f"Several profiles are called {name}: {shown}.", "Say which.")
    raise _WrongAskingError(f"There is no profile {name}.", "See: optave-inspector profiles list")


def _read(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most + 1)
    except FileNotFoundError:
        raise _WrongAskingError(f"There is no file {path}.") from None
    except OSError as error:
        raise InspectorError(f"{path} cannot be read: {error.strerror or error}.") from error


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


def _complain(text: str) -> None:
    sys.stderr.write(f"{text}\n")
