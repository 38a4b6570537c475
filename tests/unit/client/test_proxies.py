"""HTTP and SOCKS5 proxies: the way through them, their refusals in words, and which of them is taken."""

from __future__ import annotations

import logging

import pytest
from aiohttp import web
from websockets.asyncio.server import serve

from optave_inspector.client.config import (
    ClientCredentials,
    PastedToken,
    ProxyKind,
    ProxySettings,
    TicketEndpoint,
    TlsSettings,
)
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.proxies import ProxyFailed, proxy_for
from optave_inspector.client.token_sources import TokenError, UsedTokens, take_token

from .proxy_servers import proxying
from .tls_servers import self_signed, server_context, tls_server
from .token_endpoints import TOKEN, assert_without, endpoint

PASSWORD = "canary-proxy-password"
KINDS = {"http": ProxyKind.HTTP, "socks": ProxyKind.SOCKS5}


def _through(proxy, kind: str, user: str = "", password: str = "") -> ProxySettings:
    return ProxySettings(KINDS[kind], "127.0.0.1", proxy.port, user, password)


@pytest.fixture(params=["http", "socks"])
def kind(request) -> str:
    return request.param


@pytest.fixture(autouse=True)
def _nothing_from_outside(monkeypatch) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY", "WSS_PROXY", "WS_PROXY", "SOCKS_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


@pytest.mark.parametrize("user", ["", "anna"])
async def test_a_tenant_behind_a_proxy(connection_to, listener, authority, ca_file, kind, user, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    async with (
        tls_server(server_context(authority.issue_cert("tenant.test"))) as port,
        proxying(kind, names={"tenant.test": ("localhost", port)}, user=user, password=PASSWORD) as proxy,
    ):
        way = _through(proxy, kind, user, PASSWORD if user else "")
        connection = connection_to(f"wss://tenant.test:{port}/", proxy=way, ca_file=ca_file)
        handshake = await connection.open()
        (frame,) = await listener.frames_in(1)
        await connection.close()
        ending = await connection.wait_ended()
    assert frame.payload == b"hello"
    assert ending.clean
    assert proxy.asked == [f"tenant.test:{port}"], "the proxy resolves the name"
    assert handshake.proxy.endswith(f"proxy 127.0.0.1:{proxy.port} (from the profile)")
    assert handshake.timings.proxy_ms > 0
    assert handshake.timings.dns_ms is None, "the proxy was given by its address"
    assert PASSWORD not in repr((way, handshake, listener.events)) + caplog.text


async def test_a_plain_websocket_goes_through_a_tunnel_too(connection_to, kind) -> None:
    async def greet(socket) -> None:
        await socket.wait_closed()

    async with (
        serve(greet, "localhost", 0, subprotocols=["optave-v1"]) as server,
        proxying(kind, names={"tenant.test": ("localhost", server.sockets[0].getsockname()[1])}) as proxy,
    ):
        connection = connection_to("ws://tenant.test:80/", proxy=_through(proxy, kind), allow_plaintext=True)
        assert (await connection.open()).accepted
        await connection.close()
        await connection.wait_ended()
    assert proxy.asked == ["tenant.test:80"]


async def _fails(connection_to, proxy, kind: str, user: str = "", password: str = "") -> ConnectFailed:
    way = _through(proxy, kind, user, password)
    with pytest.raises(ConnectFailed) as caught:
        await connection_to("wss://tenant.test/", PastedToken("a.b.c"), proxy=way).open()
    failure = caught.value
    assert failure.kind is FailureKind.PROXY
    assert failure.hint
    assert failure.handshake.request_headers == ()
    assert failure.handshake.timings.proxy_ms is None
    assert_without(failure, PASSWORD)
    return failure


@pytest.mark.parametrize(
    ("kind", "user", "words"),
    [
        ("http", "", "wants a user and a password (407 Proxy Authentication Required)"),
        ("http", "anna", "does not take this user and password (407 Proxy Authentication Required)"),
        ("socks", "", "wants a user and a password"),
        ("socks", "anna", "does not take this user and password"),
    ],
)
async def test_credentials_that_are_missing_or_wrong(connection_to, used, kind, user, words) -> None:
    async with proxying(kind, user="anna", password="the right one") as proxy:
        failure = await _fails(connection_to, proxy, kind, user, PASSWORD if user else "")
    assert words in failure.sentence
    assert "a.b.c" not in used


async def test_a_proxy_that_speaks_ntlm_only(connection_to) -> None:
    answer = (
        b"HTTP/1.1 407 Auth\r\nProxy-Authenticate: Negotiate\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
    )
    async with proxying("http", answer=answer) as proxy:
        failure = await _fails(connection_to, proxy, "http", "anna", PASSWORD)
    assert "wants credentials by Negotiate or NTLM" in failure.sentence


async def test_a_name_that_the_proxy_cannot_resolve(connection_to, kind) -> None:
    async with proxying(kind) as proxy:
        failure = await _fails(connection_to, proxy, kind)
    expected = {"http": "cannot resolve the name tenant.test (503", "socks": "cannot reach tenant.test: no such host"}
    assert expected[kind] in failure.sentence


async def test_a_server_that_the_proxy_cannot_reach(connection_to, kind, free_port) -> None:
    async with proxying(kind, names={"tenant.test": ("127.0.0.1", free_port)}) as proxy:
        failure = await _fails(connection_to, proxy, kind)
    expected = {"http": "cannot reach tenant.test:443 (502 Bad Gateway)", "socks": "refused the connection to port 443"}
    assert expected[kind] in failure.sentence


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (
            b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n",
            "does not let anybody connect to tenant.test:443 (403",
        ),
        (b"HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\n\r\n", "does not take CONNECT"),
        (
            b"HTTP/1.1 200 OK\r\n\r\n<html><title>Sign in</title></html>",
            "says that the way to tenant.test:443 is open, but sends the page “Sign in” on it",
        ),
        (
            b"HTTP/1.1 403 No\r\nContent-Length: 39\r\n\r\n<html><title>Blocked &amp; so</title></ht",
            "with the page “Blocked &amp; so”",
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n",
            "answered CONNECT to tenant.test:443 with 302",
        ),
        (b"\x05\xff", "does not speak HTTP"),
        (b"HTTP/", "does not speak HTTP"),
        (b"X" * 70_000, "does not speak HTTP"),
    ],
)
async def test_http_proxies_that_answer_otherwise(connection_to, answer, words) -> None:
    async with proxying("http", answer=answer) as proxy:
        assert words in (await _fails(connection_to, proxy, "http")).sentence


