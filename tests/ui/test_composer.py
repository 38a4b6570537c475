"""The composer as a user meets it: by keyboard, against a real server on loopback."""

import asyncio
import contextlib
import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLabel, QPushButton, QToolButton
from websockets.asyncio.server import serve

from optave_inspector import resources
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken
from optave_inspector.compose.templates import templates
from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.contract import Contract
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.session import Session
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.composer import ComposerPanel

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


@pytest.fixture
def session(aio):
    made = Session(CaptureStore.create(None), Contract(resources.schemas()))
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def composer(qtbot, aio, session):
    theme.theme_switch().apply(dark=False)
    bridge = SessionBridge(session)
    made = ComposerPanel(bridge)
    made.bridge = bridge
    qtbot.addWidget(made)
    made.resize(760, 420)
    made.show()
    made.activateWindow()
    made.editor.setFocus()
    yield made
    aio(bridge.stop())


class Wire:
    """A server on loopback that keeps what it receives, and the session connected to it."""

    def __init__(self, session):
        self.session = session
        self.received = []
        self._came = asyncio.Condition()

    @contextlib.asynccontextmanager
    async def open(self):
        async with serve(self._keep, "127.0.0.1", 0, subprotocols=["optave-v1"], max_size=None) as server:
            port = server.sockets[0].getsockname()[1]
            config = ConnectionConfig(f"ws://127.0.0.1:{port}/", auth_transport=AuthTransport.NONE)
            await self.session.connect(config, NoToken())
            yield self
            await self.session.close()

    async def messages(self, count):
        async with asyncio.timeout(5), self._came:
            await self._came.wait_for(lambda: len(self.received) >= count)
        return self.received

    async def _keep(self, connection):
        async for message in connection:
            async with self._came:
                self.received.append(message)
                self._came.notify_all()


@pytest.fixture
def wire(session):
    return Wire(session)


def button(composer, name):
    return composer.findChild(QPushButton, f"composer{name}Button")


def combo(composer, name):
    return composer.findChild(QComboBox, f"composer{name}Combo")


def hint(composer):
    return composer.findChild(QLabel, "composerHint").full_text()


def chips(composer):
    return composer.verdicts.chips.texts()


def template_text(action, name):
    return next(template.text for template in templates(action) if template.name == name)


def type_over(composer, qtbot, text):
    composer.editor.selectAll()
    qtbot.keyClicks(composer.editor, text)


def settle(composer, qtbot):
    """Wait for the pause after which verdicts are made."""
    qtbot.waitUntil(composer._judge.is_current)


# -- before anything is typed


def test_it_begins_with_a_request_that_could_be_sent(composer):
    assert composer.action() is Action.INTERACTION
    assert composer.text() == template_text(Action.INTERACTION, "typical")
    assert chips(composer) == ["✓ SDK", "✓ schema", "✓ envelope", "✓ docs"]
    assert not composer.editor.document().isUndoAvailable()


def test_while_not_connected_it_says_so_and_sends_nothing(composer, qtbot, session):
    for name in ("Send", "SendAnyway"):
        assert not button(composer, name).isEnabled()
        assert button(composer, name).toolTip() == "Not connected: state CLOSED 3. Connect first."
    assert hint(composer) == "⚠ Not connected: state CLOSED 3. Connect first."
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL | SHIFT)
    assert session.attempt == 0
    assert hint(composer) == "⚠ Not connected: state CLOSED 3. Connect first."


@pytest.mark.parametrize("state", [ConnectionState.CONNECTING, ConnectionState.CLOSING])
def test_in_between_it_says_what_to_wait_for(composer, session, state):
    session.on_state(state)
    assert hint(composer).startswith(f"⚠ Not connected: state {state.name} {state.value}. Wait until")


# -- sending


@pytest.mark.parametrize("action", Action)
def test_every_action_is_sent_with_its_template_by_keyboard(composer, qtbot, aio, wire, action):
    async def drive():
        async with wire.open():
            composer.set_action(action)
            composer.use_template("minimal")
            assert button(composer, "Send").isEnabled()
            qtbot.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL)
            return await wire.messages(1)

    (message,) = aio(drive())
    envelope = json.loads(message)
    assert list(envelope) == ["action", "headers", "payload"]
    assert envelope["headers"]["action"] == action.value
    assert is_uuid7(envelope["headers"]["correlationId"])
    assert message.endswith(f',"payload":{template_text(action, "minimal")}}}')


