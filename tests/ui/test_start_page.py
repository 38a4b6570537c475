"""The start page of a session without entries: what it offers, by keyboard, and that it goes."""

from __future__ import annotations

import contextlib
import time
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.manual_window import ManualWindow
from optave_inspector.ui.dialogs.question import TextQuestion
from optave_inspector.ui.start_page import StartPage

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[tuple[WindowParts, StartPage]]:
    parts = await build_window()
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts, parts.window.view.findChild(StartPage)
    finally:
        await take_apart(parts)


def button(page: StartPage, name: str) -> QPushButton:
    return page.findChild(QPushButton, name)


def test_it_connects_to_the_local_tenant_by_keyboard_and_goes_when_entries_come(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as (parts, page):
            assert page.isVisible()
            connect = button(page, "startTenantButton")
            connect.setFocus()
            QTest.keyClick(connect, Qt.Key.Key_Space)
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 15)
            await wait_until(lambda: not page.isVisible())
            assert parts.window.view.frames.view.isVisible()

    aio(run(), 20)


def test_recent_captures_that_are_there_are_offered_and_open(aio, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        async with window() as (parts, page):
            assert not button(page, "startRecent1Button").isVisible()
            path = tmp_path / "refund & return.optave-capture"
            CaptureStore.create(path).close()
            parts.captures.recent.add(tmp_path / "gone.optave-capture", time.time_ns())
            parts.captures.recent.add(path, time.time_ns())
            page.refresh()
            assert button(page, "startRecent1Button").text() == "refund && return"
            assert not button(page, "startRecent2Button").isVisible()
            button(page, "startRecent1Button").click()
            await wait_until(lambda: parts.window.captures.windows.windows)
            assert parts.window.captures.windows.windows[0].path == path

    aio(run())


def test_it_leads_to_recipes_the_manual_and_a_new_profile(aio) -> None:
    async def run() -> None:
        async with window() as (parts, page):
            button(page, "startRecipeButton").click()
            assert parts.window.view.recipe.isAncestorOf(parts.window.focusWidget())
            button(page, "startManualButton").click()
            assert parts.window.findChild(ManualWindow).page == "first-five-minutes"
            button(page, "startProfileButton").click()
            assert parts.window.findChild(TextQuestion, "newProfileDialog") is not None

    aio(run())


def test_a_session_that_comes_later_has_one_too(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as (parts, page):
            parts.window.ask_new_session()
            await wait_until(lambda: len(parts.window.pages) == 2)
            assert parts.window.view.findChild(StartPage) is not page

    aio(run())
