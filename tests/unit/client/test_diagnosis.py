"""The diagnosis on real sockets: where it breaks, what it says, and that it spends no token unasked."""

from __future__ import annotations

import pytest

from optave_inspector.client.config import ConnectionConfig, NoToken, PastedToken, ProxyKind, ProxySettings
from optave_inspector.client.diagnosis import (
    Finding,
    Verdict,
    connect_once,
    diagnose,
    diagnose_upgrade,
    findings_text,
    without_token,
)

from .proxy_servers import proxying
from .tls_servers import self_signed, server_context, tls_server

TOKEN = "canary.token.text"
PASSWORD = "canary-proxy-password"


async def _look(url: str, **settings) -> list[Finding]:
    return [each async for each in diagnose(ConnectionConfig(url, **{"open_timeout_s": 5.0, **settings}))]


def _steps(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(each.step, each.verdict.value) for each in findings]


async def test_a_sound_way_step_by_step(authority, ca_file) -> None:
    async with tls_server(server_context(authority.issue_cert("localhost"))) as port:
        findings = await _look(f"wss://localhost:{port}/", ca_file=ca_file)
    assert _steps(findings)[:3] == [("URL", "ok"), ("Way", "ok"), ("Name", "ok")]
    assert findings[3].step == "TCP"
    assert any("answers" in words for _, words in findings[3].details)
    tls = findings[-1]
    assert (tls.step, tls.verdict) == ("TLS", Verdict.OK)
    assert "SHA-256" in dict(tls.details)


@pytest.mark.parametrize(
    ("url", "step", "words"),
    [
        ("wss://{{tenant}}.example", "URL", "to fill in"),
        ("ws://tenant.example", "URL", "unencrypted"),
        ("wss://tenant.invalid", "Name", "There is no host named tenant.invalid"),
    ],
)
async def test_it_stops_where_it_breaks(url, step, words) -> None:
    findings = await _look(url)
    assert (findings[-1].step, findings[-1].verdict) == (step, Verdict.BAD)
    assert words in findings[-1].sentence
    assert all(each.verdict is Verdict.OK for each in findings[:-1])


async def test_a_port_that_nobody_listens_on(free_port) -> None:
    last = (await _look(f"wss://127.0.0.1:{free_port}/"))[-1]
    assert (last.step, last.verdict) == ("TCP", Verdict.BAD)
    assert "nothing listens there" in last.sentence
    assert last.details


async def test_a_certificate_that_is_not_trusted(tmp_path) -> None:
    async with tls_server(self_signed(tmp_path)) as port:
        last = (await _look(f"wss://localhost:{port}/"))[-1]
    assert (last.step, last.verdict) == ("TLS", Verdict.BAD)
    assert "self-signed" in last.sentence
    assert dict(last.details)["Subject"] == "CN=localhost"


async def test_a_port_that_never_speaks_tls(serve_raw) -> None:
    async def script(peer) -> None:
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        last = (await _look(f"wss://127.0.0.1:{port}/", open_timeout_s=0.3))[-1]
    assert (last.step, last.verdict) == ("TLS", Verdict.BAD)
    assert "within 0.3 s" in last.sentence


async def test_a_proxy_that_refuses_and_one_that_opens_the_way(authority, ca_file) -> None:
    async with (
        tls_server(server_context(authority.issue_cert("tenant.test"))) as port,
        proxying("http", names={"tenant.test": ("localhost", port)}, user="anna", password="right") as proxy,
    ):
        wrong = ProxySettings(ProxyKind.HTTP, "127.0.0.1", proxy.port, "anna", PASSWORD)
        refused = await _look(f"wss://tenant.test:{port}/", proxy=wrong, ca_file=ca_file)
        right = ProxySettings(ProxyKind.HTTP, "127.0.0.1", proxy.port, "anna", "right")
        good = await _look(f"wss://tenant.test:{port}/", proxy=right, ca_file=ca_file)
    assert (refused[-1].step, refused[-1].verdict) == ("Proxy", Verdict.BAD)
    assert "does not take this user and password" in refused[-1].sentence
    assert PASSWORD not in findings_text(refused) + repr(refused)
    assert _steps(good)[-2:] == [("Proxy", "ok"), ("TLS", "ok")]


async def _upgrade(config: ConnectionConfig, source, used, *, with_token: bool) -> list[Finding]:
    attempt = connect_once(config, source, used)
    return [each async for each in diagnose_upgrade(config, attempt, with_token=with_token)]


async def test_the_upgrade_with_a_token_says_that_it_is_spent(serve_raw, used) -> None:
    async def script(peer) -> None:
        await peer.upgrade()
        await peer.closed_by_client()

    async with serve_raw(script) as port:
        config = ConnectionConfig(f"ws://127.0.0.1:{port}/", close_timeout_s=0.2)
        findings = await _upgrade(config, PastedToken(TOKEN), used, with_token=True)
    assert _steps(findings) == [("Upgrade with a token", "ok"), ("Subprotocol", "ok")]
    assert dict(findings[0].details)["Token"] == "One token was taken and sent for this."
    assert TOKEN in used
    assert TOKEN not in findings_text(findings)


async def test_a_refusal_without_a_token_is_as_it_should_be(serve_raw, used) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        assert peer.request["sec-websocket-protocol"] == "optave-v1"
        peer.write(b"HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n")

    async with serve_raw(script) as port:
        config, source = without_token(ConnectionConfig(f"ws://127.0.0.1:{port}/"))
        assert source == NoToken()
        (finding,) = await _upgrade(config, source, used, with_token=False)
    assert finding.verdict is Verdict.OK
    assert "HTTP 401, as it should" in finding.sentence
    assert len(used) == 0


async def test_another_refusal_is_where_it_breaks(serve_raw, used) -> None:
    async def script(peer) -> None:
        await peer.read_request()
        peer.write(b"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n")

    async with serve_raw(script) as port:
        config = ConnectionConfig(f"ws://127.0.0.1:{port}/")
        (finding,) = await _upgrade(config, PastedToken(TOKEN), used, with_token=True)
    assert finding.verdict is Verdict.BAD
    assert "503" in finding.sentence
    assert "BREAKS HERE" in findings_text([finding])
