"""The whole way through, as a user goes it: the real window by mouse and keyboard, the tenant as its own process."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any, TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import ClientCredentials
from optave_inspector.client.token_sources import UsedTokens, take_token
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import ExchangeStatus

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine

Kind = TypeVar("Kind", bound=QWidget)
LEFT = Qt.MouseButton.LeftButton
PATIENCE_S = 20


class User:
    """Clicks, types and reads; knows the window by object names only."""

    def __init__(self, parts: WindowParts, wait_until: Callable[..., Coroutine[Any, Any, None]]) -> None:
        self.parts = parts
        self._wait_until = wait_until
        self.session = parts.session

    def find(self, kind: type[Kind], name: str) -> Kind:
        """The widget of this object name, in the window or in a dialog over it."""
        widget = self.parts.window.findChild(kind, name)
        assert widget is not None, f"there is no {name}"
        return widget

    def click(self, name: str) -> None:
        """A mouse click in the middle of a button that can be clicked."""
        button = self.find(QAbstractButton, name)
        assert button.isVisible(), f"{name} is hidden"
        assert button.isEnabled(), f"{name} is disabled: {button.toolTip()}"
        place = QPoint(min(10, button.width() // 2), button.height() // 2)
        QTest.mouseClick(button, LEFT, Qt.KeyboardModifier.NoModifier, place)

    def choose(self, name: str, text: str) -> None:
        """Choose from a combo box by the keyboard."""
        combo = self.find(QComboBox, name)
        wanted = next(index for index in range(combo.count()) if combo.itemText(index).startswith(text))
        combo.setFocus()
        while combo.currentIndex() != wanted:
            before = combo.currentIndex()
            QTest.keyClick(combo, Qt.Key.Key_Down if wanted > before else Qt.Key.Key_Up)
            assert combo.currentIndex() != before, f"{name} does not move"

    def type_into(self, name: str, text: str) -> None:
        """Replace what stands in a field by typing."""
        field = self.find(QWidget, name)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        QTest.keyClick(field, Qt.Key.Key_Delete)
        QTest.keyClicks(field, text)

    def menu(self, name: str) -> None:
        """Trigger a menu's action that can be triggered."""
        from PySide6.QtGui import QAction

        action = self.parts.window.findChild(QAction, name)
        assert action is not None, f"there is no {name}"
        assert action.isEnabled(), f"{name} is disabled"
        action.trigger()

    def reads(self, name: str) -> str:
        """What a label says."""
        return self.find(QLabel, name).text()

    async def until(self, condition: Any, what: str) -> None:
        """Wait for something to become true in the window."""
        state = f"state {self.session.state.name}, failure {self.session.failure}"
        await self._wait_until(condition, timeout=PATIENCE_S, what=f"{what}; {state}")

    async def connected(self) -> None:
        """Wait for the window to say OPEN 1."""
        await self.until(lambda: "OPEN 1" in self.reads("topBarState"), "connecting")

    async def ended(self, code: int) -> None:
        """Wait for the bar to report this code and for the state to be CLOSED 3."""
        await self.until(lambda: "CLOSED 3" in self.reads("topBarState"), "the ending")
        await self.until(lambda: str(code) in self.reads("messageHeadline"), f"the report of {code}")

    async def send(self, action: Action) -> None:
        """Send the chosen template by Ctrl+Enter and wait for the answer in the table."""
        editor = self.find(QPlainTextEdit, "composerEditor")
        send = self.find(QAbstractButton, "composerSendButton")
        before = len(self.session.exchanges)
        await self.until(send.isEnabled, f"the verdicts on {action}")
        # A click of the mouse would; offscreen there is no window manager that does.
        self.parts.window.activateWindow()
        await self.until(lambda: self.parts.window.isActiveWindow() and QApplication.focusWindow(), "keyboard focus")
        editor.setFocus()
        QTest.keyClick(editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
        await self.until(
            lambda: len(self.session.exchanges) > before and self.session.exchanges[before].status.ended,
            f"the answer to {action}",
        )
        table = self.find(QTableView, "exchangesTable").model()
        await self.until(
            lambda: any("completed" in self.cells(table, row) for row in range(table.rowCount())), "the table's row"
        )

    @staticmethod
    def cells(model: Any, row: int) -> str:
        """A row's texts in one."""
        texts = (model.data(model.index(row, column)) for column in range(model.columnCount()))
        return " ".join(str(text) for text in texts if text)

    def log(self) -> list[str]:
        """The rows of the frame log."""
        model = self.find(QTableView, "framesTable").model()
        return [self.cells(model, row) for row in range(model.rowCount())]


@pytest.fixture
def at_the_window(wait_until) -> Callable[[], contextlib.AbstractAsyncContextManager[User]]:
    @contextlib.asynccontextmanager
    async def sit_down() -> AsyncIterator[User]:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=5, stream_interval_ms=20))
        try:
            parts.window.resize(1440, 900)
            parts.window.show()
            user = User(parts, wait_until)
            user.menu("connectTenantAction")
            await user.connected()
            yield user
        finally:
            await take_apart(parts)

    return sit_down


