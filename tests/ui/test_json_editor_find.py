import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLineEdit, QToolButton

from optave_inspector.ui import theme
from optave_inspector.ui.widgets.json_editor import JsonEditor
from optave_inspector.ui.widgets.text_finding import Found, Wanted, find_all, problem, replacement

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
TEXT = '{"one": "One", "bone": "one",\n "😀": "one"}'


@pytest.fixture
def editor(qtbot):
    theme.theme_switch().apply(dark=False)
    made = JsonEditor("testEditor")
    qtbot.addWidget(made)
    made.resize(640, 300)
    made.set_text(TEXT)
    made.show()
    made.setFocus()
    return made


def field(editor, name):
    return editor.findChild(QLineEdit, f"testEditor{name}Edit")


def button(editor, name):
    return editor.findChild(QToolButton, f"testEditor{name}Button")


def selected(editor):
    return editor.textCursor().selectionStart(), editor.textCursor().selectedText()


def counted(editor):
    return editor.find_bar.count.full_text()


def open_bar(editor, qtbot, text, key=Qt.Key.Key_F):
    qtbot.keyClick(editor, key, CONTROL)
    qtbot.keyClicks(field(editor, "Find"), text)


def test_finding_selects_as_one_types_and_enter_goes_on_and_round(editor, qtbot):
    open_bar(editor, qtbot, "one")
    assert selected(editor) == (2, "one")
    assert counted(editor) == "1 of 5"
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Return)
    assert selected(editor) == (9, "One")
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Return, SHIFT)
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Return, SHIFT)
    assert selected(editor)[1] == "one"
    assert counted(editor) == "5 of 5"
    assert editor.text() == TEXT


@pytest.mark.parametrize(
    ("toggles", "wanted", "many"),
    [(["FindCase"], "one", 4), (["FindWord"], "one", 4), (["FindCase", "FindWord"], "one", 3), ([], "(", 0)],
)
def test_case_and_whole_words_narrow_what_is_found(editor, qtbot, toggles, wanted, many):
    open_bar(editor, qtbot, wanted)
    for name in toggles:
        qtbot.mouseClick(button(editor, name), Qt.MouseButton.LeftButton)
    assert len(editor.find_bar.places) == many
    assert counted(editor).endswith(f"of {many}") if many else counted(editor) == "Not found"


def test_a_wrong_pattern_is_said_in_words(editor, qtbot):
    open_bar(editor, qtbot, "(")
    qtbot.mouseClick(button(editor, "FindPattern"), Qt.MouseButton.LeftButton)
    assert "pattern is wrong at character" in counted(editor)
    assert field(editor, "Find").property("problem") is True
    assert not button(editor, "ReplaceAll").isEnabled()


def test_only_what_is_selected_is_searched_and_replaced(editor, qtbot):
    cursor = editor.textCursor()
    cursor.setPosition(TEXT.index("\n"))
    cursor.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
    editor.setTextCursor(cursor)
    qtbot.keyClick(editor, Qt.Key.Key_H, CONTROL)
    assert button(editor, "FindSelection").isChecked()
    qtbot.keyClicks(field(editor, "Find"), "one")
    qtbot.keyClicks(field(editor, "Replace"), "two!")
    qtbot.mouseClick(button(editor, "ReplaceAll"), Qt.MouseButton.LeftButton)
    assert editor.text() == '{"one": "One", "bone": "one",\n "😀": "two!"}'
    assert counted(editor) == "1 replaced"


def test_replacing_all_with_groups_is_one_step_to_undo(editor, qtbot):
    open_bar(editor, qtbot, r"(o)(ne)", Qt.Key.Key_H)
    qtbot.mouseClick(button(editor, "FindPattern"), Qt.MouseButton.LeftButton)
    qtbot.keyClicks(field(editor, "Replace"), r"$2\1")
    qtbot.mouseClick(button(editor, "ReplaceAll"), Qt.MouseButton.LeftButton)
    assert editor.text() == '{"neo": "neO", "bneo": "neo",\n "😀": "neo"}'
    editor.undo()
    assert editor.text() == TEXT


