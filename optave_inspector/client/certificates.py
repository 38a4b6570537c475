"""Certificates that a server shows: found in its TLS handshake, and read."""

from __future__ import annotations

import hashlib
import warnings
from typing import TYPE_CHECKING

from .events import PeerCertificate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography import x509

_TLS_1_3 = 0x0304
_MOST_CERTIFICATES = 20


def fingerprint(der: bytes) -> str:
    """The SHA-256 fingerprint of a certificate, as browsers write it."""
    return hashlib.sha256(der).digest().hex(":").upper()


def chain_in(message: bytes, version: int) -> list[bytes]:
    """The certificates (DER) of a TLS message Certificate (RFC 5246 section 7.4.2, RFC 8446 section 4.4.2).

    ``message`` begins with the type. What is cut short or out of shape ends the list.
    """
    at = 4
    if version >= _TLS_1_3:
        at += 1 + (message[at] if at < len(message) else 0)  # certificate_request_context
    at += 3  # the length of the list
    found: list[bytes] = []
    while at + 3 <= len(message) and len(found) < _MOST_CERTIFICATES:
        length = int.from_bytes(message[at : at + 3], "big")
        at += 3
        if not length or at + length > len(message):
            break
        found.append(message[at : at + length])
        at += length
        if version >= _TLS_1_3:
            at += 2 + int.from_bytes(message[at : at + 2], "big")
    return found


def read_chain(ders: Sequence[bytes]) -> tuple[PeerCertificate, ...]:
    """What stands in each certificate; one that cannot be read keeps its fingerprint."""
    return tuple(read_certificate(der) for der in ders)


def read_certificate(der: bytes) -> PeerCertificate:
    """Subject, issuer, validity and names. Never raises."""
    from cryptography import x509

    sha256 = fingerprint(der)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd serial numbers and the like: it is shown, not judged
            certificate = x509.load_der_x509_certificate(der)
            return PeerCertificate(
                sha256,
                certificate.subject.rfc4514_string(),
                certificate.issuer.rfc4514_string(),
                certificate.not_valid_before_utc.timestamp(),
                certificate.not_valid_after_utc.timestamp(),
                _names(certificate),
            )
    except Exception as error:  # noqa: BLE001 - a server may show anything, and the parser's errors are many
        return PeerCertificate(sha256, problem=f"It cannot be read ({type(error).__name__}).")


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    from cryptography import x509

    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return (
        *found.get_values_for_type(x509.DNSName),
        *(str(address) for address in found.get_values_for_type(x509.IPAddress)),
    )
