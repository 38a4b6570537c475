"""The history of what was sent, as the window keeps and shows it."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QTableWidget

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.automation import faults
from optave_inspector.ui.dialogs.question import ConfirmDialog
from tests.ui.composer_desk import hint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from optave_inspector.compose.history import SentHistory

pytestmark = [pytest.mark.timeout(120), pytest.mark.qt_log_ignore("does not support")]
JWT = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


@contextlib.asynccontextmanager
async def connected(wait_until) -> AsyncIterator[WindowParts]:
    parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        await parts.window.tenant_actions.start_and_connect()
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
        yield parts
    finally:
        await take_apart(parts)


def history(parts: WindowParts) -> SentHistory:
    made = parts.sessions.history
    assert made is not None
    return made


def rows(parts: WindowParts) -> list[list[str]]:
    table = parts.window.view.history.findChild(QTableWidget, "historyTable")
    return [[table.item(row, column).text() for column in range(6)] for row in range(table.rowCount())]


def button(parts: WindowParts, name: str) -> QPushButton:
    return parts.window.view.history.findChild(QPushButton, f"history{name}Button")


def note(parts: WindowParts) -> str:
    return parts.window.view.history.findChild(QLabel, "historyNote").text()


def test_what_was_sent_is_found_again_with_its_outcome_opened_and_sent_again(aio, wait_until) -> None:
    async def run() -> None:
        async with connected(wait_until) as parts:
            composer = parts.window.composer
            profile = parts.current.profile.id
            composer.set_action("adjust")
            composer.use_template("minimal")
            composer.send()
            await wait_until(lambda: [one.status for one in history(parts).find(profile)[0]] == ["completed"], 20)
            composer.set_whole(whole=True)
            composer.set_text('{"broken"')
            composer.send_anyway()
            await wait_until(lambda: history(parts).find(profile)[1] == 2, 20)

            parts.window.activateWindow()
            await wait_until(parts.window.isActiveWindow)
            composer.editor.setFocus()
            QTest.keySequence(composer.editor, "Ctrl+Shift+H")
            dialog = parts.window.view.history
            await wait_until(lambda: dialog.isVisible() and len(rows(parts)) == 2)
            assert rows(parts)[0][1:3] == ["–", "– no answer seen"]
            assert rows(parts)[1][1:3] == ["adjust", "✓ completed"]
            assert rows(parts)[1][3].endswith("s")
            assert "sent 2 messages" in note(parts)
            assert "2,000 messages" in note(parts)
            assert not faults([dialog])

            search = dialog.findChild(QLineEdit, "historySearchEdit")
            QTest.keyClicks(search, "adjust completed")
            await wait_until(lambda: len(rows(parts)) == 1)
            before = len(composer.drafts.open())
            button(parts, "Draft").click()
            assert len(composer.drafts.open()) == before + 1
            assert composer.action() == "adjust"
            assert not composer.whole()

            table = dialog.findChild(QTableWidget, "historyTable")
            table.setFocus()
            dialog.activateWindow()
            await wait_until(dialog.isActiveWindow)
            exchanges = len(parts.session.exchanges)
            QTest.keySequence(table, "Ctrl+R")
            await wait_until(lambda: len(parts.session.exchanges) == exchanges + 1, 20)
            await wait_until(lambda: len(rows(parts)) == 2, 20)

    aio(run(), 90)


def test_no_token_reaches_the_history_and_what_lacks_one_is_not_sent_again(aio, wait_until, home) -> None:
    async def run() -> None:
        async with connected(wait_until) as parts:
            composer = parts.window.composer
            composer.set_whole(whole=True)
            composer.set_text(f'{{"authorization": "Bearer {JWT}"}}')
            composer.send_anyway()
            profile = parts.current.profile.id
            await wait_until(lambda: history(parts).find(profile)[1] == 1, 20)
            (sent,) = history(parts).find(profile)[0]
            assert sent.masked == 1
            assert "‹token-1›" in sent.text
            assert JWT.encode() not in (home / "data" / "sent.sqlite").read_bytes()
            composer.send_sent(sent)
            assert "secrets were taken out" in hint(composer)

    aio(run(), 60)


def test_what_was_sent_is_there_after_a_restart_and_can_be_forgotten(aio, wait_until) -> None:
    async def first() -> None:
        async with connected(wait_until) as parts:
            for _ in range(2):
                parts.window.composer.send()
            await wait_until(lambda: history(parts).find(parts.current.profile.id)[1] == 2, 20)

    async def again() -> None:
        parts = await build_window()
        parts.window.show()
        try:
            parts.current.choose(dict(map(reversed, parts.current.names()))["Local tenant"])
            parts.window.view.open_history()
            dialog = parts.window.view.history
            await wait_until(lambda: len(rows(parts)) == 2)
            table = dialog.findChild(QTableWidget, "historyTable")
            table.setFocus()
            dialog.activateWindow()
            await wait_until(dialog.isActiveWindow)
            QTest.keyClick(table, Qt.Key.Key_Delete)
            await wait_until(lambda: len(rows(parts)) == 1)
            button(parts, "Clear").click()
            question = dialog.findChild(ConfirmDialog, "clearHistoryDialog")
            question.accept_button.click()
            await wait_until(lambda: not rows(parts))
            assert "has sent nothing yet" in note(parts)
            assert not button(parts, "Draft").isEnabled()
            assert not button(parts, "Clear").isEnabled()
        finally:
            await take_apart(parts)

    aio(first(), 60)
    aio(again(), 60)


def test_a_history_that_takes_nothing_is_told_once_and_sending_goes_on(aio, wait_until, home) -> None:
    async def run() -> None:
        async with connected(wait_until) as parts:
            (home / "data" / "sent.sqlite").unlink(missing_ok=True)
            (home / "data" / "sent.sqlite").mkdir()
            told: list[str] = []
            parts.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            for count in (1, 2):
                parts.window.composer.send()
                await wait_until(lambda count=count: len(parts.session.exchanges) == count, 20)
            await wait_until(lambda: any("history of what was sent cannot be used" in each for each in told), 20)
            assert sum("history of what was sent" in each for each in told) == 1

    aio(run(), 60)
