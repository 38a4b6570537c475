"""The whole window on real parts: menus, docks, keyboard, layout, and a tenant in a process of its own."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QPlainTextEdit, QPushButton, QScrollArea, QWidget

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import AuthTransport
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.theme import ThemeChoice, current, theme_switch
from optave_inspector.ui.widgets.elided_label import ElidedLabel
from optave_inspector.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


@pytest.fixture
def opened():
    """``async with opened() as parts`` shows the window of the app, and ends it as the app does."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[WindowParts]:
        parts = await build_window()
        parts.window.resize(1280, 800)
        parts.window.show()
        parts.window.activateWindow()
        await parts.painted()
        try:
            yield parts
        finally:
            await take_apart(parts)

    return make


# Said of the offscreen platform when a dock floats.
floats = pytest.mark.qt_log_ignore(r"does not support raise\(\)", extend=True)


def action(parts: WindowParts, name: str) -> QAction:
    found = parts.window.findChild(QAction, name)
    assert found is not None, name
    return found


def find(parts: WindowParts, kind: type, name: str) -> Any:
    found = parts.window.findChild(kind, name)
    assert found is not None, name
    return found


def text(parts: WindowParts, name: str) -> str:
    return find(parts, QLabel, name).text()


def too_narrow(window: QWidget) -> list[str]:
    """The panels and buttons on show that have less room than they need."""
    found = [*window.findChildren(Panel), *window.findChildren(QPushButton)]
    shown = [each for each in found if each.isVisible()]
    return [each.objectName() for each in shown if each.width() < each.minimumSizeHint().width()]


async def connect_local(parts: WindowParts, wait_until: Any) -> None:
    action(parts, "connectTenantAction").trigger()
    await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
    await wait_until(lambda: not parts.window.view.connector.busy)


def test_the_local_tenant_is_started_and_connected_by_its_menu(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            assert not action(parts, "tenantDropAction").isEnabled()
            await connect_local(parts, wait_until)
            assert text(parts, "topBarState") == "● OPEN 1 · can send"
            assert parts.window.windowTitle() == "Local tenant · Optave Inspector"
            assert not action(parts, "connectAction").isEnabled()
            assert action(parts, "tenantDropAction").isEnabled()
            action(parts, "stopTenantAction").trigger()
            await wait_until(lambda: parts.session.ending is not None)
            assert not action(parts, "tenantDropAction").isEnabled()

    aio(run(), 40)


def test_a_close_with_a_chosen_code_goes_over_the_wire(aio, opened, wait_until, qtbot) -> None:
    async def run() -> None:
        async with opened() as parts:
            await connect_local(parts, wait_until)
            action(parts, "closeWithCodeAction").trigger()
            code = find(parts, QComboBox, "closeCodeCombo")
            code.lineEdit().selectAll()
            qtbot.keyClicks(code.lineEdit(), "4123")
            qtbot.keyClicks(find(parts, QLineEdit, "closeReasonEdit"), "case 7")
            qtbot.mouseClick(find(parts, QPushButton, "closeConfirmButton"), Qt.MouseButton.LeftButton)
            await wait_until(lambda: parts.session.ending is not None)
            ending = parts.session.ending
            assert (ending.sent.code, ending.sent.reason, ending.code) == (4123, "case 7", 4123)
            assert "4123" in text(parts, "messageHeadline")

    aio(run(), 40)


def test_faults_of_the_local_tenant_are_ordered_by_its_menu(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await connect_local(parts, wait_until)
            action(parts, "tenantOrphanAction").trigger()
            await wait_until(lambda: parts.session.received == 1)
            action(parts, "tenantSilentAction").trigger()
            action(parts, "tenantErrorAction").trigger()
            action(parts, "tenantCloseAction").trigger()
            dialog = find(parts, QWidget, "closeDialog")
            dialog._code.setEditText("1011")
            find(parts, QPushButton, "closeConfirmButton").click()
            await wait_until(lambda: parts.session.ending is not None)
            assert parts.session.ending.code == 1011
            assert "Connect again" in find(parts, QLabel, "messageAdvice").full_text()
            find(parts, QPushButton, "messageReconnectButton").click()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN)
            action(parts, "tenantDropAction").trigger()
            await wait_until(lambda: text(parts, "messageHeadline") == "1006 Abnormal closure")
            assert parts.session.attempt == 2

    aio(run(), 40)


def test_a_secret_that_is_missing_is_asked_for_in_a_dialog(aio, opened, wait_until, qtbot) -> None:
    async def run() -> None:
        async with opened() as parts:
            address = await parts.tenant.start()
            parts.current.adopt_local(address)
            find(parts, QPushButton, "connectionConnectButton").click()
            await wait_until(lambda: parts.window.findChild(QWidget, "secretDialog") is not None)
            dialog = find(parts, QWidget, "secretDialog")
            assert "no keyring" in dialog.accessibleDescription()
            qtbot.keyClicks(dialog.field, address.client_secret)
            qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN)
            action(parts, "disconnectAction").trigger()
            await wait_until(lambda: parts.session.state is ConnectionState.CLOSED)
            action(parts, "connectAction").trigger()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN)
            assert parts.session.attempt == 2

    aio(run(), 40)


