"""The frame log as a user meets it: follow, pause, filter, select, copy, by mouse and keyboard."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton, QWidget

from optave_inspector.ui import theme
from optave_inspector.ui.bridge import SessionBridge
from optave_inspector.ui.models.frame_columns import COLUMNS, FrameColumn
from optave_inspector.ui.panels.frames import FramesPanel
from tests.ui.wire import BINARY, TEXT, Wire, new_session

# The offscreen platform says so of every menu.
pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")

Key = Qt.Key


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
    made = FramesPanel(bridge)
    qtbot.addWidget(made)
    made.resize(900, 400)
    made.show()
    qtbot.waitExposed(made)
    return made


@pytest.fixture
def arrive(wire, bridge, panel):
    """Store what the wire was told and let the window hear of it."""

    def settle():
        wire.settle()
        bridge.flush()
        QTest.qWait(1)

    return settle


@pytest.fixture
def flood(wire, arrive):
    """Many rows at once, numbered in their text."""

    def run(count, text="row"):
        for number in range(count):
            wire.frame(TEXT, f'{{"{text}": {number}}}'.encode())
        arrive()

    return run


def column(panel, which=FrameColumn.NUMBER):
    return [panel.model.index(row, which).data() for row in range(panel.model.rowCount())]


def note(panel):
    return panel.note_label.full_text()


def button(panel, name):
    found = panel.findChild(QWidget, name)
    assert found is not None, name
    return found


def filter_for(qtbot, panel, text):
    panel.bar.edit.setText(text)
    qtbot.keyClick(panel.bar.edit, Key.Key_Return)
    qtbot.waitUntil(lambda: not panel._search.searching, timeout=10_000)


def last_row_shows(panel):
    bar = panel.view.verticalScrollBar()
    return bar.value() == bar.maximum()


def test_before_anything_came_the_log_says_what_to_do(panel):
    assert panel._pages.currentWidget().sentence() == "No frames yet."
    assert "Connect to a tenant" in panel.findChild(QLabel, "framesEmptyHint").text()
    assert not panel.bar.isVisible()
    assert note(panel) == ""


def test_rows_appear_and_the_newest_stays_in_view(panel, flood):
    flood(100)
    assert panel.model.rowCount() == 100
    assert last_row_shows(panel)
    flood(100)
    assert last_row_shows(panel)
    assert note(panel) == "200 entries · following"


def test_what_was_captured_before_the_panel_was_made_is_there(qtbot, wire, bridge):
    wire.frame(TEXT, b"{}")
    wire.settle()
    late = FramesPanel(bridge)
    qtbot.addWidget(late)
    assert column(late) == ["1"]


def test_scrolling_up_stops_following_and_the_end_key_returns(qtbot, panel, flood):
    flood(100)
    panel.view.verticalScrollBar().triggerAction(panel.view.verticalScrollBar().SliderAction.SliderPageStepSub)
    top = panel.view.rowAt(0)
    assert not panel.view.following
    assert not panel.follow_button.isChecked()
    flood(100)
    assert panel.view.rowAt(0) == top
    assert "following" not in note(panel)
    qtbot.keyClick(panel.view, Key.Key_End)
    assert panel.view.following
    assert last_row_shows(panel)
    assert panel.view.current_number() == 200
    flood(50)
    assert last_row_shows(panel)
    assert panel.view.current_number() == 200


def test_the_wheel_counts_as_scrolling(qtbot, panel, flood):
    flood(100)
    panel.view.verticalScrollBar().setValue(20)
    assert not panel.view.following
    panel.view.verticalScrollBar().setValue(panel.view.verticalScrollBar().maximum())
    assert panel.view.following


def test_the_follow_button_goes_to_the_tail_and_lets_go_of_it(qtbot, panel, flood):
    flood(100)
    qtbot.mouseClick(panel.follow_button, Qt.MouseButton.LeftButton)
    assert not panel.view.following
    flood(100)
    assert not last_row_shows(panel)
    qtbot.mouseClick(panel.follow_button, Qt.MouseButton.LeftButton)
    assert last_row_shows(panel)
    assert note(panel).endswith("following")


def test_a_narrower_window_keeps_the_tail_in_view(panel, flood):
    flood(100)
    panel.resize(700, 250)
    QTest.qWait(1)
    assert last_row_shows(panel)
    assert panel.view.following


def test_pausing_freezes_the_view_while_the_capture_goes_on(qtbot, panel, session, flood):
    flood(20)
    qtbot.mouseClick(panel.pause_button, Qt.MouseButton.LeftButton)
    assert panel.pause_button.text() == "Resume"
    flood(124)
    assert panel.model.rowCount() == 20
    assert session.store.count == 144
    assert panel.pause_button.text() == "124 new · Resume"
    assert note(panel) == "20 entries · paused"
    qtbot.mouseClick(panel.pause_button, Qt.MouseButton.LeftButton)
    assert panel.model.rowCount() == 144
    assert panel.pause_button.text() == "Pause"
    assert last_row_shows(panel)


def test_an_entry_that_came_during_the_pause_is_said_to_be_so_when_selected(qtbot, panel, bridge, flood):
    flood(5)
    panel.pause_button.click()
    flood(5)
    bridge.select_entry(8)
    assert "entry 8 came after the pause" in note(panel)
    panel.pause_button.click()
    assert "entry 8" not in note(panel)


def test_the_filter_finds_text_in_whole_payloads(qtbot, panel, wire, arrive):
    wire.frame(TEXT, b'{"far": "' + b"x" * 5_000 + b'needle"}')
    wire.frame(TEXT, b'{"near": 1}')
    arrive()
    filter_for(qtbot, panel, "NEEDLE")
    assert column(panel) == ["1"]
    assert note(panel) == "1 of 2 · following"


def test_typing_waits_a_moment_and_the_newest_text_wins(qtbot, panel, flood):
    flood(30, "alpha")
    flood(3, "beta")
    panel.bar.edit.setFocus()
    asked = []
    panel.bar.queryChosen.connect(lambda query: asked.append(str(query)))
    qtbot.keyClicks(panel.bar.edit, "alpha")
    assert asked == []
    panel.bar.edit.clear()
    qtbot.keyClicks(panel.bar.edit, "beta")
    qtbot.waitUntil(lambda: column(panel) == ["31", "32", "33"], timeout=5_000)
    assert asked == ["beta"]


def test_entries_that_arrive_are_held_against_the_filter(qtbot, panel, flood):
    flood(5, "alpha")
    filter_for(qtbot, panel, "beta")
    assert column(panel) == []
    flood(4, "alpha")
    flood(2, "beta")
    qtbot.waitUntil(lambda: column(panel) == ["10", "11"], timeout=5_000)
    assert note(panel) == "2 of 11 · following"


def test_a_paused_view_takes_no_new_matches_in(qtbot, panel, flood):
    flood(5, "beta")
    filter_for(qtbot, panel, "beta")
    panel.pause_button.click()
    flood(5, "beta")
    qtbot.wait(50)
    assert len(column(panel)) == 5
    panel.pause_button.click()
    qtbot.waitUntil(lambda: len(column(panel)) == 10, timeout=5_000)


def test_no_match_is_said_with_a_way_out(qtbot, panel, flood):
    flood(5)
    filter_for(qtbot, panel, "nowhere")
    assert panel._pages.currentWidget().sentence() == "No entry matches “nowhere”."
    qtbot.mouseClick(panel.findChild(QPushButton, "framesNoMatchButton"), Qt.MouseButton.LeftButton)
    assert panel._pages.currentWidget() is panel.view
    assert panel.bar.edit.text() == ""
    assert len(column(panel)) == 5


def test_escape_clears_the_filter_and_then_leaves_it(qtbot, panel, flood):
    flood(5, "alpha")
    filter_for(qtbot, panel, "nowhere")
    panel.bar.edit.setFocus()
    qtbot.keyClick(panel.bar.edit, Key.Key_Escape)
    assert panel.bar.edit.text() == ""
    assert len(column(panel)) == 5
    qtbot.keyClick(panel.bar.edit, Key.Key_Escape)
    assert panel.view.hasFocus()


def test_escape_stops_a_running_search_and_keeps_what_was_found(qtbot, panel, flood):
    for _ in range(10):
        flood(5_000, "hay")
    panel.bar.edit.setText("hay")
    panel.bar.apply()
    assert panel._search.searching
    qtbot.waitUntil(lambda: panel.model.narrowed, timeout=10_000)
    qtbot.keyClick(panel.bar.edit, Key.Key_Escape)
    found = len(column(panel))
    assert "search stopped after entry" in note(panel)
    assert panel.bar.edit.text() == "hay"
    qtbot.wait(100)
    assert 0 < len(column(panel)) == found


def test_directions_are_one_click_away(qtbot, panel, wire, arrive):
    correlation = wire.request()
    wire.answer(correlation)
    arrive()
    for name, numbers in (
        ("framesSentButton", ["1"]),
        ("framesReceivedButton", ["2"]),
        ("framesAllButton", ["1", "2"]),
    ):
        qtbot.mouseClick(button(panel, name), Qt.MouseButton.LeftButton)
        assert column(panel) == numbers


def test_a_direction_without_entries_says_so(panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    arrive()
    button(panel, "framesSentButton").click()
    assert panel._pages.currentWidget().sentence() == "No entry goes in this direction."


def test_pings_fold_to_one_row_and_the_button_shows_them(qtbot, panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    wire.pings(2)
    arrive()
    assert column(panel, FrameColumn.KIND) == ["text", "ping / pong ×4 (folded)"]
    wire.pings(1)
    arrive()
    assert column(panel, FrameColumn.KIND)[-1] == "ping / pong ×6 (folded)"
    qtbot.mouseClick(panel.bar.fold_button, Qt.MouseButton.LeftButton)
    assert column(panel, FrameColumn.KIND)[1:3] == ["ping", "pong · auto"]


def test_enter_on_a_folded_row_unfolds(qtbot, panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    wire.pings(2)
    arrive()
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Key.Key_End)
    qtbot.keyClick(panel.view, Key.Key_Return)
    assert len(column(panel)) == 5
    assert panel.view.current_number() == 2
    qtbot.keyClick(panel.view, Key.Key_Return)
    assert len(column(panel)) == 5


def test_a_row_selected_here_is_selected_everywhere(qtbot, panel, bridge, wire, arrive):
    correlation = wire.request()
    wire.answer(correlation)
    arrive()
    entries, exchanges = [], []
    bridge.entrySelected.connect(entries.append)
    bridge.exchangeSelected.connect(exchanges.append)
    at = panel.view.visualRect(panel.model.index(1, FrameColumn.KIND)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert (entries, exchanges) == ([2], [1])
    assert panel.view.frame_delegate.exchange == 1
    qtbot.keyClick(panel.view, Key.Key_Up)
    assert entries == [2, 1]


def test_an_entry_selected_elsewhere_is_shown_without_taking_the_focus(qtbot, panel, bridge, flood):
    flood(200)
    panel.bar.edit.setFocus()
    bridge.select_entry(3)
    assert panel.view.current_number() == 3
    assert panel.view.visualRect(panel.view.currentIndex()).intersects(panel.view.viewport().rect())
    assert not panel.view.following
    assert panel.bar.edit.hasFocus()
    flood(10)
    assert panel.view.current_number() == 3
    assert panel.view.visualRect(panel.view.currentIndex()).intersects(panel.view.viewport().rect())


def test_an_exchange_selected_elsewhere_goes_to_its_request(panel, bridge, wire, arrive):
    wire.frame(TEXT, b"{}")
    wire.answer(wire.request())
    arrive()
    bridge.select_exchange(1)
    assert panel.view.current_number() == 2
    assert panel.view.frame_delegate.exchange == 1


def test_a_selected_entry_outlives_a_filter_and_is_named_when_hidden(qtbot, panel, bridge, flood):
    flood(3, "alpha")
    flood(3, "beta")
    bridge.select_entry(5)
    filter_for(qtbot, panel, "beta")
    assert panel.view.current_number() == 5
    filter_for(qtbot, panel, "alpha")
    assert panel.view.current_number() == 0
    assert "entry 5 is hidden by the filter" in note(panel)
    panel.bar.show_all()
    assert panel.view.current_number() == 5
    assert bridge.selected_entry == 5


def test_left_and_right_step_through_the_exchange(qtbot, panel, bridge, wire, arrive):
    correlation = wire.request()
    wire.answer(correlation, "a", state="started")
    wire.request()
    wire.answer(correlation, "ab", state="started")
    wire.answer(correlation, "abc")
    arrive()
    bridge.select_entry(1)
    panel.view.setFocus()
    seen = []
    for _ in range(4):
        qtbot.keyClick(panel.view, Key.Key_Right)
        seen.append(panel.view.current_number())
    assert seen == [2, 4, 5, 5]
    qtbot.keyClick(panel.view, Key.Key_Left)
    assert bridge.selected_entry == 4


def test_keys_go_to_the_first_and_by_pages(qtbot, panel, flood):
    flood(100)
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Key.Key_Home)
    assert panel.view.current_number() == 1
    qtbot.keyClick(panel.view, Key.Key_PageDown)
    assert panel.view.current_number() > 5
    qtbot.keyClick(panel.view, Key.Key_Down)
    qtbot.keyClick(panel.view, Key.Key_PageUp)
    assert panel.view.current_number() < 5


def test_keys_in_an_empty_log_do_nothing(qtbot, panel):
    for key in (Key.Key_Home, Key.Key_End, Key.Key_Left, Key.Key_Return, Key.Key_Down):
        qtbot.keyClick(panel.view, key)
    qtbot.keyClick(panel.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    panel.menu.popup(QPoint(0, 0))
    assert panel.view.current_number() == 0


def test_copy_gives_the_visible_cells_separated_by_tabs(qtbot, panel, bridge, wire, arrive):
    wire.answer(wire.request(content="Hello Lucy"))
    arrive()
    bridge.select_entry(1)
    panel.view.frame_header.show_column(FrameColumn.TIME, False)
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    cells = QGuiApplication.clipboard().text().split("\t")
    assert cells[0] == "1"
    assert len(cells) == len(panel.view.frame_header.shown_columns())
    assert "Hello Lucy" in cells[-1]


def chosen(panel, name):
    """Open the context menu of the current row and choose one of its actions."""
    menu = panel.findChild(QMenu, "framesRowMenu")
    panel.menu.popup(panel.mapToGlobal(QPoint(5, 5)))
    action = next(one for one in menu.actions() if one.objectName() == name)
    assert action.isEnabled(), name
    action.trigger()
    menu.close()


def test_payloads_are_copied_as_text_or_in_hexadecimal(panel, bridge, wire, arrive):
    wire.frame(TEXT, '{"grüße": "😀"}'.encode())
    wire.frame(BINARY, b"\x00\xff")
    arrive()
    bridge.select_entry(1)
    chosen(panel, "framesCopyPayloadAction")
    assert QGuiApplication.clipboard().text() == '{"grüße": "😀"}'
    bridge.select_entry(2)
    chosen(panel, "framesCopyPayloadAction")
    assert QGuiApplication.clipboard().text() == "00 ff"


def test_a_large_payload_is_copied_without_holding_up_the_window(qtbot, panel, bridge, wire, arrive):
    wire.frame(TEXT, b'"' + b"x" * 3_000_000 + b'"')
    arrive()
    bridge.select_entry(1)
    QGuiApplication.clipboard().clear()
    chosen(panel, "framesCopyPayloadAction")
    qtbot.waitUntil(lambda: len(QGuiApplication.clipboard().text()) == 3_000_002, timeout=5_000)


def test_the_menu_filters_by_what_the_row_has(qtbot, panel, bridge, wire, arrive):
    first = wire.request("adjust")
    wire.answer(first)
    wire.request("translate")
    wire.frame(TEXT, b"{}")
    arrive()
    bridge.select_entry(2)
    chosen(panel, "framesFilterCorrelationAction")
    qtbot.waitUntil(lambda: column(panel) == ["1", "2"], timeout=5_000)
    chosen(panel, "framesCopyCorrelationAction")
    assert QGuiApplication.clipboard().text() == first
    panel.bar.show_all()
    bridge.select_entry(3)
    chosen(panel, "framesFilterActionAction")
    qtbot.waitUntil(lambda: column(panel) == ["3"], timeout=5_000)


def test_an_answer_without_an_id_takes_that_of_its_exchange(panel, bridge, wire, arrive):
    correlation = wire.request("translate")
    wire.message({"action": "superpower", "actionType": "translate", "state": "completed", "message": {"results": []}})
    arrive()
    bridge.select_entry(2)
    chosen(panel, "framesCopyCorrelationAction")
    assert QGuiApplication.clipboard().text() == correlation


def test_without_a_row_the_menu_does_nothing(panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    arrive()
    QGuiApplication.clipboard().setText("before")
    panel.menu.copy_rows()
    panel.menu.copy_payload()
    panel.menu.step(1)
    panel.menu.popup(QPoint(0, 0))
    assert QGuiApplication.clipboard().text() == "before"
    assert not panel.findChild(QMenu, "framesRowMenu").isVisible()


def test_the_font_of_the_system_is_followed(panel, flood):
    flood(3)
    before = panel.view.verticalHeader().defaultSectionSize()
    font = panel.view.font()
    font.setPointSizeF(font.pointSizeF() * 2)
    panel.view.setFont(font)
    assert panel.view.verticalHeader().defaultSectionSize() > before
    assert panel.view.rowHeight(0) > before


def test_a_click_elsewhere_is_no_key_of_the_log(qtbot, panel, flood):
    flood(60)
    panel.view.setFocus()
    qtbot.keyClick(panel.view, Key.Key_Down)
    assert panel.view.current_number() == 60
    panel.view.set_following(False)
    panel.view.selectionModel().clear()
    panel.view.verticalScrollBar().setValue(10)
    qtbot.keyClick(panel.view, Key.Key_Up)
    assert panel.view.current_number() == 11


def test_a_double_click_unfolds(qtbot, panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    wire.pings(2)
    arrive()
    at = panel.view.visualRect(panel.model.index(1, FrameColumn.KIND)).center()
    qtbot.mouseClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    qtbot.mouseDClick(panel.view.viewport(), Qt.MouseButton.LeftButton, pos=at)
    assert not panel.model.folding


def test_the_menu_offers_only_what_can_be_done(panel, bridge, wire, arrive):
    wire.frame(TEXT, b"{}")
    arrive()
    bridge.select_entry(1)
    menu = panel.findChild(QMenu, "framesRowMenu")
    panel.menu.popup(QPoint(0, 0))
    enabled = {action.objectName() for action in menu.actions() if action.isEnabled() and action.objectName()}
    menu.close()
    marks = {"framesBookmarkAction", "framesNoteAction"}
    always = {"framesCopyRowAction", "framesCopyPayloadAction", "framesRecipeAction", "framesEditAgainAction"}
    assert enabled == marks | always


def test_stepping_from_the_menu(panel, bridge, wire, arrive):
    wire.answer(wire.request())
    arrive()
    bridge.select_entry(1)
    chosen(panel, "framesStepOnAction")
    assert bridge.selected_entry == 2
    chosen(panel, "framesStepBackAction")
    assert bridge.selected_entry == 1


def test_ctrl_f_goes_to_the_filter(qtbot, panel, flood):
    flood(3)
    panel.view.setFocus()
    panel.filter_action.trigger()
    assert panel.bar.edit.hasFocus()
    qtbot.keyClick(panel.bar.edit, Key.Key_Down)
    assert panel.view.hasFocus()


def test_columns_leave_where_there_is_no_room_and_numbers_are_never_cut(panel, wire, arrive):
    wire.answer(wire.request("summarize"), action="summarize")
    arrive()
    for width in (600, 900, 1_200):
        panel.resize(width, 400)
        QTest.qWait(1)
        header = panel.view.frame_header
        assert header.length() <= panel.view.viewport().width()
        for shown in header.shown_columns():
            if shown is FrameColumn.SUMMARY:
                continue
            for row in range(panel.model.rowCount()):
                text = panel.model.shown(row).texts[shown]
                assert panel.view.frame_delegate.text_width(shown, text) <= header.sectionSize(shown), (width, shown)
    assert len(header.shown_columns()) == len(FrameColumn)


def test_the_user_decides_on_columns_and_it_is_kept(qtbot, panel, bridge, flood):
    flood(3)
    header = panel.view.frame_header
    header.show_column(FrameColumn.SIZE, False)
    header.moveSection(header.visualIndex(FrameColumn.STATE), 0)
    header.resizeSection(FrameColumn.ACTION, 155)
    header.set_fits(False)
    panel.bar.fold_button.click()
    next(one for one in header.menu.actions() if one.objectName() == "framesElapsedAction").trigger()
    assert panel.model.elapsed
    state = panel.save_state()
    other = FramesPanel(bridge)
    qtbot.addWidget(other)
    other.resize(500, 300)
    other.restore_state(state)
    assert other.save_state() == state
    restored = other.view.frame_header
    assert restored.shown_columns()[0] is FrameColumn.STATE
    assert FrameColumn.SIZE not in restored.shown_columns()
    assert restored.sectionSize(FrameColumn.ACTION) == 155
    assert not other.model.folding
    restored.use_usual()
    assert restored.shown_columns()[0] is FrameColumn.NUMBER


@pytest.mark.parametrize(
    "state",
    [
        {},
        {"columns": 3, "elapsed": "x", "folding": None},
        {
            "columns": {
                "order": ["nothing", 7],
                "hidden": [c.name.lower() for c in FrameColumn],
                "widths": {"time": "w"},
            }
        },
        {"columns": {"order": None, "widths": {"action": -5, "size": 10**9}}},
    ],
)
def test_a_layout_of_another_version_does_no_harm(panel, state):
    panel.restore_state(state)
    assert panel.view.frame_header.shown_columns()
    assert all(panel.view.frame_header.sectionSize(one) < 10_000 for one in FrameColumn)


def test_the_last_column_cannot_be_hidden(panel):
    header = panel.view.frame_header
    for one in FrameColumn:
        header.show_column(one, False)
    assert len(header.shown_columns()) == 1


def test_a_capture_that_cannot_be_read_is_told(panel, bridge, wire, session):
    wire.frame(TEXT, b"{}")
    wire.settle()
    told = []
    bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    session.store.close()
    bridge.flush()
    assert told == [("error", "The capture is closed.")]


def test_a_million_needs_a_wider_number_column(panel, flood):
    flood(1)
    header = panel.view.frame_header
    before = header.sectionSize(FrameColumn.NUMBER)
    header.make_room_for(1_000_000)
    assert header.sectionSize(FrameColumn.NUMBER) > before


def test_every_control_has_a_name_for_programs_and_for_ears(panel, wire, arrive):
    wire.frame(TEXT, b"{}")
    arrive()
    names = set()
    for name in (
        "framesFilterEdit", "framesClearFilterButton", "framesAllButton", "framesSentButton", "framesReceivedButton",
        "framesFoldButton", "framesColumnsButton", "framesFollowButton", "framesPauseButton", "framesTable",
        "framesSearchProgress",
    ):  # fmt: skip
        widget = button(panel, name)
        assert widget.accessibleName(), name
        names.add(name)
    assert len(names) == 11
    assert {info.name for info in COLUMNS}


@pytest.mark.parametrize("dark", [False, True])
def test_markers_closes_and_every_tone_are_painted_in_both_themes(panel, bridge, wire, arrive, dark):
    wire.refused()
    correlation = wire.request()
    wire.answer(correlation, "x", state="error")
    wire.answer("0190b3b4-1111-7111-8111-00000000c07e")
    wire.frame(TEXT, b'{"broken": tru')
    wire.pings(2)
    wire.ended(1000, "done")
    wire.ended(1011)
    arrive()
    theme.theme_switch().apply(dark=dark)
    bridge.select_entry(2)
    picture = panel.grab().toImage()
    wanted = theme.current().color("error").rgb()
    seen = {picture.pixel(x, y) for x in range(picture.width()) for y in range(picture.height())}
    assert wanted in seen
    panel.view.frame_header.show_column(FrameColumn.SUMMARY, False)
    panel.view.frame_header.show_column(FrameColumn.KIND, False)
    assert not panel.grab().isNull()
