"""What a window does for its user beside the sessions: finding, helping, telling about itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from .actions import make_action
from .commands import commands
from .dialogs.about import about_text, shortcuts_text
from .dialogs.command_palette import CommandPalette
from .dialogs.text_dialog import TextDialog

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMenu

    from .main_window import MainWindow

_REMEMBERED = 5


class WindowCare(QObject):
    """Holds the actions; all sessions of the window share them."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._last: list[str] = []
        self.palette = make_action(
            self, "paletteAction", "&Commands…", self.open_palette, shortcut="Ctrl+K",
            tip="Find any action, panel, profile, session, capture or recipe by some of its letters",
        )  # fmt: skip
        self.shortcuts = make_action(
            self, "shortcutsAction", "&Keyboard shortcuts", self._show_shortcuts,
            tip="Every shortcut and where it holds",
        )  # fmt: skip
        self.about = make_action(
            self, "aboutAction", "&About Optave Inspector", self._show_about,
            tip="Versions and folders, to put into a problem report",
        )  # fmt: skip

    def fill_help(self, menu: QMenu) -> None:
        """Put the actions of the menu Help into it."""
        menu.addActions([self.shortcuts, self.about])

    def open_palette(self) -> None:
        """Open the command palette; what was run last stands on top."""
        found = commands(self._window)
        found.sort(key=lambda each: self._last.index(each.key) if each.key in self._last else _REMEMBERED)
        CommandPalette(found, self._window, self._remember).open()

    def _remember(self, key: str) -> None:
        self._last = [key, *(each for each in self._last if each != key)][:_REMEMBERED]

    def _show_shortcuts(self) -> None:
        text = shortcuts_text(self._window)
        TextDialog("Keyboard shortcuts", {"Shortcuts": text}, "shortcutsDialog", self._window).open()

    def _show_about(self) -> None:
        TextDialog("About Optave Inspector", {"About": about_text()}, "aboutDialog", self._window).open()
