"""The opening handshake, seen from clients that do it by hand."""

import asyncio
import base64
import json

import pytest
from websockets.asyncio.client import connect
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed, InvalidStatus

from optave_inspector.local_tenant.handshake import offered_subprotocols, query_parameters


async def shake(address, *lines, path="/", method="GET", upgrade=True):
    """Status, headers (names in lower case) and body of the answer to a handshake written by hand."""
    host, port = address.websocket_url.split("/")[2].rsplit(":", 1)
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}:{port}"]
    if upgrade:
        key = base64.b64encode(b"0" * 16).decode()
        head += ["Upgrade: websocket", "Connection: Upgrade", f"Sec-WebSocket-Key: {key}", "Sec-WebSocket-Version: 13"]
    reader, writer = await asyncio.open_connection(host.strip("[]"), int(port))
    try:
        writer.write("\r\n".join([*head, *lines, "", ""]).encode())
        answer = (await reader.readuntil(b"\r\n\r\n")).decode()
        status, *fields = answer.strip().split("\r\n")
        headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        return int(status.split()[1]), headers, body
    finally:
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("lines", [[], ["Sec-WebSocket-Protocol: optave-v1"], ["Sec-WebSocket-Protocol: "]])
@pytest.mark.parametrize("path", ["/", "/?Authorization=", "/?Authorization=Bearer%20", "/?other=1"])
async def test_no_token_is_refused_with_401_saying_what_to_do(client, lines, path):
    async with client.tenant() as address:
        status, headers, body = await shake(address, *lines, path=path)
    assert status == 401
    assert headers["www-authenticate"] == 'Bearer realm="optave-local-tenant"'
    assert headers["content-type"] == "application/json"
    said = json.loads(body)
    assert said["error"] == "missing_token"
    assert "optave-v1" in said["error_description"]


@pytest.mark.parametrize("place", ["subprotocol", "query"])
async def test_a_wrong_token_is_refused_with_401_saying_why(client, place):
    async with client.tenant() as address, client.tenant() as other:
        foreign = await client.token(other)
        for token in (foreign, foreign[:-5] + "AAAAA", "a.b.c", "a=b", "x"):
            if place == "subprotocol":
                status, headers, body = await shake(address, f"Sec-WebSocket-Protocol: optave-v1, {token}")
            else:
                status, headers, body = await shake(address, path=f"/?Authorization={token}")
            assert status == 401
            assert 'error="invalid_token"' in headers["www-authenticate"]
            assert "signature" in json.loads(body)["error_description"]


async def test_an_expired_token_is_refused_with_401_saying_so(client):
    async with client.tenant(token_lifetime_s=0.001) as address:
        token = await client.token(address)
        with pytest.raises(InvalidStatus) as refused:
            await client.open(address, token)
    assert refused.value.response.status_code == 401
    assert "expired" in json.loads(refused.value.response.body)["error_description"]


@pytest.mark.parametrize("transports", [("subprotocol", "subprotocol"), ("subprotocol", "query"), ("query", "query")])
async def test_a_used_token_opens_and_is_closed_with_1008(client, transports):
    async with client.tenant() as address:
        token = await client.token(address)
        ways = {
            "subprotocol": lambda: client.open(address, token),
            "query": lambda: client.open(address, token, f"?Authorization={token}", subprotocols=None),
        }
        first = await ways[transports[0]]()
        second = await ways[transports[1]]()
        with pytest.raises(ConnectionClosed) as closed:
            await second.recv()
        assert (closed.value.rcvd.code, closed.value.rcvd.reason) == (1008, "token already used")
        assert (await client.ask(first, client.envelope()))["payload"]["state"] == "completed"
        await first.close()
        third = await ways[transports[1]]()
        with pytest.raises(ConnectionClosed):
            await third.recv()


async def test_a_refused_handshake_does_not_spend_the_token(client):
    async with client.tenant() as address:
        token = await client.token(address)
        assert (await shake(address, f"Sec-WebSocket-Protocol: {token}"))[0] == 400
        assert (await shake(address, f"Sec-WebSocket-Protocol: optave-v1, {token}", "Sec-WebSocket-Key: short"))[
            0
        ] == 400
        socket = await client.open(address, token)
        await socket.close()


