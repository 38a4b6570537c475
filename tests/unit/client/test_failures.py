"""Why connections do not open: each case against a real peer, in words, with the handshake as far as it came."""

from __future__ import annotations

import asyncio
import errno
import socket

import pytest

from optave_inspector.client.config import AuthTransport, PastedToken
from optave_inspector.client.dialling import Phase
from optave_inspector.client.events import FailureKind, Handshake
from optave_inspector.client.failures import ConnectFailed, Situation, explain

TOKEN = "abc.def.ghi"


async def _fail(serve_raw, connection_to, script, **settings) -> ConnectFailed:
    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(port, PastedToken(TOKEN), **settings).open()
    failure = caught.value
    assert TOKEN not in str(failure)
    assert failure.__cause__ is None
    assert failure.__suppress_context__
    return failure


def _answering(answer: bytes):
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(answer)
        await peer.writer.drain()

    return script


def _http(status: str, *headers: str, body: bytes = b"") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        ("400 Bad Request", "did not understand"),
        ("401 Unauthorized", "The token was not accepted"),
        ("403 Forbidden", "may not connect here"),
        ("404 Not Found", "no WebSocket at this path"),
        ("426 Upgrade Required", "another version of the protocol"),
        ("429 Too Many Requests", "Retry-After"),
        ("503 Service Unavailable", "on the server's side"),
        ("200 OK", "a web server"),
        ("418 I'm a teapot", ""),
        ("304 Not Modified", ""),
    ],
)
async def test_a_refusal_is_shown_in_full(serve_raw, connection_to, listener, status, hint) -> None:
    body = b'{"message":"no"}' if not status.startswith("304") else b""
    answer = _http(status, "X-A: 1", "X-A: 2", body=body)
    failure = await _fail(serve_raw, connection_to, _answering(answer))
    assert failure.kind is FailureKind.REFUSED
    assert failure.sentence == f"127.0.0.1 refused the connection with HTTP {status}."
    assert hint in failure.hint
    handshake = failure.handshake
    assert f"{handshake.status} {handshake.reason_phrase}" == status
    assert not handshake.accepted
    assert handshake.body == body
    assert [value for name, value in handshake.response_headers if name == "X-A"] == ["1", "2"]
    assert dict(handshake.request_headers)["Sec-WebSocket-Protocol"] == f"optave-v1, {TOKEN}"
    assert handshake.timings.upgrade_ms > 0
    assert listener.of("handshake") == [handshake]
    assert listener.states == ["CONNECTING", "CLOSED"]
    assert listener.of("ending") == []


async def test_an_expired_token_is_named_as_the_likely_cause_of_401(serve_raw, connection_to) -> None:
    expired = "e30.eyJleHAiOjE2MDAwMDAwMDB9.c2ln"
    async with serve_raw(_answering(_http("401 Unauthorized"))) as port:
        with pytest.raises(ConnectFailed, match="has expired"):
            await connection_to(port, PastedToken(expired)).open()


async def test_a_redirect_is_shown_and_not_followed(serve_raw, connection_to, listener) -> None:
    followed = []

    async def elsewhere(peer) -> None:
        followed.append(peer)

    async with serve_raw(elsewhere) as other:
        location = f"ws://127.0.0.1:{other}/new?Authorization={TOKEN}"
        failure = await _fail(serve_raw, connection_to, _answering(_http("302 Found", f"Location: {location}")))
    assert failure.kind is FailureKind.REDIRECT
    assert f"127.0.0.1 redirects to ws://127.0.0.1:{other}/new?Authorization=••••" in failure.sentence
    assert failure.handshake.status == 302
    assert followed == []


async def test_a_redirect_without_a_location(serve_raw, connection_to) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(_http("308 Permanent Redirect")))
    assert failure.kind is FailureKind.REDIRECT
    assert "no Location header" in failure.sentence


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        (b"HTTP/1.0 403 Forbidden\r\nX: y\r\n\r\nold", 403),
        (b"HTTP/1.1 502 Bad Gateway\r\nTransfer-Encoding: gzip\r\n\r\nzip", 502),
        (b"HTTP/1.1 500 Oops\r\nContent-Length: 2000000\r\n\r\n" + b"x" * 1000, 500),
    ],
)
async def test_a_refusal_that_the_library_cannot_read_is_a_refusal_all_the_same(
    serve_raw, connection_to, answer, status
) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(answer))
    assert failure.kind is FailureKind.REFUSED
    assert failure.handshake.status == status
    assert failure.handshake.body


