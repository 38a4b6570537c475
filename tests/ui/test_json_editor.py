import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from optave_inspector.ui import theme
from optave_inspector.ui.widgets.json_editor import JsonEditor, Mark


@pytest.fixture
def editor(qtbot):
    theme.theme_switch().apply(dark=False)
    made = JsonEditor("testEditor")
    qtbot.addWidget(made)
    made.resize(500, 300)
    made.show()
    made.setFocus()
    return made


def put_cursor(editor, position, anchor=None):
    cursor = editor.textCursor()
    cursor.setPosition(position if anchor is None else anchor)
    cursor.setPosition(position, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)


def colors_of_line(editor, line):
    block = editor.document().findBlockByNumber(line)
    return {(part.start, part.length): part.format.foreground().color().name() for part in block.layout().formats()}


def bracket_places(editor):
    return [
        (selection.cursor.selectionStart(), selection.format.background().color().name())
        for selection in editor.extraSelections()
        if selection.cursor.hasSelection() and selection.format.background().style() != Qt.BrushStyle.NoBrush
    ]


def test_typed_text_is_held_character_for_character(editor, qtbot):
    qtbot.keyClicks(editor, '{"a" :   [ 1,2 ]  }')
    assert editor.text() == '{"a" :   [ 1,2 ]  }'


def test_each_change_of_the_text_is_told_and_colouring_is_none(editor, qtbot):
    told = []
    editor.edited.connect(lambda: told.append(editor.text()))
    qtbot.keyClicks(editor, "[1]")
    QApplication.processEvents()
    assert told == ["[", "[]", "[1]"]
    theme.theme_switch().apply(dark=True)
    assert len(told) == 3


def test_a_text_set_from_outside_can_be_undone(editor, qtbot):
    qtbot.keyClicks(editor, "mine")
    editor.set_text('{"theirs": 1}')
    assert editor.text() == '{"theirs": 1}'
    assert editor.textCursor().position() == 0
    editor.undo()
    assert editor.text() == "mine"
    editor.redo()
    assert editor.text() == '{"theirs": 1}'


def test_setting_the_same_text_leaves_no_step_to_undo(editor):
    editor.set_text("same")
    editor.document().clearUndoRedoStacks()
    editor.set_text("same")
    assert not editor.document().isUndoAvailable()


def test_tab_indents_to_the_next_even_column_and_shift_tab_takes_back(editor, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "a")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    qtbot.keyClicks(editor, "b")
    assert editor.text() == "  a b"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == "a b"


def test_tab_over_a_selection_indents_its_lines_and_nothing_below(editor, qtbot):
    editor.set_text("a\nb\nc")
    put_cursor(editor, 4, anchor=0)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "  a\n  b\nc"
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert editor.text() == "a\nb\nc"
    editor.undo()
    assert editor.text() == "  a\n  b\nc"


@pytest.mark.parametrize(
    ("text", "position", "expected"),
    [
        ('{"a": 1,}', 8, '{"a": 1,\n}'),
        ("{}", 1, "{\n  \n}"),
        ("  [1]", 3, "  [\n    1]"),
        ('  "😀": {', 8, '  "😀": \n  {'),
        ("\t1", 2, "\t1\n\t"),
    ],
)
def test_enter_keeps_the_indentation_and_opens_brackets(editor, qtbot, text, position, expected):
    editor.set_text(text)
    put_cursor(editor, position)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    assert editor.text() == expected


def test_a_closing_bracket_on_a_blank_line_steps_to_the_left(editor, qtbot):
    editor.set_text("{\n    ")
    put_cursor(editor, 6)
    qtbot.keyClicks(editor, "}")
    assert editor.text() == "{\n  }"
    qtbot.keyClicks(editor, " ]")
    assert editor.text() == "{\n  } ]"


@pytest.fixture
def between(qtbot, editor):
    """The editor between two line edits, which come first in the tuple; the window is kept alive by it."""
    window = QWidget()
    qtbot.addWidget(window)
    layout = QVBoxLayout(window)
    before, after = QLineEdit(), QLineEdit()
    for widget in (before, editor, after):
        layout.addWidget(widget)
    window.show()
    window.activateWindow()
    editor.setFocus()
    qtbot.waitUntil(editor.hasFocus)
    return before, after, window