@pytest.mark.parametrize("modifiers", [CONTROL, CONTROL | SHIFT])
def test_the_keys_work_without_an_active_window_too(composer, qtbot, aio, wire, modifiers):
    composer.hide()
    sound = template_text(Action.INTERACTION, "minimal")

    async def drive():
        async with wire.open():
            composer.set_text(sound if modifiers == CONTROL else "{")
            qtbot.keyClick(composer.editor, Qt.Key.Key_Enter, modifiers | Qt.KeyboardModifier.KeypadModifier)
            return await wire.messages(1)

    assert len(aio(drive())) == 1
    qtbot.keyClick(composer.editor, Qt.Key.Key_F12)


ODD = ' {\n\t"session" : { },\n "request":{"requestId":"" , "a\u00a0b":"é😀\u2028\\u00e9","n":1.0e+2}\n\n}  '


def test_the_payload_goes_out_character_for_character(composer, qtbot, aio, wire):
    async def drive():
        async with wire.open():
            composer.set_text(ODD)
            composer.send_anyway()
            return await wire.messages(1)

    assert aio(drive())[0].endswith(f'"payload":{ODD}}}')


def test_a_whole_message_goes_out_as_typed_whatever_it_is(composer, qtbot, aio, wire):
    async def drive():
        async with wire.open():
            mode = combo(composer, "Mode")
            mode.setFocus()
            qtbot.keyClick(mode, Qt.Key.Key_Down)
            assert composer.whole()
            type_over(composer, qtbot, "no JSON {{ at all  ")
            qtbot.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL | SHIFT)
            return await wire.messages(1)

    assert aio(drive()) == ["no JSON {{ at all  "]
    assert composer.text() == "no JSON {{ at all  "


def test_what_is_wrong_is_held_back_with_a_reason_and_can_be_sent_anyway(composer, qtbot, aio, wire):
    async def drive():
        async with wire.open():
            type_over(composer, qtbot, '{"request": 1')
            assert not button(composer, "Send").isEnabled()
            assert button(composer, "SendAnyway").isEnabled()
            qtbot.keyClick(composer.editor, Qt.Key.Key_Return, CONTROL)
            assert wire.received == []
            assert "Not sent. Line 1, column 14" in hint(composer)
            qtbot.mouseClick(button(composer, "SendAnyway"), Qt.MouseButton.LeftButton)
            return await wire.messages(1)

    assert aio(drive())[0].endswith('"payload":{"request": 1}')


def test_sending_right_after_the_last_key_judges_what_was_typed(composer, qtbot, aio, wire):
    async def drive():
        async with wire.open():
            composer.set_text('{"session": {}, "request": {"requestId": ""}}')
            composer.send()
            assert "Not sent" in hint(composer)
            composer.set_text(template_text(Action.INTERACTION, "minimal"))
            composer.send()
            return await wire.messages(1)

    assert len(aio(drive())) == 1


def test_the_new_exchange_is_selected_and_the_text_stays(composer, qtbot, aio, wire, wait_signal):
    async def drive():
        async with wire.open():
            qtbot.mouseClick(button(composer, "Send"), Qt.MouseButton.LeftButton)
            await wait_signal(composer.sending.appeared)
            assert composer.bridge.selected_exchange == 1
            composer.send()
            await wait_signal(composer.sending.appeared)

    aio(drive())
    assert composer.bridge.selected_exchange == 2
    assert composer.text() == template_text(Action.INTERACTION, "typical")


def test_a_connection_lost_meanwhile_is_told_at_the_composer(composer, aio, wire, session, wait_until):
    async def drive():
        async with wire.open():
            pass
        session.on_state(ConnectionState.OPEN)  # as if the news of the end had not come yet
        composer.send()
        await wait_until(lambda: hint(composer))

    aio(drive())
    assert hint(composer).startswith("⚠ ")
    assert "CLOSED" in hint(composer)


def test_a_ping_is_sent_from_the_menu(composer, aio, wire, session, wait_until):
    async def drive():
        async with wire.open():
            composer.findChild(QAction, "composerPingAction").trigger()
            await wait_until(lambda: any(entry.kind == 9 for entry in session.store.page(1, 50)))

    aio(drive())


# -- verdicts


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


