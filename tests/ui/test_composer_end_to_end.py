"""A request from its first key on: edited, broken, mended, sent, and sent again from what was seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.compose.draft_store import DraftStore
from optave_inspector.compose.evidence import read_evidence
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.viewer import keep_draft
from tests.ui.composer_desk import CONTROL, hint

if TYPE_CHECKING:
    from pathlib import Path

    from optave_inspector.ui.capture_window import CaptureWindow

pytestmark = pytest.mark.timeout(120)
LEFT = Qt.MouseButton.LeftButton


def press(parts: WindowParts, name: str) -> None:
    button = parts.window.findChild(QAbstractButton, name)
    assert button.isEnabled(), f"{name}: {hint(parts.window.composer)}"
    QTest.mouseClick(button, LEFT)


def click_row(where: WindowParts | CaptureWindow, view, number: int) -> None:
    """Click the row of an entry, with the mouse."""
    row = view.model().row_of(number)
    view.scrollTo(view.model().index(row, 0))
    QTest.mouseClick(view.viewport(), LEFT, pos=view.visualRect(view.model().index(row, 1)).center())
    assert view.current_number() == number


async def in_front(window, wait_until) -> None:
    """Shortcuts need an active window."""
    window.activateWindow()
    await wait_until(window.isActiveWindow)


def payload(parts: WindowParts, number: int) -> str:
    return parts.session.store.payload(number).decode()


def test_a_request_is_edited_broken_mended_sent_and_sent_again_from_log_and_capture(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
        window = parts.window
        window.resize(1280, 800)
        window.show()
        try:
            await window.tenant_actions.start_and_connect()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
            composer, editor, exchanges = window.composer, window.composer.editor, parts.session.exchanges

            async def answered(count: int) -> None:
                await wait_until(lambda: len(exchanges) == count and exchanges[-1].status.answered, 20)
                await parts.session.settled()
                parts.bridge.flush()

            # Edit, break, mend, send.
            QTest.mouseClick(editor.viewport(), LEFT)
            QTest.keyClick(editor, Qt.Key.Key_End, CONTROL)
            QTest.keyClicks(editor, " oops")
            assert "Line" in hint(composer)
            QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
            assert "Not sent" in hint(composer)
            assert not exchanges
            for _ in " oops":
                QTest.keyClick(editor, Qt.Key.Key_Backspace)
            QTest.keyClick(editor, Qt.Key.Key_Return, CONTROL)
            await answered(1)
            first = payload(parts, exchanges[0].request_entry)
            assert first.endswith(f'"payload":{composer.text()}}}')

            # Send it again from the log.
            view = window.view.frames.view
            click_row(parts, view, exchanges[0].request_entry)
            await in_front(window, wait_until)
            QTest.keySequence(view, "Ctrl+R")
            await answered(2)
            again = payload(parts, exchanges[1].request_entry)
            assert again.split('"payload":')[1] == first.split('"payload":')[1]
            assert json.loads(again)["headers"]["correlationId"] != json.loads(first)["headers"]["correlationId"]

            # Edit an answer, and send it as it stands.
            click_row(parts, view, exchanges[0].answers[-1])
            QTest.keySequence(view, "Ctrl+E")
            assert composer.whole()
            assert composer.text() == payload(parts, exchanges[0].answers[-1])
            assert f"entry {exchanges[0].answers[-1]}" in hint(composer)
            sent = parts.session.store.count
            press(parts, "composerSendAnywayButton" if not composer.footer.can_send else "composerSendButton")
            await wait_until(lambda: parts.session.store.count > sent)

            # Take the request out of the capture, in a window of its own, and send that.
            await parts.session.settled()
            captures = window._capture_windows
            shown = await captures.open(parts.session.store.path)
            await wait_until(lambda: not shown.rebuilding)
            click_row(parts, shown.frames.view, exchanges[0].request_entry)
            await in_front(shown, wait_until)
            QTest.keySequence(shown.frames.view, "Ctrl+E")
            name = f"interaction of entry {exchanges[0].request_entry} of {shown.path.stem}"
            assert composer.drafts.front().name == name
            assert name in shown.messages.message.text
            assert "session of “Local tenant”" in shown.messages.message.text
            before = len(exchanges)
            press(parts, "composerSendButton")
            await answered(before + 1)
            last = payload(parts, exchanges[-1].request_entry)
            assert last.split('"payload":')[1] == first.split('"payload":')[1]
        finally:
            await take_apart(parts)

    aio(run(), 90)


def test_what_came_in_cannot_be_sent_again_unedited_and_what_is_no_message_not_at_all(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
        window = parts.window
        window.show()
        try:
            await window.tenant_actions.start_and_connect()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
            window.composer.send()
            await wait_until(lambda: parts.session.exchanges and parts.session.exchanges[0].status.answered, 20)
            await parts.session.settled()
            parts.bridge.flush()
            told: list[str] = []
            parts.bridge.warned.connect(lambda _kind, sentence: told.append(sentence))
            view = window.view.frames.view
            click_row(parts, view, parts.session.exchanges[0].answers[-1])
            await in_front(window, wait_until)
            QTest.keySequence(view, "Ctrl+R")
            assert told == ["Only a text message that was sent can be sent again. Edit it instead."]
            count = len(window.composer.drafts.open())
            click_row(parts, view, 1)
            QTest.keySequence(view, "Ctrl+E")
            assert "Entry 1 is no text message" in hint(window.composer)
            assert len(window.composer.drafts.open()) == count
        finally:
            await take_apart(parts)

    aio(run(), 60)


def test_a_capture_shown_without_a_session_keeps_drafts_for_the_next_start(aio, home: Path) -> None:
    words = keep_draft(read_evidence("hello"), "entry 3 of case 7")
    assert "The app shows it when it is started the next time" in words

    async def run() -> None:
        parts = await build_window()
        try:
            assert parts.window.composer.text() == "hello"
            assert parts.window.composer.whole()
            profile = parts.current.profile.id
            assert [draft.text for draft in DraftStore(home / "data" / "drafts").load(profile)[0]] == ["hello"]
        finally:
            await take_apart(parts)

    aio(run(), 60)


def test_a_capture_window_offers_no_sending(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window()
        try:
            shown = await parts.window._capture_windows.open(parts.session.store.path)
            assert not shown.findChild(QAction, "framesSendAgainAction").isVisible()
            assert shown.findChild(QAction, "framesEditAgainAction").text() == "&Edit as draft"
        finally:
            await take_apart(parts)

    aio(run(), 60)
