"""Real WebSocket servers with TLS of every kind, good and bad, on loopback."""

from __future__ import annotations

import contextlib
import datetime as dt
import socket
import ssl
import threading
import warnings
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.asyncio.server import serve

if TYPE_CHECKING:
    from pathlib import Path

    import trustme


async def _greet(socket: Any) -> None:
    await socket.send("hello")
    await socket.wait_closed()


def server_context(certificate: trustme.LeafCert, *, client_authority: trustme.CA | None = None) -> ssl.SSLContext:
    """Shows ``certificate``; with ``client_authority`` it wants a client certificate of it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if client_authority is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        client_authority.configure_trust(context)
    return context


def only(context: ssl.SSLContext, version: ssl.TLSVersion) -> ssl.SSLContext:
    """Speaks ``version`` and no other, old ones as well where OpenSSL lets it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = version
        context.maximum_version = version
    return context


def self_signed(folder: Path, name: str = "localhost") -> ssl.SSLContext:
    """A server's context with a certificate that vouches for itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    path = folder / "self-signed.pem"
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


@contextlib.contextmanager
def plain_spoken(context: ssl.SSLContext) -> Any:
    """A server for one connection that sends its TLS alert when it refuses, as asyncio's does not; yields the port."""

    def serve_one() -> None:
        raw, _ = listening.accept()
        with raw:
            raw.settimeout(10)
            with contextlib.suppress(OSError), context.wrap_socket(raw.dup(), server_side=True) as secured:
                secured.recv(1 << 16)
            with contextlib.suppress(OSError):
                raw.shutdown(socket.SHUT_WR)
                while raw.recv(1 << 16):
                    pass

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve_one)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            thread.join(20)


@contextlib.asynccontextmanager
async def tls_server(context: ssl.SSLContext, host: str = "localhost", port: int = 0) -> Any:
    """Serve Optave's subprotocol by TLS; yields the port."""
    async with serve(_greet, host, port, subprotocols=["optave-v1"], ssl=context) as server:
        yield server.sockets[0].getsockname()[1]