def test_in_a_narrow_panel_the_first_finding_moves_to_the_line_below(composer, qtbot, session):
    session.on_state(ConnectionState.OPEN)
    composer.set_text('{"session": {}, "request": {"requestId": ""}}')
    settle(composer, qtbot)
    assert hint(composer) == ""
    assert chips(composer)[0] == "✗ SDK: 2"
    composer.resize(500, 250)
    assert composer.width() == 500
    assert "threadId is missing" in hint(composer)
    assert chips(composer)[0] == "✗ SDK"
    session.on_state(ConnectionState.CLOSED)


def test_a_long_draft_waits_for_the_pause_even_when_it_breaks(composer, qtbot):
    payload = json.loads(composer.text())
    payload["request"]["attributes"] = {"content": "x" * 70_000}
    composer.set_text(json.dumps(payload, indent=2))
    settle(composer, qtbot)
    composer.editor.moveCursor(QTextCursor.MoveOperation.End)
    qtbot.keyClicks(composer.editor, "}")
    assert chips(composer)[0] == "✓ SDK"
    settle(composer, qtbot)
    assert chips(composer) == ["✗ JSON"]


# -- templates, actions, modes


def test_a_template_takes_the_place_of_the_text_and_undo_brings_it_back(composer, qtbot):
    type_over(composer, qtbot, "mine")
    box = combo(composer, "Template")
    assert box.currentIndex() == -1
    assert box.placeholderText() == "typical *"
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert composer.text() == template_text(Action.INTERACTION, "minimal")
    assert "Ctrl+Z" in hint(composer)
    composer.editor.setFocus()
    QTest.keySequence(composer.editor, "Ctrl+Z")
    assert composer.text() == "mine"


def test_an_untouched_template_follows_the_action_and_an_edited_one_stays(composer, qtbot):
    box = combo(composer, "Action")
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Home)
    assert composer.action() is Action.ADJUST
    assert composer.text() == template_text(Action.ADJUST, "typical")
    composer.set_text("{}")
    composer.set_action("summarize")
    assert composer.text() == "{}"
    assert composer.action() is Action.SUMMARIZE


def test_a_template_that_the_new_action_lacks_gives_way_to_its_first(composer):
    composer.use_template("everything")
    composer.set_action(Action.ELEVATE)
    assert composer.text() == template_text(Action.ELEVATE, "minimal")


def test_the_deprecated_action_is_marked_in_words(composer):
    box = combo(composer, "Action")
    assert [box.itemText(row) for row in range(box.count())].count("customerInteraction · deprecated") == 1
    assert box.count() == 9


def test_unknown_names_are_refused(composer):
    with pytest.raises(ValueError, match="is no action"):
        composer.set_action("dance")
    with pytest.raises(ValueError, match="has no template"):
        composer.use_template("dance")


def test_the_whole_message_can_be_unfolded_into_the_editor(composer):
    composer.findChild(QAction, "composerUnfoldAction").trigger()
    assert composer.whole()
    envelope = json.loads(composer.text())
    assert envelope["headers"]["action"] == "interaction"
    assert chips(composer) == ["✓ SDK", "✓ schema", "✓ envelope", "✓ docs"]
    before = composer.text()
    composer.unfold()
    assert composer.text() == before
    assert not button(composer, "Headers").isEnabled()


def test_a_pasted_text_that_could_not_be_kept_is_told(composer):
    composer.set_text("a\r\nb")
    assert composer.text() == "a\nb"
    assert "line ends are line feeds" in hint(composer)


# -- again


@pytest.fixture
def sent(composer, aio, wire, wait_signal):
    """A request with an odd layout was sent as exchange 1."""

    async def drive():
        async with wire.open():
            composer.headers.set_texts({"tenantId": "acme", "networkLatencyMs": "12"})
            composer.set_text(template_text(Action.INTERACTION, "minimal").replace('"session"', '"session" '))
            composer.send()
            await wait_signal(composer.sending.appeared)

    aio(drive())
    composer.headers.clear()
    return wire.received[0]


def test_sending_again_takes_new_ids_and_leaves_all_else(composer, aio, wire, sent, wait_signal):
    composer.set_text("my draft")

    async def drive():
        async with wire.open():
            composer.send_again(1)
            await wait_signal(composer.sending.appeared)

    aio(drive())
    again = wire.received[1]
    old, new = json.loads(sent)["headers"], json.loads(again)["headers"]
    different = {name for name in old if old[name] != new[name]}
    assert different >= {"correlationId", "traceId", "idempotencyKey"}
    assert different <= {"correlationId", "traceId", "idempotencyKey", "issuedAt"}
    assert again.split('"payload":')[1] == sent.split('"payload":')[1]
    assert composer.text() == "my draft"
    assert composer.bridge.selected_exchange == 2


