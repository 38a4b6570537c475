"""The main window: menus, geometry and theme around a session. What is inside is in :mod:`.session_view`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMainWindow

from .actions import PanelActions, ThemeActions, make_action
from .capture_actions import CaptureActions
from .dialogs.about import about_text, shortcuts_text
from .dialogs.text_dialog import TextDialog
from .dialogs.unsaved import UnsavedDialog
from .layout_store import Layout, LayoutStore
from .session_view import SessionView
from .tenant_actions import TenantActions
from .theme import ThemeChoice, theme_switch

if TYPE_CHECKING:
    from ..own_captures import OwnCaptures
    from .bridge import SessionBridge
    from .current_profile import CurrentProfile
    from .panels.composer import ComposerPanel
    from .tenant_control import TenantControl

TITLE = "Optave Inspector"
_SIZE = QSize(1440, 900)
_SMALLEST = QSize(900, 600)
_KEEP_MS = 2000


class MainWindow(QMainWindow):
    """Assembles; the panels know nothing of it. Closing it asks to quit: the app ends in order and then calls
    :meth:`close_for_good`."""

    quitAsked = Signal()

    def __init__(
        self,
        bridge: SessionBridge,
        current: CurrentProfile,
        layouts: LayoutStore,
        captures: OwnCaptures,
        tenant: TenantControl | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(TITLE)
        self._layouts = layouts
        self._closing = False
        self.view = SessionView(bridge, current)
        self.setCentralWidget(self.view)
        self._themes = ThemeActions(self)
        self._panels = PanelActions(self.view)
        self.captures = CaptureActions(self.view, captures)
        self.tenant_actions = TenantActions(self.view, tenant) if tenant is not None else None
        self._build_menus()
        self.setMinimumSize(_SMALLEST)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self._keep.timeout.connect(lambda: bridge.start(self.save_layout(), "save the layout"))
        # A draft must survive a crash; the rest of the layout is kept on the way out.
        self.view.composer.draftChanged.connect(self._keep.start)
        current.chosen.connect(self._show_title)
        self._show_title()

    @property
    def connect_action(self) -> QAction:
        """Connects as the current profile says."""
        return self.view.connection_actions.connect_

    @property
    def disconnect_action(self) -> QAction:
        """Closes with 1000, or gives up connecting."""
        return self.view.connection_actions.disconnect_

    @property
    def composer(self) -> ComposerPanel:
        """The composer of the session on show."""
        return self.view.composer

    def use_theme(self, *, dark: bool) -> None:
        """Dress the whole app in light or dark."""
        theme_switch().choose(ThemeChoice.DARK if dark else ThemeChoice.LIGHT)

    def restore_layout(self, layout: Layout) -> None:
        """Theme, size and docks as they were; as proposed where nothing was kept."""
        theme_switch().choose(layout.theme)
        if not layout.geometry or not self.restoreGeometry(QByteArray(layout.geometry)):
            self.resize(_proposed_size())
        self.view.area.restore_layout(layout.docks)
        self.view.restore_state(layout.panels)
        if self._layouts.problem:
            self.view.bridge.warned.emit("warning", self._layouts.problem)

    async def save_layout(self) -> None:
        """Keep theme, size, docks and drafts for the next time."""
        self._keep.stop()
        layout = Layout(
            geometry=self.saveGeometry().data(),
            docks=self.view.area.save_layout(),
            theme=theme_switch().choice,
            profile=self.view.current.profile.id,
            panels=self.view.save_state(),
        )
        problem = await asyncio.to_thread(self._layouts.save, layout)
        if problem:
            self.view.bridge.warned.emit("warning", problem)

    def ask_quit(self) -> None:
        """Ask to quit; where entries would go that neither the capture nor a copy holds, that is asked first."""
        store = self.view.bridge.session.store
        if not store.unsaved or self.captures.saving.saved >= store.count:
            self.quitAsked.emit()
            return
        dialog = UnsavedDialog(store.unsaved, store.lost_persistence, self)
        dialog.accepted.connect(self.quitAsked)
        dialog.saveAsked.connect(self.captures.saving.ask)
        dialog.open()

    def close_for_good(self) -> None:
        """Close without asking; everything must have ended before."""
        self._closing = True
        if self.tenant_actions is not None:
            self.tenant_actions.stop_listening()
        self.close()

    def closeEvent(self, event) -> None:
        if self._closing:
            event.accept()
        else:
            event.ignore()
            self.ask_quit()

    def _build_menus(self) -> None:
        view = self.view
        profiles = view.connection.profiles
        file = self._menu("&File", "fileMenu")
        for name, text, slot, tip in (
            ("newProfileAction", "&New profile…", profiles.ask_new, "Make a profile with the documented defaults"),
            ("renameProfileAction", "&Rename profile…", profiles.ask_rename, "Give the profile another name"),
            ("copyProfileAction", "&Copy profile…", profiles.ask_copy, "Copy the profile, without its secret"),
            ("deleteProfileAction", "&Delete profile…", profiles.ask_delete, "Delete the profile and its secret"),
        ):
            file.addAction(make_action(self, name, text, slot, tip=tip))
        file.addSeparator()
        file.addAction(self.captures.open_)
        file.addMenu(self.captures.recent)
        file.addAction(self.captures.importing.action)
        file.addActions([self.captures.saving.action, self.captures.export.action, self.captures.limits])
        file.addSeparator()
        quit_ = make_action(self, "quitAction", "&Quit", self.ask_quit, shortcut="Ctrl+Q", tip="End the app")
        file.addAction(quit_)
        self._menu("&Connection", "connectionMenu").addActions(view.connection_actions.all())
        shown = self._menu("&View", "viewMenu")
        shown.addActions(self._panels.toggles)
        shown.addAction(self._panels.reset)
        shown.addSeparator()
        go_to = shown.addMenu("&Go to")
        go_to.setObjectName("goToMenu")
        go_to.addActions(self._panels.go_to)
        go_to.addSeparator()
        go_to.addActions([self._panels.next, self._panels.former])
        theme = shown.addMenu("&Theme")
        theme.setObjectName("themeMenu")
        theme.addActions(self._themes.all())
        shown.addSeparator()
        tip = "Read and copy all messages of this session"
        shown.addAction(make_action(self, "messagesAction", "&Messages…", view.messages.show_history, tip=tip))
        if self.tenant_actions is not None:
            tenant = self._menu("Local &tenant", "tenantMenu")
            tenant.addActions([self.tenant_actions.connect_, self.tenant_actions.start, self.tenant_actions.stop])
            tenant.addSeparator()
            tenant.addActions(self.tenant_actions.faults())
        about = self._menu("&Help", "helpMenu")
        text, tip = "&Keyboard shortcuts", "Every shortcut and where it holds"
        about.addAction(make_action(self, "shortcutsAction", text, self._show_shortcuts, shortcut="F1", tip=tip))
        tip = "Versions and folders, to put into a problem report"
        about.addAction(make_action(self, "aboutAction", f"&About {TITLE}", self._show_about, tip=tip))

    def _menu(self, title: str, object_name: str):
        menu = self.menuBar().addMenu(title)
        menu.setObjectName(object_name)
        return menu

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.view.current.profile.name} · {TITLE}")

    def _show_shortcuts(self) -> None:
        TextDialog("Keyboard shortcuts", {"Shortcuts": shortcuts_text(self)}, "shortcutsDialog", self).open()

    def _show_about(self) -> None:
        TextDialog(f"About {TITLE}", {"About": about_text()}, "aboutDialog", self).open()


def _proposed_size() -> QSize:
    screen = QGuiApplication.primaryScreen()
    # The offscreen platform claims a screen of 800 by 800, which says nothing about what pictures should show.
    if screen is None or QGuiApplication.platformName() == "offscreen":
        return _SIZE
    return _SIZE.boundedTo(screen.availableSize() * 0.92).expandedTo(_SMALLEST)
