"""The file with the defaults for all profiles: JSON with a version number, beside the folder of the profiles."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from . import checks
from .defaults import INHERITABLE
from .profile import Profile
from .profile_file import MAX_BYTES, BrokenFile, NewerFile

if TYPE_CHECKING:
    from collections.abc import Mapping

VERSION = 1


def encode_defaults(for_all: Mapping[str, Any], unknown: Mapping[str, Any]) -> bytes:
    """The file's content. ``unknown`` is what :func:`decode_defaults` gave besides."""
    content = {"version": VERSION, "values": {**unknown, **for_all}}
    return msgspec.json.format(msgspec.json.encode(content), indent=2) + b"\n"


def decode_defaults(data: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The values by field, and those that this release does not know. Raises BrokenFile or NewerFile."""
    if len(data) > MAX_BYTES:
        raise BrokenFile(f"it is larger than {MAX_BYTES:,} bytes")
    try:
        content = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
        raise BrokenFile(f"it is no JSON: {error}") from error
    version = content.get("version") if isinstance(content, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BrokenFile("it has no version number")
    if version > VERSION:
        raise NewerFile(version, VERSION)
    values = content.get("values", {})
    if not isinstance(values, dict):
        raise BrokenFile("its values are no object")
    for_all = {field: value for field, value in values.items() if field in INHERITABLE}
    try:
        profile = msgspec.convert({"id": "x", "name": "x", **for_all}, Profile)
    except msgspec.ValidationError as error:
        raise BrokenFile(f"a value is of the wrong kind: {error}") from error
    problems = checks.saving(profile)
    if problems:
        raise BrokenFile(problems[0].sentence.rstrip("."))
    unknown = {name: value for name, value in values.items() if name not in INHERITABLE}
    return {field: getattr(profile, field) for field in for_all}, unknown
