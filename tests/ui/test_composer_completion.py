import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from optave_inspector.capture.store import CaptureStore
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.resources import schemas
from optave_inspector.session import Session
from tests.ui.composer_desk import CONTROL, Receiver, new_composer, template_text

THREAD = "019cadd1-9c26-75a7-9624-c650979ace60"


@pytest.fixture
def session(aio):
    made = Session(CaptureStore.create(None), Contract(schemas()))
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    made = new_composer(qtbot, session)
    yield made
    aio(made.bridge.stop())


def offered(composer):
    rows = composer.completion.list.list
    return [rows.topLevelItem(row).text(0) for row in range(rows.topLevelItemCount())]


def is_open(composer):
    return composer.completion.list.is_open


def begin(composer, text):
    """Put ``text`` into the editor with the cursor at the bar in it."""
    place = text.index("|")
    composer.editor.set_text(text.replace("|", ""))
    composer.editor.go_to(place)


def test_keys_are_proposed_as_one_types_and_tab_takes_the_first(composer, qtbot):
    begin(composer, '{"request": {"connections": {|}}}')
    qtbot.keyClicks(composer.editor, '"thr')
    qtbot.waitUntil(lambda: is_open(composer))
    assert offered(composer) == ["threadId"]
    assert "The same for all requests of one case" in composer.completion.list._help.text()
    qtbot.keyClick(composer.editor, Qt.Key.Key_Tab)
    assert composer.text() == '{"request": {"connections": {"threadId": ""}}}'
    qtbot.keyClicks(composer.editor, 'x"')
    assert composer.text() == '{"request": {"connections": {"threadId": "x"}}}'


def test_taking_a_proposal_is_one_step_to_undo(composer, qtbot):
    begin(composer, "{|}")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
    assert offered(composer) == ["session", "request"]
    qtbot.keyClick(composer.editor, Qt.Key.Key_Down)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Down)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert composer.text() == '{"request": {}}'
    composer.editor.undo()
    assert composer.text() == "{}"


def test_enter_without_going_to_a_proposal_begins_a_line(composer, qtbot):
    begin(composer, "{|}")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return)
    assert composer.text() == "{\n  \n}"
    assert not is_open(composer)


def test_escape_closes_the_list_and_tab_indents_as_before(composer, qtbot):
    begin(composer, "{\n|}")
    qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
    assert is_open(composer)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Escape)
    assert not is_open(composer)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Tab)
    assert composer.text() == "{\n  }"


def test_values_of_an_enum_are_taken_by_the_mouse(composer, qtbot):
    begin(composer, '{"session": {"channel": {"medium": "|"}}}')
    qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
    rows = composer.completion.list.list
    assert offered(composer) == ["chat", "voice", "email"]
    place = rows.visualItemRect(rows.topLevelItem(1)).center()
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert json.loads(composer.text())["session"]["channel"]["medium"] == "voice"


def test_ids_seen_in_the_capture_are_proposed(composer, qtbot, aio, session, wait_signal, wait_until):
    wire = Receiver(session)

    async def drive():
        async with wire.open():
            text = template_text(Action.INTERACTION, "typical")
            composer.set_text(text)
            composer.send()
            await wait_signal(composer.sending.appeared)
            begin(composer, '{"request": {"context": {"organizationId": "|"}}}')
            qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
            composer.editor.go_to(composer.text().index('""') + 1)

            def seen():
                composer.completion.list.offer()
                return offered(composer)

            await wait_until(seen)
            wanted = json.loads(text)["request"]["context"]["organizationId"]
            assert offered(composer) == [wanted]

    aio(drive())


def test_the_action_decides_what_is_required(composer, qtbot):
    for action, first in ((Action.ADJUST, "required"), (Action.SUMMARIZE, "The")):
        composer.set_action(action)
        begin(composer, '{"request": {"attributes": {"con|"}}}')
        qtbot.keyClick(composer.editor, Qt.Key.Key_Space, CONTROL)
        rows = composer.completion.list.list
        assert rows.topLevelItem(0).text(1).startswith(first)


def test_pasting_and_setting_texts_propose_nothing(composer, qtbot):
    begin(composer, "{|}")
    qtbot.keyClicks(composer.editor, '"')
    qtbot.waitUntil(lambda: is_open(composer))
    composer.set_text('{"re')
    assert not is_open(composer)
    assert not composer.completion.list._pause.isActive()


@pytest.mark.qt_log_ignore("does not support raise", extend=True)
def test_the_mouse_at_a_key_says_what_it_means(composer, qtbot):
    composer.editor.set_text('{\n  "session": {"sessionId": ""}\n}')
    cursor = composer.editor.textCursor()
    cursor.setPosition(6)
    where = composer.editor.cursorRect(cursor).center()
    viewport = composer.editor.viewport()
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, where, viewport.mapToGlobal(where)))
    assert "Where the request comes from." in QToolTip.text()
    assert "Required for interaction by the schema." in QToolTip.text()
    away = QPoint(viewport.width() - 5, viewport.height() - 5)
    QApplication.sendEvent(viewport, QHelpEvent(QHelpEvent.Type.ToolTip, away, viewport.mapToGlobal(away)))
    qtbot.waitUntil(lambda: not QToolTip.isVisible())
