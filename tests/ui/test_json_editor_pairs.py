import pytest
from PySide6.QtCore import QMimeData, Qt

from optave_inspector.ui import theme
from optave_inspector.ui.widgets.json_editor import JsonEditor


@pytest.fixture
def editor(qtbot):
    theme.theme_switch().apply(dark=False)
    made = JsonEditor("testEditor")
    qtbot.addWidget(made)
    made.show()
    made.setFocus()
    return made


@pytest.mark.parametrize(
    ("typed", "held"),
    [
        ("{", "{}"),
        ('{"', '{""}'),
        ('{"a": [', '{"a": []}'),
        ('{"a": "{[', '{"a": "{["}'),
        ('{"a": 1}', '{"a": 1}'),
        ("no JSON {{ at all", "no JSON {{ at all"),
        ('{"a": "\\"', '{"a": "\\""}'),
        ("]]}", "]]}"),
    ],
)
def test_a_pair_is_closed_where_a_value_or_key_may_begin(editor, qtbot, typed, held):
    qtbot.keyClicks(editor, typed)
    assert editor.text() == held


def test_nothing_is_closed_before_other_text(editor, qtbot):
    editor.set_text("1")
    qtbot.keyClicks(editor, "[")
    assert editor.text() == "[1"


def test_one_undo_takes_the_closing_character_alone(editor, qtbot):
    qtbot.keyClicks(editor, "[")
    assert editor.text() == "[]"
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.text() == "["


def test_one_backspace_takes_an_empty_pair_and_one_undo_brings_it_back(editor, qtbot):
    qtbot.keyClicks(editor, '{"')
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.text() == "{}"
    qtbot.keyClick(editor, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert editor.text() == '{""}'


def test_a_pair_that_the_user_typed_is_no_pair_of_ours(editor, qtbot):
    editor.set_text("[]")
    qtbot.keyClick(editor, Qt.Key.Key_Right)
    qtbot.keyClicks(editor, "]")
    assert editor.text() == "[]]"
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    qtbot.keyClick(editor, Qt.Key.Key_Backspace)
    assert editor.text() == "]"


def test_pasted_text_is_never_closed_or_indented(editor):
    data = QMimeData()
    data.setText('{\n"a": [')
    editor.insertFromMimeData(data)
    assert editor.text() == '{\n"a": ['
