"""Rude and polite peers on loopback, a listener that remembers, and a runner that lets nothing get lost."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import inspect
import os
import socket
import struct
from dataclasses import dataclass, field
from typing import Any

import pytest
import trustme

from optave_inspector.client.config import ConnectionConfig, NoToken
from optave_inspector.client.connection import Connection
from optave_inspector.client.events import Direction
from optave_inspector.client.token_sources import UsedTokens

DEADLINE_S = 20 * float(os.environ.get("OPTAVE_INSPECTOR_TEST_TIME_SCALE", "1"))
_ACCEPT_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run ``async def`` tests on a loop of their own; lost errors and left tasks are failures."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    lost: list[dict[str, Any]] = []

    async def guarded() -> list[asyncio.Task[Any]]:
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: lost.append(context))
        async with asyncio.timeout(DEADLINE_S):
            await pyfuncitem.obj(**arguments)
        left = asyncio.all_tasks() - {asyncio.current_task()}
        assert not [task for task in left if task.get_name().startswith("connection: ") and not task.cancelling()]
        # The server's side of a connection that was dropped a moment ago may still be on its way out.
        return list((await asyncio.wait(left, timeout=1))[1]) if left else []

    with asyncio.Runner() as runner:
        left = runner.run(guarded())
    assert not lost, lost
    assert not left, left
    return True


class Listener:
    """Remembers all that a connection tells, in order, and lets tests wait for it."""

    def __init__(self) -> None:
        self.events: list[tuple[str, Any]] = []
        self._changed = asyncio.Event()

    def _note(self, name: str, value: Any) -> None:
        self.events.append((name, value))
        self._changed.set()

    def on_state(self, state: Any) -> None:
        self._note("state", state)

    def on_token(self, use: Any) -> None:
        self._note("token", use)

    def on_handshake(self, handshake: Any) -> None:
        self._note("handshake", handshake)

    def on_frame(self, frame: Any) -> None:
        self._note("frame", frame)

    def on_ending(self, ending: Any) -> None:
        self._note("ending", ending)

    def of(self, name: str) -> list[Any]:
        return [value for kind, value in self.events if kind == name]

    @property
    def states(self) -> list[str]:
        return [state.name for state in self.of("state")]

    @property
    def frames(self) -> list[Any]:
        return self.of("frame")

    @property
    def received(self) -> list[Any]:
        return [frame for frame in self.frames if frame.direction is Direction.IN]

    @property
    def sent(self) -> list[Any]:
        return [frame for frame in self.frames if frame.direction is Direction.OUT]

    async def until(self, condition: Any) -> None:
        """Wait until ``condition()`` is true; it is asked after each event."""
        while not condition():
            self._changed.clear()
            await self._changed.wait()

    async def frames_in(self, count: int) -> list[Any]:
        await self.until(lambda: len(self.received) >= count)
        return self.received


@dataclass
class Peer:
    """The server's end of one raw TCP connection."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    request_line: str = ""
    request: dict[str, str] = field(default_factory=dict)

    async def read_request(self) -> None:
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode()
        self.request_line, *lines = head.split("\r\n")
        self.request = {
            name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines) if value
        }

    async def upgrade(self, *headers: str, subprotocol: str | None = "optave-v1", then: bytes = b"") -> None:
        """Read the request and switch protocols; ``then`` goes out in the same segment."""
        await self.read_request()
        lines = [
            "HTTP/1.1 101 Switching Protocols",
            "Upgrade: websocket",
            "Connection: Upgrade",
            f"Sec-WebSocket-Accept: {accept_for(self.request['sec-websocket-key'])}",
            *([f"Sec-WebSocket-Protocol: {subprotocol}"] if subprotocol else []),
            *headers,
        ]
        self.write("\r\n".join(lines).encode() + b"\r\n\r\n" + then)

    def write(self, data: bytes) -> None:
        self.writer.write(data)

    async def read_frame(self) -> tuple[int, bytes]:
        """Opcode and unmasked payload of the client's next frame."""
        first, second = await self.reader.readexactly(2)
        assert second & 0x80, "a client masks its frames"
        length = second & 0x7F
        if length == 126:
            length = int.from_bytes(await self.reader.readexactly(2), "big")
        elif length == 127:
            length = int.from_bytes(await self.reader.readexactly(8), "big")
        mask = await self.reader.readexactly(4)
        data = await self.reader.readexactly(length)
        return first & 0x0F, bytes(byte ^ mask[index % 4] for index, byte in enumerate(data))

    async def closed_by_client(self) -> None:
        """Wait for the client's end of TCP, reading away what comes before."""
        with contextlib.suppress(ConnectionError):
            while await self.reader.read(1 << 16):
                pass

    def reset(self) -> None:
        """End TCP with RST."""
        sock = self.writer.get_extra_info("socket")
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.writer.transport.abort()


