"""The message bar: what it shows, when it goes, and that nothing gets lost."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton, QToolButton, QWidget

from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.errors import InspectorError
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.messages import notice
from optave_inspector.ui.panels.message_bar import MessageBar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def shown(workspace, qtbot):
    """``async with shown() as (workspace, bar)``."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[tuple[Any, MessageBar]]:
        async with workspace() as w:
            holder = QWidget()
            qtbot.addWidget(holder)
            bar = MessageBar(w.bridge, holder)
            holder.resize(1000, 80)
            bar.resize(1000, 60)
            holder.show()
            yield w, bar

    return make


def label(bar: MessageBar, name: str) -> Any:
    return bar.findChild(QLabel, name)


def test_there_is_no_bar_without_a_message(aio, shown) -> None:
    async def run() -> None:
        async with shown() as (_w, bar):
            assert not bar.isVisible()

    aio(run())


def test_an_ending_is_reported_and_goes_when_a_connection_opens(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, bar):
            await w.open(address)
            w.session.abort()
            await wait_until(bar.isVisible)
            assert label(bar, "messageHeadline").text() == "1006 Abnormal closure"
            assert bar.property("bar") == "error"
            retry = bar.findChild(QPushButton, "messageReconnectButton")
            assert (retry.text(), retry.isVisible()) == ("Reconnect", True)
            bar.reconnectAsked.connect(w.connector.connect_now)
            retry.click()
            await wait_until(lambda: w.session.state is ConnectionState.OPEN)
            assert not bar.isVisible()
            assert [message.headline for message in bar.history] == ["1006 Abnormal closure"]

    aio(run())


def test_a_failure_is_told_in_words_with_what_to_do(aio, shown) -> None:
    async def run() -> None:
        server = await asyncio.start_server(lambda _r, w: w.close(), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with shown() as (w, bar):
            with pytest.raises(ConnectFailed):
                await w.session.connect(ConnectionConfig(f"ws://127.0.0.1:{port}/", AuthTransport.NONE), NoToken())
            assert label(bar, "messageHeadline").text() == "Not reachable"
            assert label(bar, "messageText").full_text()
            assert bar.findChild(QPushButton, "messageReconnectButton").text() == "Try again"

    aio(run())


def test_an_error_of_a_task_is_told_in_words_and_never_as_an_object(aio, shown, wait_until) -> None:
    async def raise_(error: Exception) -> None:
        raise error

    async def run() -> None:
        async with shown() as (w, bar):
            w.bridge.start(raise_(InspectorError("The disk is full.", "Make room.")), "x")
            await wait_until(bar.isVisible)
            assert label(bar, "messageText").full_text() == "The disk is full. Make room."
            w.bridge.start(raise_(ZeroDivisionError("division by zero")), "judge")
            await wait_until(lambda: len(bar.history) == 2)
            text = label(bar, "messageText").full_text()
            assert "The inspector itself failed" in text
            assert "ZeroDivisionError: division by zero" in text
            assert "log" in text

    aio(run())


def test_dismissing_brings_the_message_before_back(aio, shown, qtbot) -> None:
    async def run() -> None:
        async with shown() as (w, bar):
            w.bridge.warned.emit("warning", "first")
            w.bridge.warned.emit("error", "second")
            w.bridge.warned.emit("error", "second")
            assert label(bar, "messageMore").text() == "+1 more"
            dismiss = bar.findChild(QToolButton, "messageDismissButton")
            qtbot.mouseClick(dismiss, Qt.MouseButton.LeftButton)
            assert bar.message.text == "first"
            qtbot.mouseClick(dismiss, Qt.MouseButton.LeftButton)
            assert not bar.isVisible()

    aio(run())


def test_long_messages_give_way_and_can_be_read_at_length(aio, shown) -> None:
    async def run() -> None:
        async with shown() as (_w, bar):
            sentence = "A sentence that is much too long. " * 40
            bar.show_message(notice("error", sentence))
            assert label(bar, "messageText").text() != label(bar, "messageText").full_text()
            assert bar.sizeHint().height() < 70
            bar.findChild(QPushButton, "messageDetailsButton").click()
            dialog = bar.window().findChild(QWidget, "messagesDialog")
            assert sentence in dialog.findChild(QPlainTextEdit, "messagesDialogText").toPlainText()
            dialog.reject()

    aio(run())
