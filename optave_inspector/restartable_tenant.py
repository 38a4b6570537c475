"""The local tenant as the window orders it about: started and stopped any number of times, a process each time."""

from __future__ import annotations

import asyncio
import dataclasses
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from .errors import InspectorError
from .local_tenant.settings import TenantSettings
from .tasks import Tasks
from .tenant_process import TenantProcess

if TYPE_CHECKING:
    from .local_tenant.settings import TenantAddress


class RestartableTenant:
    """Implements :class:`optave_inspector.ui.tenant_control.TenantControl` with :class:`TenantProcess`."""

    running_changed = Signal()
    died = Signal(str)
    """The process ended without being asked to; a sentence for the user."""

    def __init__(self, settings: TenantSettings | None = None) -> None:
        self._settings = settings or TenantSettings()
        self._process: TenantProcess | None = None
        self._starting: asyncio.Task[TenantAddress] | None = None
        self._stopping: asyncio.Task[None] | None = None
        self._tasks = Tasks("local tenant")

    @property
    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None

    @property
    def address(self) -> TenantAddress | None:
        """Where it is; None while it does not run."""
        return self._process.address if self._process is not None else None

    @property
    def pid(self) -> int | None:
        """Process ID; None while it does not run."""
        return self._process.pid if self._process is not None else None

    async def start(self) -> TenantAddress:
        """Start a process, unless one runs. Raises InspectorError when it does not start.

        Goes on when whoever waits for it is cancelled; so does :meth:`stop`.
        """
        if self._stopping is not None:
            await asyncio.shield(self._stopping)
        if self._process is not None:
            return self._process.address
        if self._starting is None:
            self._starting = self._tasks.start(self._start(), "start")
        return await asyncio.shield(self._starting)

    async def stop(self) -> None:
        """End the process, or give up starting it; nothing happens when none runs."""
        if self._starting is not None:
            self._starting.cancel()
            await asyncio.wait([self._starting])
        if self._stopping is None and self._process is not None:
            self._stopping = self._tasks.start(self._stop(self._process), "stop")
        if self._stopping is not None:
            await asyncio.shield(self._stopping)

    @property
    def tls(self) -> bool:
        """Whether it serves TLS, or will when it starts."""
        return self._settings.tls

    async def serve_tls(self, on: bool) -> None:  # noqa: FBT001 - reads as a sentence
        """Serve TLS or not; a process that runs otherwise is started anew. Raises InspectorError."""
        if on == self._settings.tls:
            return
        self._settings = dataclasses.replace(self._settings, tls=on)
        if self._process is not None:
            await self.stop()
            await self.start()

    async def fault(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Order a fault; see :meth:`TenantProcess.fault`."""
        return await self._reached().fault(name, **parameters)

    async def scenario(self, name: str, *, next_: int | None = None, **parameters: Any) -> dict[str, Any]:
        """Start or arm a scenario; see :meth:`TenantProcess.scenario`."""
        return await self._reached().scenario(name, next_=next_, **parameters)

    async def calm(self) -> dict[str, Any]:
        """Take all faults and scenarios back."""
        return await self._reached().calm()

    async def status(self) -> dict[str, Any]:
        """Open connections, what is armed, and counts."""
        return await self._reached().status()

    def _reached(self) -> TenantProcess:
        if self._process is None:
            raise InspectorError("The local tenant does not run.", "Start it first.")
        return self._process

    async def _start(self) -> TenantAddress:
        process = TenantProcess(self._settings)
        try:
            address = await process.start()
        finally:
            self._starting = None
        self._process = process
        self._tasks.start(self._watch(process), "watch")
        self.running_changed.emit()
        return address

    async def _stop(self, process: TenantProcess) -> None:
        self._process = None
        self.running_changed.emit()
        try:
            await process.stop()
        finally:
            self._stopping = None

    async def _watch(self, process: TenantProcess) -> None:
        status = await process.wait_ended()
        if self._process is process:
            await self.stop()
            self.died.emit(f"The local tenant ended by itself (exit status {status}). Start it again from its menu.")
