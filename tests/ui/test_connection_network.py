"""TLS and network in the connection panel: what shows when, what is edited, and where the secrets go."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.client.config import AddressFamily, ProxyKind, TlsVersion
from optave_inspector.profiles.secrets import HEADER_SECRET, KEY_PASSPHRASE, PROXY_PASSWORD

pytestmark = pytest.mark.timeout(90)


def _find(parts: WindowParts, name: str) -> Any:
    found = parts.window.findChild(object, name)
    assert found is not None, name
    return found


def _type(parts: WindowParts, name: str, text: str) -> None:
    edit = _find(parts, name)
    edit.setText(text)
    edit.textEdited.emit(text)


def _choose(parts: WindowParts, name: str, value: object) -> None:
    combo = _find(parts, name)
    combo.setCurrentIndex(combo.findData(value))
    combo.activated.emit(combo.currentIndex())


@pytest.fixture
def in_window(aio):
    """Runs a coroutine with the window, its rarer settings unfolded."""

    def run(body) -> None:
        async def whole() -> None:
            parts = await build_window()
            parts.window.show()
            try:
                _find(parts, "connectionMoreButton").setChecked(True)
                await body(parts)
            finally:
                await take_apart(parts)

        aio(whole(), 60)

    return run


async def _kept(parts: WindowParts, field: str, secret: str) -> None:
    profile_id = parts.current.profile.id
    async with asyncio.timeout(10):
        while await parts.current.secrets.get(profile_id, field) != secret:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def test_a_proxy_asks_for_its_address_and_for_a_password_once_there_is_a_user(in_window, home) -> None:
    async def body(parts: WindowParts) -> None:
        assert not _find(parts, "connectionProxyAddressEdit").isVisible()
        _choose(parts, "connectionProxyCombo", ProxyKind.SOCKS5)
        assert parts.current.profile.proxy_kind is ProxyKind.SOCKS5
        assert _find(parts, "connectionProxyAddressEdit").isVisible()
        assert not _find(parts, "connectionProxyPasswordEdit").isVisible()
        _type(parts, "connectionProxyAddressEdit", "proxy:port")
        assert "write host:port" in _find(parts, "connectionProxyAddressEditProblem").text()
        _type(parts, "connectionProxyAddressEdit", "proxy.example:1080")
        assert not _find(parts, "connectionProxyAddressEditProblem").isVisible()
        _type(parts, "connectionProxyUserEdit", "anna")
        assert _find(parts, "connectionProxyPasswordEdit").isVisible()
        _type(parts, "connectionProxyPasswordEdit", "canary-proxy")
        parts.window.view.connection.keep_typed()
        await _kept(parts, PROXY_PASSWORD, "canary-proxy")
        await parts.current.book.save_now()

    in_window(body)
    written = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    assert b"proxy.example:1080" in written
    assert b"canary-proxy" not in written


def test_headers_with_a_placeholder_ask_for_their_secret(in_window) -> None:
    async def body(parts: WindowParts) -> None:
        assert not _find(parts, "connectionHeaderSecretEdit").isVisible()
        _find(parts, "connectionHeadersEdit").setPlainText("X-Key: {{secret}}\nHost: x")
        assert parts.current.profile.headers == {"X-Key": "{{secret}}", "Host": "x"}
        assert "belongs to the handshake" in _find(parts, "connectionHeadersProblem").text()
        _find(parts, "connectionHeadersEdit").setPlainText("X-Key: {{secret}}")
        assert not _find(parts, "connectionHeadersProblem").isVisible()
        _type(parts, "connectionHeaderSecretEdit", "canary-header")
        parts.window.view.connection.keep_typed()
        await _kept(parts, HEADER_SECRET, "canary-header")

    in_window(body)


def test_a_client_certificate_asks_for_key_and_passphrase(in_window, tmp_path) -> None:
    async def body(parts: WindowParts) -> None:
        assert not _find(parts, "connectionClientKeyEdit").isVisible()
        _type(parts, "connectionClientCertificateEdit", str(tmp_path / "missing.pem"))
        assert "There is no file" in _find(parts, "connectionClientCertificateEditProblem").text()
        assert _find(parts, "connectionClientKeyEdit").isVisible()
        _type(parts, "connectionKeyPassphraseEdit", "canary-passphrase")
        parts.window.view.connection.keep_typed()
        await _kept(parts, KEY_PASSPHRASE, "canary-passphrase")

    in_window(body)


def test_choices_and_limits_are_kept_in_the_profile(in_window) -> None:
    async def body(parts: WindowParts) -> None:
        _choose(parts, "connectionMinimumTlsCombo", TlsVersion.TLS_1_3)
        _choose(parts, "connectionAddressFamilyCombo", AddressFamily.IPV4)
        _find(parts, "connectionMaxMessageSpin").setValue(512)
        _type(parts, "connectionOriginEdit", "https://app.example")
        _type(parts, "connectionServerNameEdit", "tenant.example")
        profile = parts.current.profile
        assert profile.minimum_tls is TlsVersion.TLS_1_3
        assert profile.address_family is AddressFamily.IPV4
        assert profile.max_message_bytes == 512 * 1024
        assert (profile.origin, profile.server_name) == ("https://app.example", "tenant.example")

    in_window(body)