@pytest.mark.parametrize(
    ("reply", "words"),
    [
        (1, "gives no reason"),
        (2, "does not let anybody connect"),
        (3, "has no network"),
        (6, "gave up"),
        (7, "CONNECT"),
        (8, "kind of address"),
        (99, "does not speak SOCKS5"),
    ],
)
async def test_socks_proxies_that_refuse(connection_to, reply, words) -> None:
    async with proxying("socks", socks_reply=reply) as proxy:
        assert words in (await _fails(connection_to, proxy, "socks")).sentence


async def test_a_proxy_of_the_other_kind(connection_to) -> None:
    async with proxying("socks", answer=b"HTTP/1.1 400 Bad Request\r\n\r\n") as proxy:
        assert "does not speak SOCKS5" in (await _fails(connection_to, proxy, "socks")).sentence


async def test_a_proxy_that_hangs_up(connection_to, serve_raw, kind) -> None:
    async def script(peer) -> None:
        await peer.reader.read(1)

    async with serve_raw(script) as port:
        way = ProxySettings(KINDS[kind], "127.0.0.1", port)
        with pytest.raises(ConnectFailed) as caught:
            await connection_to("wss://tenant.test/", proxy=way).open()
    assert caught.value.kind is FailureKind.PROXY


async def test_a_proxy_that_says_nothing(connection_to, serve_raw, kind) -> None:
    async def script(peer) -> None:
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        way = ProxySettings(KINDS[kind], "127.0.0.1", port)
        with pytest.raises(ConnectFailed) as caught:
            await connection_to("wss://tenant.test/", proxy=way, open_timeout_s=0.2).open()
    assert caught.value.kind is FailureKind.TIMEOUT
    assert f"The proxy 127.0.0.1:{port} did not open the way to tenant.test:443" in caught.value.sentence


async def test_a_proxy_that_is_not_there(connection_to, kind, free_port) -> None:
    way = ProxySettings(KINDS[kind], "127.0.0.1", free_port)
    with pytest.raises(ConnectFailed) as caught:
        await connection_to("wss://tenant.test/", proxy=way).open()
    assert caught.value.kind is FailureKind.PROXY
    assert (
        caught.value.sentence == f"The proxy 127.0.0.1:{free_port} refused the TCP connection: nothing listens there."
    )


async def test_a_proxy_whose_name_nobody_knows(connection_to, kind) -> None:
    way = ProxySettings(KINDS[kind], "proxy.invalid", 8080)
    with pytest.raises(ConnectFailed) as caught:
        await connection_to("wss://tenant.test/", proxy=way).open()
    assert caught.value.sentence == "There is no host named proxy.invalid, which is to be the proxy."


async def test_credentials_that_socks_cannot_carry(connection_to) -> None:
    async with proxying("socks", user="änna", password=PASSWORD) as proxy:
        failure = await _fails(connection_to, proxy, "socks", "änna", PASSWORD)
    assert "characters beyond ASCII" in failure.sentence


# Token endpoints


async def _answer(_request) -> web.Response:
    return web.json_response({"access_token": TOKEN, "token": TOKEN})


async def test_a_token_comes_by_the_same_way(kind, authority, ca_file) -> None:
    async with (
        endpoint(_answer, tls=server_context(authority.issue_cert("auth.test"))) as url,
        proxying(
            kind, names={"auth.test": ("localhost", int(url.rpartition(":")[2]))}, user="anna", password=PASSWORD
        ) as proxy,
    ):
        way = _through(proxy, kind, "anna", PASSWORD)
        source = ClientCredentials("https://auth.test:9/oauth", "id", "secret", proxy=way, ca_file=ca_file)
        token = await take_token(source, UsedTokens())
    assert token.text == TOKEN
    assert proxy.asked == ["auth.test:9"]


