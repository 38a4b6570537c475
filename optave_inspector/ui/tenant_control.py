"""The local tenant as the window sees it: one object that the composition root gives, with nothing of its inside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from psygnal import SignalInstance


class TenantAddress(Protocol):
    """Where a running local tenant is, and what it takes to connect to it."""

    @property
    def websocket_url(self) -> str: ...
    @property
    def auth_url(self) -> str: ...
    @property
    def client_id(self) -> str: ...
    @property
    def client_secret(self) -> str: ...
    @property
    def ca_file(self) -> str: ...


class TenantControl(Protocol):
    """Starts, stops and orders about the local tenant, any number of times."""

    running_changed: SignalInstance
    """Emitted after the start and after the end, also when the process died by itself."""

    @property
    def running(self) -> bool:
        """Whether the tenant can be connected to."""

    @property
    def address(self) -> TenantAddress | None:
        """Where it is; None while it does not run."""

    @property
    def tls(self) -> bool:
        """Whether it serves TLS, or will when it starts."""

    async def serve_tls(self, on: bool) -> None:
        """Serve TLS or not; a tenant that runs otherwise is started anew, which cuts its connections."""

    async def start(self) -> TenantAddress:
        """Start it, or do nothing when it runs; its address. Raises InspectorError when it cannot be started."""

    async def stop(self) -> None:
        """End it; open connections to it are cut."""

    async def fault(self, name: str, **parameters: Any) -> dict[str, Any]:
        """Order a fault: ``close``, ``drop``, ``silent``, ``orphan``, ``error`` or ``ping``, and hear what came of it.

        Raises InspectorError when it does not run or refuses.
        """

    async def scenario(self, name: str, *, next_: int | None = None, **parameters: Any) -> dict[str, Any]:
        """Start or arm a scenario of ``protocol.scenarios``, and hear what came of it. Raises InspectorError."""

    async def calm(self) -> dict[str, Any]:
        """Take all faults and scenarios back. Raises InspectorError."""

    async def status(self) -> dict[str, Any]:
        """Open connections, what is armed, and counts. Raises InspectorError."""
