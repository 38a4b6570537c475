"""The composer as a user meets it: by keyboard, against a real server on loopback."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QComboBox, QPushButton, QTabBar, QToolButton

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.ids import is_uuid7
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.ui import theme
from tests.ui.composer_desk import (
    CONTROL,
    ODD,
    SHIFT,
    Receiver,
    button,
    chips,
    combo,
    hint,
    new_composer,
    settle,
    template_text,
    type_over,
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


@pytest.fixture
def wire(session):
    return Receiver(session)


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


QT_OWN = ("ScrollLeftButton", "ScrollRightButton")
"""Qt's own, within a row of tabs."""


def test_every_control_can_be_named_and_reached(composer):
    for kind in (QPushButton, QComboBox, QToolButton):
        for widget in composer.findChildren(kind):
            if widget.window() is composer.window() and widget.objectName() not in QT_OWN:
                assert widget.objectName().startswith("composer"), widget
                assert widget.accessibleName(), widget.objectName()
                # The ✕ of a tab is for the mouse; keys close drafts by a shortcut of their own.
                by_tab = widget.focusPolicy() & Qt.FocusPolicy.TabFocus
                assert by_tab or isinstance(widget.parent(), QTabBar), widget.objectName()


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