def test_escape_and_then_tab_leaves_the_editor_without_a_change(editor, between, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert between[1].hasFocus()
    assert editor.text() == ""
    editor.setFocus()
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.hasFocus()
    assert editor.text() == "  "


def test_a_key_typed_after_escape_makes_tab_indent_again(editor, between, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    qtbot.keyClicks(editor, "x")
    qtbot.keyClick(editor, Qt.Key.Key_Tab)
    assert editor.text() == "x "


def test_control_tab_leaves_in_both_directions(editor, between, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_Tab, Qt.KeyboardModifier.ControlModifier)
    assert between[1].hasFocus()
    editor.setFocus()
    shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    qtbot.keyClick(editor, Qt.Key.Key_Backtab, shift)
    assert between[0].hasFocus()
    assert editor.text() == ""


def test_pasting_keeps_odd_characters_and_tells_of_line_ends(editor, qtbot):
    told = []
    editor.differenceTold.connect(told.append)
    data = QMimeData()
    data.setText('"no\u00a0break"')
    editor.insertFromMimeData(data)
    assert (editor.text(), told) == ('"no\u00a0break"', [])
    data.setText("a\r\nb")
    editor.selectAll()
    editor.insertFromMimeData(data)
    assert editor.text() == "a\nb"
    assert "line ends" in told[0]
    assert editor.textCursor().position() == 3


def test_keys_strings_numbers_and_what_is_no_json_have_their_colours(editor):
    editor.set_text('"😀k" : "v", -1.5e3, true, oops, "open')
    QApplication.processEvents()
    light = theme.LIGHT
    assert colors_of_line(editor, 0) == {
        (0, 5): light.json_key,
        (8, 3): light.json_string,
        (13, 6): light.json_number,
        (21, 4): light.json_literal,
        (27, 4): light.error,
        (33, 5): light.error,
    }


def test_colours_follow_the_theme(editor):
    editor.set_text("12")
    theme.theme_switch().apply(dark=True)
    assert colors_of_line(editor, 0) == {(0, 2): theme.DARK.json_number}


def test_the_bracket_at_the_cursor_and_its_partner_are_shown(editor):
    editor.set_text('{"a}😀": [\n  {"]": 1}\n]}')
    light = theme.LIGHT
    put_cursor(editor, 1)
    assert bracket_places(editor) == [(0, light.selection), (23, light.selection)]
    put_cursor(editor, 23)
    assert bracket_places(editor) == [(22, light.selection), (9, light.selection)]
    put_cursor(editor, 3)
    assert bracket_places(editor) == []


def test_a_bracket_without_a_partner_is_shown_as_wrong(editor):
    editor.set_text("[1")
    put_cursor(editor, 0)
    assert bracket_places(editor) == [(0, theme.LIGHT.error_back)]


def test_marks_stand_at_their_places_beyond_wide_characters(editor):
    editor.set_text('["😀", x]')
    editor.set_marks([Mark(6, 7, "error")])
    selection = editor.extraSelections()[1]
    assert selection.cursor.selectedText() == "x"
    assert selection.format.underlineColor().name() == theme.LIGHT.error
    theme.theme_switch().apply(dark=True)
    assert editor.extraSelections()[1].format.underlineColor().name() == theme.DARK.error
    editor.set_marks([])
    assert editor.marks() == ()


@pytest.mark.parametrize(("text", "offset", "shown"), [("[1", 2, "1"), ("[1\n", 2, "1"), ("", 0, "")])
def test_a_mark_at_an_end_shows_the_character_before_it(editor, text, offset, shown):
    editor.set_text(text)
    editor.set_marks([Mark(offset, offset, "error")], problem_line=1)
    assert editor.extraSelections()[1].cursor.selectedText() == shown


def test_going_to_a_place_counts_characters_as_the_text_does(editor):
    editor.set_text('{"😀": 1,\n"b": 2}')
    editor.go_to(9)
    assert editor.textCursor().blockNumber() == 1
    assert editor.cursor_offset() == 9


def test_a_click_on_a_line_number_goes_to_its_line(editor, qtbot):
    editor.set_text("1\n2\n3")
    numbers = editor.findChild(QWidget, "testEditorLineNumbers")
    height = editor.fontMetrics().height()
    qtbot.mouseClick(numbers, Qt.MouseButton.LeftButton, pos=QPoint(4, int(height * 2.5) + 4))
    assert editor.textCursor().blockNumber() == 2


def test_line_numbers_widen_with_the_document_and_are_painted(editor):
    numbers = editor.findChild(QWidget, "testEditorLineNumbers")
    narrow = numbers.width()
    editor.set_text("\n" * 1200)
    assert numbers.width() > narrow
    assert numbers.geometry().right() <= editor.viewport().geometry().left()
    editor.set_marks([Mark(1, 2, "error")], problem_line=2)
    image = editor.grab().toImage()
    colors = {image.pixelColor(x, y).name() for x in range(numbers.width()) for y in range(80)}
    assert theme.LIGHT.alternate in colors
    QTest.keyClick(editor, Qt.Key.Key_PageDown)
    assert editor.firstVisibleBlock().blockNumber() > 0


@pytest.mark.qt_log_ignore("does not support")
def test_the_menu_can_stop_the_wrapping_of_lines(editor, qtbot):
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), editor.mapToGlobal(QPoint(5, 5)))
    editor.contextMenuEvent(event)
    menu = editor.findChild(QMenu)
    action = next(action for action in menu.actions() if action.objectName() == "testEditorWrapAction")
    assert action.isChecked()
    action.trigger()
    assert editor.lineWrapMode() == QPlainTextEdit.LineWrapMode.NoWrap
    menu.close()