@pytest.mark.timeout(120)
def test_all_nine_actions_are_answered_over_the_subprotocol(aio, at_the_window) -> None:
    async def main() -> None:
        async with at_the_window() as user:
            assert user.session.handshake is not None
            assert user.session.handshake.selected_subprotocol == "optave-v1"
            for action in Action:
                user.choose("composerActionCombo", action.sdk_name)
                await user.send(action)
            statuses = [exchange.status for exchange in user.session.exchanges]
            assert statuses == [ExchangeStatus.COMPLETED] * len(Action)
            assert {exchange.action for exchange in user.session.exchanges} == {action.value for action in Action}
            await user.until(lambda: sum("text" in row for row in user.log()) == 2 * len(Action), "all rows in the log")
            log = user.log()
            for action in Action:
                rows = [row for row in log if f" {action.value} " in f" {row} "]
                assert len(rows) == 2, f"{action}: {rows}"

    aio(main(), timeout=100)


@pytest.mark.timeout(90)
def test_query_transport_connects_with_a_warning_and_the_token_is_nowhere_to_be_read(aio, at_the_window) -> None:
    async def main() -> None:
        async with at_the_window() as user:
            user.click("connectionDisconnectButton")
            await user.ended(1000)
            user.click("connectionAuthQueryRadio")
            assert user.find(QLabel, "connectionQueryWarning").isVisible()
            user.click("connectionConnectButton")
            await user.connected()
            handshake = user.session.handshake
            assert handshake is not None
            assert "Authorization=" in handshake.url
            token = handshake.url.split("Authorization=")[1].split("&")[0]
            await user.send(Action.INTERACTION)
            shown = [label.text() for label in user.parts.window.findChildren(QLabel)]
            shown += [field.text() for field in user.parts.window.findChildren(QLineEdit)]
            shown += [text.toPlainText() for text in user.parts.window.findChildren(QPlainTextEdit)]
            assert not [text for text in (*shown, *user.log()) if token in text]

    aio(main(), timeout=80)


@pytest.mark.timeout(90)
def test_closing_with_a_chosen_code_and_reason_is_reported_as_ours(aio, at_the_window) -> None:
    async def main() -> None:
        async with at_the_window() as user:
            user.menu("closeWithCodeAction")
            user.type_into("closeCodeCombo", "4321")
            user.type_into("closeReasonEdit", "enough for today")
            user.click("closeConfirmButton")
            await user.ended(4321)
            ending = user.session.ending
            assert ending is not None
            assert ending.first == "inspector"
            assert ending.clean
            await user.until(lambda: any("enough for today" in row for row in user.log()), "the reason in the log")

    aio(main(), timeout=80)


@pytest.mark.timeout(90)
def test_a_token_used_twice_is_closed_with_1008_and_a_fresh_one_reconnects(aio, at_the_window) -> None:
    async def main() -> None:
        async with at_the_window() as user:
            user.click("connectionDisconnectButton")
            await user.ended(1000)
            address = user.parts.tenant.address
            assert address is not None
            token = await take_token(
                ClientCredentials(address.auth_url, address.client_id, address.client_secret), UsedTokens()
            )
            assert token is not None
            user.choose("connectionTokenSourceCombo", "Pasted")
            user.type_into("connectionTokenEdit", token.text)
            user.click("connectionConnectButton")
            await user.connected()
            user.click("connectionDisconnectButton")
            await user.ended(1000)
            user.click("connectionConnectButton")
            await user.until(lambda: user.session.failure is not None, "the refusal to spend a token twice")
            assert user.session.state is ConnectionState.CLOSED
            user.click("connectionAllowReuseCheck")
            user.click("connectionConnectButton")
            await user.ended(1008)
            assert user.session.ending is not None
            assert user.session.ending.first == "peer"
            assert "not" in user.reads("messageAdvice").lower()
            user.choose("connectionTokenSourceCombo", "Client credentials")
            user.click("connectionConnectButton")
            await user.connected()
            await user.send(Action.RECEPTION)

    aio(main(), timeout=80)


@pytest.mark.timeout(90)
def test_a_lost_connection_is_1006_without_a_close_frame_and_reconnects_with_a_fresh_token(aio, at_the_window) -> None:
    async def main() -> None:
        async with at_the_window() as user:
            user.menu("tenantDropAction")
            await user.ended(1006)
            ending = user.session.ending
            assert ending is not None
            assert (ending.received, ending.sent, ending.first) == (None, None, "nobody")
            user.click("messageReconnectButton")
            await user.connected()
            assert user.session.attempt == 2
            assert user.session.token_use is not None
            assert not user.session.token_use.reused
            await user.send(Action.TRANSLATE)

    aio(main(), timeout=80)
