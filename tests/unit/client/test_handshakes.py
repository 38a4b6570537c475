"""How the token travels, what the server selected, and what is told about it."""

from __future__ import annotations

from urllib.parse import parse_qsl, urlsplit

import pytest
from websockets.asyncio.server import serve

from optave_inspector.client.config import AuthTransport, ConnectionConfig, PastedToken
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.handshakes import checked_url, prepare
from optave_inspector.client.token_sources import Token

JWT = "eyJhbGciOiJub25lIn0.eyJleHAiOjE3OTAwMDAwMDB9.c2ln"


async def _open(serve_raw, connection_to, source=None, *, selected="optave-v1", url="{}", headers=(), **settings):
    """The peer as it saw the request, and the handshake."""
    peers = []

    async def script(peer) -> None:
        peers.append(peer)
        await peer.upgrade(*headers, subprotocol=selected)
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(url.format(f"ws://127.0.0.1:{port}"), source, **settings)
        handshake = await connection.open()
        connection.abort()
        await connection.wait_ended()
    return peers[0], handshake


async def test_the_token_goes_second_among_the_subprotocols(serve_raw, connection_to, listener, used) -> None:
    peer, handshake = await _open(serve_raw, connection_to, PastedToken(JWT))
    assert peer.request["sec-websocket-protocol"] == f"optave-v1, {JWT}"
    assert peer.request_line == "GET / HTTP/1.1"
    assert peer.request["user-agent"].startswith("optave-inspector/")
    assert handshake.offered_subprotocols == ("optave-v1", JWT)
    assert handshake.selected_subprotocol == "optave-v1"
    assert handshake.warnings == ()
    (use,) = listener.of("token")
    assert (use.source, use.expires_unix_s, use.reused) == ("pasted", 1790000000.0, False)
    assert JWT in used


async def test_the_handshake_is_told_in_full_with_its_times(serve_raw, connection_to, listener) -> None:
    peer, handshake = await _open(
        serve_raw, connection_to, url="{}/a?b=c", headers=("Set-Cookie: a=1", "Set-Cookie: b=2")
    )
    assert (handshake.status, handshake.reason_phrase, handshake.accepted) == (101, "Switching Protocols", True)
    assert [value for name, value in handshake.response_headers if name == "Set-Cookie"] == ["a=1", "b=2"]
    assert dict(handshake.request_headers)["Host"] == peer.request["host"]
    assert len(handshake.request_headers) == len(peer.request)
    assert handshake.url.endswith("/a?b=c")
    timings = handshake.timings
    assert timings.dns_ms is None, "an address needs no name server"
    assert timings.tls_ms is None
    assert timings.token_ms is None
    assert timings.tcp_ms > 0
    assert timings.upgrade_ms > 0
    assert timings.total_ms == pytest.approx(timings.tcp_ms + timings.upgrade_ms)
    assert handshake.peer_address.startswith("127.0.0.1:")
    assert handshake.tls == ""
    assert listener.of("handshake") == [handshake]
    assert listener.events.index(("handshake", handshake)) == 1
    assert listener.states[:2] == ["CONNECTING", "OPEN"]


