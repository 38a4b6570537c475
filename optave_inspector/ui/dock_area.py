"""Where the panels of one session are: frames in the middle, the others in docks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

from .widgets.dock import PanelDock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .widgets.panel import Panel

_STATE_VERSION = 1
_Area = Qt.DockWidgetArea


class DockArea(QMainWindow):
    """A window within the window: docks that the user can move, tab, float and hide."""

    def __init__(self, *, left: Panel, centre: Panel, right: Panel, bottom_left: Panel, bottom_right: Panel) -> None:
        super().__init__()
        self.setWindowFlag(Qt.WindowType.Widget)
        self.setObjectName("dockArea")
        self.setDockOptions(
            QMainWindow.DockOption.AnimatedDocks
            | QMainWindow.DockOption.AllowNestedDocks
            | QMainWindow.DockOption.AllowTabbedDocks
        )
        self.setTabPosition(_Area.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.setCentralWidget(centre)
        # The bottom row spans the whole width.
        self.setCorner(Qt.Corner.BottomLeftCorner, _Area.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, _Area.BottomDockWidgetArea)
        self._centre = centre
        self._homes = {
            PanelDock(left, self): _Area.LeftDockWidgetArea,
            PanelDock(right, self): _Area.RightDockWidgetArea,
            PanelDock(bottom_left, self): _Area.BottomDockWidgetArea,
            PanelDock(bottom_right, self): _Area.BottomDockWidgetArea,
        }
        self.panels: Sequence[Panel] = (left, centre, right, bottom_left, bottom_right)
        """In the order in which the keyboard goes through them."""
        self._sized = False
        self._chosen = False
        self._place()

    @property
    def docks(self) -> list[PanelDock]:
        """All docks, left to right, top to bottom."""
        return list(self._homes)

    def save_layout(self) -> bytes:
        """Places and sizes of all docks; empty while they are as proposed, and go on suiting the window."""
        return b"" if self._is_as_proposed() else self.saveState(_STATE_VERSION).data()

    def restore_layout(self, state: bytes) -> bool:
        """Put the docks where they were; False when ``state`` is not of this version, and then nothing changes."""
        if not state or not self.restoreState(QByteArray(state), _STATE_VERSION):
            return False
        self._sized = self._chosen = True
        return True

    def reset_layout(self) -> None:
        """Put all docks back to where they begin, in the sizes that suit the window."""
        self._chosen = False
        self._place()
        self._propose_sizes()

    def go_to(self, panel: Panel) -> None:
        """Bring a panel forward and put the keyboard focus into it, where it was before."""
        for dock in self.docks:
            if dock.panel is panel:
                dock.bring_forward()
                if dock.isFloating():
                    dock.activateWindow()
        _target(panel).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def go_on(self, step: int) -> None:
        """Put the focus into the next (1) or the former (-1) panel that is on show."""
        shown = [panel for panel in self.panels if panel.isVisibleTo(self.window()) or panel.isVisible()]
        focused = self.window().focusWidget()
        here = next((i for i, panel in enumerate(shown) if focused and _contains(panel, focused)), -step)
        if shown:
            self.go_to(shown[(here + step) % len(shown)])

    def showEvent(self, event) -> None:
        super().showEvent(event)
        if not self._sized:
            self._sized = True
            self._propose_sizes()

    def resizeEvent(self, event) -> None:
        super().resizeEvent(event)
        if self._sized and not self._chosen:
            self._propose_sizes()

    def event(self, event) -> bool:
        # Only presses on the lines between docks reach the area itself: the user takes the sizes in hand.
        if event.type() is QEvent.Type.MouseButtonPress and self.isSeparator(event.position().toPoint()):
            self._chosen = True
        return super().event(event)

    def _place(self) -> None:
        for dock, area in self._homes.items():
            dock.setFloating(False)
            self.removeDockWidget(dock)
            self.addDockWidget(area, dock)
            dock.show()
        *_, bottom_left, bottom_right = self.docks
        self.splitDockWidget(bottom_left, bottom_right, Qt.Orientation.Horizontal)

    def _propose_sizes(self) -> None:
        left, right, bottom_left, bottom_right = self.docks
        width, height = self.width(), self.height()
        sides = [min(max(width * 20 // 100, 250), 340), min(max(width * 26 // 100, 270), 480)]
        self.resizeDocks([left, right], sides, Qt.Orientation.Horizontal)
        self.resizeDocks([bottom_left], [min(max(height * 40 // 100, 220), 460)], Qt.Orientation.Vertical)
        self.resizeDocks([bottom_left, bottom_right], [width // 2, width - width // 2], Qt.Orientation.Horizontal)

    def _is_as_proposed(self) -> bool:
        return not self._chosen and all(
            self.dockWidgetArea(dock) == home
            and not dock.isFloating()
            and not dock.isHidden()
            and not self.tabifiedDockWidgets(dock)
            for dock, home in self._homes.items()
        )


def _contains(panel: Panel, widget: QWidget) -> bool:
    return widget is panel or panel.isAncestorOf(widget) or panel.header_bar.isAncestorOf(widget)


def _target(panel: Panel) -> QWidget:
    """Where the focus was, else the first control; an empty panel takes the focus itself."""
    candidates = (panel.focusWidget(), panel.focusProxy(), *panel.findChildren(QWidget))
    for widget in candidates:
        if widget is None or widget is panel or not widget.isVisibleTo(panel) or not widget.isEnabled():
            continue
        if widget.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return widget
    return panel
