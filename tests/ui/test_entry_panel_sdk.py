"""The SDK tab: what the JavaScript SDK would have made of messages, requests and closes."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest

from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.models.entry_lens import pending_ids
from optave_inspector.ui.panels.entry import SDK, EntryPanel
from tests.ui.wire import BINARY, CLOSE, PING, PONG, TEXT, Wire, new_session

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")


@pytest.fixture
def session(aio):
    made = new_session()
    yield made
    aio(made.aclose())
    made.store.close()


@pytest.fixture
def wire(aio, session):
    return Wire(session, aio)


@pytest.fixture
def bridge(aio, session):
    made = SessionBridge(session)
    yield made
    aio(made.stop())


@pytest.fixture
def panel(qtbot, bridge):
    theme.theme_switch().apply(dark=True)
    made = EntryPanel(bridge)
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    qtbot.waitExposed(made)
    made.tabs.setCurrentIndex(SDK)
    return made


@pytest.fixture
def select(qtbot, wire, bridge, panel):
    """Select an entry (the newest unless said otherwise) and wait until the lens has looked at it."""

    def run(number=None):
        count = wire.settle()
        bridge.flush()
        bridge.select_entry(count if number is None else number)
        qtbot.waitUntil(lambda: not panel._reader.busy and not panel.sdk.busy, timeout=30_000)
        QTest.qWait(1)
        return panel.sdk.list.texts()

    return run


def events(texts):
    names = [text.split("\n")[0].split(" ", 2) for text in texts]
    return [name[2] for name in names if name[1:2] == ["event"]]


def test_an_answer_emits_its_events_in_order_and_resolves_the_promise(wire, select):
    wire.answer(wire.request())
    texts = select()
    assert texts[0] == "server.mjs  release 3.2.3 · strict validation off"
    assert texts[1] == "✓ Promise  resolves"
    assert events(texts) == ["message", "superpower.response", "response", "message.message", "optave.response.v3"]


def test_the_first_answer_settles_the_promise_and_later_ones_find_none(wire, select):
    correlation = wire.request()
    wire.answer(correlation, "a", state="started")
    wire.answer(correlation, "a b")
    assert select(2)[1] == "✓ Promise  resolves"
    assert select(3)[1] == "• Promise  none"


def test_a_known_fault_names_its_reason_its_remedy_and_its_source(wire, select):
    error = {"category": "VALIDATION", "code": "X", "message": "No.", "details": None}
    payload = {"action": "superpower", "actionType": "adjust", "state": "error", "error": error}
    headers = {"correlationId": wire.request(), "action": "adjust", "schemaRef": "optave.error.v3"}
    wire.message({"action": "message", "headers": headers, "payload": payload})
    (told,) = (text for text in select() if text.startswith("⚠ Enveloped errors count as success"))
    assert "because payload.state is error" in told
    assert "What to do: Look at payload.state" in told
    assert "section 10, item 1 · Seen by running it" in told


def test_build_and_strictness_change_what_happens(panel, wire, select):
    wire.answer(wire.request())
    select()
    panel.sdk.build.setCurrentText("browser.mjs")
    texts = panel.sdk.list.texts()
    assert texts[0] == "browser.mjs  release 3.2.3 · strict validation on"
    panel.sdk.strict.setCurrentIndex(2)
    assert panel.sdk.list.texts()[0].endswith("strict validation off")
    panel.sdk.build.setCurrentText("server.mjs")
    panel.sdk.strict.setCurrentIndex(1)
    assert any("INBOUND_ENVELOPE_SCHEMA_MISMATCH" in text for text in panel.sdk.list.texts())


def test_a_request_is_judged_as_the_method_call_that_it_is(wire, select):
    wire.request("translate")
    texts = select()
    assert texts[1].startswith(("✗ Promise", "⚠ Promise"))
    assert any(text.startswith("1. read translate(payload)") for text in texts)


def test_a_close_rejects_what_waits(wire, select):
    wire.request()
    wire.ended(1011, "server error")
    texts = select(2)
    assert texts[1] == "✗ Promise  rejects"
    assert events(texts) == ["close"]
    ending = select(4)
    assert ending[1:3] == texts[1:3]


def test_after_our_own_close_there_is_no_event(wire, select):
    wire.request()
    wire.frame(CLOSE, (1000).to_bytes(2), sent=True)
    wire.frame(CLOSE, (1000).to_bytes(2))
    for number in (2, 3):
        texts = select(number)
        assert texts[1] == "⚠ Promise  goes on waiting"
        assert events(texts) == []


def test_a_close_frame_as_the_first_entry_is_the_tenants(wire, select):
    wire.frame(CLOSE, b"")
    assert events(select()) == ["close"]


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda wire: wire.frame(PING, b""), "The SDK never sees pings and pongs."),
        (lambda wire: wire.frame(PONG, b"", sent=True, tool_made=True), "The SDK never sees pings and pongs."),
        (lambda wire: wire.frame(BINARY, b"\x00", sent=True), "The SDK sends text alone."),
        (
            lambda wire: wire.frame(11, b"", problem="Reserved opcode 11."),
            "The SDK never sees what is no whole message.",
        ),
        (
            lambda wire: wire.frame(CLOSE, b"", sent=True, tool_made=True),
            "The socket answers a close frame by itself.",
        ),
    ],
)
def test_where_the_sdk_sees_nothing_it_says_so(panel, wire, select, prepare, sentence):
    prepare(wire)
    select()
    assert panel.sdk.empty.sentence() == sentence
    assert panel.sdk.pages.currentWidget() is panel.sdk.empty


@pytest.mark.parametrize(("opcode", "payload"), [(TEXT, b"{broken"), (BINARY, b"\x00"), (TEXT, b"\xff")])
def test_what_is_no_json_is_looked_at_too(wire, select, opcode, payload):
    wire.frame(opcode, payload)
    assert "What happens, in order" in select()


def test_strictness_matters_for_messages_alone(panel, wire, select):
    wire.frame(CLOSE, b"")
    wire.request()
    select(1)
    assert not panel.sdk.strict.isEnabled()
    select(2)
    assert panel.sdk.strict.isEnabled()


def test_a_large_answer_is_looked_at_in_a_thread(wire, select):
    wire.answer(wire.request(), "x" * 300_000)
    assert select()[1] == "✓ Promise  resolves"


def test_calls_wait_for_their_timeout_at_most_and_not_beyond_their_connection(session, wire, select):
    first = wire.request()
    second = wire.request(after_ms=29_000)
    wire.request(after_ms=2_000)
    select()
    entry = session.store.entry(3)
    assert pending_ids(session.exchanges, entry) == {second}
    assert pending_ids(session.exchanges, session.store.entry(2)) == {first}
    entry.attempt = 2
    assert pending_ids(session.exchanges, entry) == frozenset()


def test_the_choice_is_kept(qtbot, panel, bridge):
    panel.sdk.build.setCurrentText("browser.umd.js")
    panel.sdk.strict.setCurrentIndex(2)
    other = EntryPanel(bridge)
    qtbot.addWidget(other)
    other.restore_state(panel.save_state())
    assert other.sdk.build.currentText() == "browser.umd.js"
    assert other.sdk.strict.currentText() == "Strict off"
    other.restore_state({"sdk": {"build": "other.js", "strict": "maybe"}})
    assert (other.sdk.build.currentIndex(), other.sdk.strict.currentIndex()) == (0, 0)
    other.restore_state({"sdk": 7})


def test_all_tabs_and_choices_fit_a_narrow_panel(panel, wire, select):
    wire.answer(wire.request())
    select()
    QTest.qWait(20)
    assert panel.width() == 300
    bar = panel.tabs.tabBar()
    assert bar.tabRect(bar.count() - 1).right() <= panel.tabs.width()
    for combo in (panel.sdk.build, panel.sdk.strict):
        widest = max(combo.fontMetrics().horizontalAdvance(combo.itemText(at)) for at in range(combo.count()))
        assert widest + 28 <= combo.width()
