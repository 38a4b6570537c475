"""The client's own certificate and key, for servers that ask for one: PEM files, or PKCS#12."""

from __future__ import annotations

import secrets
import ssl
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from .trust import TrustError

if TYPE_CHECKING:
    from .config import TlsSettings

_PEM = b"-----BEGIN "
_ENTER_IT = "Enter the passphrase of the private key."
_CHOOSE = "Choose another file or leave it empty."


def show_client_certificate(context: ssl.SSLContext, settings: TlsSettings) -> None:
    """Have ``context`` show the certificate when it is asked for. Raises TrustError, without the passphrase in it."""
    path = Path(settings.client_certificate).expanduser()
    data = _read(path, "client certificate")
    if not data.lstrip().startswith(_PEM) and _PEM not in data:
        _show_pkcs12(context, path, data, settings.passphrase)
        return
    key = Path(settings.client_key).expanduser() if settings.client_key else None
    key_data = data if key is None else _read(key, "private key")
    if b"PRIVATE KEY-----" not in key_data:
        where = key or path
        raise TrustError(
            f"The file {where} holds no private key.", "Name the PEM file with the key of the certificate."
        )
    encrypted = b"ENCRYPTED" in key_data
    if encrypted and not settings.passphrase:
        raise TrustError(f"The private key in {key or path} is encrypted, and there is no passphrase.", _ENTER_IT)
    try:
        # Always with a passphrase at hand: OpenSSL would ask for one on the terminal otherwise.
        context.load_cert_chain(path, key, password=lambda: settings.passphrase)
    except ssl.SSLError as error:
        raise _why(error, path, key, encrypted=encrypted) from None
    except (OSError, ValueError) as error:
        raise TrustError(f"The client certificate {path} cannot be used: {error}.", _CHOOSE) from None


def _why(error: ssl.SSLError, path: Path, key: Path | None, *, encrypted: bool) -> TrustError:
    reason = error.reason or ""
    if reason == "KEY_VALUES_MISMATCH":
        return TrustError(f"The private key in {key or path} does not belong to the certificate in {path}.", _CHOOSE)
    if encrypted:
        return TrustError(f"The passphrase does not open the private key in {key or path}.", _ENTER_IT)
    return TrustError(
        f"The client certificate {path} cannot be used: {reason.replace('_', ' ').lower() or 'it cannot be read'}.",
        "It must be a PEM file with a certificate, or a PKCS#12 file.",
    )


def _show_pkcs12(context: ssl.SSLContext, path: Path, data: bytes, passphrase: str) -> None:
    from cryptography.hazmat.primitives.serialization import (
        BestAvailableEncryption,
        Encoding,
        PrivateFormat,
        pkcs12,
    )

    try:
        key, certificate, others = pkcs12.load_key_and_certificates(data, passphrase.encode() or None)
    except ValueError as error:
        if "password" in str(error).lower():
            sentence = f"The passphrase does not open the client certificate {path}."
            if not passphrase:
                sentence = f"The client certificate {path} is encrypted, and there is no passphrase."
            raise TrustError(sentence, "Enter its passphrase.") from None
        raise TrustError(
            f"The client certificate {path} is neither PEM nor PKCS#12.",
            "Choose a PEM file with the certificate, or a PKCS#12 file (.p12, .pfx).",
        ) from None
    if key is None or certificate is None:
        missing = "private key" if key is None else "certificate"
        raise TrustError(f"The PKCS#12 file {path} holds no {missing}.", _CHOOSE)
    # The ssl module reads files only. What stands there for a moment is encrypted with a password that nobody else has.
    password = secrets.token_bytes(32).hex().encode()
    text = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))
    text += b"".join(each.public_bytes(Encoding.PEM) for each in (certificate, *others))
    with tempfile.TemporaryDirectory(prefix="optave-inspector-") as folder:
        file = Path(folder, "client.pem")
        file.touch(mode=0o600)
        file.write_bytes(text)
        try:
            context.load_cert_chain(file, password=password)
        except ssl.SSLError as error:
            raise _why(error, path, None, encrypted=False) from None


def _read(path: Path, what: str) -> bytes:
    try:
        return path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise TrustError(f"The {what} {path} cannot be read: {reason}.", _CHOOSE) from None
