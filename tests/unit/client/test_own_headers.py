"""The user's own headers and Origin in the upgrade request, and which addresses of a host are tried."""

from __future__ import annotations

import pytest
from websockets.asyncio.server import serve

from optave_inspector.client.config import AddressFamily, PastedToken
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.masking import masked

SECRET = "canary/header+secret"


async def test_headers_and_origin_go_out_as_they_are_set(serve_raw, connection_to) -> None:
    seen = {}

    async def script(peer) -> None:
        await peer.upgrade(f"X-Echo: {SECRET}")
        seen.update(peer.request)
        await peer.closed_by_client()

    headers = (("X-Tenant", "acme"), ("Authorization", "Key {{secret}}"), ("User-Agent", "mine/1"))
    async with serve_raw(script) as port:
        connection = connection_to(port, headers=headers, header_secret=SECRET, origin="https://app.example")
        handshake = await connection.open()
        connection.abort()
        await connection.wait_ended()
    assert seen["x-tenant"] == "acme"
    assert seen["authorization"] == f"Key {SECRET}"
    assert seen["origin"] == "https://app.example"
    assert seen["user-agent"] == "mine/1"
    assert SECRET not in repr(handshake)
    shown = masked(handshake)
    assert SECRET not in f"{shown.request_headers}{shown.response_headers}"


async def test_a_refusal_that_echoes_the_secret_is_told_without_it(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(f"HTTP/1.1 403 no {SECRET}\r\nContent-Length: 20\r\n\r\n{SECRET}".encode())

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(port, headers=(("X-Key", "{{secret}}"),), header_secret=SECRET).open()
    assert SECRET not in str(caught.value) + repr(caught.value)
    assert SECRET.encode() not in masked(caught.value.handshake).body


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"headers": (("Host", "x"),)}, "belongs to the handshake itself"),
        ({"headers": (("Sec-WebSocket-Protocol", "x"),)}, "belongs to the handshake itself"),
        ({"headers": (("Origin", "x"),)}, "has a field of its own"),
        ({"headers": (("a b", "x"),)}, "is no name of a header"),
        ({"headers": (("X", "a\r\nY: b"),)}, "holds a line break"),
        ({"origin": "a\nb"}, "The value of the header Origin"),
        ({"headers": (("X", "{{secret}}"),)}, "there is no secret"),
    ],
)
async def test_headers_that_cannot_be_sent_spend_no_token(connection_to, used, settings, words) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await connection_to(1, PastedToken("a.b.c"), **settings).open()
    assert caught.value.kind is FailureKind.URL
    assert words in caught.value.sentence
    assert "a.b.c" not in used


async def _opens(connection_to, host: str, port: int, family: AddressFamily) -> str:
    connection = connection_to(f"ws://{host}:{port}/", address_family=family)
    handshake = await connection.open()
    await connection.close()
    await connection.wait_ended()
    return handshake.peer_address


async def _greet(socket) -> None:
    await socket.wait_closed()


async def test_ipv6_on_loopback(connection_to) -> None:
    async with serve(_greet, "::1", 0, subprotocols=["optave-v1"]) as server:
        port = server.sockets[0].getsockname()[1]
        assert await _opens(connection_to, "[::1]", port, AddressFamily.BOTH) == f"[::1]:{port}"
        assert await _opens(connection_to, "[::1]", port, AddressFamily.IPV6) == f"[::1]:{port}"


@pytest.mark.parametrize(("family", "host"), [(AddressFamily.IPV4, "[::1]"), (AddressFamily.IPV6, "127.0.0.1")])
async def test_an_address_of_the_other_kind(connection_to, free_port, family, host) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await connection_to(f"ws://{host}:{free_port}/", address_family=family).open()
    assert caught.value.kind is FailureKind.NAME
    assert "has no IPv" in caught.value.sentence


async def test_one_kind_of_address_of_a_name(connection_to) -> None:
    async with serve(_greet, "127.0.0.1", 0, subprotocols=["optave-v1"]) as server:
        port = server.sockets[0].getsockname()[1]
        assert await _opens(connection_to, "localhost", port, AddressFamily.IPV4) == f"127.0.0.1:{port}"
