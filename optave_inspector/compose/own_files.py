"""What the files of drafts and of named requests have in common: JSON objects with a version number."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 32_000_000


class BrokenFile(ValueError):  # noqa: N818 - it says what the file is
    """The file does not hold what it should; the text says why, to follow "because"."""


class NewerFile(ValueError):  # noqa: N818 - it says what the file is
    """The file was written by a later release of the app."""


def read_versioned(data: bytes, newest: int) -> dict[str, Any]:
    """The JSON object in ``data``. Raises BrokenFile or NewerFile, and nothing else."""
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
    if version > newest:
        raise NewerFile(f"it has version {version}, and this release reads up to version {newest}")
    return content


def write_versioned(content: dict[str, Any], version: int) -> bytes:
    """A file that :func:`read_versioned` reads. Raises BrokenFile for text that UTF-8 cannot hold."""
    try:
        return msgspec.json.format(msgspec.json.encode({"version": version, **content}), indent=1) + b"\n"
    except UnicodeEncodeError as error:
        raise BrokenFile(f"it holds a character that no file can keep ({error.reason})") from error


def content_of(path: Path) -> bytes | None:
    """What the file holds, up to a little more than can be read; None where there is none."""
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return None


def put_aside(path: Path) -> str:
    """Rename a broken file so that nobody reads or overwrites it; its new name. Raises OSError."""
    aside = path.with_name(f"{path.name}.broken-{datetime.now(UTC).strftime('%Y%m%dT%H%M%S.%fZ')}")
    path.rename(aside)
    return aside.name


def reason(error: OSError) -> str:
    """Why it failed, to stand within a sentence."""
    return (error.strerror or str(error)).rstrip(".")
