"""Proposals and help at the filter line."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt, QUrl
from PySide6.QtGui import QTextCursor
from shiboken6 import isValid

from optave_inspector.capture.query import parse
from optave_inspector.ui import theme
from optave_inspector.ui.dialogs.filter_help import FilterHelp
from tests.ui.frames_desk import FramesDesk

Key = Qt.Key
CONTROL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    made.wire.answer(made.wire.request("adjust"))
    made.wire.ended(1011)
    made.arrive()
    made.edit.setFocus()
    yield made
    made.close()


def offered(desk):
    shown = desk.bar.completion.list
    rows = range(shown.topLevelItemCount() if desk.bar.completion.is_open else 0)
    return [shown.topLevelItem(row).text(0) for row in rows]


def test_keys_are_proposed_while_one_types_and_none_before(qtbot, desk):
    assert offered(desk) == []
    qtbot.keyClicks(desk.edit, "la")
    assert offered(desk)[0] == "latency>"
    qtbot.keyClicks(desk.edit, "zzz")
    assert offered(desk) == []


def test_tab_takes_the_first_proposal_and_goes_on_to_the_values(qtbot, desk):
    qtbot.keyClicks(desk.edit, "di")
    qtbot.keyClick(desk.edit, Key.Key_Tab)
    assert desk.edit.text() == "dir:"
    assert offered(desk)[:2] == ["in", "out"]
    qtbot.keyClick(desk.edit, Key.Key_Tab)
    assert desk.edit.text() == "dir:in "
    assert offered(desk) == []
    assert desk.edit.hasFocus()


def test_values_that_came_over_the_wire_are_proposed(qtbot, desk):
    qtbot.keyClicks(desk.edit, "action:ad")
    assert offered(desk)[0] == "adjust"
    desk.edit.clear()
    qtbot.keyClicks(desk.edit, "code:")
    assert "1011" in offered(desk)
    desk.wire.ended(4001)
    desk.arrive()
    qtbot.keyClicks(desk.edit, "4")
    assert offered(desk) == ["4001"]


def test_enter_filters_while_proposals_are_on_show(qtbot, desk):
    qtbot.keyClicks(desk.edit, "adju")
    desk.bar.completion.offer()
    qtbot.keyClicks(desk.edit, "st or a")
    assert offered(desk)
    qtbot.keyClick(desk.edit, Key.Key_Return)
    assert offered(desk) == []
    assert desk.edit.text() == "adjust or a"
    assert str(desk.bar.query) == "adjust or a"
    assert desk.panel.view.hasFocus()


def test_down_chooses_and_enter_takes_what_was_chosen(qtbot, desk):
    qtbot.keyClicks(desk.edit, "dir:")
    qtbot.keyClick(desk.edit, Key.Key_Down)
    qtbot.keyClick(desk.edit, Key.Key_Down)
    assert desk.bar.completion.list.currentItem().text(0) == "out"
    qtbot.keyClick(desk.edit, Key.Key_Return)
    assert desk.edit.text() == "dir:out "
    assert desk.edit.hasFocus()
    qtbot.keyClick(desk.edit, Key.Key_Z, CONTROL)
    assert "out" not in desk.edit.text()


def test_up_begins_at_the_end_and_goes_round(qtbot, desk):
    qtbot.keyClicks(desk.edit, "dir:")
    qtbot.keyClick(desk.edit, Key.Key_Up)
    last = desk.bar.completion.list.currentItem().text(0)
    assert last == offered(desk)[-1]
    qtbot.keyClick(desk.edit, Key.Key_Down)
    assert desk.bar.completion.list.currentItem().text(0) == "in"


def test_escape_closes_the_list_before_anything_else(qtbot, desk):
    qtbot.keyClicks(desk.edit, "di")
    qtbot.keyClick(desk.edit, Key.Key_Escape)
    assert offered(desk) == []
    assert desk.edit.text() == "di"
    qtbot.keyClick(desk.edit, Key.Key_Escape)


def test_down_without_proposals_goes_to_the_log(qtbot, desk):
    qtbot.keyClick(desk.edit, Key.Key_Down)
    assert desk.panel.view.hasFocus()


def test_ctrl_space_asks_for_proposals_anywhere(qtbot, desk):
    qtbot.keyClick(desk.edit, Key.Key_Space, CONTROL)
    assert "dir:" in offered(desk)
    qtbot.keyClick(desk.edit, Key.Key_Left)
    assert offered(desk) == []


def test_a_click_takes_a_proposal_in_the_middle_of_the_text(qtbot, desk):
    desk.edit.setText("😀 ki refund")
    desk.edit.setCursorPosition(5)
    desk.bar.completion.offer()
    listed = desk.bar.completion.list
    item = next(listed.topLevelItem(row) for row in range(listed.topLevelItemCount()))
    qtbot.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=listed.visualItemRect(item).center())
    assert desk.edit.text() == "😀 kind: refund"
    assert desk.edit.cursorPosition() == len("😀 kind:") + 1


def test_leaving_the_line_closes_the_list(qtbot, desk):
    qtbot.keyClicks(desk.edit, "di")
    desk.panel.view.setFocus()
    assert offered(desk) == []


def test_a_text_set_by_a_program_opens_nothing(desk):
    desk.bar.set_text("dir:out")
    assert offered(desk) == []


@pytest.mark.parametrize("size", [(900, 400), (420, 170), (420, 600)])
def test_the_list_is_within_the_window(qtbot, desk, size):
    desk.panel.resize(*size)
    qtbot.wait(1)
    qtbot.keyClicks(desk.edit, "i")
    frame = desk.bar.completion.frame
    assert frame.isVisible()
    assert desk.panel.rect().contains(frame.geometry())
    edit = desk.edit.rect().translated(desk.edit.mapTo(desk.panel, QPoint(0, 0)))
    assert not frame.geometry().intersects(edit)


def test_a_capture_that_cannot_be_read_does_not_disturb_the_typing(qtbot, desk):
    desk.store.close()
    qtbot.keyClicks(desk.edit, "di")
    assert "dir:" in offered(desk)


@pytest.mark.parametrize("dark", [False, True])
def test_the_help_shows_every_key_and_its_examples_filter(qtbot, desk, dark):
    theme.theme_switch().apply(dark=dark)
    desk.bar.help_button.click()
    dialog = next(one for one in desk.panel.window().findChildren(FilterHelp) if one.isVisible())
    shown = dialog.text.toPlainText()
    for word in ("latency", "is:bookmarked", "$.a[0]", "code:1011", "Also direction."):
        assert word in shown
    examples = []
    dialog.exampleChosen.connect(examples.append)
    cursor = QTextCursor(dialog.text.document())
    addresses = set()
    while not cursor.atEnd():
        cursor.movePosition(QTextCursor.MoveOperation.NextCharacter)
        if cursor.charFormat().isAnchor():
            addresses.add(cursor.charFormat().anchorHref())
    assert len(addresses) > 30
    dialog.finished.disconnect()
    for address in sorted(addresses):
        dialog.text.anchorClicked.emit(QUrl(address))
        assert not parse(examples[-1]).is_empty
    assert '"free text"' in examples
    assert "/regex/i" in examples
    assert not dialog.isVisible()
    assert str(desk.bar.query) == str(parse(examples[-1]))
    dialog.deleteLater()


def test_the_line_may_outlive_the_window_that_held_the_list(qtbot, desk):
    qtbot.keyClicks(desk.edit, "la")
    assert offered(desk)
    desk.bar.completion.frame.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    assert not isValid(desk.bar.completion.frame)
    with qtbot.captureExceptions() as raised:
        desk.edit.clearFocus()
        desk.edit.hide()
        qtbot.keyClick(desk.edit, Key.Key_Escape)
    assert raised == []