def test_sending_again_while_closed_says_why_not(composer, sent):
    composer.send_again(1)
    assert "Not connected" in hint(composer)


def test_editing_again_takes_payload_action_and_headers_over(composer, sent):
    composer.set_action(Action.RECOMMEND)
    composer.set_text("my draft")
    composer.load_exchange(1)
    assert composer.action() is Action.INTERACTION
    assert sent.endswith(f'"payload":{composer.text()}}}')
    assert composer.headers.overrides().tenant_id == "acme"
    assert composer.headers.overrides().network_latency_ms == 12
    assert "Took over the payload of exchange 1" in hint(composer)
    composer.editor.undo()
    assert composer.text() == "my draft"


def test_a_capture_that_cannot_be_read_is_told(composer, aio, session, sent):
    session.store.close()
    composer.load_exchange(1)
    first = hint(composer)
    session.on_state(ConnectionState.OPEN)
    composer.send_again(1)
    session.on_state(ConnectionState.CLOSED)
    assert first.startswith("⚠ ")
    assert "closed" in first


@pytest.mark.qt_log_ignore("does not support")
def test_the_list_of_actions_is_as_wide_as_its_texts(composer):
    box = combo(composer, "Action")
    box.showPopup()
    assert box.view().minimumWidth() > box.width()
    box.hidePopup()


def test_headers_that_cannot_be_are_told_before_anything_is_sent(composer, qtbot, session):
    session.on_state(ConnectionState.OPEN)
    composer.headers.set_texts({"networkLatencyMs": "fast"})
    assert not button(composer, "Send").isEnabled()
    composer.send()
    assert "networkLatencyMs is fast" in hint(composer)
    assert button(composer, "Headers").text() == "Headers · 1"
    composer.set_whole(whole=True)
    assert button(composer, "SendAnyway").isEnabled()
    session.on_state(ConnectionState.CLOSED)


# -- the draft survives


def test_the_draft_survives_a_restart(composer, qtbot, session):
    composer.set_action(Action.TRANSLATE)
    composer.set_text(ODD)
    composer.headers.set_texts({"traceId": "t", "networkLatencyMs": "7.5"})
    composer.verdicts.findings_button.setChecked(True)
    state = json.loads(json.dumps(composer.save_state()))
    other = ComposerPanel(composer.bridge)
    qtbot.addWidget(other)
    other.restore_state(state)
    assert other.save_state() == composer.save_state()
    assert other.text() == ODD
    assert not other.editor.document().isUndoAvailable()
    assert combo(other, "Template").toolTip().startswith("Made from the template typical, and edited")


@pytest.mark.parametrize(
    "state", [{}, {"action": 5, "text": None, "headers": [], "template": {}}, {"action": "dance", "template": "dance"}]
)
def test_a_damaged_draft_leaves_what_is_there(composer, state):
    before = composer.text()
    composer.restore_state(state)
    assert composer.text() == before
    assert composer.action() is Action.INTERACTION


def test_a_kept_whole_message_comes_back_as_such(composer, qtbot):
    composer.restore_state({"whole": True, "text": "hello", "action": "insights"})
    assert composer.whole()
    assert composer.message() == "hello"


def test_changes_of_the_draft_are_told_after_the_pause(composer, qtbot):
    with qtbot.waitSignal(composer.draftChanged):
        qtbot.keyClicks(composer.editor, " ")


# -- everywhere


def test_every_control_can_be_named_and_reached(composer):
    for kind in (QPushButton, QComboBox, QToolButton):
        for widget in composer.findChildren(kind):
            if widget.window() is composer.window():
                assert widget.objectName().startswith("composer"), widget
                assert widget.accessibleName(), widget.objectName()
                assert widget.focusPolicy() & Qt.FocusPolicy.TabFocus, widget.objectName()


@pytest.mark.parametrize("dark", [False, True])
def test_it_is_painted_in_both_themes_and_all_sizes(composer, qtbot, dark):
    theme.theme_switch().apply(dark=dark)
    composer.set_text('{"session": 1, "request": {}}')
    settle(composer, qtbot)
    composer.verdicts.findings_button.setChecked(True)
    for size in ((500, 250), (760, 300), (1200, 500)):
        composer.resize(*size)
        image = composer.grab().toImage()
        assert (composer.width(), composer.height()) == size
        assert image.pixelColor(image.width() - 3, image.height() // 2).name() == theme.current().panel
