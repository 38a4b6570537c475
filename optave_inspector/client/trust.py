"""TLS trust: the system's certificate authorities, one file of the user's beside them, and what went wrong in words."""

from __future__ import annotations

import ssl
from pathlib import Path

from ..errors import InspectorError

_EXPIRED, _NOT_YET_VALID, _SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 10, 9, 18, 19
_NO_ISSUER, _NO_ISSUER_FOR_LEAF, _REVOKED, _WRONG_HOST, _WRONG_ADDRESS = 20, 21, 23, 62, 64

_ADD_AUTHORITY = (
    "If that is meant (a test server, a company's proxy), save the issuing authority's certificate as a PEM file and "
    "name it as the CA file."
)
_RENEW = "Whoever runs the server must renew it; check this machine's clock as well."

_VERIFICATION = {
    _EXPIRED: ("has expired", _RENEW),
    _NOT_YET_VALID: ("is not valid yet", _RENEW),
    _SELF_SIGNED: ("is self-signed, and so vouched for by nobody this machine trusts", _ADD_AUTHORITY),
    _SELF_SIGNED_IN_CHAIN: ("comes from an authority that this machine does not trust", _ADD_AUTHORITY),
    _NO_ISSUER: ("comes from an authority that this machine does not trust", _ADD_AUTHORITY),
    _NO_ISSUER_FOR_LEAF: ("comes from an authority that this machine does not trust", _ADD_AUTHORITY),
    _REVOKED: ("has been revoked", "Whoever runs the server must replace it."),
}
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_RECORD_FAULTS = frozenset({"RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "UNKNOWN_PROTOCOL"})


class TrustError(InspectorError):
    """The CA file cannot be used."""


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


def tls_words(error: ssl.SSLError, host: str, plain_scheme: str) -> tuple[str, str]:
    """What a TLS failure with ``host`` means and what to do: sentence and hint.

    ``plain_scheme`` is the scheme to try on a port that does not speak TLS.
    """
    if isinstance(error, ssl.SSLCertVerificationError):
        if error.verify_code in (_WRONG_HOST, _WRONG_ADDRESS):
            return (
                f"The server's certificate is not for {host}.",
                "Check the host name in the URL; a typing mistake or a wrong tenant leads to another server.",
            )
        meaning, hint = _VERIFICATION.get(error.verify_code, ("cannot be verified", _ADD_AUTHORITY))
        detail = "" if error.verify_code in _VERIFICATION else f": {error.verify_message}"
        return f"The certificate of {host} {meaning}{detail}.", hint
    reason = getattr(error, "reason", None) or ""
    if reason in _NOT_TLS or reason in _RECORD_FAULTS:
        return (
            f"{host} did not answer in TLS.",
            f"The port may be a plain one: check it, or try {plain_scheme}:// where that is allowed.",
        )
    shown = reason.replace("_", " ").lower() or str(error.strerror or "no reason given")
    return (
        f"The TLS handshake with {host} failed: {shown}.",
        "Check that the server and this machine share a TLS version.",
    )
