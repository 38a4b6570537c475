"""Faults by order, seen from the client they hit."""

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from websockets.exceptions import ConnectionClosed


@asynccontextmanager
async def connected(client, **settings):
    async with client.tenant(**settings) as address:
        socket = await client.open(address)
        async with socket:
            yield address, socket


async def ending(socket):
    try:
        while True:
            await socket.recv()
    except ConnectionClosed as closed:
        return closed


async def raw_connection(client, address):
    """A connected stream after the handshake, for seeing frames as they are on the wire."""
    host, port = address.websocket_url.split("/")[2].rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    token = await client.token(address)
    writer.write(
        (
            f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Key: MDAwMDAwMDAwMDAwMDAwMA==\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: optave-v1, {token}\r\n\r\n"
        ).encode()
    )
    await reader.readuntil(b"\r\n\r\n")
    return reader, writer


@pytest.mark.parametrize("key", ["", "wrong", "é"])
@pytest.mark.parametrize("fault", ["close", "status"])
async def test_an_order_without_the_key_is_refused_and_nothing_happens(client, key, fault):
    async with connected(client) as (address, socket):
        status, body = await client.order(address, fault, key=key)
        assert (status, body["error"]) == (401, "invalid_key")
        await client.ask(socket, client.envelope())


@pytest.mark.parametrize(
    ("fault", "body", "status", "error"),
    [
        ("explode", {}, 404, "unknown_fault"),
        ("close", b"{", 400, "invalid_json"),
        ("close", b"[" * 60_000, 400, "invalid_json"),
        ("close", [1], 400, "invalid_json"),
        ("close", {"code": -1}, 400, "invalid_code"),
        ("close", {"code": 65_536}, 400, "invalid_code"),
        ("close", {"code": "1000"}, 400, "invalid_code"),
        ("close", {"code": True}, 400, "invalid_code"),
        ("close", {"reason": "é" * 62}, 400, "invalid_reason"),
        ("close", {"code": None, "reason": "x"}, 400, "invalid_reason"),
        ("close", {"reason": 5}, 400, "invalid_value"),
        ("close", {"reason": "\ud800"}, 400, "invalid_value"),
        ("close", {"connection": "c9"}, 409, "no_connection"),
        ("silent", {"on": 1}, 400, "invalid_value"),
        ("silent", {"connection": "c9"}, 409, "no_connection"),
        ("error", {"next": -1}, 400, "invalid_value"),
        ("error", {"next": True}, 400, "invalid_value"),
        ("error", {"next": "2"}, 400, "invalid_value"),
        ("orphan", {"action": "fly"}, 400, "invalid_value"),
        ("ping", {"data": "x" * 126}, 400, "invalid_value"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused_in_words(client, fault, body, status, error):
    async with connected(client) as (address, socket):
        given, said = await client.order(address, fault, body)
        assert (given, said["error"]) == (status, error)
        assert said["error_description"].endswith(".")
        await client.ask(socket, client.envelope())


@pytest.mark.parametrize("fault", ["close", "drop", "orphan", "ping"])
async def test_an_order_for_nobody_says_so(client, fault):
    async with client.tenant() as address:
        status, body = await client.order(address, fault)
    assert (status, body["error_description"]) == (409, "No connection is open.")


@pytest.mark.parametrize(
    ("code", "reason"), [(1000, ""), (1001, "off"), (1008, "no"), (1011, "é" * 61), (3000, "x"), (4999, "")]
)
async def test_close_sends_the_code_and_the_reason(client, code, reason):
    async with connected(client) as (address, socket):
        status, body = await client.order(address, "close", {"code": code, "reason": reason})
        closed = await ending(socket)
    assert (status, body) == (200, {"connections": ["c1"]})
    assert (closed.rcvd.code, closed.rcvd.reason) == (code, reason)
    assert closed.rcvd_then_sent is True


async def test_close_without_a_code_sends_an_empty_close_frame(client):
    async with connected(client) as (address, socket):
        await client.order(address, "close", {"code": None})
        assert (await ending(socket)).rcvd.code == 1005


@pytest.mark.parametrize("code", [0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])
async def test_close_sends_codes_that_must_not_be_sent_as_they_are(client, code):
    async with client.tenant() as address:
        reader, writer = await raw_connection(client, address)
        await client.order(address, "close", {"code": code, "reason": "why"})
        frame = await reader.readexactly(7)
        assert frame == b"\x88\x05" + code.to_bytes(2) + b"why"
        # Nothing follows the close frame, whatever is sent; the reply to it ends TCP.
        writer.write(b"\x89\x80\x00\x00\x00\x00" + b"\x88\x82\x00\x00\x00\x00\x03\xea")
        assert b"\x88" not in await reader.read()
        writer.close()
        await writer.wait_closed()


async def test_drop_resets_tcp_without_a_close_frame(client):
    async with client.tenant() as address:
        reader, writer = await raw_connection(client, address)
        assert (await client.order(address, "drop"))[0] == 200
        with pytest.raises(ConnectionResetError):
            await reader.read()
        writer.close()
        socket = await client.open(address)
        await client.order(address, "drop")
        closed = await ending(socket)
    assert closed.rcvd is None
    assert isinstance(closed.__cause__, ConnectionResetError)


async def test_a_fault_can_hit_one_connection_only(client):
    async with connected(client) as (address, first):
        second = await client.open(address)
        status, body = await client.order(address, "close", {"code": 4000, "connection": "c2"})
        assert (status, body) == (200, {"connections": ["c2"]})
        assert (await ending(second)).rcvd.code == 4000
        await client.ask(first, client.envelope())


async def test_a_fault_without_a_connection_hits_all(client):
    async with connected(client) as (address, first):
        second = await client.open(address)
        await client.order(address, "close", {"code": 4000})
        assert [(await ending(one)).rcvd.code for one in (first, second)] == [4000, 4000]


async def test_a_silent_tenant_answers_pings_only_and_new_connections_neither(client):
    async with connected(client) as (address, first):
        await client.order(address, "silent", {"on": True})
        second = await client.open(address)
        for socket in (first, second):
            await socket.send(json.dumps(client.envelope()))
            await (await socket.ping())
        await client.order(address, "silent", {"on": False})
        fresh = await client.ask(first, client.envelope(correlationId="after"))
        _, status = await client.order(address, "status")
        await second.close()
    assert fresh["headers"]["correlationId"] == "after"
    assert [(one["received"], one["answered"]) for one in status["connections"]] == [(2, 1), (1, 0)]


async def test_one_connection_can_be_silent_while_others_are_answered(client):
    async with connected(client) as (address, first):
        second = await client.open(address)
        await client.order(address, "silent", {"on": True, "connection": "c1"})
        await first.send(json.dumps(client.envelope()))
        await client.ask(second, client.envelope())
        _, status = await client.order(address, "status")
        await second.close()
    assert [one["silent"] for one in status["connections"]] == [True, False]
    assert status["connections"][0]["answered"] == 0


async def test_an_orphan_answers_a_request_that_was_never_made(client):
    async with connected(client) as (address, socket):
        _, body = await client.order(address, "orphan", {"action": "customerInteraction"})
        answer = json.loads(await socket.recv())
    assert body["correlation_ids"] == [answer["headers"]["correlationId"]]
    assert answer["headers"]["action"] == "customerinteraction"
    assert answer["payload"]["state"] == "completed"


async def test_the_next_requests_are_answered_by_the_ordered_error(client):
    async with connected(client) as (address, socket):
        await client.order(address, "error", {"next": 2, "code": "TOO_MUCH", "content": "Slow down."})
        answers = [
            await client.ask(socket, client.envelope(correlationId=f"n-{number}", stream=True)) for number in range(2)
        ]
        after = await client.ask(socket, client.envelope())
    assert [client.item(answer) for answer in answers] == [{"content": "Slow down.", "error_code": "TOO_MUCH"}] * 2
    assert [answer["headers"]["correlationId"] for answer in answers] == ["n-0", "n-1"]
    assert after["payload"]["state"] == "completed"


async def test_an_error_has_words_of_its_own_where_none_are_given_and_can_be_for_one_connection(client):
    async with connected(client) as (address, first):
        second = await client.open(address)
        await client.order(address, "error", {"connection": "c2"})
        assert (await client.ask(first, client.envelope()))["payload"]["state"] == "completed"
        failed = await client.ask(second, client.envelope())
        await second.close()
    assert client.item(failed) == {
        "content": "The local tenant was told to answer with an error.",
        "error_code": "ORCHESTRATOR_ERROR",
    }


async def test_ping_sends_a_ping_with_its_data(client):
    async with client.tenant() as address:
        reader, writer = await raw_connection(client, address)
        await client.order(address, "ping", {"data": "hey"})
        assert await reader.readexactly(5) == b"\x89\x03hey"
        await client.order(address, "ping")
        assert (await reader.readexactly(2))[0] == 0x89
        writer.close()
        await writer.wait_closed()


async def test_status_counts_what_happened(client):
    async with connected(client) as (address, socket):
        await client.ask(socket, client.envelope())
        await client.ask(socket, "{")
        await client.order(address, "error", {"next": 3})
        code, status = await client.order(address, "status")
    assert code == 200
    assert status == {
        "connections": [
            {
                "id": "c1",
                "transport": "subprotocol",
                "chat_session_id": "",
                "received": 2,
                "answered": 2,
                "errors": 1,
                "waiting": 0,
                "silent": False,
                "scenarios": [],
            }
        ],
        "opened": 1,
        "handshakes_refused": 0,
        "tokens_issued": 1,
        "silent": False,
        "errors_ordered": 3,
        "bench": {"armed": [], "away_s": 0, "busy_s": 0},
    }


async def test_a_client_that_never_replies_to_a_close_frame_does_not_hold_the_tenant_up(client):
    async with client.tenant() as address:
        reader, writer = await raw_connection(client, address)
        await client.order(address, "close", {"code": 1006})
        await reader.readexactly(4)
        began = asyncio.get_running_loop().time()
    # Less than the five seconds for which the closing handshake is waited for while the tenant runs.
    assert asyncio.get_running_loop().time() - began < 4
    writer.close()
