import pytest
from PySide6.QtGui import QTextCursor, QTextDocument

from optave_inspector.ui.widgets.json_editor_text import exact_text, from_units, insert_exactly, keepable, to_units


def through_a_document(text):
    document = QTextDocument()
    insert_exactly(QTextCursor(document), text)
    return exact_text(document)


@pytest.mark.parametrize(
    "text",
    [
        "",
        '{"a":\t1}\n',
        "  \n\n  trailing  ",
        "no\u00a0break\u202fspace",
        "line\u2028separator",
        "\ufeffmark first",
        "mark\ufeffwithin",
        "\ufffeswapped",
        "\ufeff",
        "nul\x00unit\x1fdelete\x7fnext\x85form\x0c",
        "😀 e\u0301 \u202eright to left \U0010ffff",
    ],
)
def test_what_goes_into_a_document_comes_out_unchanged(qapp, text):
    assert keepable(text) == (text, "")
    assert through_a_document(text) == text


@pytest.mark.parametrize(
    ("text", "kept", "part"),
    [
        ("a\r\nb\rc\n", "a\nb\nc\n", "line ends"),
        ('"a\u2029b"', '"a\\u2029b"', "a character that an editor cannot keep"),
        ('"\ufdd0\ufdd1"', '"\\ufdd0\\ufdd1"', "2 characters"),
        ('"\ud800"\r', '"\\ud800"\n', "and a character"),
    ],
)
def test_what_no_document_keeps_is_written_otherwise_and_told(qapp, text, kept, part):
    changed, told = keepable(text)
    assert changed == kept
    assert part in told
    assert through_a_document(changed) == changed


def test_a_leading_mark_leaves_what_stands_before_it_alone(qapp):
    document = QTextDocument()
    cursor = QTextCursor(document)
    insert_exactly(cursor, "ab")
    cursor.setPosition(1)
    insert_exactly(cursor, "\ufeffx")
    assert exact_text(document) == "a\ufeffxb"
    assert cursor.position() == 3
    document.undo()
    assert exact_text(document) == "ab"


def test_places_are_converted_both_ways():
    text = "a😀b\u00e9"
    assert [to_units(text, offset) for offset in range(5)] == [0, 1, 3, 4, 5]
    assert [from_units(text, units) for units in (0, 1, 3, 4, 5)] == [0, 1, 2, 3, 4]
    assert from_units("abc", 2) == to_units("abc", 2) == 2
