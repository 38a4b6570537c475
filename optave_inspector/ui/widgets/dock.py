"""A dock whose title bar is the header of the panel in it, with a menu that does by keyboard what dragging does."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget, QMenu, QToolButton

if TYPE_CHECKING:
    from PySide6.QtWidgets import QMainWindow

    from .panel import Panel

_AREAS = {
    "Left": Qt.DockWidgetArea.LeftDockWidgetArea,
    "Right": Qt.DockWidgetArea.RightDockWidgetArea,
    "Top": Qt.DockWidgetArea.TopDockWidgetArea,
    "Bottom": Qt.DockWidgetArea.BottomDockWidgetArea,
}


class PanelDock(QDockWidget):
    """Holds one panel. Drag it by its heading; a double click on the heading floats it."""

    def __init__(self, panel: Panel, area: QMainWindow) -> None:
        super().__init__(panel.title_label.text(), area)
        self._area = area
        self.panel = panel
        name = panel.objectName()
        self.setObjectName(f"{name}Dock")
        self.setAccessibleName(f"{self.windowTitle()} dock")
        self.setWidget(panel)
        self._menu = QMenu(self)
        self._menu.setObjectName(f"{name}DockMenu")
        self._menu.aboutToShow.connect(self._fill_menu)
        self.menu_button = QToolButton()
        self.menu_button.setObjectName(f"{name}DockMenuButton")
        self.menu_button.setAccessibleName(f"{self.windowTitle()} panel: move, float or hide")
        self.menu_button.setToolTip("Move, float or hide this panel")
        self.menu_button.setText("⋮")
        self.menu_button.setProperty("kind", "quiet")
        self.menu_button.setProperty("compact", True)
        self.menu_button.setFixedSize(22, 20)
        self.menu_button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.menu_button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.menu_button.setMenu(self._menu)
        header = panel.take_header()
        panel.header.addWidget(self.menu_button)
        header.setCursor(Qt.CursorShape.ArrowCursor)
        self.setTitleBarWidget(header)

    def bring_forward(self) -> None:
        """Show the dock, in front of those that are tabbed with it."""
        self.show()
        self.raise_()

    def _fill_menu(self) -> None:
        self._menu.clear()
        if self.panel.own_actions:
            self._menu.addActions(self.panel.own_actions)
            self._menu.addSeparator()
        here = self._area.dockWidgetArea(self)
        for name, place in _AREAS.items():
            action = self._menu.addAction(f"Move to the {name.lower()}")
            action.setEnabled(self.isFloating() or place != here)
            action.triggered.connect(partial(self._move, place))
        others = [dock for dock in self._area.findChildren(PanelDock) if dock is not self and not dock.isFloating()]
        tabs = self._menu.addMenu("Tab with")
        for other in others:
            tabs.addAction(other.windowTitle()).triggered.connect(partial(self._tab_with, other))
        self._menu.addSeparator()
        self._menu.addAction("Dock again" if self.isFloating() else "Float").triggered.connect(self._toggle_floating)
        self._menu.addAction("Hide").triggered.connect(self.hide)

    def _move(self, place: Qt.DockWidgetArea) -> None:
        self.setFloating(False)
        self._area.addDockWidget(place, self)

    def _tab_with(self, other: PanelDock) -> None:
        self.setFloating(False)
        other.show()
        self._area.tabifyDockWidget(other, self)
        self.bring_forward()

    def _toggle_floating(self) -> None:
        self.setFloating(not self.isFloating())
