"""Causes of an attempt that failed before HTTP, by the kind that the capture keeps: a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..client.events import FailureDetail, FailureKind
from .cause import Cause, Fit

if TYPE_CHECKING:
    from .case import Case

_Rows = tuple[tuple[str, Fit, str], ...]
"""Title, fit and reason of each cause."""

_FIREWALL = (
    "A firewall or a network on the way drops the packets",
    Fit.FAIR,
    "Neither an answer nor a refusal came, as where nobody is told that something was dropped.",
)
_NO_TLS = ("The port does not speak TLS", Fit.STRONG, "What came in place of a TLS handshake is none.")
_OWN_AUTHORITY = (
    "A test server, or a company's proxy, has an authority of its own",
    Fit.FAIR,
    "Nobody whom this machine trusts vouches for the certificate; such an authority has to be named as the CA file.",
)
_IN_BETWEEN = (
    "Something on the way answers in the server's place",
    Fit.WEAK,
    "Proxies that look into TLS show certificates of their own.",
)
_CLOCK = "This machine's clock is wrong"

_TABLE: dict[tuple[FailureKind, FailureDetail], _Rows] = {
    (FailureKind.URL, FailureDetail.UNKNOWN): (
        ("The profile's URL or headers cannot be used", Fit.STRONG, "Nothing was sent anywhere."),
    ),
    (FailureKind.TOKEN, FailureDetail.UNKNOWN): (
        (
            "The token source gave no token",
            Fit.STRONG,
            "The WebSocket server was not asked: what failed is the way to a token before it.",
        ),
    ),
    (FailureKind.NAME, FailureDetail.NO_SUCH_NAME): (
        ("The host name is wrong", Fit.FAIR, "The name server knows no such host; a slip in tenant or domain does so."),
        (
            "The name is known elsewhere only",
            Fit.WEAK,
            "Some names are known within a VPN or a company's network alone.",
        ),
    ),
    (FailureKind.NAME, FailureDetail.UNKNOWN): (
        ("The name server did not answer well", Fit.FAIR, "The name could not be looked up, which says nothing of it."),
    ),
    (FailureKind.TCP, FailureDetail.REFUSED): (
        (
            "Nothing listens on that port",
            Fit.STRONG,
            "The machine is there, and refused the TCP connection at once.",
        ),
        ("A firewall refuses in the server's place", Fit.WEAK, "Some firewalls refuse rather than drop."),
    ),
    (FailureKind.TCP, FailureDetail.UNREACHABLE): (
        (
            "This machine has no way to the server",
            Fit.STRONG,
            "The system itself says so: no network, no VPN, or a kind of address that this network does not carry.",
        ),
    ),
    (FailureKind.TCP, FailureDetail.UNKNOWN): (
        (
            "The network between here and the server",
            Fit.FAIR,
            "TCP came to nothing; the server's word was never heard.",
        ),
    ),
    (FailureKind.PROXY, FailureDetail.UNKNOWN): (
        ("The proxy did not open the way", Fit.STRONG, "The failure is the proxy's; the server was not reached."),
    ),
    (FailureKind.TLS, FailureDetail.EXPIRED): (
        (
            "The server's certificate has expired",
            Fit.STRONG,
            "Its last day has passed by this machine's clock.",
        ),
        (_CLOCK, Fit.WEAK, "A clock that is ahead makes sound certificates look expired."),
    ),
    (FailureKind.TLS, FailureDetail.NOT_YET_VALID): (
        (_CLOCK, Fit.FAIR, "The certificate is not valid yet by it, and few are put to use too early."),
    ),
    (FailureKind.TLS, FailureDetail.WRONG_HOST): (
        ("The URL leads to another server", Fit.FAIR, "The certificate that came is for other names than the URL's."),
        _IN_BETWEEN,
    ),
    (FailureKind.TLS, FailureDetail.UNTRUSTED): (_OWN_AUTHORITY, _IN_BETWEEN),
    (FailureKind.TLS, FailureDetail.REVOKED): (
        ("The server's certificate was revoked", Fit.STRONG, "The authority that issued it says so."),
    ),
    (FailureKind.TLS, FailureDetail.NO_TLS): (_NO_TLS,),
    (FailureKind.TLS, FailureDetail.CLIENT_CERTIFICATE): (
        (
            "The server does not take the client certificate, or misses one",
            Fit.STRONG,
            "It asked for one, and ended TLS after it had seen what came.",
        ),
    ),
    (FailureKind.TLS, FailureDetail.VERSION): (
        ("Both sides share no TLS version", Fit.STRONG, "The handshake ended while they chose one."),
    ),
    (FailureKind.TLS, FailureDetail.UNKNOWN): (
        (
            "Something on the way cuts TLS, or the server refuses it",
            Fit.FAIR,
            "The handshake ended before anything could be said in it.",
        ),
    ),
    (FailureKind.TIMEOUT, FailureDetail.RESOLVING): (
        ("The name server did not answer", Fit.STRONG, "The time ran out before the name was known."),
    ),
    (FailureKind.TIMEOUT, FailureDetail.REACHING): (_FIREWALL,),
    (FailureKind.TIMEOUT, FailureDetail.PROXYING): (
        ("The proxy, or what lies behind it, does not answer", Fit.FAIR, "The time ran out before the way was open."),
    ),
    (FailureKind.TIMEOUT, FailureDetail.SECURING): (
        ("The port does not speak TLS", Fit.FAIR, "TCP opened, and nothing came in answer to the TLS handshake."),
    ),
    (FailureKind.TIMEOUT, FailureDetail.ANSWERING): (
        (
            "The server hangs or has too much to do",
            Fit.FAIR,
            "It took the connection and the upgrade request, and left it unanswered.",
        ),
    ),
    (FailureKind.CANCELLED, FailureDetail.UNKNOWN): (
        ("You gave it up", Fit.STRONG, "Connecting was cancelled by order."),
    ),
}


def by_kind(case: Case) -> list[Cause]:
    """What the kind of the failure points to; empty for refusals, which have rules of their own."""
    attempt = case.attempt
    if attempt.failure_kind is None or attempt.failure_entry is None:
        return []
    kind, number = attempt.failure_kind, attempt.failure_entry.number
    rows = _TABLE.get((kind, attempt.failure_detail)) or _TABLE.get((kind, FailureDetail.UNKNOWN), ())
    return [Cause(title, fit, (reason,), number) for title, fit, reason in rows]
