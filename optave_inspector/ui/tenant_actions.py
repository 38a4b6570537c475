"""The menu of the local tenant: start, stop, connect to it, and the faults that it can be told to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from .actions import make_action
from .dialogs.close_dialog import CloseDialog

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from PySide6.QtGui import QAction

    from .session_view import SessionView
    from .tenant_control import TenantControl


class TenantActions(QObject):
    """Acts on the local tenant from the point of view of one session."""

    def __init__(self, view: SessionView, tenant: TenantControl) -> None:
        super().__init__(view)
        self._view = view
        self._tenant = tenant
        self.start = self._action("startTenantAction", "&Start", self._start, "Start the tenant on this machine")
        self.stop = self._action("stopTenantAction", "S&top", self._stop, "End it; connections to it are cut")
        self.connect_ = self._action(
            "connectTenantAction", "&Connect to it", self._connect, "Start it where needed, and connect to it"
        )
        self.close = self._action(
            "tenantCloseAction", "Close with &code…", self._ask_close, "Let it close all connections with a code"
        )
        self.drop = self._action(
            "tenantDropAction", "&Drop TCP", lambda: self._fault("drop"), "Let it drop all connections without a frame"
        )
        self.silent = self._action(
            "tenantSilentAction", "Stay &silent", self._silent, "Let it take requests and answer none", checkable=True
        )
        self.orphan = self._action(
            "tenantOrphanAction", "Send an &orphan answer", lambda: self._fault("orphan"),
            "Let it send an answer that no request asked for",
        )  # fmt: skip
        self.error = self._action(
            "tenantErrorAction", "Answer the next request with an &error", lambda: self._fault("error", next=1),
            "Let it answer the next request with an error envelope",
        )  # fmt: skip
        tenant.running_changed.connect(self._enable)
        self._enable()

    def faults(self) -> list[QAction]:
        """In the order of the menu."""
        return [self.close, self.drop, self.silent, self.orphan, self.error]

    def stop_listening(self) -> None:
        """Hear no more of the tenant; before the window goes."""
        self._tenant.running_changed.disconnect(self._enable, missing_ok=True)

    async def start_and_connect(self) -> None:
        """Start the tenant where needed, make its profile the current one and connect."""
        address = await self._tenant.start()
        current = self._view.current
        current.adopt_local(address)
        await current.secrets.set(current.profile.id, "client_secret", address.client_secret, remember=False)
        self._view.connector.secretGiven.emit()
        self._view.connector.connect_now()

    def _action(self, object_name: str, text: str, slot, tip: str, *, checkable: bool = False) -> QAction:
        return make_action(self, object_name, text, slot, tip=tip, checkable=checkable)

    def _enable(self, *_: object) -> None:
        running = self._tenant.running
        self.start.setEnabled(not running)
        for action in (self.stop, *self.faults()):
            action.setEnabled(running)
        if not running:
            self.silent.setChecked(False)

    def _start(self) -> None:
        self._run(self._started(), "start the local tenant")

    def _stop(self) -> None:
        self._run(self._tenant.stop(), "stop the local tenant")

    def _connect(self) -> None:
        self._run(self.start_and_connect(), "connect to the local tenant")

    async def _started(self) -> None:
        address = await self._tenant.start()
        self._view.bridge.warned.emit("ok", f"The local tenant listens on {address.websocket_url}.")

    def _silent(self) -> None:
        self._fault("silent", on=self.silent.isChecked())

    def _ask_close(self) -> None:
        dialog = CloseDialog(self._view.window(), title="Let the local tenant close", any_code=True)
        dialog.chosen.connect(lambda code, reason: self._fault("close", code=code, reason=reason))
        dialog.open()

    def _fault(self, name: str, **parameters: Any) -> None:
        self._run(self._tenant.fault(name, **parameters), f"local tenant: {name}")

    def _run(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._view.bridge.start(work, name)
