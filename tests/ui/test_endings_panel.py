"""The panel of endings: attempts, the report of the chosen one, where its lines lead, and what leaves as text."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QPushButton, QToolButton, QWidget

from optave_inspector.app import build_window, take_apart
from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.resources import schemas
from optave_inspector.ui.capture_window import CaptureWindow
from optave_inspector.ui.models.attempt_table import AttemptColumn
from optave_inspector.ui.panels.endings import EndingsPanel
from optave_inspector.ui.panels.message_bar import MessageBar
from optave_inspector.ui.widgets.empty_state import EmptyState

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


async def order(address: Any, fault: str, **parameters: Any) -> None:
    async with (
        aiohttp.ClientSession(headers={"X-Control-Key": address.control_key}) as http,
        http.post(f"{address.control_url}/{fault}", json=parameters) as answer,
    ):
        assert answer.status == 200, await answer.text()


@pytest.fixture
def shown(workspace, qtbot):
    """``async with shown() as (workspace, panel, bar)``."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[tuple[Any, EndingsPanel, MessageBar]]:
        async with workspace() as w:
            holder = QWidget()
            qtbot.addWidget(holder)
            panel, bar = EndingsPanel(w.bridge, parent=holder), MessageBar(w.bridge, holder)
            QAbstractItemModelTester(panel.model, QAbstractItemModelTester.FailureReportingMode.Fatal, panel)
            bar.reportAsked.connect(panel.show_attempt)
            holder.resize(900, 500)
            panel.resize(900, 420)
            holder.show()
            try:
                yield w, panel, bar
            finally:
                panel.stop()

    return make


def headline(panel: EndingsPanel) -> str:
    return panel.findChild(QLabel, "endingsHeadline").text()


def cell(panel: EndingsPanel, row: int, column: AttemptColumn) -> str:
    return panel.model.index(row, column).data()


def words(panel: EndingsPanel) -> str:
    return "\n".join(panel.view.words.texts())


def test_before_any_attempt_the_panel_says_what_it_is_for(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with shown() as (_w, panel, _bar):
            await wait_until(lambda: not panel.busy)
            empty = panel.findChild(EmptyState, "endingsEmpty")
            assert empty.isVisible()
            assert "No attempt" in empty.sentence()
            assert not any(button.isVisible() for button in panel.buttons)

    aio(run())


@pytest.mark.parametrize(
    ("code", "title", "advice", "look"),
    [
        (1000, "1000 Normal closure", "nothing to do", "neutral"),
        (1001, "1001 Going away", "Expected", "neutral"),
        (1006, "1006 Abnormal closure", "Connect again", "error"),
        (1008, "1008 Policy violation", "Do not retry", "error"),
        (1011, "1011 Internal error", "waiting longer each time", "error"),
    ],
)
def test_each_documented_code_is_reported_in_panel_and_bar(aio, shown, wait_until, code, title, advice, look) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, panel, bar):
            await w.open(address)
            if code == 1006:
                await order(address, "drop")
            else:
                await order(address, "close", code=code, reason="by order")
            await wait_until(lambda: panel.report is not None and headline(panel) == title)
            assert bar.message.headline == title
            assert panel.report.look == look
            assert advice in words(panel)
            assert "Optave's documentation" in words(panel)
            assert ("“by order”" in panel.report.facts) is (code != 1006)
            assert "closed by the tenant" in panel.report.facts or code == 1006
            told = [fact for fact in panel.report.facts if fact.startswith(("after ", "closed by the "))]
            assert told[-1].startswith("after ")
            assert set(told) <= set(bar.message.text.split(" · "))
            assert title in cell(panel, 0, AttemptColumn.ENDING)
            received = [text for text in panel.view.order.texts() if "close frame 1006" in text]
            assert not received

    aio(run())


def test_a_line_of_evidence_and_a_step_lead_to_their_entries(aio, shown, wait_until, qtbot) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, panel, _bar):
            await w.open(address)
            await w.session.send_text('{"x":1}')
            await order(address, "close", code=1011, reason="")
            await wait_until(lambda: panel.report is not None)
            rows = panel.view.words.rows_model.rows
            (index,) = [number for number, row in enumerate(rows) if row.text.startswith("Last sent:")]
            panel.view.words.setCurrentIndex(panel.view.words.model().index(index, 0))
            qtbot.keyClick(panel.view.words, Qt.Key.Key_Return)
            assert w.session.store.entry(w.bridge.selected_entry).kind == EntryKind.TEXT
            steps = panel.view.order
            steps.setCurrentIndex(steps.model().index(steps.model().rowCount() - 1, 0))
            qtbot.keyClick(steps, Qt.Key.Key_Return)
            assert w.session.store.entry(w.bridge.selected_entry).kind == EntryKind.ENDING

    aio(run())


