"""What a window does for its user beside the sessions: finding, helping, telling about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from .actions import make_action
from .commands import commands
from .dialogs.about import about_text, shortcuts_text
from .dialogs.command_palette import CommandPalette
from .dialogs.text_dialog import TextDialog
from .settings_pages import make_dialog, settings_dialog
from .shortcut_file import ShortcutFile
from .shortcuts import Shortcuts

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QMenu

    from .dialogs.settings import SettingsDialog
    from .main_window import MainWindow

_REMEMBERED = 5


class WindowCare(QObject):
    """Holds the actions; all sessions of the window share them. ``folder`` takes the user's settings."""

    def __init__(self, window: MainWindow, folder: Path) -> None:
        super().__init__(window)
        self._window = window
        self._last: list[str] = []
        self.palette = make_action(
            self, "paletteAction", "&Commands…", self.open_palette, shortcut="Ctrl+K",
            tip="Find any action, panel, profile, session, capture or recipe by some of its letters",
        )  # fmt: skip
        self.settings = make_action(
            self, "settingsAction", "Se&ttings…", self.open_settings, shortcut="Ctrl+,",
            tip="All settings of yours in one place, with a search",
        )  # fmt: skip
        self.list_shortcuts = make_action(
            self, "shortcutsAction", "&Keyboard shortcuts", self._show_shortcuts,
            tip="Every shortcut and where it holds",
        )  # fmt: skip
        self.about = make_action(
            self, "aboutAction", "&About Optave Inspector", self._show_about,
            tip="Versions and folders, to put into a problem report",
        )  # fmt: skip

        self.shortcuts = Shortcuts(ShortcutFile(folder / "shortcuts.json"), self)

    def fill_help(self, menu: QMenu) -> None:
        """Put the actions of the menu Help into it."""
        menu.addActions([self.list_shortcuts, self.about])

    def open_palette(self) -> None:
        """Open the command palette; what was run last stands on top."""
        found = commands(self._window)
        found.sort(key=lambda each: self._last.index(each.key) if each.key in self._last else _REMEMBERED)
        CommandPalette(found, self._window, self._remember).open()

    def open_settings(self, page: str = "") -> None:
        """Open the settings, with the page of that name in front where one is given."""
        self._window.view.bridge.start(self._open_settings(page), "open the settings")

    def make_settings(self) -> SettingsDialog:
        """The settings of somebody who has changed nothing, not shown."""
        return make_dialog(self._window, self.shortcuts)

    async def _open_settings(self, page: str) -> None:
        dialog = await settings_dialog(self._window, self.shortcuts)
        if page:
            dialog.show_page(page)
        dialog.open()

    def _remember(self, key: str) -> None:
        self._last = [key, *(each for each in self._last if each != key)][:_REMEMBERED]

    def _show_shortcuts(self) -> None:
        text = shortcuts_text(self._window)
        TextDialog("Keyboard shortcuts", {"Shortcuts": text}, "shortcutsDialog", self._window).open()

    def _show_about(self) -> None:
        TextDialog("About Optave Inspector", {"About": about_text()}, "aboutDialog", self._window).open()
