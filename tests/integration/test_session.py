"""The session over real sockets: rude servers here, the local tenant as its own process elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from typing import TYPE_CHECKING

import pytest

from optave_inspector.capture.entry import EntryFlag, EntryKind
from optave_inspector.client.config import AuthTransport, ConnectionConfig, NoToken, PastedToken
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.errors import InspectorError
from optave_inspector.protocol.states import ConnectionState
from optave_inspector.tracing.exchange import ExchangeStatus
from tests.integration.sessions import config, ended, serving, session

if TYPE_CHECKING:
    from websockets.asyncio.server import ServerConnection

    from optave_inspector.session import Session


def kinds(watched: Session) -> list[int]:
    return [entry.kind for entry in watched.store.page(1, watched.store.count)]


async def echo(connection: ServerConnection) -> None:
    async for message in connection:
        await connection.send(message)


def test_nobody_listening_is_told_in_words_and_stands_in_the_log() -> None:
    async def main() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"ws://127.0.0.1:{free.getsockname()[1]}"
        async with session() as watched:
            told: list[ConnectFailed] = []
            watched.failed.connect(told.append)
            with pytest.raises(ConnectFailed):
                await watched.connect(config(url), NoToken())
            await watched.settled()
            assert told == [watched.failure]
            assert watched.state is ConnectionState.CLOSED
            last = watched.store.entry(watched.store.count)
            assert last.flags & EntryFlag.PROBLEM
            assert watched.attempt == 1

    asyncio.run(main())


def test_a_second_connect_while_open_is_refused_and_the_first_stays() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as watched:
            await watched.connect(config(url), NoToken())
            with pytest.raises(InspectorError, match="OPEN"):
                await watched.connect(config(url), NoToken())
            assert watched.state is ConnectionState.OPEN
            assert watched.attempt == 1

    asyncio.run(main())


def test_sending_without_a_connection_says_what_to_do() -> None:
    async def main() -> None:
        async with session() as watched:
            with pytest.raises(InspectorError, match="Connect first"):
                await watched.send_text("{}")

    asyncio.run(main())


def test_what_goes_out_and_comes_back_is_in_the_store_byte_for_byte() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as watched:
            await watched.connect(config(url), NoToken())
            text = '{ "odd" :\t"spacing, ünïcode, 😀" }\n'
            await watched.send_text(text)
            await watched.send_binary(b"\x00\xff")
            more = asyncio.Event()
            watched.entries_added.connect(lambda _count: more.set())
            async with asyncio.timeout(10):
                while watched.received < 2:
                    more.clear()
                    await more.wait()
            await watched.close(1000, "done")
            await watched.settled()
            rows = watched.store.page(1, watched.store.count)
            texts = [row for row in rows if row.kind == EntryKind.TEXT]
            assert [watched.store.payload(row.number) for row in texts] == [text.encode()] * 2
            assert [row.direction for row in texts] == [1, 0]
            assert rows[-1].kind == EntryKind.ENDING
            assert [row.number for row in rows] == list(range(1, len(rows) + 1))
            assert (watched.sent, watched.received) == (2, 2)

    asyncio.run(main())


def test_waiting_requests_are_cut_off_when_the_connection_is_lost() -> None:
    async def drop(connection: ServerConnection) -> None:
        await connection.recv()
        raw = connection.transport.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.transport.abort()

    async def main() -> None:
        async with serving(drop) as url, session() as watched:
            await watched.connect(config(url), NoToken())
            await watched.send_text(request("01990000-0000-7000-8000-000000000001"))
            await ended(watched)
            assert watched.ending is not None
            assert watched.ending.code == 1006
            assert watched.ending.received is None
            assert [exchange.status for exchange in watched.exchanges] == [ExchangeStatus.CUT_OFF]
            assert EntryKind.CLOSE not in kinds(watched)

    asyncio.run(main())


def test_a_request_without_an_answer_times_out_and_a_late_answer_is_marked() -> None:
    answer = asyncio.Event()

    async def late(connection: ServerConnection) -> None:
        asked = json.loads(await connection.recv())
        await answer.wait()
        headers = {**asked["headers"], "schemaRef": "optave.response.v3"}
        payload = {"action": "superpower", "actionType": "adjust", "state": "completed", "message": {"results": []}}
        await connection.send(json.dumps({"action": "message", "headers": headers, "payload": payload}))
        await connection.wait_closed()

    async def main() -> None:
        async with serving(late) as url, session() as watched:
            await watched.connect(config(url, request_timeout_s=0.2), NoToken())
            changed = asyncio.Event()
            watched.exchanges_changed.connect(lambda _numbers: changed.set())
            await watched.send_text(request("01990000-0000-7000-8000-000000000002"))
            async with asyncio.timeout(5):
                while not watched.exchanges or watched.exchanges[0].status is not ExchangeStatus.TIMED_OUT:
                    changed.clear()
                    await changed.wait()
                answer.set()
                while not watched.exchanges[0].answers:
                    changed.clear()
                    await changed.wait()
            await watched.settled()
            entry = watched.store.entry(watched.exchanges[0].answers[0])
            assert entry.flags & EntryFlag.LATE
            assert entry.latency_ns >= 200_000_000
            assert watched.exchanges[0].status is ExchangeStatus.TIMED_OUT

    asyncio.run(main())


def test_a_flood_is_stored_whole_with_a_small_backlog() -> None:
    count = 30_000

    async def flood(connection: ServerConnection) -> None:
        for number in range(count):
            await connection.send(f'{{"message":"{number}","connectionId":"c"}}')
        await connection.close(1000, "that was all")

    async def main() -> None:
        async with serving(flood, compression=None) as url, session() as watched:
            counts: list[int] = []
            watched.entries_added.connect(counts.append)
            await watched.connect(config(url, compression=False), NoToken())
            await ended(watched)
            assert watched.received == count
            assert counts == sorted(counts)
            assert counts[-1] == watched.store.count
            first = next(row.number for row in watched.store.page(1, 20) if row.kind == EntryKind.TEXT)
            for number in (0, 1, count // 2, count - 1):
                assert json.loads(watched.store.payload(first + number))["message"] == str(number)

    asyncio.run(main())


def test_closing_the_session_while_connecting_leaves_nothing_behind() -> None:
    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            await reader.read()
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, session() as watched:
            reached = asyncio.Event()
            watched.state_changed.connect(lambda _state: reached.set())
            connecting = asyncio.get_running_loop().create_task(watched.connect(config(url), NoToken()))
            await reached.wait()
            await watched.aclose()
            with pytest.raises(ConnectFailed):
                await connecting
            assert watched.state is ConnectionState.CLOSED

    asyncio.run(main())


def test_a_pasted_token_is_not_sent_twice_without_a_decision() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as watched:
            one = ConnectionConfig(url, AuthTransport.SUBPROTOCOL)
            await watched.connect(one, PastedToken("aaa.bbb.ccc"))
            await watched.close()
            with pytest.raises(ConnectFailed, match="already sent"):
                await watched.connect(one, PastedToken("aaa.bbb.ccc"))
            await watched.connect(one, PastedToken("aaa.bbb.ccc", allow_reuse=True))
            assert watched.token_use is not None
            assert watched.token_use.reused
            await watched.close()
            everything = b"".join(watched.store.payload(n) for n in range(1, watched.store.count + 1))
            assert b"aaa.bbb.ccc" not in everything

    asyncio.run(main())


def request(correlation_id: str) -> str:
    """A request envelope as small as the codec takes for one."""
    headers = {"correlationId": correlation_id, "action": "adjust", "schemaRef": "optave.message.v3"}
    return json.dumps(
        {"action": "message", "headers": headers, "payload": {"session": {}, "request": {"requestId": ""}}}
    )


def test_how_long_answers_are_waited_for_is_kept_with_the_handshake() -> None:
    async def main() -> None:
        async with serving(echo) as url, session() as watched:
            await watched.connect(config(url, request_timeout_s=2.5), NoToken())
            await watched.settled()
            entries = watched.store.page(1, watched.store.count)
            (handshake,) = (each for each in entries if each.kind == EntryKind.HANDSHAKE)
            assert json.loads(watched.store.payload(handshake.number))["requestTimeoutMs"] == 2500

    asyncio.run(main())