async def test_a_refusal_whose_body_never_ends_is_told_at_the_time_limit(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 401 Unauthorized\r\n\r\nwait")
        await peer.closed_by_client()

    failure = await _fail(serve_raw, connection_to, script, open_timeout_s=0.3)
    assert failure.kind is FailureKind.REFUSED
    assert failure.handshake.status == 401
    assert failure.handshake.body == b"wait"


async def test_a_wrong_accept_key_is_named(serve_raw, connection_to) -> None:
    answer = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    failure = await _fail(serve_raw, connection_to, _answering(answer + b"Sec-WebSocket-Accept: nonsense\r\n\r\n"))
    assert failure.kind is FailureKind.PROTOCOL
    assert failure.sentence == (
        "127.0.0.1 switched protocols (101), but its header Sec-WebSocket-Accept (nonsense) is wrong."
    )
    assert failure.handshake.status == 101
    assert ("Sec-WebSocket-Accept", "nonsense") in failure.handshake.response_headers


@pytest.mark.parametrize(
    ("headers", "words"),
    [
        (b"Connection: Upgrade\r\n", "its header Upgrade is missing"),
        (b"Upgrade: h2c\r\nConnection: Upgrade\r\n", "its header Upgrade (h2c) is wrong"),
        (b"Upgrade: websocket\r\n", "its header Connection is missing"),
        (b"Upgrade: websocket\r\nConnection: Upgrade\r\n", "its header Sec-WebSocket-Accept is missing"),
        (b"Upgrade: websocket\r\nConnection: @\r\n", "its header Connection"),
    ],
)
async def test_a_switch_without_its_headers_is_named(serve_raw, connection_to, headers, words) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(b"HTTP/1.1 101 Switching\r\n" + headers + b"\r\n"))
    assert failure.kind is FailureKind.PROTOCOL
    assert words in failure.sentence


async def test_an_extension_that_was_not_offered_is_named(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.upgrade("Sec-WebSocket-Extensions: x-other; a=1")
        await peer.closed_by_client()

    failure = await _fail(serve_raw, connection_to, script)
    assert failure.kind is FailureKind.PROTOCOL
    assert "accepted an extension that was not offered: x-other; a=1" in failure.sentence


async def test_something_that_is_no_http_is_shown_with_its_first_line(serve_raw, connection_to, listener) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(b"SSH-2.0-OpenSSH_9.2p1\r\nmore"))
    assert failure.kind is FailureKind.PROTOCOL
    assert "did not answer in HTTP/1.1; the answer begins with: SSH-2.0-OpenSSH_9.2p1" in failure.sentence
    assert failure.handshake.status is None
    assert failure.handshake.body.startswith(b"SSH-2.0")
    assert failure.handshake.request_headers
    assert listener.of("handshake") == [failure.handshake]


async def test_binary_garbage_is_shown_harmlessly(serve_raw, connection_to) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(b"\x00\x01\x1b[31m\xff\r\n\r\n"))
    assert "··" in failure.sentence
    assert "\x1b" not in failure.sentence


async def test_the_end_of_tcp_instead_of_an_answer(serve_raw, connection_to) -> None:
    failure = await _fail(serve_raw, connection_to, _answering(b""))
    assert failure.kind is FailureKind.PROTOCOL
    assert "ended the connection without answering the upgrade request" in failure.sentence
    assert "wss://" in failure.hint
    assert failure.handshake.request_headers


