"""Retries in the window: off by default, counted down in sight, cancellable, and "now" at hand."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLabel, QPushButton, QSpinBox, QToolButton, QWidget

from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.panels.connection_more import MoreSection
from optave_inspector.ui.panels.message_bar import MessageBar
from optave_inspector.ui.panels.top_bar import TopBar
from optave_inspector.ui.retry_countdown import RetryCountdown

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def close_with(address: Any, code: int) -> None:
    async with (
        aiohttp.ClientSession(headers={"X-Control-Key": address.control_key}) as http,
        http.post(f"{address.control_url}/close", json={"code": code}) as answer,
    ):
        assert answer.status == 200, await answer.text()


@pytest.fixture
def shown(workspace, qtbot):
    """``async with shown() as (workspace, countdown, top bar, message bar)``; chance is the longest that it can be."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[tuple[Any, RetryCountdown, TopBar, MessageBar]]:
        async with workspace() as w:
            holder = QWidget()
            qtbot.addWidget(holder)
            retry = RetryCountdown(w.bridge, w.connector, w.current, holder)
            retry.retrier._chance = lambda: 0.999
            top = TopBar(w.bridge, w.current, w.connector, [], holder, retry=retry)
            bar = MessageBar(w.bridge, holder, retry=retry)
            bar.reconnectAsked.connect(w.connector.connect_now)
            holder.resize(1200, 120)
            top.resize(1200, 40)
            bar.resize(1200, 60)
            holder.show()
            yield w, retry, top, bar

    return make


def chip(top: TopBar) -> QLabel:
    return top.findChild(QLabel, "topBarRetry")


def advice(bar: MessageBar) -> str:
    return bar.findChild(QLabel, "messageAdvice").full_text()


def test_off_by_default_nothing_connects_by_itself(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, top, bar):
            await w.open(address)
            await close_with(address, 1011)
            await wait_until(lambda: bar.message is not None)
            assert not retry.is_due
            assert not chip(top).isVisible()
            assert not bar.findChild(QPushButton, "messageCancelRetryButton").isVisible()

    aio(run())


def test_a_retry_is_counted_down_in_both_bars_and_connects_with_a_fresh_token(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, top, bar):
            await w.open(address)
            w.current.edit(retry=True)
            await close_with(address, 1011)
            await wait_until(lambda: retry.is_due)
            assert chip(top).text() == "↻ Retry 1 of 5 in 1 s"
            assert chip(top).isVisible()
            assert advice(bar).startswith("Retry 1 of 5 in 1 s. Connect again")
            await wait_until(lambda: w.session.state is ConnectionState.OPEN)
            assert w.session.attempt == 2
            assert not w.session.token_use.reused
            assert len(w.session.used_tokens) == 2
            assert not chip(top).isVisible()
            assert not bar.isVisible()

    aio(run())


def test_now_is_at_hand_and_cancel_ends_it(aio, shown, wait_until, qtbot) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, top, bar):
            await w.open(address)
            w.current.edit(retry=True)
            retry.retrier._chance = lambda: 3000.0
            await close_with(address, 1011)
            await wait_until(lambda: retry.is_due)
            assert chip(top).text() == "↻ Retry 1 of 5 in 3,000 s"
            now = bar.findChild(QPushButton, "messageReconnectButton")
            assert now.text() == "Retry now"
            qtbot.mouseClick(now, Qt.MouseButton.LeftButton)
            await wait_until(lambda: w.session.state is ConnectionState.OPEN)
            await close_with(address, 1011)
            await wait_until(lambda: retry.is_due)
            assert retry.words().startswith("Retry 2 of 5")
            qtbot.mouseClick(top.findChild(QToolButton, "topBarRetryCancelButton"), Qt.MouseButton.LeftButton)
            assert not retry.is_due
            assert not chip(top).isVisible()
            assert now.text() == "Reconnect"
            assert advice(bar).startswith("Connect again")

    aio(run())


def test_never_after_1008_and_the_bar_says_why(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, _top, bar):
            await w.open(address)
            w.current.edit(retry=True)
            await close_with(address, 1008)
            await wait_until(lambda: bar.message is not None and "No retry after 1008" in advice(bar))
            assert bar.message.headline == "1008 Policy violation"
            assert not retry.is_due

    aio(run())


def test_a_pasted_token_stops_retries_in_words(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, _top, bar):
            await w.open(address)
            w.current.edit(retry=True, token_source_kind=TokenSourceKind.PASTED)
            await close_with(address, 1011)
            await wait_until(lambda: bar.message is not None and "a pasted one cannot be had anew" in advice(bar))
            assert not retry.is_due

    aio(run())


def test_an_app_that_ends_while_a_retry_is_due_leaves_nothing_behind(aio, shown, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, _top, _bar):
            await w.open(address)
            w.current.edit(retry=True)
            retry.retrier._chance = lambda: 3000.0
            await close_with(address, 1011)
            await wait_until(lambda: retry.is_due)

    aio(run())  # which fails for a task that is left


@pytest.mark.parametrize("how", ["switched off", "another profile"])
def test_what_the_user_changes_takes_the_retry_away(aio, shown, wait_until, how) -> None:
    async def run() -> None:
        async with LocalTenant() as address, shown() as (w, retry, _top, _bar):
            other = w.current.profile.id
            await w.open(address)
            w.current.edit(retry=True)
            retry.retrier._chance = lambda: 3000.0
            await close_with(address, 1011)
            await wait_until(lambda: retry.is_due)
            if how == "switched off":
                w.current.edit(retry=False)
            else:
                w.current.choose(other)
            assert not retry.is_due

    aio(run())


def test_the_controls_of_the_profile_change_it(aio, shown, qtbot) -> None:
    async def run() -> None:
        async with shown() as (w, _retry, _top, _bar):
            more = MoreSection(w.bridge, w.current)
            qtbot.addWidget(more)
            more.show_profile(w.current.profile)
            check, most = (
                more.findChild(QCheckBox, "connectionRetryCheck"),
                more.findChild(QSpinBox, "connectionRetryAttemptsSpin"),
            )
            assert not check.isChecked()
            assert not most.isEnabled()
            check.click()
            assert w.current.profile.retry
            more.show_profile(w.current.profile)
            most.setValue(9)
            assert w.current.profile.retry_policy.attempts == 9

    aio(run())
