"""Profiles from and to files, and from environment variables, from the window."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from ..errors import InspectorError
from ..profiles.commands import read_environment, read_shared, write_shared
from ..profiles.env_import import import_environment
from ..profiles.secrets import CLIENT_SECRET
from ..profiles.sharing import SUFFIX
from .actions import make_action
from .dialogs.notice import NoticeDialog
from .dialogs.profile_files import ExportProfilesDialog, ImportEnvironmentDialog, ImportProfilesDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget

    from ..profiles.env_import import EnvImport
    from ..profiles.sharing import Shared
    from .session_view import SessionView

_FILTER = f"Profiles and variables (*{SUFFIX} *.json .env *.env);;All files (*)"
_FROM_HERE = "From environment"


class ProfileFiles(QObject):
    """The actions that import and export profiles, for the session of ``view``."""

    def __init__(self, view: SessionView) -> None:
        super().__init__(view)
        self._view = view
        self._book = view.current.book
        self.import_ = make_action(
            self, "importProfilesAction", "&Import profiles or .env…", self.ask_import,
            tip="Take in profiles that were exported, or make one of a file of environment variables",
        )  # fmt: skip
        self.from_environment = make_action(
            self, "importEnvironmentAction", "New profile from the &environment…", self.ask_environment,
            tip="Make a profile of the variables OPTAVE__WEBSOCKET_URL and the like of this process",
        )  # fmt: skip
        self.export = make_action(
            self, "exportProfilesAction", "E&xport profiles…", self.ask_export,
            tip="Write profiles into a file for somebody else, without secrets",
        )  # fmt: skip

    def ask_import(self) -> None:
        """Ask for a file, and say what is in it before anything is taken in."""
        dialog = self._file_dialog("Import profiles", "importProfilesFileDialog", _FILTER)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.fileSelected.connect(lambda name: self.read(Path(name)))
        dialog.open()

    def read(self, path: Path) -> None:
        """Read a file, and ask whether to take in what it holds."""
        self._view.bridge.start(self._read(path), "read profiles")

    def ask_environment(self) -> None:
        """Say what the environment variables of this process hold, and ask whether to take it in."""
        self._show_environment(lambda: import_environment(os.environ, _FROM_HERE))

    def ask_export(self) -> None:
        """Ask which profiles, and then where to."""
        dialog = ExportProfilesDialog(self._book.names(), self._view.current.profile.id, self._window)
        dialog.chosen.connect(self._ask_target)
        dialog.open()

    def write(self, ids: Sequence[str], target: Path) -> None:
        """Write profiles to ``target``; how it went stands in the message bar."""
        self._view.bridge.start(self._write(ids, target), "export profiles")

    @property
    def _window(self) -> QWidget:
        return self._view.window()

    async def _read(self, path: Path) -> None:
        try:
            if path.suffix == ".json":
                found, refused = await asyncio.to_thread(read_shared, path)
                dialog = ImportProfilesDialog(found, refused, self._window)
                dialog.accepted.connect(lambda: self._view.bridge.start(self._take(found), "import profiles"))
                dialog.open()
            else:
                variables = await asyncio.to_thread(read_environment, path)
                self._show_environment(lambda: import_environment(variables, path.parent.name or _FROM_HERE))
        except InspectorError as error:
            self._refuse(path.name, error)

    def _show_environment(self, look: Callable[[], EnvImport]) -> None:
        try:
            found = look()
        except InspectorError as error:
            self._refuse("The environment", error)
            return
        dialog = ImportEnvironmentDialog(found, self._window)
        dialog.confirmed.connect(
            lambda keep: self._view.bridge.start(self._take_environment(found, keep=keep), "import a profile")
        )
        dialog.open()

    def _refuse(self, called: str, error: InspectorError) -> None:
        title = f"{called} cannot be imported"
        NoticeDialog("cannotImportProfilesDialog", title, str(error), self._window).open()

    async def _take(self, found: Sequence[Shared]) -> None:
        added = [profile_id for each in found if (profile_id := await self._book.add(each.profile))]
        if added:
            self._view.current.choose(added[0])
            names = ", ".join(f"“{self._book[profile_id].name}”" for profile_id in added)
            self._view.bridge.warned.emit("ok", f"Imported {names}, without secrets.")

    async def _take_environment(self, found: EnvImport, *, keep: bool) -> None:
        profile_id = await self._book.add(found.profile)
        if not profile_id:
            return
        if keep:
            await self._book.secrets.set(profile_id, CLIENT_SECRET, found.secret)
        self._view.current.choose(profile_id)
        self._view.bridge.warned.emit("ok", f"Imported “{self._book[profile_id].name}”.")

    def _ask_target(self, ids: list[str]) -> None:
        stem = self._book[ids[0]].name if len(ids) == 1 else "profiles"
        safe = "".join(each if each.isalnum() or each in " -_" else "_" for each in stem).strip() or "profile"
        dialog = self._file_dialog("Export to", "exportProfilesFileDialog", f"Profiles (*{SUFFIX})")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(SUFFIX.removeprefix("."))
        dialog.selectFile(str(Path.home() / f"{safe}{SUFFIX}"))
        dialog.fileSelected.connect(lambda name: self.write(ids, Path(name)))
        dialog.open()

    async def _write(self, ids: Sequence[str], target: Path) -> None:
        profiles = [each for each in await self._book.saved() if each.id in ids]
        try:
            await asyncio.to_thread(write_shared, profiles, target)
        except InspectorError as error:
            self._view.bridge.warned.emit("error", f"Nothing was exported. {error}")
            return
        count = "The profile was" if len(profiles) == 1 else f"{len(profiles):,} profiles were"
        self._view.bridge.warned.emit("ok", f"{count} exported to {target}, without secrets.")

    def _file_dialog(self, title: str, object_name: str, kinds: str) -> QFileDialog:
        dialog = QFileDialog(self._window, title, str(Path.home()), kinds)
        dialog.setObjectName(object_name)
        dialog.finished.connect(dialog.deleteLater)
        return dialog
