"""Why a TLS handshake failed, in words: what this side did not trust, and what the server did not take."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .events import FailureDetail

if TYPE_CHECKING:
    from .events import PeerCertificate

_EXPIRED, _NOT_YET_VALID, _SELF_SIGNED, _SELF_SIGNED_IN_CHAIN = 10, 9, 18, 19
_NO_ISSUER, _NO_ISSUER_FOR_LEAF, _REVOKED, _WRONG_HOST, _WRONG_ADDRESS = 20, 21, 23, 62, 64

ANOTHER_CERTIFICATE = -1
"""In ``verify_code``, where OpenSSL has none below zero: not the certificate that the user accepted."""

_ADD_AUTHORITY = (
    "If that is meant (a test server, a company's proxy), save the issuing authority's certificate as a PEM file and "
    "name it as the CA file."
)
_RENEW = "Whoever runs the server must renew it; check this machine's clock as well."
_UNKNOWN_AUTHORITY = "comes from an authority that this machine does not trust"

_VERIFICATION = {
    _EXPIRED: ("has expired", _RENEW),
    _NOT_YET_VALID: ("is not valid yet", _RENEW),
    _SELF_SIGNED: ("is self-signed, and so vouched for by nobody this machine trusts", _ADD_AUTHORITY),
    _SELF_SIGNED_IN_CHAIN: (_UNKNOWN_AUTHORITY, _ADD_AUTHORITY),
    _NO_ISSUER: (_UNKNOWN_AUTHORITY, _ADD_AUTHORITY),
    _NO_ISSUER_FOR_LEAF: (_UNKNOWN_AUTHORITY, _ADD_AUTHORITY),
    _REVOKED: ("has been revoked", "Whoever runs the server must replace it."),
}
_DISTRUST = {
    _EXPIRED: FailureDetail.EXPIRED,
    _NOT_YET_VALID: FailureDetail.NOT_YET_VALID,
    _REVOKED: FailureDetail.REVOKED,
    _WRONG_HOST: FailureDetail.WRONG_HOST,
    _WRONG_ADDRESS: FailureDetail.WRONG_HOST,
}
_NOT_TLS = frozenset({"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "PACKET_LENGTH_TOO_LONG"})
_RECORD_FAULTS = frozenset({"RECORD_LAYER_FAILURE", "UNEXPECTED_MESSAGE", "UNKNOWN_PROTOCOL"})
_VERSIONS = frozenset({"PROTOCOL_VERSION", "UNSUPPORTED_PROTOCOL", "NO_PROTOCOLS_AVAILABLE", "WRONG_SSL_VERSION"})
_CLIENT_CERTIFICATE = {
    "CERTIFICATE_REQUIRED": "there was none",
    "BAD_CERTIFICATE": "it is not one that the server can use",
    "UNSUPPORTED_CERTIFICATE": "it is of a kind that the server does not take",
    "CERTIFICATE_REVOKED": "it has been revoked",
    "CERTIFICATE_EXPIRED": "it has expired",
    "CERTIFICATE_UNKNOWN": "the server does not say why",
    "UNKNOWN_CA": "the server does not know the authority that issued it",
    "ACCESS_DENIED": "its owner may not connect",
    "DECRYPT_ERROR": "its signature does not fit",
}
_NO_CERTIFICATE = (
    "{host} wants a client certificate, and this profile has none.",
    "Name the file with your certificate (and its key) as the client certificate.",
)
_MOST_NAMES = 6


@dataclass(frozen=True, slots=True)
class SeenTls:
    """What is known of a handshake beside the error that ended it."""

    certificates: tuple[PeerCertificate, ...] = ()
    asked_for_certificate: bool = False
    showed_certificate: bool = False
    minimum_version: str = ""


@dataclass(frozen=True, slots=True)
class UntrustedPeer:
    """A server whose certificate was not trusted, so that the user can look at it and decide."""

    address: str
    """``host:port``."""
    certificates: tuple[PeerCertificate, ...]
    """As shown; never empty."""
    reason: str

    @property
    def sha256(self) -> str:
        """The fingerprint of the server's own certificate."""
        return self.certificates[0].sha256


def is_distrust(error: BaseException | None) -> bool:
    """Whether this side gave up because it did not trust the certificate."""
    return isinstance(error, ssl.SSLCertVerificationError)


