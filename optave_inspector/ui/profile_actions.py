"""The menu of what can be done with profiles and their secrets."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from .actions import make_action
from .commands import profile_commands
from .dialogs.command_palette import CommandPalette
from .dialogs.profile_defaults import ProfileDefaultsDialog
from .dialogs.question import ConfirmDialog
from .profile_files import ProfileFiles

if TYPE_CHECKING:
    from .session_view import SessionView

_FORGET_ALL = (
    "Forget every client secret and token that this app keeps in the desktop's keyring or in memory, those of deleted "
    "profiles included? This cannot be undone."
)


class ProfileActions(QObject):
    """Makes the menu for the session of ``view``."""

    def __init__(self, view: SessionView) -> None:
        super().__init__(view)
        self._view = view
        rows = view.connection.profiles
        self.files = ProfileFiles(view)
        self.menu = QMenu("&Profiles", view)
        self.menu.setObjectName("profilesMenu")
        make = partial(make_action, view)
        self.menu.addActions(
            [
                make("newProfileAction", "&New profile…", rows.ask_new, tip="Make a profile, by an address form"),
                make("renameProfileAction", "&Rename profile…", rows.ask_rename, tip="Give the profile another name"),
                make("copyProfileAction", "&Copy profile…", rows.ask_copy, tip="Copy the profile, without its secret"),
                make("deleteProfileAction", "&Delete profile…", rows.ask_delete, tip="Delete it and its secret"),
            ]
        )
        self.menu.addSeparator()
        find = "Choose a profile by some letters of its name, URL, tenant or client ID"
        self.menu.addAction(make("findProfileAction", "&Find profile…", self.ask_which, shortcut="Ctrl+P", tip=find))
        tip = "Where each setting comes from, and what holds for all profiles"
        text = "Defa&ults for all profiles…"
        self.menu.addAction(make("profileDefaultsAction", text, self.show_defaults, tip=tip))
        self.menu.addSeparator()
        self.menu.addActions([self.files.import_, self.files.from_environment, self.files.export])
        self.menu.addSeparator()
        tip = "Remove all secrets of this app from the keyring, those of deleted profiles included"
        self.menu.addAction(make("forgetSecretsAction", "Forget &all secrets…", self.ask_forget_all, tip=tip))
        rows.defaultsAsked.connect(self.show_defaults)

    def ask_which(self) -> None:
        """Choose a profile by some of its letters."""
        CommandPalette(list(profile_commands(self._view.current)), self._view.window()).open()

    def show_defaults(self) -> None:
        """Show where each setting comes from."""
        ProfileDefaultsDialog(self._view.current, self._view.bridge.start, self._view.window()).open()

    def ask_forget_all(self) -> None:
        """Ask whether to forget every secret."""
        dialog = ConfirmDialog(
            "forgetSecretsDialog", "Forget all secrets", _FORGET_ALL, "Forget all", self._view.window()
        )
        book = self._view.current.book
        dialog.accepted.connect(lambda: self._view.bridge.start(book.forget_secrets(), "forget all secrets"))
        dialog.open()
