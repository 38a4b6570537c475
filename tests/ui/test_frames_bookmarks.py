"""Bookmarks and notes in the frame log."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QColor

from optave_inspector.ui import theme
from optave_inspector.ui.models.frame_columns import FrameColumn
from optave_inspector.ui.panels.frames_bookmarks import NoteQuestion
from tests.ui.frames_desk import FramesDesk


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    yield made
    made.close()


def cell(desk, row, column=FrameColumn.NUMBER):
    return desk.panel.model.index(row, column).data()


def action(desk, name):
    return desk.panel.findChild(QAction, name)


def write_note(desk, text):
    action(desk, "framesNoteAction").trigger()
    asked = next(one for one in desk.panel.window().findChildren(NoteQuestion) if one.isVisible())
    before = asked.field.text()
    asked.field.setText(text)
    asked.accept_button.click()
    return before


def test_without_a_selected_entry_nothing_can_be_marked(desk):
    desk.text("{}")
    assert not action(desk, "framesBookmarkAction").isEnabled()
    assert not action(desk, "framesNoteAction").isEnabled()
    desk.panel.bookmarks.toggle()
    desk.panel.bookmarks.ask_note()
    assert desk.store.bookmarks == {}


def test_ctrl_b_marks_the_selected_entry_and_takes_the_mark_away(qtbot, desk):
    desk.text("{}", "{}")
    desk.bridge.select_entry(2)
    desk.panel.view.setFocus()
    desk.panel.activateWindow()
    qtbot.keyClick(desk.panel.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert desk.store.bookmarks == {2: ""}
    assert [cell(desk, 0), cell(desk, 1)] == ["1", "★ 2"]
    assert action(desk, "framesBookmarkAction").isChecked()
    tip = desk.panel.model.index(1, FrameColumn.NUMBER).data(Qt.ItemDataRole.ToolTipRole)
    assert "Bookmarked" in tip
    qtbot.keyClick(desk.panel.view, Qt.Key.Key_B, Qt.KeyboardModifier.ControlModifier)
    assert desk.store.bookmarks == {}
    assert cell(desk, 1) == "2"


def test_an_entry_selected_elsewhere_can_be_marked_while_the_filter_hides_it(desk):
    desk.text('{"a": 1}', '{"b": 1}')
    desk.bridge.select_entry(1)
    desk.ask("$.b:1")
    action(desk, "framesBookmarkAction").trigger()
    assert desk.store.bookmarks == {1: ""}
    desk.ask("")
    assert cell(desk, 0) == "★ 1"


def test_a_note_stands_before_the_summary_and_can_be_changed_and_taken_away(desk):
    desk.wire.request("adjust", "Please refund")
    desk.arrive()
    desk.bridge.select_entry(1)
    assert write_note(desk, "look here") == ""
    assert cell(desk, 0) == "★ 1"
    assert cell(desk, 0, FrameColumn.SUMMARY) == "✎ look here · Please refund"
    assert write_note(desk, "") == "look here"
    assert desk.store.bookmarks == {1: ""}
    assert cell(desk, 0, FrameColumn.SUMMARY) == "Please refund"


def test_a_note_that_goes_with_its_bookmark_is_told_once_more(desk):
    desk.text("{}")
    desk.bridge.select_entry(1)
    write_note(desk, "precious")
    told = []
    desk.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    action(desk, "framesBookmarkAction").trigger()
    assert told == [("ok", "Entry 1 is no longer bookmarked. Its note was: precious")]


def test_marked_entries_are_found_and_a_new_mark_is_found_at_once(qtbot, desk):
    desk.text("{}", "{}", "{}")
    desk.bridge.select_entry(2)
    action(desk, "framesBookmarkAction").trigger()
    assert desk.ask("is:bookmarked") == [2]
    desk.bridge.select_entry(3)
    action(desk, "framesBookmarkAction").trigger()
    desk.wait_searched()
    assert desk.numbers() == [2, 3]
    assert desk.ask("-is:bookmarked") == [1]


def test_marks_of_an_earlier_look_are_there(qtbot, desk):
    desk.text("{}", "{}")
    desk.store.set_bookmark(1, "kept")
    other = type(desk.panel)(desk.bridge)
    qtbot.addWidget(other)
    assert other.model.index(0, FrameColumn.NUMBER).data() == "★ 1"


def test_a_folded_row_shows_that_an_entry_in_it_is_marked(desk):
    desk.text("{}")
    desk.wire.pings(2)
    desk.arrive()
    desk.bridge.select_entry(3)
    action(desk, "framesBookmarkAction").trigger()
    assert cell(desk, 1) == "★ 2"
    desk.bar.fold_button.click()
    assert [cell(desk, row) for row in range(1, 4)] == ["2", "★ 3", "4"]


def test_a_closed_capture_is_told_and_nothing_seems_marked(desk):
    desk.text("{}")
    desk.bridge.select_entry(1)
    told = []
    desk.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    desk.store.close()
    action(desk, "framesBookmarkAction").trigger()
    assert told == [("error", "The entry was not marked. The capture is closed.")]
    assert not action(desk, "framesBookmarkAction").isChecked()
    assert cell(desk, 0) == "1"


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("count", [1, 12_000])
def test_the_star_is_painted_and_the_number_is_whole(desk, dark, count):
    desk.text("{}")
    theme.theme_switch().apply(dark=dark)
    desk.store.set_bookmark(1)
    desk.panel.model.bookmarks_changed()
    header = desk.panel.view.frame_header
    header.make_room_for(count)
    delegate = desk.panel.view.frame_delegate
    assert delegate.text_width(FrameColumn.NUMBER, f"★ {count}") <= header.sectionSize(FrameColumn.NUMBER)
    image = desk.panel.view.viewport().grab().toImage()
    star = theme.current().color("warning")
    place = desk.panel.view.visualRect(desk.panel.model.index(0, FrameColumn.NUMBER))
    seen = [
        QColor(image.pixel(x, y))
        for x in range(place.left(), place.left() + 16)
        for y in range(place.top(), place.bottom())
    ]
    assert min(max(abs(a - b) for a, b in zip(one.getRgb(), star.getRgb(), strict=True)) for one in seen) < 40