def test_the_newest_ending_is_shown_and_an_older_one_stays_while_nothing_ends(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, panel, _bar):
            for code in (1008, 1011):
                await w.open(address)
                await order(address, "close", code=code, reason="")
                await wait_until(lambda code=code: headline(panel).startswith(f"{code} "))
            assert panel.model.rowCount() == 2
            panel.table.selectRow(0)
            assert headline(panel).startswith("1008 ")
            await w.open(address)
            await wait_until(lambda: panel.model.rowCount() == 3 and "open" in cell(panel, 2, AttemptColumn.ENDING))
            assert headline(panel).startswith("1008 ")
            panel.table.selectRow(2)
            assert panel.report is None
            assert not any(button.isVisible() for button in panel.buttons)
            await w.session.close(1000)
            await wait_until(lambda: headline(panel).startswith("1000 "))
            assert panel.report.attempt == 3

    aio(run())


def test_a_refusal_is_reported_as_one_and_details_lead_to_it(aio, shown, wait_until) -> None:
    async def run() -> None:
        async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Type: text/html\r\nContent-Length: 7\r\n\r\n<html/>")
            writer.close()

        server = await asyncio.start_server(refuse, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        async with server, shown() as (w, panel, bar):
            with pytest.raises(ConnectFailed):
                await w.session.connect(ConnectionConfig(url, AuthTransport.NONE), NoToken())
            await wait_until(lambda: panel.report is not None)
            assert headline(panel) == "HTTP 403 Forbidden"
            assert "A refused handshake is no close" in words(panel)
            assert "A proxy, a login page or another web server answered" in words(panel)
            assert "<html/>" in words(panel)
            asked: list[int] = []
            bar.reportAsked.connect(asked.append)
            bar.show_details()
            assert asked == [1]

    aio(run())


def test_details_of_an_ending_bring_its_report_forward_in_the_window(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.window.resize(1280, 800)
        parts.window.show()
        view = parts.window.view
        try:
            async with LocalTenant() as address:
                view.current.adopt_local(address)
                await view.current.secrets.set(
                    view.current.profile.id, "client_secret", address.client_secret, remember=False
                )
                view.connector.connect_now()
                await wait_until(lambda: parts.session.state is ConnectionState.OPEN)
                await order(address, "close", code=1008, reason="by order")
                await wait_until(view.messages.isVisible)
                assert view.endings.visibleRegion().isEmpty()
                view.messages.findChild(QPushButton, "messageDetailsButton").click()
                await wait_until(lambda: not view.endings.visibleRegion().isEmpty())
                await wait_until(lambda: headline(view.endings) == "1008 Policy violation")
        finally:
            await take_apart(parts)

    aio(run(), 20)


def test_copies_and_files_hold_the_report_without_secrets(aio, shown, wait_until, tmp_path) -> None:
    secret = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJlLWNhbmFyeQ"

    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, panel, bar):
            await w.open(address)
            await order(address, "close", code=1008, reason=f"no {secret}")
            await wait_until(lambda: panel.report is not None)
            for name, begin in (
                ("endingsCopyTextAction", "Close report: 1008"),
                ("endingsCopyMarkdownAction", "## 1008"),
            ):
                panel.findChild(QAction, name).trigger()
                copied = QGuiApplication.clipboard().text()
                assert copied.startswith(begin)
                assert secret not in copied
            for name, begin in (("r.md", "## 1008"), ("r.txt", "Close report: 1008")):
                panel.save(tmp_path / name)
                saved = (tmp_path / name).read_text(encoding="utf-8")
                assert saved.startswith(begin)
                assert secret not in saved
                assert "without secrets" in bar.message.text
            panel.save(tmp_path / "missing" / "r.md")
            assert "was not saved" in bar.message.text

    aio(run())


def test_reconnect_asks_for_a_new_attempt_while_nothing_is_open(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, panel, _bar):
            panel.reconnectAsked.connect(w.connector.connect_now)
            await w.open(address)
            await order(address, "close", code=1011, reason="")
            await wait_until(lambda: panel.report is not None)
            button = panel.findChild(QToolButton, "endingsReconnectButton")
            assert button.isEnabled()
            button.click()
            await wait_until(lambda: w.session.state is ConnectionState.OPEN)
            await wait_until(lambda: not button.isEnabled())

    aio(run())


def test_a_stored_capture_shows_the_same_report(aio, shown, wait_until, tmp_path: Path) -> None:
    async def run() -> None:
        target = tmp_path / "kept.optave-capture"
        async with LocalTenant() as address, shown() as (w, panel, _bar):
            await w.open(address)
            await order(address, "silent")
            await w.session.send_text(
                '{"action":"message","headers":{"correlationId":"a","action":"adjust"},"payload":{}}'
            )
            await order(address, "close", code=1011, reason="upstream")
            await wait_until(lambda: panel.report is not None and panel.report.causes)
            live = panel.report
            await w.session.settled()
            await asyncio.to_thread(w.session.store.save_as, target)
        window = CaptureWindow(CaptureStore.open(target, read_only=True), Contract(schemas()))
        window.show()
        try:
            await wait_until(lambda: not window.rebuilding and not window.endings.busy)
            assert window.endings.report == live
            assert window.endings.findChild(QToolButton, "endingsReconnectButton") is None
        finally:
            await window.aclose()

    aio(run())
