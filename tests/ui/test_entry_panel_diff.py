"""The Diff tab: what stands out, against which entry, and how one chooses it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from optave_inspector.capture.store import CaptureStore
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.panels.entry import DIFF, TREE, EntryPanel
from optave_inspector.ui.panels.entry_diff import FORMER, NUMBER
from tests.ui.wire import BINARY, TEXT, Wire, new_session

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")
CONTENT = "$.payload.message.results[0].response[0].content"


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
    made.tabs.setCurrentIndex(DIFF)
    return made


@pytest.fixture
def select(qtbot, wire, bridge, panel):
    """Select an entry (the newest unless said otherwise) and wait until its differences are worked out."""

    def run(number=None):
        count = wire.settle()
        bridge.flush()
        bridge.select_entry(count if number is None else number)
        qtbot.waitUntil(lambda: not panel._reader.busy and not panel.diff.busy, timeout=30_000)
        QTest.qWait(1)
        return panel.diff

    return run


def looks(diff, look):
    return [piece.text for row in diff.list.rows_model.rows for piece in row.pieces if piece.look == look]


def sentence(diff):
    assert diff.pages.currentWidget() is diff.empty
    return diff.empty.sentence()


def test_of_a_streamed_answer_only_what_was_added_stands_out(wire, select):
    correlation = wire.request()
    wire.answer(correlation, "The refund", state="started")
    wire.pings(1)
    wire.answer(correlation, "The refund takes 3 days.")
    diff = select()
    assert diff.list.texts()[0].startswith("Against entry 2  ")
    assert any(text.startswith("✓ Extends the former update\n14 characters were added") for text in diff.list.texts())
    assert sorted(looks(diff, "added")) == [" takes 3 days.", "completed"]
    assert looks(diff, "removed") == ["started"]


def test_an_update_that_does_not_extend_the_former_one_is_flagged_in_words(wire, select):
    correlation = wire.request()
    wire.answer(correlation, "The refund takes 3 days.", state="started")
    wire.answer(correlation, "Refunds take 3 days.")
    texts = select().list.texts()
    assert texts[1].startswith("⚠ Does not extend the former update\n")
    assert any(text.startswith(f"≠ {CONTENT}  changed\n") for text in texts)


def test_updates_without_texts_are_not_judged(wire, select):
    correlation = wire.request()
    headers = {"correlationId": correlation, "action": "adjust", "schemaRef": "optave.response.v3"}
    for state in ("started", "completed"):
        payload = {"action": "superpower", "actionType": "adjust", "state": state}
        wire.message({"action": "message", "headers": headers, "payload": payload})
    assert any(text.startswith("• No text to compare") for text in select().list.texts())


def test_a_click_goes_to_the_place_and_to_the_former_entry(qtbot, panel, bridge, wire, select):
    correlation = wire.request()
    wire.answer(correlation, "a", state="started")
    wire.answer(correlation, "a b")
    diff = select()
    diff.list.activated.emit(diff.list.rows_model.index(1))
    assert panel.tabs.currentIndex() == TREE
    assert panel.tree._current().json_path() == CONTENT
    diff.list.activated.emit(diff.list.rows_model.index(0))
    assert bridge.selected_entry == 2


@pytest.mark.parametrize(
    ("number", "words"),
    [(1, "This is a request"), (2, "This is the first answer of exchange 1."), (3, "There is no former update")],
)
def test_where_there_is_no_former_update_it_says_so(wire, select, number, words):
    wire.answer(wire.request())
    wire.pings(1)
    assert sentence(select(number)).startswith(words)


def test_any_entry_is_compared_by_its_number(qtbot, wire, select):
    wire.message({"a": 1, "gone": True, "same": [1, 2]})
    wire.message({"a": 2, "new": "x", "same": [1, 2]})
    diff = select()
    assert diff.number.maximum() == 2
    diff.number.setFocus()
    diff.number.lineEdit().selectAll()
    qtbot.keyClicks(diff.number, "1")
    qtbot.keyClick(diff.number, Qt.Key.Key_Return)
    assert diff.against.currentIndex() == NUMBER
    assert set(diff.list.texts()[1:]) == {
        "≠ $.a  changed\n1 → 2",
        "− $.gone  removed\ntrue",
        '+ $.new  added\n"x"',
    }


def test_enter_asks_for_the_number_that_is_there_already(qtbot, wire, select):
    wire.message({"a": 1})
    wire.message({"a": 2})
    diff = select()
    diff.against.setCurrentIndex(NUMBER)
    assert sentence(diff) == "No entry to compare with is chosen."
    diff.number.setValue(1)
    diff.against.setCurrentIndex(FORMER)
    diff.number.setFocus()
    qtbot.keyClick(diff.number, Qt.Key.Key_Return)
    assert diff.list.texts()[1] == "≠ $.a  changed\n1 → 2"


def test_what_was_removed_leads_to_what_held_it(panel, wire, select):
    wire.message({"top": {"gone": 1, "kept": 2}})
    wire.message({"top": {"kept": 2}})
    diff = select()
    diff.number.setValue(1)
    diff.list.activated.emit(diff.list.rows_model.index(1))
    assert panel.tree._current().json_path() == "$.top"


def test_an_entry_is_pinned_and_others_are_compared_with_it(qtbot, wire, select):
    wire.message({"a": 1})
    wire.message({"a": 1})
    wire.message({"a": 3})
    diff = select(2)
    qtbot.mouseClick(diff.pin, Qt.MouseButton.LeftButton)
    assert sentence(diff) == "Entry 2 is to be compared with."
    select(3)
    assert diff.list.texts()[1] == "≠ $.a  changed\n1 → 3"
    select(1)
    assert "the same, byte for byte" in diff.list.texts()[0]
    diff.against.setCurrentIndex(FORMER)
    assert sentence(diff).startswith("There is no former update")


def test_what_is_no_json_is_compared_as_text_or_as_bytes(wire, select):
    wire.frame(TEXT, b"{one two three")
    wire.frame(TEXT, b"{one 2 three")
    wire.frame(BINARY, b"\x00\xff\x01")
    diff = select(2)
    diff.number.setValue(1)
    assert (looks(diff, "removed"), looks(diff, "added")) == (["two"], ["2"])
    assert any("is not compared as JSON" in text for text in diff.list.texts())
    select(3)
    assert any(text.startswith("Bytes, in hexadecimal") for text in diff.list.texts())


def test_equal_parts_are_shortened_to_what_stands_beside_a_change(wire, select):
    correlation = wire.request()
    wire.answer(correlation, "a" * 5_000, state="started")
    wire.answer(correlation, "a" * 5_000 + "b" * 9_000)
    diff = select()
    assert looks(diff, "same") == ["…" + "a" * 60]
    assert any(" more" in text for text in looks(diff, "muted"))


def test_many_changes_are_cut_and_counted(wire, select):
    wire.message({f"k{at}": at for at in range(700)})
    wire.message({f"k{at}": -1 - at for at in range(700)})
    diff = select()
    diff.number.setValue(1)
    assert "• … and 200 more" in diff.list.texts()


def test_large_messages_are_compared_in_a_thread(qtbot, panel, wire, select):
    items = [{"id": at, "text": "x" * 20} for at in range(2_000)]
    wire.message(items)
    wire.message([*items, {"id": "new"}])
    diff = select()
    diff.number.setValue(1)
    assert diff.busy
    qtbot.waitUntil(lambda: not diff.busy, timeout=30_000)
    assert diff.list.texts()[1].startswith("+ $[2000]  added\n")
    assert json.loads(looks(diff, "added")[0]) == {"id": "new"}


@pytest.mark.parametrize("at_once", [0, 100])
def test_a_capture_that_cannot_be_read_says_so(qtbot, wire, select, at_once):
    wire.message({"a": 1})
    diff = select()
    closed = CaptureStore.create(None)
    closed.close()
    diff.work_out(lambda: closed.payload(1), 10, "", at_once=at_once)
    qtbot.waitUntil(lambda: not diff.busy, timeout=5_000)
    assert sentence(diff) == "This could not be worked out."


def test_controls_fit_a_narrow_panel(panel, wire, select):
    wire.message({"a": 1})
    diff = select()
    assert panel.width() == 300
    for widget in (diff.against, diff.number, diff.pin):
        assert widget.geometry().right() <= diff.width()
    assert diff.pin.width() >= diff.pin.sizeHint().width()
    assert diff.number.width() >= 78
    assert diff.against.fontMetrics().horizontalAdvance("Former update") + 28 <= diff.against.width()
