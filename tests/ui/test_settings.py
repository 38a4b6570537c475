"""The settings: every page in one dialog, found by words, kept by its own buttons."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QCheckBox, QPushButton, QRadioButton, QSpinBox

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.ui.dialogs.settings import SettingsDialog
from optave_inspector.ui.theme import ThemeChoice, theme_switch

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@contextlib.asynccontextmanager
async def settings(wait_until) -> AsyncIterator[tuple[WindowParts, SettingsDialog]]:
    parts = await build_window()
    parts.window.show()
    try:
        next(each for each in parts.window.findChildren(QAction) if each.objectName() == "settingsAction").trigger()
        await wait_until(lambda: parts.window.findChild(SettingsDialog))
        yield parts, parts.window.findChild(SettingsDialog)
    finally:
        await take_apart(parts)


def test_a_search_shows_the_page_and_lights_the_row(aio, wait_until) -> None:
    async def run() -> None:
        async with settings(wait_until) as (_parts, dialog):
            dialog.search.setText("older")
            assert dialog.page.name == "captures"
            assert dialog.findChild(QCheckBox, "captureDaysCheck").property("found") is True
            assert not dialog.findChild(QCheckBox, "captureSizeCheck").property("found")
            dialog.search.setText("dark")
            assert dialog.findChild(QRadioButton, "settingsThemeDarkRadio").property("found") is True
            assert not dialog.findChild(QCheckBox, "captureDaysCheck").property("found")
            dialog.search.setText("no setting is called like this")
            assert all(dialog.list.item(row).isHidden() for row in range(dialog.list.count()))
            dialog.search.setText("")
            assert not any(dialog.list.item(row).isHidden() for row in range(dialog.list.count()))

    aio(run())


def test_what_is_changed_on_a_page_is_kept_as_in_the_dialog_of_its_own(aio, wait_until) -> None:
    async def run() -> None:
        async with settings(wait_until) as (parts, dialog):
            dialog.show_page("captures")
            dialog.findChild(QSpinBox, "captureDaysSpin").setValue(3)
            dialog.findChild(QPushButton, "captureLimitsSaveButton").click()
            await wait_until(lambda: parts.captures.retention().keep_days == 3)
            await wait_until(lambda: "limits of captures are kept" in dialog._words.text())
            dialog.show_page("appearance")
            dialog.findChild(QRadioButton, "settingsThemeDarkRadio").click()
            assert theme_switch().choice is ThemeChoice.DARK
            dialog.findChild(QRadioButton, "settingsThemeLightRadio").click()
            assert not theme_switch().theme.dark

    aio(run())
