"""Where the app keeps the user's files.

Folders are made when they are first asked for, readable by their owner alone. ``OPTAVE_INSPECTOR_HOME`` puts all of
them below one folder, for tests and for carrying the app with its settings on a stick.
"""

from __future__ import annotations

import os
from pathlib import Path

import platformdirs

from .errors import InspectorError

HOME_VARIABLE = "OPTAVE_INSPECTOR_HOME"
_APP = "optave-inspector"


def config_dir() -> Path:
    """Settings of this user: profiles, the window's layout.

    This and the other functions here raise InspectorError when the folder cannot be made.
    """
    return _folder(platformdirs.user_config_path(_APP, appauthor=False), "config")


def data_dir() -> Path:
    """What the user made and wants to keep."""
    return _folder(platformdirs.user_data_path(_APP, appauthor=False), "data")


def state_dir() -> Path:
    """What outlives a run but can be lost without harm."""
    return _folder(platformdirs.user_state_path(_APP, appauthor=False), "state")


def log_dir() -> Path:
    """The app's own log files."""
    return _folder(platformdirs.user_log_path(_APP, appauthor=False), "state/log")


def crash_dir() -> Path:
    """What the app keeps of its own failures; made when the first one is kept."""
    return log_dir() / "crashes"


def captures_dir() -> Path:
    """Captures that were not saved elsewhere."""
    return _owner_only(data_dir() / "captures")


def approved_commands_file() -> Path:
    """Which token commands this user has agreed to run."""
    return config_dir() / "approved-commands.json"


def secret_names_file() -> Path:
    """Which secrets are in the keyring: their names, so that all of them can be found again."""
    return config_dir() / "kept-secrets.json"


def profiles_dir() -> Path:
    """One file per profile, as :class:`profiles.store.ProfileStore` takes it."""
    return _owner_only(config_dir() / "profiles")


def drafts_dir() -> Path:
    """Drafts of requests, as :class:`compose.draft_store.DraftStore` takes them."""
    return _owner_only(data_dir() / "drafts")


def requests_dir() -> Path:
    """Collections of named requests, as :class:`compose.collection_store.CollectionStore` takes them."""
    return _owner_only(data_dir() / "requests")


def _folder(usual: Path, below_home: str) -> Path:
    home = _home()
    if home is None:
        return _owner_only(usual)
    folder = home
    for part in below_home.split("/"):
        folder = _owner_only(folder / part)
    return folder


def _home() -> Path | None:
    text = os.environ.get(HOME_VARIABLE, "")
    if not text:
        return None
    try:
        home = Path(text).expanduser()
    except RuntimeError as error:
        raise InspectorError(
            f"{HOME_VARIABLE} is {text}, but the home folder that it names is not known.", "Give an absolute path."
        ) from error
    if not home.is_absolute():
        raise InspectorError(
            f"{HOME_VARIABLE} is {text}, which is relative to wherever the app is started.",
            "Give an absolute path, or one that begins with ~.",
        )
    return home


def _owner_only(folder: Path) -> Path:
    # mkdir's mode holds for the last part only, and a missing parent may be one of ours as well.
    missing = []
    place = folder
    while not place.exists() and place != place.parent:
        missing.append(place)
        place = place.parent
    try:
        for part in reversed(missing):
            part.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise NotADirectoryError(f"{folder} is a file.")
    except OSError as error:
        raise InspectorError(
            f"The folder {folder} cannot be made: {error.strerror or error}.",
            f"Make room or give rights there, or set {HOME_VARIABLE} to another folder.",
        ) from error
    return folder
