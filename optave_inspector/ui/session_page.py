"""What belongs to one session in the window: its view, and the actions and menus that work on it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QMenu

from ..protocol.states import ConnectionState
from .actions import PanelActions
from .capture_actions import CaptureActions
from .profile_marks import marked_name
from .session_view import SessionView
from .start_page import StartPage
from .tenant_actions import TenantActions

if TYPE_CHECKING:
    from .capture_windows import CaptureWindows
    from .open_sessions import OpenSession, OpenSessions
    from .tenant_control import TenantControl

_GLYPHS = {
    ConnectionState.CONNECTING: "◐",
    ConnectionState.OPEN: "●",
    ConnectionState.CLOSING: "◑",
    ConnectionState.CLOSED: "○",
}


class SessionPage:
    """One tab of the window. The menus are put into the menu bar while its tab is in front."""

    def __init__(
        self, one: OpenSession, sessions: OpenSessions, windows: CaptureWindows, tenant: TenantControl | None
    ) -> None:
        self.one = one
        self.view = SessionView(one.bridge, one.current, sessions.drafts, sessions.history, sessions.library)
        # The profiles outlive the session: what hears of them must go with what it shows them in.
        one.current.setParent(self.view)
        self.panels = PanelActions(self.view)
        self.captures = CaptureActions(self.view, sessions.captures, windows)
        self.tenant_actions = TenantActions(self.view, tenant) if tenant is not None else None
        self.start = StartPage(self.view, self.captures, self.tenant_actions)
        self.view.frames.set_start_page(self.start)
        self.menus: list[QMenu] = []

    @property
    def title(self) -> str:
        """For the tab: how its connection stands, and which profile it uses."""
        return f"{_GLYPHS[self.one.session.state]} {marked_name(self.one.current.profile)}".replace("&", "&&")

    @property
    def tip(self) -> str:
        """The title in words."""
        # Tool tips take what looks like HTML for it, and the name may be somebody else's.
        return escape(f"{marked_name(self.one.current.profile)}: {self.one.session.state.name}")

    def menu(self, title: str, object_name: str) -> QMenu:
        """A new menu for the menu bar."""
        menu = QMenu(title, self.view)
        menu.setObjectName(object_name)
        self.menus.append(menu)
        return menu

    @property
    def unsaved(self) -> int:
        """How many entries neither the session's capture nor a copy of it holds."""
        store = self.one.session.store
        return 0 if self.captures.saving.saved >= store.count else store.unsaved

    def would_lose(self) -> list[str]:
        """What closing the session would end or lose for good, in words; empty when nothing."""
        losses = []
        session = self.one.session
        if session.state is not ConnectionState.CLOSED:
            losses.append("The connection is closed with 1001.")
        if self.unsaved:
            losses.append(f"{self.unsaved:,} entries are in no capture that stays: save it to keep them.")
        return losses

    def stop_listening(self) -> None:
        """Hear no more of what outlives the session; before its view goes."""
        if self.tenant_actions is not None:
            self.tenant_actions.stop_listening()
