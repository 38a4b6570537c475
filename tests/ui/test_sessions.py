"""Several sessions in one window: each on its own, none lost, all there again after a restart."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QPushButton, QTabBar, QToolButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.question import ConfirmDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from PySide6.QtGui import QAction

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def opened():
    """``async with opened() as parts`` shows the window of the app, and ends it as the app does."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[WindowParts]:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.window.activateWindow()
        await parts.painted()
        try:
            yield parts
        finally:
            await take_apart(parts)

    return make


def in_menu(parts: WindowParts, name: str) -> QAction:
    """The action of this name in the menus that are in the menu bar."""
    pending = [action.menu() for action in parts.window.menuBar().actions()]
    while pending:
        menu = pending.pop()
        for action in menu.actions():
            if action.objectName() == name:
                return action
            if isinstance(action.menu(), QMenu):
                pending.append(action.menu())
    raise AssertionError(name)


def tabs(parts: WindowParts) -> list[str]:
    bar = parts.window.findChild(QTabBar, "sessionTabBar")
    return [bar.tabText(index) for index in range(bar.count())]


async def another(parts: WindowParts, wait_until) -> None:
    count = len(parts.window.pages)
    in_menu(parts, "newSessionAction").trigger()
    await wait_until(lambda: len(parts.window.pages) == count + 1)


def confirm(parts: WindowParts) -> ConfirmDialog:
    (dialog,) = (each for each in parts.window.findChildren(ConfirmDialog) if each.isVisible())
    return dialog


def test_with_one_session_there_are_no_tabs_and_nothing_to_close(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            assert not parts.window.findChild(QTabBar, "sessionTabBar").isVisible()
            assert not in_menu(parts, "closeSessionAction").isEnabled()
            parts.window.ask_close_session()
            assert len(parts.window.pages) == 1

    aio(run())


def test_a_second_session_has_its_own_connection_capture_and_traces(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            first = parts.window.page
            await parts.window.tenant_actions.start_and_connect()
            await wait_until(lambda: first.one.session.state is ConnectionState.OPEN)
            parts.window.findChild(QToolButton, "newSessionButton").click()
            await wait_until(lambda: len(parts.window.pages) == 2)
            second = parts.window.page
            assert second is not first
            assert second.one.session.state is ConnectionState.CLOSED
            assert second.one.current.profile.name == "Local tenant"
            await parts.window.tenant_actions.start_and_connect()
            await wait_until(lambda: second.one.session.state is ConnectionState.OPEN)
            assert tabs(parts) == ["● Local tenant", "● Local tenant"]
            second.view.composer.send()
            await wait_until(lambda: [each.status.answered for each in second.one.session.exchanges] == [True])
            await second.one.session.settled()
            assert not first.one.session.exchanges
            assert first.one.session.store.path != second.one.session.store.path
            await second.one.session.close()
            assert first.one.session.state is ConnectionState.OPEN
            assert tabs(parts) == ["● Local tenant", "○ Local tenant"]

    aio(run(), 60)


def test_the_menus_act_on_the_session_in_front(aio, opened, wait_until, qtbot) -> None:
    async def run() -> None:
        async with opened() as parts:
            first = parts.window.page
            await another(parts, wait_until)
            second = parts.window.page
            await parts.window.tenant_actions.start_and_connect()
            await wait_until(lambda: second.one.session.state is ConnectionState.OPEN)
            assert in_menu(parts, "disconnectAction").isEnabled()
            parts.window.activateWindow()
            await wait_until(parts.window.isActiveWindow)
            qtbot.keyClick(parts.window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
            assert parts.window.page is first
            assert not in_menu(parts, "disconnectAction").isEnabled()
            qtbot.keyClick(parts.window, Qt.Key.Key_PageUp, Qt.KeyboardModifier.ControlModifier)
            assert parts.window.page is second
            in_menu(parts, "disconnectAction").trigger()
            await wait_until(lambda: second.one.session.state is ConnectionState.CLOSED)

    aio(run(), 60)


def test_a_session_with_nothing_to_lose_closes_at_once_and_leaves_no_capture(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await another(parts, wait_until)
            path = parts.session.store.path
            assert path.exists()
            in_menu(parts, "closeSessionAction").trigger()
            await wait_until(lambda: not path.exists())
            assert len(parts.window.pages) == 1
            assert parts.window.findChild(ConfirmDialog, "closeSessionDialog") is None

    aio(run())


def test_closing_a_connected_session_asks_first_and_closes_with_1001(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await another(parts, wait_until)
            page = parts.window.page
            session = page.one.session
            await parts.window.tenant_actions.start_and_connect()
            await wait_until(lambda: session.state is ConnectionState.OPEN)
            bar = parts.window.findChild(QTabBar, "sessionTabBar")
            bar.tabButton(1, QTabBar.ButtonPosition.RightSide).click()
            dialog = confirm(parts)
            assert "1001" in dialog.accessibleDescription()
            dialog.reject()
            assert session.state is ConnectionState.OPEN
            parts.window.ask_close_session()
            path = session.store.path
            confirm(parts).findChild(QPushButton, "closeSessionDialogAcceptButton").click()
            await wait_until(lambda: session.state is ConnectionState.CLOSED)
            assert session.ending.sent.code == 1001
            assert len(parts.window.pages) == 1
            assert path.exists()

    aio(run(), 60)


def test_what_was_typed_outlives_its_session_without_a_question(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await another(parts, wait_until)
            parts.window.composer.set_text('{"mine": 1}')
            parts.window.ask_close_session()
            await wait_until(lambda: len(parts.window.pages) == 1)
            assert '{"mine": 1}' in [draft.text for draft in parts.window.composer.drafts.open()]

    aio(run())


def test_edits_of_a_profile_are_seen_in_every_session_that_uses_it(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            first = parts.window.page
            await parts.current.new("shared")
            await another(parts, wait_until)
            parts.current.edit(client_id="acme")
            assert first.one.current.profile.client_id == "acme"
            field = first.view.connection.findChild(object, "connectionClientIdEdit")
            assert field.text() == "acme"
            await wait_until(lambda: first.one.current.save_state.words == "saved")
            assert parts.current.save_state.words == "saved"
            await parts.current.delete()
            assert first.one.current.profile.name != "shared"

    aio(run())


def test_all_sessions_come_back_disconnected_after_a_restart(aio, opened, wait_until, home: Path) -> None:
    async def first() -> None:
        async with opened() as parts:
            await parts.current.new("one")
            parts.window.composer.set_text('{"draft": 1}')
            await another(parts, wait_until)
            await parts.current.new("two")
            parts.window.composer.set_text('{"draft": 2}')
            await another(parts, wait_until)
            parts.window.step_session(-1)

    async def again() -> None:
        async with opened() as parts:
            assert tabs(parts) == ["○ one", "○ two", "○ two"]
            assert parts.window.pages.index(parts.window.page) == 1
            assert [page.view.composer.text() for page in parts.window.pages[:2]] == ['{"draft": 1}', '{"draft": 2}']
            paths = {page.one.session.store.path for page in parts.window.pages}
            assert len(paths) == 3

    aio(first())
    aio(again())
