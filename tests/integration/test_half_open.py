"""Half-open connections: the peer is gone and nothing says so. What is told must be true at each moment."""

from __future__ import annotations

import asyncio
import dataclasses
import socket

import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.client.config import NoToken
from optave_inspector.client.events import Closer, FailureKind, TcpEnd
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import ExchangeStatus
from tests.integration.sessions import config, ended, session
from tests.integration.vanishing import Vanishing, vanishing_server

REQUEST = '{"action":"message","headers":{"correlationId":"a","action":"adjust"},"payload":{"request":{}}}'


async def echoed(watched, text: str = "are you there?") -> None:
    """Show that both ways work."""
    wanted = watched.received + 1
    came = asyncio.Event()
    watched.entries_added.connect(lambda _count: came.set())
    await watched.send_text(text)
    while watched.received < wanted:
        came.clear()
        await came.wait()


def test_with_keepalive_the_ending_says_that_nothing_came() -> None:
    async def main() -> None:
        async with vanishing_server() as server, session() as watched:
            await watched.connect(
                config(server.url, allow_plaintext=True, ping_interval_s=0.2, ping_timeout_s=0.5), NoToken()
            )
            await echoed(watched)
            await server.vanish()
            await ended(watched, 20)
            ending = watched.ending
            assert watched.state is ConnectionState.CLOSED
            assert ending is not None
            assert ending.cause.startswith("The server said nothing for 0.5 s after a keepalive ping.")
            assert (ending.received, ending.clean, ending.by_user) == (None, False, False)
            assert ending.code == 1006
            assert ending.tcp is TcpEnd.DROPPED
            entries = watched.store.page(1, watched.store.count)
            assert "said nothing for 0.5 s" in entries[-1].summary
            assert any(each.kind == EntryKind.PING and each.direction == 1 for each in entries)

    asyncio.run(main())


def test_without_keepalive_nothing_false_is_said_until_the_user_closes() -> None:
    """Nobody on this side can know; so neither an ending nor an answer is made up."""

    async def main() -> None:
        async with vanishing_server() as server, session() as watched:
            told: list[object] = []
            await watched.connect(
                config(server.url, allow_plaintext=True, ping_interval_s=None, request_timeout_s=0.3), NoToken()
            )
            await echoed(watched)
            await server.vanish()
            for signal in (watched.state_changed, watched.ended, watched.failed):
                signal.connect(told.append)
            timed_out = asyncio.Event()
            watched.exchanges_changed.connect(
                lambda _numbers: watched.exchanges[-1].status is ExchangeStatus.TIMED_OUT and timed_out.set()
            )
            await watched.send_text(REQUEST)
            async with asyncio.timeout(10):
                await timed_out.wait()
            assert told == []
            assert watched.state is ConnectionState.OPEN
            assert watched.ending is None
            sent = watched.store.page(watched.store.count, 1)[0]
            assert (sent.direction, sent.latency_ns) == (1, -1)
            ending = await watched.close(1000, "bye")
            assert ending is not None
            assert "neither answered the close frame nor ended TCP" in ending.cause
            assert (ending.first, ending.received, ending.clean) == (Closer.INSPECTOR, None, False)
            assert ending.code == 1006
            assert ending.by_user

    asyncio.run(main())


def test_connecting_to_a_machine_that_has_vanished_is_told_as_a_time_out_of_that_phase() -> None:
    async def main() -> None:
        async with vanishing_server() as server, session() as watched:
            await server.vanish()
            settings = dataclasses.replace(config(server.url, allow_plaintext=True), open_timeout_s=0.5)
            with pytest.raises(ConnectFailed) as failed:
                await watched.connect(settings, NoToken())
            assert failed.value.kind is FailureKind.TIMEOUT
            phase = "did not accept a TCP connection" if server.machine else "did not answer the upgrade request"
            assert f"{phase} within 0.5 s" in failed.value.sentence
            assert watched.state is ConnectionState.CLOSED
            assert watched.ending is None

    asyncio.run(main())


def test_when_the_system_gives_up_on_the_peer_the_ending_says_so() -> None:
    """It takes a quarter of an hour by itself; here the system is told to give up sooner."""
    if not hasattr(socket, "TCP_USER_TIMEOUT"):
        pytest.skip("only Linux can be told when to give up")

    async def main(server: Vanishing) -> None:
        async with session() as watched:
            await watched.connect(config(server.url, allow_plaintext=True, ping_interval_s=None), NoToken())
            await echoed(watched)
            connection = watched._connection
            assert connection is not None
            sock = connection._attempt.connection.transport.get_extra_info("socket")
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 500)
            await server.vanish()
            await watched.send_text("into the void")
            await ended(watched, 30)
            ending = watched.ending
            assert ending is not None
            assert ending.tcp is TcpEnd.TIMED_OUT
            assert (ending.received, ending.sent, ending.first) == (None, None, Closer.NOBODY)
            assert ending.code == 1006
            assert not ending.by_user

    async def run() -> None:
        async with vanishing_server() as server:
            if not server.machine:
                pytest.skip("no network namespace may be made: the proxy's kernel still answers")
            await main(server)

    asyncio.run(run())
