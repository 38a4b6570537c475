"""The local tenant as the window orders it about: started and stopped any number of times, a process each time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from psygnal import Signal

from .errors import InspectorError
from .tasks import Tasks
from .tenant_process import TenantProcess

if TYPE_CHECKING:
    from .local_tenant.settings import TenantAddress, TenantSettings


class RestartableTenant:
    """Implements :class:`optave_inspector.ui.tenant_control.TenantControl` with :class:`TenantProcess`."""

    running_changed = Signal()
    died = Signal(str)
    """The process ended without being asked to; a sentence for the user."""

    def __init__(self, settings: TenantSettings | None = None) -> None:
        self._settings = settings
        self._process: TenantProcess | None = None
        self._one_at_a_time = asyncio.Lock()
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
        """Start a process, unless one runs. Raises InspectorError when it does not start."""
        async with self._one_at_a_time:
            if self._process is None:
                process = TenantProcess(self._settings)
                await process.start()
                self._process = process
                self._tasks.start(self._watch(process), "watch")
                self.running_changed.emit()
            return self._process.address

    async def stop(self) -> None:
        """End the process; nothing happens when none runs."""
        async with self._one_at_a_time:
            process, self._process = self._process, None
            if process is not None:
                self.running_changed.emit()
                await self._tasks.cancel()
                await process.stop()

    async def fault(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Order a fault; see :meth:`TenantProcess.fault`."""
        if self._process is None:
            raise InspectorError("The local tenant does not run.", "Start it first.")
        return await self._process.fault(name, **parameters)

    async def _watch(self, process: TenantProcess) -> None:
        status = await process.wait_ended()
        if self._process is process:
            self._process = None
            self.running_changed.emit()
            self.died.emit(f"The local tenant ended by itself (exit status {status}). Start it again from its menu.")
            await process.stop()
