"""The tabs of the detail pane that speak in words: what they say, and where their rows lead."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.models.detail_row import steps_of
from optave_inspector.ui.panels.entry import CHECKS, TREE, EntryPanel
from tests.ui.wire import BINARY, CLOSE, PING, TEXT, Wire, new_session

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
    theme.theme_switch().apply(dark=False)
    made = EntryPanel(bridge)
    qtbot.addWidget(made)
    made.resize(300, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def select(qtbot, wire, bridge, panel):
    """Store what the wire was told, select an entry (the newest unless said otherwise), wait until a tab is filled."""

    def run(tab, number=None):
        count = wire.settle()
        bridge.flush()
        panel.tabs.setCurrentIndex(tab)
        bridge.select_entry(count if number is None else number)
        page = panel.tabs.currentWidget()
        qtbot.waitUntil(lambda: not panel._reader.busy and not getattr(page, "busy", False), timeout=30_000)
        QTest.qWait(1)
        return page

    return run


def row_with(page, text):
    rows = [at for at, words in enumerate(page.list.texts()) if text in words]
    assert rows, page.list.texts()
    return page.list.rows_model.index(rows[0])


def click(qtbot, page, text):
    index = row_with(page, text)
    page.list.scrollTo(index)
    place = page.list.visualRect(index).center()
    qtbot.mouseClick(page.list.viewport(), Qt.MouseButton.LeftButton, pos=place)


@pytest.mark.parametrize(
    ("path", "steps"),
    [
        ("$", ()),
        ("$.payload.request.scope.conversations[0]", ("payload", "request", "scope", "conversations", 0)),
        ('$["a b"][12]["x\\"].y[3]"].z', ("a b", 12, 'x"].y[3]', "z")),
        ('$["1"]', ("1",)),
    ],
)
def test_a_json_path_leads_to_its_steps(path, steps):
    assert steps_of(path) == steps


def test_a_request_has_its_four_verdicts_its_size_and_its_exchange(wire, select):
    wire.request("translate")
    texts = select(CHECKS).list.texts()
    headings = [text.split("  ")[0] for text in texts if "  " in text and text[2] != "$"]
    assert [words[2:] for words in headings] == [
        "SDK",
        "Payload",
        "Request envelope",
        "Documentation",
        "Size",
        "Correlation",
    ]
    assert texts[0] == "✓ JSON"
    assert texts[-1] == "This is the request of the exchange."


def test_a_finding_names_path_and_rule_and_a_click_goes_to_its_node(qtbot, panel, wire, select):
    wire.message(
        {"action": "message", "headers": {"action": "adjust", "correlationId": 7}, "payload": {"session": {}}},
        sent=True,
    )
    page = select(CHECKS)
    row = row_with(page, "$.headers.correlationId")
    assert row.data().startswith("✗ $.headers.correlationId  type\n")
    click(qtbot, page, "$.headers.correlationId")
    assert panel.tabs.currentIndex() == TREE
    assert panel.tree._current().json_path() == "$.headers.correlationId"
    assert panel.tree.tree.hasFocus()


def test_enter_goes_to_the_node_too_and_a_missing_one_to_its_parent(qtbot, panel, wire, select):
    wire.message({"action": "message", "headers": {"action": "adjust"}, "payload": {"session": {}}}, sent=True)
    page = select(CHECKS)
    page.list.setFocus()
    page.list.setCurrentIndex(row_with(page, "$.payload  "))
    qtbot.keyClick(page.list, Qt.Key.Key_Return)
    assert panel.tabs.currentIndex() == TREE
    assert panel.tree._current().json_path() == "$.payload"


def test_a_row_that_leads_nowhere_stays(qtbot, panel, wire, select):
    wire.request()
    click(qtbot, select(CHECKS), "Size")
    assert panel.tabs.currentIndex() == CHECKS


def test_an_answer_is_checked_and_leads_to_its_request(qtbot, bridge, wire, select):
    wire.answer(wire.request())
    page = select(CHECKS)
    texts = page.list.texts()
    assert any(text.startswith("✓ Response envelope  valid") for text in texts)
    assert any(text.startswith("✓ Superpower  valid · its payload alone") for text in texts)
    click(qtbot, page, "Its correlation ID is that of the request, entry 1")
    assert bridge.selected_entry == 1


def test_a_sound_error_envelope_is_told_to_fail_by_a_quirk_only(wire, select):
    error = {"category": "VALIDATION", "code": "X", "message": "No.", "details": None}
    results = [{"response": [{"content": "x"}]}]
    payload = {
        "action": "superpower",
        "actionType": "adjust",
        "state": "error",
        "error": error,
        "message": {"results": results},
    }
    headers = {"correlationId": wire.request(), "action": "adjust", "schemaRef": "optave.error.v3"}
    wire.message({"action": "message", "headers": headers, "payload": payload})
    texts = select(CHECKS).list.texts()
    assert any(text.startswith(("⚠ Response envelope", "✗ Response envelope")) for text in texts)
    assert any(" Error  " in text and "its payload alone" in text for text in texts)


@pytest.mark.parametrize(
    ("prepare", "words"),
    [
        (lambda wire: wire.frame(TEXT, b"{broken"), "✗ JSON\n"),
        (lambda wire: wire.frame(TEXT, b""), "⚠ JSON\nThe message has no content"),
        (lambda wire: wire.frame(TEXT, b'{"a": 1, "a": 2}'), "⚠ JSON\n"),
        (lambda wire: wire.message({"a": 1}), "• No schema\nJSON of no form"),
        (lambda wire: wire.frame(11, b"x", problem="Reserved opcode 11."), "✗ Frame\nReserved opcode 11."),
        (lambda wire: wire.frame(CLOSE, (1011).to_bytes(2) + b"gone"), "✓ 1011 "),
        (lambda wire: wire.frame(CLOSE, (1006).to_bytes(2)), "✗ Not for the wire"),
        (lambda wire: wire.frame(CLOSE, (1000).to_bytes(2) + b"\xff"), "✗ Reason\nThe reason is no UTF-8 from byte 1"),
        (lambda wire: wire.frame(CLOSE, b"\x03"), "✗ Close frame\nOne byte"),
        (lambda wire: wire.answer("0190b3b4-1111-7111-8111-00000000c07e"), "⚠ Correlation  orphan"),
        (lambda wire: wire.message({"action": "superpower", "state": "completed"}), "⚠ Correlation  orphan"),
        (lambda wire: wire.message({"action": "message", "headers": {}, "payload": {}}, sent=True), "✗ Action\n"),
    ],
)
def test_what_is_unusual_is_told_in_words(wire, select, prepare, words):
    prepare(wire)
    texts = select(CHECKS).list.texts()
    assert any(text.startswith(words) for text in texts), texts


@pytest.mark.parametrize(("opcode", "payload"), [(PING, b"beat"), (BINARY, b"\x00")])
def test_what_cannot_be_checked_says_so(wire, select, opcode, payload):
    wire.frame(opcode, payload)
    page = select(CHECKS)
    assert page.pages.currentWidget() is page.empty
    assert page.empty.sentence() == "There is nothing to check here."


def test_the_fate_of_the_exchange_is_followed(bridge, wire, select):
    correlation = wire.request()
    wire.answer(correlation)
    wire.answer(correlation)
    texts = select(CHECKS).list.texts()
    assert any(text.startswith("⚠ Duplicate") for text in texts)
    bridge.exchangesChanged.emit([1])
    assert texts == select(CHECKS).list.texts()


def test_a_large_request_is_checked_in_a_thread(panel, wire, select):
    wire.request(content="x" * 400_000)
    page = select(CHECKS)
    assert any(text.startswith("✗ Size  the SDK would not send it") for text in page.list.texts())


def test_rows_are_copied_as_text(qtbot, wire, select):
    wire.request()
    page = select(CHECKS)
    page.list.setFocus()
    page.list.setCurrentIndex(row_with(page, "Size"))
    qtbot.keyClick(page.list, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("✓ Size")
    page.list.copy_all()
    assert QGuiApplication.clipboard().text() == "\n".join(page.list.texts())


@pytest.mark.parametrize("dark", [False, True])
def test_rows_fit_a_narrow_panel(panel, wire, select, dark):
    theme.theme_switch().apply(dark=dark)
    wire.message({"action": "message", "headers": {"action": "adjust"}, "payload": {"session": {}}}, sent=True)
    page = select(CHECKS)
    panel.resize(300, 600)
    QTest.qWait(20)
    assert panel.width() == 300
    for at in range(page.list.rows_model.rowCount()):
        layout = page.list._delegate._layout(page.list.rows_model.rows[at], selected=False)
        rect = page.list.visualRect(page.list.rows_model.index(at))
        assert layout.boundingRect().width() <= page.list.viewport().width()
        assert layout.boundingRect().height() <= rect.height()
