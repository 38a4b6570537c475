"""Shortcuts that the user changes: what holds at once, what is refused in words, what is kept and put back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMainWindow

from optave_inspector.errors import InspectorError
from optave_inspector.ui.actions import make_action
from optave_inspector.ui.dialogs.settings_shortcuts import ShortcutsPage
from optave_inspector.ui.shortcut_file import ShortcutFile
from optave_inspector.ui.shortcuts import Shortcuts
from optave_inspector.ui.widgets.panel import Panel

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QAction


class Desk:
    """A window with two actions of its own and one of a panel."""

    def __init__(self, qtbot, path: Path) -> None:
        self.window = QMainWindow()
        qtbot.addWidget(self.window)
        self.panel = Panel("Notes", "notesPanel", self.window)
        self.done: list[str] = []
        self.connect = self.action("connectAction", "&Connect", "F5")
        self.quit = self.action("quitAction", "&Quit", "Ctrl+Q")
        self.copy = make_action(self.panel, "copyNoteAction", "Copy", lambda: None, shortcut="Ctrl+C")
        self.copy.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self.path = path
        self.shortcuts = Shortcuts(ShortcutFile(path), self.window)
        self.shortcuts.adopt(self.window)

    def action(self, name: str, text: str, keys: str) -> QAction:
        made = make_action(self.window, name, text, lambda: self.done.append(name), shortcut=keys)
        self.window.addAction(made)
        return made


@pytest.fixture
def desk(qtbot, tmp_path: Path) -> Desk:
    return Desk(qtbot, tmp_path / "shortcuts.json")


def test_a_changed_shortcut_works_at_once_and_at_the_next_start(desk: Desk, qtbot) -> None:
    desk.shortcuts.set("connectAction", "Ctrl+Alt+J")
    with qtbot.waitActive(desk.window):
        desk.window.show()
        desk.window.activateWindow()
    QTest.keyClick(desk.window, Qt.Key.Key_J, Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier)
    assert desk.done == ["connectAction"]
    assert json.loads(desk.path.read_text())["shortcuts"] == {"connectAction": "Ctrl+Alt+J"}
    assert desk.path.stat().st_mode & 0o077 == 0
    again = Desk(qtbot, desk.path)
    assert again.connect.shortcut().toString() == "Ctrl+Alt+J"


def test_keys_of_another_action_are_refused_in_words_unless_they_are_taken(desk: Desk) -> None:
    with pytest.raises(InspectorError, match="F5 belongs to “Connect”"):
        desk.shortcuts.set("quitAction", "F5")
    assert desk.quit.shortcut().toString() == "Ctrl+Q"
    desk.shortcuts.set("quitAction", "F5", take=True)
    assert desk.quit.shortcut().toString() == "F5"
    assert desk.connect.shortcut().isEmpty()


def test_keys_of_a_panel_and_of_the_window_would_both_be_meant(desk: Desk) -> None:
    assert desk.shortcuts.holder("copyNoteAction", "F5") is not None
    other = Panel("Other", "otherPanel", desk.window)
    make_action(other, "copyOtherAction", "Copy", lambda: None, shortcut="F9")
    desk.shortcuts.adopt(desk.window)
    assert desk.shortcuts.holder("copyNoteAction", "F9") is None


@pytest.mark.parametrize("keys", ["Ctrl+C", "Ctrl+V", "Tab", "Esc"])
def test_keys_that_fields_and_dialogs_need_are_refused(desk: Desk, keys: str) -> None:
    with pytest.raises(InspectorError):
        desk.shortcuts.set("connectAction", keys)
    assert desk.connect.shortcut().toString() == "F5"


def test_one_and_all_can_be_put_back(desk: Desk) -> None:
    desk.shortcuts.set("connectAction", "F8")
    desk.shortcuts.set("quitAction", "")
    desk.shortcuts.reset("connectAction")
    assert desk.connect.shortcut().toString() == "F5"
    assert [row.name for row in desk.shortcuts.rows() if row.is_changed] == ["quitAction"]
    desk.shortcuts.reset_all()
    assert desk.quit.shortcut().toString() == "Ctrl+Q"
    assert json.loads(desk.path.read_text())["shortcuts"] == {}


def test_a_session_that_comes_later_has_the_changed_shortcuts(desk: Desk) -> None:
    desk.shortcuts.set("connectAction", "F8")
    later = desk.action("connectAction", "&Connect", "F5")
    desk.shortcuts.adopt(desk.window)
    assert later.shortcut().toString() == "F8"


@pytest.mark.parametrize("content", ["{", '{"version": 9}', '{"shortcuts": {"a": 1}}', "\xff"])
def test_a_file_that_cannot_be_read_is_told_and_kept(qtbot, tmp_path: Path, content: str) -> None:
    path = tmp_path / "shortcuts.json"
    path.write_bytes(content.encode("latin-1"))
    desk = Desk(qtbot, path)
    assert "shortcuts.json" in desk.shortcuts.problem
    assert desk.connect.shortcut().toString() == "F5"
    desk.shortcuts.set("connectAction", "F8")
    assert (tmp_path / "shortcuts.set-aside.json").read_bytes() == content.encode("latin-1")
    assert Desk(qtbot, path).connect.shortcut().toString() == "F8"


def test_names_and_keys_that_nobody_knows_change_nothing_and_stay(qtbot, tmp_path: Path) -> None:
    path = tmp_path / "shortcuts.json"
    path.write_text('{"version": 1, "shortcuts": {"goneAction": "F3", "quitAction": "Nonsense+Ü+"}}')
    desk = Desk(qtbot, path)
    desk.shortcuts.set("connectAction", "F8")
    assert json.loads(path.read_text())["shortcuts"]["goneAction"] == "F3"


def test_a_folder_that_takes_nothing_is_told_in_the_page(qtbot, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    desk = Desk(qtbot, file / "shortcuts.json")
    with pytest.raises(InspectorError, match="cannot be kept"):
        desk.shortcuts.set("connectAction", "F8")
    assert desk.connect.shortcut().toString() == "F5"


def test_the_page_tells_of_a_conflict_and_takes_the_keys_only_when_asked_again(desk: Desk, qtbot) -> None:
    page = ShortcutsPage(desk.shortcuts)
    qtbot.addWidget(page)
    page.show()
    assert page.find("quit") == 1
    page.keys.setKeySequence("F5")
    page.set_button.click()
    assert "F5 belongs to “Connect”" in page._words.text()
    assert desk.quit.shortcut().toString() == "Ctrl+Q"
    page.set_button.click()
    assert desk.quit.shortcut().toString() == "F5"
    assert "“Connect” has none now" in page._words.text()
    page.find("")
    assert page.model.rows[page.table.currentIndex().row()].name in {"connectAction", "quitAction", "copyNoteAction"}
    page.all_button.click()
    assert desk.connect.shortcut().toString() == "F5"


def test_the_field_for_keys_lets_the_keyboard_out(desk: Desk, qtbot) -> None:
    page = ShortcutsPage(desk.shortcuts)
    qtbot.addWidget(page)
    page.show()
    page.keys.setFocus()
    QTest.keyClick(page.window().focusWidget() or page.keys, Qt.Key.Key_Tab)
    assert page.focusWidget() is page.set_button
