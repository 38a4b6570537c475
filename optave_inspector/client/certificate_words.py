"""Certificates in words: for the handshake view, the log's detail, dialogs and the diagnosis."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .events import PeerCertificate

_MOST_NAMES = 40
_DAY_S = 86_400


def certificate_lines(certificate: PeerCertificate) -> list[tuple[str, str]]:
    """What stands in a certificate: labels and values."""
    if certificate.problem:
        return [("Problem", certificate.problem), ("SHA-256", certificate.sha256)]
    lines = [("Subject", certificate.subject or "none"), ("Issuer", certificate.issuer or "none")]
    if certificate.names:
        more = len(certificate.names) - _MOST_NAMES
        names = ", ".join(certificate.names[:_MOST_NAMES])
        lines.append(("For", f"{names}{f' and {more} more' if more > 0 else ''}"))
    lines.append(("Valid", validity(certificate)))
    lines.append(("SHA-256", certificate.sha256))
    return lines


def chain_text(certificates: Sequence[PeerCertificate]) -> str:
    """The whole chain as text, the server's own certificate first."""
    blocks = []
    for number, certificate in enumerate(certificates, 1):
        title = "The server's own certificate" if number == 1 else f"Certificate {number}"
        lines = [f"{label}: {value}" for label, value in certificate_lines(certificate)]
        blocks.append("\n".join([title, *lines]))
    return "\n\n".join(blocks)


def validity(certificate: PeerCertificate, now: float | None = None) -> str:
    """From when to when, and what that means today."""
    start, end = certificate.not_before_unix_s, certificate.not_after_unix_s
    if start is None or end is None:
        return "not known"
    now = time.time() if now is None else now
    if now < start:
        today = "not yet valid"
    elif now > end:
        today = "expired"
    else:
        days = int((end - now) // _DAY_S)
        today = f"{days:,} {'day' if days == 1 else 'days'} left"
    return f"{_day(start)} to {_day(end)} ({today})"


def _day(unix_s: float) -> str:
    try:
        return time.strftime("%Y-%m-%d", time.gmtime(unix_s))
    except (ValueError, OverflowError, OSError):
        return "a date beyond the calendar"
