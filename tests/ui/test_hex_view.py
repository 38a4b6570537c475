"""Bytes in hexadecimal: what is on show, selecting and copying, sizes that do not matter."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from optave_inspector.ui import theme
from optave_inspector.ui.widgets.hex_view import HexView

pytestmark = pytest.mark.qt_log_ignore("plugin does not support (raise|grabbing)")
Key, Modifier = Qt.Key, Qt.KeyboardModifier


@pytest.fixture
def view(qtbot):
    theme.theme_switch().apply(dark=False)
    made = HexView("testHex")
    qtbot.addWidget(made)
    made.resize(700, 300)
    made.show()
    qtbot.waitExposed(made)
    made.setFocus()
    return made


def clipboard():
    return QGuiApplication.clipboard().text()


def place(view, byte, *, ascii_column=False):
    """The middle of a byte on the screen."""
    column = (
        view._ascii_left + byte % view.per_line + 0.5
        if ascii_column
        else view._hex_left + 3 * (byte % view.per_line) + 1
    )
    line = byte // view.per_line - view.verticalScrollBar().value()
    return QPoint(round(6 + column * view._char), int((line + 0.5) * view._line_height))


def test_a_line_has_offset_bytes_and_characters(view):
    view.set_data(b"Hello\n\x00\xff wire!abcde")
    assert view.line_text(0) == ("00000000", "48 65 6c 6c 6f 0a 00 ff 20 77 69 72 65 21 61 62", "Hello... wire!ab")
    assert view.line_text(1) == ("00000010", "63 64 65", "cde")


@pytest.mark.parametrize(("width", "per_line"), [(700, 16), (400, 8), (220, 4), (60, 4)])
def test_narrow_views_have_fewer_bytes_in_a_line_so_that_nothing_is_cut(view, width, per_line):
    view.set_data(bytes(range(256)))
    view.resize(width, 300)
    QTest.qWait(1)
    assert view.per_line == per_line
    assert (view.horizontalScrollBar().maximum() == 0) == (width > 60)
    assert not view.grab().isNull()


def test_a_drag_selects_and_copies_bytes(qtbot, view):
    view.set_data(b"0123456789abcdef0123456789abcdef")
    qtbot.mousePress(view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, 2))
    qtbot.mouseMove(view.viewport(), place(view, 17))
    view._move(view._byte_at(place(view, 17)), extend=True)
    assert view.selection == (2, 18)
    qtbot.keyClick(view, Key.Key_C, Modifier.ControlModifier)
    assert clipboard() == b"23456789abcdef01".hex(" ")
    view.copy_text()
    assert clipboard() == "23456789abcdef01"


def test_characters_can_be_clicked_like_bytes(qtbot, view):
    view.set_data(bytes(64))
    for byte in (0, 15, 16, 33):
        assert view._byte_at(place(view, byte)) == byte
        assert view._byte_at(place(view, byte, ascii_column=True)) == byte
    assert view._byte_at(QPoint(-50, 9_999)) == 63
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place(view, 20))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Modifier.ShiftModifier, place(view, 22))
    assert view.selection == (20, 23)


def test_keys_move_and_extend(qtbot, view):
    view.set_data(bytes(10_000))
    for key, modifier, selection in (
        (Key.Key_Right, Modifier.NoModifier, (1, 1)),
        (Key.Key_Down, Modifier.NoModifier, (17, 17)),
        (Key.Key_Right, Modifier.ShiftModifier, (17, 19)),
        (Key.Key_Left, Modifier.NoModifier, (17, 17)),
        (Key.Key_Home, Modifier.NoModifier, (16, 16)),
        (Key.Key_End, Modifier.NoModifier, (31, 31)),
        (Key.Key_Up, Modifier.NoModifier, (15, 15)),
        (Key.Key_Up, Modifier.NoModifier, (0, 0)),
        (Key.Key_End, Modifier.ControlModifier, (9_999, 9_999)),
        (Key.Key_PageUp, Modifier.NoModifier, None),
        (Key.Key_PageDown, Modifier.NoModifier, (9_999, 9_999)),
        (Key.Key_Home, Modifier.ControlModifier, (0, 0)),
        (Key.Key_A, Modifier.ControlModifier, (0, 10_000)),
    ):
        qtbot.keyClick(view, key, modifier)
        if selection is not None:
            assert view.selection == selection, key


def test_the_cursor_stays_in_view(qtbot, view):
    view.set_data(bytes(10_000))
    qtbot.keyClick(view, Key.Key_End, Modifier.ControlModifier)
    assert view.verticalScrollBar().value() == view.verticalScrollBar().maximum()
    qtbot.keyClick(view, Key.Key_Home, Modifier.ControlModifier)
    assert view.verticalScrollBar().value() == 0
    view.select(5_000, 5_010)
    assert view.selection == (5_000, 5_010)
    assert 0 < view.verticalScrollBar().value() < view.verticalScrollBar().maximum()


def test_without_a_selection_all_is_copied(view):
    view.set_data(b"\xc3\xbc!")
    view.copy_text()
    assert clipboard() == "ü!"
    view.copy_hex()
    assert clipboard() == "c3 bc 21"


def test_a_copy_that_is_cut_short_says_so(qtbot, view):
    view.set_data(bytes(17 * 1024 * 1024))
    view.select_all()
    with qtbot.waitSignal(view.cutShort) as told:
        view.copy_text()
    assert "16,777,216 of 17,825,792 bytes" in told.args[0]


def test_nothing_to_show_takes_any_key_and_click(qtbot, view):
    view.set_data(b"")
    for key in (Key.Key_Down, Key.Key_End, Key.Key_C, Key.Key_F5):
        qtbot.keyClick(view, key)
    qtbot.keyClick(view, Key.Key_A, Modifier.ControlModifier)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 50))
    assert view.selection == (0, 0)
    assert not view.grab().isNull()


def test_fifty_megabytes_paint_only_what_is_on_show(view):
    view.set_data(bytes(range(256)) * 200_000)
    painted = []
    line_text = view.line_text
    view.line_text = lambda line: (painted.append(line), line_text(line))[1]
    view.verticalScrollBar().setValue(view.verticalScrollBar().maximum() // 2)
    view.grab()
    assert 0 < len(set(painted)) < 60
    assert min(painted) > 1_000_000
    assert "51,200,000" in view.accessibleDescription()


@pytest.mark.parametrize("dark", [False, True])
def test_the_selection_is_painted_in_both_themes(view, dark):
    view.set_data(bytes(64))
    theme.theme_switch().apply(dark=dark)
    view.select(3, 40)
    image = view.grab().toImage()
    wanted = theme.current().color("selection").rgb()
    assert any(image.pixel(x, 12) == wanted for x in range(image.width()))


def test_the_menu_copies_too(view):
    view.set_data(b"abc")
    menu = view.findChild(QMenu, "testHexMenu")
    next(action for action in menu.actions() if action.objectName() == "testHexCopyTextAction").trigger()
    assert clipboard() == "abc"