async def test_a_name_is_resolved_and_that_is_timed(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(f"ws://localhost:{port}")
        handshake = await connection.open()
        connection.abort()
        await connection.wait_ended()
    assert handshake.timings.dns_ms > 0


async def test_a_leading_bearer_is_taken_off_and_said_so(serve_raw, connection_to) -> None:
    peer, handshake = await _open(serve_raw, connection_to, PastedToken(f"  bearer\t{JWT}\n"))
    assert peer.request["sec-websocket-protocol"] == f"optave-v1, {JWT}"
    assert len(handshake.warnings) == 1
    assert "Bearer" in handshake.warnings[0]


async def test_in_the_query_the_token_is_percent_encoded_after_the_session_and_what_was_there(
    serve_raw, connection_to
) -> None:
    peer, handshake = await _open(
        serve_raw,
        connection_to,
        PastedToken("Bearer a/b+c==&d é"),
        url="{}/path?x=1",
        selected=None,
        auth_transport=AuthTransport.QUERY,
        chat_session_id="chat 7&",
    )
    path, query = peer.request_line.split(" ")[1].split("?")
    assert path == "/path"
    assert query == "x=1&OptaveTraceChatSessionId=chat%207%26&Authorization=a%2Fb%2Bc%3D%3D%26d%20%C3%A9"
    assert "sec-websocket-protocol" not in peer.request, "as the SDK does it"
    assert handshake.url.endswith(peer.request_line.split(" ")[1])
    assert len(handshake.warnings) == 2
    assert "The token is part of the URL" in handshake.warnings[1]


async def test_without_a_token_optave_v1_is_offered_alone(serve_raw, connection_to, listener, used) -> None:
    peer, _ = await _open(
        serve_raw, connection_to, PastedToken(JWT), auth_transport=AuthTransport.NONE, chat_session_id="s1"
    )
    assert peer.request["sec-websocket-protocol"] == "optave-v1"
    assert dict(parse_qsl(urlsplit(peer.request_line.split(" ")[1]).query)) == {"OptaveTraceChatSessionId": "s1"}
    assert listener.of("token") == []
    assert JWT not in used, "a token that is not sent is not spent"


async def test_nothing_selected_is_warned_of(serve_raw, connection_to) -> None:
    _, handshake = await _open(serve_raw, connection_to, PastedToken(JWT), selected=None)
    assert handshake.selected_subprotocol is None
    assert handshake.warnings[0].startswith("The server selected no subprotocol.")


async def test_the_token_sent_back_is_warned_of(serve_raw, connection_to) -> None:
    _, handshake = await _open(serve_raw, connection_to, PastedToken(JWT), selected=JWT)
    assert handshake.selected_subprotocol == JWT
    assert "selected the token" in handshake.warnings[0]
    assert JWT not in repr(handshake)


@pytest.mark.parametrize("selected", ["other", f"optave-v1, {JWT}", "a/b"])
async def test_a_subprotocol_that_was_not_offered_fails_and_is_shown(
    serve_raw, connection_to, listener, selected
) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await _open(serve_raw, connection_to, PastedToken(JWT), selected=selected)
    failure = caught.value
    assert failure.kind is FailureKind.PROTOCOL
    assert failure.handshake is not None
    assert failure.handshake.status == 101
    assert failure.handshake.selected_subprotocol == selected
    assert listener.of("handshake") == [failure.handshake]
    assert JWT not in str(failure)
    assert failure.__cause__ is None
    assert listener.states == ["CONNECTING", "CLOSED"]
    if selected == "other":
        assert str(failure).startswith(
            "127.0.0.1 switched protocols (101), but selected the subprotocol other; only one of those offered may be"
        )


async def test_a_sloppily_written_selection_is_read_as_the_library_reads_it(serve_raw, connection_to) -> None:
    _, handshake = await _open(serve_raw, connection_to, PastedToken(JWT), selected="optave-v1,")
    assert handshake.selected_subprotocol == "optave-v1"
    assert handshake.warnings == ()


async def test_a_subprotocol_selected_though_none_was_offered(serve_raw, connection_to) -> None:
    with pytest.raises(ConnectFailed, match="selected the subprotocol optave-v1"):
        await _open(serve_raw, connection_to, PastedToken(JWT), auth_transport=AuthTransport.QUERY)


@pytest.mark.parametrize(
    ("token", "words"),
    [
        ("a b", "A space at position 2"),
        ("abc==", "position 4"),
        ("a/b", "position 2"),
        ("ab\u00e9", "position 3"),
        ("ab,c", "A comma at position 3"),
    ],
)
async def test_a_token_that_a_subprotocol_cannot_carry_is_refused_before_anything_is_sent(
    connection_to, listener, used, token, words
) -> None:
    connection = connection_to("ws://127.0.0.1:1/", PastedToken(token))
    with pytest.raises(ConnectFailed) as caught:
        await connection.open()
    assert caught.value.kind is FailureKind.TOKEN
    assert words in caught.value.sentence
    assert caught.value.handshake is None
    assert token not in str(caught.value)
    assert listener.states == ["CONNECTING", "CLOSED"]
    assert len(used) == 0


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ws://example.test/", "ws:// sends token and messages unencrypted"),
        ("ws://10.0.0.1/", "only used for this machine itself"),
        ("https://example.test/", "must begin with wss:// or ws://"),
        ("wss://ws-{{tenant}}.example.test/", "tenant to fill in"),
        ("wss://user:secret@example.test/", "must not have a user name"),
        ("wss://example.test/#x", "fragment"),
        ("", "empty"),
        ("wss://", "no host"),
        ("wss://a b/", "a space"),
        ("wss://example.test:99999/", "port"),
        ("wss://ex\u00e4mple.test/", "character"),
    ],
)
async def test_a_url_that_must_not_be_used_is_refused_before_a_token_is_taken(
    connection_to, listener, used, url, words
) -> None:
    connection = connection_to(url, PastedToken(JWT))
    with pytest.raises(ConnectFailed) as caught:
        await connection.open()
    assert caught.value.kind is FailureKind.URL
    assert words in str(caught.value)
    assert caught.value.handshake is None
    assert listener.states == ["CONNECTING", "CLOSED"]
    assert JWT not in used


