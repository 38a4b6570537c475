"""The local tenant as a whole: WebSocket port, token endpoint and fault controls on loopback."""

from __future__ import annotations

import errno
import secrets
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from ..protocol.scenarios import ScenarioError, parse_order
from .control import PATH as CONTROL_PATH
from .control import Control
from .http_side import HttpSide
from .server import WebSocketSide
from .settings import TenantAddress, TenantError, TenantSettings, bind_host, url_host
from .token_endpoint import PATH as TOKEN_PATH
from .token_endpoint import TokenEndpoint
from .tokens import TokenIssuer

if TYPE_CHECKING:
    from ..protocol.contract import Contract
    from ..protocol.scenarios import Scenario, Value

_NAME = "local"
_PORT_PROBLEMS = {
    errno.EADDRINUSE: "is in use by another program",
    errno.EACCES: "may not be used by this user",
    errno.EADDRNOTAVAIL: "cannot be had, since this machine lacks the address",
}


class LocalTenant:
    """A tenant for learning, tests and reproductions. Start it once and stop it once, or use it by ``async with``.

    It runs on the loop that starts it. Where a crash or a kill matters, start it as its own process instead, through
    :mod:`optave_inspector.tenant_process`.
    """

    def __init__(self, settings: TenantSettings | None = None) -> None:
        self._settings = settings or TenantSettings()
        self._running = AsyncExitStack()

    async def __aenter__(self) -> TenantAddress:
        return await self.start()

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> TenantAddress:
        """Listen on both ports; where the tenant is. Raises TenantError for a host or port that cannot be had."""
        async with AsyncExitStack() as begun:
            address = await self._start(begun)
            self._running = begun.pop_all()
        return address

    async def stop(self) -> None:
        """Close every connection with 1001, both ports, and remove the authority's file. Does nothing a second time."""
        await self._running.aclose()

    async def _start(self, begun: AsyncExitStack) -> TenantAddress:
        settings = self._settings
        address = bind_host(settings.host)
        context, ca_file, secure, authority = None, "", "", None
        if settings.tls:
            from .certificates import ThrowAwayAuthority

            authority = ThrowAwayAuthority(address)
            begun.callback(authority.discard)
            context, ca_file, secure = authority.context, str(authority.ca_file), "s"
        client_id, client_secret = f"local-{secrets.token_hex(4)}", secrets.token_hex(20)
        control_key = secrets.token_hex(20)
        issuer = TokenIssuer(settings.token_lifetime_s)
        orders = [_order(text, tls=settings.tls) for text in settings.scenarios]
        side = WebSocketSide(settings, issuer, _contract() if settings.strict else None)
        for order in orders:
            side.bench.arm(*order)
        endpoint = TokenEndpoint(issuer, client_id, client_secret, side.bench.expired_token_s)
        control = Control(side, endpoint, control_key, tls=settings.tls)
        app = HttpSide()
        endpoint.add_to(app.app)
        control.add_to(app.app)
        try:
            wanted = settings.port
            begun.push_async_callback(side.stop)
            spoilt = authority.spoilt_context(side.bench.tls_failure) if authority is not None else None
            port = await side.start(address, wanted, spoilt)
            wanted = settings.auth_port
            begun.push_async_callback(control.stop)
            begun.push_async_callback(app.stop)
            auth_port = await app.start(address, wanted, context)
        except OSError as error:
            what = _PORT_PROBLEMS.get(error.errno or 0, f"cannot be had: {error.strerror or error}")
            raise TenantError(
                f"Port {wanted} on {address} {what}.", "Choose another one, or 0 for any free one."
            ) from error
        except OverflowError as error:
            raise TenantError(f"{wanted} is no port.", "Ports go from 0 (any free one) to 65535.") from error
        host = url_host(address)
        return TenantAddress(
            websocket_url=f"ws{secure}://{host}:{port}/",
            auth_url=f"http{secure}://{host}:{auth_port}{TOKEN_PATH}",
            client_id=client_id,
            client_secret=client_secret,
            tenant=_NAME,
            control_url=f"http{secure}://{host}:{auth_port}{CONTROL_PATH}",
            control_key=control_key,
            ca_file=ca_file,
        )


def _order(text: str, *, tls: bool) -> tuple[Scenario, dict[str, Value], int]:
    """What ``text`` arms. Raises TenantError for what is no scenario, or none for a tenant without TLS."""
    try:
        scenario, values, times = parse_order(text)
    except ScenarioError as error:
        raise TenantError(str(error)) from error
    if scenario.needs_tls and not tls:
        raise TenantError(f"{scenario.name} needs a tenant that serves TLS.")
    return scenario, values, times


def _contract() -> Contract:
    from ..protocol.contract import Contract
    from ..resources import schemas

    return Contract(schemas())
