import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.envelope import Overrides
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.ui import theme
from optave_inspector.ui.panels.composer_headers import HeadersDialog
from optave_inspector.ui.widgets.json_editor import JsonEditor


@pytest.fixture
def dialog(qtbot):
    theme.theme_switch().apply(dark=False)
    made = HeadersDialog()
    qtbot.addWidget(made)
    made.show()
    return made


def field(dialog, name):
    return dialog.findChild(QLineEdit, f"composer{name[0].upper()}{name[1:]}Edit")


def preview(dialog):
    return json.loads(dialog.findChild(JsonEditor, "composerHeadersPreview").text())


def test_without_a_word_of_the_user_all_is_generated(dialog):
    shown = preview(dialog)
    assert is_uuid7(shown["correlationId"])
    assert "timestamp" not in shown
    assert "tenantId" not in shown
    assert dialog.overrides() == Overrides()
    assert dialog.given() == 0


def test_what_is_typed_shows_in_the_preview_at_once(dialog, qtbot):
    with qtbot.waitSignal(dialog.edited):
        qtbot.keyClicks(field(dialog, "correlationId"), "my-id")
    qtbot.keyClicks(field(dialog, "networkLatencyMs"), "12.5")
    qtbot.keyClicks(field(dialog, "timestamp"), "now")
    shown = preview(dialog)
    assert (shown["correlationId"], shown["networkLatencyMs"], shown["timestamp"]) == ("my-id", 12.5, "now")
    assert dialog.given() == 3


def test_the_request_id_becomes_the_correlation_id_as_it_will_when_sending(dialog):
    dialog.set_request(Action.RECEPTION, "ticket-7")
    assert preview(dialog)["correlationId"] == "ticket-7"
    assert preview(dialog)["action"] == "reception"


def test_the_profiles_tenant_is_sent_unless_another_is_given(dialog, qtbot):
    dialog.set_tenant_id("acme")
    assert preview(dialog)["tenantId"] == "acme"
    assert "acme, from the profile" in field(dialog, "tenantId").placeholderText()
    qtbot.keyClicks(field(dialog, "tenantId"), "other")
    assert preview(dialog)["tenantId"] == "other"
    dialog.set_tenant_id("")
    dialog.clear()
    assert "tenantId" not in preview(dialog)


@pytest.mark.parametrize("text", ["1x", "NaN", "Infinity", "1e400", "true", '"5"', "1_000", "[1]", "09"])
def test_a_latency_that_is_no_number_is_refused_in_words(dialog, qtbot, text):
    qtbot.keyClicks(field(dialog, "networkLatencyMs"), text)
    assert dialog.problem() == f"networkLatencyMs is {text}, but must be a number."
    assert dialog.findChild(QLabel, "composerNetworkLatencyMsEditProblem").isVisible()
    assert dialog.overrides().network_latency_ms is None
    dialog.findChild(QPushButton, "composerHeadersClearButton").click()
    assert dialog.problem() == ""
    assert dialog.given() == 0


def test_texts_can_be_kept_and_given_back(dialog):
    dialog.set_texts({"traceId": "t", "unknown": "x"})
    assert dialog.texts()["traceId"] == "t"
    other = HeadersDialog()
    other.set_texts(dialog.texts())
    assert other.overrides() == Overrides(trace_id="t")
    other.deleteLater()


def test_the_preview_is_for_reading_and_lets_tab_pass(dialog, qtbot):
    shown = dialog.findChild(JsonEditor, "composerHeadersPreview")
    before = shown.text()
    shown.setFocus()
    qtbot.keyClicks(shown, "x")
    qtbot.keyClick(shown, Qt.Key.Key_Tab)
    assert shown.text() == before
    assert not shown.hasFocus()


def test_escape_closes_it(dialog, qtbot):
    qtbot.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()
