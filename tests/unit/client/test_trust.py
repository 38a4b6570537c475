"""TLS: trust, its failures in words, and ports that speak something else."""

from __future__ import annotations

import datetime as dt
import ssl

import pytest
import trustme
from websockets.asyncio.server import serve

from optave_inspector.client.config import PastedToken
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.tls_words import tls_words
from optave_inspector.client.trust import TrustError, trust

TOKEN = "abc.def.ghi"


def _server_context(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


async def _greet(socket) -> None:
    await socket.send("hello")
    await socket.wait_closed()


async def test_a_server_of_a_trusted_authority_with_its_tls_told(connection_to, listener, authority, ca_file) -> None:
    context = _server_context(authority.issue_cert("localhost"))
    async with serve(_greet, "localhost", 0, subprotocols=["optave-v1"], ssl=context) as server:
        port = server.sockets[0].getsockname()[1]
        connection = connection_to(f"wss://localhost:{port}/", PastedToken(TOKEN), ca_file=ca_file)
        handshake = await connection.open()
        (frame,) = await listener.frames_in(1)
        await connection.close(1000, "bye")
        ending = await connection.wait_ended()
    assert frame.payload == b"hello"
    assert handshake.tls.startswith("TLSv1.")
    assert " " in handshake.tls, "version and cipher"
    timings = handshake.timings
    assert min(timings.dns_ms, timings.tcp_ms, timings.tls_ms, timings.upgrade_ms) > 0
    assert ending.clean
    assert listener.states == ["CONNECTING", "OPEN", "CLOSING", "CLOSED"]


async def _refused(connection_to, certificate, host="localhost", **settings) -> ConnectFailed:
    async with serve(_greet, "localhost", 0, ssl=_server_context(certificate)) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://{host}:{port}/", PastedToken(TOKEN), **settings).open()
    failure = caught.value
    assert failure.kind is FailureKind.TLS
    assert failure.hint
    assert TOKEN not in str(failure)
    assert failure.handshake.request_headers == (), "no token goes to a server that is not trusted"
    return failure


async def test_an_unknown_authority(connection_to, used) -> None:
    failure = await _refused(connection_to, trustme.CA().issue_cert("localhost"))
    start, _, issuer = failure.sentence.partition(" trust: ")
    assert start == "The certificate of localhost comes from an authority that this machine does not"
    assert issuer.startswith("OU=Testing CA"), "who issued it"
    assert "CA file" in failure.hint
    assert TOKEN not in used


async def test_a_certificate_for_another_host(connection_to, authority, ca_file) -> None:
    failure = await _refused(connection_to, authority.issue_cert("other.example"), ca_file=ca_file)
    assert failure.sentence == "The server's certificate is not for localhost; it is for other.example."


async def test_a_certificate_for_another_address(connection_to, authority, ca_file) -> None:
    failure = await _refused(connection_to, authority.issue_cert("localhost"), "127.0.0.1", ca_file=ca_file)
    assert failure.sentence == "The server's certificate is not for 127.0.0.1; it is for localhost."


async def test_an_expired_certificate(connection_to, authority, ca_file) -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    failure = await _refused(connection_to, authority.issue_cert("localhost", not_after=past), ca_file=ca_file)
    assert failure.sentence == "The certificate of localhost expired on 2020-01-01 00:00 UTC."


async def test_wss_to_a_plain_websocket_server(connection_to) -> None:
    async with serve(_greet, "localhost", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://localhost:{port}/").open()
    assert caught.value.kind is FailureKind.TLS
    assert caught.value.handshake.timings.tls_ms is None


async def test_wss_to_a_port_that_answers_in_plain_text(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.reader.read(5)
        peer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://127.0.0.1:{port}/").open()
    assert caught.value.kind is FailureKind.TLS
    assert caught.value.sentence == "127.0.0.1 did not answer in TLS."
    assert "ws://" in caught.value.hint


async def test_wss_to_a_port_that_stays_silent(serve_raw, connection_to, listener) -> None:
    async def script(peer) -> None:
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://127.0.0.1:{port}/", open_timeout_s=0.2).open()
    assert caught.value.kind is FailureKind.TIMEOUT
    assert "did not answer the TLS handshake within 0.2 s" in caught.value.sentence
    assert listener.states == ["CONNECTING", "CLOSED"]


async def test_wss_to_a_port_that_hangs_up(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.reader.read(1)

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://127.0.0.1:{port}/").open()
    assert caught.value.kind is FailureKind.TLS


async def test_ws_to_a_tls_port(connection_to, authority) -> None:
    async with serve(_greet, "localhost", 0, ssl=_server_context(authority.issue_cert("localhost"))) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"ws://localhost:{port}/", open_timeout_s=2).open()
    assert caught.value.kind is FailureKind.PROTOCOL
    assert "wss://" in caught.value.hint


async def test_a_tls_alert_in_answer_to_plain_text_is_recognised(serve_raw, connection_to) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"\x15\x03\x01\x00\x02\x02\x16")

    async with serve_raw(script) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(port).open()
    assert caught.value.sentence == f"127.0.0.1:{port} speaks TLS."
    assert caught.value.hint == "Use wss:// instead of ws://."


@pytest.mark.parametrize("content", [None, "", "no certificate\n", "-----BEGIN CERTIFICATE-----\nxx\n"])
async def test_a_ca_file_that_cannot_be_used_is_named_before_anything_is_sent(
    connection_to, used, tmp_path, content
) -> None:
    path = tmp_path / "ca.pem"
    if content is not None:
        path.write_text(content)
    with pytest.raises(ConnectFailed) as caught:
        await connection_to("wss://127.0.0.1:1/", PastedToken(TOKEN), ca_file=str(path)).open()
    assert caught.value.kind is FailureKind.TLS
    assert str(path) in caught.value.sentence
    assert TOKEN not in used
    with pytest.raises(TrustError):
        trust(str(path))


@pytest.mark.parametrize(
    ("code", "words"),
    [(9, "is not valid yet"), (18, "is self-signed"), (23, "has been revoked"), (99, "cannot be verified: odd thing")],
)
def test_other_faults_of_certificates(code, words) -> None:
    error = ssl.SSLCertVerificationError(1, "x")
    error.verify_code, error.verify_message = code, "odd thing"
    sentence, hint = tls_words(error, "example.test", "ws")
    assert words in sentence
    assert hint


def test_another_tls_failure_keeps_its_reason() -> None:
    error = ssl.SSLError(1, "[SSL: TLSV1_ALERT_INTERNAL_ERROR] tlsv1 alert internal error (_ssl.c:1)")
    error.reason = "TLSV1_ALERT_INTERNAL_ERROR"
    assert tls_words(error, "example.test", "ws")[0].endswith("failed: tlsv1 alert internal error.")
    assert tls_words(ssl.SSLError(1, "odd"), "example.test", "ws")[0].endswith("failed: odd.")
