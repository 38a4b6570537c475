"""For the local tenant's tests: coroutines run on a loop of their own, and a client made of websockets and aiohttp."""

from __future__ import annotations

import asyncio
import inspect
import json
import logging
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
from websockets.asyncio.client import ClientConnection, connect

from optave_inspector.local_tenant.settings import TenantAddress, TenantSettings
from optave_inspector.local_tenant.tenant import LocalTenant

if TYPE_CHECKING:
    from collections.abc import Iterator

DEADLINE_S = 20


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a test that is a coroutine; what its loop reports as lost fails it."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in inspect.signature(pyfuncitem.obj).parameters}
    lost: list[dict[str, Any]] = []

    async def run() -> None:
        asyncio.get_running_loop().set_exception_handler(lambda _, context: lost.append(context))
        async with asyncio.timeout(DEADLINE_S):
            await pyfuncitem.obj(**arguments)

    asyncio.run(run())
    assert not lost, lost
    return True


@pytest.fixture(autouse=True)
def no_errors_logged(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """An error in a task of the tenant fails the test."""
    yield
    assert [record for record in caplog.get_records("call") if record.levelno >= logging.ERROR] == []


class Client:
    """A client of the tenant, sharing no code with the inspector's."""

    @staticmethod
    def tenant(**settings: Any) -> LocalTenant:
        """A quick tenant in this process."""
        return LocalTenant(TenantSettings(**{"latency_ms": 0, "stream_interval_ms": 20} | settings))

    @staticmethod
    def envelope(action: str = "interaction", *, stream: bool = False, **headers: Any) -> dict[str, Any]:
        """A request that every check lets pass."""
        return {
            "action": "message",
            "headers": {
                "correlationId": "0190b3c4-0000-7000-8000-000000000001",
                "action": action,
                "schemaRef": "optave.message.v3",
                "sdkVersion": "none",
            }
            | headers,
            "payload": {
                "session": {"sessionId": "s-1"},
                "request": {
                    "requestId": "r-1",
                    "attributes": {"content": "your parcel comes tomorow", "instruction": "make it friendlier"},
                    "connections": {"threadId": "t-1", "parentId": "p-1"},
                    "context": {"organizationId": "o-1"},
                    "resources": {"offers": [{"id": "1", "name": "Gift card"}, {"id": "2", "name": "Free delivery"}]},
                    "settings": {"disableStream": not stream},
                    "scope": {
                        "conversations": [
                            {
                                "participants": [
                                    {"participantId": "u", "displayName": "Jane", "role": "user"},
                                    {"participantId": "o", "displayName": "Sam", "role": "operator"},
                                ],
                                "messages": [
                                    {"participantId": "u", "content": "My delivery is late and I am angry."},
                                    {"participantId": "o", "content": "Hello Jane, I am sorry. Which order is it?"},
                                    {"participantId": "u", "content": "Order 12345. Great that you help!"},
                                ],
                            }
                        ]
                    },
                },
            },
        }

    @staticmethod
    async def token(address: TenantAddress) -> str:
        """A fresh token."""
        query = {"client_id": address.client_id, "client_secret": address.client_secret}
        async with aiohttp.ClientSession() as session, session.post(address.auth_url, params=query) as response:
            body = await response.json()
        return str(body["access_token"])

    async def open(
        self, address: TenantAddress, token: str | None = None, query: str = "", **options: Any
    ) -> ClientConnection:
        """A connection that offers ``optave-v1`` and the token."""
        subprotocols = ["optave-v1", token or await self.token(address)]
        defaults = {"subprotocols": subprotocols, "proxy": None, "ping_interval": None}
        return await connect(address.websocket_url + query, **defaults | options)

    @staticmethod
    async def ask(socket: ClientConnection, request: Any) -> dict[str, Any]:
        """Send one message, objects as JSON, and take the next answer."""
        await socket.send(request if isinstance(request, str | bytes) else json.dumps(request))
        return json.loads(await socket.recv())

    @staticmethod
    def item(answer: dict[str, Any]) -> dict[str, Any]:
        """The one response item of an answer."""
        (result,) = answer["payload"]["message"]["results"]
        (only,) = result["response"]
        return dict(only)

    @staticmethod
    async def order(address: TenantAddress, fault: str, body: Any = None, key: str | None = None) -> tuple[int, Any]:
        """Order a fault, or the status; HTTP status and answer."""
        headers = {"X-Control-Key": address.control_key if key is None else key}
        method = "GET" if fault == "status" else "POST"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        async with (
            aiohttp.ClientSession() as session,
            session.request(method, f"{address.control_url}/{fault}", data=data, headers=headers) as response,
        ):
            return response.status, await response.json()


@pytest.fixture
def client() -> Client:
    """See :class:`Client`."""
    return Client()
