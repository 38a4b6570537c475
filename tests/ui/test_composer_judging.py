"""What the composer says of a request while it is typed."""

import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QToolButton

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui.panels import composer_judge
from tests.ui.composer_desk import (
    chips,
    hint,
    new_composer,
    settle,
    template_text,
)
from tests.ui.wire import new_session


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


def test_broken_json_is_told_and_underlined_at_once(composer, qtbot):
    composer.editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(composer.editor, ",")
    lines = composer.text().count("\n") + 1
    assert chips(composer) == ["✗ JSON"]
    words = composer.findChild(QLabel, "composerFirstFinding").full_text()
    assert words.startswith(f"Line {lines}, column 2: The JSON value has ended")
    assert [composer.text()[mark.start : mark.end] for mark in composer.editor.marks()] == [","]
    qtbot.keyClick(composer.editor, Qt.Key.Key_Backspace)
    assert chips(composer)[0] == "✓ SDK"
    assert composer.editor.marks() == ()


def test_findings_come_after_a_pause_and_lead_to_their_places(composer, qtbot):
    text = template_text(Action.INTERACTION, "typical").replace('"chat"', '"fax"').replace("organizationId", "orgId")
    composer.editor.set_text(text)
    assert chips(composer)[1] == "✓ schema"
    settle(composer, qtbot)
    assert chips(composer) == ["✓ SDK", "✗ schema: 1", "✗ envelope: 1", "⚠ docs: 2"]
    marks = {text[mark.start : mark.end]: mark.kind for mark in composer.editor.marks()}
    assert marks == {'"medium"': "error", '"context"': "warning", '"orgId"': "warning"}
    toggle = composer.findChild(QToolButton, "composerFindingsButton")
    assert toggle.text() == "▸ Findings 3"
    qtbot.mouseClick(toggle, Qt.MouseButton.LeftButton)
    assert composer.findings.isVisible()
    composer.findings.setFocus()
    composer.findings.setCurrentIndex(composer.findings.model().index(0, 0))
    qtbot.keyClick(composer.findings, Qt.Key.Key_Return)
    assert composer.editor.hasFocus()
    assert text[composer.editor.cursor_offset() :].startswith('"medium"')


@pytest.mark.qt_log_ignore("does not support")
def test_a_finding_about_a_header_leads_to_the_headers(composer, qtbot):
    composer.headers.set_texts({"traceId": "mine"})
    composer.verdicts.findings_button.setChecked(True)
    assert "✗ envelope: 1" in chips(composer)
    composer.findings.setCurrentIndex(composer.findings.model().index(0, 0))
    qtbot.keyClick(composer.findings, Qt.Key.Key_Return)
    assert composer.headers.isVisible()


def test_the_size_is_shown_and_warns_where_only_one_measure_fits(composer, qtbot):
    note = composer.findChild(QLabel, "composerPanelNote")
    assert note.full_text().startswith("3.0 kB of 128 kB · 3,")
    payload = json.loads(composer.text())
    payload["request"]["attributes"] = {"content": "é" * 100_000}
    composer.set_text(json.dumps(payload, ensure_ascii=False))
    settle(composer, qtbot)
    assert note.full_text().startswith("⚠ 19")
    assert note.property("role") == "warning"
    assert "⚠ size" in chips(composer)
    payload["request"]["attributes"] = {"content": "é" * 140_000}
    composer.set_text(json.dumps(payload, ensure_ascii=False))
    settle(composer, qtbot)
    assert note.property("role") == "problem"
    assert "✗ size" in chips(composer)


def test_the_first_finding_stands_where_there_is_room_for_it(composer, qtbot, session):
    session.on_state(ConnectionState.OPEN)
    composer.set_text('{"session": {}, "request": {"requestId": ""}}')
    settle(composer, qtbot)
    words = composer.findChild(QLabel, "composerFirstFinding")
    assert hint(composer).startswith("⚠ request.connections.threadId is missing")
    assert not words.isVisible()
    session.on_state(ConnectionState.CLOSED)
    assert hint(composer) == "⚠ Not connected: state CLOSED 3. Connect first."
    assert words.isVisible()
    assert chips(composer)[0] == "✗ SDK: 2"
    composer.resize(500, 250)
    assert composer.width() == 500
    assert not words.isVisible()
    assert hint(composer).startswith("⚠ Not connected: state CLOSED 3. Connect first.  request.connections.threadId")
    assert chips(composer)[0] == "✗ SDK"


def long_draft(composer):
    payload = json.loads(composer.text())
    payload["request"]["attributes"] = {"content": "x" * 70_000}
    composer.set_text(json.dumps(payload, indent=2))


def test_a_long_draft_waits_for_the_pause_even_when_it_breaks(composer, qtbot, aio, wait_until):
    async def drive():
        long_draft(composer)
        composer.editor.moveCursor(QTextCursor.MoveOperation.End)
        qtbot.keyClicks(composer.editor, "}")
        assert chips(composer)[0] == "✓ SDK"
        await wait_until(composer._judge.is_current)
        assert chips(composer) == ["✗ JSON"]

    aio(drive())


def test_a_long_draft_edited_while_it_is_judged_is_judged_again(composer, qtbot, aio, wait_until, monkeypatch):
    async def drive():
        long_draft(composer)
        composer.editor.moveCursor(QTextCursor.MoveOperation.End)
        judged, go_on = composer_judge.judge, threading.Event()
        # Held, or a quick machine would be done with it before anybody looks.
        monkeypatch.setattr(composer_judge, "judge", lambda *a, **k: (go_on.wait(20), judged(*a, **k))[1])
        qtbot.keyClicks(composer.editor, "}")
        await wait_until(lambda: composer._judge._aside is not None)
        qtbot.keyClick(composer.editor, Qt.Key.Key_Backspace)
        qtbot.keyClicks(composer.editor, " ")
        go_on.set()
        await wait_until(composer._judge.is_current)
        assert chips(composer)[0] == "✓ SDK"
        qtbot.keyClicks(composer.editor, "]")
        assert not composer._judge.is_current()
        assert composer._judge.now().problem is not None

    aio(drive())


def test_findings_of_a_long_draft_are_underlined_at_their_places(composer, aio, wait_until):
    async def drive():
        long_draft(composer)
        place = composer.text().index('"threadId"')
        composer.editor.go_to(place + 4)
        composer.editor.textCursor().insertText("X")
        await wait_until(composer._judge.is_current)
        assert place in [mark.start for mark in composer.editor.marks()]

    aio(drive())
