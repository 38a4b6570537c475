"""Token sources of one's own in the connection panel: endpoint, command, variable."""

from __future__ import annotations

import asyncio
import shlex
import sys
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtWidgets import QComboBox

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import ClientCredentials, CredentialsIn
from optave_inspector.client.token_sources import UsedTokens, take_token
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.profiles.secrets import TICKET_SECRET
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.question import ConfirmDialog

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def in_window(aio, wait_until) -> Callable[[Callable[[WindowParts, Any], Coroutine[Any, Any, None]]], None]:
    """Runs a coroutine with the window, its local tenant started and chosen, and ``wait_until``."""

    def run(body: Callable[[WindowParts, Any], Coroutine[Any, Any, None]]) -> None:
        async def whole() -> None:
            parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
            parts.window.show()
            try:
                address = await parts.tenant.start()
                parts.current.adopt_local(address)
                await body(parts, address)
            finally:
                await take_apart(parts)

        aio(whole(), 60)

    return run


def find(parts: WindowParts, name: str) -> Any:
    found = parts.window.findChild(object, name)
    assert found is not None, name
    return found


def choose(parts: WindowParts, kind: TokenSourceKind) -> None:
    combo = parts.window.findChild(QComboBox, "connectionTokenSourceCombo")
    combo.setCurrentIndex(combo.findData(kind))
    combo.activated.emit(combo.currentIndex())


def printing(text: str) -> str:
    return shlex.join([sys.executable, "-c", f"print({text!r})"])


async def fresh(address: Any) -> str:
    token = await take_token(
        ClientCredentials(address.auth_url, address.client_id, address.client_secret), UsedTokens()
    )
    assert token is not None
    return token.text


def test_a_command_is_run_only_after_leave_and_then_without_asking(in_window, wait_until, home: Path) -> None:
    async def body(parts: WindowParts, address: Any) -> None:
        choose(parts, TokenSourceKind.COMMAND)
        command = printing(await fresh(address))
        find(parts, "connectionTokenCommandEdit").setText(command)
        parts.current.edit(token_command=command)
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.window.findChild(ConfirmDialog, "tokenCommandDialog") is not None)
        dialog = parts.window.findChild(ConfirmDialog, "tokenCommandDialog")
        assert command in dialog.accessibleDescription()
        dialog.reject()
        assert parts.session.attempt == 0
        await wait_until(lambda: parts.window.connect_action.isEnabled() and not parts.window.view.connector.busy)
        parts.window.view.connector.connect_running(command)
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
        assert parts.session.token_use.source == "command"
        await parts.session.close()
        parts.current.edit(token_command=command)
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.session.failure is not None or parts.session.attempt == 2, 20)
        approved = home / "config" / "approved-commands.json"
        assert approved.stat().st_mode & 0o077 == 0
        assert sys.executable not in approved.read_text()

    in_window(body)


def test_a_variable_opens_one_connection_and_says_so_then(in_window, wait_until, monkeypatch) -> None:
    async def body(parts: WindowParts, address: Any) -> None:
        monkeypatch.setenv("INSPECTOR_TEST_TOKEN", await fresh(address))
        choose(parts, TokenSourceKind.ENVIRONMENT)
        parts.current.edit(token_variable="INSPECTOR_TEST_TOKEN")
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
        assert parts.session.token_use.source == "environment variable"
        await parts.session.close()
        await wait_until(lambda: find(parts, "connectionAllowReuseCheck").isVisibleTo(parts.window))
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.session.failure is not None)
        assert "already sent once" in parts.session.failure.sentence

    in_window(body)


def test_a_ticket_endpoint_that_wants_a_secret_asks_for_it_and_keeps_it_out_of_files(
    in_window, wait_until, home: Path
) -> None:
    async def body(parts: WindowParts, address: Any) -> None:
        choose(parts, TokenSourceKind.TICKET_ENDPOINT)
        parts.current.edit(ticket_url="https://backend.test/ticket")
        find(parts, "connectionTicketHeadersEdit").setPlainText("X-Key: Key {{secret}}\nno header")
        assert parts.current.profile.ticket_headers == {"X-Key": "Key {{secret}}"}
        assert find(parts, "connectionTicketSecretEdit").isVisibleTo(parts.window)
        secret = find(parts, "connectionTicketSecretEdit")
        secret.setText("canary-ticket-key")
        secret.textEdited.emit("canary-ticket-key")
        parts.window.view.connection.keep_typed()
        async with asyncio.timeout(10):
            secrets, profile_id = parts.current.secrets, parts.current.profile.id
            while await secrets.get(profile_id, TICKET_SECRET) != "canary-ticket-key":  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        await parts.current.book.save_now()

    in_window(body)
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"X-Key" in written
    assert b"canary-ticket-key" not in written


@pytest.mark.parametrize("way", list(CredentialsIn))
def test_credentials_travel_as_chosen_and_the_tenant_takes_each_way(in_window, wait_until, way: CredentialsIn) -> None:
    async def body(parts: WindowParts, address: Any) -> None:
        profile = parts.current.profile
        await parts.current.secrets.set(profile.id, "client_secret", address.client_secret, remember=False)
        combo = find(parts, "connectionCredentialsInCombo")
        combo.setCurrentIndex(combo.findData(way))
        combo.activated.emit(combo.currentIndex())
        assert parts.current.profile.credentials_in is way
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)

    in_window(body)
