"""The detail pane: what it shows of each kind of entry, and what one can do with it."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QLabel, QMenu

from optave_inspector.capture.entry import EntryFlag
from optave_inspector.capture.store import CaptureStore
from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.models.entry_content import EntryReader
from optave_inspector.ui.models.json_tree import VALUE
from optave_inspector.ui.panels import entry as entry_module
from optave_inspector.ui.panels.entry import HANDSHAKE, HEX, RAW, TREE, EntryPanel
from tests.ui.wire import BINARY, CLOSE, PING, TEXT, Wire, new_session

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")
Key, Modifier = Qt.Key, Qt.KeyboardModifier


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
    made.resize(420, 600)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def select(qtbot, wire, bridge, panel):
    """Store what the wire was told, select an entry (the newest unless said otherwise) and wait until it is read."""

    def run(number=None):
        count = wire.settle()
        bridge.flush()
        bridge.select_entry(count if number is None else number)
        qtbot.waitUntil(lambda: not panel._reader.busy, timeout=30_000)
        QTest.qWait(1)

    return run


def note(panel):
    return panel.note_label.full_text()


def rows(panel):
    model = panel.tree.model
    found = {}

    def walk(parent):
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            found[model.node(index).json_path()] = index.siblingAtColumn(VALUE).data()
            walk(index)

    walk(panel.tree.tree.rootIndex())
    return found


def action(panel, name):
    return panel.findChild(QAction, name)


def test_without_a_selection_it_says_what_to_do(panel):
    assert panel.pages.currentWidget().sentence() == "Select a frame to see it in full."
    assert panel.title_label.text() == "Entry"
    panel.ask_where_to_save()
    assert panel.findChild(QFileDialog) is None


def test_a_message_is_shown_as_a_tree_with_its_sizes(panel, wire, select):
    wire.request(content="Grüße 😀")
    select()
    entry = panel._content.entry
    assert panel.title_label.text() == "Entry 1"
    assert note(panel) == f"↑ text · {entry.size:,} B · {entry.size - 4:,} units"
    assert panel.tabs.currentIndex() == TREE
    assert rows(panel)["$.payload.request.attributes.content"] == '"Grüße 😀"'
    assert rows(panel)["$.payload"] == "2 fields"


def test_going_back_to_no_selection_lets_go_of_everything(panel, bridge, wire, select):
    wire.request()
    select()
    bridge.select_entry(0)
    assert panel.pages.currentWidget() is panel._nothing
    assert panel.tree.model.rowCount() == 0
    assert panel.hex._data == b""


def test_raw_and_hex_show_exactly_what_came(panel, wire, select):
    text = '{ "a":1.50,\n\t"b" : "\\u00fc" }'
    wire.frame(TEXT, text.encode())
    select()
    panel.tabs.setCurrentIndex(RAW)
    panel.raw.edit.selectAll()
    assert panel.raw.edit.selected_text() == text
    panel.tabs.setCurrentIndex(HEX)
    assert panel.hex.line_text(0)[1].startswith("7b 20 22 61")


def test_broken_json_says_where_and_goes_to_the_text(panel, wire, select):
    wire.frame(TEXT, b'{\n "a": tru }')
    select()
    assert panel.tabs.currentIndex() == RAW
    assert "line 2, column 7" in panel.raw.note.text()
    (marked,) = panel.raw.edit.extraSelections()
    assert marked.cursor.selectedText() == "t"
    panel.tabs.setCurrentIndex(TREE)
    assert "line 2, column 7" in panel.tree_pages.currentWidget().sentence()
    assert panel.checks.texts()[0] == "✗ broken JSON"


def test_the_chosen_tab_steps_aside_and_comes_back(panel, bridge, wire, select):
    wire.request()
    wire.frame(TEXT, b"{broken")
    wire.frame(BINARY, b"\x00\x01")
    wire.request()
    select(1)
    seen = []
    for number in (2, 3, 4):
        bridge.select_entry(number)
        seen.append(panel.tabs.currentIndex())
    assert seen == [RAW, HEX, TREE]
    panel.tabs.setCurrentIndex(RAW)
    bridge.select_entry(1)
    assert panel.tabs.currentIndex() == RAW
    assert panel.save_state()["tab"] == RAW


def test_json_that_a_parser_would_refuse_is_shown_with_the_reason(panel, wire, select):
    wire.frame(TEXT, b'{"a": NaN}')
    select()
    assert panel.tabs.currentIndex() == TREE
    assert "NaN is no JSON value" in panel.tree.note.text()
    assert rows(panel)["$.a"] == "NaN"


def test_null_is_a_value(panel, wire, select):
    wire.frame(TEXT, b"null")
    select()
    assert rows(panel) == {"$": "null"}


@pytest.mark.parametrize(
    ("opcode", "payload", "tab", "sentence"),
    [
        (BINARY, b"\x00\xff", HEX, "The payload is no text."),
        (PING, b"beat", HEX, "The payload is no text."),
        (PING, b"", TREE, "This entry has no payload."),
        (TEXT, b"", TREE, "This entry has no payload."),
        (CLOSE, b"", TREE, "This entry has no payload."),
    ],
)
def test_what_is_no_message_says_so(panel, wire, select, opcode, payload, tab, sentence):
    wire.frame(opcode, payload)
    select()
    assert panel.tabs.currentIndex() == tab
    for other in (RAW, HEX, TREE):
        panel.tabs.setCurrentIndex(other)
    assert panel.tree_pages.currentWidget().sentence() == sentence


def test_a_close_frame_is_explained(panel, wire, select):
    wire.frame(CLOSE, (1011).to_bytes(2) + b"server error")
    select()
    assert rows(panel)["$.code"] == "1011"
    assert rows(panel)["$.reason"] == '"server error"'
    assert "two bytes of code" in panel.tree.note.text()


def test_a_handshake_is_a_tree_and_a_note_is_text(panel, wire, select):
    wire.refused(401)
    select()
    assert panel.tabs.currentIndex() == HANDSHAKE
    panel.tabs.setCurrentIndex(TREE)
    assert rows(panel)["$.status"] == "401"
    assert note(panel) == "• handshake"
    wire.session._note("Connecting to nowhere.")
    select()
    assert panel.tabs.currentIndex() == RAW
    assert panel.raw.edit.toPlainText() == "Connecting to nowhere."
    panel.tabs.setCurrentIndex(TREE)
    assert "plain text" in panel.tree_pages.currentWidget().sentence()


def test_a_valid_answer_is_marked_as_valid_and_correlated(panel, wire, select):
    wire.answer(wire.request())
    select()
    assert panel.checks.texts() == ["✓ schema", "✓ correlated"]
    assert panel.checks.exchange_button.text().startswith("exchange 1 · completed in 10 ms · answer 1 of 1")
    select(1)
    assert panel.checks.texts() == ["✓ schema", "✓ correlated"]
    assert panel.checks.exchange_button.text().endswith("its request")


def test_findings_are_counted_and_told_with_their_paths(panel, wire, select):
    wire.message({"action": "message", "headers": {"correlationId": 7}, "payload": {"session": {}}}, sent=True)
    select()
    chip = panel.findChild(QLabel, "entrySchemaChip")
    assert chip.text().startswith("✗ schema: ")
    assert "$.headers" in chip.toolTip()
    assert chip.accessibleDescription() == chip.toolTip()


@pytest.mark.parametrize(
    ("prepare", "text"),
    [
        (lambda wire: wire.answer("0190b3b4-1111-7111-8111-00000000c07e"), "⚠ orphan"),
        (lambda wire: [wire.answer(wire.request()), wire.answer(wire.request())], "✓ correlated"),
        (lambda wire: wire.pings(1), "auto"),
        (lambda wire: wire.frame(TEXT, b'{"a": 1}', compressed=True), "compressed"),
        (lambda wire: wire.frame(TEXT, b'{"a": 1, "a": 2}'), "⚠ JSON"),
        (lambda wire: wire.frame(TEXT, b""), "⚠ empty"),
        (lambda wire: wire.frame(11, b"", problem="Reserved opcode 11."), "✗ problem"),
    ],
)
def test_what_is_special_has_a_mark_in_words(panel, wire, select, prepare, text):
    prepare(wire)
    select()
    assert text in panel.checks.texts()


def test_an_answer_after_the_end_is_marked_as_a_duplicate(panel, wire, select):
    correlation = wire.request()
    wire.answer(correlation)
    wire.answer(correlation)
    select()
    assert "⚠ duplicate" in panel.checks.texts()
    assert panel._content.entry.flags & EntryFlag.DUPLICATE


def test_an_answer_without_an_id_says_that_it_was_guessed(panel, wire, select):
    wire.request("translate")
    wire.message({"action": "superpower", "actionType": "translate", "state": "completed", "message": {"results": []}})
    select()
    assert "≈ correlated by order" in panel.checks.texts()


@pytest.mark.parametrize(("letter", "text"), [("x", "✗ too large"), ("漢", "⚠ size in bytes")])
def test_a_request_over_the_limit_is_marked(panel, wire, select, letter, text):
    wire.request(content=letter * (131_000 if letter == "x" else 100_000))
    select()
    assert text in panel.checks.texts()


def test_the_exchange_is_selected_by_a_click_and_kept_up_to_date(qtbot, panel, bridge, wire, select):
    correlation = wire.request()
    select()
    assert panel.checks.exchange_button.text() == "exchange 1 · waiting · its request"
    wire.answer(correlation)
    wire.settle()
    bridge.flush()
    assert panel.checks.exchange_button.text() == "exchange 1 · completed in 10 ms · its request"
    bridge.select_exchange(0)
    qtbot.mouseClick(panel.checks.exchange_button, Qt.MouseButton.LeftButton)
    assert bridge.selected_exchange == 1


def test_marks_wrap_instead_of_being_cut(panel, wire, select):
    wire.answer(wire.request())
    select()
    for width in (420, 200):
        panel.resize(width, 500)
        QTest.qWait(1)
        for chip in panel.checks.findChildren(QLabel):
            if chip.isVisible():
                assert chip.width() >= min(chip.sizeHint().width(), panel.checks.width())
                assert chip.geometry().bottom() <= panel.checks.height()


def test_the_exchange_takes_two_lines_before_the_panel_has_to_be_wider(panel, wire, select):
    wire.answer(wire.request())
    select()
    button = panel.checks.exchange_button
    for width, lines in ((420, 1), (300, 2), (420, 1)):
        panel.resize(width, 500)
        QTest.qWait(20)
        assert panel.width() == width
        assert len(button.text().split("\n")) == lines
        assert button.width() >= button.sizeHint().width()
        assert button.geometry().bottom() <= panel.checks.height()


def test_values_paths_and_subtrees_are_copied(qtbot, panel, wire, select):
    wire.message({"a": {"b c": ["x\ny", {"deep": True}]}})
    select()
    clipboard = QGuiApplication.clipboard()
    assert panel.tree.go_to(["a", "b c", 0])
    panel.tree.tree.setFocus()
    qtbot.keyClick(panel.tree.tree, Key.Key_C, Modifier.ControlModifier)
    assert clipboard.text() == "x\ny"
    action(panel, "entryTreeCopyPathAction").trigger()
    assert clipboard.text() == '$.a["b c"][0]'
    panel.tree.go_to(["a", "b c"])
    action(panel, "entryTreeCopySubtreeAction").trigger()
    assert json.loads(clipboard.text()) == ["x\ny", {"deep": True}]
    assert not panel.tree.go_to(["nowhere"])


def test_the_current_field_is_kept_from_one_update_to_the_next(panel, bridge, wire, select):
    correlation = wire.request()
    wire.answer(correlation, "one", state="started")
    wire.answer(correlation, "one two")
    select(2)
    steps = ["payload", "message", "results", 0, "response", 0, "content"]
    panel.tree.go_to(steps)
    bridge.select_entry(3)
    node = panel.tree.model.node(panel.tree.tree.currentIndex())
    assert node.path() == steps
    assert node.value == "one two"


def test_searching_goes_from_place_to_place(qtbot, panel, wire, select):
    wire.message({"one": "Needle", "two": [{"needle": 1}], "three": "hay"})
    select()
    bar = panel.tree.bar
    qtbot.keyClicks(bar.edit, "needle")
    qtbot.waitUntil(lambda: bar.count.text() == "1 of 2", timeout=5_000)
    current = panel.tree.tree.currentIndex
    assert current().data() == "one"
    qtbot.keyClick(bar.edit, Key.Key_Return)
    assert current().data() == "needle"
    qtbot.keyClick(bar.edit, Key.Key_Return)
    assert current().data() == "one"
    qtbot.keyClick(bar.edit, Key.Key_Return, Modifier.ShiftModifier)
    assert bar.count.text() == "2 of 2"
    qtbot.mouseClick(bar.former, Qt.MouseButton.LeftButton)
    assert bar.count.text() == "1 of 2"
    bar.edit.setText("nowhere")
    qtbot.keyClick(bar.edit, Key.Key_Return)
    qtbot.waitUntil(lambda: bar.count.text() == "none", timeout=5_000)
    assert not bar.next.isEnabled()
    qtbot.keyClick(bar.edit, Key.Key_Escape)
    assert bar.edit.text() == ""
    qtbot.keyClick(bar.edit, Key.Key_Escape)
    assert panel.tree.tree.hasFocus()


def test_a_search_goes_on_in_the_next_entry(qtbot, panel, bridge, wire, select):
    wire.message({"a": "needle"})
    wire.message({"a": "needle", "b": "needle"})
    select(1)
    panel.tree.bar.edit.setText("needle")
    qtbot.waitUntil(lambda: panel.tree.bar.count.text() == "1 of 1", timeout=5_000)
    bridge.select_entry(2)
    qtbot.waitUntil(lambda: panel.tree.bar.count.text() == "2", timeout=5_000)
    qtbot.keyClick(panel.tree.bar.edit, Key.Key_Return, Modifier.ShiftModifier)
    assert panel.tree.bar.count.text() == "2 of 2"


def test_all_below_is_opened_and_closed(panel, wire, select):
    wire.message({"top": {f"k{at}": {"in": [at]} for at in range(100)}})
    select()
    tree, model = panel.tree.tree, panel.tree.model
    top = model.index(0, 0)
    assert not tree.isExpanded(top)
    tree.setCurrentIndex(top)
    action(panel, "entryTreeOpenAllAction").trigger()
    assert tree.isExpanded(model.index_of(["top", "k99", "in"]))
    action(panel, "entryTreeCloseAllAction").trigger()
    assert not tree.isExpanded(top)
    tree.expand(top)
    assert not tree.isExpanded(model.index_of(["top", "k5"]))


def test_one_level_more_is_opened_at_a_time(qtbot, panel, wire, select):
    wire.message({"top": {f"k{at}": {"in": [at]} for at in range(100)}, "other": [1]})
    select()
    tree, model = panel.tree.tree, panel.tree.model
    tree.setCurrentIndex(model.index(0, 0))
    tree.setFocus()
    opened = []
    for _ in range(4):
        qtbot.keyClick(tree, Key.Key_Right, Modifier.ControlModifier)
        paths = (["top"], ["top", "k99"], ["top", "k99", "in"])
        opened.append([tree.isExpanded(model.index_of(path)) for path in paths])
    assert opened == [[True, False, False], [True, True, False], [True, True, True], [True, True, True]]


def test_one_level_of_a_huge_value_stops_and_says_so(panel, wire, select):
    wire.message({"top": [[[at] for at in range(900)] for _ in range(4)]})
    select()
    panel.tree.tree.setCurrentIndex(panel.tree.model.index(0, 0))
    panel.tree.tree.collapseAll()
    for _ in range(2):
        action(panel, "entryTreeOpenLevelAction").trigger()
    assert "2,000 rows were opened" in panel.tree.note.text()


def test_opening_all_of_a_huge_value_stops_and_says_so(qtbot, panel, wire, select):
    wire.message({"top": [[at] for at in range(900)] + [[[at] for at in range(900)] for _ in range(3)]})
    select()
    panel.tree.tree.setCurrentIndex(panel.tree.model.index(0, 0))
    qtbot.keyClick(panel.tree.tree, Key.Key_Asterisk)
    assert "2,000 rows were opened" in panel.tree.note.text()
    assert panel.tree.model.made < 10_000


def test_the_menu_of_the_tree_opens_over_a_value_only(panel, wire, select):
    menu = panel.findChild(QMenu, "entryTreeMenu")
    panel.tree._open_menu(panel.tree.rect().center())
    assert not menu.isVisible()
    wire.request()
    select()
    panel.tree._open_menu(panel.tree.rect().center())
    assert menu.isVisible()
    menu.close()


def test_a_large_message_is_read_in_the_background(qtbot, panel, bridge, wire):
    value = {"items": [{"id": at, "text": "x" * 180} for at in range(100_000)]}
    wire.message(value)
    wire.settle()
    bridge.select_entry(1)
    assert panel._reader.busy
    assert panel.tree_pages.currentWidget().sentence().startswith("Reading 2")
    qtbot.waitUntil(lambda: not panel._reader.busy, timeout=30_000)
    assert panel.tree.model.made < 100
    assert panel.tree.go_to(["items", 99_999, "id"])
    assert panel.tree.model.made < 3_000
    panel.tabs.setCurrentIndex(RAW)
    assert panel.raw.note.text().startswith("The first 1,000,000 of 2")


def test_a_newer_selection_replaces_one_that_is_still_being_read(qtbot, panel, bridge, wire):
    wire.message({"items": ["x" * 100] * 50_000})
    wire.message({"small": 1})
    wire.settle()
    bridge.select_entry(1)
    bridge.select_entry(2)
    qtbot.wait(200)
    assert rows(panel) == {"$.small": "1"}
    assert panel.title_label.text() == "Entry 2"


def test_a_huge_message_is_a_tree_only_when_asked_for(qtbot, panel, monkeypatch, wire, select):
    monkeypatch.setattr("optave_inspector.ui.models.entry_content.MOST_AS_TREE", 400_000)
    wire.message({"items": ["x" * 100] * 5_000})
    select()
    assert panel.tree_pages.currentWidget().sentence().startswith("This message has 52")
    assert panel.tabs.currentIndex() == TREE
    assert panel.checks.texts() == ["schema unchecked"]
    qtbot.mouseClick(panel._no_tree.button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: panel.tree.model.rowCount() == 1, timeout=10_000)
    panel.tabs.setCurrentIndex(HEX)
    assert panel.hex.line_text(0)[2].startswith('{"items"')


def test_a_capture_that_cannot_be_read_says_so(qtbot, panel, bridge, wire, session):
    wire.request()
    wire.settle()
    bridge.select_entry(1)
    reader = EntryReader(closed_store(), session.contract, panel)
    told = []
    reader.failed.connect(told.append)
    reader.read(panel._content.entry)
    assert told == ["The capture does not hold this entry."]
    panel._on_failed("The capture is closed.")
    assert panel.tree_pages.currentWidget().sentence() == "This entry cannot be read."
    assert panel.raw.note.text() == "The capture is closed."


def closed_store():
    store = CaptureStore.create(None)
    store.close()
    return store


def test_the_whole_payload_is_saved_to_a_file(qtbot, panel, bridge, wire, select, tmp_path):
    wire.message({"a": 1})
    select()
    told = []
    bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    path = tmp_path / "entry.json"
    panel.save(path)
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert path.read_bytes() == b'{"a": 1}'
    assert told == [("ok", f"Saved 8 bytes as {path}.")]


def test_a_file_that_cannot_be_written_is_told(qtbot, panel, bridge, wire, select, tmp_path):
    wire.message({"a": 1})
    select()
    told = []
    bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    panel.save(tmp_path / "no folder" / "entry.json")
    qtbot.waitUntil(lambda: bool(told), timeout=5_000)
    assert told[0][0] == "error"
    assert "No such file" in told[0][1]


@pytest.mark.parametrize(
    ("payload", "opcode", "name"),
    [(b"{}", TEXT, "entry-1.json"), (b"{", TEXT, "entry-1.txt"), (b"\0", BINARY, "entry-1.bin")],
)
def test_saving_asks_where_and_proposes_a_name(qtbot, panel, wire, select, payload, opcode, name):
    wire.frame(opcode, payload)
    select()
    panel.ask_where_to_save()
    dialog = panel.findChild(QFileDialog, "entrySaveDialog")
    assert dialog.isVisible()
    assert dialog.selectedFiles()[0].endswith(name)
    dialog.reject()


def test_saving_through_the_dialog(qtbot, panel, bridge, wire, select, tmp_path):
    wire.message({"a": 1})
    select()
    panel.ask_where_to_save()
    dialog = panel.findChild(QFileDialog, "entrySaveDialog")
    with qtbot.waitSignal(bridge.warned, timeout=5_000):
        dialog.fileSelected.emit(str(tmp_path / "x.json"))
    dialog.reject()
    assert (tmp_path / "x.json").read_bytes() == b'{"a": 1}'


def test_the_layout_is_kept(qtbot, panel, bridge):
    panel.tabs.setCurrentIndex(HEX)
    panel.raw.wrap.click()
    other = EntryPanel(bridge)
    qtbot.addWidget(other)
    other.restore_state(panel.save_state())
    assert other.tabs.currentIndex() == HEX
    assert not other.raw.wrap.isChecked()
    other.restore_state({"tab": "x", "wrap": None})
    assert other.tabs.currentIndex() == TREE


@pytest.mark.parametrize("dark", [False, True])
def test_ids_keep_both_ends_and_colours_follow_the_theme(panel, wire, select, dark):
    wire.request()
    select()
    theme.theme_switch().apply(dark=dark)
    for width in (300, 420, 900):
        panel.resize(width, 600)
        QTest.qWait(1)
        image = panel.tree.tree.viewport().grab().toImage()
        seen = {image.pixelColor(x, y).name() for x in range(image.width()) for y in range(image.height())}
        assert theme.current().json_key in seen
        assert theme.current().json_string in seen


def test_places_are_found_in_texts_of_many_lines():
    assert entry_module._offset("ab\ncd\nef", 3, 2) == 7
    assert entry_module._offset("ab", 5, 1) == 0