@pytest.mark.parametrize("url", ["ws://localhost:9", "ws://127.8.8.8/", "ws://[::1]:9/", "wss://example.test/x"])
def test_loopback_and_tls_need_no_leave(url) -> None:
    assert checked_url(ConnectionConfig(url)) == url


def test_plaintext_elsewhere_with_leave() -> None:
    assert checked_url(ConnectionConfig("ws://example.test/", allow_plaintext=True)) == "ws://example.test/"


def test_no_repr_holds_the_token() -> None:
    token = Token(JWT, "pasted")
    for transport in AuthTransport:
        opening = prepare(ConnectionConfig("wss://example.test/", transport), "wss://example.test/", token, reused=True)
        assert JWT not in repr(opening)
    assert JWT not in repr(token)
    assert JWT not in repr(PastedToken(JWT))


async def test_a_used_token_is_refused_and_sent_again_only_with_leave(serve_raw, connection_to, listener) -> None:
    await _open(serve_raw, connection_to, PastedToken(JWT))
    with pytest.raises(ConnectFailed) as caught:
        await _open(serve_raw, connection_to, PastedToken(f"Bearer {JWT}"))
    assert caught.value.kind is FailureKind.TOKEN
    assert "already sent once" in caught.value.sentence
    _, handshake = await _open(serve_raw, connection_to, PastedToken(JWT, allow_reuse=True))
    assert [use.reused for use in listener.of("token")] == [False, True]
    assert handshake.warnings[0].startswith("This token was sent before.")


async def test_a_token_that_never_went_out_is_not_used(connection_to, used, listener, free_port) -> None:
    with pytest.raises(ConnectFailed):
        await connection_to(free_port, PastedToken(JWT)).open()
    assert JWT not in used
    assert listener.of("token") == []
    assert listener.of("handshake") == []


async def test_a_refused_token_is_used(serve_raw, connection_to, used) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed):
            await connection_to(port, PastedToken(JWT)).open()
    assert JWT in used


async def test_a_real_server_agrees(connection_to, listener) -> None:
    async def handler(socket) -> None:
        assert socket.subprotocol == "optave-v1"
        await socket.close(1000, "enough")

    async with serve(handler, "127.0.0.1", 0, subprotocols=["optave-v1"]) as server:
        connection = connection_to(server.sockets[0].getsockname()[1], PastedToken(JWT))
        handshake = await connection.open()
        ending = await connection.wait_ended()
    assert handshake.selected_subprotocol == "optave-v1"
    assert (ending.code, ending.reason) == (1000, "enough")
