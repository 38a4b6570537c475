"""Secrets of the way to a server: the proxy's password, the headers' secret, the passphrase of the private key."""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import TYPE_CHECKING

import pytest
import trustme
from cryptography.hazmat.primitives import serialization
from websockets.asyncio.server import serve

from optave_inspector.client.config import NoToken, ProxyKind, ProxySettings, TlsSettings
from optave_inspector.client.failures import ConnectFailed
from tests.integration.sessions import config, ended, session
from tests.unit.client.proxy_servers import proxying

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD, SECRET, PASSPHRASE = "canary-proxy-pässword", "canary/header+secret", "canary-passphrase"


def _client_files(folder: Path, authority: trustme.CA) -> tuple[str, str]:
    leaf = authority.issue_cert("client.example")
    certificate, key = folder / "client.pem", folder / "client.key"
    certificate.write_bytes(leaf.cert_chain_pems[0].bytes())
    private = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    locked = serialization.BestAvailableEncryption(PASSPHRASE.encode())
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, locked))
    return str(certificate), str(key)


@pytest.mark.parametrize("trouble", ["none", "refused by the server", "refused by the proxy", "locked key"])
def test_no_secret_of_the_way_reaches_the_capture_a_log_or_an_error(tmp_path: Path, caplog, trouble: str) -> None:
    caplog.set_level(logging.DEBUG)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("tenant.test").configure_cert(context)
    context.verify_mode = ssl.CERT_REQUIRED
    authority.configure_trust(context)
    folder = tmp_path / "seen"
    folder.mkdir()
    said: list[str] = []
    came: list[str] = []

    async def greet(socket) -> None:
        came.append(socket.request.headers["X-Key"])
        await socket.close(1011, "no more")

    def judge(_connection, request):
        if trouble == "refused by the server":
            return _connection.respond(403, f"not with {request.headers['X-Key']}")
        return None

    async def run() -> None:
        async with (
            serve(greet, "localhost", 0, ssl=context, subprotocols=["optave-v1"], process_request=judge) as server,
            proxying(
                "http",
                names={"tenant.test": ("localhost", server.sockets[0].getsockname()[1])},
                user="anna",
                password=PASSWORD if trouble != "refused by the proxy" else "another",
            ) as proxy,
            session(folder / "capture.db") as watched,
        ):
            watched.warned.connect(said.append)
            wanted = config(
                "wss://tenant.test/",
                ca_file=str(tmp_path / "ca.pem"),
                proxy=ProxySettings(ProxyKind.HTTP, "127.0.0.1", proxy.port, "anna", PASSWORD),
                tls=TlsSettings(
                    *_client_files(tmp_path, authority),
                    passphrase=PASSPHRASE if trouble != "locked key" else f"{PASSPHRASE}-wrong",
                ),
                headers=(("X-Key", "{{secret}}"),),
                header_secret=SECRET,
            )
            said.append(repr(wanted))
            try:
                await watched.connect(wanted, NoToken())
                await ended(watched)
            except ConnectFailed as failure:
                said.extend((str(failure), repr(failure), failure.hint, repr(failure.handshake)))
            await watched.settled()

    asyncio.run(run())
    if trouble == "none":
        assert came == [SECRET], "it was sent"
    written = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    assert b"tenant.test" in written
    # What the server of the test logs of the request is its own affair.
    logged = [record.getMessage() for record in caplog.records if not record.name.startswith("websockets.server")]
    everything = written + "\n".join([*said, *logged]).encode()
    for canary in (PASSWORD, SECRET, PASSPHRASE):
        assert canary.encode() not in everything
    assert b"canary" not in everything