def tls_words(error: ssl.SSLError, host: str, plain_scheme: str, seen: SeenTls | None = None) -> tuple[str, str]:
    """What a TLS failure with ``host`` means and what to do: sentence and hint.

    ``plain_scheme`` is the scheme to try on a port that does not speak TLS.
    """
    seen = seen or SeenTls()
    if isinstance(error, ssl.SSLCertVerificationError):
        return _distrust(error, host, seen)
    reason = getattr(error, "reason", None) or ""
    if reason in _NOT_TLS or reason in _RECORD_FAULTS:
        return (
            f"{host} did not answer in TLS.",
            f"The port may be a plain one: check it, or try {plain_scheme}:// where that is allowed.",
        )
    alert = reason.rpartition("ALERT_")[2]
    if (
        seen.asked_for_certificate
        and not seen.showed_certificate
        and alert in (*_CLIENT_CERTIFICATE, "HANDSHAKE_FAILURE")
    ):
        return _NO_CERTIFICATE[0].format(host=host), _NO_CERTIFICATE[1]
    if alert in _CLIENT_CERTIFICATE and "ALERT_" in reason:
        return (
            f"{host} refused the client certificate: {_CLIENT_CERTIFICATE[alert]}.",
            "Check that it is the one for this environment, and that the file holds the authorities in between.",
        )
    if alert in _VERSIONS:
        wanted = f" (this profile asks for {seen.minimum_version} or newer)" if seen.minimum_version else ""
        return (
            f"{host} and this machine share no TLS version{wanted}.",
            "TLS 1.0 and 1.1 are not spoken any more. Lower the profile's minimum version, or have the server renewed.",
        )
    if alert == "UNRECOGNIZED_NAME" or reason == "TLSV1_UNRECOGNIZED_NAME":
        return (f"{host} does not serve that name.", "Check the host name, or the server name of the profile.")
    shown = reason.replace("_", " ").lower() or str(error.strerror or "no reason given")
    return (
        f"The TLS handshake with {host} failed: {shown}.",
        "Check that the server and this machine share a TLS version.",
    )


def tls_detail(error: ssl.SSLError | None, seen: SeenTls | None = None) -> FailureDetail:
    """What of TLS failed, for those who look for likely causes; None for a server that ended TCP without a word."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return _DISTRUST.get(error.verify_code, FailureDetail.UNTRUSTED)
    reason = (getattr(error, "reason", None) or "") if error is not None else ""
    alert = reason.rpartition("ALERT_")[2]
    if reason in _NOT_TLS or reason in _RECORD_FAULTS:
        return FailureDetail.NO_TLS
    if alert in _VERSIONS:
        return FailureDetail.VERSION
    refused = alert in _CLIENT_CERTIFICATE and "ALERT_" in reason
    if refused or (seen is not None and seen.asked_for_certificate and (error is None or alert == "HANDSHAKE_FAILURE")):
        return FailureDetail.CLIENT_CERTIFICATE
    return FailureDetail.UNKNOWN


def ended_after_asking(host: str, seen: SeenTls) -> tuple[str, str]:
    """Sentence and hint for a server that asked for a client certificate and then ended TCP without a word."""
    if seen.showed_certificate:
        return (
            f"{host} ended the connection after it had seen the client certificate, without saying why.",
            "It may not take that certificate: check that it is the one for this environment.",
        )
    return _NO_CERTIFICATE[0].format(host=host), _NO_CERTIFICATE[1]


def _distrust(error: ssl.SSLCertVerificationError, host: str, seen: SeenTls) -> tuple[str, str]:
    own = seen.certificates[0] if seen.certificates else None
    if error.verify_code == ANOTHER_CERTIFICATE:
        return (
            f"{host} now shows another certificate than the one that was accepted for this session.",
            "Connect again to have it judged anew, and look at it closely before you accept it.",
        )
    if error.verify_code in (_WRONG_HOST, _WRONG_ADDRESS):
        return (
            f"The server's certificate is not for {host}{_names(own)}.",
            "Check the host name in the URL; a typing mistake or a wrong tenant leads to another server.",
        )
    meaning, hint = _VERIFICATION.get(error.verify_code, ("cannot be verified", _ADD_AUTHORITY))
    detail = "" if error.verify_code in _VERIFICATION else f": {error.verify_message}"
    if error.verify_code in (_EXPIRED, _NOT_YET_VALID):
        return _out_of_date(error.verify_code, host, seen), hint
    if meaning == _UNKNOWN_AUTHORITY and own is not None and own.issuer:
        detail = f": {own.issuer}"
    return f"The certificate of {host} {meaning}{detail}.", hint


def _out_of_date(code: int, host: str, seen: SeenTls) -> str:
    """Which certificate it is, for it may be an authority's, and since or until when."""
    now = time.time()
    for index, each in enumerate(seen.certificates):
        limit = each.not_after_unix_s if code == _EXPIRED else each.not_before_unix_s
        if limit is None or (limit >= now if code == _EXPIRED else limit <= now):
            continue
        whose = f"The certificate of {host}" if index == 0 else f"{host}'s authority {each.subject}"
        return (
            f"{whose} expired on {_day(limit)}." if code == _EXPIRED else f"{whose} is not valid before {_day(limit)}."
        )
    return f"The certificate of {host} {_VERIFICATION[code][0]}."


def _names(own: PeerCertificate | None) -> str:
    if own is None or own.problem:
        return ""
    if not own.names:
        return ", nor for any other name"
    shown = ", ".join(own.names[:_MOST_NAMES])
    more = len(own.names) - _MOST_NAMES
    return f"; it is for {shown}{f' and {more} more' if more > 0 else ''}"


def _day(unix_s: float) -> str:
    try:
        return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(unix_s))
    except (ValueError, OverflowError, OSError):
        return "a date beyond the calendar"