def test_enter_in_the_second_field_replaces_one_and_finds_the_next(editor, qtbot):
    open_bar(editor, qtbot, "one", Qt.Key.Key_H)
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Tab)
    assert field(editor, "Replace").hasFocus()
    qtbot.keyClicks(field(editor, "Replace"), "1")
    qtbot.keyClick(field(editor, "Replace"), Qt.Key.Key_Return)
    assert editor.text().startswith('{"1": "One"')
    assert selected(editor)[1] == "One"


def test_replacing_all_goes_over_a_long_text_as_one_step(editor, qtbot):
    text = "[" + ",\n".join(f'"value {number}"' for number in range(12_000)) + "]"
    assert len(text) > 131_072
    editor.set_text(text)
    open_bar(editor, qtbot, "value ", Qt.Key.Key_H)
    qtbot.keyClicks(field(editor, "Replace"), "v")
    qtbot.mouseClick(button(editor, "ReplaceAll"), Qt.MouseButton.LeftButton)
    assert editor.text() == text.replace("value ", "v")
    assert counted(editor) == "12,000 replaced"
    editor.undo()
    assert editor.text() == text


def test_escape_closes_the_bar_and_nothing_typed_there_reaches_the_text(editor, qtbot):
    open_bar(editor, qtbot, "one")
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Up)
    qtbot.keyClick(field(editor, "Find"), Qt.Key.Key_Escape)
    assert editor.find_bar.isHidden()
    assert editor.hasFocus()
    assert editor.text() == TEXT
    assert not editor.find_bar.places
    qtbot.keyClick(editor, Qt.Key.Key_F3)
    assert selected(editor)[1].lower() == "one"


def test_a_found_place_in_a_fold_is_opened(editor, qtbot):
    editor.set_text('{\n  "a": {\n    "b": "here"\n  }\n}')
    editor.folds().fold_all()
    open_bar(editor, qtbot, "here")
    assert editor.textCursor().block().isVisible()
    assert selected(editor)[1] == "here"


def test_edits_while_the_bar_is_open_are_found_again(editor, qtbot):
    open_bar(editor, qtbot, "one")
    cursor = QTextCursor(editor.document())
    cursor.insertText("one ")
    qtbot.waitUntil(lambda: len(editor.find_bar.places) == 6)


def test_going_to_a_line_and_column(editor, qtbot):
    qtbot.keyClick(editor, Qt.Key.Key_G, CONTROL)
    qtbot.keyClicks(field(editor, "Line"), "9")
    qtbot.keyClick(field(editor, "Line"), Qt.Key.Key_Return)
    assert editor.line_bar.isVisible()
    field(editor, "Line").selectAll()
    qtbot.keyClicks(field(editor, "Line"), "2:4")
    qtbot.keyClick(field(editor, "Line"), Qt.Key.Key_Return)
    assert not editor.line_bar.isVisible()
    assert editor.cursor_offset() == TEXT.index("\n") + 1 + 3
    assert editor.hasFocus()


def test_a_leading_byte_order_mark_moves_no_place():
    assert list(find_all("\ufeffab", Wanted("b"))) == [Found(2, 3)]
    assert list(find_all("a\nb", Wanted("^b$", is_pattern=True))) == [Found(2, 3)]


def test_a_pattern_that_matches_nothing_finds_nothing_and_ends():
    assert not list(find_all("abc", Wanted("x*", is_pattern=True)))
    assert not list(find_all("a" * 40 + "!", Wanted("(a+)+$", is_pattern=True)))
    assert problem(Wanted("[", is_pattern=True))


def test_groups_and_escapes_in_a_replacement():
    found = Found(0, 1, ("whole", "first"))
    assert replacement(found, r"\0-$1-\2-\n-\t-\\", Wanted("", is_pattern=True)) == "whole-first--\n-\t-\\"
    assert replacement(found, r"\1", Wanted("")) == r"\1"
