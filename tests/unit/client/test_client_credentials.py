"""Fetching a token from a real HTTP server, polite and rude."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import json
import ssl
from typing import Any
from urllib.parse import unquote_plus

import pytest
from aiohttp import web

from optave_inspector.client.client_credentials import token_url
from optave_inspector.client.config import ClientCredentials, CredentialsIn
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.token_request import MAX_ANSWER_BYTES
from optave_inspector.client.token_sources import TokenError, take_token
from tests.unit.client.token_endpoints import TOKEN, assert_without, endpoint

SECRET = "s3cr et/+&=ü"


def _source(url: str, **settings: Any) -> ClientCredentials:
    return ClientCredentials(url, "client 1", SECRET, **{"timeout_s": 5.0, **settings})


async def _fail(used, handler, path: str = "/auth", **settings: Any) -> TokenError:
    async with endpoint(handler) as base:
        with pytest.raises(TokenError) as caught:
            await take_token(_source(base + path, **settings), used)
    error = caught.value
    _assert_no_secret(error)
    return error


def _assert_no_secret(error: BaseException) -> None:
    assert_without(error, SECRET, "s3cr%20et", "s3cr+et", "s3cr et")


def _answer(status: int = 200, text: str = "", content_type: str = "application/json", **headers: str) -> Any:
    async def handler(_request: web.Request) -> web.Response:
        return web.Response(status=status, text=text, content_type=content_type, headers=headers)

    return handler


async def test_the_request_is_as_the_service_documents_it(used) -> None:
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append((request, await request.read()))
        return web.json_response({"access_token": f"Bearer {TOKEN}", "token_type": "Bearer", "expires_in": 60})

    async with endpoint(handler) as base:
        first = await take_token(_source(f"{base}/auth/oauth2"), used)
        second = await take_token(_source(f"{base}/auth/oauth2"), used)
    assert first == second
    assert (first.text, first.source, first.expires_unix_s) == (TOKEN, "client credentials", 1790000000.0)
    assert first.bearer_removed
    assert len(seen) == 2, "a fresh token each time"
    request, body = seen[0]
    assert (request.method, request.path, body) == ("POST", "/auth/oauth2/token", b"")
    assert list(request.query.items()) == [
        ("grant_type", "client_credentials"),
        ("client_id", "client 1"),
        ("client_secret", SECRET),
    ]
    assert request.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert request.headers["Content-Length"] == "0"
    assert "Authorization" not in request.headers
    assert request.headers["User-Agent"].startswith("optave-inspector/")


async def test_basic_authentication_instead_with_each_part_encoded_by_itself(used) -> None:
    seen = {}

    async def handler(request: web.Request) -> web.Response:
        scheme, _, pair = request.headers["Authorization"].partition(" ")
        name, _, secret = base64.b64decode(pair).decode().partition(":")
        seen.update(await request.post(), query=request.query_string, scheme=scheme)
        seen.update(name=unquote_plus(name), secret=unquote_plus(secret))
        return web.json_response({"access_token": TOKEN})

    async with endpoint(handler) as base:
        await take_token(_source(f"{base}/auth", credentials_in=CredentialsIn.BASIC), used)
    assert seen == {
        "grant_type": "client_credentials",
        "query": "",
        "scheme": "Basic",
        "name": "client 1",
        "secret": SECRET,
    }


async def test_an_echo_of_the_basic_header_does_not_reach_the_sentence(used) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.json_response({"error": request.headers["Authorization"]}, status=401)

    error = await _fail(used, handler, credentials_in=CredentialsIn.BASIC)
    assert "Basic ••••" in str(error)


async def test_a_form_body_instead(used) -> None:
    seen = {}

    async def handler(request: web.Request) -> web.Response:
        seen.update(await request.post(), query=request.query_string)
        return web.json_response({"access_token": TOKEN})

    async with endpoint(handler) as base:
        await take_token(_source(f"{base}/auth?region=eu", credentials_in=CredentialsIn.BODY), used)
    assert seen == {
        "grant_type": "client_credentials",
        "client_id": "client 1",
        "client_secret": SECRET,
        "query": "region=eu",
    }


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("https://a.test/auth/oauth2", "https://a.test/auth/oauth2/token"),
        ("https://a.test/auth/oauth2/", "https://a.test/auth/oauth2/token"),
        ("https://a.test/auth/oauth2/token", "https://a.test/auth/oauth2/token"),
        ("https://a.test/auth/oauth2/token/", "https://a.test/auth/oauth2/token"),
        ("https://a.test", "https://a.test/token"),
        ("https://a.test/", "https://a.test/token"),
        ("https://a.test/auth?x=1", "https://a.test/auth/token?x=1"),
        ("https://a.test/auth/token?x=/", "https://a.test/auth/token?x=/"),
        ("https://a.test/mytoken", "https://a.test/mytoken/token"),
        (" https://a.test/auth ", "https://a.test/auth/token"),
    ],
)
def test_the_token_suffix(given, made) -> None:
    assert token_url(given) == made


async def test_an_existing_query_is_kept_before_the_parameters(used) -> None:
    seen = []

    async def handler(request: web.Request) -> web.Response:
        seen.append(request.rel_url.raw_query_string)
        return web.json_response({"access_token": TOKEN})

    async with endpoint(handler) as base:
        await take_token(_source(f"{base}/auth?x=%2F1"), used)
    assert seen == [
        "x=%2F1&grant_type=client_credentials&client_id=client%201&client_secret=s3cr%20et%2F%2B%26%3D%C3%BC"
    ]


@pytest.mark.parametrize(
    ("status", "body", "words", "hint"),
    [
        (
            401,
            {"error": "invalid_client", "error_description": "Unknown client."},
            "401 Unauthorized: invalid_client: Unknown client.",
            "Check client ID and secret",
        ),
        (400, {"error": "invalid_request"}, "400 Bad Request: invalid_request.", "Check client ID, secret"),
        (403, {"message": "Forbidden"}, "403 Forbidden: Forbidden.", "permissions"),
        (404, {}, "404 Not Found.", "Check the authentication URL"),
        (429, {"error": 7, "error_description": ["x"]}, "429 Too Many Requests.", "wait"),
        (503, [], "503 Service Unavailable.", "server's side"),
        (418, {"error": f"echo {SECRET}\nand\tmore"}, "418 I'm a Teapot: echo •••• and more.", ""),
        (400, {"error": "x" * 5000}, "xxx….", ""),
    ],
)
async def test_an_error_answer_keeps_its_words(used, status, body, words, hint) -> None:
    error = await _fail(used, _answer(status, json.dumps(body)))
    assert error.sentence.startswith(f"The token endpoint answered {status} ")
    assert words.lower() in error.sentence.lower()
    assert hint in error.hint
    assert len(error.sentence) < 800


@pytest.mark.parametrize(
    ("text", "content_type", "words"),
    [
        ("<!DOCTYPE html><title>Bad</title>", "text/html", "502 Bad Gateway with an HTML page instead of JSON"),
        ("", "text/plain", "502 Bad Gateway with an empty body"),
        ("upstream down", "text/plain", "502 Bad Gateway with something that is no JSON"),
        ("[" * 100_000, "application/json", "502 Bad Gateway with something that is no JSON"),
    ],
)
async def test_an_answer_that_is_no_json(used, text, content_type, words) -> None:
    error = await _fail(used, _answer(502, text, content_type))
    assert error.sentence == f"The token endpoint answered {words}."


async def test_an_html_page_with_status_200(used) -> None:
    error = await _fail(used, _answer(200, " \n<html>login</html>", "text/html"))
    assert "200 OK with an HTML page instead of JSON" in error.sentence


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({}, "its answer has no access_token"),
        ([], "its answer has no access_token"),
        ("text", "its answer has no access_token"),
        ({"token": "t", "expires": 5}, "no usable access_token (it has: token, expires)"),
        ({"access_token": ""}, "no usable access_token (it has: access_token)"),
        ({"access_token": 5}, "no usable access_token"),
    ],
)
async def test_success_without_an_access_token(used, body, words) -> None:
    error = await _fail(used, _answer(200, json.dumps(body)))
    assert words in error.sentence


async def test_a_redirect_is_not_followed_and_its_secrets_are_masked(used) -> None:
    asked = []

    async def handler(request: web.Request) -> web.Response:
        asked.append(request)
        raise web.HTTPTemporaryRedirect(f"https://elsewhere.test/token?{request.query_string}")

    error = await _fail(used, handler)
    assert len(asked) == 1
    assert "redirects to https://elsewhere.test/token?" in error.sentence
    assert "client_secret=••••" in error.sentence
    assert "(307 Temporary Redirect)" in error.sentence


async def test_an_endless_answer_is_cut(used) -> None:
    async def handler(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        with contextlib.suppress(ConnectionError):
            for _ in range(10 * MAX_ANSWER_BYTES >> 16):
                await response.write(b" " * (1 << 16))
        return response

    error = await _fail(used, handler)
    assert "is larger than 1,048,576 bytes" in error.sentence


async def test_a_silent_endpoint_ends_at_the_time_limit(used, serve_raw) -> None:
    async def script(peer) -> None:
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(TokenError) as caught:
            await take_token(_source(f"http://127.0.0.1:{port}/", timeout_s=0.2), used)
    _assert_no_secret(caught.value)
    assert caught.value.sentence == f"The token endpoint 127.0.0.1:{port} did not answer within 0.2 s."


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (b"", "ended the connection before its answer was whole"),
        (b"SSH-2.0-OpenSSH\r\n\r\n", "did not answer in HTTP"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "ended the connection before its answer was whole"),
    ],
)
async def test_a_rudeendpoint(used, serve_raw, answer, words) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(answer)

    async with serve_raw(script) as port:
        with pytest.raises(TokenError) as caught:
            await take_token(_source(f"http://127.0.0.1:{port}/"), used)
    _assert_no_secret(caught.value)
    assert words in caught.value.sentence


async def test_nothing_listens(used, free_port) -> None:
    with pytest.raises(TokenError, match="refused the TCP connection") as caught:
        await take_token(_source(f"http://127.0.0.1:{free_port}/"), used)
    _assert_no_secret(caught.value)


async def test_no_such_host(used) -> None:
    with pytest.raises(TokenError, match=r"no host named no-such-host\.invalid") as caught:
        await take_token(_source("https://no-such-host.invalid/auth"), used)
    _assert_no_secret(caught.value)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (ClientCredentials("http://example.test/auth", "c", SECRET), "readable for everybody on the way"),
        (ClientCredentials("ftp://example.test/auth", "c", SECRET), "must begin with https:// or http://"),
        (ClientCredentials("https://{{tenant}}.example.test/auth", "c", SECRET), "tenant to fill in"),
        (ClientCredentials("", "c", SECRET), "is empty"),
        (ClientCredentials("https://example.test/auth", "", SECRET), "The client ID is missing"),
        (ClientCredentials("https://example.test/auth", "c", ""), "The client secret is missing"),
        (ClientCredentials("https://example.test/", "c", SECRET, ca_file="/no/such/ca.pem"), "/no/such/ca.pem"),
    ],
)
async def test_what_cannot_work_is_refused_before_anything_is_sent(used, source, words) -> None:
    with pytest.raises(TokenError) as caught:
        await take_token(source, used)
    assert words in str(caught.value)
    _assert_no_secret(caught.value)
    assert SECRET not in repr(source)


async def test_plaintext_elsewhere_only_with_leave(used) -> None:
    source = ClientCredentials("http://no-such-host.invalid/", "c", SECRET, allow_plaintext=True)
    with pytest.raises(TokenError, match="no host named"):
        await take_token(source, used)


async def test_tls_with_a_ca_file_and_its_failure_in_words(used, authority, ca_file) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("localhost").configure_cert(context)
    async with endpoint(_answer(200, json.dumps({"access_token": TOKEN})), tls=context) as base:
        token = await take_token(_source(base, ca_file=ca_file), used)
        assert token.text == TOKEN
        with pytest.raises(TokenError, match="authority that this machine does not trust") as caught:
            await take_token(_source(base), used)
        _assert_no_secret(caught.value)


async def test_https_to_a_plain_port(used, serve_raw) -> None:
    async def script(peer) -> None:
        await peer.reader.read(5)
        peer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(TokenError, match="did not answer in TLS"):
            await take_token(_source(f"https://127.0.0.1:{port}/"), used)


async def test_no_proxy_of_the_environment_sees_the_secret(used, monkeypatch, free_port) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")
    async with endpoint(_answer(200, json.dumps({"access_token": TOKEN}))) as base:
        assert (await take_token(_source(base), used)).text == TOKEN


async def test_the_connection_takes_a_fresh_token_each_time_and_times_it(
    connection_to, listener, used, serve_raw
) -> None:
    given = []

    async def handler(_request: web.Request) -> web.Response:
        given.append(f"token-{len(given)}")
        return web.json_response({"access_token": given[-1]})

    sent = []

    async def script(peer) -> None:
        await peer.upgrade()
        sent.append(peer.request["sec-websocket-protocol"])
        await peer.closed_by_client()

    async with endpoint(handler) as base, serve_raw(script) as port:
        for _ in range(2):
            connection = connection_to(port, _source(base))
            handshake = await connection.open()
            assert handshake.timings.token_ms > 0
            connection.abort()
            await connection.wait_ended()
    assert sent == ["optave-v1, token-0", "optave-v1, token-1"]
    assert [(use.source, use.reused) for use in listener.of("token")] == [("client credentials", False)] * 2


async def test_a_token_given_twice_is_sent_and_marked(connection_to, listener, serve_raw) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with endpoint(_answer(200, json.dumps({"access_token": TOKEN}))) as base, serve_raw(script) as port:
        for _ in range(2):
            connection = connection_to(port, _source(base))
            handshake = await connection.open()
            connection.abort()
            await connection.wait_ended()
    assert [use.reused for use in listener.of("token")] == [False, True]
    assert handshake.warnings


async def test_no_token_no_connection(connection_to, listener) -> None:
    async with endpoint(_answer(401, '{"error":"invalid_client"}')) as base:
        connection = connection_to("ws://127.0.0.1:1/", _source(base))
        with pytest.raises(ConnectFailed) as caught:
            await connection.open()
    assert caught.value.kind is FailureKind.TOKEN
    assert "invalid_client" in caught.value.sentence
    assert caught.value.handshake is None
    assert listener.states == ["CONNECTING", "CLOSED"]


async def test_aborting_while_the_token_is_fetched(connection_to, listener, serve_raw) -> None:
    asked = asyncio.Event()

    async def script(peer) -> None:
        await peer.read_request()
        asked.set()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to("ws://127.0.0.1:1/", _source(f"http://127.0.0.1:{port}/"))
        opening = asyncio.ensure_future(connection.open())  # noqa: TID251 - the test's own
        await asked.wait()
        connection.abort()
        with pytest.raises(ConnectFailed) as caught:
            await opening
    assert caught.value.kind is FailureKind.CANCELLED
    assert listener.states == ["CONNECTING", "CLOSED"]


async def test_a_status_that_nobody_named(used, serve_raw) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 599 \r\nContent-Length: 2\r\n\r\n{}")
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(TokenError, match=r"The token endpoint answered 599\."):
            await take_token(_source(f"http://127.0.0.1:{port}/"), used)


async def test_a_status_without_its_phrase_gets_the_usual_one(used, serve_raw) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 401 \r\nContent-Length: 2\r\n\r\n{}")
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(TokenError, match=r"answered 401 Unauthorized\."):
            await take_token(_source(f"http://127.0.0.1:{port}/"), used)


async def test_no_log_holds_the_secret_or_the_token(used, caplog) -> None:
    with caplog.at_level("DEBUG"):
        async with endpoint(_answer(200, json.dumps({"access_token": TOKEN}))) as base:
            await take_token(_source(base, credentials_in=CredentialsIn.BODY), used)
        with pytest.raises(TokenError):
            await take_token(_source(base), used)
    assert TOKEN not in caplog.text
    assert "s3cr" not in caplog.text
