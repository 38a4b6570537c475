"""What a server shows in its TLS handshake, what this side does not trust, and what the server does not take."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import ssl
import time
from pathlib import Path

import pytest
import trustme
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from optave_inspector.client.certificates import chain_in, read_certificate
from optave_inspector.client.client_certificate import show_client_certificate
from optave_inspector.client.config import PastedToken, TlsSettings, TlsVersion
from optave_inspector.client.events import FailureKind
from optave_inspector.client.failures import ConnectFailed
from optave_inspector.client.trust import TrustError

from .tls_servers import only, plain_spoken, self_signed, server_context, tls_server
from .token_endpoints import assert_without

TOKEN = "abc.def.ghi"
PASSPHRASE = "canary-passphrase"


def _sha256(pem: bytes) -> str:
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem.decode())).digest().hex(":").upper()


async def _fails(connection_to, context, *, with_alert=False, **settings) -> ConnectFailed:
    async with contextlib.AsyncExitStack() as stack:
        if with_alert:
            port = stack.enter_context(plain_spoken(context))
        else:
            port = await stack.enter_async_context(tls_server(context))
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://localhost:{port}/", PastedToken(TOKEN), **settings).open()
    assert caught.value.kind is FailureKind.TLS
    assert caught.value.hint
    return caught.value


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_chain_of_a_good_server_is_told(connection_to, authority, ca_file, version) -> None:
    middle = authority.create_child_ca()
    leaf = middle.issue_cert("localhost", "127.0.0.1", common_name="tenant")
    async with tls_server(only(server_context(leaf), version)) as port:
        connection = connection_to(f"wss://localhost:{port}/", ca_file=ca_file)
        handshake = await connection.open()
        await connection.close()
        await connection.wait_ended()
    own, above = handshake.certificates
    assert own.sha256 == _sha256(leaf.cert_chain_pems[0].bytes())
    assert own.subject.startswith("CN=tenant")
    assert own.names == ("localhost", "127.0.0.1")
    assert own.issuer == above.subject
    assert own.not_before_unix_s < time.time() < own.not_after_unix_s
    assert not handshake.distrust
    assert not handshake.accepted_by_user


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_the_chain_of_a_refused_server_comes_from_the_same_handshake(connection_to, used, version) -> None:
    leaf = trustme.CA().issue_cert("localhost")
    context = only(server_context(leaf), version)
    asked = []
    context.sni_callback = lambda *_: asked.append(1)
    failure = await _fails(connection_to, context)
    assert failure.handshake.certificates[0].sha256 == _sha256(leaf.cert_chain_pems[0].bytes())
    assert failure.untrusted.certificates == failure.handshake.certificates
    assert failure.untrusted.sha256 == failure.handshake.certificates[0].sha256
    assert failure.handshake.distrust == failure.sentence
    assert len(asked) == 1, "nothing connects a second time to look"
    assert TOKEN not in used


async def test_a_self_signed_certificate(connection_to, tmp_path) -> None:
    failure = await _fails(connection_to, self_signed(tmp_path))
    assert failure.sentence.startswith("The certificate of localhost is self-signed")
    assert failure.untrusted.certificates[0].subject == failure.untrusted.certificates[0].issuer == "CN=localhost"


async def test_a_certificate_that_is_not_valid_yet(connection_to, authority, ca_file) -> None:
    start = dt.datetime(2090, 1, 1, tzinfo=dt.UTC)
    leaf = authority.issue_cert("localhost", not_before=start, not_after=start + dt.timedelta(days=9))
    failure = await _fails(connection_to, server_context(leaf), ca_file=ca_file)
    assert failure.sentence == "The certificate of localhost is not valid before 2090-01-01 00:00 UTC."


async def test_the_server_name_of_the_profile_is_sent_and_looked_for(connection_to, authority, ca_file) -> None:
    context = server_context(authority.issue_cert("tenant.example"))
    names = []
    context.sni_callback = lambda _object, name, _context: names.append(name)
    async with tls_server(context) as port:
        settings = TlsSettings(server_name="tenant.example")
        connection = connection_to(f"wss://localhost:{port}/", ca_file=ca_file, tls=settings)
        await connection.open()
        await connection.close()
        await connection.wait_ended()
    assert names == ["tenant.example"]
    other = TlsSettings(server_name="elsewhere.example")
    failure = await _fails(connection_to, context, ca_file=ca_file, tls=other)
    assert failure.sentence == "The server's certificate is not for elsewhere.example; it is for tenant.example."


async def test_a_minimum_version_above_the_servers(connection_to, authority, ca_file) -> None:
    context = only(server_context(authority.issue_cert("localhost")), ssl.TLSVersion.TLSv1_2)
    settings = TlsSettings(minimum_version=TlsVersion.TLS_1_3)
    failure = await _fails(connection_to, context, with_alert=True, ca_file=ca_file, tls=settings)
    assert failure.sentence == (
        "localhost and this machine share no TLS version (this profile asks for TLS 1.3 or newer)."
    )
    assert failure.untrusted is None


async def test_a_server_that_speaks_tls_1_1_only(connection_to, authority, ca_file) -> None:
    context = only(server_context(authority.issue_cert("localhost")), ssl.TLSVersion.TLSv1_1)
    failure = await _fails(connection_to, context, with_alert=True, ca_file=ca_file)
    assert failure.sentence == "localhost and this machine share no TLS version."
    assert "1.1" in failure.hint


# Client certificates


@pytest.fixture
def client_authority() -> trustme.CA:
    return trustme.CA()


def _files(folder: Path, leaf: trustme.LeafCert, passphrase: str = "") -> tuple[str, str]:
    certificate, key = folder / "client.pem", folder / "client.key"
    certificate.write_bytes(b"".join(each.bytes() for each in leaf.cert_chain_pems))
    private = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    encryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    key.write_bytes(private.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, encryption))
    return str(certificate), str(key)


def _pkcs12(folder: Path, leaf: trustme.LeafCert, passphrase: str = "") -> str:
    path = folder / "client.p12"
    private = serialization.load_pem_private_key(leaf.private_key_pem.bytes(), None)
    certificate = x509.load_pem_x509_certificate(leaf.cert_chain_pems[0].bytes())
    encryption = (
        serialization.BestAvailableEncryption(passphrase.encode()) if passphrase else serialization.NoEncryption()
    )
    path.write_bytes(pkcs12.serialize_key_and_certificates(b"x", private, certificate, None, encryption))
    return str(path)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("form", ["pem", "encrypted pem", "one file", "pkcs12", "encrypted pkcs12"])
async def test_a_client_certificate_opens_the_door(
    connection_to, authority, ca_file, client_authority, tmp_path, form, version
) -> None:
    leaf = client_authority.issue_cert("client.example")
    passphrase = PASSPHRASE if "encrypted" in form else ""
    if "pkcs12" in form:
        settings = TlsSettings(_pkcs12(tmp_path, leaf, passphrase), passphrase=passphrase)
    elif form == "one file":
        path = tmp_path / "both.pem"
        path.write_bytes(leaf.private_key_and_cert_chain_pem.bytes())
        settings = TlsSettings(str(path))
    else:
        settings = TlsSettings(*_files(tmp_path, leaf, passphrase), passphrase=passphrase)
    context = only(server_context(authority.issue_cert("localhost"), client_authority=client_authority), version)
    async with tls_server(context) as port:
        connection = connection_to(f"wss://localhost:{port}/", ca_file=ca_file, tls=settings)
        assert (await connection.open()).accepted
        await connection.close()
        await connection.wait_ended()


@pytest.mark.parametrize("with_alert", [True, False])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_server_that_wants_a_client_certificate_and_gets_none(
    connection_to, authority, ca_file, client_authority, version, with_alert
) -> None:
    context = only(server_context(authority.issue_cert("localhost"), client_authority=client_authority), version)
    failure = await _fails(connection_to, context, with_alert=with_alert, ca_file=ca_file)
    assert failure.sentence == "localhost wants a client certificate, and this profile has none."
    assert failure.untrusted is None
    assert failure.handshake.certificates, "the server's own was fine and is shown"


@pytest.mark.parametrize(
    ("with_alert", "words"),
    [
        (True, "localhost refused the client certificate: the server does not know the authority that issued it."),
        (False, "localhost ended the connection after it had seen the client certificate, without saying why."),
    ],
)
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_a_client_certificate_of_the_wrong_authority(
    connection_to, authority, ca_file, client_authority, tmp_path, version, with_alert, words
) -> None:
    settings = TlsSettings(*_files(tmp_path, trustme.CA().issue_cert("client.example")))
    context = only(server_context(authority.issue_cert("localhost"), client_authority=client_authority), version)
    failure = await _fails(connection_to, context, with_alert=with_alert, ca_file=ca_file, tls=settings)
    assert failure.sentence == words


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("no file", "cannot be read"),
        ("no key", "holds no private key"),
        ("another key", "does not belong to the certificate"),
        ("no passphrase", "is encrypted, and there is no passphrase"),
        ("wrong passphrase", "The passphrase does not open the private key"),
        ("nonsense", "is neither PEM nor PKCS#12"),
        ("pkcs12 without passphrase", "is encrypted, and there is no passphrase"),
        ("pkcs12 with the wrong one", "The passphrase does not open the client certificate"),
    ],
)
def test_client_certificates_that_cannot_be_used(tmp_path, client_authority, what, words) -> None:
    leaf = client_authority.issue_cert("client.example")
    certificate, key = _files(tmp_path, leaf, PASSPHRASE if "passphrase" in what else "")
    passphrase = ""
    match what:
        case "no file":
            certificate = str(tmp_path / "missing.pem")
        case "no key":
            key = ""
        case "another key":
            other = tmp_path / "other"
            other.mkdir()
            key = _files(other, client_authority.issue_cert("other.example"))[1]
        case "wrong passphrase":
            passphrase = "another-canary"
        case "nonsense":
            Path(certificate).write_bytes(b"\x00nothing")
        case _ if what.startswith("pkcs12"):
            certificate, key = _pkcs12(tmp_path, leaf, PASSPHRASE), ""
            passphrase = "another-canary" if "wrong" in what else ""
    settings = TlsSettings(certificate, key, passphrase=passphrase)
    with pytest.raises(TrustError) as caught:
        show_client_certificate(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), settings)
    assert words in caught.value.sentence
    assert caught.value.hint
    assert_without(caught.value, PASSPHRASE, "another-canary")
    assert "canary" not in repr(settings)


async def test_a_client_certificate_that_cannot_be_used_spends_no_token(connection_to, used, tmp_path) -> None:
    settings = TlsSettings(str(tmp_path / "missing.pem"))
    with pytest.raises(ConnectFailed) as caught:
        await connection_to("wss://127.0.0.1:1/", PastedToken(TOKEN), tls=settings).open()
    assert caught.value.kind is FailureKind.TLS
    assert TOKEN not in used


# Accepted by the user


@pytest.mark.parametrize("trouble", ["self-signed", "unknown authority", "another host", "expired"])
async def test_an_accepted_certificate_opens_and_is_loud(connection_to, authority, ca_file, tmp_path, trouble) -> None:
    match trouble:
        case "self-signed":
            context = self_signed(tmp_path)
        case "unknown authority":
            context = server_context(trustme.CA().issue_cert("localhost"))
        case "another host":
            context = server_context(authority.issue_cert("other.example"))
        case _:
            past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
            context = server_context(authority.issue_cert("localhost", not_after=past))
    async with tls_server(context) as port:
        url = f"wss://localhost:{port}/"
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(url, ca_file=ca_file).open()
        peer = caught.value.untrusted
        settings = TlsSettings(accepted=frozenset({(peer.address, peer.sha256)}))
        connection = connection_to(url, ca_file=ca_file, tls=settings)
        handshake = await connection.open()
        await connection.close()
        await connection.wait_ended()
    assert handshake.accepted_by_user
    assert handshake.certificates == peer.certificates
    assert any("Nothing vouches" in warning for warning in handshake.warnings)


async def test_another_certificate_than_the_accepted_one_is_refused_before_the_token_goes(
    connection_to, used, tmp_path
) -> None:
    async with tls_server(self_signed(tmp_path)) as port:
        accepted = frozenset({(f"localhost:{port}", ":".join(["00"] * 32))})
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(
                f"wss://localhost:{port}/", PastedToken(TOKEN), tls=TlsSettings(accepted=accepted)
            ).open()
    assert caught.value.kind is FailureKind.TLS
    assert "another certificate than the one that was accepted" in caught.value.sentence
    assert not caught.value.handshake.accepted_by_user
    assert TOKEN not in used


async def test_what_is_accepted_for_one_address_counts_for_no_other(connection_to, tmp_path) -> None:
    context = self_signed(tmp_path)
    async with tls_server(context) as port:
        with pytest.raises(ConnectFailed) as caught:
            await connection_to(f"wss://localhost:{port}/").open()
        elsewhere = frozenset({("localhost:1", caught.value.untrusted.sha256)})
        with pytest.raises(ConnectFailed) as again:
            await connection_to(f"wss://localhost:{port}/", tls=TlsSettings(accepted=elsewhere)).open()
    assert "self-signed" in again.value.sentence


# Reading


def test_a_certificate_that_cannot_be_read_keeps_its_fingerprint() -> None:
    read = read_certificate(b"\x30\x03nonsense")
    assert read.sha256 == hashlib.sha256(b"\x30\x03nonsense").digest().hex(":").upper()
    assert read.problem


@pytest.mark.parametrize("version", [0x0303, 0x0304])
@pytest.mark.parametrize("cut", range(0, 40, 3))
def test_a_message_that_is_cut_short_gives_what_is_whole(version, cut) -> None:
    entries = b"".join(
        len(der).to_bytes(3, "big") + der + (b"\x00\x00" if version == 0x0304 else b"") for der in (b"abc", b"defgh")
    )
    body = (b"\x00" if version == 0x0304 else b"") + len(entries).to_bytes(3, "big") + entries
    message = b"\x0b" + len(body).to_bytes(3, "big") + body
    assert chain_in(message, version) == [b"abc", b"defgh"]
    assert chain_in(message[:cut], version) in ([], [b"abc"], [b"abc", b"defgh"])
