"""The diagnosis from the menu: step by step against the local tenant, and a token only when it is asked for."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtGui import QGuiApplication

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.profiles.profile import LOCAL_TENANT_ID
from optave_inspector.profiles.secrets import CLIENT_SECRET
from optave_inspector.ui.dialogs.diagnosis import DiagnosisDialog

pytestmark = pytest.mark.timeout(90)


@pytest.fixture
def in_window(aio):
    """Runs a coroutine with the window and a local tenant by TLS."""

    def run(body) -> None:
        async def whole() -> None:
            parts = await build_window(tenant_settings=TenantSettings(latency_ms=1, tls=True))
            parts.window.show()
            try:
                address = await parts.tenant.start()
                parts.current.adopt_local(address)
                await parts.current.secrets.set(LOCAL_TENANT_ID, CLIENT_SECRET, address.client_secret, remember=False)
                await body(parts, address)
            finally:
                await take_apart(parts)

        aio(whole(), 60)

    return run


def _open(parts: WindowParts) -> DiagnosisDialog:
    parts.window.findChild(object, "diagnoseAction").trigger()
    return parts.window.findChild(DiagnosisDialog)


def test_a_sound_way_and_then_the_upgrade_with_a_token(in_window, wait_until) -> None:
    async def body(parts: WindowParts, address: Any) -> None:
        dialog = _open(parts)
        upgrade = dialog.findChild(object, "diagnosisUpgradeButton")
        assert dialog.busy
        assert not upgrade.isEnabled()
        await wait_until(lambda: not dialog.busy, 20)
        assert [each.step for each in dialog.findings] == ["URL", "Way", "Name", "TCP", "TLS"]
        assert {each.verdict.value for each in dialog.findings} <= {"ok", "note"}
        assert len(parts.session.used_tokens) == 0
        upgrade.click()
        await wait_until(lambda: not dialog.busy, 20)
        assert [each.verdict.value for each in dialog.findings[-2:]] == ["ok", "ok"]
        assert len(parts.session.used_tokens) == 1
        assert parts.session.attempt == 0, "the session itself did not connect"
        await parts.session.settled()
        notes = [entry.summary for entry in parts.session.store.entries(range(1, parts.session.store.count + 1))]
        assert any("The diagnosis connects once with a token" in note for note in notes)
        dialog.findChild(object, "diagnosisCopyButton").click()
        text = QGuiApplication.clipboard().text()
        assert "SHA-256" in text
        assert address.client_secret not in text
        dialog.close()

    in_window(body)


def test_where_it_breaks_nothing_further_is_offered(in_window, wait_until) -> None:
    async def body(parts: WindowParts, _address: Any) -> None:
        parts.current.edit(ca_file="")
        dialog = _open(parts)
        await wait_until(lambda: not dialog.busy, 20)
        assert (dialog.findings[-1].step, dialog.findings[-1].verdict.value) == ("TLS", "bad")
        assert not dialog.findChild(object, "diagnosisUpgradeButton").isEnabled()
        dialog.close()

    in_window(body)


def test_a_diagnosis_that_is_closed_stops(in_window, wait_until) -> None:
    async def body(parts: WindowParts, _address: Any) -> None:
        dialog = _open(parts)
        task = dialog.running
        dialog.close()
        await wait_until(task.done)

    in_window(body)