@pytest.mark.parametrize(
    "offer",
    ["optave-v1,{}", "optave-v1, {}", "optave-v1 ,  {}", "{}, optave-v1", "optave-v1\r\nSec-WebSocket-Protocol: {}"],
)
async def test_the_subprotocol_transport_selects_optave_v1_and_never_the_token(client, offer):
    async with client.tenant() as address:
        token = await client.token(address)
        status, headers, _ = await shake(address, "Sec-WebSocket-Protocol: " + offer.format(token))
    assert status == 101
    assert headers["sec-websocket-protocol"] == "optave-v1"
    assert token not in str(headers)


async def test_the_token_alone_as_subprotocol_is_refused_since_nothing_could_be_selected(client):
    async with client.tenant() as address:
        status, _, body = await shake(address, f"Sec-WebSocket-Protocol: {await client.token(address)}")
    assert (status, json.loads(body)["error"]) == (400, "missing_subprotocol")


@pytest.mark.parametrize(
    "path",
    [
        "/?Authorization={}",
        "?Authorization={}",
        "/any/path?Authorization={}",
        "/?Authorization=Bearer%20{}",
        "/?Authorization=bearer+{}",
        "/?x=1&Authorization={}",
        "/?x=1?Authorization={}",
        "/?x=1?OptaveTraceChatSessionId=a&Authorization={}",
    ],
)
async def test_the_query_transport_is_taken_without_a_subprotocol(client, path):
    async with client.tenant() as address:
        status, headers, _ = await shake(address, path=path.format(await client.token(address)))
    assert status == 101
    assert "sec-websocket-protocol" not in headers


async def test_the_query_transport_with_optave_v1_offered_selects_it(client):
    async with client.tenant() as address:
        query = f"/?Authorization={await client.token(address)}"
        status, headers, _ = await shake(address, "Sec-WebSocket-Protocol: optave-v1", path=query)
    assert (status, headers["sec-websocket-protocol"]) == (101, "optave-v1")


async def test_a_token_in_both_places_is_the_subprotocol_s(client):
    async with client.tenant() as address:
        good = await client.token(address)
        status, _, _ = await shake(address, f"Sec-WebSocket-Protocol: optave-v1, {good}", path="/?Authorization=bad")
        assert status == 101
        fresh = await client.token(address)
        status, _, _ = await shake(address, "Sec-WebSocket-Protocol: optave-v1, bad", path=f"/?Authorization={fresh}")
        assert status == 401


async def test_plain_http_is_told_to_upgrade(client):
    async with client.tenant() as address:
        status, headers, body = await shake(address, upgrade=False)
    assert status == 426
    assert headers["upgrade"] == "websocket"
    assert "Upgrade" in headers["connection"]
    assert "WebSocket" in json.loads(body)["error_description"]


async def test_a_post_to_the_websocket_port_is_not_allowed(client):
    async with client.tenant() as address:
        status, headers, _ = await shake(address, method="POST")
    assert (status, headers["allow"]) == (405, "GET")


async def test_the_chat_session_is_seen(client):
    async with client.tenant() as address:
        url = f"{address.websocket_url}?OptaveTraceChatSessionId=a+b%20c&Authorization={await client.token(address)}"
        async with connect(url, proxy=None):
            _, status = await client.order(address, "status")
    (one,) = status["connections"]
    assert (one["chat_session_id"], one["transport"]) == ("a b c", "query")


def test_subprotocols_are_read_from_all_lines():
    headers = Headers([("Sec-WebSocket-Protocol", "a,b ,"), ("Sec-WebSocket-Protocol", " c")])
    assert offered_subprotocols(headers) == ["a", "b", "c"]


def test_a_second_question_mark_parts_parameters():
    assert query_parameters("/?x=1?Authorization=t&y=") == {"x": "1", "Authorization": "t", "y": ""}
    assert query_parameters("/") == {}