async def test_a_token_request_whose_proxy_refuses_names_the_proxy(kind) -> None:
    async with proxying(kind, user="anna", password="right") as proxy:
        source = TicketEndpoint("https://auth.test/ticket", proxy=_through(proxy, kind, "anna", PASSWORD))
        with pytest.raises(TokenError) as caught:
            await take_token(source, UsedTokens())
    assert "does not take this user and password" in caught.value.sentence
    assert_without(caught.value, PASSWORD)


async def test_a_token_request_whose_proxy_is_not_there(kind, free_port) -> None:
    source = TicketEndpoint("https://auth.test/ticket", proxy=ProxySettings(KINDS[kind], "127.0.0.1", free_port))
    with pytest.raises(TokenError) as caught:
        await take_token(source, UsedTokens())
    assert caught.value.sentence.startswith(f"The proxy 127.0.0.1:{free_port} refused")


async def test_a_token_endpoint_that_is_not_trusted_can_be_accepted(tmp_path) -> None:
    async with endpoint(_answer, tls=self_signed(tmp_path)) as url:
        with pytest.raises(TokenError) as caught:
            await take_token(TicketEndpoint(url), UsedTokens())
        peer = caught.value.untrusted
        assert peer.certificates[0].names == ("localhost",)
        accepted = TlsSettings(accepted=frozenset({(peer.address, peer.sha256)}))
        token = await take_token(TicketEndpoint(url, tls=accepted), UsedTokens())
    assert token.text == TOKEN


# Which proxy


@pytest.mark.parametrize(
    ("environment", "host", "secure", "expected"),
    [
        ({}, "tenant.test", True, None),
        ({"HTTPS_PROXY": "http://p.test:3128"}, "tenant.test", True, "HTTP proxy p.test:3128"),
        ({"https_proxy": "p.test:3128"}, "tenant.test", True, "HTTP proxy p.test:3128"),
        ({"HTTPS_PROXY": "http://p.test"}, "tenant.test", True, "HTTP proxy p.test:80"),
        ({"ALL_PROXY": "socks5h://p.test"}, "tenant.test", True, "SOCKS5 proxy p.test:1080"),
        ({"HTTP_PROXY": "http://p.test:3128"}, "tenant.test", True, None),
        ({"HTTP_PROXY": "http://p.test:3128"}, "tenant.test", False, "HTTP proxy p.test:3128"),
        ({"HTTPS_PROXY": "http://p.test:1", "NO_PROXY": "tenant.test"}, "tenant.test", True, None),
        ({"HTTPS_PROXY": "http://p.test:1", "NO_PROXY": ".test"}, "tenant.test", True, None),
        ({"HTTPS_PROXY": "http://p.test:1", "NO_PROXY": "*"}, "tenant.test", True, None),
        ({"HTTPS_PROXY": "http://p.test:1"}, "localhost", True, None),
        ({"HTTPS_PROXY": "http://p.test:1"}, "127.0.0.1", True, None),
        ({"HTTPS_PROXY": "http://p.test:1"}, "::1", True, None),
    ],
)
async def test_the_proxy_of_the_environment(monkeypatch, environment, host, secure, expected) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    proxy = await proxy_for(ProxySettings(ProxyKind.SYSTEM), host, 443, secure=secure)
    assert (str(proxy).partition(" (")[0] if proxy is not None else None) == expected


async def test_credentials_of_the_environment_are_used_and_not_shown(monkeypatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", f"http://anna:{PASSWORD}%40@p.test:3128")
    proxy = await proxy_for(ProxySettings(ProxyKind.SYSTEM), "tenant.test", 443, secure=True)
    assert (proxy.user, proxy.password) == ("anna", f"{PASSWORD}@")
    assert PASSWORD not in repr(proxy) + str(proxy)


@pytest.mark.parametrize("text", ["https://p.test:1", "ftp://p.test", "http://p.test:port", "http://:80"])
async def test_a_proxy_of_the_environment_that_cannot_be_used(monkeypatch, connection_to, used, text) -> None:
    monkeypatch.setenv("HTTPS_PROXY", text.replace("://", f"://anna:{PASSWORD}@"))
    with pytest.raises(ProxyFailed) as caught:
        await proxy_for(ProxySettings(ProxyKind.SYSTEM), "tenant.test", 443, secure=True)
    assert_without(caught.value, PASSWORD)
    way = ProxySettings(ProxyKind.SYSTEM)
    with pytest.raises(ConnectFailed) as failed:
        await connection_to("wss://tenant.test/", PastedToken("a.b.c"), proxy=way).open()
    assert failed.value.kind is FailureKind.PROXY
    assert "a.b.c" not in used


@pytest.mark.parametrize("kind", [ProxyKind.HTTP, ProxyKind.SOCKS5])
async def test_this_machine_is_reached_without_a_proxy(kind) -> None:
    assert await proxy_for(ProxySettings(kind, "p.test", 1), "localhost", 80, secure=False) is None
