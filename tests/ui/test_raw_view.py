"""The text as it came: shown whole or by its head, and copied without loss."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from optave_inspector.ui import theme
from optave_inspector.ui.models.raw_text import STAND_IN, RawText
from optave_inspector.ui.widgets.raw_view import HEAD, MOST, RawView

Move, Mode = QTextCursor.MoveOperation, QTextCursor.MoveMode


@pytest.fixture
def view(qtbot):
    theme.theme_switch().apply(dark=False)
    made = RawView("testRaw")
    qtbot.addWidget(made)
    made.resize(420, 300)
    made.show()
    qtbot.waitExposed(made)
    return made


def filled(qtbot, view):
    qtbot.waitUntil(lambda: view.edit.whole, timeout=30_000)


def copy_all(view):
    view.edit.selectAll()
    return view.edit.createMimeDataFromSelection().text()


TEXTS = st.text(st.sampled_from('a"{}\n\r\t\0\x1b ü😀\u2028\u2029\ufffc\u00a0\u0301漢'), max_size=60)


@given(TEXTS)
def test_every_place_on_show_leads_back_to_the_text(text):
    raw = RawText(text)
    assert len("\n".join(raw.lines)) == len(text)
    for offset in range(len(text)):
        line, units = raw.place(offset)
        assert raw.offset(line, units) == offset


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(TEXTS)
def test_a_copy_of_everything_is_the_text_itself(view, text):
    view.show_text(text)
    assert copy_all(view) == text


def test_long_lines_are_cut_on_show_and_whole_in_copies(qtbot, view):
    text = "".join(f'{{"n":{number}}},' for number in range(20_000))
    view.show_text(text)
    filled(qtbot, view)
    assert view.edit.document().blockCount() > 10
    assert copy_all(view) == text
    cursor = view.edit.textCursor()
    cursor.setPosition(3_990)
    cursor.setPosition(4_011, Mode.KeepAnchor)
    view.edit.setTextCursor(cursor)
    assert view.edit.selected_text() == text[3_990:4_010]


def test_what_cannot_be_shown_is_counted_and_not_lost(view):
    view.show_text("a\0b\rc\u2028d")
    assert view.edit.toPlainText() == f"a{STAND_IN}b{STAND_IN}c{STAND_IN}d"
    assert "stands for 3 control characters" in view.note.text()
    assert copy_all(view) == "a\0b\rc\u2028d"


def test_a_message_over_a_megabyte_shows_its_head_first(qtbot, view):
    text = "0123456789" * 250_000
    view.show_text(text)
    assert view.shown_characters == HEAD
    assert view.note.text() == "The first 1,000,000 of 2,500,000 characters."
    qtbot.mouseClick(view.show_all_button, Qt.MouseButton.LeftButton)
    filled(qtbot, view)
    assert view.shown_characters == len(text)
    assert view.note.text() == ""
    assert not view.show_all_button.isVisible()
    assert copy_all(view) == text


def test_a_newer_text_replaces_one_that_is_still_being_filled_in(qtbot, view):
    view.show_text("x\n" * 400_000)
    view.show_text("short")
    qtbot.wait(50)
    assert view.edit.toPlainText() == "short"


def test_more_than_the_view_can_take_is_for_saving(qtbot, view):
    view.show_text("x" * (MOST + 1))
    assert not view.show_all_button.isEnabled()
    assert "save it" in view.show_all_button.toolTip()
    view.show_all()
    assert view.shown_characters == HEAD
    with qtbot.waitSignal(view.saveAsked):
        qtbot.mouseClick(view.save_button, Qt.MouseButton.LeftButton)


def test_wrapping_is_a_switch(qtbot, view):
    assert view.edit.lineWrapMode() == QPlainTextEdit.LineWrapMode.WidgetWidth
    view.wrap.click()
    assert view.edit.lineWrapMode() == QPlainTextEdit.LineWrapMode.NoWrap


def test_the_place_of_an_error_is_marked(view):
    view.show_text('{\n  "a": tru\n}', "broken")
    view.mark(9)
    (selection,) = view.edit.extraSelections()
    assert selection.cursor.selectedText() == "t"
    assert view.edit.textCursor().blockNumber() == 1
    view.show_text("", "")
    assert view.edit.extraSelections() == []
    view.mark(0)
    view.mark(10_000)


def test_the_place_of_an_error_at_the_very_end_is_marked_before_it(view):
    view.show_text('{"a": 1')
    view.mark(7)
    (selection,) = view.edit.extraSelections()
    assert selection.cursor.selectedText() == "1"


def test_it_is_read_only_and_can_be_selected_by_keyboard(qtbot, view):
    view.show_text("hello")
    view.edit.setFocus()
    qtbot.keyClicks(view.edit, "x")
    assert view.edit.toPlainText() == "hello"
    qtbot.keyClick(view.edit, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert view.edit.selected_text() == "hello"


def test_no_text_is_said_so(view):
    view.say("Binary: Hex shows the bytes.")
    assert view.note.text() == "Binary: Hex shows the bytes."
    assert not view.save_button.isVisible()
    view.clear()
    assert view.note.text() == ""
    theme.theme_switch().apply(dark=True)
    assert not view.grab().isNull()
