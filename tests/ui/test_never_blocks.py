"""Whatever the other side does or fails to do, the window goes on: it paints, takes clicks, and can give up."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

import pytest
from PySide6.QtWidgets import QLabel, QTableView
from websockets.asyncio.server import serve

from optave_inspector.client.events import FailureKind
from optave_inspector.protocol.states import ConnectionState
from tests.ui.windows import window_for

if TYPE_CHECKING:
    from optave_inspector.app import WindowParts

MESSAGE_BYTES = 50 * 2**20


async def gives_up(parts: WindowParts, wait_until) -> None:
    """Begin to connect, see the window paint meanwhile, and give up by its own action."""
    window, session = parts.window, parts.session
    window.connect_action.trigger()
    await wait_until(lambda: session.state is ConnectionState.CONNECTING, what="connecting")
    await wait_until(lambda: "CONNECTING 0" in window.findChild(QLabel, "topBarState").text(), what="the state chip")
    for _ in range(3):
        await parts.painted()
    assert session.state is ConnectionState.CONNECTING
    window.disconnect_action.trigger()
    await wait_until(lambda: session.state is ConnectionState.CLOSED, what="giving up")
    assert session.failure is not None
    assert session.failure.kind is FailureKind.CANCELLED


def test_a_host_that_does_not_answer_can_be_given_up(aio, wait_until) -> None:
    async def main() -> None:
        with socket.socket() as full, contextlib.ExitStack() as waiting:
            full.bind(("127.0.0.1", 0))
            full.listen(0)
            # The queue of a listener that accepts nobody is full after some connections; the next gets no answer.
            for _ in range(4):
                one = waiting.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            async with window_for(f"ws://127.0.0.1:{full.getsockname()[1]}") as parts:
                await gives_up(parts, wait_until)

    aio(main(), timeout=40)


def test_a_server_that_accepts_and_stays_silent_can_be_given_up(aio, wait_until) -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        async with server, window_for(f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}") as parts:
            await gives_up(parts, wait_until)

    aio(main(), timeout=40)


@pytest.mark.timeout(120)
def test_a_message_of_50_mb_arrives_whole_and_can_be_looked_at(aio, wait_until) -> None:
    text = '{"message":"' + "x" * MESSAGE_BYTES + '","connectionId":"c"}'

    async def large(connection) -> None:
        await connection.send(text)
        await connection.wait_closed()

    async def main() -> None:
        async with (
            serve(large, "127.0.0.1", 0, subprotocols=["optave-v1"], compression=None) as server,
            window_for(f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}") as parts,
        ):
            parts.window.connect_action.trigger()
            await wait_until(lambda: parts.session.received == 1, timeout=60, what="the message")
            await parts.session.settled()
            parts.bridge.flush()
            number = parts.session.store.count
            assert parts.session.store.payload(number) == text.encode()
            model = parts.window.findChild(QTableView, "framesTable").model()
            assert model.rowCount() == number
            parts.bridge.select_entry(number)
            await parts.painted()
            assert parts.bridge.selected_entry == number

    aio(main(), timeout=100)
