"""Filters under a name, from the menu of the filter line."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QDialog

from optave_inspector.capture.saved_filters import SavedFilters
from optave_inspector.ui.dialogs.question import ConfirmDialog, TextQuestion
from tests.ui.frames_desk import FramesDesk


@pytest.fixture
def desk(aio, qtbot):
    made = FramesDesk(aio, qtbot)
    yield made
    made.close()


@pytest.fixture
def saved(home):
    home.mkdir()
    (home / "config").mkdir()
    return SavedFilters(home / "config" / "filters.json")


def open_menu(desk):
    menu = desk.panel.saved_filters
    menu.aboutToShow.emit()
    actions = [*menu.actions(), *menu.delete_menu.actions()]
    return {one.objectName(): one for one in actions if one.isVisible() and one.objectName().startswith("frames")}


def dialog(desk, kind):
    return next(one for one in desk.panel.window().findChildren(kind) if one.isVisible())


def test_without_saved_filters_the_menu_says_so(desk, saved):
    desk.text("{}")
    actions = open_menu(desk)
    assert set(actions) == {"framesSaveFilterAction", "framesNoSavedFilters"}
    assert not actions["framesSaveFilterAction"].isEnabled()


def test_the_folder_is_not_made_before_it_is_needed(desk, home):
    desk.text("{}")
    assert not home.exists()


def test_a_filter_is_kept_under_a_name_and_used_again(qtbot, desk, saved):
    desk.text('{"a": 1}', '{"b": 1}')
    desk.ask("$.b:1")
    open_menu(desk)["framesSaveFilterAction"].trigger()
    asked = dialog(desk, TextQuestion)
    asked.field.setText("only b & c")
    asked.accept_button.click()
    assert [(one.name, one.query) for one in saved.all()] == [("only b & c", "$.b:1")]
    desk.ask("")
    use = open_menu(desk)["framesUseFilter1"]
    assert use.text() == "only b && c"
    assert use.toolTip() == "$.b:1"
    use.trigger()
    desk.wait_searched()
    assert desk.edit.text() == "$.b:1"
    assert desk.numbers() == [2]


def test_a_wrong_filter_cannot_be_saved(desk, saved):
    desk.text("{}")
    desk.ask("dir:in foo:1")
    assert not open_menu(desk)["framesSaveFilterAction"].isEnabled()
    desk.panel.saved_filters.ask_name()
    assert not desk.panel.window().findChildren(QDialog)


def test_a_filter_is_deleted_after_a_question(desk, saved):
    desk.text("{}")
    saved.save("a", "dir:in")
    saved.save("b", "dir:out")
    open_menu(desk)["framesDeleteFilter1"].trigger()
    dialog(desk, ConfirmDialog).accept()
    assert [one.name for one in saved.all()] == ["b"]
    assert set(open_menu(desk)) >= {"framesUseFilter1", "framesDeleteFilter1"}
    assert "framesUseFilter2" not in open_menu(desk)


def test_a_damaged_file_is_told_once(desk, home, saved):
    (home / "config" / "filters.json").write_text("{")
    told = []
    desk.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    open_menu(desk)
    open_menu(desk)
    assert len(told) == 1
    assert told[0][0] == "warning"
    assert "set aside" in told[0][1]


def test_a_file_that_cannot_be_used_is_told_and_nothing_breaks(desk, home, saved):
    (home / "config" / "filters.json").mkdir()
    told = []
    desk.bridge.warned.connect(lambda kind, sentence: told.append((kind, sentence)))
    desk.text("{}")
    desk.ask("dir:in")
    open_menu(desk)
    desk.panel.saved_filters._save("a", "dir:in")
    desk.panel.saved_filters._delete("a")
    assert [kind for kind, _ in told] == ["error"] * 3