def accept_for(key: str) -> str:
    return base64.b64encode(hashlib.sha1((key + _ACCEPT_GUID).encode()).digest()).decode()


@contextlib.asynccontextmanager
async def serving(script: Any) -> Any:
    """A raw TCP server that runs ``script(peer)`` for each connection; yields its port.

    A script's error fails the test. The connection is closed when the script returns.
    """
    errors: list[BaseException] = []
    running: set[asyncio.Task[Any]] = set()
    last_port = 0
    last_came = asyncio.Event()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        running.add(task)
        task.add_done_callback(running.discard)
        try:
            if writer.get_extra_info("peername")[1] == last_port:
                last_came.set()
            else:
                await script(Peer(reader, writer))
        except asyncio.CancelledError:
            pass  # by the end of the test; asyncio's streams of Python 3.11 stumble over a cancelled handler
        except Exception as error:  # noqa: BLE001 - raised again when the server is left
            errors.append(error)
        finally:
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        # Connections are accepted in order: when this one is in, none is left behind it, half accepted.
        with socket.socket() as last:
            last.setblocking(False)
            last.bind(("127.0.0.1", 0))
            last_port = last.getsockname()[1]
            await asyncio.get_running_loop().sock_connect(last, server.sockets[0].getsockname())
            await last_came.wait()
        server.close()
        if running:
            _, waiting = await asyncio.wait(running, timeout=0.5)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
        await server.wait_closed()
    if errors:
        raise errors[0]


def make_frame(
    opcode: int,
    payload: bytes = b"",
    *,
    fin: bool = True,
    rsv: int = 0,
    mask: bytes | None = None,
    length_form: int = 0,
) -> bytes:
    """A server's frame, sound or not. ``length_form`` 126 or 127 forces that encoding; ``rsv`` is the three bits."""
    first = (0x80 if fin else 0) | rsv << 4 | opcode
    masked = 0x80 if mask else 0
    size = len(payload)
    form = length_form or (size if size < 126 else 126 if size < 1 << 16 else 127)
    head = bytes([first, masked | form])
    if form >= 126:
        head += size.to_bytes(2 if form == 126 else 8, "big")
    if mask:
        payload = bytes(byte ^ mask[index % 4] for index, byte in enumerate(payload))
        head += mask
    return head + payload


def make_close(code: int | None, reason: bytes = b"") -> bytes:
    return make_frame(8, b"" if code is None else code.to_bytes(2, "big") + reason)


@pytest.fixture
def serve_raw() -> Any:
    return serving


@pytest.fixture
def frame() -> Any:
    return make_frame


@pytest.fixture
def close_frame() -> Any:
    return make_close


@pytest.fixture
def listener() -> Listener:
    return Listener()


@pytest.fixture
def used() -> UsedTokens:
    return UsedTokens()


@pytest.fixture
def connection_to(listener: Listener, used: UsedTokens) -> Any:
    """Make a connection to a loopback port (or a whole URL) with short time limits."""

    def make(target: int | str, source: Any = None, *, ready: Any = None, **settings: Any) -> Connection:
        url = f"ws://127.0.0.1:{target}/" if isinstance(target, int) else target
        settings = {"open_timeout_s": 5.0, "close_timeout_s": 5.0, **settings}
        return Connection(ConnectionConfig(url, **settings), source or NoToken(), listener, used, ready=ready)

    return make


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture(scope="session")
def ca_file(authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def free_port() -> int:
    """A loopback port that nothing listens on."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])
