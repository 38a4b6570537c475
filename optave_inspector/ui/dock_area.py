"""Where the panels of one session are: frames in the middle, the others in docks around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, Qt
from PySide6.QtWidgets import QMainWindow, QTabWidget, QWidget

from .widgets.dock import PanelDock

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .widgets.panel import Panel

_STATE_VERSION = 2
_Area = Qt.DockWidgetArea


class DockArea(QMainWindow):
    """A window within the window: docks that the user can move, tab, float and hide.

    Panels that share a place are tabs there until the user takes them apart.
    """

    def __init__(
        self,
        *,
        centre: Panel,
        left: Sequence[Panel] = (),
        right: Sequence[Panel] = (),
        bottom_left: Sequence[Panel] = (),
        bottom_right: Sequence[Panel] = (),
    ) -> None:
        """Panels that share a place become tabs, the first in front; a place without panels takes no room."""
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
        self._left, self._right, self._bottom_left, self._bottom_right = (
            [PanelDock(panel, self) for panel in panels] for panels in (left, right, bottom_left, bottom_right)
        )
        self._centre = centre
        self._homes = {
            dock: area
            for docks, area in (
                (self._left, _Area.LeftDockWidgetArea),
                (self._right, _Area.RightDockWidgetArea),
                (self._bottom_left, _Area.BottomDockWidgetArea),
                (self._bottom_right, _Area.BottomDockWidgetArea),
            )
            for dock in docks
        }
        self.panels: Sequence[Panel] = (*left, centre, *right, *bottom_left, *bottom_right)
        """In the order in which the keyboard goes through them."""
        self._sized = False
        self._chosen = False
        self._place()

    @property
    def docks(self) -> list[PanelDock]:
        """All docks, left to right, top to bottom; those that share a place one after another."""
        return list(self._homes)

    def dock_of(self, panel: Panel) -> PanelDock:
        """The dock that holds ``panel``; the centre has none."""
        return next(dock for dock in self._homes if dock.panel is panel)

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
        if panel is not self._centre:
            dock = self.dock_of(panel)
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
        if self._bottom_left and self._bottom_right:
            self.splitDockWidget(self._bottom_left[0], self._bottom_right[0], Qt.Orientation.Horizontal)
        for docks in self._places():
            for dock in docks[1:]:
                self.tabifyDockWidget(docks[0], dock)
            docks[0].raise_()

    def _propose_sizes(self) -> None:
        width, height = self.width(), self.height()
        sides = (
            (self._left, min(max(width * 20 // 100, 250), 340)),
            (self._right, min(max(width * 26 // 100, 270), 480)),
        )
        shown = [(docks[0], size) for docks, size in sides if docks]
        self.resizeDocks([dock for dock, _ in shown], [size for _, size in shown], Qt.Orientation.Horizontal)
        bottom = [docks[0] for docks in (self._bottom_left, self._bottom_right) if docks]
        if bottom:
            self.resizeDocks(bottom[:1], [min(max(height * 40 // 100, 220), 460)], Qt.Orientation.Vertical)
            halves = [width // 2, width - width // 2] if len(bottom) == 2 else [width]
            self.resizeDocks(bottom, halves, Qt.Orientation.Horizontal)

    def _is_as_proposed(self) -> bool:
        together = {dock: docks for docks in self._places() for dock in docks}
        return not self._chosen and all(
            self.dockWidgetArea(dock) == home
            and not dock.isFloating()
            and not dock.isHidden()
            and {dock, *self.tabifiedDockWidgets(dock)} == set(together[dock])
            for dock, home in self._homes.items()
        )

    def _places(self) -> list[list[PanelDock]]:
        return [docks for docks in (self._left, self._right, self._bottom_left, self._bottom_right) if docks]


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
