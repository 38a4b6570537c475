"""Where panels are: places with several tabs, with one, with none."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton, QTabBar

from optave_inspector.ui.dock_area import DockArea
from optave_inspector.ui.widgets.panel import Panel


def panel(name: str) -> Panel:
    made = Panel(name.capitalize(), f"{name}Panel")
    made.body.addWidget(QPushButton(name))
    return made


@pytest.fixture
def area(qtbot) -> DockArea:
    made = DockArea(
        centre=panel("centre"),
        right=[panel("first"), panel("second"), panel("third")],
        bottom_left=[panel("below")],
    )
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    qtbot.waitExposed(made)
    return made


def names(area: DockArea) -> dict[str, Panel]:
    return {each.title_label.text(): each for each in area.panels}


def in_front(area: DockArea, name: str) -> bool:
    return not names(area)[name].visibleRegion().isEmpty()


def test_panels_of_one_place_are_tabs_with_the_first_in_front(area: DockArea, qtbot) -> None:
    first, second, third = (area.dock_of(names(area)[name]) for name in ("First", "Second", "Third"))
    assert set(area.tabifiedDockWidgets(first)) == {second, third}
    qtbot.waitUntil(lambda: in_front(area, "First") and not in_front(area, "Second"))
    bar = next(bar for bar in area.findChildren(QTabBar) if bar.count() == 3)
    assert [bar.tabText(index) for index in range(3)] == ["First", "Second", "Third"]


def test_a_place_without_panels_takes_no_room(area: DockArea, qtbot) -> None:
    left = Qt.DockWidgetArea.LeftDockWidgetArea
    assert all(area.dockWidgetArea(dock) != left for dock in area.docks)
    qtbot.waitUntil(lambda: names(area)["Centre"].x() <= 1)


def test_going_to_a_panel_brings_its_tab_to_the_front(area: DockArea, qtbot) -> None:
    area.go_to(names(area)["Third"])
    qtbot.waitUntil(lambda: in_front(area, "Third") and not in_front(area, "First"))
    focused = area.window().focusWidget()
    assert names(area)["Third"].isAncestorOf(focused)


def test_stepping_goes_through_the_panels_behind_others_too(area: DockArea, qtbot) -> None:
    area.go_to(area.panels[0])
    seen = []
    for _ in area.panels:
        area.go_on(1)
        focused = area.window().focusWidget()
        seen.append(next(each.title_label.text() for each in area.panels if each.isAncestorOf(focused)))
    assert sorted(seen) == sorted(names(area))


def test_tabs_as_proposed_are_not_kept_and_others_are(area: DockArea) -> None:
    assert area.save_layout() == b""
    third = area.dock_of(names(area)["Third"])
    area.addDockWidget(Qt.DockWidgetArea.LeftDockWidgetArea, third)
    assert area.save_layout() != b""
    area.reset_layout()
    assert area.save_layout() == b""
    assert third in area.tabifiedDockWidgets(area.dock_of(names(area)["First"]))
