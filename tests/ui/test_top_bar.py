"""The top bar: where the connection stands, and what gives way in a narrow window."""

from __future__ import annotations

import contextlib
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton, QWidget

from optave_inspector.client.events import TokenUse
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import Exchange, ExchangeStatus
from optave_inspector.ui.connection_words import state_words, token_words
from optave_inspector.ui.latencies import Latencies
from optave_inspector.ui.panels.top_bar import TopBar

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


@pytest.fixture
def shown(workspace, qtbot):
    """``async with shown() as (workspace, bar)``."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[tuple[Any, TopBar]]:
        async with workspace() as w:
            bar = TopBar(w.bridge, w.current, w.connector, [])
            qtbot.addWidget(bar)
            bar.resize(1200, 40)
            bar.show()
            yield w, bar

    return make


def text(bar: TopBar, name: str) -> str:
    return bar.findChild(QLabel, name).text()


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (ConnectionState.CONNECTING, ("warning", "◔ CONNECTING 0 · cannot send")),
        (ConnectionState.OPEN, ("ok", "● OPEN 1 · can send")),
        (ConnectionState.CLOSING, ("warning", "◐ CLOSING 2 · cannot send")),
        (ConnectionState.CLOSED, ("neutral", "○ CLOSED 3 · cannot send")),
    ],
)
def test_each_state_is_told_by_glyph_word_and_number(state: ConnectionState, expected: tuple[str, str]) -> None:
    assert state_words(state) == expected


def test_the_token_is_told_with_its_expiry_while_the_connection_is_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: 1000.0)
    session = SimpleNamespace(attempt=1, state=ConnectionState.OPEN)
    use = TokenUse("pasted", expires_unix_s=1252.0)
    assert token_words(use, session)[:2] == ("neutral", "token used · expires 04:12")
    assert token_words(TokenUse("pasted", 999.0), session)[1] == "token used · expired"
    assert token_words(TokenUse("pasted", 1252.0, reused=True), session)[:2] == (
        "warning",
        "⚠ token reused · expires 04:12",
    )
    session.state = ConnectionState.CLOSED
    assert token_words(use, session)[1] == "token used"
    assert token_words(None, session)[1] == "no token"
    session.attempt = 0
    assert token_words(None, session)[1] == ""


def test_latencies_are_counted_once_and_only_for_answers() -> None:
    def exchange(number: int, status: ExchangeStatus, total_ns: int) -> Exchange:
        return Exchange(number, 1, "adjust", "", 1, 0, status=status, ended_ns=total_ns)

    done = [exchange(n, ExchangeStatus.COMPLETED, n * 10**6) for n in range(1, 101)]
    session = SimpleNamespace(
        exchanges=[*done, exchange(101, ExchangeStatus.TIMED_OUT, 10**12), exchange(102, ExchangeStatus.WAITING, -1)]
    )
    latencies = Latencies(session)
    assert latencies.percentile_ns(95) is None
    latencies.update(range(1, 103))
    latencies.update(range(1, 103))
    assert len(latencies) == 100
    assert latencies.percentile_ns(95) == 95 * 10**6
    assert latencies.percentile_ns(100) == 100 * 10**6


def test_a_connection_is_followed_from_connect_to_disconnect(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, bar):
            button = bar.findChild(QPushButton, "topBarConnectButton")
            assert button.text() == "Connect"
            await w.open(address)
            assert text(bar, "topBarState") == "● OPEN 1 · can send"
            assert text(bar, "topBarUptime") == "up 00:00"
            assert text(bar, "topBarToken").startswith("token used · expires")
            assert button.text() == "Disconnect"
            assert bar.findChild(QComboBox, "topBarProfileCombo").currentText() == "Local tenant"
            button.click()
            await wait_until(lambda: w.session.state is ConnectionState.CLOSED)
            assert button.text() == "Connect"
            assert not bar.findChild(QLabel, "topBarUptime").isVisible()
            assert bar.findChild(QToolButton, "topBarConnectMenuButton").menu() is not None

    aio(run())


def test_messages_latency_and_waiting_requests_are_counted(aio, shown, wait_until) -> None:
    from optave_inspector.compose.generate import fresh
    from optave_inspector.compose.templates import templates
    from optave_inspector.protocol.actions import Action
    from optave_inspector.protocol.envelope import build_request

    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, bar):
            await w.open(address)
            payload = templates(Action.SUMMARIZE)[0].text
            ids = fresh(1_767_355_200_000_000_000, lambda count: bytes(range(count)))
            await w.session.send_text(build_request(Action.SUMMARIZE, payload, ids))
            await wait_until(lambda: text(bar, "topBarReceived") == "↓ 1")
            assert text(bar, "topBarSent") == "↑ 1"
            await wait_until(lambda: text(bar, "topBarP95").startswith("p95 "))
            assert not bar.findChild(QLabel, "topBarWaiting").isVisible()

    aio(run())


def test_what_is_needed_least_gives_way_first(aio, shown) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, bar):
            await w.open(address)
            shown_at: dict[int, set[str]] = {}
            for width in (1200, 700, 560, 420):
                bar.resize(width, 40)
                labels = bar.findChildren(QLabel)
                shown_at[width] = {label.objectName() for label in labels if label.isVisible()}
                for label in labels:
                    if label.isVisible():
                        assert label.geometry().right() <= width, (width, label.objectName())
            assert {"topBarUptime", "topBarToken", "topBarSent"} <= shown_at[1200]
            assert shown_at[420] < shown_at[560] < shown_at[1200]
            assert all("topBarState" in names for names in shown_at.values())

    aio(run())


def test_the_profile_can_be_chosen_here(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with shown() as (w, bar):
            await w.current.new("one")
            await w.current.new("two")
            combo = bar.findChild(QWidget, "topBarProfileCombo")
            combo.setCurrentIndex(combo.findText("one"))
            combo.activated.emit(combo.currentIndex())
            assert w.current.profile.name == "one"

    aio(run())
