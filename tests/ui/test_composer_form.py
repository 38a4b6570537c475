import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLabel, QLineEdit, QListWidget, QPlainTextEdit, QPushButton, QToolButton

from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from tests.ui.composer_desk import CONTROL, SHIFT, new_composer, template_text

ODD = """{ "session" :{"sessionId":"s-1"},
\t"request":{ "requestId":"\\u00e9" , "n":1.0e+2,
   "connections":{"threadId":   "t-1"}}}"""
"""A payload that no formatter would leave alone."""


@pytest.fixture
def session(aio):
    made = Session(CaptureStore.create(None), Contract(schemas()))
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    made.resize(900, 700)
    qtbot.keyClick(made.editor, Qt.Key.Key_D, CONTROL | SHIFT)
    assert made.form.form.isVisible()
    yield made
    aio(made.bridge.stop())


def control(composer, kind, name):
    return composer.findChild(kind, f"composer{name}")


def line(composer, name):
    return control(composer, QLineEdit, f"Form{name}Edit")


def put(composer, text):
    composer.set_text(text)
    composer.form.refresh()


def type_into(qtbot, edit, text):
    edit.setFocus()
    edit.selectAll()
    qtbot.keyClicks(edit, text)


def test_typing_in_the_form_changes_that_value_and_no_other_character(composer, qtbot):
    put(composer, ODD)
    thread = line(composer, "RequestConnectionsThreadId")
    assert thread.text() == "t-1"
    type_into(qtbot, thread, 'new "x"')
    assert composer.text() == ODD.replace('"t-1"', '"new \\"x\\""')


def test_what_is_typed_in_one_field_is_one_step_to_undo_there_and_here(composer, qtbot):
    put(composer, ODD)
    thread = line(composer, "RequestConnectionsThreadId")
    type_into(qtbot, thread, "abc")
    type_into(qtbot, line(composer, "SessionSessionId"), "s-2")
    qtbot.keyClick(line(composer, "SessionSessionId"), Qt.Key.Key_Z, CONTROL)
    assert composer.text() == ODD.replace('"t-1"', '"abc"')
    assert line(composer, "SessionSessionId").text() == "s-1"
    qtbot.keyClick(thread, Qt.Key.Key_Z, CONTROL)
    assert composer.text() == ODD
    assert thread.text() == "t-1"


def test_the_form_follows_what_is_typed_in_the_text(composer, qtbot):
    put(composer, ODD)
    composer.editor.go_to(ODD.index("t-1"))
    qtbot.keyClicks(composer.editor, "xy")
    qtbot.waitUntil(lambda: line(composer, "RequestConnectionsThreadId").text() == "xyt-1")


def test_a_field_that_the_text_lacks_is_added_and_left_out_again(composer, qtbot):
    put(composer, ODD)
    organization = line(composer, "RequestContextOrganizationId")
    assert organization.placeholderText() == "left out"
    type_into(qtbot, organization, "o")
    assert json.loads(composer.text())["request"]["context"] == {"organizationId": "o"}
    composer.form.refresh()
    remove = control(composer, QToolButton, "FormRequestContextOrganizationIdEditRemoveButton")
    qtbot.mouseClick(remove, Qt.MouseButton.LeftButton)
    assert "organizationId" not in composer.text()
    json.loads(composer.text())


def test_what_is_no_json_greys_the_form_in_words_until_it_is_mended(composer, qtbot):
    put(composer, ODD + "}")
    words = control(composer, QLabel, "FormProblem")
    assert composer.form.form.is_waiting()
    assert "The form waits until that is mended." in words.text()
    assert not line(composer, "SessionSessionId").isEnabled()
    composer.editor.undo()
    qtbot.waitUntil(lambda: not composer.form.form.is_waiting())
    assert words.text() == ""


@pytest.mark.parametrize("text", ["[]", '"x"', "null", ""])
def test_what_is_no_object_greys_the_form_too(composer, text):
    put(composer, text)
    assert composer.form.form.is_waiting()


def test_a_value_of_another_type_is_left_to_the_text(composer):
    put(composer, '{"session": {"sessionId": 5, "channel": {"medium": []}}}')
    assert not line(composer, "SessionSessionId").isEnabled()
    assert "in the text" in line(composer, "SessionSessionId").placeholderText()
    assert not control(composer, QComboBox, "FormSessionChannelMediumCombo").isEnabled()


def test_a_value_without_a_place_is_said_at_its_field(composer, qtbot):
    put(composer, '{"session": null}')
    type_into(qtbot, line(composer, "SessionSessionId"), "x")
    assert composer.text() == '{"session": null}'
    assert "$.session is not an object" in control(composer, QLabel, "FormSessionSessionIdEditProblem").text()


