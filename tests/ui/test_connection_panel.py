"""The connection panel on real parts: a session, a profile store, a tenant on loopback."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFileDialog,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QWidget,
)

from optave_inspector.client.config import ClientCredentials
from optave_inspector.client.token_sources import UsedTokens, take_token
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.profiles.profile import TokenSourceKind
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.panels.connection import ConnectionPanel
from optave_inspector.ui.widgets.url_text import UrlEdit, UrlText

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Form:
    """The panel as a user meets it: by the names of its controls."""

    def __init__(self, panel: ConnectionPanel, qtbot: Any) -> None:
        self.panel = panel
        self._qtbot = qtbot

    def get(self, name: str, kind: type[QWidget] = QWidget) -> Any:
        found = self.panel.findChild(kind, name)
        assert found is not None, name
        return found

    def shown(self, name: str) -> bool:
        widget = self.panel.findChild(QWidget, name)
        return widget is not None and widget.isVisibleTo(self.panel)

    def type(self, name: str, text: str) -> None:
        edit = self.get(name)
        edit.setFocus()
        self._qtbot.keyClick(edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
        self._qtbot.keyClick(edit, Qt.Key.Key_Delete)
        self._qtbot.keyClicks(edit, text)

    def click(self, name: str) -> None:
        button = self.get(name)
        assert button.isEnabled(), name
        # A check box is hit on its box and text only, not on the empty room beside them.
        at = QPoint(9, button.height() // 2) if isinstance(button, (QCheckBox, QRadioButton)) else QPoint()
        self._qtbot.mouseClick(button, Qt.MouseButton.LeftButton, pos=at)

    def text(self, name: str) -> str:
        widget = self.get(name)
        return widget.toPlainText() if isinstance(widget, QPlainTextEdit) else widget.text()


@pytest.fixture
def opened(workspace, qtbot):
    """``async with opened() as (workspace, form)`` shows the panel."""

    @contextlib.asynccontextmanager
    async def make() -> AsyncIterator[tuple[Any, Form]]:
        async with workspace() as w:
            panel = ConnectionPanel(w.bridge, w.current, w.connector)
            qtbot.addWidget(panel)
            panel.resize(320, 900)
            panel.show()
            yield w, Form(panel, qtbot)
            panel.keep_typed()
            await asyncio.sleep(0)

    return make


async def fresh_token(address: Any) -> str:
    source = ClientCredentials(address.auth_url, address.client_id, address.client_secret)
    token = await take_token(source, UsedTokens())
    assert token is not None
    return token.text


def test_a_field_appears_for_each_placeholder_and_goes_with_it(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            assert form.shown("connectionFieldTenantEdit")
            assert form.shown("connectionFieldTldEdit")
            form.get("connectionTokenSourceCombo", QComboBox)
            w.current.edit(token_source_kind=TokenSourceKind.NONE)
            form.type("connectionUrlTemplateEdit", "wss://{zone}.example/")
            assert not form.shown("connectionFieldTenantEdit")
            assert form.shown("connectionFieldZoneEdit")
            form.type("connectionFieldZoneEdit", "eu")
            assert form.text("connectionEffectiveUrl") == "wss://eu.example/"
            assert w.current.profile.fields["zone"] == "eu"

    aio(run())


def test_a_wrong_value_is_refused_at_its_field_in_words(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (_w, form):
            assert not form.shown("connectionFieldTenantEditProblem")
            form.type("connectionFieldTenantEdit", "ac/me")
            assert "slash" in form.text("connectionFieldTenantEditProblem")
            assert form.get("connectionFieldTenantEdit").property("problem")
            assert not form.shown("connectionEffectiveUrl")
            form.type("connectionFieldTenantEdit", "acme")
            assert not form.shown("connectionFieldTenantEditProblem")

    aio(run())


def test_an_unreadable_template_is_refused_at_once(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (_w, form):
            form.type("connectionUrlTemplateEdit", "https://x.example")
            assert "wss://" in form.text("connectionUrlTemplateEditProblem")

    aio(run())


def test_the_token_is_masked_in_the_effective_url_and_the_query_is_warned_of(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (_w, form):
            form.type("connectionFieldTenantEdit", "acme")
            form.type("connectionFieldTldEdit", "tech")
            form.type("connectionChatSessionIdEdit", "s 1")
            form.click("connectionAuthQueryRadio")
            assert form.text("connectionEffectiveUrl") == (
                "wss://ws-acme.oco.optave.tech?OptaveTraceChatSessionId=s%201&Authorization=••••"
            )
            assert "Access logs and proxies keep the token" in form.text("connectionQueryWarning")
            assert form.shown("connectionQueryWarning")

    aio(run())


def test_the_rule_for_the_token_url_is_shown(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (_w, form):
            form.type("connectionFieldTenantEdit", "acme")
            form.type("connectionFieldTldEdit", "tech")
            form.type("connectionAuthUrlEdit", "https://{{tenant}}.oco.optave.{{tld}}/auth/oauth2")
            assert form.text("connectionEffectiveTokenUrl") == "https://acme.oco.optave.tech/auth/oauth2/token"

    aio(run())


def test_connecting_with_an_empty_form_says_what_is_missing_and_goes_there(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            form.click("connectionConnectButton")
            await wait_until(lambda: form.shown("connectionError"))
            assert "not complete" in form.text("connectionError")
            assert form.text("connectionFieldTenantEditProblem") == "⚠ tenant is missing."
            assert form.panel.focusWidget() is form.get("connectionFieldTenantEdit")
            assert w.session.attempt == 0

    aio(run())


def test_a_missing_secret_is_asked_for_and_where_it_is_kept_is_said(aio, opened, wait_signal, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            w.use(address)
            asked: list[tuple[str, str]] = []
            w.connector.secretNeeded.connect(lambda field, sentence: asked.append((field, sentence)))
            form.click("connectionConnectButton")
            await wait_until(lambda: asked)
            ((field, sentence),) = asked
            assert field == "client_secret"
            assert "no keyring" in sentence
            w.connector.connect_with(field, address.client_secret)
            await wait_signal(w.bridge.handshakeDone)
            assert w.session.state is ConnectionState.OPEN
            assert await w.secrets.get(w.current.profile.id, "client_secret") == address.client_secret

    aio(run())


def test_connect_shows_the_handshake_and_disconnect_ends_it(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            assert form.text("connectionState") == "○ CLOSED 3 · cannot send"
            await w.open(address)
            await wait_until(lambda: form.shown("connectionHandshakeStatus"))
            assert form.text("connectionState") == "● OPEN 1 · can send"
            assert form.text("connectionHandshakeStatus") == "✓ 101 Switching Protocols"
            assert form.text("connectionHandshakeSubprotocol") == "✓ optave-v1"
            assert "ms in all (token" in form.text("connectionHandshakeTimes")
            assert "127.0.0.1" in form.text("connectionHandshakePeer")
            assert not form.get("connectionConnectButton").isEnabled()
            form.click("connectionDisconnectButton")
            await wait_until(lambda: w.session.ending is not None)
            assert w.session.ending.code == 1000
            assert form.get("connectionConnectButton").isEnabled()

    aio(run())


def test_the_headers_are_shown_in_full_with_the_token_masked(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            await w.open(address)
            await wait_until(lambda: form.shown("connectionHeadersButton"))
            form.click("connectionHeadersButton")
            dialog = form.panel.findChild(QWidget, "handshakeDialog")
            text = dialog.findChild(QPlainTextEdit, "handshakeDialogText").toPlainText()
            token = w.session.handshake.offered_subprotocols[1]
            assert "Sec-WebSocket-Protocol: optave-v1" in text
            assert "••••" in text
            assert token not in text
            dialog.findChild(QPushButton, "handshakeDialogCopyButton").click()
            assert "Sec-WebSocket-Key" in QGuiApplication.clipboard().text()
            dialog.reject()

    aio(run())


def test_a_refusal_is_told_in_words_with_its_hint_and_body(aio, opened, wait_signal) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            w.use(address)
            w.current.edit(token_source_kind=TokenSourceKind.PASTED)
            form.type("connectionTokenEdit", "not.a.token")
            form.click("connectionConnectButton")
            await wait_signal(w.bridge.failed)
            assert "401" in form.text("connectionHandshakeStatus")
            assert form.shown("connectionError")
            assert form.text("connectionErrorHint")
            assert form.text("connectionState") == "○ CLOSED 3 · cannot send"
            form.click("connectionHeadersButton")
            dialog = form.panel.findChild(QWidget, "handshakeDialog")
            texts = [view.toPlainText() for view in dialog.findChildren(QPlainTextEdit)]
            assert any("HTTP 401" in text for text in texts)
            assert len(texts) == 3
            dialog.reject()

    aio(run())


def test_a_pasted_token_is_marked_once_used_and_reuse_is_a_decision(aio, opened, wait_until, wait_signal) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            w.use(address)
            w.current.edit(token_source_kind=TokenSourceKind.PASTED)
            form.type("connectionTokenEdit", await fresh_token(address))
            assert "JWT" in form.text("connectionTokenReading")
            assert not form.shown("connectionAllowReuseCheck")
            form.click("connectionConnectButton")
            await wait_until(lambda: w.session.state is ConnectionState.OPEN)
            assert "Used once" in form.text("connectionTokenUsed")
            form.click("connectionDisconnectButton")
            await wait_until(lambda: w.session.state is ConnectionState.CLOSED)
            form.click("connectionConnectButton")
            await wait_signal(w.bridge.failed)
            assert "already sent once" in form.text("connectionError")
            form.click("connectionAllowReuseCheck")
            form.click("connectionConnectButton")
            await wait_until(lambda: w.session.ending is not None)
            assert w.session.ending.code == 1008
            assert w.session.token_use.reused
            assert not form.get("connectionAllowReuseCheck", QCheckBox).isChecked()

    aio(run())


def test_a_token_that_no_subprotocol_can_carry_is_refused_before_connecting(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            w.current.edit(token_source_kind=TokenSourceKind.PASTED)
            form.type("connectionTokenEdit", "abc=")
            assert "cannot go into a subprotocol" in form.text("connectionTokenEditProblem")
            form.click("connectionAuthQueryRadio")
            assert not form.shown("connectionTokenEditProblem")

    aio(run())


def test_secrets_are_hidden_until_asked_for_and_never_in_a_file(aio, opened, home, wait_until) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            form.type("connectionClientSecretEdit", "hunter2-hunter2")
            form.type("connectionClientIdEdit", "acme")
            edit = form.get("connectionClientSecretEdit", QLineEdit)
            assert edit.echoMode() is QLineEdit.EchoMode.Password
            form.click("connectionClientSecretShowButton")
            assert edit.echoMode() is QLineEdit.EchoMode.Normal
            await wait_until(lambda: form.shown("connectionSecretKept"))
            assert "kept until the app ends" in form.text("connectionSecretKept")
            form.panel.keep_typed()
            await w.current.book.save_now()
        written = [path.read_text() for path in home.rglob("*") if path.is_file() and path.suffix == ".json"]
        assert any("acme" in text for text in written)
        assert not any("hunter2" in text for text in written)

    aio(run())


def test_another_profile_shows_its_own_secret(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            await w.current.new("one")
            form.type("connectionClientSecretEdit", "first")
            await w.current.new("two")
            await wait_until(lambda: form.text("connectionClientSecretEdit") == "")
            combo = form.get("connectionProfileCombo", QComboBox)
            combo.setCurrentIndex(combo.findText("one"))
            combo.activated.emit(combo.currentIndex())
            await wait_until(lambda: form.text("connectionClientSecretEdit") == "first")

    aio(run())


def test_the_rarer_settings_are_folded_away_and_unfold_for_a_problem(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            assert not form.shown("connectionCaFileEdit")
            form.click("connectionMoreButton")
            form.type("connectionTenantIdEdit", "t-1")
            form.get("connectionOpenTimeoutSpin", QDoubleSpinBox).setValue(2.5)
            form.click("connectionPingCheck")
            form.get("connectionPingIntervalSpin", QDoubleSpinBox).setValue(7)
            form.click("connectionCompressionCheck")
            form.click("connectionAllowPlaintextCheck")
            profile = w.current.profile
            assert (profile.tenant_id, profile.open_timeout_s, profile.ping_interval_s) == ("t-1", 2.5, 7)
            assert (profile.compression, profile.allow_plaintext) == (False, True)
            assert "Everybody in between" in form.text("connectionPlaintextWarning")
            form.click("connectionPingCheck")
            assert w.current.profile.ping_interval_s is None
            form.click("connectionMoreButton")
            w.current.edit(ca_file="/nowhere/ca.pem")
            assert form.shown("connectionCaFileEditProblem")

    aio(run())


def test_plaintext_to_another_host_is_refused_in_words_until_it_is_allowed(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            w.current.edit(token_source_kind=TokenSourceKind.NONE)
            form.type("connectionUrlTemplateEdit", "ws://tenant.example/")
            assert "not encrypted" in form.text("connectionUrlTemplateEditProblem")
            w.current.edit(allow_plaintext=True)
            assert not form.shown("connectionUrlTemplateEditProblem")

    aio(run())


def test_a_conflict_over_a_profile_is_settled_in_the_panel(aio, opened, wait_until) -> None:
    from msgspec.structs import replace

    async def run() -> None:
        async with opened() as (w, form):
            mine = w.profiles.new("shared")
            await w.load(mine.id)
            w.profiles.save(replace(w.profiles.load(mine.id), client_id="theirs"))
            form.type("connectionClientIdEdit", "mine")
            await w.current.book.save_now()
            assert form.shown("connectionConflict")
            assert "changed elsewhere" in form.text("connectionConflictWords")
            assert form.panel.note_label.full_text() == "not saved"
            form.click("connectionReloadButton")
            await wait_until(lambda: form.text("connectionClientIdEdit") == "theirs")
            assert not form.shown("connectionConflict")

    aio(run())


def test_profiles_are_made_and_deleted_by_buttons(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            form.click("connectionNewProfileButton")
            dialog = form.panel.findChild(QWidget, "newProfileDialog")
            dialog.field.setText("acme sandbox")
            dialog.accept_button.click()
            await wait_until(lambda: w.current.profile.name == "acme sandbox")
            form.click("connectionDeleteProfileButton")
            form.panel.findChild(QWidget, "deleteProfileDialog").accept()
            await wait_until(lambda: w.current.profile.name != "acme sandbox")
            assert w.profiles.list() == ()

    aio(run())


def test_giving_up_while_connecting(aio, opened, wait_until) -> None:
    async def silent(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await _reader.read()
        writer.close()

    async def run() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server, opened() as (w, form):
            port = server.sockets[0].getsockname()[1]
            w.current.edit(url_template=f"ws://127.0.0.1:{port}/", token_source_kind=TokenSourceKind.NONE)
            form.click("connectionConnectButton")
            await wait_until(lambda: w.session.state is ConnectionState.CONNECTING)
            assert form.text("connectionDisconnectButton") == "Give up"
            form.click("connectionDisconnectButton")
            await wait_until(lambda: w.session.failure is not None)
            assert form.get("connectionConnectButton").isEnabled()

    aio(run())


def test_a_url_is_typed_on_one_line_and_shown_on_as_many_as_it_takes(qtbot) -> None:
    edit = UrlEdit()
    qtbot.addWidget(edit)
    edit.resize(120, 30)
    edit.show()
    told: list[str] = []
    edit.textEdited.connect(told.append)
    low = edit.height()
    edit.setText("wss://a-very-long-name.of.a.tenant.example/with/a/path")
    assert told == []
    assert edit.height() > low
    qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert "\n" not in edit.toPlainText()
    QGuiApplication.clipboard().setText(" wss://x\n.example/ ")
    edit.selectAll()
    edit.paste()
    assert edit.text() == "wss://x.example/"
    assert told[-1] == "wss://x.example/"


def test_an_empty_url_takes_no_room(qtbot) -> None:
    text = UrlText("effective", "Effective URL")
    qtbot.addWidget(text)
    text.show()
    text.set_text("")
    assert not text.isVisible()


def test_changes_while_connected_are_said_to_hold_from_the_next_connection(aio, opened) -> None:
    async def run() -> None:
        async with LocalTenant() as address, opened() as (w, form):
            await w.open(address)
            assert not form.shown("connectionOther")
            form.type("connectionChatSessionIdEdit", "s-1")
            assert "next connection" in form.text("connectionOther")
            await w.current.new("another")
            assert form.text("connectionOther") == "⚠ The connection was made by “Local tenant”."
            await w.session.close()
            assert not form.shown("connectionOther")

    aio(run())


def test_the_wheel_changes_nothing_that_one_scrolls_past(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            form.click("connectionMoreButton")
            before = w.current.profile
            for name in ("connectionTokenSourceCombo", "connectionProfileCombo", "connectionOpenTimeoutSpin"):
                widget = form.get(name)
                at = QPointF(5, 5)
                event = QWheelEvent(
                    at,
                    widget.mapToGlobal(at),
                    QPoint(),
                    QPoint(0, -120),
                    Qt.MouseButton.NoButton,
                    Qt.KeyboardModifier.NoModifier,
                    Qt.ScrollPhase.NoScrollPhase,
                    False,
                )
                QApplication.sendEvent(widget, event)
                assert not event.isAccepted()
            assert w.current.profile == before

    aio(run())


def test_a_newcomer_is_told_what_to_do_first(aio, opened) -> None:
    async def run() -> None:
        async with opened() as (_w, form):
            assert "Local tenant" in form.text("connectionFirstSteps")
            form.type("connectionFieldTenantEdit", "acme")
            assert not form.shown("connectionFirstSteps")

    aio(run())


def test_profiles_are_renamed_and_copied_by_buttons(aio, opened, wait_until) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            for button, dialog, name in (
                ("connectionRenameProfileButton", "renameProfileDialog", "first"),
                ("connectionCopyProfileButton", "copyProfileDialog", "second"),
            ):
                form.click(button)
                question = form.panel.findChild(QWidget, dialog)
                question.field.setText(name)
                question.accept_button.click()
                await wait_until(lambda name=name: w.current.profile.name == name)
            assert sorted(each.name for each in w.profiles.list()) == ["first", "second"]

    aio(run())


def test_a_file_with_authorities_is_browsed_for(aio, opened, tmp_path) -> None:
    async def run() -> None:
        async with opened() as (w, form):
            authority = tmp_path / "ca.pem"
            authority.write_text("-----BEGIN CERTIFICATE-----")
            form.click("connectionMoreButton")
            form.click("connectionBrowseCaFileButton")
            dialog = form.panel.findChild(QFileDialog, "caFileDialog")
            dialog.fileSelected.emit(str(authority))
            dialog.reject()
            assert w.current.profile.ca_file == str(authority)
            assert form.text("connectionCaFileEdit") == str(authority)
            assert not form.shown("connectionCaFileEditProblem")

    aio(run())
