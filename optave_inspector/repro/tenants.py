"""Local tenants for runs: started when the first recipe asks for one, calmed between runs, ended with the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from ..local_tenant.settings import TenantSettings
from ..tenant_process import TenantProcess

if TYPE_CHECKING:
    from collections.abc import Mapping


class Tenants:
    """The local tenants of several runs, one for each kind of settings. Use as an asynchronous context."""

    def __init__(self) -> None:
        self._running: dict[TenantSettings, TenantProcess] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for process in self._running.values():
            await process.stop()
        self._running.clear()

    async def lend(self, settings: Mapping[str, Any]) -> TenantProcess:
        """A tenant with these settings on which no order is in force. Raises InspectorError when it does not start.

        Lend each to one run at a time.
        """
        wanted = TenantSettings(**settings)
        process = self._running.get(wanted)
        if process is not None and process.pid is None:
            await process.stop()
            process = None
        if process is None:
            process = TenantProcess(wanted)
            await process.start()
            self._running[wanted] = process
        else:
            await process.calm()
        return process
