"""The scenarios of the local tenant in the window: found, filled in, started, armed, taken back."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPushButton

from optave_inspector.app import WindowParts, build_window, take_apart
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.protocol.close_codes import Advice, explain
from optave_inspector.protocol.scenarios import SCENARIOS, find_scenario
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.dialogs.scenario_dialog import ScenarioDialog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

DOCUMENTED = {
    "close-1000": 1000,
    "close-1001": 1001,
    "tcp-reset": 1006,
    "close-1008": 1008,
    "close-1011": 1011,
}


@pytest.fixture
def dialog(qtbot) -> ScenarioDialog:
    made = ScenarioDialog()
    qtbot.addWidget(made)
    made.show()
    return made


def find(widget, kind, name) -> Any:
    found = widget.findChild(kind, name)
    assert found is not None, name
    return found


def listed(dialog: ScenarioDialog) -> list[str]:
    rows = find(dialog, QListWidget, "scenarioList")
    names = (rows.item(row).data(Qt.ItemDataRole.UserRole) for row in range(rows.count()))
    return [name for name in names if name]


def test_all_scenarios_are_listed_and_one_is_on_show(dialog: ScenarioDialog) -> None:
    assert listed(dialog) == list(SCENARIOS)
    assert dialog.scenario is not None
    assert find(dialog, QLabel, "scenarioExpected").text() == dialog.scenario.expected.sentence


def test_typing_narrows_the_list_and_the_arrows_move_in_it(dialog: ScenarioDialog, qtbot) -> None:
    search = find(dialog, QLineEdit, "scenarioSearchEdit")
    qtbot.keyClicks(search, "late answer")
    assert listed(dialog) == ["late-answer"]
    search.clear()
    qtbot.keyClicks(search, "1011")
    names = listed(dialog)
    assert names[0] == "close-1011"
    assert dialog.scenario.name == "close-1011"
    QTest.keyClick(search, Qt.Key.Key_Down)
    assert dialog.scenario.name == names[1]
    search.setText("no such thing")
    assert (listed(dialog), dialog.scenario) == ([], None)
    assert not find(dialog, QPushButton, "scenarioStartButton").isEnabled()
    search.clear()
    assert dialog.scenario is not None


def test_return_in_the_search_field_starts_what_is_on_show(dialog: ScenarioDialog, qtbot) -> None:
    search = find(dialog, QLineEdit, "scenarioSearchEdit")
    qtbot.keyClicks(search, "tcp-reset")
    with qtbot.waitSignal(dialog.orderAsked) as asked:
        QTest.keyClick(search, Qt.Key.Key_Return)
    assert asked.args == ["tcp-reset", {}, False]


def test_a_scenario_of_the_handshake_can_only_be_armed(dialog: ScenarioDialog, qtbot) -> None:
    dialog.choose("refuse-503")
    assert find(dialog, QPushButton, "scenarioStartButton").isHidden()
    arm = find(dialog, QPushButton, "scenarioArmButton")
    assert arm.text() == "&Arm for the next handshake"
    find(dialog, QComboBox, "scenarioBodyCombo").setCurrentText("html")
    with qtbot.waitSignal(dialog.orderAsked) as asked:
        arm.click()
    assert asked.args == ["refuse-503", {"body": "html", "retry_after": 5, "times": 1}, True]


def test_a_wrong_parameter_is_told_beneath_it_and_nothing_can_be_started(dialog: ScenarioDialog, qtbot) -> None:
    dialog.choose("close-code")
    code = find(dialog, QLineEdit, "scenarioCodeEdit")
    code.selectAll()
    qtbot.keyClicks(code, "2999")
    assert "from 3,000 to 4,999" in find(dialog, QLabel, "scenarioCodeEditProblem").text()
    for name in ("scenarioStartButton", "scenarioArmButton"):
        assert not find(dialog, QPushButton, name).isEnabled()
    code.selectAll()
    qtbot.keyClicks(code, "4711")
    assert find(dialog, QPushButton, "scenarioStartButton").isEnabled()
    assert "4711" in find(dialog, QLabel, "scenarioExpected").text()


def test_what_needs_tls_says_how_to_have_it(dialog: ScenarioDialog) -> None:
    dialog.choose("tls-failure")
    assert "Serve TLS" in find(dialog, QLabel, "scenarioProblem").text()
    assert not find(dialog, QPushButton, "scenarioArmButton").isEnabled()
    dialog.set_tls(True)
    assert find(dialog, QLabel, "scenarioProblem").text() == ""
    assert find(dialog, QPushButton, "scenarioArmButton").isEnabled()


@contextlib.asynccontextmanager
async def window() -> AsyncIterator[WindowParts]:
    parts = await build_window(tenant_settings=TenantSettings(latency_ms=0))
    parts.window.resize(1280, 800)
    parts.window.show()
    try:
        yield parts
    finally:
        await take_apart(parts)


def trigger(parts: WindowParts, name: str) -> None:
    action = find(parts.window, QAction, name)
    assert action.isEnabled(), name
    action.trigger()


@pytest.mark.timeout(120)
def test_the_documented_codes_are_reproduced_and_reported_in_the_window(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            trigger(parts, "connectTenantAction")
            for name, code in DOCUMENTED.items():
                await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
                await wait_until(lambda: not parts.window.view.connector.busy)
                trigger(parts, "tenantScenariosAction")
                dialog = find(parts.window, ScenarioDialog, "scenarioDialog")
                dialog.choose(name)
                find(dialog, QPushButton, "scenarioStartButton").click()
                await wait_until(lambda: parts.session.ending is not None, 20)
                expected, ending = find_scenario(name).expected, parts.session.ending
                assert ending.code == expected.code == code
                assert ending.first == expected.first
                assert ending.clean is expected.clean
                headline = f"{code} {explain(code).name}"
                await wait_until(lambda said=headline: find(parts.window, QLabel, "messageHeadline").text() == said)
                status = find(dialog, QLabel, "scenarioStatus")
                await wait_until(lambda said=status: "started on" in said.text())
                advice = find(parts.window, QLabel, "messageAdvice").full_text()
                meant = explain(code).advice is Advice.NONE  # nothing to do, so nothing is said
                assert advice == "" if meant else explain(code).advice_sentence in advice
                trigger(parts, "connectAction")
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)

    aio(run(), 100)


@pytest.mark.timeout(90)
def test_scenarios_are_armed_before_anything_runs_and_taken_back(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            trigger(parts, "tenantScenariosAction")
            dialog = find(parts.window, ScenarioDialog, "scenarioDialog")
            status = find(dialog, QLabel, "scenarioStatus")
            dialog.choose("refuse-403")
            find(dialog, QPushButton, "scenarioArmButton").click()
            await wait_until(lambda: "Armed: refuse-403 ×1" in status.text(), 20)
            trigger(parts, "connectTenantAction")
            await wait_until(lambda: parts.session.failure is not None, 20)
            assert "403" in find(parts.window, QLabel, "messageHeadline").text()
            dialog.choose("close-1013")
            find(dialog, QPushButton, "scenarioArmButton").click()
            await wait_until(lambda: "Armed: close-1013 ×1" in status.text())
            find(dialog, QPushButton, "scenarioCalmButton").click()
            await wait_until(lambda: "Nothing is armed" in status.text())
            await wait_until(lambda: not parts.window.view.connector.busy)
            trigger(parts, "connectTenantAction")
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)

    aio(run(), 60)


@pytest.mark.timeout(90)
def test_a_tenant_with_tls_fails_its_handshake_and_can_be_connected_to_afterwards(aio, wait_until) -> None:
    async def run() -> None:
        async with window() as parts:
            trigger(parts, "startTenantAction")
            await wait_until(lambda: parts.tenant.running, 20)
            trigger(parts, "tenantTlsAction")
            await wait_until(lambda: parts.tenant.running and parts.tenant.address.ca_file, 20)
            trigger(parts, "tenantScenariosAction")
            dialog = find(parts.window, ScenarioDialog, "scenarioDialog")
            dialog.choose("tls-failure")
            find(dialog, QPushButton, "scenarioArmButton").click()
            await wait_until(lambda: "Armed: tls-failure" in find(dialog, QLabel, "scenarioStatus").text(), 20)
            trigger(parts, "connectTenantAction")
            await wait_until(lambda: parts.session.failure is not None, 20)
            assert parts.session.failure.kind == "tls"
            await wait_until(lambda: not parts.window.view.connector.busy)
            trigger(parts, "connectTenantAction")
            await wait_until(lambda: parts.session.state is ConnectionState.OPEN, 20)
            assert parts.session.handshake.tls

    aio(run(), 60)
