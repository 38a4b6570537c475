"""The token doctor in the window, with tokens of the real local tenant."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QPushButton, QToolButton

from optave_inspector.app import build_window, take_apart
from optave_inspector.client.masking import secrets_of
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.profiles.secrets import TOKEN
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.token_doctor import TokenDoctorDialog

if TYPE_CHECKING:
    from optave_inspector.app import WindowParts

pytestmark = pytest.mark.timeout(90)


def dialog(parts: WindowParts) -> TokenDoctorDialog | None:
    shown = [each for each in parts.window.findChildren(TokenDoctorDialog) if each.isVisible()]
    return shown[-1] if shown else None


def test_before_any_token_it_says_how_to_get_one(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.window.show()
        try:
            parts.window.findChild(QAction, "tokenDoctorAction").trigger()
            await wait_until(lambda: dialog(parts) is not None)
            assert "no token to look at yet" in dialog(parts).rows()[0]
            dialog(parts).reject()
        finally:
            await take_apart(parts)

    aio(run(), 30)


def test_the_token_of_a_connection_is_read_and_never_shown(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window(tenant_settings=TenantSettings(latency_ms=1))
        parts.window.show()
        try:
            await parts.window.tenant_actions.start_and_connect()
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
            (token,) = secrets_of(parts.session.handshake)
            parts.window.findChild(QToolButton, "connectionTokenDoctorButton").click()
            await wait_until(lambda: dialog(parts) is not None)
            text = "\n".join(dialog(parts).rows())
            assert "was sent already" in text
            assert "exp: " in text
            assert "Handshake: In the header Sec-WebSocket-Protocol to 127.0.0.1" in text
            assert "Unencrypted (ws://)" in text
            assert "client credentials: 1 token, one for each connection" in text
            dialog(parts).findChild(QPushButton, "tokenDoctorCopyButton").click()
            copied = QGuiApplication.clipboard().text()
            assert "Findings" in copied
            assert token not in text + copied
            dialog(parts).reject()
        finally:
            await take_apart(parts)

    aio(run(), 60)


def test_a_pasted_token_is_looked_at_before_it_is_sent(aio, wait_until) -> None:
    async def run() -> None:
        parts = await build_window()
        parts.window.show()
        try:
            parts.current.edit(token_source_kind=TokenSourceKind.PASTED)
            secret = "Bearer abc def"
            await parts.current.secrets.set(parts.current.profile.id, TOKEN, secret, remember=False)
            parts.window.findChild(QAction, "tokenDoctorAction").trigger()
            await wait_until(lambda: dialog(parts) is not None)
            rows = dialog(parts).rows()
            assert rows[0].startswith("✗")
            assert any("A space" in row for row in rows)
            assert any("“Bearer” stands before it" in row for row in rows)
            dialog(parts).reject()
        finally:
            await take_apart(parts)

    aio(run(), 30)
