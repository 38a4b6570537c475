"""Several rows of the log at once: selected by mouse and keyboard, lit, copied."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from optave_inspector.ui import theme
from optave_inspector.ui.panels import frames_menu
from tests.ui.frames_desk import FramesDesk

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
NONE = Qt.KeyboardModifier.NoModifier
COUNT = 8


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    for number in range(1, COUNT + 1):
        made.wire.message({"number": number})
    made.arrive()
    yield made
    made.close()


def click(qtbot, desk, row: int, keys=NONE) -> None:
    view = desk.panel.view
    rect = view.visualRect(desk.panel.model.index(row, 1))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, keys, rect.center())


def lit(desk) -> list[int]:
    """The entries whose rows are painted as selected."""
    view = desk.panel.view
    picture = view.viewport().grab().toImage()
    selection = theme.current().color("selection").rgb()
    rows = range(desk.panel.model.rowCount())
    tops = [(row, view.rowViewportPosition(row)) for row in rows]
    return [row + 1 for row, top in tops if picture.pixel(picture.width() - 2, top + 3) == selection]


def test_a_click_with_control_adds_a_row_and_takes_it_away_again(qtbot, desk) -> None:
    click(qtbot, desk, 1)
    click(qtbot, desk, 4, CONTROL)
    click(qtbot, desk, 6, CONTROL)
    assert desk.panel.view.selected_numbers() == [2, 5, 7] == lit(desk)
    assert desk.bridge.selected_entry == 7
    click(qtbot, desk, 4, CONTROL)
    assert desk.panel.view.selected_numbers() == [2, 7] == lit(desk)
    click(qtbot, desk, 0)
    assert desk.panel.view.selected_numbers() == [1] == lit(desk)


def test_a_click_with_shift_selects_all_rows_between(qtbot, desk) -> None:
    click(qtbot, desk, 5)
    click(qtbot, desk, 2, SHIFT)
    assert desk.panel.view.selected_numbers() == [3, 4, 5, 6] == lit(desk)


def test_new_entries_leave_the_selection_as_it_is(qtbot, desk) -> None:
    click(qtbot, desk, 1)
    click(qtbot, desk, 3, CONTROL)
    desk.wire.message({"number": COUNT + 1})
    desk.arrive()
    assert desk.panel.view.selected_numbers() == [2, 4] == lit(desk)


def test_an_entry_that_is_selected_elsewhere_is_the_only_one(qtbot, desk) -> None:
    click(qtbot, desk, 1)
    click(qtbot, desk, 3, SHIFT)
    desk.bridge.select_entry(8)
    assert desk.panel.view.selected_numbers() == [8] == lit(desk)


def test_all_selected_rows_are_copied(qtbot, desk) -> None:
    click(qtbot, desk, 1)
    click(qtbot, desk, 3, CONTROL)
    qtbot.keyClick(desk.panel.view, Qt.Key.Key_C, CONTROL)
    lines = QGuiApplication.clipboard().text().split("\n")
    columns = desk.panel.view.frame_header.shown_columns()
    assert lines == [desk.panel.model.row_text(row, columns) for row in (1, 3)]


def test_too_many_rows_are_not_copied_and_it_is_said_what_to_do(qtbot, desk, monkeypatch) -> None:
    monkeypatch.setattr(frames_menu, "_MOST_ROWS", COUNT - 1)
    QGuiApplication.clipboard().setText("before")
    said = []
    desk.bridge.warned.connect(lambda *told: said.append(told))
    desk.panel.view.setFocus()
    qtbot.keyClick(desk.panel.view, Qt.Key.Key_A, CONTROL)
    qtbot.keyClick(desk.panel.view, Qt.Key.Key_C, CONTROL)
    assert QGuiApplication.clipboard().text() == "before"
    assert said == [("warning", "8 rows are too many to copy. Export them: File, Export.")]
