"""TLS trust: the system's certificate authorities, and one file of the user's beside them."""

from __future__ import annotations

import ssl
from pathlib import Path

from ..errors import InspectorError


class TrustError(InspectorError):
    """A file with authorities, or with the client's own certificate, cannot be used."""


def trust(ca_file: str = "") -> ssl.SSLContext:
    """A TLS context that trusts the system's authorities and, where given, those in ``ca_file`` (PEM).

    Raises TrustError, naming the file, when it cannot be read or holds no certificate.
    """
    import truststore

    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if ca_file:
        try:
            text = Path(ca_file).expanduser().read_text(encoding="ascii", errors="ignore")
        except OSError as error:
            raise TrustError(
                f"The CA file {ca_file} cannot be read: {error.strerror or error}.",
                "Choose another file or leave it empty.",
            ) from error
        try:
            context.load_verify_locations(cadata=text)
        except (ssl.SSLError, ValueError) as error:
            raise TrustError(
                f"The CA file {ca_file} holds no certificate that can be read.",
                "It must be a PEM file with BEGIN CERTIFICATE lines.",
            ) from error
    return context
