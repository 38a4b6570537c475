"""TLS of the local tenant: a throw-away authority, whose certificate is kept in a file while the tenant runs."""

from __future__ import annotations

import ssl
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import trustme

if TYPE_CHECKING:
    from collections.abc import Callable

_ORGANIZATION = "Optave Inspector"


class ThrowAwayAuthority:
    """Signs for the loopback names and nothing else. The file lies in a folder that only its owner can enter."""

    def __init__(self, address: str) -> None:
        self._authority = trustme.CA(organization_name=_ORGANIZATION, organization_unit_name="local tenant")
        self._folder = tempfile.TemporaryDirectory(prefix="optave-inspector-tenant-")
        self.ca_file = Path(self._folder.name) / "local-tenant-ca.pem"
        self._authority.cert_pem.write_to_path(str(self.ca_file))
        self._names = tuple(dict.fromkeys(["127.0.0.1", "::1", "localhost", address]))
        self.context = _serving(self._authority.issue_cert(*self._names))

    def spoilt_context(self, failure: Callable[[], str]) -> ssl.SSLContext:
        """A context that asks ``failure`` at each handshake what is to go wrong with it; empty for nothing.

        ``unknown-authority``, ``expired``, ``wrong-host`` or ``alert``.
        """
        context = _serving(self._authority.issue_cert(*self._names))

        def greeted(
            connection: ssl.SSLObject | ssl.SSLSocket, _name: str | None, _context: ssl.SSLContext
        ) -> int | None:
            way = failure()
            if way == "alert":
                return ssl.ALERT_DESCRIPTION_HANDSHAKE_FAILURE
            if way:
                connection.context = self._wrong(way)
            return None

        # Asked at each greeting, with or without a name in it.
        context.sni_callback = greeted
        return context

    def discard(self) -> None:
        """Remove the file and its folder."""
        self._folder.cleanup()

    def _wrong(self, way: str) -> ssl.SSLContext:
        match way:
            case "unknown-authority":
                other = trustme.CA(organization_name=_ORGANIZATION, organization_unit_name="somebody else")
                return _serving(other.issue_cert(*self._names))
            case "expired":
                now = datetime.now(UTC)
                begun, ended = now - timedelta(days=30), now - timedelta(days=1)
                return _serving(self._authority.issue_cert(*self._names, not_before=begun, not_after=ended))
            case _:
                return _serving(self._authority.issue_cert("elsewhere.invalid"))


def _serving(certificate: trustme.LeafCert) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context
