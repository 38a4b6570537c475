"""What a capture says of itself, beside its entries: whose session it was, and whether it ended well."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    import sqlite3


class CaptureInfo(msgspec.Struct, frozen=True):
    """The rows of a capture's ``meta`` table. Names that this version does not know stay in the file untouched."""

    app_version: str = ""
    """Version of the inspector that began the capture."""
    created_wall_ns: int = 0
    """Unix time; 0 where it is not known."""
    profile: str = ""
    """Name of the profile that the session began with."""
    tenant: str = ""
    """Host that the session began with."""
    origin: str = ""
    """What it was imported from, as ``HAR session.har``; empty for a session of the inspector's own."""
    kept: bool = False
    """The user wants it kept: no clean-up takes it."""
    closed: bool = False
    """The last writer ended well. False while a session writes, and after a crash."""
    recovered: bool = False
    """It was once found after a crash."""


_DEFAULTS = CaptureInfo()
_UPSERT = "INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"


def read_info(connection: sqlite3.Connection) -> CaptureInfo:
    """The info in the file; a value of a strange kind counts as missing. Raises ``sqlite3.Error``."""
    found: dict[str, str | int | bool] = {}
    for name, value in connection.execute("SELECT name, value FROM meta"):
        default = getattr(_DEFAULTS, str(name), None)
        if isinstance(default, bool):
            found[name] = value == "1"
        elif isinstance(default, int):
            found[name] = int(value) if str(value).isascii() and str(value).isdigit() else default
        elif isinstance(default, str):
            found[name] = str(value)
    return msgspec.convert(found, CaptureInfo)


def write_info(connection: sqlite3.Connection, info: CaptureInfo) -> None:
    """Put all of ``info`` into the file, within a transaction of the caller's. Raises ``sqlite3.Error``."""
    for name, value in msgspec.structs.asdict(info).items():
        write_value(connection, name, value)


def write_value(connection: sqlite3.Connection, name: str, value: str | int | bool) -> None:  # noqa: FBT001 - stored as it is
    """Put one field of :class:`CaptureInfo` into the file. Raises ``sqlite3.Error``."""
    text = ("1" if value else "") if isinstance(value, bool) else str(value)
    connection.execute(_UPSERT, (name, text.encode("utf-8", "replace").decode()))
