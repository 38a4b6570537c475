"""Close reports over real sockets, with the local tenant's faults; and the same report from the stored capture."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import hashlib
import json
import socket
import time
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from optave_inspector.capture.entry import EntryKind
from optave_inspector.capture.store import CaptureStore
from optave_inspector.client.config import AuthTransport, ClientCredentials, ConnectionConfig, NoToken, PastedToken
from optave_inspector.client.events import Closer, TcpEnd
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.token_sources import UsedTokens, take_token
from optave_inspector.close_report.cause import Fit
from optave_inspector.close_report.gathering import gather
from optave_inspector.close_report.report import Report, report_of
from optave_inspector.close_report.writing import as_markdown, as_text
from optave_inspector.local_tenant.settings import TenantSettings
from optave_inspector.local_tenant.tenant import LocalTenant
from optave_inspector.protocol.contract import Contract
from optave_inspector.replay import CaptureReplay
from optave_inspector.resources import schemas
from optave_inspector.ui.messages import failure_message
from tests.integration.sessions import config, ended, serving, session

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from websockets.asyncio.server import ServerConnection

    from optave_inspector.close_report.case import Case
    from optave_inspector.local_tenant.settings import TenantAddress
    from optave_inspector.session import Session

REQUEST = json.dumps(
    {
        "action": "message",
        "headers": {"correlationId": "01900000-0000-7000-8000-000000000001", "action": "adjust"},
        "payload": {"session": {}, "request": {}},
    }
)


async def order(address: TenantAddress, fault: str, **parameters: Any) -> None:
    async with (
        aiohttp.ClientSession(headers={"X-Control-Key": address.control_key}) as http,
        http.post(f"{address.control_url}/{fault}", json=parameters) as answer,
    ):
        assert answer.status == 200, await answer.text()


def source_of(address: TenantAddress) -> ClientCredentials:
    return ClientCredentials(address.auth_url, address.client_id, address.client_secret, allow_plaintext=True)


def settings(address: TenantAddress, **more: Any) -> ConnectionConfig:
    return ConnectionConfig(address.websocket_url, open_timeout_s=5, close_timeout_s=2, **more)


def newest(watched: Session) -> tuple[Report, Case]:
    case = gather(watched.store, watched.exchanges).cases[-1]
    return report_of(case), case


def from_capture(path: Path) -> list[Report]:
    store = CaptureStore.open(path, read_only=True)
    try:
        exchanges = CaptureReplay(store, Contract(schemas())).rebuild().exchanges
        return [report_of(case) for case in gather(store, exchanges).cases]
    finally:
        store.close()


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(work)


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (1000, "nothing to do"),
        (1001, "Expected"),
        (1008, "Do not retry"),
        (1011, "waiting longer each time"),
        (1012, "5 to 30 seconds"),
        (1013, "when a person asks"),
        (4001, "Ask Optave"),
    ],
)
def test_a_code_from_the_tenant_is_reported_the_same_live_and_from_the_capture(tmp_path, code, advice) -> None:
    path = tmp_path / "one.optave-capture"
    live: list[Report] = []

    async def main() -> None:
        async with LocalTenant() as address, session(path) as watched:
            await watched.connect(settings(address), source_of(address))
            await order(address, "silent")
            await watched.send_text(REQUEST)
            await order(address, "close", code=code, reason="by order")
            await ended(watched)
            report, case = newest(watched)
            live.append(report)
            assert report.headline.startswith(f"{code} ")
            assert report.facts[:3] == ("“by order”", "closed by the tenant", "clean")
            assert "1 unanswered" in report.facts
            assert advice in report.advice
            assert report.source
            assert case.ending is not None
            assert (case.ending.first, case.ending.by_user) == (Closer.PEER, False)
            lines = {line.label: line for line in report.evidence}
            assert lines["Token"].words == "from client credentials, sent for the first time"
            assert "old when it was sent" in lines["Token's age"].words
            assert "good for" in lines["Token's expiry"].words
            assert "adjust" in lines["Unanswered"].words
            assert watched.store.entry(lines["Last sent"].entry).kind == EntryKind.TEXT
            assert "agree" in lines["Clocks"].words

    run(main())
    assert from_capture(path) == live


def test_a_reset_is_1006_and_is_never_said_to_have_been_received(tmp_path) -> None:
    async def main() -> None:
        async with LocalTenant() as address, session(tmp_path / "a.optave-capture") as watched:
            await watched.connect(settings(address), source_of(address))
            await order(address, "drop")
            await ended(watched)
            report, case = newest(watched)
            assert report.headline == "1006 Abnormal closure"
            assert "No close frame came; 1006 stands for that" in report.notice
            assert case.ending is not None
            assert case.ending.tcp is TcpEnd.RESET
            assert "closed by nobody" in report.facts
            assert "crashed" in report.causes[0].title
            assert report.causes[0].fit is Fit.FAIR
            assert [step.words for step in report.steps][-1] == "TCP is reset (RST)"

    run(main())


def test_an_empty_close_frame_has_no_code_and_says_so(tmp_path) -> None:
    async def main() -> None:
        async with LocalTenant() as address, session(tmp_path / "a.optave-capture") as watched:
            await watched.connect(settings(address), source_of(address))
            await order(address, "close", code=None)
            await ended(watched)
            report, _ = newest(watched)
            assert report.headline.startswith("1005 ")
            assert "carried no code" in report.notice
            assert any("without saying why" in cause.title for cause in report.causes)
            assert any(step.words.startswith("close frame without a code") for step in report.steps)

    run(main())


def test_the_users_own_close_is_told_as_such(tmp_path) -> None:
    async def main() -> None:
        async with LocalTenant() as address, session(tmp_path / "a.optave-capture") as watched:
            await watched.connect(settings(address), source_of(address))
            await watched.close(4001, "bye")
            await ended(watched)
            report, case = newest(watched)
            assert report.causes[0].title == "You closed the connection"
            assert report.look == "neutral"
            assert case.ending is not None
            assert case.ending.by_user

    run(main())


def test_silence_after_a_keepalive_ping_is_our_own_failure_and_explained(tmp_path) -> None:
    path = tmp_path / "a.optave-capture"
    live: list[Report] = []

    async def swallow(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Upgrade, then never say a word."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        accept = base64.b64encode(hashlib.sha1(f"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11".encode()).digest()).decode()
        writer.write(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Protocol: optave-v1\r\n\r\n".encode()
        )
        with contextlib.suppress(ConnectionError):
            while await reader.read(1000):
                pass
        writer.close()

    async def main() -> None:
        server = await asyncio.start_server(swallow, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, session(path) as watched:
            await watched.connect(config(url, ping_interval_s=0.1, ping_timeout_s=0.1), NoToken())
            await ended(watched)
            report, _ = newest(watched)
            live.append(report)
            assert report.headline == "1006 Abnormal closure"
            assert "The inspector sent 1011" in report.notice
            assert report.causes[0].title == "The server no longer answered"
            assert any(line.label == "Last ping sent" and "by the inspector" in line.words for line in report.evidence)

    run(main())
    assert from_capture(path) == live


def test_a_frame_that_breaks_the_protocol_is_pointed_to(tmp_path) -> None:
    async def rude(connection: ServerConnection) -> None:
        await connection.send("fine")
        connection.transport.write(b"\x83\x01x")
        await connection.wait_closed()

    async def main() -> None:
        async with serving(rude) as url, session(tmp_path / "a.optave-capture") as watched:
            await watched.connect(config(url), NoToken())
            await ended(watched)
            report, _ = newest(watched)
            assert report.causes[0].title == "The server broke the protocol"
            assert watched.store.entry(report.causes[0].entry).kind == EntryKind.RAW
            assert "failed by the inspector" in report.facts

    run(main())


def test_a_token_that_is_used_twice_is_named_as_the_likely_cause(tmp_path) -> None:
    path = tmp_path / "a.optave-capture"
    live: list[Report] = []

    async def main() -> None:
        async with LocalTenant() as address, session(path) as watched:
            token = await take_token(source_of(address), UsedTokens())
            assert token is not None
            pasted = PastedToken(token.text, allow_reuse=True)
            await watched.connect(settings(address), pasted)
            await watched.close()
            with contextlib.suppress(ConnectFailed):
                await watched.connect(settings(address), pasted)
                await ended(watched)
            await watched.settled()
            reports = [report_of(case) for case in gather(watched.store, watched.exchanges).cases]
            live.extend(reports)
            assert "The token was used twice" in [cause.title for cause in reports[1].causes if cause.fit is Fit.STRONG]
            for text in (as_text(reports[1]), as_markdown(reports[1])):
                assert token.text not in text
                assert "used twice" in text

    run(main())
    assert from_capture(path) == live


def test_an_expired_token_is_named(tmp_path) -> None:
    async def main() -> None:
        lifetime = TenantSettings(token_lifetime_s=0.2)
        async with LocalTenant(lifetime) as address, session(tmp_path / "a.optave-capture") as watched:
            token = await take_token(source_of(address), UsedTokens())
            assert token is not None
            assert token.expires_unix_s is not None
            loop = asyncio.get_running_loop()
            past = asyncio.Event()
            loop.call_later(max(token.expires_unix_s - time.time(), 0) + 1.1, past.set)
            await past.wait()
            with contextlib.suppress(ConnectFailed):
                await watched.connect(settings(address), PastedToken(token.text))
                await ended(watched)
            await watched.settled()
            report, _ = newest(watched)
            assert any(cause.title == "The token had expired" and cause.fit is Fit.STRONG for cause in report.causes)

    run(main())


async def http_server(answer: bytes) -> asyncio.Server:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(serve, "127.0.0.1", 0)


@pytest.mark.parametrize(
    ("answer", "headline", "cause"),
    [
        (b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", "HTTP 401 Unauthorized", "No token was sent"),
        (b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", "HTTP 403 Forbidden", "No token was sent"),
        (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", "HTTP 404 Not Found", "no WebSocket at this path"),
        (
            b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
            "HTTP 429 Too Many Requests",
            "Too many attempts",
        ),
        (
            (
                b"HTTP/1.1 503 Service Unavailable\r\nContent-Type: text/html\r\nServer: proxy\r\n"
                b"Content-Length: 6\r\n\r\n<html>"
            ),
            "HTTP 503 Service Unavailable",
            "A proxy, a login page or another web server answered",
        ),
        (
            b"HTTP/1.1 302 Found\r\nLocation: https://login.example/\r\nContent-Length: 0\r\n\r\n",
            "HTTP 302 Found",
            "points elsewhere",
        ),
        (
            b"HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\n\r\n",
            "HTTP 431 Request Header Fields Too Large",
            "larger than the server takes",
        ),
        (
            b"HTTP/1.1 400 Bad Request\r\nContent-Length: 34\r\n\r\nRequest Header Or Cookie Too Large",
            "HTTP 400 Bad Request",
            "larger than the server takes",
        ),
    ],
)
def test_a_refusal_is_no_close_and_says_what_its_status_means(tmp_path, answer, headline, cause) -> None:
    path = tmp_path / "a.optave-capture"
    live: list[Report] = []

    async def main() -> None:
        server = await http_server(answer)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, session(path) as watched:
            with pytest.raises(ConnectFailed):
                await watched.connect(config(url), NoToken())
            await watched.settled()
            report, _ = newest(watched)
            live.append(report)
            assert report.headline == headline
            assert "no close code" in report.notice
            assert any(cause in found.title for found in report.causes)
            assert "Close report" not in as_text(report)

    run(main())
    assert from_capture(path) == live


def test_a_refused_tcp_connection_is_the_same_live_and_from_the_capture(tmp_path) -> None:
    path = tmp_path / "a.optave-capture"
    live: list[Report] = []

    async def main() -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            url = f"ws://127.0.0.1:{free.getsockname()[1]}"
        async with session(path) as watched:
            with pytest.raises(ConnectFailed) as failed:
                await watched.connect(ConnectionConfig(url, AuthTransport.NONE), NoToken())
            await watched.settled()
            report, _ = newest(watched)
            live.append(report)
            assert report.headline == failure_message(watched).headline == "Not reachable"
            assert report.cause == failed.value.sentence
            assert report.advice == f"{failed.value.hint} Connecting again later may help."
            assert report.causes[0].title == "Nothing listens on that port"

    run(main())
    assert from_capture(path) == live


def test_a_token_that_cannot_be_had_is_told_apart_from_the_servers_refusal(tmp_path) -> None:
    path = tmp_path / "a.optave-capture"
    live: list[Report] = []

    async def main() -> None:
        server = await http_server(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")
        port = server.sockets[0].getsockname()[1]
        source = ClientCredentials(f"http://127.0.0.1:{port}/", "a", "b", allow_plaintext=True)
        async with server, session(path) as watched:
            with pytest.raises(ConnectFailed):
                await watched.connect(ConnectionConfig(f"ws://127.0.0.1:{port}"), source)
            await watched.settled()
            report, _ = newest(watched)
            live.append(report)
            assert report.headline == failure_message(watched).headline == "No token"
            assert report.causes[0].title == "The token source gave no token"
            assert report.advice

    run(main())
    assert from_capture(path) == live


def test_an_attempt_that_was_given_up_is_no_error(tmp_path) -> None:
    async def main() -> None:
        async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readuntil(b"\r\n\r\n")
            came.set()
            await reader.read()
            writer.close()

        came = asyncio.Event()
        server = await asyncio.start_server(silent, "127.0.0.1", 0)
        url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server, session(tmp_path / "a.optave-capture") as watched:

            async def give_up() -> None:
                await came.wait()
                watched.abort()

            with pytest.raises(ConnectFailed):
                await asyncio.gather(give_up(), watched.connect(config(url), NoToken()))
            await watched.settled()
            report, _ = newest(watched)
            assert (report.headline, report.look) == ("Given up", "neutral")
            assert report.causes[0].title == "You gave it up"

    run(main())
