"""One client's WebSocket connection, seen from the tenant: its requests are answered, each on its own."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from websockets.exceptions import ConnectionClosed

from ..tasks import Tasks
from . import faults
from .answers.table import answer
from .envelopes import COMPLETED, STARTED, Reply, Stamps, reply_to
from .requests import BadRequestError, Request, read_request
from .streaming import growing, paced

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Mapping

    from ..protocol.contract import Contract
    from .bench import Bench
    from .handshake import Admission
    from .settings import TenantSettings
    from .sockets import TenantSocket

    Answer = Callable[[Request, Reply], Awaitable[None]]

_log = logging.getLogger(__name__)
_MAX_WAITING = 1_000
"""Requests of one connection that are worked on at once; beyond that its reading pauses."""


@dataclass(slots=True)
class Orders:
    """Faults that stay in force, for one connection or for the whole tenant."""

    silent: bool = False
    """Nothing is answered; pings still are, by the WebSocket layer."""
    errors: int = 0
    """So many requests more are answered by an error envelope."""
    error_code: str = ""
    error_content: str = ""

    def take_error(self) -> bool:
        """Whether this request is to be answered by an error; counts it."""
        if self.errors <= 0:
            return False
        self.errors -= 1
        return True


@dataclass(frozen=True, slots=True)
class Service:
    """What all connections of a tenant share."""

    settings: TenantSettings
    contract: Contract | None
    stamps: Stamps
    orders: Orders
    bench: Bench


@dataclass(eq=False)
class TenantConnection:
    """An open connection. ``serve`` runs until it has ended."""

    identity: str
    """``c1``, ``c2``, … in the order of opening."""
    socket: TenantSocket
    admission: Admission
    service: Service
    orders: Orders = field(default_factory=Orders)
    received: int = 0
    answered: int = 0
    """Frames that were sent as answers, errors included."""
    errors: int = 0
    hooks: list[Callable[[str | bytes], bool]] = field(default_factory=list)
    """Asked of each message that comes; one that says true has taken it, and it is not answered."""

    def __post_init__(self) -> None:
        self.opened_s = asyncio.get_running_loop().time()
        self._scenarios = Tasks(f"local tenant {self.identity} scenarios")
        self._running: list[str] = []
        self._spoilt_answer: Answer | None = None
        self._spoilt_left = 0
        self._tasks = Tasks(f"local tenant {self.identity}")
        self._free = asyncio.Semaphore(_MAX_WAITING)

    async def serve(self) -> None:
        """Read requests and answer each in a task of its own, until the connection ends."""
        try:
            while True:
                message = await self.socket.recv()
                self.received += 1
                taken = [hook(message) for hook in self.hooks]
                if any(taken):
                    continue
                await self._free.acquire()
                self._tasks.start(self._handle(message), f"request {self.received}")
        except ConnectionClosed as closed:
            _log.debug("%s ended: %s", self.identity, closed)
        finally:
            await self._scenarios.cancel()
            await self._tasks.cancel()

    def run_scenario(self, name: str, work: Coroutine[Any, Any, None]) -> None:
        """Start what a scenario of the bench does to this connection; it ends with the connection, or by ``calm``."""
        self._running.append(name)
        self._scenarios.start(work, name)

    def calm(self) -> None:
        """Take back what scenarios do and did to this connection, as far as it is still open."""
        self._scenarios.cancel_soon()
        self._running.clear()
        self.hooks.clear()
        self._spoilt_answer = None
        self.orders.silent, self.orders.errors = False, 0
        self.socket.calm()

    def spoil_answers(self, answer: Answer | None, count: int) -> None:
        """Let the next ``count`` sound requests be answered by ``answer``, be it by nothing; None takes it back."""
        self._spoilt_answer, self._spoilt_left = answer, count

    def close_soon(self, code: int, reason: str) -> None:
        """Close without keeping the caller waiting for the end."""
        self._scenarios.start(faults.close(self, code, reason), f"close {code}")

    def whole_answer(self, request: Request, reply: Reply) -> str:
        """The answer in one frame."""
        return reply.response(COMPLETED, _item(request))

    async def send(self, text: str) -> bool:
        """Send one frame, unless told to be silent or no longer able to; whether it was sent."""
        if self.orders.silent or self.service.orders.silent:
            return False
        try:
            await self.socket.send(text)
        except ConnectionClosed:
            return False
        self.answered += 1
        return True

    def status(self) -> Mapping[str, Any]:
        """For ``GET /control/status``."""
        return {
            "id": self.identity,
            "transport": self.admission.transport,
            "chat_session_id": self.admission.chat_session_id,
            "received": self.received,
            "answered": self.answered,
            "errors": self.errors,
            "waiting": len(self._tasks),
            "silent": self.orders.silent,
            "scenarios": list(self._running),
        }

    async def _handle(self, message: str | bytes) -> None:
        try:
            await self._answer(message)
        finally:
            self._free.release()

    async def _answer(self, message: str | bytes) -> None:
        stamps = self.service.stamps
        try:
            request = read_request(message, self.service.contract)
        except BadRequestError as refused:
            _log.debug("%s: refused with %s: %s", self.identity, refused.code, refused.sentence)
            await self._send_error(reply_to(refused.headers, stamps, readable=False), refused.code, refused.sentence)
            return
        for note in request.notes:
            _log.debug("%s: %s", self.identity, note)
        reply = reply_to(request.headers, stamps, readable=True)
        for orders in (self.orders, self.service.orders):
            if orders.take_error():
                await asyncio.sleep(self.service.settings.latency_ms / 1000)
                await self._send_error(reply, orders.error_code, orders.error_content)
                return
        if self._spoilt_answer is not None and self._spoilt_left > 0:
            self._spoilt_left -= 1
            await self._spoilt_answer(request, reply)
            return
        await self._send_answer(request, reply)

    async def _send_error(self, reply: Reply, code: str, content: str) -> None:
        if await self.send(reply.error(code, content)):
            self.errors += 1

    async def _send_answer(self, request: Request, reply: Reply) -> None:
        settings = self.service.settings
        item = _item(request)
        if not request.streamed:
            await asyncio.sleep(settings.latency_ms / 1000)
            await self.send(reply.response(COMPLETED, item))
            return
        async for text, last in paced(growing(item["content"]), settings.stream_interval_ms / 1000):
            await self.send(reply.response(COMPLETED, item) if last else reply.response(STARTED, {"content": text}))


def _item(request: Request) -> dict[str, Any]:
    given = answer(request.action, request.payload)
    item: dict[str, Any] = {"content": given.content, **given.details}
    if request.notes:
        item["notes"] = list(request.notes)
    return item
