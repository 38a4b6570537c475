"""The command palette: what it finds, what Enter does, and what it says of what cannot be done."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow, QMenu, QWidget

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.repro.shipped import shipped
from optave_inspector.ui.commands import commands
from optave_inspector.ui.dialogs.command_palette import CommandPalette

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def opened(parts: WindowParts, text: str = "") -> CommandPalette:
    next(each for each in parts.window.findChildren(QAction) if each.objectName() == "paletteAction").trigger()
    palette = parts.window.findChildren(CommandPalette)[-1]
    palette.edit.setText(text)
    return palette


def in_a_dialog(held: QObject | None) -> bool:
    """Also one that is made before it is opened."""
    while held is not None:
        if isinstance(held, QWidget) and held.isWindow() and not isinstance(held, QMenu):
            return not isinstance(held, QMainWindow)
        held = held.parent()
    return False


def test_every_action_of_menus_and_panels_is_found(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            keys = {command.key.split(" ")[0] for command in commands(parts.window)}
            for action in parts.window.view.findChildren(QAction):
                name = action.objectName()
                if in_a_dialog(action):
                    continue
                if name.endswith("Action") and action.text() and not action.isSeparator():
                    assert name in keys, name
            assert {"goToFramesPanelAction", "themeDarkAction", "showEntryPanelAction", "framesFilterAction"} <= keys
            assert len([each for each in commands(parts.window) if each.place == "Shipped recipe"]) == len(shipped())

    aio(run())


def test_enter_runs_what_is_chosen_once_the_palette_has_gone(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            palette = opened(parts, "theme dark")
            assert palette.chosen is not None
            assert palette.chosen.name == "Dark (off)"
            palette.reject()
            palette = opened(parts, "new session")
            QTest.keyClick(palette.edit, Qt.Key.Key_Return)
            await wait_until(lambda: len(parts.window.pages) == 2)
            assert not [each for each in parts.window.findChildren(CommandPalette) if each.isVisible()]
            again = opened(parts)
            assert again.chosen is not None
            assert again.chosen.name == "New session"

    aio(run())


def test_what_cannot_be_done_now_says_so_and_is_not_run(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            palette = opened(parts, "drop tcp connection")
            QTest.keyClick(palette.edit, Qt.Key.Key_Return)
            assert palette.isVisible()
            assert palette.chosen is not None
            assert "cannot be done now" in palette.edit.accessibleDescription()
            assert "cannot be done now" in palette._words.text()
            QTest.keyClick(palette.edit, Qt.Key.Key_Escape)
            assert not palette.isVisible()

    aio(run())


def test_arrows_choose_while_one_types_and_go_round(aio) -> None:
    async def run() -> None:
        async with window() as parts:
            palette = opened(parts, "go to")
            first = palette.chosen
            QTest.keyClick(palette.edit, Qt.Key.Key_Up)
            assert palette.list.currentIndex().row() == palette.model.rowCount() - 1
            QTest.keyClick(palette.edit, Qt.Key.Key_Down)
            assert palette.chosen is first
            palette.edit.setText("nothing is called like this")
            assert palette.chosen is None
            QTest.keyClick(palette.edit, Qt.Key.Key_Return)
            assert palette.isVisible()

    aio(run())


def test_a_recipe_a_profile_and_a_session_can_be_gone_to(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            await parts.current.new("Staging")
            parts.window.ask_new_session()
            await wait_until(lambda: len(parts.window.pages) == 2)
            first = parts.window.pages[0]
            opened(parts, "session 1").run()
            await wait_until(lambda: parts.window.page is first)
            opened(parts, "use profile staging").run()
            await wait_until(lambda: parts.current.profile.name == "Staging")
            opened(parts, "flood recipe").run()
            await wait_until(lambda: "flood" in parts.window.view.recipe.text().lower())

    aio(run())
