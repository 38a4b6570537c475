"""Queries that the user gave a name, kept for all captures."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import msgspec

from ..errors import InspectorError
from .new_file import replacing
from .schema import in_words

if TYPE_CHECKING:
    from pathlib import Path

_VERSION = 1
LONGEST_NAME = 80


class SavedFilter(msgspec.Struct, frozen=True):
    """One query under its name."""

    name: str
    query: str
    """As the user wrote it."""


class _Version(msgspec.Struct):
    version: int


class _Content(msgspec.Struct, frozen=True):
    version: int
    filters: list[SavedFilter]


class SavedFilters:
    """The filters in a JSON file, which several windows may use: every method reads it anew.

    Names are told apart without regard to case. A file that cannot be understood is set aside under another name,
    never lost. One that cannot be read, or that a newer version wrote, is left alone: then every method raises
    :class:`~..errors.InspectorError`, as does a write that fails.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        self.notice = ""
        """What the user should know of the file, in words; empty when all is well."""

    def all(self) -> list[SavedFilter]:
        """All filters by name."""
        return sorted(self._read(), key=lambda one: one.name.casefold())

    def save(self, name: str, query: str) -> None:
        """Keep ``query`` as ``name``, in place of one that has this name."""
        name = " ".join(name.split())
        if not name:
            raise InspectorError("A filter needs a name.")
        if len(name) > LONGEST_NAME:
            sentence = f"The name of a filter has at most {LONGEST_NAME} characters."
            raise InspectorError(sentence, "Choose a shorter one.")
        self._write([*self._without(name), SavedFilter(name, query)])

    def remove(self, name: str) -> None:
        """Forget the filter of this name, if there is one."""
        self._write(self._without(name))

    def _without(self, name: str) -> list[SavedFilter]:
        return [one for one in self._read() if one.name.casefold() != name.casefold()]

    def _read(self) -> list[SavedFilter]:
        try:
            data = self._file.read_bytes()
        except FileNotFoundError:
            return []
        except OSError as error:
            raise InspectorError(f"The saved filters in {self._file} cannot be read: {in_words(error)}.") from error
        try:
            version = msgspec.json.decode(data, type=_Version).version
            if version > _VERSION:
                sentence = f"The saved filters in {self._file} are of a newer version."
                raise InspectorError(sentence, "Use a newer release.")
            return msgspec.json.decode(data, type=_Content).filters
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
            self._set_aside(str(error))
            return []

    def _write(self, filters: list[SavedFilter]) -> None:
        with replacing(self._file) as temporary:
            temporary.write_bytes(msgspec.json.format(msgspec.json.encode(_Content(_VERSION, filters))))

    def _set_aside(self, why: str) -> None:
        aside = self._file.with_name(f"{self._file.stem}.{time.strftime('%Y%m%d-%H%M%S')}.set-aside.json")
        try:
            self._file.replace(aside)
        except OSError as error:
            raise InspectorError(
                f"The saved filters in {self._file} are damaged ({why}), and cannot be set aside: {in_words(error)}."
            ) from error
        self.notice = f"The saved filters were damaged ({why}); the file was set aside as {aside.name}."