def test_choices_numbers_and_switches(composer, qtbot):
    put(composer, '{"session": {}, "request": {"settings": {"maxResponseLength": 10.50}}}')
    medium = control(composer, QComboBox, "FormSessionChannelMediumCombo")
    assert [medium.itemText(row) for row in range(medium.count())] == ["left out", "chat", "voice", "email"]
    medium.setFocus()
    qtbot.keyClick(medium, Qt.Key.Key_Down)
    stream = control(composer, QComboBox, "FormRequestSettingsDisableStreamCombo")
    stream.setFocus()
    qtbot.keyClick(stream, Qt.Key.Key_End)
    length = line(composer, "RequestSettingsMaxResponseLength")
    assert length.text() == "10.50"
    type_into(qtbot, length, "7x")
    value = json.loads(composer.text())
    assert value["session"]["channel"]["medium"] == "chat"
    assert value["request"]["settings"] == {"maxResponseLength": 7, "disableStream": False}
    assert "no number" in control(composer, QLabel, "FormRequestSettingsMaxResponseLengthEditProblem").text()


def test_what_the_action_needs_stands_first_and_is_marked(composer, qtbot):
    composer.set_action(Action.ADJUST)
    heading = control(composer, QPushButton, "FormNeededButton")
    assert heading.text().startswith("▾ Needed for adjust")
    parent = line(composer, "RequestConnectionsParentId")
    assert parent.accessibleName() == "parentId, required"
    qtbot.waitUntil(parent.isVisible)
    content = control(composer, QPlainTextEdit, "FormRequestAttributesContentEdit")
    content.setFocus()
    qtbot.keyClick(content, Qt.Key.Key_Tab)
    qtbot.keyClick(composer.focusWidget(), Qt.Key.Key_Tab)
    assert composer.focusWidget().objectName() == "composerFormRequestAttributesInstructionEdit"
    composer.set_action(Action.SUMMARIZE)
    assert parent.accessibleName() == "parentId"
    composer.set_action(Action.RECOMMEND)
    assert "request.resources.offers" in control(composer, QLabel, "FormNeeds").text()


def test_messages_are_listed_edited_added_and_removed(composer, qtbot):
    text = template_text(Action.INTERACTION, "typical")
    put(composer, text)
    rows = control(composer, QListWidget, "MessagesList")
    before = json.loads(text)["request"]["scope"]["conversations"][0]["messages"]
    assert rows.count() == len(before)
    rows.setCurrentRow(1)
    content = control(composer, QPlainTextEdit, "MessageContentEdit")
    assert content.toPlainText() == before[1]["content"]
    content.setFocus()
    content.selectAll()
    qtbot.keyClicks(content, "Hello")
    qtbot.keyClick(content, Qt.Key.Key_Return)
    qtbot.keyClicks(content, "there")
    changed = composer.text()
    assert changed == text.replace(json.dumps(before[1]["content"], ensure_ascii=False), '"Hello\\nthere"')
    qtbot.waitUntil(lambda: "Hello there" in rows.item(1).text())
    qtbot.mouseClick(control(composer, QPushButton, "AddMessageButton"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: rows.count() == len(before) + 1)
    assert rows.currentRow() == len(before)
    qtbot.mouseClick(control(composer, QPushButton, "RemoveMessageButton"), Qt.MouseButton.LeftButton)
    assert composer.text() == changed


def test_the_first_message_makes_a_conversation_that_the_contract_takes(composer, qtbot):
    composer.use_template("minimal")
    composer.set_text('{"session": {}, "request": {"requestId": "", "connections": {"threadId": "t"}}}')
    composer.form.refresh()
    qtbot.mouseClick(control(composer, QPushButton, "AddMessageButton"), Qt.MouseButton.LeftButton)
    assert composer._judge.now().sendable
    content = control(composer, QPlainTextEdit, "MessageContentEdit")
    qtbot.waitUntil(content.isVisible)


def test_the_whole_message_is_filled_in_below_its_payload(composer, qtbot):
    composer.set_text('{"headers": {}, "payload": {"session": {"sessionId": "a"}}}')
    composer.set_whole(whole=True)
    composer.form.refresh()
    type_into(qtbot, line(composer, "SessionSessionId"), "b")
    assert composer.text() == '{"headers": {}, "payload": {"session": {"sessionId": "b"}}}'


def test_whether_the_form_is_shown_is_remembered_and_the_form_stands_below_where_it_is_narrow(composer, qtbot):
    state = composer.save_state()
    qtbot.mouseClick(composer.form.button, Qt.MouseButton.LeftButton)
    assert composer.form.form.isHidden()
    composer.restore_state(state)
    assert composer.form.form.isVisible()
    assert composer.form.orientation() is Qt.Orientation.Horizontal
    composer.resize(480, 700)
    qtbot.waitUntil(lambda: composer.form.orientation() is Qt.Orientation.Vertical)


def test_a_form_that_is_not_shown_reads_nothing(composer, qtbot):
    composer.form.button.setChecked(False)
    composer.set_text(ODD)
    assert not composer.form._pause.isActive()
