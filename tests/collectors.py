"""A collector on loopback that speaks OTLP/HTTP, decodes what it gets, and answers as it is told."""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import threading
import zlib
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTracePartialSuccess,
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

if TYPE_CHECKING:
    import ssl

    from opentelemetry.proto.trace.v1.trace_pb2 import Span

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
PROTOBUF = "application/x-protobuf"


@dataclass
class Got:
    """One request."""

    path: str
    headers: dict[str, str]
    raw: bytes
    message: ExportTraceServiceRequest

    @property
    def spans(self) -> list[Span]:
        """All of its spans."""
        return [
            span for resource in self.message.resource_spans for scope in resource.scope_spans for span in scope.spans
        ]


@dataclass
class Receiver:
    """What came, also what was refused, and how to answer what comes next: ``answers`` in turn, then 200."""

    endpoint: str = ""
    got: list[Got] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    always: Answer | None = None
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def spans(self) -> list[Span]:
        """The spans of all requests."""
        return [span for got in self.got for span in got.spans]

    def wait_for(self, condition: Callable[[], bool], timeout: float = 20) -> None:
        """Return as soon as ``condition`` holds."""
        with self.changed:
            assert self.changed.wait_for(condition, timeout), f"{len(self.got)} requests came."


@contextlib.contextmanager
def collecting(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """A collector in a thread of its own."""
    receiver = Receiver()
    loop = asyncio.SelectorEventLoop()  # whatever loop the test itself runs on
    ready, end = threading.Event(), asyncio.Event()

    async def take(request: web.Request) -> web.StreamResponse:
        raw = await request.read()  # aiohttp inflates what Content-Encoding names
        got = Got(request.path, {k.lower(): v for k, v in request.headers.items()}, raw, _decoded(raw))
        with receiver.changed:
            receiver.got.append(got)
            receiver.changed.notify_all()
        answer = receiver.answers.pop(0) if receiver.answers else receiver.always or fine
        return await answer(request)

    async def serve() -> None:
        app = web.Application(client_max_size=2**26)
        app.router.add_post("/{path:.*}", take)
        runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=tls)
        await site.start()
        host, port = runner.addresses[0][:2]
        receiver.endpoint = f"{'https' if tls else 'http'}://{host}:{port}"
        ready.set()
        await end.wait()
        await runner.cleanup()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert ready.wait(10)
    try:
        yield receiver
    finally:
        loop.call_soon_threadsafe(end.set)
        thread.join(20)
        loop.close()
        assert not thread.is_alive()


def _decoded(raw: bytes) -> ExportTraceServiceRequest:
    for unpack in (bytes, gzip.decompress, zlib.decompress):
        with contextlib.suppress(Exception):
            return ExportTraceServiceRequest.FromString(unpack(raw))
    raise AssertionError("What came is no ExportTraceServiceRequest.")


async def fine(_request: web.Request) -> web.Response:
    """All was taken."""
    return web.Response(body=ExportTraceServiceResponse().SerializeToString(), content_type=PROTOBUF)


def partial(rejected: int, why: str) -> Answer:
    """Some were not."""

    async def answer(_request: web.Request) -> web.Response:
        message = ExportTraceServiceResponse(
            partial_success=ExportTracePartialSuccess(rejected_spans=rejected, error_message=why)
        )
        return web.Response(body=message.SerializeToString(), content_type=PROTOBUF)

    return answer


def status(
    code: int, body: bytes = b"", content_type: str = "text/plain", headers: dict[str, str] | None = None
) -> Answer:
    """Any HTTP answer."""

    async def answer(_request: web.Request) -> web.Response:
        return web.Response(status=code, body=body, content_type=content_type, headers=headers)

    return answer


async def hang(_request: web.Request) -> web.Response:
    """No answer, until the other side has given up."""
    await asyncio.Event().wait()
    return web.Response()


def values(attributes: object) -> dict[str, object]:
    """Attributes of protobuf as a dictionary."""
    return {
        pair.key: getattr(pair.value, pair.value.WhichOneof("value"))
        for pair in attributes  # type: ignore[attr-defined]
    }
