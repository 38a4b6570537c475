"""The HTTP port of the local tenant: carries the token endpoint and the fault controls, and answers errors as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import hdrs, web

from .token_endpoint import PATH as TOKEN_PATH
from .token_endpoint import refusal

if TYPE_CHECKING:
    import ssl
    from collections.abc import Awaitable, Callable

_MAX_BODY_BYTES = 64 * 1024
_SHUTDOWN_TIMEOUT_S = 0.5


class HttpSide:
    """An aiohttp application on one port. Routes go into ``app`` before ``start``; ``stop`` once."""

    def __init__(self) -> None:
        self.app = web.Application(middlewares=[_json_errors], client_max_size=_MAX_BODY_BYTES)
        # No access log: the query holds the client secret.
        self._runner = web.AppRunner(
            self.app, access_log=None, handle_signals=False, shutdown_timeout=_SHUTDOWN_TIMEOUT_S
        )

    async def start(self, address: str, port: int, tls: ssl.SSLContext | None) -> int:
        """Listen; the port taken. Raises OSError where it cannot be had."""
        await self._runner.setup()
        await web.TCPSite(self._runner, address, port, ssl_context=tls).start()
        taken: int = self._runner.addresses[0][1]
        return taken

    async def stop(self) -> None:
        """Close the port and what is open on it."""
        await self._runner.cleanup()


@web.middleware
async def _json_errors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
) -> web.StreamResponse:
    try:
        return await handler(request)
    except web.HTTPException as error:
        sentence = f"{error.reason}."
        if error.status == 404:
            sentence = f"Nothing is at {request.path}: tokens are handed out at {TOKEN_PATH}."
        headers = {"Allow": error.headers[hdrs.ALLOW]} if hdrs.ALLOW in error.headers else None
        return refusal(error.status, "invalid_request", sentence, headers)
