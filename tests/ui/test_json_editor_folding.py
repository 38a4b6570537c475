import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QTextCursor, QTextDocument
from PySide6.QtWidgets import QApplication

from optave_inspector.ui import theme
from optave_inspector.ui.widgets.json_editor import JsonEditor

TEXT = """{
  "session": {
    "channel": {
      "medium": "chat",
      "language": "en"
    },
    "x": "{"
  },
  "list": [
    1,
    2
  ]
}"""
CONTROL, SHIFT, ALT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
)


@pytest.fixture
def editor(qtbot):
    theme.theme_switch().apply(dark=False)
    made = JsonEditor("testEditor")
    qtbot.addWidget(made)
    made.resize(500, 400)
    made.set_text(TEXT)
    made.show()
    made.setFocus()
    return made


def shown(editor):
    """Numbers of the lines on show, from 1."""
    block, lines = editor.document().begin(), []
    while block.isValid():
        if block.isVisible():
            lines.append(block.blockNumber() + 1)
        block = block.next()
    return lines


def put_cursor(editor, line):
    cursor = editor.textCursor()
    cursor.setPosition(editor.document().findBlockByNumber(line - 1).position())
    editor.setTextCursor(cursor)


def click_gutter(editor, qtbot, line):
    numbers = editor._numbers
    block = editor.document().findBlockByNumber(line - 1)
    top = editor.blockBoundingGeometry(block).translated(editor.contentOffset()).top()
    qtbot.mouseClick(numbers, Qt.MouseButton.LeftButton, pos=QPoint(numbers.width() - 8, int(top) + 6))


def test_a_click_beside_the_number_folds_and_unfolds_and_changes_no_character(editor, qtbot):
    steps = editor.document().availableUndoSteps()
    click_gutter(editor, qtbot, 2)
    assert shown(editor) == [1, 2, 8, 9, 10, 11, 12, 13]
    assert editor.text() == TEXT
    assert editor.document().availableUndoSteps() == steps
    click_gutter(editor, qtbot, 2)
    assert shown(editor) == list(range(1, 14))


def test_a_click_beside_a_line_in_which_nothing_opens_goes_there(editor, qtbot):
    click_gutter(editor, qtbot, 4)
    assert editor.textCursor().blockNumber() == 3
    assert shown(editor) == list(range(1, 14))


def test_folding_by_keys_takes_what_the_line_stands_in(editor, qtbot):
    put_cursor(editor, 4)
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, CONTROL | SHIFT)
    assert shown(editor) == [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]
    assert editor.textCursor().blockNumber() == 2
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, CONTROL | SHIFT)
    assert shown(editor) == [1, 2, 8, 9, 10, 11, 12, 13]
    qtbot.keyClick(editor, Qt.Key.Key_BraceRight, CONTROL | SHIFT)
    assert shown(editor) == [1, 2, 3, 6, 7, 8, 9, 10, 11, 12, 13]


def test_fold_all_leaves_the_outermost_open_and_unfold_all_shows_everything(editor, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, CONTROL | ALT)
    assert shown(editor) == [1, 2, 8, 9, 12, 13]
    assert editor.text() == TEXT
    qtbot.keyClick(editor, Qt.Key.Key_BracketRight, CONTROL | ALT)
    assert shown(editor) == list(range(1, 14))


def test_folds_survive_edits_above_inside_and_their_undoing(editor, qtbot):
    click_gutter(editor, qtbot, 2)
    put_cursor(editor, 1)
    cursor = editor.textCursor()
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine)
    editor.setTextCursor(cursor)
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: shown(editor) == [1, 2, 3, 9, 10, 11, 12, 13, 14])
    inside = QTextCursor(editor.document().findBlockByNumber(4))
    inside.insertText("\n\n")
    qtbot.waitUntil(lambda: shown(editor) == [1, 2, 3, 11, 12, 13, 14, 15, 16])
    editor.undo()
    editor.undo()
    qtbot.waitUntil(lambda: editor.text() == TEXT and len(shown(editor)) in (8, 13))


def test_a_fold_goes_with_its_bracket(editor, qtbot):
    click_gutter(editor, qtbot, 2)
    cursor = QTextCursor(editor.document().findBlockByNumber(1))
    cursor.movePosition(QTextCursor.MoveOperation.EndOfLine)
    cursor.deletePreviousChar()
    qtbot.waitUntil(lambda: shown(editor) == list(range(1, 14)))


def test_going_to_a_hidden_place_opens_what_hides_it_and_no_more(editor, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, CONTROL | ALT)
    editor.go_to(TEXT.index('"medium"'))
    assert shown(editor) == [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13]
    assert editor.textCursor().block().isVisible()


def test_arrow_keys_pass_over_hidden_lines(editor, qtbot):
    click_gutter(editor, qtbot, 2)
    put_cursor(editor, 2)
    qtbot.keyClick(editor, Qt.Key.Key_Down)
    assert editor.textCursor().blockNumber() == 7
    assert shown(editor) == [1, 2, 8, 9, 10, 11, 12, 13]


def test_what_is_hidden_is_counted_behind_the_line_and_a_click_there_opens_it(editor, qtbot):
    click_gutter(editor, qtbot, 2)
    editor.viewport().repaint()
    ((place, block),) = editor._folded_at
    assert block.blockNumber() == 1
    assert editor.folds().hidden_lines(block) == 5
    qtbot.mouseClick(editor.viewport(), Qt.MouseButton.LeftButton, pos=place.center().toPoint())
    assert shown(editor) == list(range(1, 14))


def test_wide_characters_before_it_do_not_move_a_fold(editor, qtbot):
    editor.set_text('{"😀": "😀😀😀",\n  "a": {\n    "b": 1\n  }\n}')
    qtbot.keyClick(editor, Qt.Key.Key_BracketLeft, CONTROL | ALT)
    assert shown(editor) == [1, 2, 4, 5]


def test_each_document_keeps_its_text_undo_steps_folds_and_colours(editor, qtbot):
    first, second = QTextDocument(editor), QTextDocument(editor)
    editor.setDocument(first)
    editor.set_text(TEXT)
    told = []
    editor.edited.connect(lambda: told.append(editor.text()))
    click_gutter(editor, qtbot, 2)
    editor.setDocument(second)
    assert told == [""]
    qtbot.keyClicks(editor, '{"a": 1}')
    QApplication.processEvents()
    assert editor.text() == '{"a": 1}'
    assert second.firstBlock().layout().formats()
    assert second.defaultFont().family() == first.defaultFont().family()
    editor.setDocument(first)
    assert editor.text() == TEXT
    assert shown(editor) == [1, 2, 8, 9, 10, 11, 12, 13]
    editor.setDocument(second)
    editor.undo()
    assert editor.text() != '{"a": 1}'
