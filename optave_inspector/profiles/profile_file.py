"""The text of a profile's file: JSON with a version number, readable and editable by hand."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from ..client.config import SECRET_PLACEHOLDER
from .defaults import BUILT_IN, INHERITABLE
from .profile import Profile

VERSION = 3
MAX_BYTES = 1_000_000
_ALL_WRITTEN = 2
"""Up to this version a file held every field."""

_NOT_IN_THE_FILE = {"id", "inherited", "unknown", "stamp"}
_FIELDS = tuple(field for field in Profile.__struct_fields__ if field not in _NOT_IN_THE_FILE)
_SECRETS = {
    "access_token",
    "authorization",
    "client_secret",
    "id_token",
    "passphrase",
    "password",
    "refresh_token",
    "secret",
    "token",
}


class BrokenFile(ValueError):  # noqa: N818 - it says what the file is
    """The file holds no profile; the text says why, to follow "because"."""


class NewerFile(ValueError):  # noqa: N818 - it says what the file is
    """The file was written by a later release of the app."""

    def __init__(self, version: int, known: int = VERSION) -> None:
        super().__init__(f"it has version {version}, and this release reads up to version {known}")
        self.version = version


def stamp(data: bytes) -> str:
    """By which the content of a file is told from another; the same content has the same stamp."""
    return hashlib.sha256(data).hexdigest()


def encode(profile: Profile) -> bytes:
    """The file of ``profile``, with its own values only. Raises ValueError for text that UTF-8 cannot hold."""
    inherits = profile.inherits
    content: dict[str, Any] = {"version": VERSION}
    content |= {field: getattr(profile, field) for field in _FIELDS if field not in inherits}
    known = {*_FIELDS, "version"}
    content |= {name: value for name, value in _without_secrets(profile.unknown).items() if name not in known}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def decode(data: bytes, profile_id: str) -> Profile:
    """Read a file. Raises BrokenFile or NewerFile, and nothing else whatever the file holds.

    Fields that are missing take their defaults, but for the name; where these may be set for all profiles, the profile
    inherits. Secrets that somebody wrote into the file are not
    read; see :func:`holds_secret`.
    """
    content = _migrated(_read(data))
    given = {field: content[field] for field in _FIELDS if field in content}
    given["inherited"] = {field: value for field, value in BUILT_IN.items() if field not in given}
    unknown = {name: value for name, value in content.items() if name not in _FIELDS and name != "version"}
    try:
        profile = msgspec.convert({**given, "id": profile_id, "stamp": stamp(data)}, Profile)
    except msgspec.ValidationError as error:
        raise BrokenFile(f"a value is of the wrong kind: {error}") from error
    if not profile.name.strip():
        raise BrokenFile("the name is empty")
    return msgspec.structs.replace(profile, unknown=_without_secrets(unknown))


def holds_secret(data: bytes) -> bool:
    """Whether somebody wrote a secret into this file by hand. ``data`` must be readable by :func:`decode`."""
    content = _read(data)
    return bool(_without_secrets(content) != content)


def _read(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise BrokenFile(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BrokenFile(f"it is no JSON: {error}") from error
    if not isinstance(content, dict):
        raise BrokenFile("it is no JSON object")
    version = content.get("version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BrokenFile("it has no version number")
    if version > VERSION:
        raise NewerFile(version)
    return content


def _migrated(content: dict[str, Any]) -> dict[str, Any]:
    """The content of a file as this version writes it, from each version that ever was; the values are not judged."""
    content = dict(content)
    # Version 2 knows HTTP Basic as a third way.
    if content["version"] == 1 and content.pop("secret_in_body", False) is True:
        content["credentials_in"] = "body"
    if content["version"] <= _ALL_WRITTEN:
        # Every value was written, also those that nobody chose: these follow the defaults for all profiles now.
        for field in INHERITABLE:
            value = msgspec.to_builtins(BUILT_IN[field])
            if field in content and content[field] == value and type(content[field]) is type(value):
                del content[field]
    return content


def _without_secrets(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_secrets(each)
            for name, each in value.items()
            if name.lower().replace("-", "_") not in _SECRETS or not isinstance(each, str) or SECRET_PLACEHOLDER in each
        }
    if isinstance(value, list):
        return [_without_secrets(each) for each in value]
    return value