async def test_a_reset_instead_of_an_answer(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.reset()

    failure = await _fail(serve_raw, connection_to, script)
    assert failure.kind is FailureKind.PROTOCOL
    assert "reset the connection without answering" in failure.sentence


async def test_a_reset_right_after_accepting(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        peer.reset()

    failure = await _fail(serve_raw, connection_to, script)
    assert failure.kind in (FailureKind.PROTOCOL, FailureKind.TCP)


async def test_a_silent_server_ends_at_the_time_limit(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.closed_by_client()

    failure = await _fail(serve_raw, connection_to, script, open_timeout_s=0.2)
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.sentence.endswith("accepted the connection but did not answer the upgrade request within 0.2 s.")
    assert failure.handshake.request_headers
    assert failure.handshake.timings.upgrade_ms > 0
    assert listener.of("handshake") == [failure.handshake]


async def test_an_answer_that_is_never_finished(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 1")
        await peer.closed_by_client()

    failure = await _fail(serve_raw, connection_to, script, open_timeout_s=0.2)
    assert failure.kind is FailureKind.TIMEOUT
    assert "began to answer but did not finish" in failure.sentence
    assert failure.handshake.body == b"HTTP/1.1 1"


async def test_a_port_that_nothing_listens_on(connection_to, listener, free_port) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await connection_to(free_port, PastedToken(TOKEN)).open()
    assert caught.value.kind is FailureKind.TCP
    assert caught.value.sentence == f"127.0.0.1:{free_port} refused the TCP connection: nothing listens there."
    assert caught.value.handshake.request_headers == ()
    assert caught.value.handshake.timings.upgrade_ms is None
    assert listener.of("handshake") == []


async def test_a_name_of_two_addresses_of_which_none_answers(connection_to, free_port) -> None:
    with pytest.raises(ConnectFailed) as caught:
        await connection_to(f"ws://localhost:{free_port}/").open()
    assert caught.value.kind is FailureKind.TCP
    assert "refused the TCP connection" in caught.value.sentence


async def test_a_host_that_does_not_exist(connection_to) -> None:
    connection = connection_to("wss://no-such-host.invalid/", PastedToken(TOKEN), auth_transport=AuthTransport.QUERY)
    with pytest.raises(ConnectFailed) as caught:
        await connection.open()
    assert caught.value.kind is FailureKind.NAME
    assert "no-such-host.invalid" in caught.value.sentence
    assert TOKEN not in str(caught.value)


def _situation(phase: Phase, *, overdue: bool = False, secure: bool = True, **handshake) -> Situation:
    return Situation(
        phase=phase,
        host="::1",
        port=443,
        secure=secure,
        open_timeout_s=3,
        overdue=overdue,
        reset=False,
        handshake=Handshake(url="wss://[::1]/", **handshake),
        secrets=("s3cret",),
    )


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        (Phase.NAME, "The name ::1 was not resolved within 3 s."),
        (Phase.TCP, "[::1]:443 did not accept a TCP connection within 3 s."),
        (Phase.TLS, "[::1]:443 accepted the TCP connection but did not answer the TLS handshake within 3 s."),
        (Phase.UPGRADE, "[::1]:443 accepted the connection but did not answer the upgrade request within 3 s."),
    ],
)
def test_the_time_limit_names_the_phase(phase, words) -> None:
    failure = explain(TimeoutError(), _situation(phase, overdue=True))
    assert failure.kind is FailureKind.TIMEOUT
    assert failure.sentence == words
    assert failure.hint


@pytest.mark.parametrize(
    ("phase", "error", "kind", "words"),
    [
        (Phase.NAME, socket.gaierror(socket.EAI_NONAME, "x"), FailureKind.NAME, "There is no host named ::1."),
        (Phase.NAME, socket.gaierror(socket.EAI_AGAIN, "Try again"), FailureKind.NAME, "cannot be resolved: Try again"),
        (Phase.NAME, UnicodeError("label too long"), FailureKind.NAME, "no valid name"),
        (Phase.TCP, OSError(errno.ENETUNREACH, "x"), FailureKind.TCP, "There is no way to [::1]:443"),
        (Phase.TCP, OSError(errno.EACCES, "Permission denied"), FailureKind.TCP, "Permission denied"),
        (Phase.TCP, OSError("Multiple exceptions: s3cret"), FailureKind.TCP, "Multiple exceptions: ••••"),
        (Phase.TLS, ConnectionResetError(104, "x"), FailureKind.TLS, "ended the connection during the TLS handshake"),
        (Phase.UPGRADE, ConnectionResetError(104, "x"), FailureKind.PROTOCOL, "reset the connection without answering"),
    ],
)
def test_errors_that_are_hard_to_bring_about(phase, error, kind, words) -> None:
    failure = explain(error, _situation(phase))
    assert failure.kind is kind
    assert words in failure.sentence


def test_tcps_own_time_limit_is_found_under_the_librarys() -> None:
    outer = TimeoutError("timed out during opening handshake")
    outer.__cause__ = TimeoutError(errno.ETIMEDOUT, "Connection timed out")
    failure = explain(outer, _situation(Phase.TCP))
    assert failure.kind is FailureKind.TCP
    assert "Connection timed out" in failure.sentence


def test_a_switch_that_is_wrong_in_some_other_way() -> None:
    failure = explain(ValueError(), _situation(Phase.UPGRADE, status=101))
    assert failure.kind is FailureKind.PROTOCOL
    assert failure.sentence.endswith("but its response breaks RFC 6455.")


async def test_no_proxy_of_the_environment_is_used(serve_raw, connection_to, monkeypatch, free_port) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port}")

    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        connection = connection_to(port)
        await connection.open()
        connection.abort()
        await connection.wait_ended()


async def test_the_token_is_in_no_log_even_at_debug_level(serve_raw, connection_to, caplog) -> None:
    with caplog.at_level("DEBUG"):
        await _fail(serve_raw, connection_to, _answering(_http("401 Unauthorized")))
        await asyncio.sleep(0)
    assert TOKEN not in caplog.text
