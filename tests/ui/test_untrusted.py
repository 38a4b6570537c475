"""A server that is not trusted: its certificate to look at, and accepting it loudly, for one session."""

from __future__ import annotations

from typing import Any

import pytest

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.profiles.profile import LOCAL_TENANT_ID
from optave_inspector.profiles.secrets import CLIENT_SECRET
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.untrusted import UntrustedDialog

pytestmark = pytest.mark.timeout(90)


def _find(parts: WindowParts, name: str) -> Any:
    found = parts.window.findChild(object, name)
    assert found is not None, name
    return found


@pytest.fixture
def stranger(aio):
    """Runs a coroutine with the window and a local tenant whose authority nobody knows."""

    def run(body) -> None:
        async def whole() -> None:
            parts = await build_window(tenant_settings=TenantSettings(latency_ms=1, tls=True))
            parts.window.show()
            try:
                address = await parts.tenant.start()
                parts.current.adopt_local(address)
                await parts.current.secrets.set(LOCAL_TENANT_ID, CLIENT_SECRET, address.client_secret, remember=False)
                parts.current.edit(ca_file="")
                await body(parts)
            finally:
                await take_apart(parts)

        aio(whole(), 60)

    return run


async def _refused(parts: WindowParts, wait_until) -> UntrustedDialog:
    await wait_until(lambda: parts.session.failure is not None and not parts.window.view.connector.busy, 20)
    assert parts.session.failure.untrusted is not None
    button = _find(parts, "connectionCertificateButton")
    assert button.isVisible()
    button.click()
    dialog = [each for each in parts.window.findChildren(UntrustedDialog) if each.isVisible()][-1]
    assert parts.session.failure.untrusted.sha256 in dialog.findChild(object, "untrustedChain").toPlainText()
    return dialog


async def _accept_all(parts: WindowParts, wait_until) -> None:
    parts.window.connect_action.trigger()
    for _ in ("the token endpoint", "the tenant"):
        (await _refused(parts, wait_until)).accept()
        await wait_until(lambda: parts.session.failure is None or len(parts.session.accepted) == 2, 20)


def test_nothing_is_accepted_by_looking(stranger, wait_until) -> None:
    async def body(parts: WindowParts) -> None:
        parts.window.connect_action.trigger()
        dialog = await _refused(parts, wait_until)
        assert dialog.findChild(object, "untrustedCancelButton").isDefault()
        dialog.reject()
        assert parts.session.attempt == 1
        assert not parts.session.accepted
        assert not _find(parts, "topBarAccepted").isVisible()

    stranger(body)


def test_an_accepted_certificate_is_marked_noted_and_never_written_into_a_profile(stranger, wait_until, home) -> None:
    prints: list[str] = []

    async def body(parts: WindowParts) -> None:
        await _accept_all(parts, wait_until)
        await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
        prints.append(parts.session.handshake.certificates[0].sha256)
        assert parts.session.handshake.accepted_by_user
        mark = _find(parts, "topBarAccepted")
        assert mark.isVisible()
        assert "for which nothing else vouches" in mark.toolTip()
        assert not _find(parts, "connectionCertificateButton").isVisible()
        await parts.session.settled()
        store = parts.session.store
        notes = [entry.summary for entry in store.entries(range(1, store.count + 1))]
        assert sum("The user accepted the certificate of" in note for note in notes) == 2
        await parts.session.close()
        mark.click()
        assert not mark.isVisible()
        parts.window.connect_action.trigger()
        await wait_until(lambda: parts.session.failure is not None, 20)
        await parts.current.book.save_now()

    stranger(body)
    written = b"".join(path.read_bytes() for path in (home / "config").rglob("*") if path.is_file())
    assert written
    assert prints[0].encode() not in written
