"""Real proxies on loopback: HTTP CONNECT and SOCKS5, polite and rude. Every name leads to the host of ``names``."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import socket
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Proxying:
    """What a proxy does, and what it saw."""

    names: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Where the names lead; others are not known here."""
    user: str = ""
    password: str = ""
    answer: bytes = b""
    """Sent instead of anything else."""
    socks_reply: int = 0
    """Instead of connecting, a SOCKS proxy answers this."""
    port: int = 0
    asked: list[str] = field(default_factory=list)
    """``host:port`` of each request."""
    heads: list[bytes] = field(default_factory=list)

    async def http(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        target = head.split()[1].decode()
        self.asked.append(target)
        if self.answer:
            writer.write(self.answer)
            return
        if self.user:
            wanted = base64.b64encode(f"{self.user}:{self.password}".encode())
            if b"Proxy-Authorization: Basic " + wanted not in head:
                writer.write(
                    b"HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=x\r\n"
                    b"Content-Length: 0\r\n\r\n"
                )
                return
        host = target.rpartition(":")[0].strip("[]")
        if host not in self.names:
            page = b"<html><title>Unable to resolve the name</title></html>"
            writer.write(b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: %d\r\n\r\n" % len(page) + page)
            return
        try:
            way = await asyncio.open_connection(*self.names[host])
        except OSError:
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
            return
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        await _relay(reader, writer, *way)

    async def socks(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.answer:
            writer.write(self.answer)
            return
        _version, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        method = 2 if self.user else 0
        if method not in methods:
            writer.write(b"\x05\xff")
            return
        writer.write(bytes([5, method]))
        if self.user:
            _version, length = await reader.readexactly(2)
            user = await reader.readexactly(length)
            password = await reader.readexactly((await reader.readexactly(1))[0])
            good = (user.decode(), password.decode()) == (self.user, self.password)
            writer.write(b"\x01\x00" if good else b"\x01\x01")
            if not good:
                return
        kind = (await reader.readexactly(4))[3]
        if kind == 3:
            host = (await reader.readexactly((await reader.readexactly(1))[0])).decode()
        else:
            size, family = (4, socket.AF_INET) if kind == 1 else (16, socket.AF_INET6)
            host = socket.inet_ntop(family, await reader.readexactly(size))
        port = int.from_bytes(await reader.readexactly(2), "big")
        self.asked.append(f"{host}:{port}")
        reply = self.socks_reply or (0 if host in self.names else 4)
        way = None
        if not reply:
            try:
                way = await asyncio.open_connection(*self.names[host])
            except OSError:
                reply = 5
        writer.write(bytes([5, reply, 0, 1, 0, 0, 0, 0, 0, 0]))
        if way is not None:
            await _relay(reader, writer, *way)


async def _relay(reader: Any, writer: Any, other_reader: Any, other_writer: Any) -> None:
    async def pump(source: Any, sink: Any) -> None:
        with contextlib.suppress(OSError):
            while data := await source.read(1 << 16):
                sink.write(data)
                await sink.drain()
        sink.close()

    try:
        await asyncio.gather(pump(reader, other_writer), pump(other_reader, writer))
    finally:
        other_writer.close()
        with contextlib.suppress(OSError):
            await other_writer.wait_closed()


@contextlib.asynccontextmanager
async def proxying(kind: str, **doing: Any) -> Any:
    """A running proxy, ``http`` or ``socks``; yields a :class:`Proxying` that knows its port."""
    proxy = Proxying(**doing)
    running: set[asyncio.Task[Any]] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        running.add(task)
        task.add_done_callback(running.discard)
        try:
            with contextlib.suppress(asyncio.CancelledError, asyncio.IncompleteReadError, OSError):
                await (proxy.socks if kind == "socks" else proxy.http)(reader, writer)
                if not writer.is_closing():
                    await writer.drain()
                    writer.write_eof()
                    await reader.read()
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    proxy.port = server.sockets[0].getsockname()[1]
    try:
        yield proxy
    finally:
        server.close()
        for task in list(running):
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await server.wait_closed()
