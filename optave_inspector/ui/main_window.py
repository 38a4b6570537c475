"""The main window: sessions in tabs, their menus, geometry and theme. :mod:`.session_view` is what a tab holds."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMainWindow, QTabBar, QTabWidget, QToolButton

from .actions import SessionActions, ThemeActions, make_action
from .capture_windows import CaptureWindows
from .dialogs.question import ConfirmDialog
from .dialogs.trace_sending import TraceSendingDialog
from .dialogs.unsaved import UnsavedDialog
from .layout_store import Layout, LayoutStore, SessionLayout
from .panels.trace_chip import TraceChip
from .profile_actions import ProfileActions
from .profile_marks import colour_icon, marked_name, profile_color
from .session_page import SessionPage
from .theme import ThemeChoice, theme_switch
from .window_care import WindowCare

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ..compose.evidence import Evidence
    from .capture_actions import CaptureActions
    from .open_sessions import OpenSession, OpenSessions
    from .panels.composer import ComposerPanel
    from .session_view import SessionView
    from .tenant_actions import TenantActions
    from .tenant_control import TenantControl
    from .trace_sending import TraceSending

TITLE = "Optave Inspector"
_SIZE = QSize(1440, 900)
_SMALLEST = QSize(900, 600)
_KEEP_MS = 2000
_SEND_TRACES = "&Send traces to a collector…"


class MainWindow(QMainWindow):
    """Assembles; the panels know nothing of it. Closing it asks to quit: the app ends in order and then calls
    :meth:`close_for_good`.

    There is always a session in front: ``first`` to begin with. Menus show the actions of the one in front.
    """

    quitAsked = Signal()

    def __init__(
        self,
        sessions: OpenSessions,
        first: OpenSession,
        layouts: LayoutStore,
        tenant: TenantControl | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle(TITLE)
        self._sessions = sessions
        self._layouts = layouts
        self._tenant = tenant
        self._closing = False
        self._pages: dict[SessionView, SessionPage] = {}
        self._capture_windows = CaptureWindows(sessions.contract, self.tell_error, self)
        self._capture_windows.take_draft = self._take_draft
        self._themes = ThemeActions(self)
        self._session_actions = SessionActions(self)
        self._care = WindowCare(self, layouts.folder)
        self._keep = QTimer(self)
        self._keep.setSingleShot(True)
        self._keep.setInterval(_KEEP_MS)
        self._keep.timeout.connect(lambda: self.view.bridge.start(self.save_layout(), "save the layout"))
        self._tabs = QTabWidget()
        self._tabs.setObjectName("sessionTabs")
        self._tabs.setAccessibleName("Sessions")
        self._tabs.setDocumentMode(True)
        self._tabs.setMovable(True)
        self._tabs.setTabBarAutoHide(True)
        # Its bar takes the keyboard. The widget would hand it on to a hidden bar as well, where Tab came to an end.
        self._tabs.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._tabs.tabBar().setObjectName("sessionTabBar")
        self._tabs.tabBar().setExpanding(False)
        self._tabs.tabBar().setDrawBase(False)
        self._tabs.currentChanged.connect(self._on_front)
        self.setCentralWidget(self._tabs)
        self.add_session(first)
        self.setMinimumSize(_SMALLEST)
        sessions.book.warned.connect(self._tell)
        sessions.drafts.warned.connect(self._tell)
        if sessions.library is not None:
            sessions.library.warned.connect(self._tell)
        sessions.book.removed.connect(lambda: self.view.bridge.start(self.adopt_drafts(), "keep drafts"))
        theme_switch().changed.connect(self._show_titles)
        self.traces.warned.connect(self._tell)
        self.traces.changed.connect(self._show_sending)

    @property
    def pages(self) -> list[SessionPage]:
        """All sessions in the order of their tabs."""
        return [self._pages[self._tabs.widget(index)] for index in range(self._tabs.count())]

    @property
    def page(self) -> SessionPage:
        """The session in front."""
        return self._pages[self._tabs.currentWidget()]

    @property
    def view(self) -> SessionView:
        """The panels of the session in front."""
        return self.page.view

    @property
    def captures(self) -> CaptureActions:
        """What can be done with captures, from the session in front."""
        return self.page.captures

    @property
    def tenant_actions(self) -> TenantActions | None:
        """What can be done with the local tenant, from the session in front."""
        return self.page.tenant_actions

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

    @property
    def care(self) -> WindowCare:
        """What the window does beside the sessions: palette, settings, help."""
        return self._care

    def use_theme(self, *, dark: bool) -> None:
        """Dress the whole app in light or dark."""
        theme_switch().choose(ThemeChoice.DARK if dark else ThemeChoice.LIGHT)

    def add_session(self, one: OpenSession) -> SessionPage:
        """Show a session in a tab of its own, in front."""
        page = SessionPage(one, self._sessions, self._capture_windows, self._tenant)
        self._pages[page.view] = page
        index = self._tabs.addTab(page.view, page.title)
        self._tabs.tabBar().setTabButton(index, QTabBar.ButtonPosition.RightSide, self._close_button(page))
        self._tabs.setCurrentIndex(index)
        self._build_menus(page)
        self._show_sending()
        # Which draft was in front must survive a crash; the rest of the layout is kept on the way out.
        page.view.composer.drafts.frontChanged.connect(self._keep.start)
        page.view.newSessionAsked.connect(self.ask_new_session)
        self._care.shortcuts.adopt(self)
        self._care.add_notice(page.view)
        page.start.manualAsked.connect(lambda: self._care.open_manual("first-five-minutes"))
        for signal in (one.current.chosen, one.current.edited, one.current.listChanged, one.bridge.stateChanged):
            signal.connect(self._show_titles)
        if one.problem:
            one.bridge.warned.emit("warning", one.problem)
        self._on_front()
        return page

    def ask_new_session(self) -> None:
        """Open one more session with the profile of the one in front, not connected."""
        self.view.bridge.start(self._open_session(self.page.one.current.profile.id), "open a session")

    def ask_close_session(self, view: SessionView | None = None) -> None:
        """Close a session, the one in front unless another is given; asks where something would be lost."""
        page = self._pages[view or self.view]
        if len(self._pages) == 1:
            return
        losses = page.would_lose()
        if not losses:
            self._close_session(page)
            return
        words = " ".join([f"Close the session of “{page.one.current.profile.name}”?", *losses])
        dialog = ConfirmDialog("closeSessionDialog", "Close session", words, "Close session", self)
        dialog.accepted.connect(lambda: self._close_session(page))
        dialog.open()

    @property
    def traces(self) -> TraceSending:
        """What sends the traces of all sessions."""
        return self._sessions.traces

    def ask_traces(self) -> None:
        """Ask whether traces are sent, and where to."""
        TraceSendingDialog(self.traces, self.view.bridge.start, self).open()

    def show_session(self, page: SessionPage) -> None:
        """Bring a session to the front."""
        self._tabs.setCurrentWidget(page.view)

    def step_session(self, step: int) -> None:
        """Bring the next (1) or the former (-1) session to the front."""
        self._tabs.setCurrentIndex((self._tabs.currentIndex() + step) % self._tabs.count())
        self.view.top_bar.setFocus()

    def tell_error(self, sentence: str) -> None:
        """Show a sentence as an error in the session in front."""
        self._tell("error", sentence)

    async def adopt_drafts(self, layout: Layout | None = None) -> None:
        """Give the drafts of profiles that are gone to the profile in front, or to the one that ``layout`` names."""
        book = self._sessions.book
        profiles = await book.all_ids()
        wanted = layout.sessions[0].profile if layout is not None else ""
        into = wanted if wanted in book else self.page.one.current.profile.id
        self._sessions.drafts.adopt(profiles, into)

    def open_files(self, files: Sequence[Path]) -> None:
        """Show captures in windows of their own, and recipes in the panel of a session; nothing is run."""
        recipes = [file for file in files if file.suffix.lower() == ".toml"]
        for file in files:
            if file not in recipes:
                self.captures.open(file)
        if recipes:
            self.view.bridge.start(self._open_recipes(recipes), "open recipes")

    async def restore_layout(self, layout: Layout) -> None:
        """Theme, size, sessions and docks as they were, none connected; as proposed where nothing was kept."""
        theme_switch().choose(layout.theme)
        self._capture_windows.layout = layout.captures
        if not layout.geometry or not self.restoreGeometry(QByteArray(layout.geometry)):
            self.resize(_proposed_size())
        for number, kept in enumerate(layout.sessions):
            page = self.page if number == 0 else self.add_session(await self._sessions.begin())
            page.one.current.choose(kept.profile)
            page.view.area.restore_layout(kept.docks)
            page.view.restore_state(kept.panels)
        self._tabs.setCurrentIndex(min(max(layout.current, 0), self._tabs.count() - 1))
        if self._layouts.problem:
            self._tell("warning", self._layouts.problem)

    async def save_layout(self) -> None:
        """Keep theme, size, sessions and docks for the next time."""
        self._keep.stop()
        layout = Layout(
            geometry=self.saveGeometry().data(),
            theme=theme_switch().choice,
            sessions=tuple(
                SessionLayout(page.view.area.save_layout(), page.one.current.profile.id, page.view.save_state())
                for page in self.pages
            ),
            current=self._tabs.currentIndex(),
            captures=self._capture_windows.layout_now(),
        )
        problem = await asyncio.to_thread(self._layouts.save, layout)
        if problem:
            self._tell("warning", problem)

    async def close_captures(self) -> None:
        """Close the windows of all stored captures."""
        await self._capture_windows.aclose()

    def ask_quit(self) -> None:
        """Ask to quit; where entries would go that neither the capture nor a copy holds, that is asked first."""
        losing = [page for page in self.pages if page.unsaved]
        if not losing:
            self.quitAsked.emit()
            return
        first = losing[0]
        self._tabs.setCurrentWidget(first.view)
        store = first.one.session.store
        dialog = UnsavedDialog(sum(page.unsaved for page in losing), store.lost_persistence, self)
        dialog.accepted.connect(self.quitAsked)
        dialog.saveAsked.connect(first.captures.saving.ask)
        dialog.open()

    def close_for_good(self) -> None:
        """Close without asking; everything must have ended before."""
        self._closing = True
        for page in self._pages.values():
            page.stop_listening()
        self.close()

    def closeEvent(self, event) -> None:
        if self._closing:
            event.accept()
        else:
            event.ignore()
            self.ask_quit()

    def _tell(self, kind: str, sentence: str) -> None:
        self.view.bridge.warned.emit(kind, sentence)

    def _take_draft(self, evidence: Evidence, origin: str) -> str:
        """Keep a message of a capture as a draft of the session in front; where it went, in words."""
        title = self.view.open_evidence(evidence, origin)
        return f"Kept as the draft “{title}” in the session of “{self.page.one.current.profile.name}”."

    def _close_button(self, page: SessionPage) -> QToolButton:
        button = QToolButton()
        button.setObjectName("closeSessionButton")
        button.setText("✕")
        button.setAccessibleName("Close this session")
        button.setToolTip("Close this session (Ctrl+W)")
        button.setProperty("kind", "quiet")
        button.setProperty("compact", True)
        button.setFixedSize(20, 18)
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        button.clicked.connect(lambda: self.ask_close_session(page.view))
        return button

    async def _open_session(self, profile_id: str) -> None:
        page = self.add_session(await self._sessions.begin())
        page.one.current.choose(profile_id)
        page.view.top_bar.setFocus()
        self._keep.start()

    async def _open_recipes(self, files: Sequence[Path]) -> None:
        for file in files:
            # What stands in the panel in front and is not saved stays there.
            if self.view.recipe.occupied or file != files[0]:
                await self._open_session(self.page.one.current.profile.id)
            self.view.area.go_to(self.view.recipe)
            self.view.recipe.files.open(file.absolute())
        self.activateWindow()

    def _close_session(self, page: SessionPage) -> None:
        if page.view not in self._pages or len(self._pages) == 1:
            return
        page.view.connection.keep_typed()
        page.view.composer.drafts.keep()
        page.stop_listening()
        self._tabs.removeTab(self._tabs.indexOf(page.view))
        del self._pages[page.view]
        self._session_actions.enable(several=len(self._pages) > 1)
        page.view.hide()
        self.view.bridge.start(self._end_session(page), "close a session")

    async def _end_session(self, page: SessionPage) -> None:
        try:
            await self._sessions.end(page.one)
        finally:
            page.view.deleteLater()
        await self.save_layout()

    def _on_front(self) -> None:
        page = self._pages.get(self._tabs.currentWidget())
        if page is None:  # on its way in or out
            return
        self.menuBar().clear()
        for menu in page.menus:
            self.menuBar().addMenu(menu)
        self._session_actions.enable(several=len(self._pages) > 1)
        self._show_titles()

    def _show_titles(self) -> None:
        for index, page in enumerate(self.pages):
            self._tabs.setTabText(index, page.title)
            self._tabs.setTabToolTip(index, page.tip)
            self._tabs.setTabIcon(index, colour_icon(profile_color(page.one.current.profile)))
        self.setWindowTitle(f"{marked_name(self.page.one.current.profile)} · {TITLE}")

    def _show_sending(self) -> None:
        for page in self._pages.values():
            on = self.traces.live.is_on
            page.send_traces.setText(f"{_SEND_TRACES} (on)" if on else _SEND_TRACES)

    def _build_menus(self, page: SessionPage) -> None:
        view = page.view
        file = page.menu("&File", "fileMenu")
        file.addActions([self._session_actions.new, self._session_actions.close])
        file.addSeparator()
        file.addMenu(ProfileActions(view).menu)
        file.addSeparator()
        file.addAction(page.captures.open_)
        file.addMenu(page.captures.recent)
        file.addActions([page.captures.importing.action, page.captures.recovering.action])
        file.addActions([page.captures.saving.action, page.captures.export.action])
        file.addActions([page.captures.comparing.action, page.captures.limits])
        file.addSeparator()
        file.addAction(self._care.settings)
        file.addSeparator()
        quit_ = make_action(view, "quitAction", "&Quit", self.ask_quit, shortcut="Ctrl+Q", tip="End the app")
        file.addAction(quit_)
        connection = page.menu("&Connection", "connectionMenu")
        connection.addActions(view.connection_actions.all())
        connection.addSeparator()
        connection.addAction(view.connection_actions.doctor)
        connection.addAction(view.connection_actions.diagnose)
        rude = connection.addMenu("&Against the rules")
        rude.setObjectName("againstRulesMenu")
        rude.addAction(view.on_purpose_actions.switch)
        rude.addSeparator()
        rude.addActions(view.on_purpose_actions.all())
        connection.addSeparator()
        tip = "Send connections and exchanges to an OpenTelemetry collector as they end"
        page.send_traces = make_action(view, "sendTracesAction", _SEND_TRACES, self.ask_traces, tip=tip)
        connection.addAction(page.send_traces)
        chip = TraceChip(self.traces)
        chip.clicked.connect(lambda _checked=False: self.ask_traces())
        view.top_bar.add_traces(chip)
        shown = page.menu("&View", "viewMenu")
        shown.addAction(self._care.palette)
        shown.addSeparator()
        shown.addActions(page.panels.toggles)
        shown.addAction(page.panels.reset)
        shown.addSeparator()
        go_to = shown.addMenu("&Go to")
        go_to.setObjectName("goToMenu")
        go_to.addActions(page.panels.go_to)
        go_to.addSeparator()
        go_to.addActions([page.panels.next, page.panels.former])
        go_to.addSeparator()
        go_to.addActions([self._session_actions.next, self._session_actions.former])
        theme = shown.addMenu("&Theme")
        theme.setObjectName("themeMenu")
        theme.addActions(self._themes.all())
        shown.addSeparator()
        tip = "Read and copy all messages of this session"
        shown.addAction(make_action(view, "messagesAction", "&Messages…", view.messages.show_history, tip=tip))
        if page.tenant_actions is not None:
            tenant = page.menu("Local &tenant", "tenantMenu")
            tenant.addActions([page.tenant_actions.connect_, page.tenant_actions.start, page.tenant_actions.stop])
            tenant.addSeparator()
            tenant.addActions([page.tenant_actions.scenarios, page.tenant_actions.calm])
            tenant.addSeparator()
            tenant.addActions(page.tenant_actions.faults())
            tenant.addSeparator()
            tenant.addAction(page.tenant_actions.tls)
        about = page.menu("&Help", "helpMenu")
        self._care.fill_help(about)


def _proposed_size() -> QSize:
    screen = QGuiApplication.primaryScreen()
    # The offscreen platform claims a screen of 800 by 800, which says nothing about what pictures should show.
    if screen is None or QGuiApplication.platformName() == "offscreen":
        return _SIZE
    return _SIZE.boundedTo(screen.availableSize() * 0.92).expandedTo(_SMALLEST)
