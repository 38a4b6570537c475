"""The TLS context of one connection: whom it trusts, what it shows, and what it remembers of the handshake."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

from .certificates import chain_in, fingerprint
from .client_certificate import show_client_certificate
from .config import TlsSettings, TlsVersion
from .tls_words import ANOTHER_CERTIFICATE, SeenTls
from .trust import trust

if TYPE_CHECKING:
    from collections.abc import Collection

    from .events import PeerCertificate

_HANDSHAKE = 22
_CERTIFICATE, _CERTIFICATE_REQUEST = 11, 13


class TlsWatch:
    """What the server showed in its handshake, also when that failed: nothing is asked a second time for it."""

    def __init__(self) -> None:
        self.chain: list[bytes] = []
        """DER, the server's own first."""
        self.asked_for_certificate = False
        """The server asked for a client certificate."""

    def message(
        self, _of: object, direction: str, version: int, content_type: int, message_type: int, data: bytes
    ) -> None:
        """OpenSSL read or wrote a message."""
        if direction != "read" or content_type != _HANDSHAKE:
            return
        if message_type == _CERTIFICATE and not self.chain:
            self.chain = chain_in(data, int(version))
        elif message_type == _CERTIFICATE_REQUEST:
            self.asked_for_certificate = True


class WatchedTls:
    """A context for one connection, and its watch. Raises TrustError for files that cannot be used.

    Where the user has accepted a certificate of ``address`` (``host:port``), only that one is, and nothing else counts:
    neither authorities nor names nor dates.
    """

    def __init__(self, address: str, ca_file: str = "", settings: TlsSettings | None = None) -> None:
        settings = settings or TlsSettings()
        accepted = {print_ for at, print_ in settings.accepted if at == address}
        self.accepts = bool(accepted)
        """The user vouches for the certificate, and nobody else."""
        self.watch = TlsWatch()
        self.shows_certificate = bool(settings.client_certificate)
        self.context = _accepting(accepted) if accepted else trust(ca_file)
        if settings.minimum_version is TlsVersion.TLS_1_3:
            self.context.minimum_version = ssl.TLSVersion.TLSv1_3
        if settings.client_certificate:
            show_client_certificate(self.context, settings)
        # There is no public way to the chain of a handshake that failed. The context inside is the one that speaks.
        self._inner: Any = getattr(self.context, "_ctx", self.context)
        self._inner._msg_callback = self.watch.message

    def seen(self, certificates: tuple[PeerCertificate, ...]) -> SeenTls:
        """What is known for the words of a failure."""
        minimum = "TLS 1.3" if self.context.minimum_version is ssl.TLSVersion.TLSv1_3 else ""
        return SeenTls(certificates, self.watch.asked_for_certificate, self.shows_certificate, minimum)

    def done(self) -> None:
        """The handshake is over: records that follow are not looked at."""
        self._inner._msg_callback = None


def _accepting(accepted: Collection[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE

    class AcceptedOnly(ssl.SSLObject):
        """Goes no further with any other certificate than the accepted ones."""

        def do_handshake(self) -> None:
            super().do_handshake()
            der = self.getpeercert(binary_form=True)
            if der is None or fingerprint(der) not in accepted:
                error = ssl.SSLCertVerificationError(1, "not the certificate that was accepted")
                error.verify_code = ANOTHER_CERTIFICATE
                error.verify_message = "not the certificate that was accepted"
                raise error

    context.sslobject_class = AcceptedOnly
    return context
