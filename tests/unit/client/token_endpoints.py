"""Real HTTP servers that hand out tokens, polite and rude, for tests of token sources."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    import ssl

TOKEN = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTAwMDAwMDB9.c2ln"


@contextlib.asynccontextmanager
async def endpoint(handler: Any, *, tls: ssl.SSLContext | None = None) -> Any:
    """Serve ``handler`` on every path; yields the base URL."""
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "localhost", 0, ssl_context=tls)
    await site.start()
    try:
        port = runner.addresses[0][1]
        yield f"{'https' if tls else 'http'}://localhost:{port}"
    finally:
        await runner.cleanup()


def assert_without(error: BaseException, *secrets: str) -> None:
    """No secret in the texts of an error and of what it came from."""
    seen: BaseException | None = error
    while seen is not None:
        for secret in secrets:
            assert secret not in str(seen)
            assert secret not in repr(seen)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
