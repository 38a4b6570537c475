"""TLS of the local tenant: a throw-away authority, whose certificate is kept in a file while the tenant runs."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

import trustme


class ThrowAwayAuthority:
    """Signs for the loopback names and nothing else. The file lies in a folder that only its owner can enter."""

    def __init__(self, address: str) -> None:
        authority = trustme.CA(organization_name="Optave Inspector", organization_unit_name="local tenant")
        self._folder = tempfile.TemporaryDirectory(prefix="optave-inspector-tenant-")
        self.ca_file = Path(self._folder.name) / "local-tenant-ca.pem"
        authority.cert_pem.write_to_path(str(self.ca_file))
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        names = dict.fromkeys(["127.0.0.1", "::1", "localhost", address])
        authority.issue_cert(*names).configure_cert(self.context)

    def discard(self) -> None:
        """Remove the file and its folder."""
        self._folder.cleanup()
