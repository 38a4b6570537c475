"""The menu of the local tenant: start, stop, connect to it, and the faults that it can be told to make."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from ..errors import InspectorError
from ..protocol.scenarios import SCENARIOS, Moment
from ..repro.orders import CALM, order_note
from .actions import make_action
from .dialogs.close_dialog import CloseDialog
from .dialogs.scenario_dialog import ScenarioDialog

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
        self.scenarios = self._action(
            "tenantScenariosAction", "S&cenarios…", self.show_scenarios,
            "Choose from all that it can do wrong, with the ending that each must lead to",
        )  # fmt: skip
        self.calm = self._action(
            "tenantCalmAction", "C&alm", self._calm, "Take back all scenarios and faults, armed or going on"
        )
        self.tls = self._action(
            "tenantTlsAction", "Serve T&LS", self._serve_tls,
            "Serve wss:// by a throw-away certificate authority; a running tenant is started anew", checkable=True,
        )  # fmt: skip
        self._dialog: ScenarioDialog | None = None
        tenant.running_changed.connect(self._enable)
        self._enable()

    def faults(self) -> list[QAction]:
        """The quick ones, in the order of the menu."""
        return [self.close, self.drop, self.silent, self.orphan, self.error]

    def stop_listening(self) -> None:
        """Hear no more of the tenant; before the window goes."""
        self._tenant.running_changed.disconnect(self._enable, missing_ok=True)
        if self._dialog is not None:
            self._dialog.deleteLater()
            self._dialog = None

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
        for action in (self.stop, self.calm, *self.faults()):
            action.setEnabled(running)
        if not running:
            self.silent.setChecked(False)
        self.tls.setChecked(self._tenant.tls)
        if self._dialog is not None:
            self._dialog.set_tls(self._tenant.tls)

    def show_scenarios(self) -> ScenarioDialog:
        """Show the list of scenarios beside the window."""
        if self._dialog is None:
            self._dialog = ScenarioDialog(self._view.window())
            self._dialog.orderAsked.connect(self._order)
            self._dialog.calmAsked.connect(self._calm)
            self._dialog.set_tls(self._tenant.tls)
        self._dialog.show()
        self._dialog.activateWindow()
        return self._dialog

    def _start(self) -> None:
        self._run(self._started(), "start the local tenant")

    def _stop(self) -> None:
        self._run(self._tenant.stop(), "stop the local tenant")

    def _connect(self) -> None:
        self._run(self.start_and_connect(), "connect to the local tenant")

    async def _started(self) -> None:
        address = await self._tenant.start()
        self._view.bridge.warned.emit("ok", f"The local tenant listens on {address.websocket_url}.")

    def _serve_tls(self) -> None:
        self._run(self._served_tls(self.tls.isChecked()), "local tenant: TLS")

    async def _served_tls(self, on: bool) -> None:
        was_running = self._tenant.running
        await self._tenant.serve_tls(on)
        self._enable()
        if was_running:
            self._view.bridge.warned.emit(
                "ok", f"The local tenant was started anew {'with' if on else 'without'} TLS. Connect to it again."
            )

    def _order(self, name: str, parameters: dict[str, Any], armed: bool) -> None:
        self._run(self._ordered(name, parameters, armed=armed), f"local tenant: {name}")

    async def _ordered(self, name: str, parameters: dict[str, Any], *, armed: bool) -> None:
        for_connections = SCENARIOS[name].moment is Moment.CONNECTION
        connections = 1 if armed and for_connections else None
        self._note(name, parameters, connections)
        await self._tell(self._tenant.scenario(name, next_=connections, **parameters), name)

    def _calm(self) -> None:
        self.silent.setChecked(False)
        self._note(CALM, {})
        self._run(self._tell(self._tenant.calm(), ""), "local tenant: calm")

    async def _tell(self, order: Coroutine[Any, Any, dict[str, Any]], name: str) -> None:
        """Give an order and say in the dialog what came of it; without the dialog, in the message bar."""
        dialog = self._dialog if self._dialog is not None and self._dialog.isVisible() else None
        try:
            if not self._tenant.running:
                await self._tenant.start()
            said = _words(name, await order)
            status = await self._tenant.status()
        except InspectorError as error:
            if dialog is None:
                raise
            dialog.tell(str(error), problem=True)
        else:
            if dialog is None:
                self._view.bridge.warned.emit("ok", said)
            else:
                dialog.show_status(said, status)
        finally:
            order.close()

    def _silent(self) -> None:
        self._fault("silent", on=self.silent.isChecked())

    def _ask_close(self) -> None:
        dialog = CloseDialog(self._view.window(), title="Let the local tenant close", any_code=True)
        dialog.chosen.connect(lambda code, reason: self._fault("close", code=code, reason=reason))
        dialog.open()

    def _fault(self, name: str, **parameters: Any) -> None:
        self._note(name, parameters)
        self._run(self._tenant.fault(name, **parameters), f"local tenant: {name}")

    def _note(self, name: str, parameters: dict[str, Any], connections: int | None = None) -> None:
        """Let the log tell what the tenant was told, so that a recipe can be made of it."""
        self._view.bridge.session.note_order(order_note(name, parameters, connections))

    def _run(self, work: Coroutine[Any, Any, Any], name: str) -> None:
        self._view.bridge.start(work, name)


def _words(name: str, said: dict[str, Any]) -> str:
    if not name:
        return "All scenarios and faults of the local tenant are taken back."
    if said["armed"]:
        what = "handshake" if SCENARIOS[name].moment is Moment.HANDSHAKE else "connection"
        return f"{name} is armed for the next {what}{'' if said['armed'] == 1 else 's'}."
    return f"{name} started on {', '.join(said['connections'])}."
