"""A server whose machine vanishes: no close frame, no FIN, no RST, and nothing that comes is acknowledged any more."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.integration.sessions import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

_SERVER = """
import asyncio, sys
from websockets.asyncio.server import serve

async def handler(connection):
    async for message in connection:
        await connection.send(message)

async def main():
    async with serve(handler, sys.argv[1], 0, subprotocols=["optave-v1"], ping_interval=None) as server:
        print(next(iter(server.sockets)).getsockname()[1], flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"""
_numbers = itertools.count(1)


@dataclass
class Vanishing:
    """A server that echoes, until it vanishes."""

    url: str
    vanish: Callable[[], Awaitable[None]]
    machine: bool
    """It is a machine of its own, as far as TCP can tell; else a proxy that goes silent, whose kernel still answers."""


@contextlib.asynccontextmanager
async def vanishing_server() -> AsyncIterator[Vanishing]:
    """In a network namespace where this user may make one, else behind a proxy."""
    async with contextlib.AsyncExitStack() as stack:
        made = None
        if sys.platform == "linux" and os.geteuid() == 0:
            with contextlib.suppress(subprocess.CalledProcessError, FileNotFoundError):
                made = await stack.enter_async_context(_in_a_namespace())
        yield made or await stack.enter_async_context(_behind_a_proxy())


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True, capture_output=True, timeout=20)


@contextlib.asynccontextmanager
async def _in_a_namespace() -> AsyncIterator[Vanishing]:
    number = next(_numbers)
    name = f"oi{os.getpid() % 100_000}x{number}"
    # A network for tests of networks (RFC 2544), a part of it for each process and server.
    part = (os.getpid() * 8 + number) % 16_384
    net = f"198.18.{part // 64}.{part % 64 * 4}"
    here, there = (f"{net.rsplit('.', 1)[0]}.{int(net.rsplit('.', 1)[1]) + end}" for end in (1, 2))
    with contextlib.ExitStack() as undo:
        _ip("netns", "add", name)
        undo.callback(_ip, "netns", "del", name)
        _ip("link", "add", f"{name}a", "type", "veth", "peer", "name", f"{name}b", "netns", name)
        _ip("addr", "add", f"{here}/30", "dev", f"{name}a")
        _ip("link", "set", f"{name}a", "up")
        _ip("-n", name, "addr", "add", f"{there}/30", "dev", f"{name}b")
        _ip("-n", name, "link", "set", f"{name}b", "up")
        server = await asyncio.create_subprocess_exec(
            "ip", "netns", "exec", name, sys.executable, "-c", _SERVER, there,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        )  # fmt: skip
        try:
            assert server.stdout is not None
            port = int(await server.stdout.readline())

            async def vanish() -> None:
                # The machine no longer has the address, so that not even a RST can come from it.
                await asyncio.to_thread(_ip, "-n", name, "addr", "flush", "dev", f"{name}b")

            yield Vanishing(f"ws://{there}:{port}", vanish, machine=True)
        finally:
            server.kill()
            await server.communicate()


@contextlib.asynccontextmanager
async def _behind_a_proxy() -> AsyncIterator[Vanishing]:
    silent = asyncio.Event()
    writers: list[asyncio.StreamWriter] = []

    async def echo(connection) -> None:  # type: ignore[no-untyped-def]
        async for message in connection:
            await connection.send(message)

    async with serving(echo, ping_interval=None) as url:
        port = int(url.rsplit(":", 1)[1])

        async def carry(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            while data := await reader.read(1 << 16):
                if silent.is_set():
                    return
                writer.write(data)

        async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
            writers.extend((writer, far_writer))
            with contextlib.suppress(ConnectionError):
                await asyncio.gather(carry(reader, far_writer), carry(far_reader, writer))

        proxy = await asyncio.start_server(handle, "127.0.0.1", 0)

        async def vanish() -> None:
            silent.set()

        try:
            yield Vanishing(f"ws://127.0.0.1:{proxy.sockets[0].getsockname()[1]}", vanish, machine=False)
        finally:
            proxy.close()
            for writer in writers:
                writer.close()
            await proxy.wait_closed()