def test_the_tenant_id_of_the_profile_reaches_the_composer(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            parts.current.edit(tenant_id="t-42")
            assert '"tenantId":"t-42"' in parts.window.composer.message()

    aio(run())


@floats
def test_docks_are_hidden_shown_and_put_back(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            view = parts.window.view
            area = view.area
            connection, entry, traces = (area.dock_of(each) for each in (view.connection, view.entry, view.exchanges))
            action(parts, "showConnectionPanelAction").trigger()
            assert connection.isHidden()
            area.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, traces)
            entry.setFloating(True)
            action(parts, "resetLayoutAction").trigger()
            assert not connection.isHidden()
            assert area.dockWidgetArea(traces) == Qt.DockWidgetArea.BottomDockWidgetArea
            assert not entry.isFloating()

    aio(run())


@floats
def test_a_dock_is_moved_tabbed_and_floated_by_its_menu(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            view = parts.window.view
            area = view.area
            connection, entry = area.dock_of(view.connection), area.dock_of(view.entry)
            entry._fill_menu()
            texts = {each.text(): each for each in entry._menu.actions()}
            assert not texts["Move to the right"].isEnabled()
            texts["Move to the left"].trigger()
            assert area.dockWidgetArea(entry) == Qt.DockWidgetArea.LeftDockWidgetArea
            entry._fill_menu()
            tabs = next(each.menu() for each in entry._menu.actions() if each.menu() is not None)
            next(each for each in tabs.actions() if each.text() == "Connection").trigger()
            assert connection in area.tabifiedDockWidgets(entry)
            entry._fill_menu()
            next(each for each in entry._menu.actions() if each.text() == "Float").trigger()
            assert entry.isFloating()
            entry._fill_menu()
            next(each for each in entry._menu.actions() if each.text() == "Dock again").trigger()
            assert not entry.isFloating()

    aio(run())


@floats
def test_a_dock_is_dragged_by_its_heading(aio, opened, qtbot) -> None:
    async def run() -> None:
        async with opened() as parts:
            dock = parts.window.view.area.dock_of(parts.window.view.entry)
            title = dock.panel.title_label
            qtbot.mouseDClick(title, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
            assert dock.isFloating()
            qtbot.mouseDClick(title, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
            assert not dock.isFloating()

    aio(run())


def test_the_keyboard_reaches_every_panel(aio, opened, qtbot) -> None:
    async def run() -> None:
        async with opened() as parts:
            area = parts.window.view.area
            for number, panel in enumerate(area.panels, start=1):
                if number < 9:
                    qtbot.keyClick(parts.window, getattr(Qt.Key, f"Key_{number}"), Qt.KeyboardModifier.ControlModifier)
                else:
                    # Ctrl+9 belongs to the waterfall. The tab is behind the one before it, and F6 goes through what is
                    # on show.
                    area.dock_of(panel).bring_forward()
                    qtbot.keyClick(parts.window, Qt.Key.Key_F6)
                focused = parts.window.focusWidget()
                assert focused is panel or panel.isAncestorOf(focused), panel.objectName()
            seen = []
            for _ in area.panels:
                action(parts, "nextPanelAction").trigger()
                focused = parts.window.focusWidget()
                seen.append(next(panel for panel in area.panels if focused is panel or panel.isAncestorOf(focused)))
            assert seen == list(area.panels)
            action(parts, "formerPanelAction").trigger()
            assert parts.window.focusWidget() in (area.panels[-2], *area.panels[-2].findChildren(QWidget))

    aio(run())


def test_no_shortcut_of_the_window_is_used_for_something_else_in_a_panel(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            everywhere: dict[str, str] = {}
            in_panels: dict[str, set[str]] = {}
            for each in parts.window.findChildren(QAction):
                if not each.associatedObjects():
                    continue  # shown in an editor's menu only: the editor takes these keys before the window sees them
                for keys in each.shortcuts():
                    if each.shortcutContext() == Qt.ShortcutContext.WindowShortcut:
                        name = everywhere.setdefault(keys.toString(), each.objectName())
                        assert name == each.objectName(), keys.toString()
                    else:
                        in_panels.setdefault(keys.toString(), set()).add(each.objectName())
            assert {keys: in_panels[keys] for keys in everywhere.keys() & in_panels.keys()} == {}

    aio(run())


def test_the_layout_comes_back_after_a_restart(aio, opened, home: Path) -> None:
    async def first() -> None:
        async with opened() as parts:
            parts.window.resize(1111, 777)
            parts.window.use_theme(dark=True)
            action(parts, "showEntryPanelAction").trigger()
            await parts.current.new("mine")
            parts.window.composer.set_text('{"draft": true}')

    async def restarted() -> None:
        parts = await build_window()
        try:
            # The offscreen screen is small, and Qt keeps windows within it.
            assert parts.window.width() < 1440
            assert theme_switch().choice is ThemeChoice.DARK
            assert parts.window.view.area.dock_of(parts.window.view.entry).isHidden()
            assert parts.current.profile.name == "mine"
            assert parts.window.composer.text() == '{"draft": true}'
        finally:
            await take_apart(parts)

    aio(first())
    aio(restarted())
    assert (home / "config" / "layout.json").exists()
    theme_switch().choose(ThemeChoice.LIGHT)


def test_sizes_nobody_changed_go_on_suiting_the_window(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            view = parts.window.view
            area = view.area
            connection, traces, composer = map(area.dock_of, (view.connection, view.exchanges, view.composer))
            parts.window.resize(1920, 1080)
            await parts.painted()
            wide = connection.width()
            parts.window.resize(1024, 700)
            await parts.painted()
            assert connection.width() < wide
            assert area.save_layout() == b""
            assert abs(traces.width() - composer.width()) < 60

    aio(run())


def test_a_broken_layout_is_told_and_does_no_harm(aio, opened, home: Path) -> None:
    (home / "config").mkdir(parents=True)
    (home / "config" / "layout.json").write_text("{")

    async def run() -> None:
        async with opened() as parts:
            assert "set aside" in find(parts, QLabel, "messageText").full_text()

    aio(run())


def test_nothing_is_narrower_than_what_is_in_it(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await connect_local(parts, wait_until)
            parts.window.composer.send()
            await wait_until(lambda: parts.session.exchanges and parts.session.exchanges[0].status.ended)
            await parts.session.settled()
            parts.bridge.flush()
            parts.bridge.select_exchange(1)
            for size in ((1024, 700), (1280, 800), (1920, 1080)):
                parts.window.resize(*size)
                await parts.painted()
                assert parts.window.size().toTuple() == size
                scroll = find(parts, QScrollArea, "connectionScroll")
                assert scroll.widget().width() <= scroll.viewport().width()
                await wait_until(lambda: not too_narrow(parts.window), what=f"{size}: {too_narrow(parts.window)}")

    aio(run(), 40)


def handshake_in_sight(parts) -> bool:
    scroll = find(parts, QScrollArea, "connectionScroll")
    headers = find(parts, QPushButton, "connectionHeadersButton")
    bottom = headers.mapTo(scroll.viewport(), QPoint(0, headers.height())).y()
    return headers.isVisible() and 0 < bottom <= scroll.viewport().height()


def test_an_accepted_handshake_is_told_beside_the_state_and_the_profile_stays_in_sight(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await connect_local(parts, wait_until)
            assert find(parts, QScrollArea, "connectionScroll").verticalScrollBar().value() == 0
            glance = find(parts, ElidedLabel, "connectionHandshakeGlance").full_text()
            assert glance.startswith("101 · ")
            assert glance.endswith(" · optave-v1")

    aio(run(), 40)


def test_a_refused_handshake_comes_into_sight(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as parts:
            await connect_local(parts, wait_until)
            action(parts, "disconnectAction").trigger()
            await wait_until(lambda: parts.session.state is ConnectionState.CLOSED)
            parts.current.edit(auth_transport=AuthTransport.NONE)
            action(parts, "connectAction").trigger()
            await wait_until(lambda: parts.session.failure is not None)
            await wait_until(lambda: handshake_in_sight(parts))
            assert parts.session.handshake.status == 401

    aio(run(), 40)


def test_themes_are_chosen_by_the_menu(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            action(parts, "themeDarkAction").trigger()
            assert current().dark
            action(parts, "themeSystemAction").trigger()
            assert theme_switch().choice is ThemeChoice.SYSTEM
            assert action(parts, "themeSystemAction").isChecked()
            action(parts, "themeLightAction").trigger()
            assert not current().dark

    aio(run())


def test_help_tells_versions_and_every_shortcut(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            action(parts, "aboutAction").trigger()
            about = find(parts, QPlainTextEdit, "aboutDialogText").toPlainText()
            assert "PySide6" in about
            assert "websockets" in about
            action(parts, "shortcutsAction").trigger()
            shortcuts = find(parts, QPlainTextEdit, "shortcutsDialogText").toPlainText()
            for each in ("F5", "F6", "Ctrl+1", "Ctrl+Q"):
                assert each in shortcuts
            action(parts, "messagesAction").trigger()
            assert "No messages so far" in find(parts, QPlainTextEdit, "messagesDialogText").toPlainText()

    aio(run())


def test_closing_the_window_asks_to_quit_and_closes_nothing_yet(aio, opened) -> None:
    async def run() -> None:
        async with opened() as parts:
            asked: list[bool] = []
            parts.window.quitAsked.connect(lambda: asked.append(True))
            parts.window.close()
            assert asked == [True]
            assert parts.window.isVisible()

    aio(run())
