"""Findings are mended at one key press, and one undo takes it back."""

import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QToolButton

from optave_inspector.protocol.actions import Action
from tests.ui.composer_desk import CONTROL, hint, new_composer
from tests.ui.wire import new_session

WRONG = '{\n  "session": {"channel": {"medium": "CHAT"}},\n  "request": {"requestId": "", "nonsense": 1}\n}'


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    yield made
    aio(made.bridge.stop())


def fix_button(composer):
    return composer.findChild(QToolButton, "composerFixAllButton")


def row_of(composer, rule):
    model = composer.findings.model()
    return next(row for row in range(model.rowCount()) if rule in model.data(model.index(row)))


def test_a_text_that_is_no_json_is_mended_and_undone(composer, qtbot):
    composer.set_text('{"session": {},}')
    assert fix_button(composer).isVisible()
    assert "Leave the comma out" in fix_button(composer).toolTip()
    qtbot.mouseClick(fix_button(composer), Qt.MouseButton.LeftButton)
    assert composer.text() == '{"session": {}}'
    assert "Leave the comma out" in hint(composer)
    composer.editor.undo()
    assert composer.text() == '{"session": {},}'


def test_what_nobody_can_know_is_said(composer):
    composer.set_text("hello")
    assert not fix_button(composer).isVisible()
    composer.fixes.fix_here()
    assert "Nothing here can be fixed" in hint(composer)
    composer.fixes.fix_all()
    assert composer.text() == "hello"


def test_the_chosen_finding_is_mended_by_a_key_or_a_click_and_one_undo_takes_it_back(composer, qtbot):
    composer.set_text(WRONG)
    composer.verdicts.findings_button.setChecked(True)
    findings = composer.findings
    index = findings.model().index(row_of(composer, "· enum ·"))
    assert findings.model().data(index).endswith("→ Write chat  (F)")
    findings.setCurrentIndex(index)
    qtbot.keyClick(findings, Qt.Key.Key_F)
    assert composer.text() == WRONG.replace("CHAT", "chat")
    composer.editor.undo()
    assert composer.text() == WRONG
    composer._judge.now()
    index = findings.model().index(row_of(composer, "unknown-key"))
    findings.scrollTo(index)
    place = findings.visualRect(index).bottomLeft() + QPoint(30, -8)
    qtbot.mouseClick(findings.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert "nonsense" not in composer.text()


def test_the_key_mends_what_is_wrong_on_the_cursors_line_first(composer, qtbot):
    composer.set_text(WRONG)
    composer._judge.now()
    composer.editor.go_to(WRONG.index("nonsense"))
    composer.findings.clearSelection()
    place = composer.place_at_cursor()
    assert place is not None
    assert place.path.startswith("$.request")
    composer.editor.go_to(WRONG.index("CHAT"))
    qtbot.keyClick(composer.editor, Qt.Key.Key_Period, CONTROL)
    assert composer.text() == WRONG.replace("CHAT", "chat")


def test_all_is_mended_at_once_but_nothing_typed_goes(composer, qtbot):
    composer.set_text(WRONG)
    composer._judge.now()
    assert fix_button(composer).text().startswith("Fix all")
    composer.fixes.fix_all()
    request = json.loads(composer.text())["request"]
    assert request["nonsense"] == 1
    assert request["scope"]["conversations"]
    assert composer._judge.now().sendable
    assert "fixed: " in hint(composer)
    composer.editor.undo()
    assert composer.text() == WRONG


def test_what_belongs_to_the_headers_goes_there(composer):
    composer.set_text('{"session": {}, "request": {"requestId": "", "tenantId": "acme"}}')
    composer._judge.now()
    place = next(each for each in composer._judge.judgement.places if each.path == "$.request.tenantId")
    composer.fixes.fix(place)
    assert composer.headers.overrides().tenant_id == "acme"
    assert "acme" not in composer.text()


def test_the_deprecated_action_gives_way(composer):
    composer.set_action(Action.CUSTOMER_INTERACTION)
    composer._judge.now()
    composer.fixes.fix_all()
    assert composer.action() is Action.INTERACTION


def test_findings_in_a_text_with_variables_are_mended_around_them(composer):
    composer.variables.set_environment({"thread": "t"})
    composer.set_text(WRONG.replace('"requestId": ""', '"requestId": "", "connections": {"threadId": "{{thread}}"}'))
    composer._judge.now()
    composer.fixes.fix_all()
    assert '"{{thread}}"' in composer.text()
    assert composer._judge.now().sendable
