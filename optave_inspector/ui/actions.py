"""The actions of the window's menus: each with a name that outside programs and shortcuts know it by."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence

from ..protocol.states import ConnectionState
from .theme import ThemeChoice, theme_switch

if TYPE_CHECKING:
    from collections.abc import Callable

    from .main_window import MainWindow
    from .session_view import SessionView


_FIRST_TAKEN = 9
"""Ctrl+9 and Ctrl+0 choose the time that the waterfall shows; further panels are reached by F6."""


def make_action(
    owner: QObject,
    object_name: str,
    text: str,
    slot: Callable[[], object],
    *,
    shortcut: str = "",
    tip: str = "",
    checkable: bool = False,
) -> QAction:
    """An action that calls ``slot`` without arguments; ``text`` may hold a mnemonic, ``tip`` says what it does."""
    action = QAction(text, owner)
    action.setObjectName(object_name)
    action.setCheckable(checkable)
    if shortcut:
        action.setShortcut(QKeySequence(shortcut))
    if tip:
        action.setStatusTip(tip)
        action.setToolTip(tip)
    action.triggered.connect(lambda _checked=False: slot())
    return action


class ConnectionActions(QObject):
    """Connect and the ways to end a connection; each enabled while it can be done."""

    def __init__(self, view: SessionView) -> None:
        super().__init__(view)
        self._session = view.bridge.session
        connector = view.connector
        # Function keys: every Ctrl combination near at hand does something in a text field.
        self.connect_ = make_action(
            self, "connectAction", "&Connect", connector.connect_now, shortcut="F5",
            tip="Connect as the current profile says, with a fresh token",
        )  # fmt: skip
        self.disconnect_ = make_action(
            self, "disconnectAction", "&Disconnect", connector.disconnect_now, shortcut="Shift+F5",
            tip="Close with code 1000, or give up connecting",
        )  # fmt: skip
        self.close_with = make_action(
            self, "closeWithCodeAction", "Close &with code…", view.ask_close, shortcut="Ctrl+F5",
            tip="Close with a code and a reason of your choice",
        )  # fmt: skip
        self.drop = make_action(
            self, "dropConnectionAction", "Drop &TCP connection", connector.drop, shortcut="Ctrl+Shift+F5",
            tip="End the TCP connection without a close frame",
        )  # fmt: skip
        self._retry = view.retry
        self.retry_now = make_action(
            self, "retryNowAction", "&Retry now", view.retry.now,
            tip="Do not wait any longer for the retry that is due",
        )  # fmt: skip
        self.cancel_retry = make_action(
            self, "cancelRetryAction", "C&ancel the retry", view.retry.cancel,
            tip="Do not connect again by itself",
        )  # fmt: skip
        self.doctor = make_action(
            self, "tokenDoctorAction", "Token &doctor…", view.open_token_doctor,
            tip="What the token says of itself, what is wrong with it, how long it lives and where it went",
        )  # fmt: skip
        self.diagnose = make_action(
            self, "diagnoseAction", "D&iagnose…", view.open_diagnosis,
            tip="Try name, TCP, proxy, TLS, upgrade and subprotocol one by one, and see where it breaks",
        )  # fmt: skip
        for signal in (view.bridge.stateChanged, view.retry.changed):
            signal.connect(self._enable)
        self._enable()

    def all(self) -> list[QAction]:
        """In the order of the menu."""
        return [self.connect_, self.disconnect_, self.close_with, self.drop, self.retry_now, self.cancel_retry]

    def _enable(self) -> None:
        state = self._session.state
        self.connect_.setEnabled(state is ConnectionState.CLOSED)
        self.disconnect_.setEnabled(state in (ConnectionState.CONNECTING, ConnectionState.OPEN))
        self.close_with.setEnabled(state is ConnectionState.OPEN)
        self.drop.setEnabled(state is not ConnectionState.CLOSED)
        for action in (self.retry_now, self.cancel_retry):
            action.setEnabled(self._retry.is_due)


class PanelActions(QObject):
    """Show and hide the docks, and go to a panel by keyboard."""

    def __init__(self, view: SessionView) -> None:
        super().__init__(view)
        area = view.area
        self.toggles: list[QAction] = []
        for dock in area.docks:
            toggle = dock.toggleViewAction()
            toggle.setObjectName(f"show{dock.panel.objectName()[:1].upper()}{dock.panel.objectName()[1:]}Action")
            toggle.setText(dock.windowTitle())
            toggle.setStatusTip(f"Show or hide the panel {dock.windowTitle()}")
            self.toggles.append(toggle)
        self.reset = make_action(
            self, "resetLayoutAction", "&Reset layout", area.reset_layout,
            tip="Put all panels back to where they begin",
        )  # fmt: skip
        self.go_to: list[QAction] = []
        for number, panel in enumerate(area.panels, start=1):
            name = panel.accessibleName()
            action = make_action(
                self, f"goTo{panel.objectName()[:1].upper()}{panel.objectName()[1:]}Action", name,
                partial(self._go_to, view, number - 1), shortcut=f"Ctrl+{number}" if number < _FIRST_TAKEN else "",
                tip="Put the keyboard focus into this panel",
            )  # fmt: skip
            self.go_to.append(action)
        self.next = make_action(
            self, "nextPanelAction", "&Next panel", lambda: area.go_on(1), shortcut="F6",
            tip="Put the keyboard focus into the next panel",
        )  # fmt: skip
        self.former = make_action(
            self, "formerPanelAction", "&Former panel", lambda: area.go_on(-1), shortcut="Shift+F6",
            tip="Put the keyboard focus into the former panel",
        )  # fmt: skip

    @staticmethod
    def _go_to(view: SessionView, index: int) -> None:
        view.area.go_to(view.area.panels[index])


class SessionActions(QObject):
    """Open, close and step through the sessions of a window."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.new = make_action(
            self, "newSessionAction", "New &session", window.ask_new_session, shortcut="Ctrl+T",
            tip="Open one more session, with a connection and a capture of its own",
        )  # fmt: skip
        self.close = make_action(
            self, "closeSessionAction", "Close s&ession", window.ask_close_session, shortcut="Ctrl+W",
            tip="End this session; asks first where something would be lost",
        )  # fmt: skip
        self.next = make_action(
            self, "nextSessionAction", "Next s&ession", lambda: window.step_session(1), shortcut="Ctrl+PgDown",
            tip="Bring the next session to the front",
        )  # fmt: skip
        self.former = make_action(
            self, "formerSessionAction", "Former sessi&on", lambda: window.step_session(-1), shortcut="Ctrl+PgUp",
            tip="Bring the former session to the front",
        )  # fmt: skip

    def enable(self, *, several: bool) -> None:
        """All but opening needs another session."""
        for action in (self.close, self.next, self.former):
            action.setEnabled(several)


class ThemeActions(QObject):
    """System, light or dark."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        group = QActionGroup(self)
        self._actions: dict[ThemeChoice, QAction] = {}
        for choice, text in (
            (ThemeChoice.SYSTEM, "&System"),
            (ThemeChoice.LIGHT, "&Light"),
            (ThemeChoice.DARK, "&Dark"),
        ):
            action = make_action(
                self, f"theme{choice.title()}Action", text, partial(self._choose, choice),
                tip="Follow the desktop" if choice is ThemeChoice.SYSTEM else f"Always {choice}", checkable=True,
            )  # fmt: skip
            group.addAction(action)
            self._actions[choice] = action
        theme_switch().changed.connect(self._show)
        self._show()

    def all(self) -> list[QAction]:
        """In the order of the menu."""
        return list(self._actions.values())

    @staticmethod
    def _choose(choice: ThemeChoice) -> None:
        theme_switch().choose(choice)

    def _show(self) -> None:
        self._actions[theme_switch().choice].setChecked(True)
