"""Where the composer's text comes from and how it is kept."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest

from optave_inspector.protocol.actions import Action
from optave_inspector.protocol.states import ConnectionState
from tests.ui.composer_desk import (
    ODD,
    Receiver,
    button,
    chips,
    combo,
    hint,
    new_composer,
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
    all_of_them = composer._templates
    composer._templates = lambda action: all_of_them(action)[: 1 if action is Action.ELEVATE else None]
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


def test_editing_again_opens_payload_action_and_headers_as_a_draft_of_their_own(composer, sent):
    composer.set_action(Action.RECOMMEND)
    composer.set_text("my draft")
    composer.load_exchange(1)
    assert composer.action() is Action.INTERACTION
    assert sent.endswith(f'"payload":{composer.text()}}}')
    assert composer.headers.overrides().tenant_id == "acme"
    assert composer.headers.overrides().network_latency_ms == 12
    assert "Took the payload of exchange 1 into a draft of its own" in hint(composer)
    assert composer.drafts.front().name == "interaction of exchange 1"
    composer.drafts.step(-1)
    assert composer.text() == "my draft"
    assert composer.action() is Action.RECOMMEND


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


OLD = {"action": "translate", "whole": False, "text": ODD, "template": "typical", "headers": {"traceId": "t"}}
"""As a session kept its only draft once, in the window's layout."""


def test_the_draft_of_an_older_release_becomes_one_of_the_profile(composer):
    composer.restore_state({**OLD, "findings": True})
    assert composer.text() == ODD
    assert composer.action() is Action.TRANSLATE
    assert composer.headers.texts()["traceId"] == "t"
    assert not composer.editor.document().isUndoAvailable()
    assert combo(composer, "Template").toolTip().startswith("Made from the template typical, and edited")
    count = len(composer.drafts.open())
    composer.restore_state({**OLD, "findings": True})
    assert len(composer.drafts.open()) == count


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"action": 5, "text": None, "headers": [], "template": {}},
        {"fronts": {"nobody": 5, "else": "x"}},
        {"action": "interaction", "text": template_text(Action.INTERACTION, "typical"), "template": "typical"},
    ],
)
def test_a_damaged_or_untouched_draft_leaves_what_is_there(composer, state):
    before = composer.text()
    composer.restore_state(state)
    assert composer.text() == before
    assert composer.action() is Action.INTERACTION
    assert len(composer.drafts.open()) == 1


def test_a_kept_whole_message_comes_back_as_such(composer, qtbot):
    composer.restore_state({"whole": True, "text": "hello", "action": "insights"})
    assert composer.whole()
    assert composer.message() == "hello"


def test_changes_of_the_draft_are_told(composer, qtbot):
    with qtbot.waitSignal(composer.draftChanged):
        qtbot.keyClicks(composer.editor, " ")
